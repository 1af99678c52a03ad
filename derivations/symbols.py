"""Every symbol, once: the field's name, in ASCII, and the domain SymPy may assume.

Times read s < t < u (t = 0 is data, t = 1 is noise). `alpha_ts` is alpha_{t|s}. In DDPM's
discrete time `alpha` is 1 - beta_t, `abar` is alpha-bar_t and `abar_s` is alpha-bar_{t-1}.
"""

from sympy import Symbol, symbols

COUNTS = frozenset({"n", "m", "i", "j", "k", "T", "b", "R"})  # names of what counts: whole where a reader is shown it


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

# Gaussian data of variance c; the angle of a variance preserving process, alpha = cos phi, sigma = sin phi
(c,) = positive("c")
(phi,) = real("phi")

# Parameters of the schedules. `angle` is iDDPM's pi / (2 (1 + offset)), its angle at t = 1 counted from t = 0
gamma_0, gamma_1 = real("gamma_0 gamma_1")
(angle,) = positive("angle")
beta_min, beta_max = positive("beta_min beta_max")
start, end = real("start end")
tau, sigma_min, sigma_max, rho = positive("tau sigma_min sigma_max rho")
(B_s,) = positive("B_s")  # the integral of beta; in discrete time -log abar

# A learned schedule: affine layers with positive weights w and free biases b
w_1, w_2, w_3 = positive("w_1 w_2 w_3")
b_1, b_2 = real("b_1 b_2")

# SNR as a coordinate: at s and t, and at the ends of time; dgamma_t > 0 is the slope of gamma where it must rise
snr, snr_s, snr_t, snr_min, snr_max = positive("snr snr_s snr_t snr_min snr_max")
(dgamma_t,) = positive("dgamma_t")
dalpha, dsigma = real("dalpha dsigma")
b_s, b_t = positive("b_s b_t")  # the alphas of a second path B, at the times when it has the SNRs of path A
(k,) = positive("k")  # a parameter of a denoiser that is not optimal

# beta_t / alpha_t: beside SNR(s), a coordinate in which a variance preserving step is all positivity
(odds,) = positive("odds")
err, derr, rest = real("err derr rest")  # a squared error and its slope in SNR; the bounded rest of Taylor's formula
dsnr, slack = positive("dsnr slack")  # a step in SNR; how far a bound lies above

# Two normals to compare, N(mu_1, var_1) and N(mu_2, var_2), and further coordinates of each
var_1, var_2, beta_tilde = positive("var_1 var_2 beta_tilde")
nu_1, nu_2 = real("nu_1 nu_2")
u_1, u_2 = positive("u_1 u_2")  # more uniform numbers in (0, 1)
u, w = positive("u w")  # positive numbers

# Forward processes: the argument of a cumulant generating function, a drift that should not be there, a step's own
# beta before the last, DDPM's states by number, and two step numbers
kappa, shift = real("kappa shift")
(beta_s,) = positive("beta_s")
x_1, x_2, x_3 = real("x_1 x_2 x_3")
m, n = positive("m n")
(fall,) = positive("fall")  # what sqrt(SNR) loses from s to t
(nsr,) = positive("nsr")  # noise to signal, 1/SNR
(loss,) = positive("loss")  # the value of a continuous loss
(q_x,) = positive("q_x")  # the density of the data at x
# The discrete loss: T steps, the i-th, a mean of terms, an estimate; SNR and squared error half-way from s to t
T, i = positive("T i")
mean, estimate = real("mean estimate")
(snr_m,) = positive("snr_m")
(err_m,) = real("err_m")
(gain,) = positive("gain")  # what the squared error grows by from half-way to t
(lam,) = real("lam")  # lambda = log SNR = -gamma
# Samplers: DDIM's share of noise; a flow's slopes of drift and velocity; the strength of guidance and its scale
(eta,) = positive("eta")
(drift,) = real("drift")
(g2,) = positive("g2")
(scale,) = real("scale")
(share,) = positive("share")  # of a rescaled output
(delta,) = real("delta")  # an angle
x_slope, x_bend, x_rest, decay_rest = real("x_slope x_bend x_rest decay_rest")  # x-hat by Taylor's formula, exp(-h) too
(r,) = positive("r")  # the step before, in units of this one; the ratio of score to noise
score_c, score_u, eps_c, eps_u, x_c, x_u, v_c, v_u = real("score_c score_u eps_c eps_u x_c x_u v_c v_u")
grad, y = real("grad y")  # the slope of log p(c | z); a label
p_slope, p_bend = real("p_slope p_bend")  # a density's slope, and its slope's
s_1, s_2 = real("s_1 s_2")  # two coordinates of a score
F_0, F_y, F_t, F_yy, F_yt, F_tt, F_rest = real("F_0 F_y F_t F_yy F_yt F_tt F_rest")  # a smooth field and its slopes
growth_rest, middle = real("growth_rest middle")  # of exp(h); how far off a middle evaluation is, over h^2
(y_rest,) = real("y_rest")  # the bounded rest of a solution's Taylor formula
(dv,) = real("dv")  # the slope of v in z
# A weighted loss: the weight's slope in t, and where a sigmoid of log SNR is 1/2
dw, bias = real("dw bias")
# A second density beside p: the logarithms of both, the score of the other, and the slopes of both scores
log_p, log_q, score_q, score_slope, score_q_slope = real("log_p log_q score_q score_slope score_q_slope")
(freq,) = positive("freq")  # a Fourier feature's 2^n
# Two coordinates of two levels: the weights of their four pairs, and what is seen of each
w_aa, w_ab, w_ba, w_bb = positive("w_aa w_ab w_ba w_bb")
x_i, x_j, z_i, z_j = real("x_i x_j z_i z_j")
