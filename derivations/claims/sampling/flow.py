"""The flow of a diffusion: an ordinary differential equation with the marginals of the stochastic one.

The Fokker-Planck equation dp/dt = -(f z p)' + (g^2/2) p'' is a continuity equation of velocity f z - (g^2/2) p'/p,
which depends on p only through its score. For a diffusion it is alpha' x + sigma' eps, with x and eps predicted from z.
"""

from typing import NamedTuple

from sympy import Expr, Function, Integer, diff, sqrt

from derivations.claims.forward.sde import FALLS, SDE
from derivations.form.claim import Claim, Wrong, by
from derivations.form.statement import Equal
from derivations.notation.densities import AnyDensity
from derivations.notation.fokker_planck import DensityRate
from derivations.notation.quantities import Quantity, Squared
from derivations.notation.samplers import Along
from derivations.notation.values import At
from derivations.symbols import (
    alpha_t,
    d2p,
    dalpha,
    dp,
    drift_f,
    dsigma,
    eps,
    g2,
    q_x,
    score,
    sigma_t,
    t,
    x,
    z_t,
)

P = Function("p", positive=True)(z_t)
DENSITY = AnyDensity("p", z_t)
SCORES = ((score, diff(P, z_t) / P, DENSITY),)
POINT = ((diff(P, z_t, 2), d2p), (diff(P, z_t), dp), (P, q_x))  # p, p' and p'' may be any numbers at a point
fokker_planck = DensityRate(DENSITY, z_t, drift_f * z_t, g2, P, SCORES, POINT)


def carried(velocity: Expr) -> DensityRate:
    """The rate of p under a flow, -(velocity p)'."""
    return DensityRate(DENSITY, z_t, velocity, Integer(0), P, SCORES, POINT)


V = drift_f * z_t - g2 / 2 * score
HERE = {drift_f: 1, g2: 1, z_t: 1, q_x: 1, dp: 1, d2p: 1}

f, g_squared = SDE.f, SDE.g2

pfode = Claim(
    name="sde.pfode",
    title=(
        "The flow of the drift less half of g^2 times the score moves any density as the SDE with this drift and "
        "noise g does"
    ),
    kind="equality",
    needs=("vdm.forward.sde",),
    says=lambda v: Equal(fokker_planck, carried(v)),
    answer=V,
    example=HERE,
    convenience={
        "0 < g^2": "both sides are polynomials in it",
        "0 < q_x": "where the density is 0 it has no score, but the density times its score has a value",
    },
    proof=(
        (
            by("the Fokker-Planck equation", fokker_planck, eq="sde2021 (35)"),
            by(
                "p'' is the slope of p (log p)', which makes it a continuity equation",
                carried(V),
                eq="sde2021 (36)-(37)",
            ),
        ),
    ),
    wrong={
        "the reverse SDE's drift": Wrong(
            drift_f * z_t - g2 * score, "the half is left out: right only with noise, backwards in time"
        ),
        "sign of the score": Wrong(
            drift_f * z_t + g2 / 2 * score, "the density contracts where noise should spread it"
        ),
        "g for g^2": Wrong(drift_f * z_t - sqrt(g2) / 2 * score, "noise scaled by the wrong power"),
        "the drift alone": Wrong(drift_f * z_t, "noise spreads the density, and so must the flow"),
        "half the drift too": Wrong((drift_f * z_t - g2 * score) / 2, "only the score term is halved"),
    },
    means="pointwise, for any density, by its value and two slopes at z; for several coordinates see sde.plane",
    trust=("the continuity and Fokker-Planck equations have unique solutions from a given start",),
)


class Velocity(NamedTuple):
    """dz/dt by both, by z and eps, by z and x, by z and the score."""

    both: Expr
    by_eps: Expr
    by_x: Expr
    by_score: Expr


F = Velocity(
    both=dalpha * x + dsigma * eps,
    by_eps=dalpha / alpha_t * z_t + (dsigma - sigma_t * dalpha / alpha_t) * eps,
    by_x=dsigma / sigma_t * z_t + (dalpha - alpha_t * dsigma / sigma_t) * x,
    by_score=dalpha / alpha_t * z_t - sigma_t * (dsigma - sigma_t * dalpha / alpha_t) * score,
)
flow = f * z_t - g_squared / 2 * score
NOISY = {score: -eps / sigma_t}
MADE = {z_t: alpha_t * x + sigma_t * eps}
noise_shown = (z_t - alpha_t * x) / sigma_t


def moving(score_of: Expr) -> Along:
    """The flow's velocity dz/dt, by this score."""
    return Along(z_t, t, (z_t, drift_t * z_t - spread_t / 2 * score_of))


drift_t, spread_t = Quantity("f", (t,), f), Squared("g", g_squared)
by_score = moving(score)
by_noise = At(by_score, *NOISY.items())
by_both, by_data = At(by_noise, *MADE.items()), At(by_noise, (eps, noise_shown))

forms = Claim(
    name="sde.pfode.forms",
    title=(
        "On every path the flow is alpha' x + sigma' eps, and f z + g^2 eps/(2 sigma), with x and eps predicted from z"
    ),
    kind="equality",
    needs=("sde.pfode", "vdm.param.score", "vdm.forward.sde"),
    says=lambda a: (
        Equal(by_score, a.by_score),
        Equal(by_noise, a.by_eps),
        Equal(by_both, a.both),
        Equal(by_data, a.by_x),
    ),
    answer=F,
    given=(FALLS,),
    example={alpha_t: 4, sigma_t: 3, dalpha: -1, dsigma: 1, x: 1, eps: 1, z_t: 1, score: 1},
    convenience={FALLS.text: "where the SNR rises there is no diffusion with this flow, but the identities hold"},
    proof=(
        (
            by(
                "f z - (g^2/2) score, with f and g^2 of the path",
                drift_t * z_t - spread_t / 2 * score,
                eq="sde2021 (13)",
            ),
            by("g^2/2 = sigma (sigma' - sigma (log alpha)')", F.by_score),
        ),
        (
            by("the score is -eps/sigma", drift_t * z_t + spread_t / (2 * sigma_t) * eps, eq="dpm2022 (2.7)"),
            by("cancel sigma", F.by_eps),
        ),
        (by("z = alpha x + sigma eps", by_both), by("collect x and eps", F.both)),
        (
            by("eps = (z - alpha x)/sigma", by_data),
            by("collect z and x", F.by_x),
        ),
    ),
    wrong={
        "g^2 in full": Wrong(
            F._replace(by_eps=dalpha / alpha_t * z_t + 2 * (dsigma - sigma_t * dalpha / alpha_t) * eps),
            "the drift of the reverse SDE is taken for that of the flow",
        ),
        "sigma' alone": Wrong(
            F._replace(by_eps=dalpha / alpha_t * z_t + dsigma * eps),
            "g^2 = 2 sigma sigma' holds where alpha is constant",
        ),
        "eps for the score": Wrong(
            F._replace(by_eps=dalpha / alpha_t * z_t - sigma_t * (dsigma - sigma_t * dalpha / alpha_t) * eps),
            "eps is -sigma times the score",
        ),
        "x and eps swapped": Wrong(
            F._replace(both=dalpha * eps + dsigma * x), "x and eps get each other's coefficients"
        ),
        "the data kept whole": Wrong(
            F._replace(by_x=dsigma / sigma_t * (z_t - x)), "it is EDM's (x - D)/sigma, right only where alpha = 1"
        ),
    },
)

CLAIMS = (pfode, forms)
