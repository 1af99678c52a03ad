"""The variational bound, for any densities: log p(x) = ELBO + KL(q || p(z | x)) >= ELBO.

Densities are names only, and expectations obey the five rules of `derivations.probability.expectation`. The bound
follows from the tangent of the logarithm at 1, taken at u = p(z | x)/q, whose mean under q is 1. Each statement is also
tested on a latent of two states, with free odds.
"""

from typing import NamedTuple

from sympy import Expr, Piecewise, Rational, S, Symbol, log

from derivations.form.claim import Claim, Wrong, by
from derivations.form.experiment import Experiment
from derivations.form.experiment import Mean as SampleMean
from derivations.form.statement import AtMost, Equal
from derivations.notation.densities import DensityDivergence, DensityMean
from derivations.notation.lettered import Reversed
from derivations.notation.quantities import Quantity
from derivations.probability.density import DataDensity, Density, at, finite
from derivations.probability.mean import Excess, Mean

# isort: off
from derivations.symbols import bit as BIT, u_0, x, z_any as z

MEANS = "pointwise for arbitrary densities, by rules of expectations; tested on chains of two states"
TRUST = ("densities exist, and each expectation is finite", "Fubini's theorem")

# One latent, at fixed data x
q, p, like = Density("q", z, x), Density("p", z), DataDensity("p", (x,), z)
evidence = Mean(like, (z, p))  # p(x), by marginalisation
true = Reversed(like, p, evidence)  # p(z | x)


def mean(body: Expr) -> DensityMean:
    """Return the mean over z from q(z | x)."""
    return DensityMean(body, (z, q))


def coin(density: Expr, uniform: Symbol) -> Expr:
    """State 1 with the chance that the density gives it, else state 0."""
    return Piecewise((1, uniform < density), (0, True))


class Bound(NamedTuple):
    """log p(x) = elbo + gap."""

    elbo: Expr
    gap: Expr


LOG_P = Quantity("log p", (x,), log(evidence))
BOUND = Bound(elbo=Quantity("ELBO", (x,), mean(log(p * like / q))), gap=DensityDivergence(z, q, true))
EXCESS = Mean(Excess(true / q), (z, q))
POINT = {v: Rational(n, 2) for n, v in enumerate(sorted(evidence.free_symbols | q.free_symbols, key=str), 1)}
sample = log(p * like / q)
drawn = BIT * at(sample, {z: 1}) + (1 - BIT) * at(sample, {z: 0})

bound = Claim(
    name="vdm.vlb.bound",
    title="log p(x) = ELBO(x) + KL(q(z | x) || p(z | x)) >= ELBO(x), with equality only at the true posterior",
    kind="inequality",
    needs=("log.tangent",),
    says=lambda a: (
        Equal(LOG_P, a.elbo + a.gap),
        Equal(mean(log(p) + log(like)) - mean(log(q)), a.elbo),
        AtMost(a.elbo, LOG_P, {q: true}, only=True),
        AtMost(S.Zero, a.gap, {q: true}, only=True),
    ),
    answer=BOUND,
    example=POINT,
    means=MEANS,
    trust=TRUST,
    proof=(
        (
            by("log p(x), of the marginal of p(x, z)", LOG_P, eq="luo2022 (5), (25), (34)"),
            by("constant in z, and q integrates to 1", mean(log(evidence)), eq="luo2022 (9)-(11)"),
            by("Bayes' rule", mean(log(p * like / true)), eq="luo2022 (12)"),
            by("multiply by q/q", mean(log(p * like / q * q / true)), eq="luo2022 (13)"),
            by("linearity", BOUND.elbo + BOUND.gap, eq="luo2022 (14)-(15)"),
        ),
        (
            by("E log p(x, z) plus the entropy of q", mean(log(p) + log(like)) - mean(log(q))),
            by("linearity", BOUND.elbo, eq="luo2022 (3)"),
        ),
        (
            by("the ELBO", BOUND.elbo, eq="luo2022 (3)"),
            by("add E_q[u - 1 - log u], at u = p(z | x)/q", LOG_P, eq="luo2022 (16)", more=EXCESS),
        ),
        (
            by("equal densities", S.Zero),
            by("add E_q[u - 1 - log u]; E_q[u] = 1", BOUND.gap, more=EXCESS),
        ),
    ),
    wrong={
        "sign of log p(x)": Wrong(
            BOUND._replace(gap=mean(log(q / (p * like))) - log(evidence)),
            "a sign is lost in Bayes' rule: KL = E log q - E log p(x, z) - log p(x) is negative for likely data",
            ("note002 line 263",),
        ),
        "bound reversed": Wrong(
            BOUND._replace(elbo=log(evidence) + BOUND.gap),
            "the ELBO exceeds log p(x); log p(x) <= KL + ELBO bounds nothing, for it is an equality",
            ("note002 line 273", "ddim2021 (2)"),
        ),
        "log of the mean": Wrong(
            BOUND._replace(elbo=log(mean(p * like / q))), "it is log p(x) itself, without Jensen's inequality"
        ),
        "log of the mean of the log": Wrong(
            BOUND._replace(elbo=log(mean(sample))),
            "it is not real where the ELBO is negative",
            ("note002 line 374",),
        ),
        "log and integral exchanged": Wrong(
            BOUND._replace(elbo=Mean(log(p * like), (z, S.One))),
            "the integral of log p(x, z) is neither log p(x) nor a mean",
            ("web a public study note",),
        ),
        "logarithm dropped from the gap": Wrong(
            BOUND._replace(gap=mean(q / true)),
            "E_q[q/p(z|x)] is at least 1, even for equal densities",
            ("web a public study note",),
        ),
        "divergence to the prior": Wrong(
            BOUND._replace(gap=DensityDivergence(z, q, p)), "it is the encoder's KL term, not the gap"
        ),
        "expectation of log p(z)": Wrong(
            BOUND._replace(gap=BOUND.gap - log(evidence) + mean(log(p))),
            "E_q[log p(x)] is read as E_q[log p(z)]",
            ("note002 line 267",),
        ),
    },
    experiment=Experiment(
        process=((BIT, coin(at(q, {z: 1}), u_0)),),
        uniforms=(u_0,),
        at=dict(zip(sorted(POINT, key=str), (4, S.Half, S.Half, 4), strict=True)),
        # log p(x, z)/q(z) is log(40/3) or log(5/24), with chances 1/5 and 4/5
        checks=(
            SampleMean(of=drawn, value=lambda a: finite(a.elbo)),
            SampleMean(of=-drawn, value=lambda a: finite(a.gap - log(evidence))),
        ),
        twins=("sign of log p(x)", "bound reversed", "log of the mean", "divergence to the prior"),
    ),
)

CLAIMS = (bound,)
