"""The probability flow as a function of lambda = log(alpha/sigma), which exponential integrators solve.

z/sigma changes by x alone, and z/alpha by eps alone. From z_u on, z is (sigma/sigma_u) z_u + alpha I with I' = x - I,
so I is the integral of e^(u - h) x(u); and it is (alpha/alpha_u) z_u - sigma J with J' = eps + J.
"""

from typing import NamedTuple

from sympy import Expr, log

from derivations.claims.sampling.flow import NOISY, drift_t, spread_t
from derivations.form.claim import Below, Claim, Wrong, by
from derivations.form.statement import Equal
from derivations.notation.quantities import Quantity
from derivations.notation.samplers import Along
from derivations.notation.values import At
from derivations.symbols import (
    alpha_t,
    alpha_u,
    dalpha,
    dsigma,
    eps,
    score,
    sigma_t,
    sigma_u,
    x,
    y_ode,
    z_t,
    z_u,
)

lam = Quantity("lambda", (), log(alpha_t / sigma_t))
BY_DATA = ((score, (alpha_t * x - z_t) / sigma_t**2),)
BY_NOISE = tuple(NOISY.items())
gained = Quantity("I", (), z_t / alpha_t - z_u * sigma_t / (sigma_u * alpha_t))  # (z - (sigma/sigma_u) z_u)/alpha
lost = Quantity("J", (), z_u * alpha_t / (alpha_u * sigma_t) - z_t / sigma_t)  # ((alpha/alpha_u) z_u - z)/sigma


def against(e: Expr, shown: tuple[tuple[Expr, Expr], ...]) -> At:
    """The slope in lambda along the flow, whose score is that of x or of eps."""
    velocity = drift_t * z_t - spread_t / 2 * score
    return At(Along(e, lam, (alpha_t, dalpha), (sigma_t, dsigma), (z_t, velocity)), *shown)


class Slopes(NamedTuple):
    """Slopes in lambda: of z/sigma by x, of z/alpha by eps; of I by x and of J by eps, both as y_ode."""

    by_x: Expr
    by_eps: Expr
    gained: Expr
    lost: Expr


L = Slopes(by_x=alpha_t / sigma_t * x, by_eps=-sigma_t / alpha_t * eps, gained=x - y_ode, lost=eps + y_ode)

exact = Claim(
    name="dpm.exact",
    title=(
        "In lambda = log(alpha/sigma), the slope of z/sigma along the probability flow is e^(lambda) x, and that "
        "of z/alpha is -e^(-lambda) eps"
    ),
    kind="equality",
    needs=("sde.pfode.forms",),
    says=lambda a: (
        Equal(against(z_t / sigma_t, BY_DATA), a.by_x),
        Equal(against(z_t / alpha_t, BY_NOISE), a.by_eps),
        Equal(against(gained, BY_DATA), a.gained.subs(y_ode, gained)),
        Equal(against(lost, BY_NOISE), a.lost.subs(y_ode, lost)),
    ),
    answer=L,
    given=(Below(dalpha * sigma_t, alpha_t * dsigma),),
    convenience={
        "dalpha sigma_t < dsigma alpha_t": "gamma rises; the identities also hold where it falls, but not where flat",
    },
    example={
        alpha_t: 4,
        sigma_t: 3,
        dalpha: -1,
        dsigma: 1,
        alpha_u: 1,
        sigma_u: 2,
        x: 1,
        eps: 1,
        z_t: 1,
        z_u: 1,
    },
    proof=(
        (
            by("the flow f z - (g^2/2) score over sigma, in terms of x", against(z_t / sigma_t, BY_DATA)),
            by("f - g^2/(2 sigma^2) = sigma'/sigma; alpha' - alpha sigma'/sigma = alpha lambda'", L.by_x),
        ),
        (
            by("the same over alpha, in terms of eps", against(z_t / alpha_t, BY_NOISE)),
            by("f = alpha'/alpha; g^2 = -2 sigma^2 lambda'", L.by_eps),
        ),
        (
            by("I is sigma/alpha times the change of z/sigma", against(gained, BY_DATA)),
            by("sigma/alpha = e^-lambda, which decays", L.gained.subs(y_ode, gained)),
        ),
        (
            by("J is -alpha/sigma times the change of z/alpha", against(lost, BY_NOISE)),
            by("alpha/sigma = e^lambda, which grows", L.lost.subs(y_ode, lost)),
        ),
    ),
    wrong={
        "lambda = log SNR": Wrong(
            Slopes(L.by_x / 2, L.by_eps / 2, L.gained / 2, L.lost / 2),
            "lambda of VDM and progressive distillation is twice DPM-Solver's, and every slope is halved",
        ),
        "the sign of time": Wrong(
            Slopes(-L.by_x, -L.by_eps, -L.gained, -L.lost), "lambda falls as noise rises: these are slopes in -lambda"
        ),
        "sigma/alpha for alpha/sigma": Wrong(
            L._replace(by_x=sigma_t / alpha_t * x, by_eps=-alpha_t / sigma_t * eps),
            "e^-lambda and e^lambda are exchanged",
        ),
        "no decay": Wrong(
            L._replace(gained=x, lost=eps), "predictions get the same weight wherever in the step they are"
        ),
        "x's decay for eps's growth": Wrong(
            L._replace(lost=eps - y_ode), "DPM-Solver++'s weights of x-hat are given to eps-hat"
        ),
        "eps added": Wrong(L._replace(by_eps=-L.by_eps), "z/alpha loses noise as lambda rises"),
    },
    means="pointwise, on any path; x and eps are any predictions at each place",
    trust=("variation of constants: I' = x - I from 0 has one solution, the integral of e^(u - h) x(u)",),
)

CLAIMS = (exact,)
