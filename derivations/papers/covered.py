"""How much of an equation is compared with its claim: all that it says is calculated, a part of it, or nothing.

Its right sides are looked at token by token, a symbol with its index as one. A compared part is taken out of the side
in which it stands, where arguments that the part leaves out, as of eps_theta(x_t, t), may stand between. What is left
may be names, brackets and arguments; a number or an operation that is left was compared with nothing.
"""

import re
from collections.abc import Iterator, Sequence
from typing import Literal

from derivations.papers.paper import Equation
from derivations.papers.tokens import TOKEN

State = Literal["twice", "in part", "once"]
SPACES = (r"\left", r"\right", r"\big", r"\Big", r"\bigl", r"\bigr", r"\Bigl", r"\Bigr", r"\,", r"\;", r"\!", r"\quad")
NORMS = (r"\|", r"\lVert", r"\rVert", r"\Vert", r"\lvert", r"\rvert", r"\vert")
QUIET = frozenset((*SPACES, *NORMS, "&", "\\\\", *"()[]{}|", r"\{", r"\}", r"\cdot", r"\text"))
OPERATIONS = frozenset("0123456789+-/") | frozenset(
    (r"\frac", r"\sqrt", r"\exp", r"\log", r"\ln", r"\cos", r"\sin", r"\int", r"\sum", r"\prod")
)
RELATIONS = frozenset(
    ("=", r"\propto", r"\approx", r"\le", r"\leq", r"\ge", r"\geq", "<", ">", r"\sim", r"\leftarrow", r"\to", r"\equiv")
)
Tokens = list[str]


def transcribed(e: Equation) -> State:
    """Say whether all of an equation is compared, or a part, or none."""
    if not e.compared:
        return "once"
    return "twice" if _whole(e) else "in part"


def _whole(e: Equation) -> bool:
    sides = list(_right_sides(_tokens(e.latex)))
    for tokens in _outer([_tokens(part.latex) for part in e.compared]):
        rest = ((n, _without(tokens, side)) for n, side in enumerate(sides))
        n, left = next(((n, left) for n, left in rest if left is not None), (0, None))
        if left is not None:
            sides[n] = left
    rest = [side for side in sides if side != [r"\exp"]]  # an exponential is known by its exponent
    return not any(OPERATIONS & set(side) for side in rest)


def stands_in(part: str, side: str) -> bool:
    """Whether a part stands in a side of an equation, both in LaTeX, but for arguments that it leaves out."""
    return bool(_tokens(part)) and _without(_tokens(part), _tokens(side)) is not None


def _outer(parts: list[Tokens]) -> Iterator[Tokens]:
    """Yield the longest parts first, without those that stand in a longer one."""
    taken: list[Tokens] = []
    for part in sorted(parts, key=len, reverse=True):
        if not any(_without(part, longer) is not None for longer in taken):
            taken.append(part)
            yield part


def _tokens(latex: str) -> Tokens:
    """Return the tokens that say something; an index is part of the symbol before it, whose name it completes."""
    plain = latex.replace(r"\dfrac", r"\frac").replace(r"\tfrac", r"\frac")
    plain = re.sub(r"(?<![a-zA-Z\\])e\^", r"\\exp ", plain)
    tokens, named = TOKEN.findall(plain), Tokens()
    while tokens:
        token = tokens.pop(0)
        if token == "_" and named and named[-1] not in OPERATIONS:
            named[-1] += "_" + "".join(_group(tokens))
        else:
            named.append(token)
    return [t for t in named if t.partition("_")[0] not in QUIET]


def _group(tokens: Tokens) -> Iterator[str]:
    """Take the next token away, or the next group in braces, without its braces and spaces."""
    depth = 0
    while tokens:
        token = tokens.pop(0)
        depth += (token == "{") - (token == "}")
        if token not in ("{", "}", *SPACES):
            yield token
        if depth == 0:
            return


def _right_sides(tokens: Tokens) -> Iterator[Tokens]:
    """Yield what stands after each relation; all of it where there is none."""
    cuts = [n for n, t in enumerate(tokens) if t in RELATIONS]
    ends = [*cuts[1:], len(tokens)]
    yield from (tokens[a + 1 : b] for a, b in zip(cuts, ends, strict=True)) if cuts else (tokens,)


def _without(part: Sequence[str], side: Tokens) -> Tokens | None:
    """Return the side without the part, which stands in it in order; with the fewest operations left over."""
    found = (_from(part, side, n) for n, t in enumerate(side) if t == part[0])
    left = [rest for rest in found if rest is not None]
    return min(left, key=lambda rest: sum(t in OPERATIONS for t in rest), default=None)


def _from(part: Sequence[str], side: Tokens, start: int) -> Tokens | None:
    ahead, rest = list(part), side[:start]
    for t in side[start:]:
        if ahead and t == ahead[0]:
            ahead.pop(0)
        else:
            rest.append(t)
    return None if ahead else rest
