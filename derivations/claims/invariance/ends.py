"""The continuous loss as a function of its end points.

By invariance it suffices to take SNR linear in t: the loss is half the integral of (SNR_max - SNR_min) f(SNR(t)) over
t. On Gaussian data, the reconstruction loss of a Bayes decoder falls by as much as this one rises with SNR_max.
"""

from typing import NamedTuple

from sympy import Expr, Integer, Integral, Rational, log, pi, sqrt

from derivations.claims.invariance.continuous import FTC
from derivations.form.claim import Claim, Wrong, by
from derivations.form.statement import Equal
from derivations.notation.process import Process
from derivations.notation.quantities import Quantity, Slope
from derivations.notation.slopes import SlopeBy
from derivations.probability.smooth import smooth
from derivations.symbols import c, derr, err, n_0, n_1, snr, snr_max, snr_min, t, x, z_0

f = smooth("f")
at_v = Quantity("v", (t,), snr_max - (snr_max - snr_min) * t)  # the SNR at t in [0, 1]
body = (snr_max - snr_min) * f(at_v) / 2
NAMES = (f(at_v), err), (f(snr).diff(snr).subs(snr, at_v), derr)


def slope(e: Expr, end: Expr) -> SlopeBy:
    """The slope in t or in an end, where err and derr are the values of the error f and of its slope at v(t)."""
    return SlopeBy(e, end, (end, Integer(1)), *NAMES)


error_at = c / (1 + c * snr)  # Gaussian data, Bayes denoiser
MADE = Process((x, sqrt(c) * n_0), (z_0, x + n_1 / sqrt(snr_max)), noise=(n_0, n_1))  # z_0/alpha_0
decoder = Quantity("L_0", (), (log(2 * pi * MADE.Var(x, z_0)) + 1) / 2)  # E -log p(x | z_0), by the Bayes decoder
left_at_v = Quantity("m", (at_v,), error_at.subs(snr, at_v))
by_max = Integral(SlopeBy((snr_max - snr_min) * left_at_v / 2, snr_max, (snr_max, Integer(1))), (t, 0, 1))


class Ends(NamedTuple):
    """The slopes of the loss in SNR_max and in SNR_min, of the error `err` there."""

    at_max: Expr
    at_min: Expr


def from_max(a: Ends) -> Expr:
    """Minus the slope of what runs from at_max at t = 0 to 0 at t = 1."""
    return -slope((1 - t) * a.at_max.subs(err, f(at_v)), t)


def from_min(a: Ends) -> Expr:
    """The slope of what runs from 0 at t = 0 to at_min at t = 1."""
    return slope(t * a.at_min.subs(err, f(at_v)), t)


def at_top(a: Ends) -> Expr:
    """The slope in SNR_max, with the error of Gaussian data."""
    return a.at_max.subs(err, error_at.subs(snr, snr_max))


E = Ends(err / 2, -err / 2)

endpoints = Claim(
    name="vdm.loss.endpoints",
    title=(
        "The slope of the continuous loss in SNR_max is half the error there; "
        "on Gaussian data a Bayes decoder cancels it"
    ),
    kind="equality",
    needs=("vdm.loss.continuous.v", "vdm.loss.invariance", "vdm.loss.gaussian"),
    says=lambda a: (
        Equal(slope(body, snr_max), from_max(a)),
        Equal(slope(body, snr_min), from_min(a)),
        Equal(by_max, at_top(a)),
        Equal(-Slope(decoder, snr_max), at_top(a)),
    ),
    answer=E,
    example={c: 1, derr: 1, err: 1, snr_max: 4, snr_min: 1, t: Rational(1, 3)},
    convenience={
        "0 < t": "the slopes agree at every t",
        "0 < snr_min": "the slopes also hold at SNR_min = 0",
        "0 < c": "at c = 0 the data are one point, and both sides tend to 0",
        "0 < snr_max": "1/snr_max is the variance of the noise in z_0/alpha_0; the formulas have limits at snr_max = 0",
    },
    proof=(
        (
            by("differentiate under the integral sign", slope(body, snr_max), eq="vdm2021 (18)"),
            by("minus the slope in t of (1 - t) f/2, which is f(SNR_max)/2 at 0 and 0 at 1", from_max(E)),
        ),
        (
            by("differentiate under the integral sign", slope(body, snr_min), eq="vdm2021 (18)"),
            by("the slope in t of -t f/2, which is 0 at 0 and -f(SNR_min)/2 at 1", from_min(E)),
        ),
        (
            by("the slope of the loss on Gaussian data", by_max),
            by("integrate", at_top(E), primitive=-(1 - t) * error_at.subs(snr, at_v) / 2),
        ),
        (
            by("minus the slope of the reconstruction loss", -Slope(decoder, snr_max)),
            by("the variance of x given z_0 is c/(1 + c SNR_max)", c / (1 + c * snr_max) / 2),
            by("half the error at SNR_max", at_top(E)),
        ),
    ),
    wrong={
        "the ends do not matter": Wrong(
            Ends(0 * err, 0 * err),
            "a schedule with free ends that is learned by this loss alone brings them together, and the loss to 0",
            ("luo2022 text after (111)",),
        ),
        "the half dropped": Wrong(Ends(err, -err), "the slope is doubled, and the bound seems to have an optimum"),
        "signs swapped": Wrong(Ends(-err / 2, err / 2), "a gradient step goes in the wrong direction"),
        "both ends cost": Wrong(E._replace(at_min=err / 2), "a larger SNR_min shortens the integral"),
    },
    trust=("differentiation under the integral sign", FTC),
    means="pointwise, for any error f; the integral and the decoder, for Gaussian data",
)

CLAIMS = (endpoints,)
