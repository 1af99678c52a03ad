"""The bound of a Markov chain of latents without Bayes' rule, and with it but without the data.

Both chains written out, the mean log-ratio is a reconstruction, what the last step adds to the prior, and a term for
each latent between its neighbours. Averaged over the data, each step can be turned round by Bayes' rule without them:
the marginals telescope, and the bound is a sum of divergences and the entropy of the data.
"""

from typing import NamedTuple

from sympy import Expr, Rational, log

from derivations.form.claim import Claim, Wrong, by
from derivations.form.statement import Equal
from derivations.notation.densities import DensityDivergence, DensityMean
from derivations.notation.lettered import Reversed
from derivations.notation.named import unnamed
from derivations.probability.density import DataDensity, Marginal
from derivations.probability.mass import Mass
from derivations.symbols import x_0, x_1, x_2, x_3

FINITE = "for any laws of finitely many values, by rules of expectations; tested on two values"
q_21, q_32, p_12, p_23 = Mass("Q", x_2, x_1), Mass("Q", x_3, x_2), Mass("P", x_1, x_2), Mass("P", x_2, x_3)
p_3 = Mass("P", x_3)

# The data are fixed
q_1, like = Mass("Q", x_1, x_0), DataDensity("P", (x_0,), x_1)
PATH = ((x_1, q_1), (x_2, q_21), (x_3, q_32))


def mean(body: Expr) -> DensityMean:
    """Return the mean along the chain of three latents."""
    return DensityMean(body, *PATH)


class Terms(NamedTuple):
    """The terms of the bound: reconstruction, the last step against the prior, and one for each latent between."""

    reconstruction: Expr
    prior: Expr
    first: Expr
    second: Expr


law_2 = Marginal(x_2, x_1, q_21, q_1)
T = Terms(
    reconstruction=DensityMean(log(like), (x_1, q_1)),
    prior=DensityMean(log(p_3 / q_32), (x_2, law_2), (x_3, q_32)),
    first=DensityMean(log(p_12 / q_1), (x_1, q_1), (x_2, q_21)),
    second=mean(log(p_23 / q_21)),
)
WHOLE = mean(log(p_3 * p_23 * p_12 * like / (q_1 * q_21 * q_32)))
SPLIT = mean(log(p_3 * like / q_32)) + mean(log(p_12 / q_1 * p_23 / q_21))
THREE = mean(log(p_3 * like / q_32)) + mean(log(p_12 / q_1) + log(p_23 / q_21))
ENDS, LAST, FAR = mean(log(p_3 * like / q_32)), mean(log(p_3 / q_32)), mean(log(like * p_23 / q_21))

terms = Claim(
    name="vdm.elbo1.terms",
    title=(
        "The bound of three latents is a reconstruction, the last step against the prior, and a term "
        "for each latent between"
    ),
    kind="equality",
    needs=("vdm.vlb.bound",),
    says=lambda a: (
        Equal(WHOLE, a.reconstruction + a.prior + a.first + a.second),
        Equal(ENDS, a.reconstruction + a.prior),
        Equal(LAST, a.prior),
        Equal(FAR, a.reconstruction + a.second),
    ),
    answer=T,
    example={v: Rational(n, 3) for n, v in enumerate(sorted(unnamed(WHOLE).free_symbols, key=str), 1)},
    means="three latents; " + FINITE,
    proof=(
        (
            by("both chains written out", WHOLE, eq="luo2022 (29), (38)-(40)"),
            by("split off the product", SPLIT, eq="luo2022 (41)"),
            by("the last expectation is one of a sum", THREE, eq="luo2022 (42)"),
            by(
                "the sum taken out; Q sums to 1 over what a term does not contain",
                T.reconstruction + T.prior + T.first + T.second,
                eq="luo2022 (43)",
            ),
        ),
        (by("the first decoder and the last encoder", ENDS), by("linearity", T.reconstruction + T.prior)),
        (by("the last encoder", LAST), by("Q sums to 1 over x_1, given x_2", T.prior)),
        (by("the first decoder, and x_2 between its neighbours", FAR), by("linearity", T.reconstruction + T.second)),
    ),
    wrong={
        "the last latent for the last step": Wrong(
            T._replace(prior=DensityMean(log(p_3 / Marginal(x_3, x_2, q_32, law_2)), (x_2, law_2), (x_3, q_32))),
            "Q(x_3 | x_2) stands in this form of the bound, and not Q(x_3 | x_0)",
        ),
        "neighbours drawn apart": Wrong(
            T._replace(first=DensityMean(log(p_12 / q_1), (x_1, q_1), (x_2, law_2))),
            "x_1 and x_2 come from one path",
        ),
        "sign of a term": Wrong(T._replace(second=-T.second), "it is a log-ratio of the model to the encoder"),
        "a latent left out": Wrong(T._replace(first=0 * T.first), "each latent but the last has its term"),
    },
)

# The data are drawn, too
q_0, q_10, p_01 = Mass("Q", x_0), Mass("Q", x_1, x_0), Mass("P", x_0, x_1)
p_2 = Mass("P", x_2)
DRAWN = ((x_0, q_0), (x_1, q_10), (x_2, q_21))
m_1 = Marginal(x_1, x_0, q_10, q_0)
m_2 = Marginal(x_2, x_1, q_21, m_1)
back_0, back_1 = Reversed(q_10, q_0, m_1), Reversed(q_21, m_1, m_2)


def over(body: Expr) -> DensityMean:
    """Return the mean over data and two latents."""
    return DensityMean(body, *DRAWN)


class Marginals(NamedTuple):
    """The divergences of the last latent, of the steps back to x_1 and to x_0, and the entropy of the data."""

    last: Expr
    to_1: Expr
    to_0: Expr
    entropy: Expr


M = Marginals(
    last=DensityDivergence(x_2, m_2, p_2),
    to_1=DensityMean(DensityDivergence(x_1, back_1, p_12), (x_2, m_2)),
    to_0=DensityMean(DensityDivergence(x_0, back_0, p_01), (x_1, m_1)),
    entropy=DensityMean(-log(q_0), (x_0, q_0)),
)
LOSS = over(-log(p_2) - log(p_12 / q_21) - log(p_01 / q_10))
TURNED = over(-log(p_2) - log(p_12 / back_1) - log(p_01 / back_0) - log(m_1 / m_2) - log(q_0 / m_1))
TELESCOPED = over(-log(p_2 / m_2) - log(p_12 / back_1) - log(p_01 / back_0) - log(q_0))
TO_1, TO_0 = over(-log(p_12 / back_1)), DensityMean(-log(p_01 / back_0), *DRAWN[:2])
LAST_2 = over(-log(p_2 / m_2))

marginals = Claim(
    name="ddpm.loss.marginals",
    title=(
        "Averaged over the data, the loss is divergences of the last latent and of each step back, and "
        "the entropy of the data"
    ),
    kind="equality",
    needs=("vdm.vlb.decomposition",),
    says=lambda a: (
        Equal(LOSS, a.last + a.to_1 + a.to_0 + a.entropy),
        Equal(LAST_2, a.last),
        Equal(TO_1, a.to_1),
        Equal(TO_0, a.to_0),
    ),
    answer=M,
    example={v: Rational(n, 3) for n, v in enumerate(sorted(unnamed(LOSS).free_symbols, key=str), 1)},
    means="two latents; " + FINITE,
    proof=(
        (
            by("-ELBO, averaged over the data", LOSS),
            by("Bayes' rule for each step, without the data", TURNED, eq="ddpm2020 (24)"),
            by("the marginals telescope", TELESCOPED, eq="ddpm2020 (25)"),
            by("each mean log-ratio is a divergence", M.last + M.to_1 + M.to_0 + M.entropy, eq="ddpm2020 (16), (26)"),
        ),
        (by("the last latent, along the chain", LAST_2), by("its marginal", M.last)),
        (by("the step back to x_1, along the chain", TO_1), by("draw x_2, then x_1 given it", M.to_1)),
        (by("the step back to x_0, along the chain", TO_0), by("draw x_1, then x_0 given it", M.to_0)),
    ),
    wrong={
        "no entropy": Wrong(M._replace(entropy=0 * M.entropy), "a perfect model is left with the entropy of the data"),
        "sign of the entropy": Wrong(M._replace(entropy=-M.entropy), "-log Q(x_0) stands in the mean"),
        "forward for back": Wrong(
            M._replace(to_1=over(log(q_21 / p_12))), "Q(x_2 | x_1) is no law of x_1: Bayes' rule is left out"
        ),
        "drawn independently": Wrong(
            M._replace(to_0=DensityMean(log(back_0 / p_01), (x_0, q_0), (x_1, m_1))), "x_0 and x_1 come from one path"
        ),
    },
)

CLAIMS = (terms, marginals)
