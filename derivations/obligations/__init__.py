"""The obligations of an expression: signs and non-zero denominators, including those that SymPy no longer shows."""
