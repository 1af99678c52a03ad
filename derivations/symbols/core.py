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
z_s, z_t, z_u = real("z_s z_t z_u")  # the latent at the time in the index
(z_0,) = real("z_0")  # the latent at t = 0, where the data are
(z_1,) = real("z_1")  # the latent at t = 1, where noise is
(x_0,) = real("x_0")  # data in DDPM's notation
(x_s,) = real("x_s")  # the latent x_{t-1} of DDPM
(x_t,) = real("x_t")  # the latent at t in DDPM's notation
x_1, x_2, x_3 = real("x_1 x_2 x_3")  # the latent after as many steps as the index says
(x_before,) = real("x_{t-1}")  # the latent before x_t
(eps,) = real("eps")  # the noise that a latent was made with
(v,) = real("v")  # the velocity alpha eps - sigma x
(score,) = real("score")  # the slope of the latent's log-density in it
(dscore,) = real("dscore")  # the slope of the score in the latent
(x_hat,) = real("x_hat")  # the data as a network predicts them, or as means given the latent
(eps_hat,) = real("eps_hat")  # the noise as a network predicts it, or as means given the latent
(v_hat,) = real("v_hat")  # the velocity as a network predicts it, or as means given the latent
(score_hat,) = real("score_hat")  # the score as a network predicts it
(mu_hat,) = real("mu_hat")  # a predicted mean

# Independent noise, which a process is made of
n_0, n_1, n_2, n_3 = real("n_0 n_1 n_2 n_3")  # a standard normal number, independent of the others
u_0, u_1, u_2 = positive("u_0 u_1 u_2")  # a uniform number in (0, 1), independent of the others

# q(z_t | x) = N(alpha_t x, sigma_t^2), and steps
# what the data are multiplied by in the latent at the time in the index
alpha_0, alpha_s, alpha_t, alpha_u = positive("alpha_0 alpha_s alpha_t alpha_u")
# the standard deviation of the noise in the latent at the time in the index
sigma_0, sigma_s, sigma_t, sigma_u, sigma_1 = positive("sigma_0 sigma_s sigma_t sigma_u sigma_1")
(alpha_ts,) = positive("alpha_ts")  # what z_s is multiplied by in the step from s to t
(sigma_ts,) = positive("sigma_ts")  # the standard deviation of the noise of the step from s to t
(dalpha,) = real("dalpha")  # the slope of alpha in t
(dsigma,) = real("dsigma")  # the slope of sigma in t

# DDPM in discrete time
(beta,) = positive("beta")  # DDPM's beta_t, the variance of the step to t
(alpha,) = positive("alpha")  # DDPM's alpha_t, which is 1 - beta_t
(abar,) = positive("abar")  # DDPM's alpha-bar_t, the product of 1 - beta up to t
(abar_s,) = positive("abar_s")  # DDPM's alpha-bar_{t-1}, the product of 1 - beta up to t - 1
(odds,) = positive("odds")  # beta/alpha, a coordinate of a variance-preserving step beside SNR(s)
(v_mix,) = positive("v_mix")  # the share of log beta in the logarithm of a learned variance
(var,) = positive("Sigma")  # the variance of a normal step, where it is free: sigma_t^2 of DDPM and DDIM

# Times
(s,) = positive("s")  # a time before t
(t,) = positive("t")  # a time
(h,) = positive("h")  # the size of a step
(T,) = positive("T")  # the number of steps, which is that of latents
(i,) = positive("i")  # a number in a row of things
(levels,) = positive("K")  # how many levels a pixel may take
m, n = positive("m n")  # a whole number
(tiny,) = positive("tiny")  # what a limit lets tend to 0, where that is no step

# gamma = -log SNR, and SNR itself
gamma_s, gamma_t = real("gamma_s gamma_t")  # gamma at the time in the index, which rises
gamma_0, gamma_1 = real("gamma_0 gamma_1")  # gamma at the end of time in the index
(dgamma,) = real("dgamma")  # the slope of gamma in t
(lam,) = real("lam")  # lambda = log SNR = -gamma
(snr,) = positive("snr")  # the signal-to-noise ratio alpha^2/sigma^2
snr_s, snr_t = positive("snr_s snr_t")  # SNR at the time in the index
(snr_m,) = positive("snr_m")  # SNR half-way from s to t
snr_min, snr_max = positive("snr_min snr_max")  # SNR at one of the ends of time
(dsnr,) = positive("dsnr")  # SNR(s) - SNR(t)
(fall,) = positive("fall")  # sqrt(SNR(s)) - sqrt(SNR(t))
(err,) = real("err")  # a squared error
(loss,) = positive("loss")  # the value of a continuous-time loss

# Laws
(c,) = positive("c")  # the variance of Gaussian data
(q_x,) = positive("q_x")  # a density at a point
(dp,) = real("dp")  # the slope of a density
(d2p,) = real("d2p")  # the second slope of a density
mu_1, mu_2 = real("mu_1 mu_2")  # the mean of one of two normals
var_1, var_2 = positive("Sigma_1 Sigma_2")  # the variance of one of two normals
u, omega = positive("u omega")  # any positive number, which may be what an integral is over
(z_bar,) = real("z_bar")  # a latent over alpha: z_t/alpha_t
x_i, x_j = real("x_i x_j")  # a coordinate of the data
z_i, z_j = real("z_i z_j")  # a coordinate of a latent
s_1, s_2 = real("s_1 s_2")  # a coordinate of a score
(kappa,) = real("kappa")  # the argument of a generating function
(shift,) = real("shift")  # what is added where nothing should be
(phi,) = real("phi")  # the angle of a variance-preserving process: alpha = cos phi, sigma = sin phi

# Schedules
beta_min, beta_max = positive("beta_min beta_max")  # beta at one of the ends of time
sigma_min, sigma_max = positive("sigma_min sigma_max")  # sigma at one of the ends of time
(parameter,) = real("theta")  # a parameter of a network

# Losses and their estimates
(lipschitz,) = positive("M")  # what the slopes of a function do not exceed
(factor,) = positive("factor")  # a free factor of a denoiser that is linear in the latent

# Chains of latents under any densities
(z_any,) = label("z")  # a latent under any density

# Levels and points
x_a, x_b = real("x_a x_b")  # one of the values that data take
(x_c,) = real("x_c")  # a third value that data take
(a,) = real("a")  # the argument of a function of one number

# Flows
(drift,) = real("drift")  # a flow's velocity at a point
(drift_f,) = real("f_t")  # the rate of the drift f_t z
(g2,) = positive("g2")  # the square of the diffusion coefficient g
bend_1, bend_2 = real("p_11 p_22")  # the second slope of a density along an axis
F_1, F_2 = real("F_1 F_2")  # a coordinate of a velocity
dF_1, dF_2 = real("dF_1 dF_2")  # the slope of a coordinate of a velocity along its own axis

# Samplers
(eta,) = positive("eta")  # DDIM's share of fresh noise

# The families that may use a letter, which elsewhere would stand for something else
FAMILIES = MappingProxyType(
    {
        "h": ("gaussian", "invariance", "likelihood", "sampling", "schedules"),
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
