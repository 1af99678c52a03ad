"""Divergences of normal laws, and what isotropic noise does in the plane."""
