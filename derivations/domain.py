"""The domain of a claim: exact random points that satisfy its assumptions, ends drawn often."""

from collections.abc import Iterator, Sequence
from random import Random

from sympy import Expr, Rational, Symbol

from derivations.ball import Imprecise, Undefined, ball, below
from derivations.claim import Below, Claim

Draw = dict[Symbol, Expr]
TRIES = 4000
FAR, OUTER = 0.1, 0.5  # shares of numbers far below or above the usual


class Empty(ValueError):
    """No point was found that satisfies the assumptions."""


def draw(symbol: Symbol, rng: Random, far_out: float = FAR) -> Rational:
    """A rational; a positive symbol's is in (0, 1) or up to 8, and a share of them far out."""
    if rng.random() < far_out:
        far = rng.choice((Rational(1, 10**6), Rational(1, 10**4), Rational(99), Rational(10**4)))
        return far if symbol.is_positive or rng.random() < 1 / 2 else -far
    q = rng.choice((12, 60, 1009))
    if symbol.is_positive:
        top = rng.choice((1, 1, 8))
        return Rational(rng.randint(1, top * q - 1) if q > 1 else 1, q)
    return Rational(rng.randint(-4 * q, 4 * q), q)


def holds(assumption: Below, point: Draw) -> bool:
    """Whether lesser < greater at the point, decided by balls."""
    try:
        return below(ball(assumption.lesser, point), ball(assumption.greater, point))
    except (Undefined, Imprecise):
        return False


def points(claim: Claim, seed: str, without: Sequence[Below] = (), far: float = FAR) -> Iterator[Draw]:
    """An endless stream of points where every assumption but `without` holds."""
    rng, names = Random(seed), claim.symbols()
    given = [a for a in claim.given if a not in without]
    tries = 0
    while True:
        tries += 1
        if tries > TRIES:
            raise Empty(f"{claim.name}: expected a point with {[a.text for a in given]}, found none")
        point: Draw = {v: draw(v, rng, far) for v in names}
        if all(holds(a, point) for a in given):
            tries = 0
            yield point
