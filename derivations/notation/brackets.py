"""What is read as one thing, and what needs brackets where an operation, a logarithm or a slope is of it."""

import re

from sympy import Add, Basic, Mul, Pow

from derivations.notation.arranged import SLOPE

NAME = re.compile(r"[A-Za-z][\w^{}+'-]*$")  # of a function: what stands before its bracket
POWER = re.compile(r"\^(\w+|\{[^{}]*\})$")


def closed(written: str) -> bool:
    """Return whether it is read as one thing: a name, or a name with brackets, as E[z_s | z_t], E_q(z)[z] or SNR(t).

    Something at values, Var(z_s)|_{h = 2 c}, is not: what stands before or behind it could be taken to be at them too.
    """
    at = min((written.find(b) for b in "([" if b in written), default=-1)
    if at < 0:
        return " " not in written and "|_{" not in written
    depth = 0
    for letter in written[at:]:
        depth += (letter in "([") - (letter in ")]")
        if depth == 0 and letter not in "()[]":
            return False
    return at == 0 or bool(NAME.match(written[:at]))


def factor(written: str) -> bool:
    """Return whether it may stand in a product as it is: closed, or a power of what is."""
    return closed(written) or closed(POWER.sub("", written))


def grouped(e: Basic, written: str) -> str:
    """Bracket a print, in text, where something stands beside it that it could be torn apart by."""
    return written if factor(written) and not written.startswith("-") and not _squared(e, written) else f"({written})"


def grouped_latex(e: Basic, written: str) -> str:
    """Bracket the same in LaTeX, where a fraction holds together by itself."""
    loose = (
        isinstance(e, Add | Mul) or getattr(e, "rank", 0) == SLOPE or written.startswith("-") or _squared(e, written)
    )
    return f"\\left({written}\\right)" if loose else written


def logarithm(e: Basic, written: str) -> str:
    """Write the logarithm of it in text: log sigma_t, log(a + b)."""
    held = grouped(e, written)
    return f"log{held}" if held != written else f"log {held}"


def sloped(e: Basic, written: str) -> str:
    """Bracket what a slope is of, in text: a sum, a product, a quotient, but no other slope and no logarithm."""
    compound = isinstance(e, Add | Mul) or (isinstance(e, Pow) and not factor(written))
    return f"({written})" if compound or written.startswith("-") else written


def _squared(e: Basic, written: str) -> bool:
    """Return whether it is the power of brackets, which a logarithm or a slope before it could be thought to be of."""
    return not isinstance(e, Pow) and written.startswith("(") and bool(POWER.search(written))
