"""Luo's first form of the bound: its consistency terms are not the divergences that (45) makes of them.

Given both neighbours, x_t is not distributed as q(x_t | x_{t-1}), since x_{t+1} carries information on it. The bridge
q(x_t | x_{t-1}, x_{t+1}) takes the place of that law, and the conditional information of x_t and x_{t+1} is added.
"""

from typing import NamedTuple

from sympy import Expr, Rational, S, log

from derivations.claims.bound.elbo import MEANS, TRUST
from derivations.form.claim import Claim, Wrong, by
from derivations.form.statement import Equal
from derivations.notation.densities import DensityDivergence, DensityMean, OnTwoStates
from derivations.notation.lettered import Jump, Reversed
from derivations.probability.density import TWO, Density

# isort: off
from derivations.symbols import x_0, x_after, x_before, x_t

path, arrive, step = Density("q", x_before, x_0), Density("q", x_t, x_before), Density("q", x_after, x_t)
reverse = Density("p", x_t, x_after)
jump = Jump(step, arrive)  # q(x_{t+1} | x_{t-1})
bridge = Reversed(step, arrive, jump)  # q(x_t | x_{t+1}, x_{t-1})
ALL = ((x_before, path), (x_t, arrive), (x_after, step))
NEIGHBOURS = ((x_before, path), (x_after, jump))


def mean(body: Expr) -> DensityMean:
    """Return the mean over three neighbours of the chain."""
    return DensityMean(body, *ALL)


def mean_of_two(body: Expr) -> DensityMean:
    """Return the mean over the two neighbours of x_t."""
    return DensityMean(body, *NEIGHBOURS)


TERM = mean(log(reverse / arrive))


class Bridge(NamedTuple):
    """The term is -divergence + information."""

    divergence: Expr
    information: Expr


B = Bridge(
    divergence=mean_of_two(DensityDivergence(x_t, bridge, reverse)),
    information=mean(log(step / jump)),
)
SPREADS = mean(log(step)) - mean_of_two(log(jump))
PRINTED = mean_of_two(DensityDivergence(x_t, arrive, reverse))
ODDS = TERM.free_symbols | step.free_symbols | B.information.free_symbols
# x_t a fair coin whatever x_{t-1}, kept with chance 3/4, and p(x_t | x_{t+1}) the true law
LAWS = {path.odds({}): S.One, **{arrive.odds({x_before: n}): S.One for n in TWO}}
COIN = LAWS | {law.odds({law.given[0]: n}): Rational(3) ** (2 * n - 1) for law in (step, reverse) for n in TWO}

consistency = Claim(
    name="vdm.elbo1.consistency",
    title=(
        "Luo's consistency term is a conditional information minus a mean divergence from q(x_t | x_{t+1}, "
        "x_{t-1}) to p(x_t | x_{t+1})"
    ),
    kind="refuted",
    says=lambda b: (Equal(TERM, b.information - b.divergence), Equal(SPREADS, b.information)),
    answer=B,
    refutes="Luo's consistency term, the mean log-ratio of p(x_t | x_{t+1}) to q(x_t | x_{t-1}), is minus the mean "
    "divergence from q(x_t | x_{t-1}) to p(x_t | x_{t+1})",
    printed_in=("luo2022 (45)",),
    printed=Equal(OnTwoStates(TERM), OnTwoStates(-PRINTED)),
    printed_at=COIN,
    example={v: Rational(n, 3) for n, v in enumerate(sorted(ODDS, key=str), 1)},
    convenience={
        f"0 < {path.odds({})}": "the odds of x_{t-1} occur in no logarithm: at 0 it is certain, and the identity holds"
    },
    means=MEANS,
    trust=TRUST,
    proof=(
        (
            by("a term of the first form", TERM, eq="luo2022 (44)"),
            by("insert the bridge", mean(log(reverse / bridge)) + mean(log(bridge / arrive))),
            by("bridge over q(x_t | x_{t-1}), by Bayes' rule", mean(log(reverse / bridge)) + B.information),
            by("the tower rule: draw both neighbours, then x_t given them", B.information - B.divergence),
        ),
        (
            by("the entropy of x_{t+1} given x_{t-1}, minus that given x_t", SPREADS),
            by("q integrates to 1 over the variables that a term does not contain", B.information),
        ),
    ),
    wrong={
        "the law before for the bridge": Wrong(
            Bridge(PRINTED, S.Zero),
            "x_t is drawn as if x_{t+1} were unknown, but by the Markov property only the past is irrelevant",
            ("luo2022 (45)",),
        ),
        "information dropped": Wrong(
            B._replace(information=S.Zero), "it is too low by the information of x_t and x_{t+1}"
        ),
        "bridge in the log only": Wrong(
            B._replace(divergence=mean_of_two(DensityMean(log(bridge / reverse), (x_t, arrive)))),
            "one law is used in two roles",
        ),
    },
)

CLAIMS = (consistency,)
