"""udm against the claims: each formula equals its claim's answer, to a derived number of ulps."""
