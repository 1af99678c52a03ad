"""The continuous loss does not depend on the schedule between its end points, nor on the path.

The denoiser must be one function of SNR and of the rescaled latent z/alpha = x + eps/sqrt(v): then its mean error is a
function f of v = SNR(t) alone, -1/2 SNR'(t) f(SNR(t)) has the primitive -F(SNR(t))/2 with F' = f, and the loss is
(F(SNR_max) - F(SNR_min))/2, whatever the way from SNR_max to SNR_min. Three schedules on three paths show it, for a
denoiser that is not optimal.
"""

from functools import cache
from typing import NamedTuple

from sympy import Expr, Integral, Rational, Symbol, diff, exp, log, sqrt

from derivations.claim import Claim, Source, Wrong, by
from derivations.claims.continuous_loss import FTC, chain_rule, gamma_slope, second_moment, snr_t
from derivations.experiment import Experiment, Mean
from derivations.statement import Equal

# isort: off
from derivations.symbols import (
    alpha_t, dalpha, dsigma, err, k, n_1, n_2, sigma_0, sigma_1, sigma_t, snr, snr_max, snr_min, t, u_0, u_1, x,
)  # fmt: skip

VDM = Source("kingma2021variational", "arXiv:2107.00630", "(18), section 5.1", "the same symbols")
KG = Source("kingma2023understanding", "arXiv:2303.00848", "invariance to the noise schedule", "lambda = log SNR")

ratio = log(snr_max / snr_min)
v_linear = snr_max - (snr_max - snr_min) * t  # SNR linear in t, alpha = 1
v_log = snr_max * exp(-ratio * t)  # log SNR linear in t, variance preserving
tau = sigma_0 + (sigma_1 - sigma_0) * t  # sigma of the straight path, alpha = 1 - sigma
v_straight = ((1 - tau) / tau) ** 2
PATHS = {
    v_linear: (1 + 0 * t, 1 / sqrt(v_linear)),
    v_log: (sqrt(v_log / (1 + v_log)), sqrt(1 / (1 + v_log))),
    v_straight: (1 - tau, tau),
}
STRAIGHT = {snr_max: v_straight.subs(t, 0), snr_min: v_straight.subs(t, 1)}


class Invariant(NamedTuple):
    """The denoiser's gain on z/alpha, a function of SNR, and the loss."""

    gain: Expr
    loss: Expr


@cache
def over_t(v: Expr, gain: Expr) -> Integral:
    """The loss as an integral over t, by the schedule v = SNR(t) on its path."""
    alpha, sigma = PATHS[v]
    made_z = alpha * x + sigma * n_1
    error = second_moment(x - gain.subs(snr, v) * made_z / alpha)
    return Integral(-diff(v, t) / 2 * error, (t, 0, 1))


def ends(v: Expr, loss: Expr) -> Expr:
    """A loss between the end points of the schedule v."""
    return loss.subs(STRAIGHT) if v is v_straight else loss


def drawn(v: Expr, u: Symbol, n: Symbol) -> Expr:
    """One draw of t and of noise: the estimator of the loss by the schedule v, from z_t made on its path."""
    alpha, sigma = PATHS[v]
    made_z = alpha * x + sigma * n
    return (-diff(v, t) / 2 * (x - k * v * made_z / alpha) ** 2).subs(t, u)


def primitive(v: Expr) -> Expr:
    """F(v)/2 for the error f(v) = (1 - k v)^2 x^2 + k^2 v."""
    return (v - k * v**2 + k**2 * v**3 / 3) * x**2 / 2 + k**2 * v**2 / 4


def by_eps(v: Expr) -> Expr:
    """A primitive of f(v)/(2 v)."""
    return (log(v) - 2 * k * v + k**2 * v**2 / 2) * x**2 / 2 + k**2 * v / 2


I = Invariant(gain=k * snr, loss=primitive(snr_max) - primitive(snr_min))  # noqa: E741
LOOKED_UP = k * v_log  # the gain at time t under the schedule v_log, used at time t under any

invariance = Claim(
    name="vdm.loss.invariance",
    title="One denoiser of SNR and z/alpha has one continuous loss on all paths from SNR_max to SNR_min",
    family="invariance",
    kind="equality",
    needs=("vdm.forward.marginal", "vdm.loss.continuous.v"),
    says=lambda a: (
        Equal(-chain_rule / 2, err / 2 * gamma_slope * snr_t),
        *(Equal(over_t(v, a.gain), ends(v, a.loss)) for v in PATHS),
    ),
    answer=I,
    example={
        alpha_t: 1,
        sigma_t: 1,
        dalpha: -1,
        dsigma: 1,
        err: 1,
        k: Rational(1, 4),
        snr_max: 4,
        snr_min: 1,
        x: 2,
        sigma_0: Rational(1, 3),
        sigma_1: Rational(1, 2),
    },
    convenience={"0 < alpha_t": "alpha_t enters by its logarithmic slope", "0 < k": "k <= 0 is a worse denoiser"},
    proof=(
        (
            by("the slope of -F(SNR(t))/2, by the chain rule", -chain_rule / 2, eq="VDM (18)"),
            by("is the integrand: f(SNR(t))/2 times -SNR' = gamma' SNR", err / 2 * gamma_slope * snr_t, eq="VDM (16)"),
        ),
        *(
            (
                by("one schedule, one path", over_t(v, I.gain), eq="VDM (15)"),
                by("the primitive -F(SNR(t))/2", ends(v, I.loss), primitive=-primitive(v)),
            )
            for v in PATHS
        ),
    ),
    wrong={
        "looked up by t": Wrong(
            I._replace(gain=LOOKED_UP), "a denoiser that knows t, not SNR, meets a noise level it was not trained on"
        ),
        "over t for over SNR": Wrong(
            I._replace(loss=I.loss / (snr_max - snr_min)), "the end points of t, 0 and 1, for those of SNR"
        ),
        "ends in log SNR": Wrong(
            I._replace(loss=primitive(log(snr_max)) - primitive(log(snr_min))), "lambda put in where SNR belongs"
        ),
        "limits swapped": Wrong(I._replace(loss=-I.loss), "a negative loss"),
        "the weight of eps": Wrong(
            I._replace(loss=by_eps(snr_max) - by_eps(snr_min)), "gamma' belongs to the error of eps, SNR' to that of x"
        ),
    },
    experiment=Experiment(
        normals=(n_1, n_2),
        uniforms=(u_0, u_1),
        process=(),
        checks=(  # standard deviations by fourth moments: 0.993 and 1.312
            Mean(drawn(v_log, u_0, n_1), lambda a: a.loss, sd=1.32),
            Mean(drawn(v_linear, u_1, n_2), lambda a: a.loss, sd=1.32),
        ),
        twins=("over t for over SNR", "limits swapped"),
    ),
    trust=(FTC,),
    means="pointwise, for generic alpha, sigma and error f = F'; three schedules on three paths with symbolic ends",
    sources=(VDM, KG),
)

CLAIMS = (invariance,)
