"""The engine `enclose`: both sides as Arb balls, at exact random points of the domain.

Equality: the difference lies in a ball around 0 of radius below 1e-60; a ball that excludes 0
is a proof that the answer is wrong. Inequality: the difference is a ball above 0, and a ball
around 0 at its equality case; a strict one has none, and one with equality `only` there is strict wherever a
part of the case fails. Limit: see `approach`. Integral: a primitive that a proof line gives is finite on pieces that
cover the whole interval, so that it has no jump, and its slope is the integrand at random inner points.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import combinations, pairwise
from random import Random
from typing import Any

from flint import arb
from sympy import Expr, Integral, Rational, Symbol, diff

from derivations.arithmetic.ball import Imprecise, Place, Undefined, Unfinished, ball, exact, precision, proper
from derivations.arithmetic.memory import Drawn, once
from derivations.engines.approach import Fails, approaches
from derivations.form.claim import Answer, Claim
from derivations.form.statement import AtMost, Below, Equal, Statement, Tends
from derivations.form.verdict import Evidence, not_evaluated
from derivations.points.domain import Draw, enough, points

BITS = (256, 512, 1024, 4096)
# Quadrature doubles in price with each step of the ladder, and is given two.
RADIUS = arb(10) ** -60
POINTS = 24
LINES = 6  # points at which proof lines are looked at
SLOPES = 2  # places at which the slope of a primitive is looked at
SKIPPED = 0.25  # share of further points that may leave a statement undecided
PIECES, HALVINGS = 2**10, 60  # of an interval, on each of which a primitive must be finite, at most


class Jumps(ArithmeticError):
    """A primitive that may jump, so that its difference need not be the integral."""


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
        at_some_precision(lambda: same(*at_equality(said), point))
    for elsewhere in nearly(said) if said.only else ():
        at_some_precision(lambda here=elsewhere: apart(here, point))


def places(claim: Claim, purpose: str) -> Iterable[Place]:
    """The points of a purpose: drawn once, and what was found at them is kept for the next answer."""
    return once(claim, ("places", purpose), lambda: Drawn(map(Place, points(claim, f"{purpose} {claim.name}"))))


def enclose(claim: Claim, answer: Answer = None, count: int = POINTS, purpose: str = "enclose") -> Evidence:
    """Evidence on one answer, at `count` points of a purpose that decide it; `refuted` comes with the point.

    On the claim's own answer, the points go at least once the round of the places where the claim is delicate.
    """
    done, undecided = 0, 0
    try:
        statements = claim.statements(answer)
        count = enough(claim, count) if answer is None else count
        for point in places(claim, purpose):
            try:
                for said in statements:
                    check(said, point)
                for integral, primitive in _primitives(claim) if answer is None else ():
                    antiderivative(integral, primitive, _everywhere(Equal(integral, primitive), point, claim))
                for said in _lines(claim) if answer is None and done < LINES else ():
                    check(said, _everywhere(said, point, claim))
                done += 1
            except (Fails, Undefined) as wrong:
                return _refuted(point, wrong, done + 1)
            except (Imprecise, Unfinished):
                undecided += 1
                if undecided > count * SKIPPED:
                    raise
            if done == count:
                return Evidence("enclose", "consistent", points=done, digits=60, detail={"undecided": undecided})
    except (ArithmeticError, ValueError) as unknown:
        return not_evaluated("enclose", f"{type(unknown).__name__}: {unknown}")
    raise AssertionError("points are endless")


def lines(claim: Claim) -> Iterator[Statement]:
    """What each proof line says of the one above it; the derivation is checked by numbers, too."""
    for chain, said in zip(claim.proof, claim.statements(), strict=False):
        for above, below in pairwise(chain):
            if isinstance(said, AtMost | Below) and (below.more is not None or below.convex):
                yield AtMost(above.expr, below.expr, {})
            else:
                yield Equal(above.expr, below.expr)


def _lines(claim: Claim) -> list[Statement]:
    return once(claim, "lines", lambda: list(lines(claim)))


def _primitives(claim: Claim) -> list[tuple[Integral, Expr]]:
    """Each integral that a line puts a difference of a primitive for, and the primitive."""
    return once(
        claim,
        "primitives",
        lambda: [
            (integral, below.primitive)
            for chain in claim.proof
            for above, below in pairwise(chain)
            if below.primitive is not None
            for integral in above.expr.atoms(Integral) ^ below.expr.atoms(Integral)
        ],
    )


def antiderivative(integral: Integral, primitive: Expr, point: Draw) -> None:
    """Raise Fails where the slope is another, and Jumps where the primitive is not seen to be continuous."""
    body, var, low, high = proper(integral)
    with precision(BITS[0]):
        a, b = ball(low, point), ball(high, point)
    rng = Random(f"{_printed(primitive)} {sorted(map(str, point.items()))}")
    slope = diff(primitive, var)
    for share in (Rational(rng.randrange(1, 1009), 1009) for _ in range(SLOPES)):
        inside = {**point, var: (a + (b - a) * exact(share)).mid()}
        at_some_precision(lambda here=inside: same(slope, body, here))
    _continuous(primitive, {**point}, var, a, b)


@lru_cache(maxsize=256)
def _printed(e: Expr) -> str:
    return str(e)


def _continuous(e: Expr, point: dict[Symbol, Any], var: Symbol, a: arb, b: arb) -> None:
    """Finite on balls that cover the whole interval: what is composed of continuous functions has no jump there."""
    ahead, looks = [(a, b, HALVINGS)], 0
    while ahead:
        (low, high, halvings), looks = ahead.pop(), looks + 1
        try:
            with precision(BITS[0]):
                ball(e, point | {var: low.union(high)})
        except (Undefined, Imprecise) as fault:
            if not halvings or looks > PIECES:
                at = f"{var} = {low.str(6, radius=False)}"
                raise Jumps(f"the primitive {e} is not seen to be continuous at {at}: {fault}") from None
            middle = (low + high) / 2
            ahead += [(low, middle, halvings - 1), (middle, high, halvings - 1)]


def _everywhere(said: Statement, point: Draw, claim: Claim) -> Draw:
    """The point, with a value for what only proof lines mention: a limit's variable, a noise that drops out."""
    names = {v for v in _names(said[:2]) if v not in point}
    return {v: claim.example.get(v, Rational(1, 7)) for v in names} | point if names else point  # type: ignore[misc]


@lru_cache(maxsize=256)  # asked for at every point
def _names(told: tuple[Expr, ...]) -> frozenset[Symbol]:
    return frozenset(v for e in told for v in e.free_symbols)  # type: ignore[misc]


def _refuted(point: Draw, wrong: ArithmeticError, n: int) -> Evidence:
    witness = {str(v): str(q) for v, q in sorted(point.items(), key=lambda pair: str(pair[0]))}
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
