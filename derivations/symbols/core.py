"""The symbols that several families of claims share, and what declares a symbol.

Times read s < t < u (t = 0 is data, t = 1 is noise). `alpha_ts` is alpha_{t|s}. In DDPM's
discrete time `alpha` is 1 - beta_t, `abar` is alpha-bar_t and `abar_s` is alpha-bar_{t-1}.
"""

from typing import NoReturn

from sympy import Symbol, symbols

COUNTS = frozenset({"n", "m", "i", "j", "k", "T", "B", "R"})  # names of what counts: whole where a reader is shown it


def real(names: str) -> tuple[Symbol, ...]:
    """Return real symbols, a tuple even of one: `x, y = real("x y")` and `(x,) = real("x")`."""
    return _declared(names, real=True)


def positive(names: str) -> tuple[Symbol, ...]:
    """Return positive symbols, a tuple even of one: `a, b = positive("a b")` and `(a,) = positive("a")`."""
    return _declared(names, positive=True)


def label(names: str) -> tuple[Symbol, ...]:
    """Return symbols that stand for no number: a state of a chain, a label, an integral that only a print shows."""
    return _declared(names)


def _declared(names: str, **assumed: bool) -> tuple[Symbol, ...]:
    if not isinstance(names, str):
        raise TypeError(f'expected names in one string, as "a b", got {names!r}')
    return Symbols(symbols(names, seq=True, **assumed))


class Symbols(tuple[Symbol, ...]):
    """Symbols that were declared together, and that are no number before they are unpacked."""

    def _no_number(self, *_: object) -> NoReturn:
        names = ", ".join(map(str, self)) + ("," if len(self) == 1 else "")
        raise TypeError(f'expected symbols unpacked, as ({names}) = positive("..."), got the tuple ({names})')

    __add__ = __radd__ = __sub__ = __rsub__ = __mul__ = __rmul__ = _no_number  # type: ignore[assignment]
    __truediv__ = __rtruediv__ = __pow__ = __rpow__ = __neg__ = _no_number


# Data, latents, and what a network predicts of them
(x,) = real("x")  # data
z_s, z_t, z_u = real("z_s z_t z_u")  # latents at the times s, t and u
z_0, z_1 = real("z_0 z_1")  # latents at the two ends of time, data and noise
x_0, x_s, x_t = real("x_0 x_s x_t")  # data and latents in DDPM's notation: x_s is x_{t-1}
x_1, x_2 = real("x_1 x_2")  # latents by the number of their step; data of the components of a mixture
(x_before,) = real("x_{t-1}")  # the latent before x_t
(eps,) = real("eps")  # the noise that a latent was made with
(v,) = real("v")  # the velocity alpha eps - sigma x
score, dscore = real("score dscore")  # the slope of the latent's log-density in it, and the slope of that
# the same as a network predicts them, or as means given the latent
x_hat, eps_hat, v_hat, score_hat = real("x_hat eps_hat v_hat score_hat")
(mu_hat,) = real("mu_hat")  # a predicted mean

# Independent noise, which a process is made of
n_0, n_1, n_2, n_3 = real("n_0 n_1 n_2 n_3")  # independent standard normal numbers
u_0, u_1, u_2 = positive("u_0 u_1 u_2")  # independent uniform numbers in (0, 1)

# q(z_t | x) = N(alpha_t x, sigma_t^2), and steps
# what the data are multiplied by in a latent
alpha_0, alpha_s, alpha_t, alpha_u = positive("alpha_0 alpha_s alpha_t alpha_u")
# the standard deviation of the noise in a latent
sigma_0, sigma_s, sigma_t, sigma_u, sigma_1 = positive("sigma_0 sigma_s sigma_t sigma_u sigma_1")
# of the step from s to t, what z_s is multiplied by and the standard deviation of its noise
alpha_ts, sigma_ts = positive("alpha_ts sigma_ts")
dalpha, dsigma = real("dalpha dsigma")  # the slopes of alpha and sigma in t

# DDPM in discrete time
(beta,) = positive("beta")  # the variance of the step to t
(alpha,) = positive("alpha")  # 1 - beta
abar, abar_s = positive("abar abar_s")  # alpha-bar_t and alpha-bar_{t-1}
(odds,) = positive("odds")  # beta/alpha, a coordinate of a variance-preserving step beside SNR(s)
(var,) = positive("Sigma")  # the variance of a normal step, where it is free: sigma_t^2 of DDPM and DDIM

# Times
s, t = positive("s t")  # times, s before t; s may be any point that an integral passes
(h,) = positive("h")  # a step: of time, of log SNR, or towards a limit
(T,) = positive("T")  # the number of steps, which is that of latents
(i,) = positive("i")  # the number of a step, of a level, or of a component
(k,) = positive("k")  # a count: of levels, examples or cells; a free parameter of a denoiser
m, n = positive("m n")  # numbers of steps, examples or levels

# gamma = -log SNR, and SNR itself
gamma_s, gamma_t = real("gamma_s gamma_t")  # gamma at s and t, rising with time
gamma_0, gamma_1 = real("gamma_0 gamma_1")  # gamma at the ends of time
(dgamma,) = real("dgamma")  # the slope of gamma in t
(gap,) = positive("gap")  # gamma_t - gamma_s; a difference of variances
(lam,) = real("lam")  # lambda = log SNR = -gamma
(snr,) = positive("snr")  # the signal-to-noise ratio alpha^2/sigma^2
snr_s, snr_t = positive("snr_s snr_t")  # SNR at s and t
(snr_m,) = positive("snr_m")  # SNR half-way from s to t
snr_min, snr_max = positive("snr_min snr_max")  # SNR at the ends of time
(dsnr,) = positive("dsnr")  # SNR(s) - SNR(t)
(fall,) = positive("fall")  # sqrt(SNR(s)) - sqrt(SNR(t))
(err,) = real("err")  # a squared error
(loss,) = positive("loss")  # the value of a continuous-time loss

# Laws
(c,) = positive("c")  # the variance of Gaussian data
(q_x,) = positive("q_x")  # a density at a point
dp, d2p = real("dp d2p")  # the first and second slope of a density
mu_1, mu_2 = real("mu_1 mu_2")  # the means of two normals
var_1, var_2 = positive("Sigma_1 Sigma_2")  # the variances of two normals
(u,) = positive("u")  # any positive number: the variable of an integral, an offset, what is added to a level
(w,) = positive("w")  # any positive number: a weight, the strength of guidance
(y,) = real("y")  # a level, a label, or the value of a solution
x_i, x_j, z_i, z_j = real("x_i x_j z_i z_j")  # two coordinates of data and of a latent
s_1, s_2 = real("s_1 s_2")  # two coordinates of a score
(kappa,) = real("kappa")  # the argument of a generating function
(shift,) = real("shift")  # what is added where nothing should be
(r,) = positive("r")  # a ratio: of a step to the next, of score to noise; a place in a cell
(phi,) = real("phi")  # the angle of a variance-preserving process: alpha = cos phi, sigma = sin phi

# Schedules
beta_min, beta_max = positive("beta_min beta_max")  # beta at the ends of time
(tau,) = positive("tau")  # the temperature of a sigmoid; the standard deviation of the noise in a label
sigma_min, sigma_max = positive("sigma_min sigma_max")  # sigma at the ends of time
(parameter,) = real("theta")  # a parameter of a network

# Losses and their estimates
(ranks,) = positive("R")  # the number of ranks; the sum of the terms that a window leaves out
(f,) = real("f")  # the error of one example; the root of a loss's fourth moment; the rate of the drift f z

# Chains of latents under any densities
(z_any,) = label("z")  # a latent under any density

# Levels and points
x_a, x_b = real("x_a x_b")  # two levels, or two points of the data
(x_c,) = real("x_c")  # a third level; x_hat given the label
(a,) = real("a")  # the argument of a function of one number; the lower end of a bin

# Flows
(drift,) = real("drift")  # a flow's velocity at a point
(g2,) = positive("g2")  # the square of the diffusion coefficient g
bend_1, bend_2 = real("p_11 p_22")  # the second slopes of a density along two axes
F_1, F_2 = real("F_1 F_2")  # two coordinates of a velocity
dF_1, dF_2 = real("dF_1 dF_2")  # the slopes of the two coordinates of a velocity, each along its own axis

# Samplers
(eta,) = positive("eta")  # DDIM's share of fresh noise
