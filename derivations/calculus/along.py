"""A path of a diffusion at one time t: alpha_t and sigma_t, with arbitrary slopes dalpha and dsigma."""

from sympy import Expr, log

from derivations.notation.quantities import Quantity
from derivations.notation.slopes import SlopeBy
from derivations.probability.path import snr_of_t
from derivations.symbols import alpha_t, dalpha, dsigma, sigma_t, t

SNR_t = Quantity("SNR", (t,), alpha_t**2 / sigma_t**2)
gamma_of_t = Quantity("gamma", (t,), log(sigma_t**2 / alpha_t**2))  # -log SNR(t)


def slope(e: Expr, *names: tuple[Expr, Expr]) -> SlopeBy:
    """Return d/dt of a function of alpha_t and sigma_t; `names` pairs what occurs in the slope with its name."""
    return SlopeBy(e, t, (alpha_t, dalpha), (sigma_t, dsigma), *names)


snr_slope, gamma_slope = slope(SNR_t), slope(gamma_of_t)


def snr_at(time: Expr) -> Quantity:
    """Return SNR(time) on any smooth path."""
    return Quantity("SNR", (time,), snr_of_t.subs(t, time))
