"""Luo's first form of the bound: its consistency terms are not the divergences that (45) makes of them.

Given both neighbours, x_t is not distributed as q(x_t | x_{t-1}), since x_{t+1} carries information on it. The bridge
q(x_t | x_{t-1}, x_{t+1}) takes the place of that law, and the conditional information of x_t and x_{t+1} is added.
"""

from typing import NamedTuple

from sympy import Expr, Rational, S, log

from derivations.claims.bound.elbo import MEANS, TRUST
from derivations.claims.bound.terms import ALL, arrive, path, reverse, step
from derivations.form.claim import Claim, Wrong, by
from derivations.form.statement import Equal
from derivations.notation.densities import DensityDivergence, DensityMean, DensityName, OnTwoStates
from derivations.probability.density import Mean
from derivations.symbols import later, now, past

jump = Mean(step, (now, arrive))  # q(x_{t+1} | x_{t-1})
bridge = arrive * step / jump  # q(x_t | x_{t-1}, x_{t+1}), by Bayes' rule
NEIGHBOURS = ((past, path), (later, jump))
# as papers write them
P_BACK, Q_ARRIVE = DensityName("p(x_t | x_{t+1})", reverse), DensityName("q(x_t | x_{t-1})", arrive)
Q_STEP, Q_JUMP = DensityName("q(x_{t+1} | x_t)", step), DensityName("q(x_{t+1} | x_{t-1})", jump)
Q_BRIDGE = DensityName("q(x_t | x_{t-1}, x_{t+1})", bridge)


def mean(body: Expr) -> DensityMean:
    """Return the mean over three neighbours of the chain."""
    return DensityMean("q(x_{t-1}, x_t, x_{t+1} | x_0)", body, *ALL)


def mean_of_two(body: Expr) -> DensityMean:
    """Return the mean over the two neighbours of x_t."""
    return DensityMean("q(x_{t-1}, x_{t+1} | x_0)", body, *NEIGHBOURS)


TERM = mean(log(P_BACK / Q_ARRIVE))


class Bridge(NamedTuple):
    """The term is -divergence + information."""

    divergence: Expr
    information: Expr


B = Bridge(
    divergence=mean_of_two(DensityDivergence(now, Q_BRIDGE, P_BACK)),
    information=mean(log(Q_STEP / Q_JUMP)),
)
SPREADS = mean(log(Q_STEP)) - mean_of_two(log(Q_JUMP))
PRINTED = mean_of_two(DensityDivergence(now, Q_ARRIVE, P_BACK))
ODDS = {str(v): v for v in TERM.free_symbols | step.free_symbols | B.information.free_symbols}
# x_t a fair coin whatever x_{t-1}, kept with chance 3/4, and p(x_t | x_{t+1}) the true law
COIN = {"g": 1, "k_0": 1, "k_1": 1, "f_0": Rational(1, 3), "f_1": 3, "p_0": Rational(1, 3), "p_1": 3}

consistency = Claim(
    name="vdm.elbo1.consistency",
    title=(
        "Luo's consistency term is a conditional information minus a mean KL(q(x_t|x_{t-1}, x_{t+1}) || p(x_t|x_{t+1}))"
    ),
    kind="refuted",
    says=lambda b: (Equal(TERM, b.information - b.divergence), Equal(SPREADS, b.information)),
    answer=B,
    refutes="E log p(x_t|x_{t+1})/q(x_t|x_{t-1}) = -E KL(q(x_t|x_{t-1}) || p(x_t|x_{t+1}))",
    printed_in=("luo2022 (45)",),
    printed=Equal(OnTwoStates(TERM), OnTwoStates(-PRINTED)),
    printed_at={ODDS[name]: S(value) for name, value in COIN.items()},
    example={v: Rational(n, 3) for n, v in enumerate(sorted(ODDS.values(), key=str), 1)},
    convenience={"0 < g": "the odds of x_{t-1} occur in no logarithm: at 0 x_{t-1} is certain, and the identity holds"},
    means=MEANS,
    trust=TRUST,
    proof=(
        (
            by("a term of the first form", TERM, eq="luo2022 (44)"),
            by("insert the bridge", mean(log(P_BACK / Q_BRIDGE)) + mean(log(Q_BRIDGE / Q_ARRIVE))),
            by("bridge over q(x_t | x_{t-1}), by Bayes' rule", mean(log(P_BACK / Q_BRIDGE)) + B.information),
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
            B._replace(divergence=Mean(Mean(log(bridge / reverse), (now, arrive)), *NEIGHBOURS)),
            "one law is used in two roles",
        ),
    },
)

CLAIMS = (consistency,)
