"""Property tests of udm against the claims: each formula equals its claim's answer within a derived number of ulps."""
