"""Flow matching's path: a straight line from noise to data, which ends with noise of standard deviation sigma_min.

The papers' time runs from noise to data: it is 1 - t here, and a velocity in it is that in t with the other sign. The
field of one datum follows from the velocity by the noise that the place z_t has.
"""

from typing import NamedTuple

from sympy import Expr, Integer, Rational

from derivations.claims.forward.sde import FALLS
from derivations.claims.sampling.flow import by_both, by_data
from derivations.form.claim import Below, Claim, Wrong, by
from derivations.form.statement import Equal
from derivations.notation.process import Process
from derivations.notation.quantities import Slope
from derivations.notation.steps import Drawn
from derivations.notation.times import function
from derivations.notation.values import At
from derivations.symbols import alpha_t, dalpha, dsigma, eps, sigma_min, sigma_t, t, x, z_t


@function("alpha")
def alpha(time: Expr) -> Expr:
    """The weight of the data on the segment."""
    return 1 - time


@function("sigma")
def sigma(time: Expr) -> Expr:
    """The weight of the noise: from 1 down to sigma_min."""
    return time + sigma_min * (1 - time)


PLACE = Drawn(Process((z_t, alpha(t) * x + sigma(t) * eps), noise=(eps,), data=(x,)), z_t)
HERE = ((alpha_t, alpha(t)), (sigma_t, sigma(t)), (dalpha, Slope(alpha(t), t)), (dsigma, Slope(sigma(t), t)))
velocity, field = -At(by_both, *HERE), -At(by_data, *HERE)  # of the flow, in the papers' time


class Path(NamedTuple):
    """The place and the velocity, the field of one datum; and on any path, the velocity and the field of one datum."""

    place: Expr
    velocity: Expr
    field: Expr
    any_velocity: Expr
    any_field: Expr


LEFT = 1 - (1 - sigma_min) * (1 - t)  # the noise that is left
A = Path(
    place=LEFT * eps + (1 - t) * x,
    velocity=x - (1 - sigma_min) * eps,
    field=(x - (1 - sigma_min) * z_t) / LEFT,
    any_velocity=-dalpha * x - dsigma * eps,
    any_field=-dsigma / sigma_t * (z_t - alpha_t * x) - dalpha * x,
)

path = Claim(
    name="fm.path",
    title="On flow matching's path to noise sigma_min, the velocity is x - (1 - sigma_min) eps, by z_t its field",
    kind="equality",
    needs=("sde.pfode.forms",),
    says=lambda a: (
        Equal(PLACE, a.place),
        Equal(velocity, a.velocity),
        Equal(field, a.field),
        Equal(-by_both, a.any_velocity),
        Equal(-by_data, a.any_field),
    ),
    answer=A,
    given=(Below(t, Integer(1)), FALLS),
    example={t: Rational(1, 2), sigma_min: Rational(1, 8), x: 1, eps: 2, z_t: 1}
    | {alpha_t: 4, sigma_t: 3, dalpha: -1, dsigma: 1},
    convenience={
        "0 < alpha_t": "only products with it occur",
        "0 < t": "at t = 0, where sigma_min is left, the formulas hold",
        "t < 1": "at t = 1, where all is noise, the formulas hold",
        FALLS.text: "where the SNR rises there is no diffusion with this flow, but the formulas hold",
        "0 < sigma_min": "at sigma_min = 0 it is the straight path, whose field ends at t = 0",
    },
    proof=(
        (by("the place by both weights", PLACE), by("1 - t and 1 - (1 - sigma_min)(1 - t)", A.place, eq="fm2023 (22)")),
        (
            by("the flow alpha' x + sigma' eps backwards", velocity),
            by("alpha' = -1, sigma' = 1 - sigma_min", A.velocity, eq="fm2023 (23)"),
        ),
        (
            by("the flow backwards, by the noise that z_t has", field),
            by("over one denominator", A.field, eq="fm2023 (21)"),
        ),
        (by("the flow of the path backwards", -by_both), by("with the other sign", A.any_velocity)),
        (
            by("the flow of the path backwards, by z_t and x", -by_data),
            by("with the other sign", A.any_field, eq="fm2023 (15)"),
        ),
    ),
    wrong={
        "sigma_min for 1 - sigma_min": Wrong(
            A._replace(velocity=x - sigma_min * eps, field=(x - sigma_min * z_t) / LEFT),
            "nearly all of the noise stays, and only data are added",
        ),
        "noise added": Wrong(
            A._replace(velocity=x + (1 - sigma_min) * eps, field=(x + (1 - sigma_min) * z_t) / LEFT),
            "the noise should fall along the way",
        ),
        "from data to noise": Wrong(
            A._replace(velocity=-A.velocity, field=-A.field, any_velocity=-A.any_velocity, any_field=-A.any_field),
            "it is the velocity in the time of diffusion papers, and leads away from the data",
        ),
        "the noise left at the start": Wrong(
            A._replace(
                place=(1 - (1 - sigma_min) * t) * eps + (1 - t) * x,
                field=(x - (1 - sigma_min) * z_t) / (1 - (1 - sigma_min) * t),
            ),
            "the two directions of time are mixed",
        ),
        "the datum's own speed left out": Wrong(
            A._replace(any_velocity=-dsigma * eps, any_field=-dsigma / sigma_t * (z_t - alpha_t * x)),
            "right only where data are not scaled",
        ),
    },
    means="one datum and one noise; for the mean over data see sde.pfode",
)

CLAIMS = (path,)
