"""What an expression owes: signs and denominators, those that SymPy no longer shows too."""
