"""Brackets in LaTeX as high as what stands between them: \\left[ and \\right] around fractions, sums and integrals."""

import re
from collections.abc import Iterator
from typing import NamedTuple

TOKEN = re.compile(
    r"\\(?:left|right)(?![A-Za-z])\s*(?:\\[{}|]|\\[A-Za-z]+|.)|\\sqrt\s*\[[^\]]*\]|\\[A-Za-z]+|\\.|.", re.DOTALL
)
LEFT, RIGHT = re.compile(r"\\left(?![A-Za-z])"), re.compile(r"\\right(?![A-Za-z])")
OPENS = {"(": ")", "[": "]", r"\{": r"\}"}
CLOSES = set(OPENS.values())
HIGH = re.compile(r"\\(?:frac|sum|int|prod|begin|left)(?![A-Za-z])")  # what is higher than a line, or holds what is


class Open(NamedTuple):
    """A bracket or group that has begun, and at which token."""

    token: str
    at: int


def stretched(latex: str) -> str:
    """Return the formula in which each pair of brackets around something high stretches with it."""
    tokens = TOKEN.findall(latex)
    for first, last in _pairs(tokens):
        if HIGH.search("".join(tokens[first + 1 : last])):
            tokens[first], tokens[last] = rf"\left{tokens[first]}", rf"\right{tokens[last]}"
    return "".join(tokens)


def _pairs(tokens: list[str]) -> Iterator[tuple[int, int]]:
    """Yield where plain brackets begin and end within one group, the inner ones first, but for those without a mate."""
    opened: list[Open] = []
    for n, token in enumerate(tokens):
        if token in ("{", *OPENS) or LEFT.match(token):
            opened.append(Open(token, n))
        elif token == "}" or RIGHT.match(token):
            group = "{" if token == "}" else r"\left"
            while opened and not opened.pop().token.startswith(group):
                pass
        elif token in CLOSES and opened and OPENS.get(opened[-1].token) == token:
            yield opened.pop().at, n
