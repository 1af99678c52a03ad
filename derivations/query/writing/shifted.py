"""A formula of a neighbouring step, with t in the place of t + 1 or of t - 1: what holds at every step holds renamed.

Papers write of steps t and t - 1, and conventions know no others. A formula that is all about t + 1 and t, or about
t - 1 and t - 2, is the same formula one step on. It is renamed only where each t stands alone in an index or among
arguments: not where it is summed over, differentiated by, or beside another time, as s, that may be tied to it.
"""

import re

# In Markdown a bar is written with a backslash.
_TIME = re.compile(
    r"(?:(?<=[{(,|:_^])|(?<=[{(,|:] ))t\s*(?:(?P<sign>[+-])\s*(?P<by>\d+))?(?=\s*(?:[}),|:;]|\\\||\\mid\b))"
)
_UNBRACED = re.compile(r"(?<=[_^])t(?![A-Za-z])")
_WORD = re.compile(r"\\[A-Za-z]+")
_LONE = re.compile(r"(?<![A-Za-z])[a-z]*t[a-z]*(?![A-Za-z])")  # a t, also in a product of letters, as dt
_TIED = re.compile(r"(?<![A-Za-z])[sui](?![A-Za-z])")  # another time, or an index of a sum
_BOUND = re.compile(r"\\(?:sum|prod|int|partial|lim|max|min|dot|ddot)\b|'")
STEPS = {
    frozenset((1, 0)): 1,
    frozenset((1,)): 1,
    frozenset((-1, -2)): -1,
}  # the steps that are named, and which becomes t


def shifted(formula: str) -> tuple[str, str]:
    """Return the formula in LaTeX of step t, and the step it was written of; itself and "" if it is of no other."""
    plain = _UNBRACED.sub("{t}", formula)
    words = _WORD.sub(lambda m: " " * len(m[0]), plain)
    times = list(_TIME.finditer(plain))
    by = STEPS.get(frozenset(map(_by, times)))
    if by is None or _BOUND.search(plain) or _TIED.search(words):
        return formula, ""
    if len(_LONE.findall(words)) != len(times):  # a t that is no step by itself
        return formula, ""
    return _TIME.sub(lambda m: _named(_by(m) - by), plain), _named(by)


def _by(found: re.Match[str]) -> int:
    """Return how many steps after t a time is."""
    return int(f"{found['sign']}{found['by']}") if found["sign"] else 0


def _named(by: int) -> str:
    return f"t{by:+d}" if by else "t"
