"""How much of an equation is compared with its claim: all that it says is calculated, a part of it, or nothing.

Its right sides are looked at token by token. A compared part is taken out of the side in which it stands, where
arguments that the part leaves out, as of eps_theta(x_t, t), may stand between. What is left may be names, brackets and
arguments; a number or an operation that is left was compared with nothing.
"""

from collections.abc import Iterator, Sequence
from typing import Literal

from derivations.papers.tokens import TOKEN
from derivations.papers.paper import Equation

State = Literal["twice", "in part", "once"]
SPACES = (r"\left", r"\right", r"\big", r"\Big", r"\bigl", r"\bigr", r"\Bigl", r"\Bigr", r"\,", r"\;", r"\!", r"\quad")
QUIET = frozenset((*SPACES, "&", "\\\\", *"()[]{}|", r"\|", r"\cdot"))
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
    return "twice" if len(e.compared) == len(e.parts) and _whole(e) else "in part"


def _whole(e: Equation) -> bool:
    sides = list(_right_sides(_tokens(e.latex)))
    for part in e.compared:
        tokens = _tokens(part.latex)
        rest = ((n, _without(tokens, side)) for n, side in enumerate(sides))
        n, left = next(((n, left) for n, left in rest if left is not None), (0, None))
        if left is None:
            return False
        sides[n] = left
    return not any(OPERATIONS & set(side) for side in sides)


def _tokens(latex: str) -> Tokens:
    plain = latex.replace(r"\dfrac", r"\frac").replace(r"\tfrac", r"\frac")
    return [t for t in TOKEN.findall(plain) if t not in QUIET]


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
