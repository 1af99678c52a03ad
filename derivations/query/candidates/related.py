"""Whether a formula is another quantity that goes with a right one, which may well be meant where nothing is said.

Its root, square and reciprocal, a term and a factor of it are: a standard deviation is wrong only
in the place of a variance.
"""

from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import combinations

from sympy import Expr, expand

from derivations.query.candidates.asked import Asked
from derivations.query.candidates.search import close
from derivations.query.index.described import size
from derivations.syntax.build import evaluated

SMALL = 2  # operations of what may be a part of anything: 1 - abar and beta / 2 are in most formulas
MOST = 6  # terms or factors that are put together
Floats = list[float | None]


def is_related(asked: Asked, right: Iterable[Expr]) -> bool:
    """Whether the formula goes with one of the right ones, or is too small to be taken for a slip in any."""
    return size(evaluated(asked.raw)) <= SMALL or any(_goes_with(asked, e) for e in right)


def _goes_with(asked: Asked, right: Expr) -> bool:
    own = asked.floats
    return _is(Asked(asked.raw**2).floats, _floats(right)) or any(_is(own, _floats(e)) for e in _relatives(right))


@lru_cache(maxsize=4096)  # many questions are compared with the same right ones
def _relatives(right: Expr) -> tuple[Expr, ...]:
    powers = (right**2, 1 / right) if not right.is_zero else ()
    return (*powers, *_pieces(right), *_pieces(expand(right)))


@lru_cache(maxsize=2**16)
def _floats(e: Expr) -> Floats:
    return Asked(e).floats


def _pieces(right: Expr) -> Iterator[Expr]:
    """Yield the sums of some of its terms, or the products of some of its factors."""
    if (right.is_Add or right.is_Mul) and len(right.args) <= MOST:
        for count in range(1, len(right.args)):
            yield from (right.func(*some) for some in combinations(right.args, count))


def _is(one: Floats, other: Floats) -> bool:
    pairs = _pairs(one, other)
    return bool(pairs) and all(close(a, b) for a, b in pairs)


def _pairs(one: Floats, other: Floats) -> list[tuple[float, float]]:
    return [(a, b) for a, b in zip(one, other, strict=True) if a is not None and b is not None]
