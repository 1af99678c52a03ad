"""Spherical interpolation of two latents: weights that turn one into the other, and keep its length.

In the plane of two vectors of one length, an angle psi apart, the weights lead to the vector at the angle delta from
the first. On the straight line between them the length falls: for latents at
a right angle, which independent ones nearly are in many dimensions, to 1/sqrt(2) of it in the middle.
"""

from typing import NamedTuple

from sympy import Expr, Rational, S, cos, pi, sin

from derivations.form.claim import Claim, Wrong, by
from derivations.form.statement import Below, Equal
from derivations.notation.quantities import Quantity
from derivations.symbols import blend, chi, delta, psi


class Mixed(NamedTuple):
    """The weights of both latents, and the square of the length on the straight line between them."""

    first: Expr
    second: Expr
    straight: Expr


A = Mixed(
    first=sin(psi - delta) / sin(psi),
    second=sin(delta) / sin(psi),
    straight=1 - 2 * blend * (1 - blend) * (1 - cos(psi)),
)
LINE = Quantity("line", (blend,), (1 - blend) ** 2 + blend**2 + 2 * blend * (1 - blend) * cos(psi))


def mixed(a: Mixed) -> tuple[Quantity, Quantity]:
    """Return the coordinates of the mix of two vectors of length 1, at the angles chi and chi + psi."""
    level = Quantity("z_1", (delta,), a.first * cos(chi) + a.second * cos(chi + psi))
    upright = Quantity("z_2", (delta,), a.first * sin(chi) + a.second * sin(chi + psi))
    return level, upright


ENDS = cos(chi + delta), sin(chi + delta)
SUM = sin(psi - delta) * cos(chi) + sin(delta) * cos(chi + psi)
SUM_UP = sin(psi - delta) * sin(chi) + sin(delta) * sin(chi + psi)

spherical = Claim(
    name="ddim.slerp",
    title="The weights sin(psi - delta)/sin(psi) and sin(delta)/sin(psi) turn the first of two latents by delta",
    kind="equality",
    says=lambda a: (
        *(Equal(at, end) for at, end in zip(mixed(a), ENDS, strict=True)),
        Equal(LINE, a.straight),
    ),
    answer=A,
    given=(Below(S.Zero, psi), Below(psi, pi)),
    example={chi: 1, psi: Rational(3, 2), delta: Rational(1, 2), blend: Rational(1, 4)},
    convenience={
        "0 < psi": "angles below 0 are those of the other side; at 0 any weights of sum 1 will do",
        "psi < pi": "angles beyond pi are those of the other side; at pi the plane of both is not known",
    },
    proof=(
        (
            by("one coordinate of the mix", mixed(A)[0]),
            by("over the sine of psi", SUM / sin(psi)),
            by("sines of sums: it is sin(psi) cos(chi + delta)", ENDS[0]),
        ),
        (
            by("the other coordinate", mixed(A)[1]),
            by("over the sine of psi", SUM_UP / sin(psi)),
            by("sines of sums: it is sin(psi) sin(chi + delta)", ENDS[1]),
        ),
        (
            by("the square of the length on the line", LINE),
            by("(1 - b)^2 + b^2 = 1 - 2 b (1 - b)", A.straight),
        ),
    ),
    wrong={
        "on the straight line": Wrong(
            A._replace(first=1 - delta / psi, second=delta / psi),
            "the length falls between the ends, and the denoiser gets latents that are too small",
        ),
        "without the sine of the angle": Wrong(
            A._replace(first=sin(psi - delta), second=sin(delta)), "right only for a right angle"
        ),
        "weights exchanged": Wrong(A._replace(first=A.second, second=A.first), "the path begins at the second latent"),
        "the line keeps the length": Wrong(A._replace(straight=S.One), "right only at the ends, or for equal latents"),
    },
)

CLAIMS = (spherical,)
