"""Judging a claim: its form, its necessity, its certificate; evidence kept by digest, and the report."""
