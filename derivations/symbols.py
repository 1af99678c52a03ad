"""Every symbol, once: the field's name, in ASCII, and the domain SymPy may assume.

Times read s < t < u (t = 0 is data, t = 1 is noise). `alpha_ts` is alpha_{t|s}. In DDPM's
discrete time `alpha` is 1 - beta_t, `abar` is alpha-bar_t and `abar_s` is alpha-bar_{t-1}.
"""

from sympy import Symbol, symbols


def real(names: str) -> tuple[Symbol, ...]:
    return symbols(names, real=True, seq=True)


def positive(names: str) -> tuple[Symbol, ...]:
    return symbols(names, positive=True, seq=True)


# Data, latents, and what a network says of them
x, z_s, z_t, z_u, z_0, z_1 = real("x z_s z_t z_u z_0 z_1")
x_0, x_s, x_t = real("x_0 x_s x_t")  # DDPM: x_s is x_{t-1}
x_hat, eps, eps_hat, v, v_hat, score, score_hat = real("x_hat eps eps_hat v v_hat score score_hat")
mu_hat, mu_1, mu_2 = real("mu_hat mu_1 mu_2")

# Independent standard normal noise, and a uniform number in (0, 1): what a process is made of
n_0, n_1, n_2, n_3 = real("n_0 n_1 n_2 n_3")
(u_0,) = positive("u_0")

# q(z_t | x) = N(alpha_t x, sigma_t^2), and the step from s to t
alpha_0, alpha_s, alpha_t, alpha_u, alpha_1 = positive("alpha_0 alpha_s alpha_t alpha_u alpha_1")
sigma_0, sigma_s, sigma_t, sigma_u, sigma_1 = positive("sigma_0 sigma_s sigma_t sigma_u sigma_1")
alpha_ts, sigma_ts, alpha_ut, sigma_ut = positive("alpha_ts sigma_ts alpha_ut sigma_ut")

# gamma = -log SNR, rising with time; gap = gamma_t - gamma_s
gamma_s, gamma_t, dgamma = real("gamma_s gamma_t dgamma")
(gap,) = positive("gap")

# DDPM: beta_t, alpha_t = 1 - beta_t, alpha-bar_t, alpha-bar_{t-1}; a free reverse variance
beta, alpha, abar, abar_s, var = positive("beta alpha abar abar_s var")

# Times, and what is left of the schedules' parameters
s, t, h = positive("s t h")
