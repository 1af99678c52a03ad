"""DDIM's step from data to noise: the inverse of the step at the same eps-hat, and what it misses at another.

Encoding takes a rising grid with the same formula, alpha_t x-hat + sigma_t eps-hat by the data that eps-hat implies in
z_s. It undoes the step from t to s if the prediction is the same at both ends. A network's is not, and the way there
and back misses z_t in proportion to the change of eps-hat and to the rise of sigma/alpha.
"""

from typing import NamedTuple

from sympy import Expr

from derivations.claims.sampling.ddim_forms import D
from derivations.form.claim import Claim, Wrong, by
from derivations.form.statement import Equal
from derivations.notation.quantities import Quantity
from derivations.notation.samplers import Update
from derivations.symbols import alpha_s, alpha_t, eps_ahead, eps_hat, sigma_s, sigma_t, z_s, z_t


def encoded(z: Expr, eps: Expr) -> Expr:
    """Return the step from z at s to t, by the data that eps implies in z."""
    return Update(z_t, "DDIM", alpha_t * Quantity("x", (z, eps), (z - sigma_s * eps) / alpha_s) + sigma_t * eps, z, eps)


stepped = Update(z_s, "DDIM", D.by_eps, z_t, eps_hat)


class Inverse(NamedTuple):
    """z_t by z_s and eps-hat, and what the way there and back misses where the prediction at z_s is another."""

    up: Expr
    missed: Expr


RISE = sigma_t - sigma_s * alpha_t / alpha_s
A = Inverse(up=alpha_t / alpha_s * z_s + RISE * eps_hat, missed=RISE * (eps_ahead - eps_hat))


inverse = Claim(
    name="ddim.inverse",
    title=(
        "DDIM's step from s to t inverts the one from t to s with the same eps-hat; with eps_ahead it misses z_t by "
        "(sigma_t - alpha_t sigma_s/alpha_s) (eps_ahead - eps_hat)"
    ),
    kind="equality",
    needs=("ddim.forms",),
    says=lambda a: (
        Equal(encoded(z_s, eps_hat), a.up),
        Equal(encoded(stepped, eps_hat), z_t),
        Equal(encoded(stepped, eps_ahead), z_t + a.missed),
    ),
    answer=A,
    example={alpha_s: 4, sigma_s: 3, alpha_t: 1, sigma_t: 2, eps_hat: 1, eps_ahead: 2, z_s: 1, z_t: 1},
    convenience={
        "0 < sigma_s": "the first step of encoding starts at the data, where sigma_s may be 0",
        "0 < alpha_t": "encoding may end where nothing of the data is left",
        "0 < sigma_t": "only products with it occur",
    },
    proof=(
        (
            by("the data that eps-hat implies in z_s, with the noise of t", encoded(z_s, eps_hat), eq="ddim2021 (12)"),
            by("collect z_s and eps-hat", A.up),
        ),
        (
            by("the step back to t, from where the step from t arrives", encoded(stepped, eps_hat)),
            by("eps-hat cancels", z_t),
        ),
        (
            by("the same with another prediction", encoded(stepped, eps_ahead)),
            by("the part of the first prediction cancels", z_t + A.missed),
        ),
    ),
    wrong={
        "the coefficients of the step to s": Wrong(
            A._replace(up=alpha_s / alpha_t * z_s + (sigma_s - sigma_t * alpha_s / alpha_t) * eps_hat),
            "s and t are not exchanged: the latent is denoised twice",
        ),
        "the noise added with the wrong sign": Wrong(
            A._replace(up=alpha_t / alpha_s * z_s - RISE * eps_hat), "the latent goes away from the path"
        ),
        "the noise of both times": Wrong(
            A._replace(up=alpha_t / alpha_s * z_s + sigma_t * eps_hat),
            "the noise that z_s has already is counted twice",
        ),
        "the forward process": Wrong(
            Inverse(alpha_t / alpha_s * z_s + (sigma_t**2 - sigma_s**2 * alpha_t**2 / alpha_s**2) * eps_hat, A.missed),
            "the variance of the forward step stands for the rise of the noise",
        ),
        "an exact inverse": Wrong(
            A._replace(missed=(eps_ahead - eps_hat) * 0),
            "a network's prediction changes on the way, and the way back misses",
        ),
    },
)

CLAIMS = (inverse,)
