"""The reverse diffusion: a stochastic equation that, run back in time, has the marginals of dz = f z dt + g dw.

Noise that is added on the way back spreads the density, which the drift makes up for by as much score again: half of
g^2 score for the flow, and (eta g)^2/2 more for noise of eta g. eta = 1 is Anderson's equation.
"""

from typing import NamedTuple

from sympy import Expr, sqrt

from derivations.claims.sampling.flow import DENSITY, HERE, POINT, SCORES, P, fokker_planck
from derivations.form.claim import Claim, Wrong, by
from derivations.form.statement import Equal
from derivations.notation.fokker_planck import DensityRate
from derivations.symbols import drift_f, eta, g2, score, z_t


def back(velocity: Expr, spread: Expr) -> DensityRate:
    """The rate of p, against time, of dz = velocity dt + sqrt(spread) dw run back."""
    return DensityRate(DENSITY, z_t, -velocity, spread, P, SCORES, POINT)


class Drift(NamedTuple):
    """The drift with noise of g, and with noise of eta g."""

    full: Expr
    any: Expr


A = Drift(full=drift_f * z_t - g2 * score, any=drift_f * z_t - (1 + eta**2) / 2 * g2 * score)

reverse = Claim(
    name="sde.reverse",
    title=(
        "Back in time, the drift less g^2 times the score, with noise g, moves any density as the SDE does forward "
        "in time"
    ),
    kind="equality",
    needs=("sde.pfode",),
    says=lambda a: (Equal(back(a.full, g2), -fokker_planck), Equal(back(a.any, eta**2 * g2), -fokker_planck)),
    answer=A,
    example=HERE | {eta: 1},
    convenience={
        "0 < eta": "eta = 0 is the flow, and only its square occurs",
        "0 < g^2": "both sides are polynomials in it",
        "0 < q_x": "where the density is 0 it has no score, but the density times its score has a value",
    },
    proof=(
        (
            by("the Fokker-Planck equation of the way back, against time", back(A.full, g2)),
            by("(p score)' is p'', and one half of it is left", -fokker_planck, eq="sde2021 (6)"),
        ),
        (
            by("the same with noise of eta g", back(A.any, eta**2 * g2)),
            by("eta^2/2 of p'' cancels", -fokker_planck),
        ),
    ),
    wrong={
        "the flow's drift": Wrong(
            Drift(drift_f * z_t - g2 / 2 * score, drift_f * z_t - g2 / 2 * score),
            "the noise of the way back is not made up for: samples are too spread",
        ),
        "sign of the score": Wrong(
            Drift(drift_f * z_t + g2 * score, drift_f * z_t + (1 + eta**2) / 2 * g2 * score),
            "samples are driven away from the data",
        ),
        "g for g^2": Wrong(
            Drift(drift_f * z_t - sqrt(g2) * score, drift_f * z_t - (1 + eta**2) / 2 * sqrt(g2) * score),
            "the score is scaled by the wrong power of the noise",
        ),
        "eta for eta^2": Wrong(
            A._replace(any=drift_f * z_t - (1 + eta) / 2 * g2 * score), "a standard deviation stands for a variance"
        ),
        "the drift alone": Wrong(Drift(drift_f * z_t, drift_f * z_t), "nothing undoes the noise"),
    },
    means="pointwise, for any density, by its value and two slopes at z; for several coordinates see sde.plane",
    trust=("the Fokker-Planck equation has a unique solution from a given start",),
)

CLAIMS = (reverse,)
