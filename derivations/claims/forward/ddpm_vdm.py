"""DDPM's chain between any two of its times, and as VDM's forward process.

The jump from x_s to x_t is the marginal with a quotient of alpha-bars. With alpha = sqrt(alpha-bar) and
sigma^2 = 1 - alpha-bar, VDM's step from t - 1 to t is DDPM's.
"""

from typing import NamedTuple

from sympy import Expr, Integer, Rational, exp, log, sqrt

from derivations.calculus.discrete import row, step_variance
from derivations.claims.forward.ddpm import MARGINAL, NEXT, ONE, along, chain, grown, moments_of, over, step
from derivations.claims.forward.process import Step, after
from derivations.form.claim import Below, Claim, Wrong, by
from derivations.form.experiment import Experiment, Residual
from derivations.form.statement import Equal
from derivations.notation.chains import LawCumulants, with_steps
from derivations.notation.laws import LawName, log_law
from derivations.notation.process import Process
from derivations.notation.times import quantity
from derivations.probability.gaussian import Normal
from derivations.symbols import (
    abar,
    abar_s,
    beta,
    beta_s,
    kappa,
    n_0,
    n_1,
    n_2,
    s,
    x_0,
    x_1,
    x_2,
    x_s,
    x_t,
)

# -- the jump from x_s to x_t -----------------------------------------------------------------------

JUMP = Normal(sqrt(abar / abar_s) * x_s, 1 - abar / abar_s)
ONCE, LATER = {abar: (1 - beta) * abar_s}, {abar: (1 - beta) * abar}  # one step from s; one step more
AFTER_TWO = {abar: (1 - beta) * (1 - beta_s) * abar_s}
TWO_ON = Process((x_1, step(x_s, beta_s, n_1)), (x_2, step(x_1, beta, n_2)), noise=(n_1, n_2), data=(x_s,))
from_start = LawCumulants(LawName(*MARGINAL, "q", x_t, x_0), x_t, kappa)
once = moments_of(x_s)
MARGINAL_S = Normal(sqrt(abar_s) * x_0, 1 - abar_s)

jump = Claim(
    name="ddpm.marginal.jump",
    title=(
        "For any s before t, the law of x_t given x_s is DDPM's marginal with alpha-bar_t/alpha-bar_s for "
        "alpha-bar_t"
    ),
    kind="induction",
    needs=("ddpm.forward", "ddpm.marginal", "vdm.forward.semigroup"),
    says=lambda q: (
        along(q, once, ONCE, LATER, s + 1),
        Equal(with_steps(TWO_ON.log_q(x_2)), over(q, AFTER_TWO, x_2)),
        Equal(from_start, after(q, x_s, MARGINAL_S)),
    ),
    answer=JUMP,
    given=(Below(beta, ONE), Below(beta_s, ONE), Below(abar, abar_s), Below(abar_s, ONE)),
    convenience={
        "0 < abar_s": "it follows from 0 < abar < abar_s",
        "abar_s < 1": "only the quotient counts; at x_0 itself alpha-bar is 1",
        "abar < abar_s": "t is later than s and the variance positive; the recursion of the variance holds without it",
    },
    example={beta: Rational(1, 2), beta_s: Rational(2, 5), abar: Rational(1, 5), abar_s: Rational(4, 5),
             x_0: 1, x_s: 2, x_2: 1, kappa: 1},
    means="induction over the steps from s to t, for any s before t",
    proof=(
        (
            by("scale the variance so far by 1 - beta, and add beta", grown(JUMP).var),
            by("the quotient gains one factor", JUMP.var.subs(LATER)),
        ),
        (
            by("two steps from x_s, each with its own noise", TWO_ON.log_q(x_2)),
            by("the product of the two alphas is a quotient of alpha-bars", over(JUMP, AFTER_TWO, x_2)),
        ),
        (
            by("the marginal at t", from_start, eq="ddpm2020 (4)"),
            by("the marginal at s, followed by the jump", after(JUMP, x_s, MARGINAL_S)),
        ),
    ),
    wrong={
        "alpha-bar_t for the quotient": Wrong(
            Normal(sqrt(abar) * x_s, 1 - abar), "x_s is taken for x_0 and noised from the start again"
        ),
        "difference for quotient": Wrong(JUMP._replace(var=abar_s - abar), "right only from x_0, where alpha-bar is 1"),
        "quotient without its root": Wrong(
            JUMP._replace(mean=abar / abar_s * x_s), "unit variance is not preserved"
        ),
        "pure noise after one step": Wrong(
            Normal(Integer(0), ONE), "q(x_T | x_0) tends to it, but even the last step keeps sqrt(alpha) x_s",
            ("web a public study note",),
        ),
        "quotient inverted": Wrong(
            Normal(sqrt(abar_s / abar) * x_s, 1 - abar_s / abar), "a negative variance"
        ),
    },
    experiment=Experiment(
        process=(
            (abar, abar_s * Rational(3, 4) * (1 - beta)),
            (x_s, 1 + 2 * n_0),
            *chain(x_s, (Rational(1, 4), beta), (x_1, x_t)),
        ),
        normals=(n_1, n_2, n_0),
        checks=(Residual(of=x_t, law=lambda q: q, given=(x_s,)),),
        at={abar_s: Rational(4, 5), beta: Rational(2, 3)},
    ),
)  # fmt: skip

# -- DDPM as VDM ------------------------------------------------------------------------------------


class Mapped(NamedTuple):
    """VDM's step, gamma_t and gamma_t - gamma_s, in DDPM's letters."""

    alpha_ts: Expr
    sigma2_ts: Expr
    gamma: Expr
    gap: Expr


MAPPED = Mapped(
    alpha_ts=sqrt(1 - beta),
    sigma2_ts=beta,
    gamma=log((1 - abar) / abar),
    gap=log(1 + beta / ((1 - beta) * (1 - abar_s))),
)


ABAR = quantity("abar", NEXT[abar])
BEFORE, AFTER = row(abar_s, "s"), row(ABAR, "t")
STEP_OF = Step(
    alpha_ts=quantity("alpha_ts", sqrt(AFTER.alpha2) / sqrt(BEFORE.alpha2)), sigma2_ts=step_variance(AFTER, BEFORE)
)


def log_step(q: Step | Mapped, name: str = "") -> Expr:
    """log q(x_t | x_s) of a step."""
    return log_law(Normal(q.alpha_ts * x_s, q.sigma2_ts), x_t, x_s, name=name)


def in_next(e: Expr) -> Expr:
    """An expression of alpha-bar_t, after one step from alpha-bar_s."""
    return e.subs(abar, ABAR)


vdm_step = log_step(STEP_OF, "q")
vdm_gap = AFTER.gamma - BEFORE.gamma
ratio = 1 - ABAR, (1 - beta) * (1 - abar_s)  # SNR(s) / SNR(t)

vdm_map = Claim(
    name="ddpm.vdm.map",
    title="DDPM's chain is VDM's process with alpha_t = sqrt(alpha-bar_t) and sigma_t^2 = 1 - alpha-bar_t",
    kind="equality",
    needs=("ddpm.forward", "vdm.forward.transition", "vdm.forward.gamma"),
    says=lambda q: (
        Equal(vdm_step, log_step(q)),
        Equal(AFTER.gamma, in_next(q.gamma)),
        Equal(vdm_gap, q.gap),
        Equal(AFTER.alpha2, in_next(1 / (1 + exp(q.gamma)))),
    ),
    answer=MAPPED,
    given=(Below(beta, ONE), Below(abar_s, ONE)),
    example={beta: Rational(1, 5), abar_s: Rational(4, 5), x_s: 1, x_t: 2},
    proof=(
        (
            by("VDM's step between the mapped marginals", vdm_step, eq="vdm2021 (20)-(22)"),
            by(
                "its variance is 1 - alpha-bar_t - alpha_t (1 - alpha-bar_{t-1}) = beta_t",
                log_step(MAPPED),
                eq="ddpm2020 (2)",
            ),
        ),
        (
            by("-log SNR", AFTER.gamma, eq="luo2022 (109)"),
            by("invert the quotient", in_next(MAPPED.gamma), eq="luo2022 (112)"),
        ),
        (
            by("subtract gamma_{t-1} from gamma_t", vdm_gap),
            by("the logarithm of a quotient of SNRs", log(ratio[0] / ratio[1])),
            by("the quotient exceeds 1 by a multiple of beta", MAPPED.gap),
        ),
        (
            by("alpha-bar_t", AFTER.alpha2),
            by("sigmoid(-gamma)", in_next(1 / (1 + exp(MAPPED.gamma))), eq="luo2022 (113)"),
        ),
    ),
    wrong={
        "alpha-bar as the amplitude": Wrong(
            MAPPED._replace(alpha_ts=1 - beta, gamma=log((1 - abar**2) / abar**2)),
            "alpha^2 = alpha-bar, not alpha = alpha-bar",
        ),
        "DDIM's alpha read as DDPM's": Wrong(
            MAPPED._replace(gamma=log(beta / (1 - beta))),
            "1 - beta_t stands for alpha-bar_t, as if each step started from the data",
        ),
        "log SNR for gamma": Wrong(
            MAPPED._replace(gamma=-MAPPED.gamma, gap=-MAPPED.gap), "time runs from noise to data"
        ),
        "gap without the noise so far": Wrong(
            MAPPED._replace(gap=-log(1 - beta)), "a step scales the signal, but it adds noise as well"
        ),
        "beta as standard deviation": Wrong(MAPPED._replace(sigma2_ts=beta**2), "noise scaled by the wrong power"),
    },
)

CLAIMS = (jump, vdm_map)
