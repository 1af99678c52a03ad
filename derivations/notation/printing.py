"""The two ways in which an expression is written: a line of text, and LaTeX."""

from derivations.notation.lines import text
from derivations.notation.tex import latex

__all__ = ["latex", "text"]
