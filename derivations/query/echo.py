"""A formula as it is shown to its author: on one line, without the marks that only align it with other lines."""

import re

_ALIGNED = re.compile(r"(?<!\\)&|\\\\\*?(?:\[[^][\n]{0,9}\])?|\\(?:nonumber|notag)(?![A-Za-z])")
_CELLS = re.compile(r"\\begin\s*\{(?:cases|array|[bpvBV]?matrix|smallmatrix)\*?\}")


def echoed(formula: str) -> str:
    """Return the formula on one line; where it has cells, as a matrix has, with all of its marks."""
    plain = formula if _CELLS.search(formula) else _ALIGNED.sub(" ", formula)
    return " ".join(plain.split())
