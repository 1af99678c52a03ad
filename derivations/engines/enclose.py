"""The engine `enclose`: both sides as Arb balls, at exact random points of the domain.

Equality: the difference lies in a ball around 0 of radius below 1e-60; a ball that excludes 0
is a proof that the answer is wrong. Inequality: the difference is a ball above 0, and a ball
around 0 at its equality case. Limit: at 2^-200 the distance is below 2^-100 of the scale.
"""

from collections.abc import Callable

from flint import arb
from sympy import Expr, Rational

from derivations.ball import Imprecise, Undefined, ball, precision
from derivations.claim import Answer, Claim
from derivations.domain import Draw, points
from derivations.statement import AtMost, Equal, Statement, Tends
from derivations.verdict import Evidence, not_evaluated

BITS = (256, 512, 1024, 4096)
RADIUS = arb(10) ** -60
POINTS = 24
NEAR = 200  # a limit is looked at 2^-NEAR from its point


class Fails(ArithmeticError):
    """The statement is false at this point."""


def at_some_precision(job: Callable[[], None]) -> None:
    """The job, at the first precision that decides it."""
    for bits in BITS:
        with precision(bits):
            try:
                return job()
            except Imprecise:
                continue
    raise Imprecise(f"undecided at {BITS[-1]} bits")


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


def at_equality(said: AtMost) -> Equal:
    """The equality case of an inequality, as an equality."""
    here = dict(said.equal_at)
    return Equal(said.lesser.subs(here, simultaneous=True), said.greater.subs(here, simultaneous=True))


def approaches(said: Tends, point: Draw) -> None:
    near = point | {said.var: Rational(1, 2**NEAR)}
    with precision(8 * NEAR):
        value = ball(said.value, point)
        distance = abs(ball(said.expr, near) - value)
        if not distance < (1 + abs(value)) * arb(2) ** (-NEAR // 2):
            raise Fails(distance.str(8, radius=False))


def check(said: Statement, point: Draw) -> None:
    """Raise Fails or Undefined where the statement is not true."""
    if isinstance(said, Tends):
        approaches(said, point)
        return
    if isinstance(said, Equal):
        at_some_precision(lambda: same(said.lhs, said.rhs, point))
        return
    at_some_precision(lambda: ordered(said, point))
    if said.equal_at:
        at_some_precision(lambda: same(*at_equality(said), point))


def enclose(claim: Claim, answer: Answer = None, count: int = POINTS) -> Evidence:
    """Evidence on one answer; `refuted` comes with the point that shows it."""
    try:
        statements = claim.statements(answer)
        for n, point in enumerate(points(claim, f"enclose {claim.name}"), start=1):
            for said in statements:
                try:
                    check(said, point)
                except (Fails, Undefined) as wrong:
                    return _refuted(point, said, wrong, n)
            if n == count:
                return Evidence("enclose", "consistent", points=n, digits=60)
    except (ArithmeticError, ValueError) as unknown:
        return not_evaluated("enclose", f"{type(unknown).__name__}: {unknown}")
    raise AssertionError("points are endless")


def _refuted(point: Draw, said: Statement, wrong: ArithmeticError, n: int) -> Evidence:
    witness = {str(v): str(q) for v, q in sorted(point.items(), key=str)}
    what = "off by" if isinstance(wrong, Fails) else "undefined:"
    return Evidence("enclose", "refuted", f"{what} {wrong}", points=n, witness=witness)


def false_at(said: Statement, point: Draw) -> str:
    """Why the statement is false or meaningless at the point, or '' where it is true."""
    try:
        check(said, point)
    except Fails as wrong:
        return f"off by {wrong}"
    except Undefined as wrong:
        return f"undefined: {wrong}"
    return ""
