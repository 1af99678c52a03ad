"""The likelihood of a flow: along dz/dt = F(z, t) the log-density has the rate -dF/dz.

This holds for any density p with the continuity equation dp/dt = -d(F p)/dz, and so for the probability flow, whose
drift f_t z - (g^2/2) d log p/dz gives the Fokker-Planck equation that form. In terms of eps_hat, its divergence is
f_t + g^2/(2 sigma) d eps_hat/dz.
"""

from typing import NamedTuple

from sympy import Expr, Function, Integer, diff, log

from derivations.form.claim import Claim, Wrong, by
from derivations.form.statement import Equal
from derivations.notation.slopes import SlopeBy

# isort: off
from derivations.symbols import (
    alpha_t, d2p, dF, deps, dp, drift, dscore, dx, eps_hat, drift_f, g2, q_x, sigma_t, t, x_hat, z_t,
)  # fmt: skip

z = z_t

p, F = Function("p", positive=True)(z, t), Function("F")(z)
NAMES = {diff(p, z, 2): d2p, diff(p, z): dp, diff(F, z): dF, F: drift, p: q_x}


def slopes(e: Expr) -> Expr:
    """Densities and slopes in z by name."""
    for what, name in NAMES.items():
        e = e.subs(what, name)  # type: ignore[assignment]
    return e


def along(density_rate: Expr, motion: Expr, names: dict[Expr, Expr] = NAMES) -> SlopeBy:
    """d/dt log p(z(t), t): the density's own rate at a fixed z, and what the motion of z adds."""
    moving = (z, motion), (t, Integer(1))
    return SlopeBy(log(p), t, *moving, (diff(p, t), density_rate), (diff(p, z), names[diff(p, z)]), (p, q_x))


def fokker_planck(f: Expr = drift_f, g2: Expr = g2, score: Expr | None = None, slope: Expr = dscore) -> SlopeBy:
    """The rate of log p along the probability flow; by another expression for the score and its slope, if given."""
    first, second = (dp, d2p) if score is None else (q_x * score, q_x * (slope + score**2))
    names = NAMES | {diff(p, z): first, diff(p, z, 2): second}
    rate = -f * q_x - f * z * first + g2 / 2 * second  # Fokker-Planck's equation
    return along(rate, f * z - g2 / 2 * first / q_x, names)


continuity = along(-dF * q_x - drift * dp, drift)


class Rate(NamedTuple):
    """d log p(z(t))/dt, for any drift; for the probability flow, by the slope of the score, of eps_hat and of x_hat."""

    any: Expr
    by_score: Expr
    by_eps: Expr
    by_x: Expr


R = Rate(
    any=-dF,
    by_score=-drift_f + g2 / 2 * dscore,
    by_eps=-drift_f - g2 / (2 * sigma_t) * deps,
    by_x=-drift_f - g2 / (2 * sigma_t**2) * (1 - alpha_t * dx),
)
bend = slopes(diff(log(p), z, 2))  # the slope of the density's own score


OF_EPS, OF_X = -eps_hat / sigma_t, (alpha_t * x_hat - z) / sigma_t**2  # the score in other terms
in_p = fokker_planck()
in_eps = fokker_planck(score=OF_EPS, slope=-deps / sigma_t)
in_x = fokker_planck(score=OF_X, slope=(alpha_t * dx - 1) / sigma_t**2)

rate = Claim(
    name="sde.likelihood.rate",
    title=(
        "Along any flow the log-density's rate is minus the velocity's divergence; along the probability flow, "
        "half of g^2 times the score's slope, less f"
    ),
    kind="equality",
    needs=("vdm.forward.sde", "vdm.param.score"),
    says=lambda r: (
        Equal(continuity, r.any),
        Equal(in_p, r.by_score.subs(dscore, bend)),
        Equal(in_eps, r.by_eps),
        Equal(in_x, r.by_x),
    ),
    answer=R,
    example=dict(
        zip((drift_f, drift, dF, dp, d2p, deps, dx, eps_hat, x_hat), (-1, 1, 1, 1, -1, 1, 2, 2, -1), strict=True)
    )
    | {alpha_t: 4, sigma_t: 3, g2: 2, q_x: 1, z_t: 1},
    means="one coordinate, pointwise, for any density and drift; the divergence of several is a sum (sde.plane)",
    convenience={
        "0 < alpha_t": "at alpha_t = 0 the flow does not depend on x_hat",
        "0 < g^2": "at g = 0 the flow is the drift f_t z alone",
    },
    proof=(
        (
            by("the chain rule, and the continuity equation for dp/dt", continuity),
            by("the transport of p cancels", R.any, eq="sde2021 (39)"),
        ),
        (
            by("the same, with the Fokker-Planck equation and dz/dt = f_t z - g^2/2 d log p/dz", in_p),
            by("(log p)'' = p''/p - (p'/p)^2", -drift_f + g2 / 2 * (d2p / q_x - (dp / q_x) ** 2)),
            by("minus the slope of the drift", R.by_score.subs(dscore, bend)),
        ),
        (
            by("the Fokker-Planck equation along the flow, with -eps_hat/sigma for the score", in_eps),
            by("its slope is minus that of eps_hat over sigma", R.by_eps),
        ),
        (
            by("the Fokker-Planck equation along the flow, with (alpha x_hat - z)/sigma^2 for the score", in_x),
            by("its slope is that of alpha x_hat minus 1, over sigma^2", R.by_x),
        ),
    ),
    wrong={
        "sign of the divergence": Wrong(
            Rate(-R.any, -R.by_score, -R.by_eps, -R.by_x),
            "the density falls where the flow spreads; the plus in (39) belongs to an integral from data to noise",
        ),
        "no half": Wrong(
            Rate(
                -dF,
                -drift_f + g2 * dscore,
                -drift_f - g2 / sigma_t * deps,
                -drift_f - g2 / sigma_t**2 * (1 - alpha_t * dx),
            ),
            "g^2 times the score is the drift of the reverse SDE, not of the probability flow",
        ),
        "sign of the score": Wrong(
            R._replace(by_eps=-drift_f + g2 / (2 * sigma_t) * deps),
            "eps_hat/sigma stands for the score, which is minus that",
        ),
        "drift alone": Wrong(
            Rate(-dF, -drift_f, -drift_f, -drift_f),
            "it is the divergence of f_t z only, without that of the score term",
        ),
        "the identity dropped": Wrong(
            R._replace(by_x=-drift_f + g2 * alpha_t / (2 * sigma_t**2) * dx), "the trace of z itself, d, is left out"
        ),
    },
    trust=("the density of the probability flow obeys the continuity equation and vanishes at infinity",),
)

CLAIMS = (rate,)
