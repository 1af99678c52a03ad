"""Noise schedules: gamma = -log SNR, what a program needs of it, and the statements that define it.

A schedule is printed as (alpha(t), sigma(t)), functions of time. From these follow gamma(t), its
slope, the gap gamma(t) - gamma(s) in a form that does not cancel, and in turn alpha
and sigma: each is the other one scaled by the square root of the signal-to-noise ratio.
"""

from collections.abc import Callable, Mapping
from typing import NamedTuple

from sympy import Expr, S, exp, log, sqrt

from derivations.form.claim import Below, Chain, Line, by
from derivations.form.experiment import Experiment, Residual
from derivations.form.statement import Equal, Point
from derivations.notation.quantities import Log, Slope
from derivations.notation.times import Function
from derivations.probability.gaussian import Normal
from derivations.symbols import n_1, n_2, n_3, s, t, x, z_0, z_s, z_t

Path = Callable[[Expr], Expr]  # a function of time

TIMES = Below(s, t), Below(t, S.One)
ORDER = {
    "s < t": "the identities hold for times in any order; s < t makes the gap positive",
    "0 < t": "it follows from 0 < s < t",
}


class Schedule(NamedTuple):
    """Closed forms in the times s < t; all but `gap` are at time t."""

    gamma: Expr
    dgamma: Expr
    gap: Expr
    alpha: Expr
    sigma: Expr


def vp_sigma(alpha: Path) -> Function:
    """Return the sigma of a variance-preserving schedule: alpha^2 + sigma^2 = 1."""
    return Function("sigma", lambda time: sqrt(1 - alpha(time) ** 2))


def vp_alpha(sigma: Path) -> Function:
    """Return the alpha of a variance-preserving schedule, from its sigma."""
    return Function("alpha", lambda time: sqrt(1 - sigma(time) ** 2))


def gamma_of(alpha: Path, sigma: Path) -> Function:
    """Return gamma(t) = -log SNR(t), where SNR(t) = alpha(t)^2 / sigma(t)^2."""
    return Function("gamma", lambda time: -log(alpha(time) ** 2 / sigma(time) ** 2))


def scheduled(alpha: Path, sigma: Path, q: Schedule) -> tuple[Equal, ...]:
    """State what a schedule printed as alpha(t), sigma(t) says of q, field by field."""
    gamma = gamma_of(alpha, sigma)
    return (
        Equal(gamma(t), q.gamma),
        Equal(Slope(gamma(t), t), q.dgamma),
        Equal(gamma(t) - gamma(s), q.gap),
        Equal(2 * Log(sigma(t)) - gamma(t), 2 * log(q.alpha)),
        Equal(2 * Log(alpha(t)) + gamma(t), 2 * log(q.sigma)),
    )


WHY = Schedule(
    gamma="closed form",  # type: ignore[arg-type]
    dgamma="collect the terms of the derivative",  # type: ignore[arg-type]
    gap="quotients before logarithms",  # type: ignore[arg-type]
    alpha="alpha^2 = sigma^2 exp(-gamma)",  # type: ignore[arg-type]
    sigma="sigma^2 = alpha^2 exp(gamma)",  # type: ignore[arg-type]
)


def schedule_proof(
    alpha: Path, sigma: Path, q: Schedule, lines: Mapping[str, tuple[Line, ...]] | None = None
) -> tuple[Chain, ...]:
    """Return a chain for each of the five statements; `lines` has the lines between the ends, by field."""
    between = {
        "alpha": (by("gamma in closed form", 2 * Log(sigma(t)) - q.gamma),),
        "sigma": (by("gamma in closed form", 2 * Log(alpha(t)) + q.gamma),),
    } | dict(lines or {})
    return tuple(
        (by("by definition", statement.lhs), *between.get(field, ()), by(why, statement.rhs))
        for field, why, statement in zip(Schedule._fields, WHY, scheduled(alpha, sigma, q), strict=True)
    )


def walked(alpha: Path, sigma: Path, at: Point, twins: tuple[str, ...] = ()) -> Experiment:
    """Walk along the printed path to s, half way on, and to t; check z_t given x and given z_s.

    Each step scales by the quotient of the alphas and tops the noise up to the printed sigma.
    """
    half = (s + t) / 2

    def step(z: Expr, before: Expr, after: Expr, noise: Expr) -> Expr:
        kept = alpha(after) / alpha(before)
        return kept * z + sqrt(sigma(after) ** 2 - (kept * sigma(before)) ** 2) * noise

    def jump(q: Schedule) -> Normal:
        return Normal(q.alpha / q.alpha.subs(t, s) * z_s, q.sigma**2 * (1 - exp(-q.gap)))

    return Experiment(
        process=(
            (z_s, alpha(s) * x + sigma(s) * n_1),
            (z_0, step(z_s, s, half, n_2)),  # half way
            (z_t, step(z_0, half, t, n_3)),
        ),
        normals=(n_1, n_2, n_3),
        checks=(
            Residual(of=z_t, law=lambda q: Normal(q.alpha * x, q.sigma**2)),
            Residual(of=z_t, law=jump, given=(z_s,)),
        ),
        at={x: 4, **at},
        twins=twins,
    )
