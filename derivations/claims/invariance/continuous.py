"""The diffusion loss in continuous time, from the integral over t to the integral over v = SNR(t).

With SNR = exp(-gamma), L_inf = -1/2 E int SNR'(t) (x - x_hat)^2 dt = 1/2 E int gamma'(t) (eps - eps_hat)^2 dt,
and, as SNR falls from SNR_max to SNR_min, L_inf = 1/2 E int (x - x_tilde(z_v, v))^2 dv. Means over the noise
follow from x - x_hat in terms of the noise.
"""

from typing import NamedTuple

from sympy import Expr, Integral, S, diff, exp, log, sqrt

from derivations.calculus.along import SNR_t, gamma_slope, slope
from derivations.form.claim import Claim, Wrong, by
from derivations.form.experiment import Experiment, Mean
from derivations.form.statement import Equal, Tends
from derivations.notation.losses import MeanSquare, SquaredError
from derivations.notation.process import Process
from derivations.notation.quantities import Quantity, Slope
from derivations.notation.slopes import SlopeBy
from derivations.probability.path import free, snr_of_t, unknown
from derivations.probability.smooth import smooth

# isort: off
from derivations.symbols import (
    alpha_t, c, dalpha, dgamma, dsigma, eps, eps_hat, err, gamma_0, gamma_1, gamma_t, h, factor, n_0, n_1, rest,
    sigma_t, snr, snr_max, snr_min, t, u_0, x, x_0, x_hat, z_t,
)  # fmt: skip

FTC = "the fundamental theorem of calculus"

# -- the loss in eps ------------------------------------------------------------------------------

snr_slope = SlopeBy(exp(-gamma_t), t, (gamma_t, dgamma))
sigma_gamma = Quantity("sigma_t", (), alpha_t * exp(gamma_t / 2))  # any path with SNR = exp(-gamma)
by_eps_hat = Quantity("x_hat", (), (alpha_t * x + sigma_gamma * eps - sigma_gamma * eps_hat) / alpha_t)
error = SquaredError(x, by_eps_hat)
snr_before = Quantity("SNR", (t - h,), exp(-gamma_t) - h * snr_slope + h**2 * rest)  # by Taylor's formula
rise = (snr_before - Quantity("SNR", (t,), exp(-gamma_t))) / (2 * h)

linear = Quantity("gamma", (t,), gamma_0 + (gamma_1 - gamma_0) * t)


def left_by(gamma: Expr) -> MeanSquare:
    """Return the mean squared error of the regression of x_0 on z_t for N(0, c) data, on a schedule with alpha = 1."""
    process = Process((x_0, sqrt(c) * n_0), (z_t, x_0 + exp(gamma / 2) * n_1), noise=(n_0, n_1))
    return MeanSquare(process, SquaredError(x_0, process.E(x_0, z_t)))


left = left_by(linear)
over_time = Integral(-Slope(exp(-linear), t) / 2 * left, (t, 0, 1))


class Continuous(NamedTuple):
    """The integrand over t, and the integral for data N(0, c), the regression on z_t and a linear gamma."""

    integrand: Expr
    value: Expr


L = Continuous(
    integrand=dgamma / 2 * (eps - eps_hat) ** 2,
    value=log((1 + c * exp(-gamma_0)) / (1 + c * exp(-gamma_1))) / 2,
)

continuous_eps = Claim(
    name="vdm.loss.continuous.eps",
    title="In continuous time, the weight -SNR'/2 on (x - x_hat)^2 is gamma'/2 on (eps - eps_hat)^2",
    kind="limit",
    needs=("vdm.forward.gamma", "vdm.param.eps", "vdm.loss.discrete.snr"),
    says=lambda a: (
        Equal(-snr_slope / 2 * error, a.integrand),
        Tends(rise * error, h, a.integrand),
        Equal(over_time, a.value),
    ),
    answer=L,
    example={
        alpha_t: 1,
        gamma_t: 0,
        dgamma: 2,
        x: 1,
        eps: 1,
        eps_hat: -1,
        rest: 1,
        c: 1,
        gamma_0: -3,
        gamma_1: 3,
    },
    convenience={
        "0 < alpha_t": "the identities also hold for a negative alpha_t, which multiplies x",
        "0 < c": "c = 0 is a point mass, and the loss is 0",
    },
    proof=(
        (
            by("the integrand of the loss in x", -snr_slope / 2 * error, eq="vdm2021 (16)"),
            by("SNR' = -gamma' SNR", dgamma * exp(-gamma_t) / 2 * error),
            by("x - x_hat = (sigma/alpha) (eps_hat - eps)", L.integrand, eq="vdm2021 (17)"),
        ),
        (
            by("T = 1/h times the weight of one step", rise * error),
            by("divide by h", (dgamma + h * rest * exp(gamma_t)) / 2 * (eps - eps_hat) ** 2, eq="vdm2021 (15)"),
        ),
        (
            by("the mean over data and noise", over_time, eq="vdm2021 (16)"),
            by("E (eps - eps_hat)^2 = c SNR/(1 + c SNR)", L.value, primitive=-log(1 + c * exp(-linear)) / 2),
        ),
    ),
    wrong={
        "the half dropped": Wrong(
            Continuous(2 * L.integrand, 2 * L.value), "the bound counts the diffusion loss twice"
        ),
        "gamma for its slope": Wrong(
            L._replace(integrand=gamma_t / 2 * (eps - eps_hat) ** 2), "the weight is negative where SNR > 1"
        ),
        "log SNR for gamma": Wrong(
            Continuous(-L.integrand, -L.value), "the loss is negative: the sign of SNR' is lost", ("vdm-threads #7",)
        ),
        "unweighted": Wrong(
            Continuous(L.integrand / dgamma, L.value / (gamma_1 - gamma_0)), "it is L_simple, which is no bound"
        ),
    },
    experiment=Experiment(
        normals=(n_0, n_1),
        uniforms=(u_0,),
        process=(
            (x, sqrt(c) * n_0),
            (gamma_t, gamma_0 + (gamma_1 - gamma_0) * u_0),
            (alpha_t, sqrt(1 / (1 + exp(gamma_t)))),
            (sigma_t, sqrt(1 / (1 + exp(-gamma_t)))),
            (z_t, alpha_t * x + sigma_t * n_1),
            (x_hat, alpha_t * c * z_t / (alpha_t**2 * c + sigma_t**2)),
        ),
        checks=(Mean((gamma_1 - gamma_0) * exp(-gamma_t) / 2 * (x - x_hat) ** 2, lambda a: a.value),),
        twins=("the half dropped", "unweighted"),
    ),
    trust=("Taylor's formula for SNR, with a bounded remainder", FTC, "exchange of the mean and the integral"),
    means="pointwise integrand, for any path; the value for Gaussian data",
)

# -- the loss in v --------------------------------------------------------------------------------

in_t = Quantity("v_exp", (t,), snr_max * exp(-t * log(snr_max / snr_min)))  # SNR, falling from snr_max to snr_min
alpha_in_t = Quantity("alpha_exp", (), sqrt(in_t / (1 + in_t)))
sigma_in_t = Quantity("sigma_exp", (), sqrt(1 / (1 + in_t)))
ON_PATH = Process((z_t, alpha_in_t * x + sigma_in_t * n_1), noise=(n_1,), data=(x,))
seen = Quantity("x_hat", (z_t,), factor * in_t / alpha_in_t * z_t)  # a denoiser that is not optimal
over_t = Integral(-Slope(in_t, t) / 2 * MeanSquare(ON_PATH, SquaredError(x, seen)), (t, 0, 1))
error_at_v = (1 - factor * snr) ** 2 * x**2 + factor**2 * snr
primitive_at_v = (snr - factor * snr**2 + factor**2 * snr**3 / 3) * x**2 / 2 + factor**2 * snr**2 / 4

ERROR = smooth("f")


def chain_rule(error: Expr, name: str = "F") -> SlopeBy:
    """The slope of F(SNR(t)), where F' is the error at SNR(t)."""
    primitive = smooth(name)
    return slope(primitive(SNR_t), (diff(primitive(snr), snr).subs(snr, SNR_t), error))


class OverSNR(NamedTuple):
    """The integrand in v, of the error `err` at v, and the limits."""

    integrand: Expr
    low: Expr
    high: Expr


def over_v(a: OverSNR) -> Integral:
    """The integral over SNR, for the denoiser that is not optimal."""
    return Integral(a.integrand.subs(err, error_at_v), (snr, a.low, a.high))


def v_at(time: Expr) -> Quantity:
    """SNR on any smooth path, at a time; SNR(t) is that of alpha_t and sigma_t."""
    return Quantity("v", (time,), snr_of_t.subs(t, time))


def of_any(a: OverSNR) -> Integral:
    """The integral over SNR, of any error as a function of SNR, between the ends of any path."""
    ends = {snr_min: v_at(S.One), snr_max: v_at(S.Zero)}
    return Integral(a.integrand.subs({err: ERROR(snr), **ends}), (snr, *(e.subs(ends) for e in (a.low, a.high))))


V = OverSNR(err / 2, snr_min, snr_max)
any_loss = Integral(-Slope(v_at(t), t) / 2 * ERROR(v_at(t)), (t, 0, 1))
UNKNOWN = unknown(any_loss)

continuous_v = Claim(
    name="vdm.loss.continuous.v",
    title="The continuous-time diffusion loss is half the integral of the squared error over SNR",
    kind="equality",
    needs=("vdm.forward.snr", "vdm.loss.continuous.eps"),
    says=lambda a: (
        Equal(-chain_rule(err) / 2, a.integrand.subs(snr, SNR_t) * gamma_slope * SNR_t),
        Equal(any_loss, of_any(a)),
        Equal(over_t, over_v(a)),
    ),
    answer=V,
    example={alpha_t: 1, sigma_t: 1, dalpha: -1, dsigma: 1, err: 1, snr_max: 4, snr_min: 1, factor: 1, x: 1} | UNKNOWN,
    convenience={
        **free(UNKNOWN),
        "0 < alpha_t": "only its square and its logarithmic slope occur",
        "0 < factor": "factor <= 0 makes a worse denoiser; the identities hold",
        "0 < snr_max": "an SNR is positive; at 0 the integral over t has no integrand as written",
        "0 < snr_min": "an SNR is positive; at 0 the integral over t has no integrand as written",
    },
    proof=(
        (
            by("SNR = alpha^2/sigma^2, F(SNR(t)) with F' = f: the chain rule", -chain_rule(err) / 2),
            by("SNR' = -gamma' SNR", V.integrand * gamma_slope * SNR_t),
        ),
        (
            by("the loss on any path, for any error as a function of SNR", any_loss, eq="vdm2021 (15)"),
            by("substitute v = SNR(t)", of_any(V), eq="vdm2021 (18)", change=(snr, snr_of_t)),
        ),
        (
            by("the integral over t", over_t, eq="vdm2021 (15)"),
            by(
                "the primitive F(SNR(t))",
                primitive_at_v.subs(snr, snr_max) - primitive_at_v.subs(snr, snr_min),
                primitive=-primitive_at_v.subs(snr, in_t),
            ),
            by("the primitive F(v)", over_v(V), eq="vdm2021 (18)", primitive=primitive_at_v),
        ),
    ),
    wrong={
        "dt for the missing dv": Wrong(
            V._replace(integrand=err / 2 / (snr * log(snr_max / snr_min))),
            "the integral still depends on the schedule: without dv there is no invariance",
            ("note004 line 162",),
        ),
        "limits swapped": Wrong(OverSNR(err / 2, snr_max, snr_min), "the loss is negative"),
        "the half dropped": Wrong(V._replace(integrand=err), "it is twice the loss"),
        "d log SNR for dv": Wrong(V._replace(integrand=err / (2 * snr)), "it is the loss in eps, with the error of x"),
    },
    trust=(FTC,),
    means="any smooth alpha, sigma and error of SNR; in closed form for one denoiser and symbolic ends",
)

CLAIMS = (continuous_eps, continuous_v)
