"""Errata: mathematical errors that sources print, each with its place, a witness at which it fails, and what is right.

An erratum is one wrong form, or one false sentence, of the claim that it gets wrong; `errata.toml` holds what the
source prints, and both forms as arithmetic over letters of rational values. `evaluated` computes them without any
program that proves the claim.
"""
