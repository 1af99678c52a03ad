"""DDIM's step at any eta, collected in z_t and x-hat, without differences of nearly equal numbers.

Here c = sigma_ts^2/sigma_t^2, k^2 = 1 - c = SNR(t)/SNR(s) and q^2 = 1 - eta^2 c. The weight of x-hat, alpha_s minus
alpha_t times that of z_t, is alpha_s (1 - k q): a difference of squares over a sum.
"""

from typing import NamedTuple

from sympy import Expr, Rational, sqrt

from derivations.calculus.ddim import c_ts, noise_t
from derivations.calculus.step import sigma2_t
from derivations.claims.sampling.ddim_eta import FITS, mean
from derivations.form.claim import Claim, Wrong, by
from derivations.form.statement import Equal
from derivations.notation.quantities import Slope, Squared
from derivations.symbols import alpha_s, alpha_ts, eta, sigma_s, sigma_ts, x, z_t


class Collected(NamedTuple):
    """The coefficients of z_t and x in the mean, in terms of k^2 = SNR(t)/SNR(s)."""

    z: Expr
    x: Expr


k = sqrt(Squared("k", alpha_ts**2 * sigma_s**2 / sigma2_t))
kept = Squared("q", (1 - eta) * (1 + eta) + eta**2 * k**2)  # 1 - eta^2 c, without its difference
q = sqrt(kept)
G = Collected(z=sigma_s / noise_t * q, x=alpha_s * c_ts * (1 + eta**2 * k**2) / (1 + k * q))
along_z, along_x = Slope(mean, z_t), Slope(mean, x)

collected = Claim(
    name="ddim.eta.collected",
    title=(
        "DDIM's mean is (sigma_s/sigma_t) q z_t + alpha_s c (1 + eta^2 k^2) x/(1 + k q), with c = "
        "sigma_ts^2/sigma_t^2, k^2 = 1 - c and q^2 = 1 - eta^2 c"
    ),
    kind="equality",
    needs=("ddim.eta",),
    says=lambda a: (
        Equal(along_z, a.z),
        Equal(along_x, a.x),
    ),
    answer=G,
    given=(FITS,),
    example={alpha_s: 4, sigma_s: 3, alpha_ts: 2, sigma_ts: 1, eta: Rational(1, 2)},
    convenience={
        "0 < alpha_s": "only products with it occur",
        "0 < sigma_s": "at sigma_s = 0, the last step, k = 0 and z_s is alpha_s x-hat",
        "0 < alpha_ts": "at alpha_ts = 0, z_t is its noise, with no information on x",
        "0 < sigma_ts": "without a step in noise k = 1 and c = 0",
        "0 < eta": "eta = 0 is the deterministic step",
    },
    proof=(
        (
            by("the slope in z_t of the mean of z_s given z_t", along_z, eq="ddim2021 (12)"),
            by("1 - c = k^2, so that q^2 = (1 - eta) (1 + eta) + eta^2 k^2", G.z),
        ),
        (
            by("the slope in x", along_x, eq="ddim2021 (12)"),
            by("it is alpha_s (1 - k q)", alpha_s * (1 - k * q)),
            by("1 - k^2 q^2 = c (1 + eta^2 k^2)", G.x),
        ),
    ),
    wrong={
        "eta^2 k^2 dropped": Wrong(G._replace(x=alpha_s * c_ts / (1 + k * q)), "1 - k^2 q^2 is c only at eta = 0"),
        "q without its root": Wrong(
            Collected(sigma_s / noise_t * kept, alpha_s * c_ts * (1 + eta**2 * k**2) / (1 + k * kept)),
            "a variance stands for its root",
        ),
        "the deterministic step": Wrong(
            Collected(sigma_s / noise_t, alpha_s * c_ts / (1 + k)),
            "it is eta = 0 with noise added, and z_s is too noisy",
        ),
        "the posterior": Wrong(
            Collected(alpha_ts * sigma_s**2 / sigma2_t, alpha_s * c_ts), "it is eta = 1 with some of its noise left out"
        ),
        "eta for eta^2": Wrong(
            Collected(
                sigma_s / noise_t * sqrt(1 - eta + eta * k**2),
                alpha_s * c_ts * (1 + eta * k**2) / (1 + k * sqrt(1 - eta + eta * k**2)),
            ),
            "eta scales the noise, and eta^2 its variance",
        ),
        "x-hat by alpha_s": Wrong(
            G._replace(x=alpha_s), "the part of x-hat in the noise direction is left out: DDIM (12) is not collected"
        ),
    },
)

CLAIMS = (collected,)
