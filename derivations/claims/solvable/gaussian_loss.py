"""What a step of Bayes-optimal denoising costs on Gaussian data, and what a denoiser for another variance loses.

A step from t to s, its mean plugged in, costs half of (SNR_s - SNR_t) times what is left at t: an upper Riemann sum. A
denoiser for variance k costs more by half the integral of its squared distance from the Bayes denoiser.
"""

from typing import NamedTuple

from sympy import Expr, Integer, Integral, Rational, log, sqrt

from derivations.calculus.divergence import closed, log_ratio
from derivations.calculus.step import conditioned
from derivations.claims.invariance.continuous import FTC
from derivations.claims.solvable.gaussian import NOISE, VDM
from derivations.form.claim import Claim, Wrong, by
from derivations.form.experiment import Experiment, Mean
from derivations.form.statement import AtMost, Equal
from derivations.probability.expected import Expected, opened
from derivations.probability.gaussian import Normal, law

# isort: off
from derivations.symbols import (
    c, dsnr, k, n_0, n_1, n_2, snr, snr_max, snr_min, snr_t, u_0, x, z_s, z_t,
)  # fmt: skip

# -- a denoiser for another variance --------------------------------------------------------------

clean = sqrt(c) * n_0
noisy = clean + n_1 / sqrt(snr)  # on the path with alpha = 1


def regressed(variance: Expr, z: Expr) -> Expr:
    """The Bayes denoiser of N(0, variance)."""
    return conditioned(sqrt(variance) * n_0, sqrt(variance) * n_0 + n_1 / sqrt(snr), z, NOISE).mean


def power(made_of: Expr) -> Expected:
    """The mean square of a combination of the noise."""
    return Expected(made_of**2, *NOISE)


other, best = regressed(k, noisy), regressed(c, noisy)
BETWEEN = (snr, snr_min, snr_max)
MORE = Integral(power(other - best) / 2, BETWEEN)


def kl(v: Expr) -> Expr:
    """KL(q(z) || p(z)) at SNR v: data of variance c under a model of variance k."""
    return closed(Normal(Integer(0), c + 1 / v), Normal(Integer(0), k + 1 / v))


class Excess(NamedTuple):
    """Mean squared distance of the two denoisers at SNR v, and the loss that it adds up to."""

    gap: Expr
    loss: Expr


def primitive(v: Expr) -> Expr:
    return (log(1 + k * v) - log(1 + c * v) + (1 - c / k) / (1 + k * v)) / 2


X = Excess(
    gap=snr * (k - c) ** 2 / ((1 + k * snr) ** 2 * (1 + c * snr)),
    loss=(
        log((1 + k * snr_max) / (1 + k * snr_min))
        - log((1 + c * snr_max) / (1 + c * snr_min))
        + (1 - c / k) * (1 / (1 + k * snr_max) - 1 / (1 + k * snr_min))
    )
    / 2,
)
x_hat_k, x_hat_c = (v * snr / (1 + v * snr) * z_t for v in (k, c))

excess = Claim(
    name="bayes.gaussian.excess",
    title="Gaussian data: a denoiser for variance k adds half the integral of E (x_hat - E[x | z])^2 over SNR",
    kind="expectation",
    needs=("vdm.loss.gaussian", "bayes.gaussian"),
    says=lambda a: (
        Equal(power(clean - other) - power(clean - best), a.gap),
        Equal(power(other - best), a.gap),
        Equal(MORE, a.loss),
        Equal(kl(snr_max) - kl(snr_min), a.loss),
    ),
    answer=X,
    example={c: 1, k: 4, snr: 2, snr_max: 20, snr_min: Rational(1, 20)},
    means="Gaussian data of symbolic variance, a denoiser for another",
    proof=(
        (
            by("the errors of the two denoisers", opened(power(clean - other) - power(clean - best))),
            by("the error of the best is uncorrelated with z, and so with their difference", X.gap),
        ),
        (
            by("the distance of the two denoisers", power(other - best).opened()),
            by("E z^2 = c + 1/v times the square of what the weights differ by", X.gap),
        ),
        (
            by("half the integral over SNR", opened(MORE), eq="VDM (18)"),
            by("its primitive is KL(q(z) || p(z)) at SNR v", X.loss, primitive=primitive(snr)),
        ),
        (
            by("what the model's marginals lose at the ends", kl(snr_max) - kl(snr_min)),
            by("(1 + c v)/(1 + k v) = c/k + (1 - c/k)/(1 + k v)", X.loss),
        ),
    ),
    wrong={
        "no half": Wrong(X._replace(loss=2 * X.loss), "twice the excess"),
        "loss of k for k": Wrong(
            X._replace(loss=log((1 + k * snr_max) * (1 + c * snr_min) / (1 + k * snr_min) / (1 + c * snr_max)) / 2),
            "each denoiser judged on data of its own variance: negative for k < c",
        ),
        "difference of what is left": Wrong(
            X._replace(gap=k / (1 + k * snr) - c / (1 + c * snr)), "what it expects to leave, not what it leaves"
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
        at={c: 1, k: 36, snr_max: 20, snr_min: Rational(1, 20)},
        twins=("no half",),
    ),
    convenience={
        "0 < snr_min": "at SNR_min = 0 the formula holds as well",
        "0 < snr": "at SNR = 0 the variance of z/alpha is infinite, and the excess goes on to 0",
    },
    trust=(FTC, "exchange of the mean and the integral"),
    sources=(VDM._replace(equations="(18)"),),
)

# -- a step ---------------------------------------------------------------------------------------

ALL = (n_0, n_1, n_2)
snr_s = snr_t + dsnr
made_s = clean + n_1 / sqrt(snr_s)
later = sqrt(1 / snr_t - 1 / snr_s) * n_2
made_t = made_s + later
known = conditioned(x + n_1 / sqrt(snr_s), x + n_1 / sqrt(snr_s) + later, z_t, ALL)  # q(z_s | z_t, x)
CLEAN = conditioned(clean, made_t, z_t, ALL).mean
plugged = Normal(known.mean.subs(x, CLEAN), known.var)  # p(z_s | z_t)
true = conditioned(made_s, made_t, z_t, ALL)  # q(z_s | z_t)
off = (known.mean - plugged.mean).subs({x: clean, z_t: made_t}, simultaneous=True)
MEAN_COST = Expected(off**2, *ALL) / (2 * known.var)
COST = opened(MEAN_COST)
GAINED = (log(law(made_s, ALL).var * snr_s) - log(law(made_t, ALL).var * snr_t)) / 2  # I(x; z_s) - I(x; z_t)


class Step(NamedTuple):
    """The mean loss of a step, what z_s says of x that z_t does not, and the rest: a mean divergence."""

    loss: Expr
    info: Expr
    gap: Expr


part = c * dsnr / (1 + c * snr_t)
S = Step(loss=part / 2, info=log(1 + part) / 2, gap=(part - log(1 + part)) / 2)

step = Claim(
    name="bayes.gaussian.step",
    title="Gaussian data: a step costs (SNR_s - SNR_t)/2 mmse(SNR_t): information, and KL(q(z_s|z_t) || p(z_s|z_t))",
    kind="expectation",
    needs=("vdm.kl.single", "bayes.gaussian"),
    says=lambda a: (
        Equal(MEAN_COST, a.loss),
        Equal(GAINED, a.info),
        Equal(closed(true, plugged), a.gap),
        Equal(MEAN_COST - GAINED, a.gap),
        AtMost(GAINED, a.loss, {dsnr: Integer(0)}),
    ),
    answer=S,
    example={c: 1, snr_t: 1, dsnr: 3, z_t: 1},
    means="Gaussian data on the path with alpha = 1, which stands for all; T steps are T such terms",
    proof=(
        (
            by("E KL(q(z_s | z_t, x) || p(z_s | z_t)): means differ by a multiple of x - E[x | z_t]", COST),
            by("half of SNR_s - SNR_t times c/(1 + c SNR_t)", S.loss, eq="VDM (13)-(14)"),
        ),
        (
            by("I(x; z_s) - I(x; z_t), by the entropies of normals", GAINED),
            by("1 + c SNR, before and after", log((1 + c * snr_s) / (1 + c * snr_t)) / 2),
            by("their ratio is 1 + c (SNR_s - SNR_t)/(1 + c SNR_t)", S.info),
        ),
        (
            by("the two laws of z_s given z_t have one mean", closed(true, plugged)),
            by("and variances in the ratio 1 + c (SNR_s - SNR_t)/(1 + c SNR_t)", S.gap),
        ),
        (
            by("the loss of a step, less what it gains", COST - GAINED),
            by("the same number", S.gap),
        ),
        (
            by("the information gained", GAINED),
            by("as a function of the step in SNR", S.info),
            by("the loss is linear in the step, and its tangent at 0", S.loss, convex=(dsnr, Integer(0))),
        ),
    ),
    wrong={
        "what is left at s": Wrong(
            S._replace(loss=c * dsnr / (1 + c * snr_s) / 2), "a lower Riemann sum: the denoiser sees z_t, not z_s"
        ),
        "no half": Wrong(S._replace(loss=part), "twice the loss"),
        "the integral for the step": Wrong(
            S._replace(loss=S.info, gap=0 * c), "true as steps get small: L_T is larger than L_inf for Bayes' denoiser"
        ),
        "sign of the gap": Wrong(S._replace(gap=-S.gap), "a divergence is not negative"),
        "of eps": Wrong(
            S._replace(loss=dsnr * c * snr_t / (1 + c * snr_t) / 2), "the error of eps weighted as if it were that of x"
        ),
    },
    experiment=Experiment(
        normals=ALL,
        process=((x, clean), (z_s, x + n_1 / sqrt(snr_s)), (z_t, z_s + later)),
        # log q(z_s | z_t, x)/p(z_s | z_t) on a path: its mean is 3/4 at the example
        checks=(Mean(log_ratio(known, plugged, z_s), lambda a: a.loss),),
        at={c: 1, snr_t: 1, dsnr: 3},
        twins=("what is left at s", "no half", "the integral for the step"),
    ),
    sources=(VDM._replace(equations="(13)-(15)"),),
)

CLAIMS = (excess, step)
