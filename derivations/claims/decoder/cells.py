"""The mass of a standard normal in a cell [mid - half, mid + half], in forms that do not cancel.

With Q = 1 - Phi, e(a) = 2 Q(a) exp(a^2/2), a = mid - half and b = mid + half, the mass is

    exp(-mid^2/2)/sqrt(2 pi) times the integral of exp(-u^2/2) cosh(mid u) from -half to half,
    1 - Q(-a) - Q(b),    and    exp(-a^2/2)/2 (e(a) - exp(-2 mid half) e(b)):

for a narrow cell, one that holds the mean, and one beside it. For mid < 0 the cell is reflected.
"""

from typing import NamedTuple

from sympy import Expr, Integral, Rational, S, cosh, erfc, exp, pi, sqrt

from derivations.form.claim import Claim, Wrong, by
from derivations.form.statement import Equal
from derivations.notation.levels import Phi
from derivations.probability.gaussian import Normal
from derivations.symbols import half, mid, u, x

a, b = mid - half, mid + half
DENSITY = exp(Normal(S.Zero, S.One).log_density(x))
MASS = Integral(DENSITY, (x, a, b))


def Q(at: Expr) -> Expr:
    """The mass above a point."""
    return erfc(at / sqrt(2)) / 2


def e(at: Expr) -> Expr:
    """erfcx(at / sqrt 2)."""
    return exp(at**2 / 2) * erfc(at / sqrt(2))


class Cell(NamedTuple):
    """The integrand over u from 0 to half; the mass of a cell around the mean; and of one beside it."""

    narrow: Expr
    around: Expr
    beside: Expr


CELL = Cell(
    narrow=2 * exp(-(mid**2) / 2) / sqrt(2 * pi) * exp(-(u**2) / 2) * cosh(mid * u),
    around=1 - Q(half - mid) - Q(b),
    beside=exp(-(a**2) / 2) / 2 * (e(a) - exp(-2 * mid * half) * e(b)),
)
BY_PHI = by("integrate", Phi(b) - Phi(a), primitive=Phi(x))

cell = Claim(
    name="ddpm.decoder.cell",
    title="The normal mass of [mid - half, mid + half] by an integral of cosh, the mass outside, and scaled tails",
    kind="equality",
    needs=("ddpm.decoder",),
    says=lambda q: (Equal(MASS, Integral(q.narrow, (u, 0, half))), Equal(MASS, q.around), Equal(MASS, q.beside)),
    answer=CELL,
    example={mid: Rational(3, 2), half: Rational(1, 2)},
    convenience={
        "0 < mid": "the forms also hold for a cell below the mean, but terms of the last one cancel there",
        "0 < half": "a cell with its ends exchanged has the negative mass",
    },
    proof=(
        (
            by("the density over the cell", MASS, eq="ddpm2020 (13)"),
            BY_PHI,
            by(
                "integrate from the middle to both sides",
                Integral(CELL.narrow, (u, 0, half)),
                primitive=Phi(mid + u) - Phi(mid - u),
            ),
        ),
        (by("the density over the cell", MASS, eq="ddpm2020 (13)"), BY_PHI, by("Phi(-a) = Q(a)", CELL.around)),
        (
            by("the density over the cell", MASS, eq="ddpm2020 (13)"),
            BY_PHI,
            by("the squares of the ends differ by 4 mid half", CELL.beside),
        ),
    ),
    wrong={
        "density at the middle": Wrong(
            CELL._replace(narrow=CELL.narrow / cosh(mid * u)),
            "far from the mean mid u is not small, however narrow the cell",
        ),
        "half the exponent": Wrong(
            CELL._replace(beside=exp(-(a**2) / 2) / 2 * (e(a) - exp(-mid * half) * e(b))),
            "the squares of the ends differ by 4 mid half, not 2 mid half",
        ),
        "erfcx without its root of two": Wrong(
            CELL._replace(beside=exp(-(a**2)) / 2 * (exp(a**2) * erfc(a) - exp(-4 * mid * half) * exp(b**2) * erfc(b))),
            "the argument of the error function is that of the normal over sqrt 2",
        ),
        "tail beyond the near end": Wrong(
            CELL._replace(beside=exp(-(a**2) / 2) / 2 * e(a)), "the cell is taken as open, which only the last one is"
        ),
        "both tails from the far end": Wrong(
            CELL._replace(around=1 - 2 * Q(b)), "it is the mass of a cell around 0, not around mid"
        ),
    },
    means="symbolic middle and half width; a normal of any mean and variance scales to this one",
)

CLAIMS = (cell,)
