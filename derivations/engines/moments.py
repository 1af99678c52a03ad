"""Proved bounds of E f^2, for a function f of the noise of an experiment.

In each cell of the uniform numbers f is a polynomial in the normals with a bounded rest (`integrand`). Minkowski's
inequality combines the root mean squares of the polynomial and of the rest.
"""

from fractions import Fraction
from functools import lru_cache, reduce
from itertools import product
from math import inf, nextafter

from flint import arb
from sympy import Add, Expr, Mul

from derivations.arithmetic.ball import precision
from derivations.engines.integrand import BITS, HALVINGS, Ends, Integrand, Piece, Sums
from derivations.engines.majorant import upper
from derivations.engines.noise import AT_MOST_1, At
from derivations.engines.turns import Box
from derivations.form.experiment import Experiment

ZERO, OVERLAP = arb(0), arb(2) ** -40  # boxes overlap by far less, where a threshold is known as a ball
TIGHT, MOST = 0.25, 300  # halve boxes until E main^2 is known to this share of the variance, or there are so many


@lru_cache(maxsize=128)
def sums(experiment: Experiment, at: At, f: Expr) -> Sums:
    """Return the sums over all noise, from boxes halved until E main^2 is known well."""
    integrand = Integrand(experiment, at, f)
    unit: Box = {u: (Fraction(0), Fraction(1)) for u in experiment.uniforms}
    choices = [range(1, top + 1) for top in experiment.steps.values()]
    runs = [dict(zip(experiment.steps, run, strict=True)) for run in product(*choices)]
    with precision(BITS):
        pieces = [piece for run in runs for piece in integrand.cells(unit, run)]
        while True:
            total = _total(pieces)
            if not integrand.moving or len(pieces) > MOST or total.width <= TIGHT * total.spread:
                return total
            finer = [new for piece in pieces for new in _refined(integrand, piece, total.width / len(pieces) / 2)]
            if len(finer) == len(pieces):
                return total
            pieces = finer


def _total(pieces: list[Piece]) -> Sums:
    every = [sums for *_, sums in pieces]
    first, second, rest = (sum(column, arb(0)) for column in zip(*(sums[:3] for sums in every), strict=True))
    return Sums(first, second, rest, reduce(_hull, (sums.ends for sums in every)))


def _hull(a: Ends, b: Ends) -> Ends:
    return None if a is None or b is None else (a[0].min(b[0]), a[1].max(b[1]))


def _refined(integrand: Integrand, piece: Piece, enough: float) -> list[Piece]:
    box, steps, sums = piece
    if sums.width <= enough or sums.rest.is_zero():  # a quadrature is as exact as requested
        return [piece]
    return [new for half in integrand.halves(box) for new in integrand.boxed(half, steps, HALVINGS)]


def second_moment(experiment: Experiment, at: At, f: Expr, by: arb = ZERO) -> float:
    """Return an upper bound of E (f - by)^2."""
    with precision(BITS):
        return _float(_mean_square(sums(experiment, at, f), by))


def variance(experiment: Experiment, at: At, f: Expr, by: arb = ZERO) -> float:
    """Bound E (f - by)^2 for E f = by, as a test assumes: if low <= f <= high, it is at most (by - low) (high - by)."""
    whole = sums(experiment, at, f)
    with precision(BITS):
        square = _mean_square(whole, by)
        if whole.ends is None:
            return _float(square)
        low, high = (end - by for end in whole.ends)
        return _float(square.min(-low * high) if low < 0 < high else square)


def unweighed(f: Expr) -> Expr:
    """Drop common factors of f's terms that are at most 1, which does not lower its mean square."""
    terms = Add.make_args(f)
    shared = set.intersection(*({*Mul.make_args(term)} for term in terms))
    weights = Mul(*(e for e in shared if isinstance(e, AT_MOST_1)))
    return f if weights == 1 else Add(*(term / weights for term in terms))


def _mean_square(whole: Sums, by: arb) -> arb:
    main = upper(whole.second - 2 * by * whole.first + by * by) + OVERLAP * (upper(whole.second) + by * by)
    return (main.sqrt() + upper(whole.rest).sqrt()) ** 2


def _float(bound: arb) -> float:
    """Return a float that is no smaller than the bound."""
    return nextafter(float(bound.upper()), inf)
