"""Rigorous numbers: Arb balls that know where they have no real value."""
