"""Whether a statement holds at a point, in Arb balls, and how it fails.

Equality: the difference lies in a ball around 0 of radius below 1e-60; a ball that excludes 0 is a proof that the
statement is false. Inequality: the difference is a ball above 0, and a ball around 0 at its equality case; a strict one
has none, and one with equality `only` there is strict wherever a part of the case fails. Limit: see `approach`.
"""

from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from itertools import combinations

from flint import arb
from sympy import Expr, Integral

from derivations.arithmetic.ball import Imprecise, Undefined, ball, precision
from derivations.engines.approach import Fails, approaches
from derivations.form.statement import AtMost, Below, Equal, Statement, Tends
from derivations.points.domain import Draw

BITS = (256, 512, 1024, 4096)
# Quadrature doubles in price with each step of the ladder, and is given two.
RADIUS = arb(10) ** -60


class NoCase(Undefined):
    """An equality case that has no value here: it refutes no inequality, and what it needs is an obligation."""


def at_some_precision(job: Callable[[], None], ladder: Sequence[int] = BITS) -> None:
    """The job, at the first precision that decides it."""
    for bits in ladder:
        with precision(bits):
            try:
                return job()
            except Imprecise:
                continue
    raise Imprecise(f"undecided at {ladder[-1]} bits")


def same(a: Expr, b: Expr, point: Draw) -> None:
    difference = ball(a, point) - ball(b, point)
    if not difference.contains(0):
        raise Fails(difference.str(8, radius=False))
    if not difference.rad() < RADIUS:
        raise Imprecise("difference")


def ordered(said: AtMost, point: Draw) -> None:
    difference = ball(said.greater, point) - ball(said.lesser, point)
    if difference < 0:
        raise Fails(difference.str(8, radius=False))
    if not difference > 0 and not difference.rad() < RADIUS:
        raise Imprecise("difference")


def strictly(said: Below, point: Draw) -> None:
    difference = ball(said.greater, point) - ball(said.lesser, point)
    if difference <= 0:
        raise Fails(difference.str(8, radius=False))
    if not difference > 0:
        raise Imprecise("difference")


def at_equality(said: AtMost) -> Equal:
    """The equality case of an inequality, as an equality."""
    return Equal(*_sides_at(said.lesser, said.greater, *said.equal_at.items()))


@lru_cache(maxsize=256)  # asked for at every point
def _sides_at(lesser: Expr, greater: Expr, *here: tuple[Expr, Expr]) -> tuple[Expr, Expr]:
    return lesser.subs(dict(here), simultaneous=True), greater.subs(dict(here), simultaneous=True)


def nearly(said: AtMost) -> Iterator[AtMost]:
    """The inequality where only a part of its equality case is substituted, down to none; the rest is still told."""
    case = dict(said.equal_at)
    for count in range(len(case)):
        for part in combinations(case, count):
            here = {v: case[v] for v in part}
            left, right = _sides_at(said.lesser, said.greater, *here.items())
            yield AtMost(left, right, {v: e for v, e in case.items() if v not in here})


def apart(said: AtMost, point: Draw) -> None:
    """Strictly less, unless the point happens to lie in the equality case."""
    if all(ball(v - e, point).contains(0) for v, e in said.equal_at.items()):
        return
    strictly(Below(said.lesser, said.greater), point)


def _has_integral(said: Equal) -> bool:
    return said.lhs.has(Integral) or said.rhs.has(Integral)


def _at_case(said: AtMost, point: Draw) -> None:
    try:
        at_some_precision(lambda: same(*at_equality(said), point))
    except Undefined as fault:
        raise NoCase(f"the equality case has no value: {fault}") from None


def check(said: Statement, point: Draw) -> None:
    """Raise Fails or Undefined where the statement is not true."""
    if isinstance(said, Tends):
        approaches(said, point)
        return
    if isinstance(said, Equal):
        at_some_precision(lambda: same(said.lhs, said.rhs, point), BITS[: 2 if _has_integral(said) else None])
        return
    if isinstance(said, Below):
        at_some_precision(lambda: strictly(said, point))
        return
    at_some_precision(lambda: ordered(said, point))
    if said.equal_at:
        _at_case(said, point)
    for elsewhere in nearly(said) if said.only else ():
        at_some_precision(lambda here=elsewhere: apart(here, point))


def false_at(said: Statement, point: Draw) -> str:
    """Why the statement is false or meaningless at the point, or '' where it is true."""
    try:
        check(said, point)
    except Fails as wrong:
        return f"off by {wrong}"
    except NoCase:
        raise
    except Undefined as wrong:
        return f"undefined: {wrong}"
    return ""
