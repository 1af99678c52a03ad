"""Langevin dynamics on any density p = exp(log p): p is stationary, and any other density q moves along grad log(p/q).

A step z + h grad log p(z) + sqrt(2h) n moves z by a drift and by noise. By the Fokker-Planck equation a density q
changes, to first order in h, by -(drift q)' + (variance/2) q''. For q = p the two cancel at each point.
"""

from typing import NamedTuple

from sympy import Expr, Function, Integral, S, diff, exp, sqrt

from derivations.form.claim import Claim, Wrong, by
from derivations.form.statement import Below, Equal
from derivations.notation.densities import AnyDensity
from derivations.notation.fokker_planck import DensityRate
from derivations.notation.quantities import Slope
from derivations.probability.gaussian import law
from derivations.symbols import dscore, dscore_q, h, l_p, l_q, n_1, score, score_q, t, z_t

LOG_P, LOG_Q = (Function(name, real=True)(z_t) for name in ("log_p", "log_q"))
P_OF, Q_OF = AnyDensity("p", z_t), AnyDensity("q", z_t)
SCORES = ((score, diff(LOG_P, z_t), P_OF), (score_q, diff(LOG_Q, z_t), Q_OF))
POINT = (  # the logarithms of the densities and their slopes: any six numbers at a point
    (diff(LOG_P, z_t, 2), dscore),
    (diff(LOG_Q, z_t, 2), dscore_q),
    (diff(LOG_P, z_t), score),
    (diff(LOG_Q, z_t), score_q),
    (LOG_P, l_p),
    (LOG_Q, l_q),
)


def change(of: AnyDensity, log_density: Expr, step: Expr) -> DensityRate:
    """Return the change of a density in one step, to first order in h, by the Fokker-Planck equation."""
    drift, var = law(step, (n_1,))
    return DensityRate(of, z_t, drift, var, exp(log_density), SCORES, POINT)


def carried(velocity: Expr) -> DensityRate:
    """Return the change of the density q under a flow in the time h."""
    return DensityRate(Q_OF, z_t, h * velocity, S.Zero, exp(LOG_Q), SCORES, POINT)


class Langevin(NamedTuple):
    """The increment of z in a step; and the flow that moves another density q as the step does."""

    step: Expr
    velocity: Expr


spread = Integral(2, (t, 0, h))
A = Langevin(step=h * score + sqrt(2 * h) * n_1, velocity=score - score_q)

stationary = Claim(
    name="langevin.stationary",
    title=(
        "Langevin's drift, the score of a density, keeps it stationary under noise of sqrt(2), and moves any other "
        "along the difference of their scores"
    ),
    kind="equality",
    says=lambda a: (
        Equal(spread, law(a.step, (n_1,)).var),
        Equal(change(P_OF, LOG_P, a.step), S.Zero),
        Equal(change(Q_OF, LOG_Q, A.step), carried(a.velocity)),
        Below(S.Zero, Slope(a.step, n_1)),
    ),
    answer=A,
    example={h: 1, l_p: 1, l_q: 1, score: 1, score_q: 2, dscore: 1, dscore_q: 1},
    convenience={"0 < h": "both sides are proportional to it"},
    proof=(
        (
            by("the variance of sqrt(2) dw, over the time h", spread),
            by("the noise of a step", law(A.step, (n_1,)).var, primitive=2 * t),
        ),
        (
            by("drift and noise of a step", change(P_OF, LOG_P, A.step), eq="luo2022 (158)"),
            by("p'' is the slope of p (log p)', so drift and noise cancel", S.Zero),
        ),
        (
            by("drift and noise of a step", change(Q_OF, LOG_Q, A.step)),
            by("q'' is the slope of q (log q)', which makes it a continuity equation", carried(A.velocity)),
        ),
        (by("zero", S.Zero), by("the coefficient of the noise is the positive root", sqrt(2 * h), more=sqrt(2 * h))),
    ),
    wrong={
        "noise sqrt(h)": Wrong(
            A._replace(step=h * score + sqrt(h) * n_1),
            "-h p''/2 remains: it is the process of p^2, narrower than p; the half of (h/2) score, sqrt(h) n is lost",
        ),
        "twice the score": Wrong(A._replace(step=2 * h * score + sqrt(2 * h) * n_1), "it is the process of p^2"),
        "no noise": Wrong(
            A._replace(step=h * score),
            "what remains is an ascent to a mode",
            ("luo2022 text after (158)",),
        ),
        "noise 2h for its root": Wrong(
            A._replace(step=h * score + 2 * h * n_1), "the noise is of second order in h, and vanishes in the limit"
        ),
        "sign of the score": Wrong(
            A._replace(step=-h * score + sqrt(2 * h) * n_1),
            "drift and noise both spread the density, and nothing is stationary",
        ),
        "the gradient of p": Wrong(
            A._replace(step=h * score * exp(l_p) + sqrt(2 * h) * n_1),
            "p' stands for (log p)', and far out there is no drift",
        ),
        "every density by the score": Wrong(
            A._replace(velocity=score), "a flow along the score ignores the noise, and ends at the modes"
        ),
        "away from p": Wrong(A._replace(velocity=score_q - score), "the distance to p would grow"),
    },
    means="pointwise, for any densities, by logarithms and slopes at z; for several coordinates see sde.plane",
    trust=(
        "the Fokker-Planck equation for dz = drift dt + g dw, the limit of steps h -> 0",
        "no probability flows in from infinity",
    ),
)

CLAIMS = (stationary,)
