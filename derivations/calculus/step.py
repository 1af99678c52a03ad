"""One step of the forward process, from s to t, and its posterior, from which most claims start.

z_s = alpha_s x + sigma_s n_1, then z_t = alpha_ts z_s + sigma_ts n_2; so alpha_t = alpha_ts alpha_s, and sigma_t^2 is
sigma_ts^2 + alpha_ts^2 sigma_s^2.
"""

from sympy import Expr, Symbol

from derivations.form.law import Weighed
from derivations.notation.process import Process
from derivations.notation.quantities import Squared
from derivations.probability.gaussian import Normal, given
from derivations.symbols import alpha_s, alpha_ts, n_1, n_2, sigma_s, sigma_ts, x, z_s, z_t

NOISE = (n_1, n_2)
FORWARD = Process((z_s, alpha_s * x + sigma_s * n_1), (z_t, alpha_ts * z_s + sigma_ts * n_2), noise=NOISE, data=(x,))
made_s = alpha_s * x + sigma_s * n_1  # q(z_s | x)
made_t = alpha_ts * made_s + sigma_ts * n_2  # q(z_t | z_s)

alpha_t = alpha_ts * alpha_s
sigma2_t = Squared("sigma_t", sigma_ts**2 + alpha_ts**2 * sigma_s**2)

by_bayes = Weighed(Normal(alpha_s * x, sigma_s**2), FORWARD.log_step(z_t), FORWARD.log_q(z_t), on=(z_t, x))
bayes = FORWARD.log_q(z_s) + FORWARD.log_step(z_t) - FORWARD.log_q(z_t)  # log q(z_s | z_t, x)
joint = FORWARD.log_step(z_s) + FORWARD.log_step(z_t)  # of z_s and z_t, given x
precision = alpha_ts**2 / sigma_ts**2 + 1 / sigma_s**2
pull = alpha_ts / sigma_ts**2 * z_t + alpha_s / sigma_s**2 * x

Q = Normal(
    mean=alpha_ts * sigma_s**2 / sigma2_t * z_t + alpha_s * sigma_ts**2 / sigma2_t * x,
    var=sigma_ts**2 * sigma_s**2 / sigma2_t,
)


def conditioned(of: Expr, on: Expr, value: Expr, noise: tuple[Symbol, ...] = NOISE) -> Normal:
    """Condition a Gaussian: return the law of `of` given on = value, from how both are made."""
    return given(of, ((on, value),), noise)


given_t = conditioned(made_s, made_t, z_t)  # the law of z_s given z_t = z_t, at a fixed x

EXAMPLE = {alpha_s: 4, sigma_s: 3, alpha_ts: 2, sigma_ts: 1, x: 1, z_s: 1, z_t: 1}
