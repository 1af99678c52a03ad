"""The symbols that several families of claims share, and what declares a symbol.

Times read s < t < u (t = 0 is data, t = 1 is noise). `alpha_ts` is alpha_{t|s}. In DDPM's
discrete time `alpha` is 1 - beta_t, `abar` is alpha-bar_t and `abar_s` is alpha-bar_{t-1}.
"""

from types import MappingProxyType
from typing import NoReturn

from sympy import Symbol, symbols

# names of what counts: whole where a reader is shown it
COUNTS = frozenset({"n", "m", "i", "j", "k", "K", "T", "B", "R", "rank"})


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
x_1, x_2 = real("x_1 x_2")  # latents by the number of their step
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
(v_mix,) = positive("v_mix")  # the share of log beta in the logarithm of a learned variance
(var,) = positive("Sigma")  # the variance of a normal step, where it is free: sigma_t^2 of DDPM and DDIM

# Times
s, t = positive("s t")  # times, s before t
(h,) = positive("h")  # the size of a step
(T,) = positive("T")  # the number of steps, which is that of latents
(i,) = positive("i")  # a number in a row of things
(levels,) = positive("K")  # how many levels a pixel may take
m, n = positive("m n")  # whole numbers
(tiny,) = positive("tiny")  # what a limit lets tend to 0, where that is no step

# gamma = -log SNR, and SNR itself
gamma_s, gamma_t = real("gamma_s gamma_t")  # gamma at s and t, rising with time
gamma_0, gamma_1 = real("gamma_0 gamma_1")  # gamma at the ends of time
(dgamma,) = real("dgamma")  # the slope of gamma in t
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
u, omega = positive("u omega")  # numbers that take every positive value, in integrals and in statements for all
(z_bar,) = real("z_bar")  # a latent over alpha: z_t/alpha_t
x_i, x_j, z_i, z_j = real("x_i x_j z_i z_j")  # two coordinates of data and of a latent
s_1, s_2 = real("s_1 s_2")  # two coordinates of a score
(kappa,) = real("kappa")  # the argument of a generating function
(shift,) = real("shift")  # what is added where nothing should be
(phi,) = real("phi")  # the angle of a variance-preserving process: alpha = cos phi, sigma = sin phi

# Schedules
beta_min, beta_max = positive("beta_min beta_max")  # beta at the ends of time
sigma_min, sigma_max = positive("sigma_min sigma_max")  # sigma at the ends of time
(parameter,) = real("theta")  # a parameter of a network

# Losses and their estimates
(lipschitz,) = positive("M")  # what the slopes of a function do not exceed
(factor,) = positive("factor")  # a free factor of a denoiser that is linear in the latent

# Chains of latents under any densities
(z_any,) = label("z")  # a latent under any density

# Levels and points
x_a, x_b = real("x_a x_b")  # two of the values that data take
(x_c,) = real("x_c")  # a third of them
(a,) = real("a")  # the argument of a function of one number

# Flows
(drift,) = real("drift")  # a flow's velocity at a point
(g2,) = positive("g2")  # the square of the diffusion coefficient g
bend_1, bend_2 = real("p_11 p_22")  # the second slopes of a density along two axes
F_1, F_2 = real("F_1 F_2")  # two coordinates of a velocity
dF_1, dF_2 = real("dF_1 dF_2")  # the slopes of the two coordinates of a velocity, each along its own axis

# Samplers
(eta,) = positive("eta")  # DDIM's share of fresh noise

# The families that may use a letter, which elsewhere would stand for something else
FAMILIES = MappingProxyType(
    {
        "h": ("gaussian", "invariance", "sampling", "schedules"),
        "i": ("bound", "decoder", "forward", "sampling", "schedules", "solvable", "training"),
        "K": ("decoder", "training"),
        "m": ("decoder", "forward", "likelihood", "sampling", "training"),
        "n": ("bound", "decoder", "forward", "sampling", "solvable"),
        "M": ("invariance", "training"),
        "a": ("forward", "schedules"),
        "z": ("bound", "likelihood"),
        "u": ("decoder", "gaussian", "likelihood", "posterior", "sampling", "solvable", "training"),
        "omega": ("decoder", "forward", "gaussian", "likelihood", "sampling", "solvable", "training"),
        "kappa": ("bound", "forward", "posterior", "schedules", "training"),
        "tiny": ("forward", "posterior", "schedules", "training"),
        "factor": ("invariance", "sampling"),
        "loss": ("invariance", "training"),
        "shift": ("forward", "likelihood"),
        "phi": ("posterior", "sampling"),
    }
)
