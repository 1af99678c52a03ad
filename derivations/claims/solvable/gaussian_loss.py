"""The cost of a step of Bayes-optimal denoising on Gaussian data, and of a denoiser for another variance.

A step from t to s with the Bayes denoiser costs half of (SNR_s - SNR_t) times the mmse at t, an upper Riemann sum. A
denoiser for variance c_hat costs more by half the integral of its squared distance from the Bayes denoiser.
"""

from typing import NamedTuple

from sympy import Expr, Integer, Integral, Rational, S, Tuple, log, sqrt

from derivations.calculus.divergence import log_ratio
from derivations.claims.invariance.continuous import FTC
from derivations.claims.solvable.gaussian import NOISE
from derivations.form.claim import Claim, Wrong, by
from derivations.form.experiment import Experiment, Mean
from derivations.form.statement import AtMost, Equal
from derivations.notation.laws import Divergence, LawName
from derivations.notation.losses import Information, LawOf, SquaredError
from derivations.notation.named import unnamed
from derivations.notation.process import Process
from derivations.notation.quantities import Quantity
from derivations.probability.gaussian import Normal
from derivations.probability.opening import opened

# isort: off
from derivations.symbols import (
    c, dsnr, c_hat, n_0, n_1, n_2, n_3, snr, snr_max, snr_min, snr_t, u_0, x, z_bar, z_s, z_t,
)  # fmt: skip

# -- a denoiser for another variance --------------------------------------------------------------

clean = sqrt(c) * n_0
SEEN = Process((x, clean), (z_bar, x + n_1 / sqrt(snr)), noise=NOISE)  # on the path with alpha = 1
other = Quantity("x_hat", (z_bar,), c_hat * z_bar / (c_hat + 1 / snr))  # the Bayes denoiser of N(0, c_hat)
best = SEEN.E(x, z_bar)
further = SEEN.E(SquaredError(x, other)) - SEEN.E(SquaredError(x, best))
apart = SEEN.E(SquaredError(other, best))
MORE = Integral(apart / 2, (snr, snr_min, snr_max))


def kl(v: Expr) -> Divergence:
    """KL(q(z) || p(z)) at SNR v: data of variance c under a model of variance c_hat."""
    return Divergence(LawName(S.Zero, c + 1 / v), LawName(S.Zero, c_hat + 1 / v), n_1)


class Excess(NamedTuple):
    """Mean squared distance of the two denoisers at SNR v, and the loss that it adds up to."""

    gap: Expr
    loss: Expr


def primitive(v: Expr) -> Expr:
    return (log(1 + c_hat * v) - log(1 + c * v) + (1 - c / c_hat) / (1 + c_hat * v)) / 2


X = Excess(
    gap=snr * (c_hat - c) ** 2 / ((1 + c_hat * snr) ** 2 * (1 + c * snr)),
    loss=(
        log((1 + c_hat * snr_max) / (1 + c_hat * snr_min))
        - log((1 + c * snr_max) / (1 + c * snr_min))
        + (1 - c / c_hat) * (1 / (1 + c_hat * snr_max) - 1 / (1 + c_hat * snr_min))
    )
    / 2,
)
x_hat_k, x_hat_c = (v * snr / (1 + v * snr) * z_t for v in (c_hat, c))

excess = Claim(
    name="bayes.gaussian.excess",
    title=(
        "On Gaussian data a denoiser for variance c_hat adds half the integral over SNR of its mean squared "
        "distance from E[x | z_bar]"
    ),
    kind="expectation",
    needs=("vdm.loss.gaussian", "bayes.gaussian"),
    says=lambda a: (
        Equal(further, a.gap),
        Equal(apart, a.gap),
        Equal(MORE, a.loss),
        Equal(kl(snr_max) - kl(snr_min), a.loss),
    ),
    answer=X,
    example={c: 1, c_hat: 4, snr: 2, snr_max: 20, snr_min: Rational(1, 20)},
    means="Gaussian data of symbolic variance, and a denoiser for another variance",
    proof=(
        (
            by("the difference of the two errors", opened(further)),
            by("the error of the best denoiser is uncorrelated with z, and so with their difference", X.gap),
        ),
        (
            by("the distance of the two denoisers", opened(apart)),
            by("E z^2 = c + 1/v, times the squared difference of the weights", X.gap),
        ),
        (
            by("half the integral over SNR", opened(MORE), eq="vdm2021 (18)"),
            by("its primitive is KL(q(z) || p(z)) at SNR v", X.loss, primitive=primitive(snr)),
        ),
        (
            by("the divergences of the model's marginals at the ends", opened(kl(snr_max) - kl(snr_min))),
            by("(1 + c v)/(1 + c_hat v) = c/c_hat + (1 - c/c_hat)/(1 + c_hat v)", X.loss),
        ),
    ),
    wrong={
        "no half": Wrong(X._replace(loss=2 * X.loss), "it is twice the excess"),
        "loss of c_hat for c_hat": Wrong(
            X._replace(
                loss=log((1 + c_hat * snr_max) * (1 + c * snr_min) / (1 + c_hat * snr_min) / (1 + c * snr_max)) / 2
            ),
            "each denoiser is judged on data of its own variance, and the excess is negative for c_hat < c",
        ),
        "difference of the expected errors": Wrong(
            X._replace(gap=c_hat / (1 + c_hat * snr) - c / (1 + c * snr)),
            "it compares the errors that each denoiser expects, not those it makes",
        ),
        "weight of eps": Wrong(X._replace(gap=snr * X.gap), "the distance in eps is SNR times that in x"),
    },
    experiment=Experiment(
        normals=NOISE,
        uniforms=(u_0,),
        process=(
            (x, clean),
            (snr, snr_min * (snr_max / snr_min) ** u_0),
            (z_t, x + n_1 / sqrt(snr)),
        ),
        checks=(
            # over log SNR, uniform
            Mean(
                log(snr_max / snr_min) * snr / 2 * ((x - x_hat_k) ** 2 - (x - x_hat_c) ** 2),
                lambda a: a.loss,
            ),
        ),
        at={c: 1, c_hat: 36, snr_max: 20, snr_min: Rational(1, 20)},
        twins=("no half",),
    ),
    convenience={
        "0 < snr_min": "the formula also holds at SNR_min = 0",
        "0 < snr": "at SNR = 0 the variance of z/alpha is infinite, and the excess tends to 0",
    },
    trust=(FTC, "exchange of the mean and the integral"),
)

# -- a step ---------------------------------------------------------------------------------------

ALL = (n_0, n_1, n_2)
snr_s = Quantity("snr_s", (), snr_t + dsnr)
later = sqrt(1 / snr_t - 1 / snr_s) * n_2
STEPS = (z_s, x + n_1 / sqrt(snr_s)), (z_t, z_s + later)
OF_X, CHAIN = Process(*STEPS, noise=(n_1, n_2), data=(x,)), Process((x, clean), *STEPS, noise=ALL)
known = OF_X.law(z_s, z_t)  # q(z_s | z_t, x)
CLEAN = CHAIN.E(x, z_t)
plugged = Normal(known.mean.subs(x, unnamed(CLEAN)), known.var)  # p(z_s | z_t)
MODEL = LawOf(OF_X, z_s, z_t, Tuple(x, CLEAN))
MEAN_COST = CHAIN.E(Divergence(LawOf(OF_X, z_s, z_t), MODEL, n_3))
COST = opened(MEAN_COST)
GAINED = Information(CHAIN, x, z_s) - Information(CHAIN, x, z_t)
GAP = Divergence(LawOf(CHAIN, z_s, z_t), MODEL, n_3)


class Step(NamedTuple):
    """The mean loss of a step, the information on x gained from z_t to z_s, and the rest: a mean divergence."""

    loss: Expr
    info: Expr
    gap: Expr


part = c * dsnr / (1 + c * snr_t)
STEP = Step(loss=part / 2, info=log(1 + part) / 2, gap=(part - log(1 + part)) / 2)

step = Claim(
    name="bayes.gaussian.step",
    title=(
        "On Gaussian data and the variance-exploding path a step costs half the fall of the SNR times the mmse at its "
        "end: information plus a divergence of reverse steps"
    ),
    kind="expectation",
    needs=("vdm.kl.single", "bayes.gaussian"),
    says=lambda a: (
        Equal(MEAN_COST, a.loss),
        Equal(GAINED, a.info),
        Equal(GAP, a.gap),
        Equal(MEAN_COST - GAINED, a.gap),
        AtMost(GAINED, a.loss, {dsnr: Integer(0)}),
    ),
    answer=STEP,
    example={c: 1, snr_t: 1, dsnr: 3, z_t: 1},
    means="Gaussian data on the variance-exploding path, which stands for all paths; T steps are T such terms",
    proof=(
        (
            by("E KL(q(z_s | z_t, x) || p(z_s | z_t)), whose means differ by a multiple of x - E[x | z_t]", COST),
            by("half of SNR_s - SNR_t times c/(1 + c SNR_t)", STEP.loss, eq="vdm2021 (13)-(14)"),
        ),
        (
            by("I(x; z_s) - I(x; z_t), by the entropies of normals", GAINED),
            by("half the log ratio of 1 + c SNR, after and before", log((1 + c * snr_s) / (1 + c * snr_t)) / 2),
            by("their ratio is 1 + c (SNR_s - SNR_t)/(1 + c SNR_t)", STEP.info),
        ),
        (
            by("the divergence of two laws of z_s given z_t with the same mean", opened(GAP)),
            by("their variances have the ratio 1 + c (SNR_s - SNR_t)/(1 + c SNR_t)", STEP.gap),
        ),
        (
            by("the loss of a step, minus the information gained", COST - GAINED),
            by("the same divergence", STEP.gap),
        ),
        (
            by("the information gained", GAINED),
            by("a concave function of the step in SNR", STEP.info),
            by("the loss is linear in the step, the tangent at 0", STEP.loss, convex=(dsnr, Integer(0))),
        ),
    ),
    wrong={
        "the error at s": Wrong(
            STEP._replace(loss=c * dsnr / (1 + c * snr_s) / 2),
            "it is a lower Riemann sum: the denoiser is given z_t, not z_s",
        ),
        "no half": Wrong(STEP._replace(loss=part), "it is twice the loss"),
        "the integral for the step": Wrong(
            STEP._replace(loss=STEP.info, gap=0 * c),
            "true only for small steps: with the Bayes denoiser L_T is larger than L_inf",
        ),
        "sign of the gap": Wrong(STEP._replace(gap=-STEP.gap), "a divergence is not negative"),
        "of eps": Wrong(
            STEP._replace(loss=dsnr * c * snr_t / (1 + c * snr_t) / 2),
            "the error of eps is weighted as if it were that of x",
        ),
    },
    experiment=Experiment(
        normals=ALL,
        process=((x, clean), *STEPS),
        # log q(z_s | z_t, x)/p(z_s | z_t) on a path: its mean is 3/4 at the example
        checks=(Mean(log_ratio(known, plugged, z_s), lambda a: a.loss),),
        at={c: 1, snr_t: 1, dsnr: 3},
        twins=("the error at s", "no half", "the integral for the step"),
    ),
)

CLAIMS = (excess, step)
