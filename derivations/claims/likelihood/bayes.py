"""The bound with the Bayes denoiser, for any data: by how much -VLB exceeds the entropy of the data.

With the Bayes denoiser the continuous loss is I(x; z_0) - I(x; z_1). Then the mean of -VLB is the entropy H(x) plus the
misfits of the prior, KL(q(z_1) || p(z_1)), and of the decoder, E KL(q(x | z_0) || p(x | z_0)), and no more. The error
of any other denoiser h is larger, by E (h - E[x | z])^2 > 0.
"""

from typing import NamedTuple

from sympy import Expr, Rational, S, log

from derivations.claims.bound.elbo import MEANS, TRUST
from derivations.form.claim import Claim, Wrong, by
from derivations.form.statement import AtMost, Equal
from derivations.notation.densities import DensityDivergence, DensityMean
from derivations.notation.lettered import Reversed
from derivations.notation.quantities import Quantity
from derivations.probability.density import Density, Marginal, Real, Value
from derivations.probability.mean import Excess, Mean

# isort: off
from derivations.symbols import x, z_0, z_1, z_any as z

data, first, last = Density("q", x), Density("q", z_0, x), Density("q", z_1, x)
prior, decoder = Density("p", z_1), Density("p", x, z_0)
law_0, law_1 = Marginal(z_0, x, first, data), Marginal(z_1, x, last, data)
exact = Reversed(first, data, law_0)  # q(x | z_0)
AT_0, AT_1 = ((x, data), (z_0, first)), ((x, data), (z_1, last))

reconstruction = Quantity("L_0", (), DensityMean(-log(decoder), *AT_0))
known_0 = Quantity("I", (x, z_0), DensityMean(log(first / law_0), *AT_0))
known_1 = Quantity("I", (x, z_1), DensityMean(log(last / law_1), *AT_1))
ends = Quantity("L_1", (), DensityMean(log(last / prior), *AT_1))
TOTAL = reconstruction + (known_0 - known_1) + ends


class Parts(NamedTuple):
    """The data's entropy, the prior's misfit and the decoder's."""

    entropy: Expr
    prior: Expr
    decoder: Expr


P = Parts(
    entropy=Quantity("H", (x,), DensityMean(-log(data), (x, data))),
    prior=DensityDivergence(z_1, law_1, prior),
    decoder=Quantity("D_0", (), DensityMean(log(exact / decoder), *AT_0)),
)
MORE = Mean(Excess(prior / law_1), (z_1, law_1)) + Mean(Excess(decoder / exact), *AT_0)
ODDS = sorted(TOTAL.free_symbols, key=str)

vlb = Claim(
    name="vdm.vlb.exact",
    title=(
        "Minus the mean VLB with infinitely many steps and the Bayes denoiser is H(x), KL(q(z_1) || p(z_1)) and a "
        "mean divergence from q(x | z_0) to p(x | z_0)"
    ),
    kind="expectation",
    needs=("vdm.immse", "vdm.vlb.decomposition", "log.tangent"),
    says=lambda a: (
        Equal(TOTAL, a.entropy + a.prior + a.decoder),
        Equal(ends - known_1, a.prior),
        AtMost(a.entropy, TOTAL, {prior: law_1, decoder: exact}, only=True),
    ),
    answer=P,
    example={v: Rational(n, 2) for n, v in enumerate(ODDS, 1)},
    means=MEANS,
    trust=TRUST,
    proof=(
        (
            by(
                "reconstruction loss, I(x; z_0) - I(x; z_1) by vdm.immse, and prior loss",
                TOTAL,
                eq="vdm2021 (11), (18)",
            ),
            by(
                "the laws of z_1 given x cancel; log q(z_0 | x)/q(z_0) = log q(x | z_0)/q(x)",
                DensityMean(log(exact / decoder) - log(data), *AT_0) + DensityMean(log(law_1 / prior), *AT_1),
            ),
            by(
                "linearity; q integrates to 1 over the variables that a term does not contain",
                P.entropy + P.prior + P.decoder,
            ),
        ),
        (
            by("the prior loss minus I(x; z_1)", ends - known_1),
            by("the laws of z_1 given x cancel", P.prior),
        ),
        (
            by("the entropy of the data", P.entropy),
            by("add two divergences, each a mean of u - 1 - log u", TOTAL, more=MORE),
        ),
    ),
    wrong={
        "entropy alone": Wrong(
            P._replace(prior=S.Zero, decoder=S.Zero),
            "it is reached only with the prior q(z_1) and the decoder q(x | z_0)",
        ),
        "the prior loss for the misfit": Wrong(
            P._replace(prior=ends),
            "it is larger than KL(q(z_1) || p) by I(x; z_1), which the continuous loss subtracts",
        ),
        "sign of the entropy": Wrong(P._replace(entropy=-P.entropy), "data that need fewer bits get more"),
        "information counted twice": Wrong(
            P._replace(decoder=P.decoder + DensityMean(log(last / law_1), *AT_1)),
            "I(x; z_1) counts once",
        ),
    },
)

# -- a denoiser that is not Bayes' ----------------------------------------------------------------

noisy, given = Density("q", z), Density("q", x, z)
value, guess = Value(x), Real("h", z)
best = Quantity("x_hat", (z,), DensityMean(value, (x, given)))  # E[x | z]
BOTH = ((z, noisy), (x, given))
ERROR = DensityMean((value - guess) ** 2, *BOTH)
LEFT = DensityMean(Quantity("Var", (value,), DensityMean(value**2, (x, given)) - best**2), (z, noisy))  # E Var(x | z)


class Errors(NamedTuple):
    """The error of the Bayes denoiser, and the excess of another."""

    mmse: Expr
    excess: Expr


E2 = Errors(
    mmse=DensityMean(value**2, *BOTH) - DensityMean(best**2, (z, noisy)),
    excess=DensityMean((guess - best) ** 2, (z, noisy)),
)
CHANCES = sorted((v for v in ERROR.free_symbols if v.is_positive), key=str)
POINT = {v: Rational(n, 2) for n, v in enumerate(sorted(ERROR.free_symbols, key=str), 1)}

excess = Claim(
    name="bayes.excess",
    title=(
        "The mean squared error of any denoiser is that of the Bayes denoiser plus their mean squared distance, so "
        "only the Bayes denoiser is best"
    ),
    kind="expectation",
    says=lambda a: (
        Equal(ERROR, a.mmse + a.excess),
        Equal(LEFT, a.mmse),
        AtMost(S.Zero, a.excess, {guess: best}, only=True),
    ),
    answer=E2,
    example=POINT,
    convenience={f"0 < {v}": "the identity of means also holds for probabilities of 0" for v in CHANCES},
    means=MEANS,
    trust=TRUST,
    proof=(
        (
            by("the squared error of h", ERROR),
            by("expand", DensityMean(value**2 - 2 * value * guess + guess**2, *BOTH)),
            by("E[x h | z] = h E[x | z]; add and subtract E[x | z]^2", E2.mmse + E2.excess),
        ),
        (by("the mean of the variances given z", LEFT), by("the tower rule, and linearity", E2.mmse)),
        (
            by("zero", S.Zero),
            by("a mean of squares under a positive density is positive unless they vanish", E2.excess, more=E2.excess),
        ),
    ),
    wrong={
        "excess halved": Wrong(E2._replace(excess=E2.excess / 2), "the half belongs to the loss, not to the error"),
        "distance to the data": Wrong(E2._replace(excess=ERROR), "the error of the Bayes denoiser is counted twice"),
        "variance of x": Wrong(
            E2._replace(mmse=DensityMean(value**2, *BOTH) - DensityMean(value, *BOTH) ** 2),
            "it is the variance without z, larger by the variance of E[x | z]",
        ),
        "a cross term": Wrong(
            E2._replace(excess=E2.excess + 2 * DensityMean((guess - best) * best, (z, noisy))),
            "the error of the Bayes denoiser is uncorrelated with every function of z, so no such term occurs",
        ),
    },
)

CLAIMS = (vlb, excess)
