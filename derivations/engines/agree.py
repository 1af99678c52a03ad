"""The check of a statement at one point, in Arb balls: whether it holds there, and how it fails.

An equality holds if the difference lies in a ball around 0 of radius below 1e-60; a ball that excludes 0 proves the
statement false. An inequality holds if the difference is a ball above 0, and a ball around 0 at its equality case; a
strict one has no such case, and one with equality `only` there is strict wherever a part of the case fails. Limits are
checked in `approach`.
"""

from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from itertools import combinations

from flint import arb
from sympy import Expr, Integral, S

from derivations.arithmetic.ball import Imprecise, Undefined, ball, precision
from derivations.engines.approach import Fails, approaches
from derivations.form.statement import AtMost, Below, Equal, Statement, Tends
from derivations.points.domain import Draw

BITS = (256, 512, 1024, 4096)
# Quadrature costs twice as much with each step of the ladder, so an integral has two steps.
RADIUS = arb(10) ** -60


class Level(Fails):
    """The two sides are equal at this point, where one must be strictly less."""


class NoCase(Undefined):
    """An equality case without a value here: this refutes no inequality, since what it needs is an obligation."""


def at_some_precision(job: Callable[[], None], ladder: Sequence[int] = BITS) -> None:
    """Run the job at the first precision that decides it."""
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


def ordered(statement: AtMost, point: Draw) -> None:
    difference = ball(statement.greater, point) - ball(statement.lesser, point)
    if difference < 0:
        raise Fails(difference.str(8, radius=False))
    if not difference > 0 and not difference.rad() < RADIUS:
        raise Imprecise("difference")


def strictly(statement: Below, point: Draw) -> None:
    difference = ball(statement.greater, point) - ball(statement.lesser, point)
    if difference < 0:
        raise Fails(difference.str(8, radius=False))
    if difference == 0:
        raise Level("0")
    if not difference > 0:
        raise Imprecise("difference")


def at_equality(statement: AtMost) -> Equal:
    """Return the equality case of an inequality, as an equality."""
    return Equal(*_sides_at(statement.lesser, statement.greater, *statement.equal_at.items()))


@lru_cache(maxsize=256)  # needed at every point
def _sides_at(lesser: Expr, greater: Expr, *here: tuple[Expr, Expr]) -> tuple[Expr, Expr]:
    return lesser.subs(dict(here), simultaneous=True), greater.subs(dict(here), simultaneous=True)


def nearly(statement: AtMost) -> Iterator[AtMost]:
    """Yield the inequality with some parts of its equality case substituted, from none up; the rest stay its case."""
    case = dict(statement.equal_at)
    for count in range(len(case)):
        for part in combinations(case, count):
            here = {v: case[v] for v in part}
            left, right = _sides_at(statement.lesser, statement.greater, *here.items())
            yield AtMost(left, right, {v: e for v, e in case.items() if v not in here})


def apart(statement: AtMost, point: Draw) -> None:
    """Check that one side is strictly less, unless the point happens to lie in the equality case."""
    if all(ball(v - e, point).contains(0) for v, e in statement.equal_at.items()):
        return
    strictly(Below(statement.lesser, statement.greater), point)


def _has_integral(statement: Equal) -> bool:
    return statement.lhs.has(Integral) or statement.rhs.has(Integral)


def _at_case(statement: AtMost, point: Draw) -> None:
    try:
        at_some_precision(lambda: same(*at_equality(statement), point))
    except Undefined as fault:
        raise NoCase(f"the equality case has no value: {fault}") from None


def _below(statement: Below, point: Draw) -> None:
    try:
        at_some_precision(lambda: strictly(statement, point))
    except Imprecise:
        if (statement.greater - statement.lesser).subs(dict(point)) is S.Zero:  # balls of 1/3 never show that
            raise Level("0") from None
        raise


def failing(wrong: Fails) -> str:
    """Return how a statement fails, in words."""
    return "both sides are equal" if isinstance(wrong, Level) else f"off by {wrong}"


def check(statement: Statement, point: Draw) -> None:
    """Raise Fails or Undefined where the statement is not true."""
    if isinstance(statement, Tends):
        approaches(statement, point)
        return
    if isinstance(statement, Equal):
        at_some_precision(
            lambda: same(statement.lhs, statement.rhs, point), BITS[: 2 if _has_integral(statement) else None]
        )
        return
    if isinstance(statement, Below):
        _below(statement, point)
        return
    at_some_precision(lambda: ordered(statement, point))
    if statement.equal_at:
        _at_case(statement, point)
    for elsewhere in nearly(statement) if statement.only else ():
        at_some_precision(lambda here=elsewhere: apart(here, point))


def false_at(statement: Statement, point: Draw) -> str:
    """Return why the statement is false or meaningless at the point, or '' where it is true."""
    try:
        check(statement, point)
    except Fails as wrong:
        return failing(wrong)
    except NoCase:
        raise
    except Undefined as wrong:
        return f"undefined: {wrong}"
    return ""
