"""DDPM's discrete schedule in the coordinate B = -log alpha-bar, a sum of -log(1 - beta_i).

A table of B gives the step between any two rows without cancellation, as the integral of beta does in continuous time.
"""

from typing import NamedTuple

from sympy import Expr, Rational, S, exp, log, sqrt

from derivations.calculus.discrete import row, step_variance
from derivations.claims.schedules.beta import log_ratio
from derivations.form.claim import Below, Claim, Wrong, by
from derivations.form.definition import Defined
from derivations.form.experiment import Experiment, Residual
from derivations.form.statement import Equal
from derivations.notation.quantities import Log
from derivations.notation.times import quantity
from derivations.probability.gaussian import Normal
from derivations.symbols import B_s, B_ts, T, abar_s, beta, beta_max, beta_min, i, n_1, n_2, x, z_s, z_t


class Table(NamedTuple):
    """Coefficients of a row of a table of B = -log abar, and of the step from the row s, where B is smaller by B_ts."""

    gamma: Expr
    gap: Expr
    alpha: Expr
    sigma: Expr
    sigma_ts: Expr


B_t = B_s + B_ts
TABLE = Table(
    gamma=B_t + log(1 - exp(-B_t)),
    gap=B_ts + log_ratio(B_s, B_ts),
    alpha=exp(-B_t / 2),
    sigma=sqrt(1 - exp(-B_t)),
    sigma_ts=sqrt(1 - exp(-B_ts)),
)


def says_table(q: Table) -> tuple[Equal, ...]:
    """State each field in terms of alpha-bar = exp(-B), with alpha^2 = alpha-bar and sigma^2 = 1 - alpha-bar."""
    before, now = row(quantity("abar_s", exp(-B_s)), "s"), row(quantity("abar_t", exp(-B_t)), "t")
    return (
        Equal(now.gamma, q.gamma),
        Equal(now.gamma - before.gamma, q.gap),
        Equal(Log(now.sigma2) - now.gamma, 2 * log(q.alpha)),
        Equal(Log(now.sigma2), 2 * log(q.sigma)),
        Equal(Log(step_variance(now, before)), 2 * log(q.sigma_ts)),
    )


TABLE_WHY = (
    "the logarithm of a quotient", "the rises of B and log sigma^2", "alpha^2 = sigma^2 exp(-gamma)", "take the root",
    "1 - alpha-bar_t / alpha-bar_s",
)  # fmt: skip

ddpm = Claim(
    name="schedule.ddpm",
    title="A table of B = -log alpha-bar gives gamma, alpha, sigma, and the gap and step between any two of its rows",
    kind="equality",
    needs=("ddpm.marginal", "vdm.forward.gamma"),
    says=says_table,
    answer=TABLE,
    example={B_s: Rational(1, 3), B_ts: 2},
    proof=tuple((by("by definition", e.lhs), by(w, e.rhs)) for w, e in zip(TABLE_WHY, says_table(TABLE), strict=True)),
    wrong={
        "alpha-bar for its root": Wrong(TABLE._replace(alpha=exp(-B_t)), "the signal is scaled by its own power"),
        "variance for standard deviation": Wrong(TABLE._replace(sigma=1 - exp(-B_t)), "too little noise"),
        "the marginal's noise for the step's": Wrong(
            TABLE._replace(sigma_ts=TABLE.sigma), "a single step adds the noise of the whole chain"
        ),
        "difference of the marginal variances": Wrong(
            TABLE._replace(sigma_ts=sqrt(exp(-B_s) - exp(-B_t))), "the noise at s is not scaled down on the way to t"
        ),
    },
)


class Step(NamedTuple):
    """From one row to the next: the rise of B, the gap, and the coefficients of the step."""

    rise: Expr
    gap: Expr
    alpha_ts: Expr
    var_ts: Expr
    var_t: Expr


STEP = Step(
    rise=-log(1 - beta),
    gap=log(1 + beta / ((1 - beta) * (1 - abar_s))),
    alpha_ts=sqrt(1 - beta),
    var_ts=beta,
    var_t=(1 - abar_s) * (1 - beta) + beta,
)


def says_step(q: Step) -> tuple[Equal, ...]:
    """State each field in terms of alpha-bar_t = alpha-bar_s (1 - beta), with the last factor of the product."""
    abar_t = quantity("abar_t", abar_s * (1 - beta))
    before, now = row(abar_s, "s"), row(abar_t, "t")
    return (
        Equal(quantity("B_t", -log(abar_t)) - quantity("B_s", -log(abar_s)), q.rise),
        Equal(now.gamma - before.gamma, q.gap),
        Equal(Log(now.alpha2) - Log(before.alpha2), 2 * log(q.alpha_ts)),
        Equal(step_variance(now, before), q.var_ts),
        Equal(now.sigma2, q.var_t),
    )


STEP_WHY = (
    "the logarithm of a product", "the quotient of the SNRs", "take the root", "sigma_t^2 - alpha_ts^2 sigma_s^2",
    "a sum of positive terms",
)  # fmt: skip

step = Claim(
    name="schedule.ddpm.step",
    title="One DDPM step of variance beta scales by sqrt(1 - beta) and adds -log(1 - beta) to B = -log alpha-bar",
    kind="equality",
    needs=("ddpm.forward",),
    means="one step from any row of any table",
    says=says_step,
    answer=STEP,
    given=(Below(abar_s, S.One), Below(beta, S.One)),
    convenience={
        "0 < beta": "beta = 0 is a step of length 0",
        "0 < abar_s": "alpha-bar is a product of numbers 1 - beta, and only differences of its logarithm occur",
    },
    example={abar_s: Rational(2, 3), beta: Rational(1, 4)},
    proof=tuple((by("by definition", e.lhs), by(w, e.rhs)) for w, e in zip(STEP_WHY, says_step(STEP), strict=True)),
    wrong={
        "beta for -log(1 - beta)": Wrong(
            STEP._replace(rise=beta), "the SDE's limit is taken for the table, and alpha-bar_1000 is 7 % too large"
        ),
        "gap -log(1 - beta)": Wrong(STEP._replace(gap=STEP.rise), "the noise at s is not counted"),
        "alpha_ts without root": Wrong(STEP._replace(alpha_ts=1 - beta), "the mean shrinks twice as fast as it should"),
        "beta tilde for beta": Wrong(
            STEP._replace(var_ts=beta * (1 - abar_s) / STEP.var_t), "the variance of the posterior, not of the step"
        ),
    },
    experiment=Experiment(
        process=((z_s, sqrt(abar_s) * x + sqrt(1 - abar_s) * n_1), (z_t, sqrt(1 - beta) * z_s + sqrt(beta) * n_2)),
        normals=(n_1, n_2),
        checks=(
            Residual(of=z_t, law=lambda q: Normal(sqrt(abar_s) * q.alpha_ts * x, q.var_t)),
            Residual(of=z_t, law=lambda q: Normal(q.alpha_ts * z_s, q.var_ts), given=(z_s,)),
            Residual(of=z_t, law=lambda q: Normal(exp(-q.rise / 2) * z_s, q.var_t * (1 - exp(-q.gap))), given=(z_s,)),
        ),
        at={x: 3, abar_s: Rational(2, 3), beta: Rational(3, 8)},
    ),
)

linear_betas = Claim(
    name="ddpm.schedule.linear",
    kind="definition",
    says=lambda q: Defined("beta", (i,), q, by=(T, beta_min, beta_max)),
    answer=beta_min + (beta_max - beta_min) * (i - 1) / (T - 1),
    given=(Below(S.One, T),),
    example={i: 1, T: 1000, beta_min: Rational(1, 10**4), beta_max: Rational(2, 100)},
)

CLAIMS = (ddpm, step, linear_betas)
