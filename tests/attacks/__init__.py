"""False, vacuous or unverifiable claims that try to come out green: each must go red, for its own reason."""
