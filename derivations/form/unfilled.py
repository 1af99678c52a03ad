"""What stands in a stub for what its author has yet to write: a symbol, and a word that begins a text.

A claim that has either anywhere is never green, and says what is not filled.
"""

from sympy import Symbol

TO_FILL = Symbol("TO_FILL", real=True)
TO_SAY = "TO FILL"
