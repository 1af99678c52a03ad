"""EDM's sampler: Heun steps on the flow of z/alpha as a function of sigma/alpha, whose slope is eps-hat.

The slope (z_bar - D)/sigma follows from the flow of any path. On Gaussian data D is linear, and so are the steps.
Collected in z and the two predictions of x, a Heun step corrects an Euler step by the change of x-hat.
"""

from typing import NamedTuple

from sympy import Expr, exp, sqrt

from derivations.claims.sampling.ddim_forms import h as step_size
from derivations.claims.sampling.flow import F as FLOW
from derivations.form.claim import Below, Claim, Wrong, by
from derivations.form.statement import Equal
from derivations.notation.process import Process
from derivations.notation.quantities import Quantity
from derivations.notation.samplers import Along, Update
from derivations.notation.values import At
from derivations.symbols import (
    alpha_s,
    alpha_t,
    c,
    dalpha,
    dsigma,
    eps,
    h,
    n_0,
    n_1,
    sigma_s,
    sigma_t,
    x,
    x_s,
    x_t,
    z_bar,
    z_s,
    z_t,
)


class Edm(NamedTuple):
    """The slope of z_bar = z/alpha in sigma/alpha; Euler's and Heun's steps to sigma_s on N(0, c) data."""

    slope: Expr
    euler: Expr
    heun: Expr


ratio = sigma_t / alpha_t
along_path = Along(z_t / alpha_t, ratio, (alpha_t, dalpha), (sigma_t, dsigma), (z_t, FLOW.by_eps))
slope = At(along_path, (z_t, alpha_t * z_bar), (eps, (z_bar - x) / ratio))  # z = alpha x + sigma eps
pull_t, pull_s = (
    sigma_t / (sigma_t**2 + c),
    sigma_s / (sigma_s**2 + c),
)  # (z_bar - D)/sigma over z_bar, with D = c z_bar/(c + sigma^2)
K = Edm(
    slope=alpha_t * (z_bar - x) / sigma_t,
    euler=(sigma_t * sigma_s + c) / (sigma_t**2 + c),
    heun=1 + (sigma_s - sigma_t) / 2 * (pull_t + pull_s * (sigma_t * sigma_s + c) / (sigma_t**2 + c)),
)
NOISED = Process((x, sqrt(c) * n_0), (z_t, x + sigma_t * n_1), (z_s, x + sigma_s * n_1), noise=(n_0, n_1))
slope_t = Quantity("d_t", (), (z_t - NOISED.E(x, z_t)) / sigma_t)
euler = Update(z_s, "Euler", z_t + (sigma_s - sigma_t) * slope_t)
slope_s = Quantity("d_s", (), (euler - At(NOISED.E(x, z_s), (z_s, euler))) / sigma_s)
heun = Update(z_s, "Heun", z_t + (sigma_s - sigma_t) * (slope_t + slope_s) / 2)

edm = Claim(
    name="edm.heun",
    title="EDM's slope of z over alpha in sigma over alpha is eps-hat; its Euler and Heun steps on Gaussian data",
    kind="equality",
    needs=("solver.heun", "sde.pfode.forms"),
    says=lambda a: (
        Equal(slope, a.slope),
        Equal(euler, a.euler * z_t),
        Equal(heun, a.heun * z_t),
    ),
    answer=K,
    given=(Below(dalpha * sigma_t, alpha_t * dsigma),),
    example={alpha_t: 1, sigma_t: 2, sigma_s: 1, c: 1, dalpha: -1, dsigma: 1, x: 1, z_bar: 2, z_t: 1},
    convenience={
        "dalpha sigma_t < dsigma alpha_t": "gamma rises; the identities also hold where it falls, but not where flat",
        "0 < c": "c = 0 is data at one point, 0",
        "0 < alpha_t": "a negative alpha_t changes the sign of z_bar",
        "0 < sigma_s": "the second slope divides by sigma_s, which cancels on Gaussian data",
    },
    proof=(
        (
            by("the rate of z/alpha over that of sigma/alpha", slope),
            by("it is eps-hat, (z_bar - x) alpha/sigma", K.slope, eq="edm2022 (3)-(4), Algorithm 1"),
        ),
        (
            by("z + (sigma_s - sigma_t) d", euler.meaning(), eq="edm2022 Algorithm 1"),
            by("z - D = z sigma_t^2/(c + sigma_t^2)", K.euler * z_t),
        ),
        (
            by("z + (sigma_s - sigma_t) (d + d')/2", heun.meaning(), eq="edm2022 Algorithm 1"),
            by("evaluate d' where the Euler step ends", K.heun * z_t),
        ),
    ),
    wrong={
        "the second slope at the old point": Wrong(
            K._replace(heun=1 + (sigma_s - sigma_t) / 2 * (pull_t + pull_s)),
            "D is evaluated at z_t, not at the predicted point",
        ),
        "the second slope over the old sigma": Wrong(
            K._replace(heun=1 + (sigma_s - sigma_t) / 2 * (pull_t + pull_s * K.euler * sigma_s / sigma_t)),
            "d' is divided by sigma_t, although D was evaluated at sigma_s",
        ),
        "the score for the slope": Wrong(
            K._replace(slope=alpha_t**2 * (x - z_bar) / sigma_t**2),
            "(D - z_bar)/sigma^2 is the score; the slope is -sigma times it",
        ),
        "the step of sigma^2": Wrong(
            K._replace(euler=1 + (sigma_s**2 - sigma_t**2) * pull_t), "d is a slope in sigma, not in sigma^2"
        ),
    },
    means="the slope on any path; the steps for Gaussian data of symbolic variance, on the variance-exploding path",
)


class Corrected(NamedTuple):
    """The coefficients of z_t and x_t in Euler's step; the factor of the change x_s - x_t."""

    z: Expr
    x: Expr
    change: Expr

    def step(self) -> Expr:
        """h is half the change of log SNR."""
        return (self.z * z_t + self.x * x_t + self.change * (x_s - x_t)).subs(h, step_size)


ratio_s = sigma_s / alpha_s
d_t = Quantity("d_t", (), (z_t / alpha_t - x_t) / ratio)
reached = z_t / alpha_t + (ratio_s - ratio) * d_t  # Euler's z/alpha, where x_s is asked
d_s = Quantity("d_s", (), (reached - x_s) / ratio_s)
printed = Update(z_s, "Heun", alpha_s * (z_t / alpha_t + (ratio_s - ratio) * (d_t + d_s) / 2))
C = Corrected(
    z=sigma_s / sigma_t,
    x=alpha_s - alpha_t * sigma_s / sigma_t,
    change=alpha_s * (exp(h) - 1) / 2,
)

corrected = Claim(
    name="edm.heun.forms",
    title=(
        "On any path a Heun step is Euler's, DDIM without noise, plus (alpha_s/2) (e^h - 1) times the change of x-hat"
    ),
    kind="equality",
    needs=("edm.heun", "ddim.forms"),
    says=lambda a: Equal(printed, a.step()),
    answer=C,
    example={alpha_s: 4, sigma_s: 3, alpha_t: 1, sigma_t: 2, z_t: 1, x_t: 1, x_s: 2},
    convenience={
        "0 < alpha_t": "a negative value leaves the identity true",
        "0 < alpha_s": "the quotient z_s/alpha_s is multiplied by alpha_s again",
    },
    proof=(
        (
            by("y_t + (rho_s - rho_t) (d_t + d_s)/2, times alpha_s", printed.meaning(), eq="edm2022 Algorithm 1"),
            by("at x_s = x_t both slopes are that of Euler; e^h = alpha_s sigma_t/(sigma_s alpha_t)", C.step()),
        ),
    ),
    wrong={
        "lambda = log SNR": Wrong(
            C._replace(change=alpha_s * (exp(2 * h) - 1) / 2), "h is doubled: the gap of gamma is 2 h"
        ),
        "the change weighted in lambda": Wrong(
            C._replace(change=alpha_s * (1 - exp(-h)) / 2),
            "it is that of DPM-Solver++(2S) at r = 1, of the same order, but smaller by e^-h",
        ),
        "no half": Wrong(C._replace(change=2 * C.change), "it takes the second slope alone, not the mean of both"),
        "sign of h": Wrong(
            C._replace(change=alpha_s * (exp(-h) - 1) / 2),
            "sigma falls from t to s, and the correction goes away from x_s",
        ),
        "alpha_s left out": Wrong(
            C._replace(change=(exp(h) - 1) / 2), "it is a step of z/alpha, right only where alpha = 1"
        ),
        "Euler's step of z": Wrong(
            C._replace(z=alpha_s / alpha_t, x=alpha_s - alpha_t * sigma_s / sigma_t),
            "alpha_s/alpha_t goes with eps-hat, sigma_s/sigma_t with x-hat",
        ),
    },
    means="one step between any two times on any path; any two predictions x_t and x_s, the latter at Euler's end",
)

CLAIMS = (edm, corrected)
