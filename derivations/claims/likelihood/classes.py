"""The class of x by Bayes' rule, with bounds in the place of likelihoods: right where they are equally tight.

A conditional model has a bound on -log p(x | class) for each class, and a class gets the weight of its probability
times exp(-bound). For two classes the odds are those of Bayes' rule times exp(slack_b - slack_a). Of several, any two
have these odds.
"""

from typing import NamedTuple

from sympy import Expr, S, exp, log

from derivations.form.claim import Claim, Wrong, by
from derivations.form.statement import Equal
from derivations.notation.quantities import Quantity
from derivations.notation.values import At
from derivations.symbols import p_xa, p_xb, prior_a, prior_b, slack_a, slack_b

bound_a, bound_b = (
    Quantity(name, (), slack - log(p)) for name, slack, p in (("L_a", slack_a, p_xa), ("L_b", slack_b, p_xb))
)
weight_a, weight_b = prior_a * exp(-bound_a), prior_b * exp(-bound_b)
by_bounds = Quantity("share", (slack_a, slack_b), weight_a / (weight_a + weight_b))
by_bayes = Quantity("posterior", (), prior_a * p_xa / (prior_a * p_xa + prior_b * p_xb))
tight = At(by_bounds, (slack_b, slack_a))
odds = (by_bounds / (1 - by_bounds)) / (by_bayes / (1 - by_bayes))


class Share(NamedTuple):
    """The share of the first class by bounds, and the factor of its odds."""

    share: Expr
    factor: Expr


TIMES = exp(slack_b - slack_a)
A = Share(share=prior_a * p_xa * TIMES / (prior_a * p_xa * TIMES + prior_b * p_xb), factor=TIMES)

classes = Claim(
    name="likelihood.classes",
    title="Bounds in Bayes' rule give the odds of two classes the factor exp(slack_b - slack_a)",
    kind="equality",
    says=lambda a: (
        Equal(by_bounds, a.share),
        Equal(odds, a.factor),
        Equal(tight, a.share.subs(slack_b, slack_a)),
    ),
    answer=A,
    example={prior_a: S.One / 4, prior_b: S.One / 2, p_xa: 2, p_xb: 3, slack_a: 1, slack_b: 2},
    convenience={
        "0 < p_xa": "a density of x, whose logarithm the bound is on",
        "0 < p_xb": "a density of x, whose logarithm the bound is on",
        "0 < prior_a": "a class that never occurs has no odds",
        "0 < prior_b": "a class that never occurs has no odds",
    },
    proof=(
        (by("the weight of the first class over that of both", by_bounds), by("exp(-L) is p exp(-slack)", A.share)),
        (by("the odds by bounds over those by Bayes' rule", odds), by("priors and densities cancel", A.factor)),
        (by("bounds that are equally tight", tight), by("the factor is 1", A.share.subs(slack_b, slack_a))),
    ),
    wrong={
        "the sign of the slack": Wrong(
            Share(prior_a * p_xa / (prior_a * p_xa + prior_b * p_xb * exp(slack_b - slack_a)), exp(slack_a - slack_b)),
            "a looser bound makes its class more likely",
        ),
        "exact whatever the bounds": Wrong(
            Share(prior_a * p_xa / (prior_a * p_xa + prior_b * p_xb), S.One), "right only where both are equally tight"
        ),
        "without the probabilities of the classes": Wrong(
            A._replace(share=p_xa * TIMES / (p_xa * TIMES + p_xb)), "right only where the classes are equally frequent"
        ),
    },
)

CLAIMS = (classes,)
