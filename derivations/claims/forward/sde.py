"""The forward process as a linear stochastic differential equation, dz = f z dt + g dw.

Its marginals N(alpha_t x, sigma_t^2) satisfy Fokker-Planck's equation with f = (log alpha)' and g^2 = sigma^2 gamma'.
"""

from typing import NamedTuple

from sympy import Expr, Function, Rational, diff, log, sqrt

from derivations.claims.forward.process import MARGINAL_T
from derivations.form.base import plain
from derivations.form.claim import Below, Claim, Wrong, by
from derivations.form.law import Diffused, Law
from derivations.form.statement import Equal
from derivations.notation.process import Process
from derivations.notation.times import ChainRate, quantity
from derivations.symbols import alpha_t, dalpha, dsigma, n_1, sigma_t, t, x, z_t


class Sde(NamedTuple):
    """dz = f z dt + g dw."""

    f: Expr
    g2: Expr


a_of, s_of = Function("alpha", positive=True)(t), Function("sigma", positive=True)(t)


def at_t(e: Expr) -> Expr:
    """alpha(t), sigma(t) and their slopes by name."""
    return e.subs({diff(a_of, t): dalpha, diff(s_of, t): dsigma}).subs({a_of: alpha_t, s_of: sigma_t})


RATES = {alpha_t: dalpha, sigma_t: dsigma}
MADE = Process((z_t, alpha_t * x + sigma_t * n_1), noise=(n_1,), data=(x,))
power = alpha_t**2 * x**2 + sigma_t**2
power_rate = ChainRate(MADE.E(z_t**2), t, RATES)
dgamma = at_t(diff(-log(a_of**2 / s_of**2), t))
gamma_rate = ChainRate(quantity("gamma_t", -log(alpha_t**2 / sigma_t**2)), t, RATES)


SDE = Sde(f=dalpha / alpha_t, g2=2 * sigma_t * dsigma - 2 * dalpha / alpha_t * sigma_t**2)
FALLS = Below(dalpha * sigma_t, dsigma * alpha_t)
(FLOW,) = plain(Law(z_t, Diffused(SDE.f * z_t, SDE.g2, RATES, (x,)), MARGINAL_T))
edm_g2 = 2 * (sigma_t / alpha_t) * (dsigma * alpha_t - sigma_t * dalpha) / alpha_t**2  # of z / alpha

sde = Claim(
    name="vdm.forward.sde",
    title=(
        "The forward process solves the SDE of drift f z and noise g, with f the slope of the logarithm of alpha "
        "and g^2 = sigma^2 gamma'"
    ),
    kind="law",
    needs=("vdm.forward.marginal", "vdm.forward.gamma"),
    says=lambda q: (
        Law(z_t, Diffused(q.f * z_t, q.g2, RATES, (x,)), MARGINAL_T),
        Equal(power_rate, 2 * q.f * power + q.g2),
        Equal(MADE.Var(z_t) * gamma_rate, q.g2),
    ),
    answer=SDE,
    given=(FALLS,),
    convenience={FALLS.text: "where the SNR rises there is no such process, but the identities hold"},
    example={alpha_t: Rational(3, 5), sigma_t: Rational(4, 5), dalpha: -1, dsigma: 1, x: 1, z_t: 2},
    means="symbolic parameters; Fokker-Planck's equation determines f and g^2, since it holds for every x and z_t",
    trust=("a solution of Fokker-Planck's equation that starts as the SDE does has the SDE's law",),
    proof=(
        (
            by("the rate of the marginal's log-density", FLOW.lhs),
            by("the Fokker-Planck equation, divided by the density", FLOW.rhs, eq="vdm2021 (36)-(37)"),
        ),
        (
            by("the rate of the second moment", power_rate),
            by("alpha^2 x^2 grows at the rate 2 f, sigma^2 at 2 f sigma^2 + g^2", 2 * SDE.f * power + SDE.g2),
        ),
        (
            by("sigma^2 times the rate of -log SNR", MADE.Var(z_t) * gamma_rate),
            by("2 sigma' / sigma - 2 alpha' / alpha, times sigma^2", SDE.g2),
        ),
    ),
    wrong={
        "the rate of sigma^2 alone": Wrong(SDE._replace(g2=2 * sigma_t * dsigma), "true only where alpha is constant"),
        "g for g^2": Wrong(SDE._replace(g2=sqrt(SDE.g2)), "noise scaled by the wrong power"),
        "gamma' alone": Wrong(SDE._replace(g2=SDE.g2 / sigma_t**2), "g^2 is sigma^2 gamma', not gamma'"),
        "drift of alpha^2": Wrong(
            SDE._replace(f=2 * dalpha / alpha_t), "the rate of alpha^2 is taken for that of alpha"
        ),
        "slope of alpha, not of its logarithm": Wrong(SDE._replace(f=dalpha), "the drift is not relative to z"),
        "EDM's scale left out": Wrong(SDE._replace(g2=edm_g2), "2 sigma' sigma is the g^2 of z / alpha, not of z"),
    },
)

CLAIMS = (sde,)
