"""What stands after "where" in words or entry by entry: phrases, names of laws and matrices, vectors and matrices."""

import re
from typing import Any

from sympy import Basic, Tuple
from sympy.core.symbol import Str

from derivations.notation.names import latex_of

NAMES = re.compile(r"[A-Za-z]+_[A-Za-z0-9]+")  # in a phrase


def in_latex(name: str) -> str:
    """A short formula of names, in LaTeX: alpha_t^2 S."""
    return re.sub(r"[A-Za-z]\w*", lambda found: latex_of(found[0]), name)


class Words(Basic):
    """A phrase that stands by itself after "where"."""

    def __new__(cls, text: str | Str) -> "Words":
        return Basic.__new__(cls, Str(str(text)))

    def _sympystr(self, printer: Any) -> str:
        return str(self.args[0])

    def _latex(self, printer: Any) -> str:
        """Names as names, and the words between them as text."""
        told = str(self.args[0])
        words = [f"\\text{{{part}}}" if part else "" for part in NAMES.split(told)]
        names = [*map(latex_of, NAMES.findall(told)), ""]
        return "".join(part for pair in zip(words, names, strict=True) for part in pair)


class Label(Basic):
    """A name after "where", such as q(z | x) or alpha_t^2 S."""

    def __new__(cls, text: str | Str) -> "Label":
        return Basic.__new__(cls, Str(str(text)))

    def _sympystr(self, printer: Any) -> str:
        return str(self.args[0])

    def _latex(self, printer: Any) -> str:
        return in_latex(str(self.args[0])).replace(" | ", " \\mid ")


class Entries(Basic):
    """A vector or a matrix, entry by entry: (mu_1, nu_1), (a_1^2, 0; 0, b_1^2)."""

    def __new__(cls, *rows: Any) -> "Entries":
        return Basic.__new__(cls, *(Tuple(*row) for row in rows))

    def _sympystr(self, printer: Any) -> str:
        rows = [", ".join(map(printer.doprint, row.args)) for row in self.args]
        single = all(len(row.args) == 1 for row in self.args)
        return f"({(', ' if single else '; ').join(rows)})"

    def _latex(self, printer: Any) -> str:
        rows = [" & ".join(map(printer.doprint, row.args)) for row in self.args]
        return "\\begin{pmatrix} " + " \\\\ ".join(rows) + " \\end{pmatrix}"
