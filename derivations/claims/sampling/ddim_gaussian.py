"""DDIM at eta = 0 on Gaussian data, with the best x-hat: each step loses variance, by Cauchy-Schwarz.

A step multiplies z by (alpha_s alpha_t c + sigma_s sigma_t)/(alpha_t^2 c + sigma_t^2), the flow by the ratio of two
roots: a scalar product in place of a product of lengths. On the circle with c = 1 a step of delta multiplies by
cos(delta).
"""

from typing import NamedTuple

from sympy import Expr, Integer, S, cos, pi, sin, sqrt

from derivations.claims.sampling.ddim_forms import D
from derivations.form.claim import Below, Claim, Wrong, by
from derivations.form.experiment import Experiment, Residual
from derivations.form.law import Law, Made
from derivations.form.statement import Equal
from derivations.notation.process import Process
from derivations.notation.samplers import Update
from derivations.notation.steps import Drawn
from derivations.notation.values import At
from derivations.probability.gaussian import Normal, law
from derivations.symbols import (
    alpha_s,
    alpha_t,
    c,
    delta,
    eps,
    eps_hat,
    n_0,
    n_1,
    phi,
    sigma_s,
    sigma_t,
    x,
    x_hat,
    z_s,
    z_t,
)

NOISE = (n_0, n_1)
made_t, made_s = (a * sqrt(c) * n_0 + b * n_1 for a, b in ((alpha_t, sigma_t), (alpha_s, sigma_s)))
DATA = Process((x, sqrt(c) * n_0), (eps, n_1), (z_t, alpha_t * x + sigma_t * eps), noise=NOISE)
best_x, best_eps = DATA.E(x, z_t), DATA.E(eps, z_t)
start, goal = law(made_t, NOISE).var, law(made_s, NOISE).var
turned = {alpha_t: cos(phi), sigma_t: sin(phi), alpha_s: cos(phi - delta), sigma_s: sin(phi - delta), c: Integer(1)}


class Shrunk(NamedTuple):
    """The factor of z in a step, and the variance of z_s that it loses; the factor on the circle, for c = 1."""

    factor: Expr
    lost: Expr
    turn: Expr


G = Shrunk(
    factor=(alpha_s * alpha_t * c + sigma_s * sigma_t) / (alpha_t**2 * c + sigma_t**2),
    lost=c * (alpha_s * sigma_t - alpha_t * sigma_s) ** 2 / (alpha_t**2 * c + sigma_t**2),
    turn=cos(delta),
)
taken = Update(z_s, "DDIM", D.by_x.subs(x_hat, best_x), best_x)
taken_eps = Update(z_s, "DDIM", D.by_eps.subs(eps_hat, best_eps), best_eps)
on_circle = At(taken, *turned.items())
drawn = Drawn(DATA, z_t)
TAKEN = Made(D.by_x.subs({z_t: drawn, x_hat: At(best_x, (z_t, drawn))}, simultaneous=True), NOISE)

gaussian = Claim(
    name="ddim.gaussian",
    title=(
        "On N(0, c) data a DDIM step without noise loses variance c (alpha_s sigma_t - alpha_t "
        "sigma_s)^2/(alpha_t^2 c + sigma_t^2)"
    ),
    kind="law",
    needs=("ddim.forms", "sde.pfode.gaussian"),
    says=lambda a: (
        Equal(taken, a.factor * z_t),
        Equal(taken_eps, a.factor * z_t),
        Law(z_s, TAKEN, Normal(Integer(0), goal - a.lost)),
        Equal(on_circle, a.turn * z_t),
    ),
    answer=G,
    given=(Below(S.Zero, phi), Below(phi, pi)),
    example={alpha_s: 4, sigma_s: 3, alpha_t: 3, sigma_t: 4, c: 1, z_t: 1, phi: 1, delta: 1},
    convenience={
        "0 < alpha_s": "both sides are polynomials in it",
        "0 < alpha_t": "at alpha_t = 0, z_t carries no information on x",
        "0 < sigma_s": "sigma_s = 0 is the last step, to E[x | z_t]",
        "0 < sigma_t": "at sigma_t = 0, x is known",
        "0 < c": "c = 0 is data at one point, where the step is exact",
        "0 < phi": "it also holds for phi < 0, with sigma = sin(phi) negative; at 0 there is no noise to divide by",
        "phi < pi": "it also holds beyond pi, with sigma = sin(phi) negative; at pi there is no noise to divide by",
    },
    proof=(
        (by("DDIM's step with E[x | z_t]", taken.meaning()), by("over a common denominator", G.factor * z_t)),
        (
            by("DDIM's step with E[eps | z_t]", taken_eps.meaning()),
            by("over a common denominator", G.factor * z_t),
        ),
        (
            by("the variance after the step", law(taken.subs(z_t, made_t), NOISE).var),
            by("z_t is multiplied by a factor", G.factor**2 * start),
            by("(a^2 + b^2)(p^2 + q^2) - (a p + b q)^2 = (a q - b p)^2", goal - G.lost),
        ),
        (by("on the circle, c = 1", on_circle), by("addition of angles", G.turn * z_t)),
    ),
    wrong={
        "the exact flow": Wrong(
            G._replace(factor=sqrt((alpha_s**2 * c + sigma_s**2) / (alpha_t**2 * c + sigma_t**2)), lost=Integer(0)),
            "a step is of first order: N steps over a quarter turn leave cos(pi/(2N))^N of a unit standard deviation",
        ),
        "no step back at all": Wrong(
            G._replace(turn=Integer(1)), "data of variance 1 keep it under the flow, but not under its steps"
        ),
        "the ancestral mean": Wrong(
            G._replace(factor=(alpha_s * alpha_t * c + alpha_t * sigma_s**2 / alpha_s) / (alpha_t**2 * c + sigma_t**2)),
            "it shrinks more, to make room for noise",
        ),
        "variance gained": Wrong(G._replace(lost=-G.lost), "a scalar product is at most the product of lengths"),
    },
    experiment=Experiment(
        process=((z_t, made_t), (z_s, taken)),
        at={alpha_s: 4, sigma_s: 3, alpha_t: 1, sigma_t: 7, c: 1},
        normals=NOISE,
        checks=(Residual(of=z_s, law=lambda a: Normal(Integer(0), goal - a.lost)),),
        twins=("the exact flow", "variance gained"),
    ),
    means="Gaussian data of symbolic variance, the best denoiser",
)

CLAIMS = (gaussian,)
