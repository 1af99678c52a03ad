"""False, vacuous or blind claims, made to come out green: each must go red for its own reason."""
