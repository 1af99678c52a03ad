"""The step without noise, DDIM at eta = 0, in every parameterisation: the exact flow of a constant prediction.

On every path the flow is dz/dt = alpha' x + sigma' eps, with x and eps predicted from z. For constant eps-hat z/alpha
moves by eps-hat times the change of sigma/alpha, and for constant x-hat z/sigma moves by x-hat times that of
alpha/sigma. Both give the same step: DDIM, DPM-Solver-1 and DPM-Solver++-1.
"""

from typing import NamedTuple

from sympy import Expr, exp, log

from derivations.form.claim import Claim, Wrong, by
from derivations.form.statement import Equal
from derivations.notation.quantities import Quantity
from derivations.notation.samplers import Update
from derivations.symbols import (
    alpha_s,
    alpha_t,
    eps_hat,
    sigma_s,
    sigma_t,
    x_hat,
    z_s,
    z_t,
)

HALF = log(alpha_s / sigma_s) - log(alpha_t / sigma_t)  # half the change of log SNR
h = Quantity("h", (), HALF)


class Forms(NamedTuple):
    """z_s by z_t and x-hat, and by z_t and eps-hat."""

    by_x: Expr
    by_eps: Expr


implied_x, implied_eps = (z_t - sigma_t * eps_hat) / alpha_t, (z_t - alpha_t * x_hat) / sigma_t  # by the other
D = Forms(
    by_x=sigma_s / sigma_t * z_t + (alpha_s - alpha_t * sigma_s / sigma_t) * x_hat,
    by_eps=alpha_s / alpha_t * z_t + (sigma_s - sigma_t * alpha_s / alpha_t) * eps_hat,
)
eps_of, x_of = Quantity("eps", (z_t, x_hat), implied_eps), Quantity("x", (z_t, eps_hat), implied_x)
ddim_x = Update(z_s, "DDIM", alpha_s * x_hat + sigma_s * eps_of, x_hat)
ddim_eps = Update(z_s, "DDIM", alpha_s * x_of + sigma_s * eps_hat, eps_hat)
euler_eps = Update(
    z_s, "Euler", alpha_s * (z_t / alpha_t + (sigma_s / alpha_s - sigma_t / alpha_t) * eps_hat), eps_hat
)  # z/alpha against sigma/alpha
euler_x = Update(z_s, "Euler", sigma_s * (z_t / sigma_t + (alpha_s / sigma_s - alpha_t / sigma_t) * x_hat), x_hat)
solver = Update(z_s, "DPM-Solver-1", alpha_s / alpha_t * z_t - sigma_s * (exp(h) - 1) * eps_hat)
solver_pp = Update(z_s, "DPM-Solver++-1", sigma_s / sigma_t * z_t - alpha_s * (exp(-h) - 1) * x_hat)
HERE = {alpha_s: 4, sigma_s: 3, alpha_t: 1, sigma_t: 2, x_hat: 1, eps_hat: 1, z_t: 1}
FREE = {
    "0 < sigma_s": "sigma_s = 0 is the last step: z_s = alpha_s x-hat",
    "0 < alpha_s": "only products with it occur",
}

forms = Claim(
    name="ddim.forms",
    title="DDIM without noise is Euler's step of z over alpha in sigma over alpha, and DPM-Solver-1",
    kind="equality",
    needs=("ddim.eta", "vdm.param.eps"),
    says=lambda a: (
        Equal(ddim_x, a.by_x),
        Equal(ddim_eps, a.by_eps),
        Equal(euler_eps, a.by_eps),
        Equal(euler_x, a.by_x),
        Equal(solver, a.by_eps),
        Equal(solver_pp, a.by_x),
    ),
    answer=D,
    example=HERE,
    convenience=FREE,
    proof=(
        (
            by("x-hat, and the noise that it implies in z_t", alpha_s * x_hat + sigma_s * eps_of, eq="ddim2021 (12)"),
            by("collect z_t and x-hat", D.by_x, eq="pd2022 (8)"),
        ),
        (
            by("eps-hat, and the data that it implies in z_t", alpha_s * x_of + sigma_s * eps_hat, eq="ddim2021 (12)"),
            by("collect z_t and eps-hat", D.by_eps),
        ),
        (
            by("an Euler step of z/alpha in sigma/alpha, with slope eps-hat", euler_eps.meaning(), eq="ddim2021 (13)"),
            by("multiply out", D.by_eps),
        ),
        (
            by("an Euler step of z/sigma in alpha/sigma, with slope x-hat", euler_x.meaning()),
            by("multiply out", D.by_x),
        ),
        (
            by("DPM-Solver-1", solver.meaning()),
            by("e^h = alpha_s sigma_t/(sigma_s alpha_t)", D.by_eps),
        ),
        (
            by("DPM-Solver++-1", solver_pp.meaning()),
            by("e^-h = sigma_s alpha_t/(alpha_s sigma_t)", D.by_x),
        ),
    ),
    wrong={
        "lambda = log SNR": Wrong(
            Forms(
                sigma_s / sigma_t * z_t - alpha_s * (exp(-2 * h) - 1) * x_hat,
                alpha_s / alpha_t * z_t - sigma_s * (exp(2 * h) - 1) * eps_hat,
            ),
            "h is doubled: DPM-Solver's lambda is half the log SNR",
        ),
        "the ancestral coefficients": Wrong(
            D._replace(
                by_x=alpha_t * sigma_s**2 / (alpha_s * sigma_t**2) * z_t
                + (alpha_s - alpha_t**2 * sigma_s**2 / (alpha_s * sigma_t**2)) * x_hat
            ),
            "it is the mean of ancestral sampling, without its noise",
        ),
        "z_t scaled by the other's ratio": Wrong(
            Forms(
                alpha_s / alpha_t * z_t - alpha_s * (exp(-h) - 1) * x_hat,
                sigma_s / sigma_t * z_t - sigma_s * (exp(h) - 1) * eps_hat,
            ),
            "sigma_s/sigma_t goes with x-hat, alpha_s/alpha_t with eps-hat",
        ),
        "sign of h": Wrong(
            D._replace(by_eps=alpha_s / alpha_t * z_t - sigma_s * (exp(-h) - 1) * eps_hat),
            "lambda falls as noise rises, and the step goes the wrong way",
        ),
        "z_t not rescaled": Wrong(
            D._replace(by_eps=z_t + (sigma_s - sigma_t * alpha_s / alpha_t) * eps_hat),
            "right only for variance-exploding paths",
        ),
    },
)

CLAIMS = (forms,)
