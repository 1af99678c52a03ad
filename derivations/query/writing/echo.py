"""A formula as it is shown to its author: on one line, without the marks that only align it with other lines.

And a number of a point: as a decimal, if it has a short one.
"""

import re
from fractions import Fraction

_ALIGNED = re.compile(r"(?<!\\)&|\\\\\*?(?:\[[^][\n]{0,9}\])?|\\(?:nonumber|notag)(?![A-Za-z])")
_CELLS = re.compile(r"\\begin\s*\{(?:cases|array|[bpvBV]?matrix|smallmatrix)\*?\}")


def echoed(formula: str) -> str:
    """Return the formula on one line; where it has cells, as a matrix has, with all of its marks."""
    plain = formula if _CELLS.search(formula) else _ALIGNED.sub(" ", formula)
    return " ".join(plain.split())


def decimal(number: str) -> str:
    """Return a fraction as it is, or as a decimal number of a few digits that is the very same."""
    try:
        q = Fraction(number)
    except (ValueError, ZeroDivisionError):  # a root, say
        return number
    short = f"{float(q):.6g}"
    return short if q.denominator != 1 and Fraction(short) == q else number
