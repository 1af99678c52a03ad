"""The continuous loss of Gaussian data N(0, c) with Bayes denoiser, on average and for each x.

The variance of x given z_t is mmse(v) = c/(1 + c v), and half its integral over v = SNR is the loss. For one x the
loss is KL(q(z_0 | x) || q(z_0)) - KL(q(z_1 | x) || q(z_1)); for this, c need not be the variance of the data.
"""

from typing import NamedTuple

from sympy import Expr, Integral, Rational, S, exp, log, sqrt

from derivations.calculus.along import SNR_t
from derivations.claims.invariance.continuous import FTC
from derivations.form.claim import Claim, Wrong, by
from derivations.form.experiment import Experiment, Mean, Residual
from derivations.form.statement import Equal
from derivations.notation.laws import Divergence, LawName
from derivations.notation.losses import SquaredError
from derivations.notation.process import Process
from derivations.notation.quantities import Quantity
from derivations.notation.values import QuantityAt
from derivations.probability.gaussian import Normal
from derivations.probability.opening import opened

# isort: off
from derivations.symbols import (
    alpha_t, c, gamma_t, n_0, n_1, sigma_t, snr, snr_max, snr_min, u_0, x, x_hat, z_bar, z_t,
)  # fmt: skip

NOISE = (n_0, n_1)
BETWEEN = (snr, snr_min, snr_max)

GAUSSIAN = Process((x, sqrt(c) * n_0), (z_t, alpha_t * x + sigma_t * n_1), noise=NOISE)
left = GAUSSIAN.Var(x, z_t)
SEEN = Process((x, sqrt(c) * n_0), (z_bar, x + n_1 / sqrt(snr)), noise=NOISE)  # z/alpha


MMSE = Quantity("mmse", (snr,), SEEN.Var(x, z_bar))


def mmse(v: Expr) -> Expr:
    """Return Var(x | z) at SNR v."""
    return MMSE if v == snr else QuantityAt(MMSE, (snr, v))


on_average = Integral(mmse(snr) / 2, BETWEEN)
FOR_ONE = Process((z_bar, x + n_1 / sqrt(snr)), noise=(n_1,), data=(x,))
x_hat_of_y = Quantity("x_hat", (z_bar,), c / (c + 1 / snr) * z_bar)  # the Bayes denoiser of N(0, c)
FOR_X = Integral(FOR_ONE.E(SquaredError(x, x_hat_of_y)) / 2, BETWEEN)
for_x = opened(FOR_X)


def kl(v: Expr) -> Divergence:
    """KL(q(z | x) || q(z)) at SNR v, of z/alpha."""
    return Divergence(LawName(x, 1 / v), LawName(S.Zero, c + 1 / v), n_1)


def kl_closed(v: Expr) -> Expr:
    """The divergence of N(x, 1/v) from N(0, c + 1/v)."""
    return ((1 / v + x**2) / (c + 1 / v) - 1 + log((c + 1 / v) * v)) / 2


class Exact(NamedTuple):
    """The error at SNR v, its half integral, and the loss of one x when the denoiser is Bayes' for N(0, c)."""

    mmse: Expr
    expected: Expr
    pointwise: Expr


def spread(v: Expr) -> Expr:
    """A primitive of the expected error of one x, over v."""
    return log(1 + c * v) + (1 - x**2 / c) / (1 + c * v)


Q = Exact(
    mmse=c / (1 + c * snr),
    expected=log((1 + c * snr_max) / (1 + c * snr_min)) / 2,
    pointwise=(
        log((1 + c * snr_max) / (1 + c * snr_min)) + (1 - x**2 / c) * (1 / (1 + c * snr_max) - 1 / (1 + c * snr_min))
    )
    / 2,
)

gaussian = Claim(
    name="vdm.loss.gaussian",
    title=("On Gaussian data with the Bayes denoiser, the continuous loss is log((1 + c SNR_max)/(1 + c SNR_min))/2"),
    kind="expectation",
    needs=("vdm.forward.marginal", "kl.gauss", "vdm.loss.continuous.v"),
    says=lambda a: (
        Equal(left, a.mmse.subs(snr, SNR_t)),
        Equal(on_average, a.expected),
        Equal(FOR_X, a.pointwise),
        Equal(kl(snr_max) - kl(snr_min), a.pointwise),
    ),
    answer=Q,
    example={alpha_t: 1, sigma_t: 1, c: 1, snr_max: 20, snr_min: Rational(1, 20), x: 2},
    convenience={
        "0 < alpha_t": "only its square occurs",
        "0 < sigma_t": "without noise the SNR is infinite as written, and both sides tend to 0",
    },
    proof=(
        (
            by("the variance of x given z_t: Gaussian conditioning", left),
            by("divide by sigma_t^2", Q.mmse.subs(snr, alpha_t**2 / sigma_t**2)),
        ),
        (
            by("half the integral of the variance of x given z", on_average, eq="vdm2021 (18)"),
            by("the slope of log(1 + c v) is c/(1 + c v)", Q.expected, primitive=log(1 + c * snr) / 2),
        ),
        (
            by("half the integral of E (x - x_hat)^2 over the noise", for_x, eq="vdm2021 (18)"),
            by("E = (x^2 + c^2 v)/(1 + c v)^2", Q.pointwise, primitive=spread(snr) / 2),
        ),
        (
            by("the information on x in z_0, minus that in z_1", opened(kl(snr_max) - kl(snr_min))),
            by("each is a divergence of two normals", kl_closed(snr_max) - kl_closed(snr_min)),
            by("(1 + v x^2)/(1 + c v) = x^2/c + (1 - x^2/c)/(1 + c v)", (spread(snr_max) - spread(snr_min)) / 2),
            by("collect", Q.pointwise),
        ),
    ),
    wrong={
        "the half dropped": Wrong(
            Q._replace(expected=2 * Q.expected, pointwise=2 * Q.pointwise), "it is twice the loss"
        ),
        "log of the SNRs' ratio": Wrong(
            Q._replace(expected=log(snr_max / snr_min) / 2),
            "it is infinite as SNR_min tends to 0: the prior is ignored",
        ),
        "in bits": Wrong(Q._replace(expected=Q.expected / log(2)), "the loss is in nats; dividing by log 2 makes bits"),
        "the error of eps": Wrong(Q._replace(mmse=c * snr / (1 + c * snr)), "the error of eps is SNR times that of x"),
        "the mean over x for each x": Wrong(
            Q._replace(pointwise=Q.expected), "the two agree only at x^2 = c, or on average"
        ),
    },
    experiment=Experiment(
        normals=NOISE,
        uniforms=(u_0,),
        process=(
            (x, sqrt(c) * n_0),
            (gamma_t, -log(snr_max) + log(snr_max / snr_min) * u_0),
            (alpha_t, sqrt(1 / (1 + exp(gamma_t)))),
            (sigma_t, sqrt(1 / (1 + exp(-gamma_t)))),
            (z_t, alpha_t * x + sigma_t * n_1),
            (x_hat, alpha_t * c * z_t / (alpha_t**2 * c + sigma_t**2)),
        ),
        checks=(
            Residual(x, lambda a: Normal(x_hat, a.mmse.subs(snr, alpha_t**2 / sigma_t**2)), given=(z_t, gamma_t)),
            Mean(log(snr_max / snr_min) * exp(-gamma_t) / 2 * (x - x_hat) ** 2, lambda a: a.expected),
        ),
        twins=("the half dropped", "the error of eps"),
    ),
    trust=(FTC, "exchange of the mean and the integral"),
    means="one coordinate of isotropic data (gauss.isotropic.conditioning); symbolic variance and end points",
)

CLAIMS = (gaussian,)
