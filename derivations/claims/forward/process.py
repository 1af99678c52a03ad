"""The forward process: q(z_t | x) = N(alpha_t x, sigma_t^2), and the steps between its times.

Given x, the marginals at s and t determine the step between them that is linear in z_s and Gaussian; it exists only
if the signal-to-noise ratio falls. Cumulants, first given z_s and then over z_s, follow a law through a step.
"""

from typing import NamedTuple

from sympy import Expr, Integer, Rational, S, Symbol, diff, log, sqrt

from derivations.form.claim import Claim, Wrong, by
from derivations.form.definition import Defined
from derivations.form.experiment import Experiment, Residual
from derivations.form.law import Law, Through
from derivations.form.statement import AtMost, Below, Equal
from derivations.notation.chains import Cumulants
from derivations.notation.process import Process
from derivations.notation.times import function, quantity
from derivations.notation.values import At
from derivations.probability.gaussian import Normal
from derivations.probability.opening import opened
from derivations.symbols import (
    alpha_s,
    alpha_t,
    alpha_ts,
    fall,
    kappa,
    n_1,
    n_2,
    n_3,
    s,
    shift,
    sigma_s,
    sigma_t,
    sigma_ts,
    t,
    x,
    z_0,
    z_s,
    z_t,
)

MARGINAL_T = Normal(alpha_t * x, sigma_t**2)
MARGINAL_S = Normal(alpha_s * x, sigma_s**2)


class Step(NamedTuple):
    """z_t = alpha_ts z_s + noise of variance sigma2_ts."""

    alpha_ts: Expr
    sigma2_ts: Expr


def cumulant(q: Normal) -> Expr:
    """log E exp(kappa z) of a normal z."""
    return kappa * q.mean + kappa**2 * q.var / 2


def after(step: Normal, z: Symbol, start: Normal) -> Expr:
    """log E exp(kappa z') after a step from z, itself of law `start`: given z first, then over z."""
    given_z = cumulant(step)
    slope = diff(given_z, z)
    return given_z.subs(z, 0) + slope * start.mean + slope**2 * start.var / 2


# -- definitions ------------------------------------------------------------------------------------

marginal = Claim(
    name="vdm.forward.marginal",
    kind="definition",
    says=lambda q: Defined("q", (z_t, x), q, by=(alpha_t, sigma_t)),
    answer=MARGINAL_T,
    example={alpha_t: 4, sigma_t: 3, x: 1, z_t: 2},
)

snr = Claim(
    name="vdm.forward.snr",
    kind="definition",
    says=lambda q: Defined("SNR", (t,), q, by=(alpha_t, sigma_t)),
    answer=alpha_t**2 / sigma_t**2,
    example={alpha_t: 4, sigma_t: 3, t: Rational(1, 2)},
)

gamma = Claim(
    name="vdm.forward.gamma",
    kind="definition",
    says=lambda q: Defined("gamma", (t,), q, by=(alpha_t, sigma_t)),
    answer=-log(alpha_t**2 / sigma_t**2),
    example={alpha_t: 4, sigma_t: 3, t: Rational(1, 2)},
)

# -- the step from s to t ---------------------------------------------------------------------------

STEP = Step(alpha_ts=alpha_t / alpha_s, sigma2_ts=sigma_t**2 - (alpha_t / alpha_s) ** 2 * sigma_s**2)


def any_step(data: Expr) -> Process:
    """Any linear Gaussian step from q(z_s | x), where x is `data`."""
    return Process(
        (z_s, alpha_s * data + sigma_s * n_1),
        (z_t, shift + alpha_ts * z_s + sigma_ts * n_2),
        noise=(n_1, n_2),
        data=tuple(v for v in (x,) if data == v),
    )


@function("defect", kappa, x)
def defect(argument: Expr, data: Expr) -> Expr:
    """Return the cumulants of z_t after the step, minus those of q(z_t | x)."""
    return Cumulants(any_step(data), z_t, argument) - argument * alpha_t * data - argument**2 * sigma_t**2 / 2


def as_defect(q: Step) -> Expr:
    """The defect of a step in terms of what it differs by from the step q."""
    return kappa * shift + kappa * x * alpha_s * (alpha_ts - q.alpha_ts) + kappa**2 / 2 * bend(q)


def bend(q: Step) -> Expr:
    """Return the difference of the variances after the two steps."""
    return sigma_ts**2 - q.sigma2_ts + sigma_s**2 * (alpha_ts**2 - q.alpha_ts**2)


AT_1, AT_0 = ((defect(S.One, data), defect(-S.One, data)) for data in (S.One, S.Zero))
SCALE = (AT_1[0] - AT_1[1] - AT_0[0] + AT_0[1]) / 2
BEND = AT_0[0] + AT_0[1]


transition = Claim(
    name="vdm.forward.transition",
    title="q(z_t | z_s) scales z_s by alpha_t/alpha_s, and its variance is sigma_t^2 - (alpha_t/alpha_s)^2 sigma_s^2",
    kind="law",
    needs=("vdm.forward.marginal",),
    says=lambda q: (
        Law(z_t, Through(MARGINAL_S, z_s, Normal(q.alpha_ts * z_s, q.sigma2_ts)), MARGINAL_T),
        Equal(defect(kappa, x), as_defect(q)),
        Equal(SCALE, alpha_s * (alpha_ts - q.alpha_ts)),  # 0, as the bend is, at no other step
        Equal(BEND, bend(q)),
    ),
    answer=STEP,
    given=(Below(alpha_t * sigma_s, alpha_s * sigma_t),),
    example={alpha_s: 4, sigma_s: 3, alpha_t: 2, sigma_t: Rational(5, 2), alpha_ts: 1, sigma_ts: 2,
             x: 1, shift: 1, kappa: 1, z_s: 1},
    convenience={
        "0 < alpha_t": "the identities also hold at alpha_t = 0 (no signal left)",
        "0 < sigma_s": "the identities also hold at sigma_s = 0 (an exact start)",
        "0 < sigma_t": "only its square occurs",
        "0 < alpha_s": "it follows from the fall of the SNR",
        "alpha_t sigma_s < alpha_s sigma_t": "where the SNR does not fall there is no step, but the identities hold",
        "0 < alpha_ts": "steps of any scale are compared",
        "0 < sigma_ts": "only its square occurs",
    },
    means="cumulants at every x and every argument kappa; their values at four arguments leave no other step",
    trust=("a moment generating function, where it is finite, determines its law",),
    proof=(
        (
            by("the cumulants after the step, less those of q(z_t | x)", defect(kappa, x)),
            by(
                "collect powers of kappa: each coefficient must vanish",
                kappa * shift
                + kappa * x * (alpha_ts * alpha_s - alpha_t)
                + kappa**2 / 2 * (alpha_ts**2 * sigma_s**2 + sigma_ts**2 - sigma_t**2),
            ),
            by("solve for the step", as_defect(STEP), eq="vdm2021 (21)-(22)"),
        ),
        (
            by("the odd part of the defect in kappa, at x = 1 less at x = 0", SCALE),
            by("it vanishes only at one alpha_ts", alpha_s * (alpha_ts - STEP.alpha_ts)),
        ),
        (by("twice the even part at x = 0", BEND), by("with that alpha_ts, it vanishes at one variance", bend(STEP))),
    ),
    wrong={
        "difference of variances": Wrong(
            STEP._replace(sigma2_ts=sigma_t**2 - sigma_s**2), "true only where alpha_t = alpha_s (variance exploding)"
        ),
        "one minus the square of the scale": Wrong(
            STEP._replace(sigma2_ts=1 - (alpha_t / alpha_s) ** 2), "true only where alpha^2 + sigma^2 = 1"
        ),
        "scale not squared": Wrong(
            STEP._replace(sigma2_ts=sigma_t**2 - alpha_t / alpha_s * sigma_s**2), "a variance is scaled as an amplitude"
        ),
        "standard deviation for variance": Wrong(
            STEP._replace(sigma2_ts=sqrt(STEP.sigma2_ts)), "noise scaled by the wrong power"
        ),
        "scale inverted": Wrong(STEP._replace(alpha_ts=alpha_s / alpha_t), "the signal grows"),
    },
    experiment=Experiment(  # in two steps, of which the first scales by alpha_ts, here a parameter of the process
        process=(
            (alpha_t, Rational(3, 4) * alpha_ts * alpha_s),
            (sigma_t, sqrt((Rational(3, 4) * alpha_ts * sigma_s) ** 2 + Rational(5, 4) ** 2 * sigma_ts**2)),
            (z_s, alpha_s * x + sigma_s * n_1),
            (z_0, alpha_ts * z_s + sigma_ts * n_2),
            (z_t, Rational(3, 4) * z_0 + sigma_ts * n_3),
        ),
        normals=(n_1, n_2, n_3),
        checks=(
            Residual(of=z_t, law=lambda q: MARGINAL_T),  # the marginal is the one asked for
            Residual(of=z_t, law=lambda q: Normal(q.alpha_ts * z_s, q.sigma2_ts), given=(z_s,)),
        ),
    ),
)  # fmt: skip

# -- when there is such a step ----------------------------------------------------------------------

SNR_S, SNR_T = quantity("SNR", alpha_s**2 / sigma_s**2, s), quantity("SNR", alpha_t**2 / sigma_t**2, t)
FACTORS = sigma_t**2 * (1 - SNR_T / SNR_S)
FALLS = {alpha_s: (1 + fall) * alpha_t * sigma_s / sigma_t}  # the root of the SNR falls by this share of its end
RISES = {alpha_t: (1 + fall) * alpha_s * sigma_t / sigma_s}
DROP = fall * (2 + fall)  # (1 + fall)^2 - 1
ASKED_FOR = Process((z_t, alpha_t * x + sigma_t * n_1), noise=(n_1,), data=(x,))
STARTED = Process((z_s, alpha_s * x + sigma_s * n_1), noise=(n_1,), data=(x,))
FROM_S = (alpha_t / alpha_s) ** 2 * STARTED.Var(z_s)  # of Var(z_t | x); the rest is sigma_ts^2, if there is a step


def carried(q: Expr, where: dict[Symbol, Expr]) -> Expr:
    """Return the part of Var(z_t) that comes from z_s, if the step's variance is q: it exceeds the whole if q < 0."""
    return sigma_t**2 - opened(q).subs(where)


positive_step = Claim(
    name="vdm.forward.sigma2_ts.positive",
    title="The variance of a step, Var(z_t|x) - alpha_ts^2 Var(z_s|x), is positive exactly where the SNR falls",
    kind="inequality",
    needs=("vdm.forward.transition", "vdm.forward.snr"),
    says=lambda q: (
        Equal(ASKED_FOR.Var(z_t), FROM_S + q),
        Below(carried(q, FALLS), At(ASKED_FOR.Var(z_t), *FALLS.items())),
        AtMost(At(ASKED_FOR.Var(z_t), *RISES.items()), carried(q, RISES), {fall: Integer(0)}, only=True),
    ),
    answer=FACTORS,
    example={alpha_s: 1, sigma_s: Rational(1, 2), alpha_t: 1, sigma_t: 1, fall: 3},
    convenience={
        "0 < alpha_s": "at alpha_s = 0 no step has the scale alpha_t/alpha_s; both quotients by its square cancel",
        "0 < alpha_t": "the claim also holds at alpha_t = 0",
        "0 < sigma_s": "the claim also holds at sigma_s = 0 (an exact start)",
    },
    proof=(
        (
            by("the variance that the step has to reach", ASKED_FOR.Var(z_t)),
            by(
                "the part from z_s, and what is left for the step, with sigma_t^2 factored out",
                FROM_S + sigma_t**2 * (1 - alpha_t**2 * sigma_s**2 / (alpha_s**2 * sigma_t**2)),
                eq="vdm2021 (22)",
            ),
            by("in terms of the SNR: the sign is that of SNR(s) - SNR(t)", FROM_S + FACTORS),
        ),
        (
            by(
                "the variance that comes from z_s, where the root of the SNR falls by the factor 1 + fall",
                carried(FACTORS, FALLS),
            ),
            by(
                "it is below the whole variance",
                At(ASKED_FOR.Var(z_t), *FALLS.items()),
                more=sigma_t**2 * DROP / (1 + fall) ** 2,
            ),
        ),
        (
            by("the whole variance", At(ASKED_FOR.Var(z_t), *RISES.items())),
            by(
                "below what comes from z_s where it rises by the factor 1 + fall, and equal at fall = 0",
                carried(FACTORS, RISES),
                more=sigma_t**2 * DROP,
            ),
        ),
    ),
    wrong={
        "ratio inverted": Wrong(
            sigma_t**2 * (1 - (alpha_s**2 / sigma_s**2) / (alpha_t**2 / sigma_t**2)),
            "the variance of every possible step is negative",
        ),
        "ratio of amplitudes": Wrong(
            sigma_t**2 * (1 - (alpha_t / sigma_t) / (alpha_s / sigma_s)), "log(alpha / sigma) is taken for log SNR"
        ),
        "sigma_s^2 in front": Wrong(
            FACTORS * sigma_s**2 / sigma_t**2, "it scales by the noise at the wrong end of the step"
        ),
        "not scaled by sigma_t^2": Wrong(FACTORS / sigma_t**2, "true only where sigma_t = 1"),
    },
)

CLAIMS = (marginal, snr, gamma, transition, positive_step)
