"""DDIM's family of joint laws of z_s and z_t given x, which share noise and have the same marginals.

z_s = alpha_s x + sqrt(sigma_s^2 - Sigma) n_1 + sqrt(Sigma) n_2, where n_1 is the noise of z_t.
"""

from sympy import Expr, sqrt

from derivations.calculus.step import alpha_t as product
from derivations.calculus.step import sigma2_t
from derivations.notation.process import Process
from derivations.notation.quantities import Quantity
from derivations.symbols import alpha_s, alpha_t, alpha_ts, eta, n_1, n_2, sigma_s, sigma_t, sigma_ts, var, x, z_s, z_t

NOISE = (n_1, n_2)
rest = sigma_s * sqrt(1 - var / sigma_s**2)  # sqrt(sigma_s^2 - Sigma): what of z_s is not fresh noise
made_t = alpha_t * x + sigma_t * n_1
made_s = alpha_s * x + rest * n_1 + sqrt(var) * n_2  # the noise of z_t, part of it replaced
SHARED = Process((z_t, made_t), (z_s, made_s), noise=NOISE, data=(x,))

# The forward step from s to t: alpha_t, sigma_t^2, and the posterior's mean and variance, DDPM (7)
signal_t = Quantity("alpha_t", (), product)
noise_t = sqrt(sigma2_t)
WHOLE = {alpha_t: product, sigma_t: sqrt(sigma2_t.meaning())}
pull = alpha_ts * sigma_s**2 / sigma2_t  # Cov(z_s, z_t) over Var(z_t)
tilde_mean = Quantity("mu_tilde", (z_t, x), alpha_s * x + pull * (z_t - signal_t * x))
tilde_var = Quantity("beta_tilde", (), sigma_s**2 - alpha_ts**2 * sigma_s**4 / sigma2_t)
c_ts = Quantity("c", (), sigma_ts**2 / sigma2_t)  # -expm1(gamma_s - gamma_t)


def sharing(v: Expr) -> Process:
    """Return the member of the family with Var(z_s | z_t, x) = v, in which z_t is reached from z_s by a step."""
    shared = alpha_s * x + sigma_s * sqrt(1 - v / sigma_s**2) * n_1 + sqrt(v) * n_2
    return Process((z_t, signal_t * x + noise_t * n_1), (z_s, shared), noise=NOISE, data=(x,))


AT_ETA = sharing(eta**2 * tilde_var)
