"""The left side of an equation: what it names, and which formulas papers write after it."""
