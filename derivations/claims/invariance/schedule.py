"""The continuous loss does not depend on the schedule between its end points, nor on the path.

The denoiser must be one function D of SNR and of the rescaled latent z/alpha = x + eps/sqrt(v). Then its error at x and
eps depends on the path only through v = SNR(t), which can be substituted for t: for any alpha(t) and sigma(t), the loss
is half the integral of (x - D(v, x + eps/sqrt(v)))^2 over v between the SNRs at the ends. For a linear denoiser, which
is not optimal, it is computed in closed form for three schedules on three paths.
"""

from functools import cache
from typing import NamedTuple

from sympy import Expr, Integral, Rational, S, Symbol, diff, exp, log, sqrt

from derivations.calculus.along import snr_at
from derivations.claims.invariance.continuous import FTC
from derivations.form.claim import Below, Claim, Wrong, by
from derivations.form.experiment import Experiment, Mean
from derivations.form.statement import Equal
from derivations.notation.losses import MeanSquare, SquaredError
from derivations.notation.process import Process
from derivations.notation.quantities import Quantity, Slope
from derivations.probability.path import alpha_of, free, sigma_of, snr_of_t, unknown
from derivations.probability.smooth import smooth

# isort: off
from derivations.symbols import (
    factor, n_1, n_2, sigma_0, sigma_1, snr, snr_max, snr_min, t, u_0, u_1, x, z_linear, z_log, z_straight, z_t,
)  # fmt: skip


ratio = log(snr_max / snr_min)
v_linear = Quantity("v_lin", (t,), snr_max - (snr_max - snr_min) * t)  # SNR linear in t, alpha = 1
v_log = Quantity("v_exp", (t,), snr_max * exp(-ratio * t))  # log SNR linear in t, variance preserving
tau = Quantity("tau", (t,), sigma_0 + (sigma_1 - sigma_0) * t)  # sigma of the straight path, alpha = 1 - sigma
v_straight = Quantity("v_line", (t,), ((1 - tau) / tau) ** 2)
PATHS = {
    v_linear: (z_linear, 1 + 0 * t, 1 / sqrt(v_linear)),
    v_log: (z_log, sqrt(v_log / (1 + v_log)), sqrt(1 / (1 + v_log))),
    v_straight: (z_straight, 1 - tau, tau),
}
STRAIGHT = {snr_max: v_straight.subs(t, 0), snr_min: v_straight.subs(t, 1)}


# Any path, any denoiser D of SNR and z/alpha
D = smooth("D")
SNR = snr_at(t)
made = alpha_of(t) * x + sigma_of(t) * n_1
X_HAT = Quantity("x_hat", (z_t,), D(SNR, made / alpha_of(t)))
missed = SquaredError(x, X_HAT)
any_path = Integral(-Slope(SNR, t) / 2 * missed, (t, 0, 1))


class Invariant(NamedTuple):
    """The output of the denoiser at SNR v; and the loss of a linear one."""

    seen: Expr
    loss: Expr

    @property
    def missed(self) -> Expr:
        """The squared error, at the SNR."""
        return (x - self.seen) ** 2

    @property
    def over_snr(self) -> Integral:
        """The loss between the SNRs at the ends of a path."""
        return Integral(self.missed / 2, (snr, snr_at(S.One), snr_at(S.Zero)))


@cache
def over_t(v: Expr, gain: Expr) -> Integral:
    """The loss as an integral over t, by the schedule v = SNR(t) on its path."""
    z, alpha, sigma = PATHS[v]
    on_path = Process((z, alpha * x + sigma * n_1), noise=(n_1,), data=(x,))
    error = MeanSquare(on_path, SquaredError(x, gain.subs(snr, v) * z / alpha))
    return Integral(-Slope(v, t) / 2 * error, (t, 0, 1))


def ends(v: Expr, loss: Expr) -> Expr:
    """A loss between the end points of the schedule v."""
    return loss.subs(STRAIGHT) if v is v_straight else loss


def drawn(v: Expr, u: Symbol, n: Symbol) -> Expr:
    """Return the estimate of the loss on the schedule v from one draw of t and noise, with z_t made on its path."""
    _, alpha, sigma = PATHS[v]
    made_z = alpha * x + sigma * n
    return (-diff(v, t) / 2 * (x - factor * v * made_z / alpha) ** 2).subs(t, u)


def primitive(v: Expr) -> Expr:
    """F(v)/2 for the error f(v) = (1 - factor v)^2 x^2 + factor^2 v."""
    return (v - factor * v**2 + factor**2 * v**3 / 3) * x**2 / 2 + factor**2 * v**2 / 4


def by_eps(v: Expr) -> Expr:
    """A primitive of f(v)/(2 v)."""
    return (log(v) - 2 * factor * v + factor**2 * v**2 / 2) * x**2 / 2 + factor**2 * v / 2


GAIN = factor * snr  # of the linear denoiser, on z/alpha: a function of SNR
I = Invariant(seen=D(snr, x + n_1 / sqrt(snr)), loss=primitive(snr_max) - primitive(snr_min))  # noqa: E741
UNKNOWN = unknown(any_path)


def late(v: Expr) -> Expr:
    """Return, at an end v, the primitive of x^2 (p + q t)^2 v/2: of v_log with the gain of v_linear at that time."""
    p, q = 1 - factor * v, factor * (snr_max - snr_min) / ratio
    return v * (p**2 + 2 * p * q + 2 * q**2) * x**2 / 2


LOOKED_UP = late(snr_max) - late(snr_min) + factor**2 * ratio * (snr_max**2 + snr_max * snr_min + snr_min**2) / 6

invariance = Claim(
    name="vdm.loss.invariance",
    title="A denoiser of the SNR and of z over alpha has the same continuous loss on all paths from SNR_max to SNR_min",
    kind="equality",
    needs=("vdm.forward.marginal", "vdm.loss.continuous.v"),
    says=lambda a: (
        Equal(X_HAT, a.seen.subs(snr, SNR)),
        Equal(missed, a.missed.subs(snr, SNR)),
        Equal(any_path, a.over_snr),
        *(Equal(over_t(v, GAIN), ends(v, a.loss)) for v in PATHS),
    ),
    answer=I,
    example={
        **UNKNOWN,
        n_1: 1,
        t: Rational(1, 2),
        factor: Rational(1, 4),
        snr_max: 4,
        snr_min: 1,
        x: 2,
        sigma_0: Rational(1, 3),
        sigma_1: Rational(1, 2),
    },
    given=(Below(sigma_0, S.One), Below(sigma_1, S.One)),
    convenience={
        "0 < factor": "factor <= 0 makes a worse denoiser; the identities hold",
        "sigma_0 < 1": "alpha = 1 - sigma divides z on the straight path; the loss itself is defined at alpha = 0",
        "sigma_1 < 1": "alpha = 1 - sigma divides z on the straight path; the loss itself is defined at alpha = 0",
        "0 < t": "a path may begin at any time",
        "0 < sigma_0": "at sigma_0 = 0 the SNR starts at infinity, and the loss is a limit",
        "0 < sigma_1": "at sigma_1 = 0 the path ends without noise",
        "0 < snr_max": "an SNR is positive; at 0 the integral over t has no integrand as written",
        "0 < snr_min": "an SNR is positive; at 0 the integral over t has no integrand as written",
        **free(UNKNOWN),
    },
    proof=(
        (
            by("the prediction at time t", X_HAT),
            by("z/alpha = x + eps/sqrt(v), v = SNR(t)", I.seen.subs(snr, SNR)),
        ),
        (
            by("the squared error at time t", missed),
            by("z/alpha = x + eps/sqrt(v), v = SNR(t)", I.missed.subs(snr, SNR)),
        ),
        (
            by("the loss on any path", any_path, eq="vdm2021 (15)"),
            by("substitute v = SNR(t)", I.over_snr, eq="vdm2021 (18)", change=(snr, snr_of_t)),
        ),
        *(
            (
                by("the loss by one schedule on its path", over_t(v, GAIN), eq="vdm2021 (15)"),
                by("the primitive -F(SNR(t))/2", ends(v, I.loss), primitive=-primitive(v)),
            )
            for v in PATHS
        ),
    ),
    wrong={
        "the latent not rescaled": Wrong(
            I._replace(seen=D(snr, sqrt(snr) * x + n_1)), "the denoiser is a function of z/sigma, not of z/alpha"
        ),
        "the noise of z for that of z/alpha": Wrong(
            I._replace(seen=D(snr, x + n_1 / snr)), "the noise in z/alpha has the variance 1/SNR, not 1/SNR^2"
        ),
        "a denoiser of log SNR": Wrong(
            I._replace(seen=D(log(snr), x + n_1 / sqrt(snr))), "the denoiser is given log SNR where SNR belongs"
        ),
        "looked up by t": Wrong(
            I._replace(loss=LOOKED_UP), "a denoiser that is given t, not SNR, meets a noise level it was not trained on"
        ),
        "over t for over SNR": Wrong(
            I._replace(loss=I.loss / (snr_max - snr_min)), "the end points of t, 0 and 1, stand for those of SNR"
        ),
        "ends in log SNR": Wrong(
            I._replace(loss=primitive(log(snr_max)) - primitive(log(snr_min))), "log SNR stands where SNR belongs"
        ),
        "limits swapped": Wrong(I._replace(loss=-I.loss), "the loss is negative"),
        "the weight of eps": Wrong(
            I._replace(loss=by_eps(snr_max) - by_eps(snr_min)), "gamma' belongs to the error of eps, SNR' to that of x"
        ),
    },
    experiment=Experiment(
        normals=(n_1, n_2),
        uniforms=(u_0, u_1),
        process=(),
        checks=(
            Mean(drawn(v_log, u_0, n_1), lambda a: a.loss),
            Mean(drawn(v_linear, u_1, n_2), lambda a: a.loss),
        ),
        twins=("over t for over SNR", "limits swapped"),
    ),
    trust=(FTC, "exchange of the mean over the noise and the integral"),
    means="any smooth denoiser, alpha and sigma, for each x and each noise; three paths with symbolic ends",
)

CLAIMS = (invariance,)
