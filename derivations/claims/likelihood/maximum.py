"""Maximum likelihood as a divergence, and what it becomes for a model of one variable after another.

The mean of -log p over the data is their entropy plus KL(q || p). Where the density is a product of conditional ones
that divergence is one for the first variable and a mean one for each further variable, drawn from the data.
"""

from typing import NamedTuple

from sympy import Expr, Rational, log

from derivations.form.claim import Claim, Wrong, by
from derivations.form.statement import AtMost, Equal
from derivations.notation.densities import DensityDivergence, DensityMean
from derivations.probability.mass import Mass
from derivations.probability.mean import Excess, Mean
from derivations.symbols import x_1, x_2
from derivations.symbols import z_any as z

FINITE = "for any laws of finitely many values, by rules of expectations; tested on two values"
q, p = Mass("Q", z), Mass("P", z)
LOSS = DensityMean(-log(p), (z, q))
MORE = Mean(Excess(p / q), (z, q))


class Loss(NamedTuple):
    """The entropy of the data, and the divergence of the model from them."""

    entropy: Expr
    divergence: Expr


L = Loss(entropy=DensityMean(-log(q), (z, q)), divergence=DensityDivergence(z, q, p))

maximum = Claim(
    name="likelihood.divergence",
    title="The mean of -log P over the data is at least their entropy, with equality only where P is their law",
    kind="inequality",
    needs=("log.tangent",),
    says=lambda a: (Equal(LOSS, a.entropy + a.divergence), AtMost(a.entropy, LOSS, {p: q}, only=True)),
    answer=L,
    example={v: Rational(n, 2) for n, v in enumerate(sorted(LOSS.free_symbols, key=str), 1)},
    means=FINITE,
    proof=(
        (by("the mean over the data", LOSS), by("log p is log q less log(q/p)", L.entropy + L.divergence)),
        (by("the entropy", L.entropy), by("add E_q[u - 1 - log u], at u = p/q", LOSS, more=MORE)),
    ),
    wrong={
        "the reverse divergence": Wrong(
            L._replace(divergence=DensityDivergence(z, p, q)), "it is a mean over samples of the model"
        ),
        "sign": Wrong(L._replace(divergence=-L.divergence), "the worst model would have the least loss"),
        "no entropy": Wrong(L._replace(entropy=0 * L.entropy), "the least loss is not 0, unless the data are certain"),
        "the entropy of the model": Wrong(
            L._replace(entropy=DensityMean(-log(p), (z, p))), "the loss is a mean over the data"
        ),
    },
)

# A model of two variables, one after the other
q_1, q_2, p_1, p_2 = Mass("Q", x_1), Mass("Q", x_2, x_1), Mass("P", x_1), Mass("P", x_2, x_1)
DATA = ((x_1, q_1), (x_2, q_2))
JOINT = DensityMean(log(q_1 * q_2 / (p_1 * p_2)), *DATA)
SECOND = DensityMean(log(q_2 / p_2), *DATA)
NATS = DensityMean(-log(p_1 * p_2), *DATA)


class Chain(NamedTuple):
    """The divergences: of the first variable, and of the second given it."""

    first: Expr
    second: Expr


C = Chain(first=DensityDivergence(x_1, q_1, p_1), second=DensityMean(DensityDivergence(x_2, q_2, p_2), (x_1, q_1)))
ENTROPIES = DensityMean(-log(q_1), (x_1, q_1)) + DensityMean(-log(q_2), *DATA)

chain = Claim(
    name="kl.chain",
    title=(
        "The divergence of two joint laws is the sum of that of the first variables and the mean of "
        "that of the second given it"
    ),
    kind="equality",
    needs=("likelihood.divergence",),
    says=lambda c: (
        Equal(SECOND, c.second),
        Equal(JOINT, c.first + c.second),
        Equal(NATS, ENTROPIES + c.first + c.second),
    ),
    answer=C,
    example={v: Rational(n, 2) for n, v in enumerate(sorted(JOINT.free_symbols, key=str), 1)},
    means=FINITE,
    proof=(
        (by("of the second, along the chain", SECOND), by("draw the first, then the second given it", C.second)),
        (
            by("the divergence of the joint densities", JOINT),
            by("the logarithm of a product; Q sums to 1 over the second", C.first + SECOND),
            by("draw the first, then the second given it", C.first + C.second),
        ),
        (
            by("the mean of -log p of both", NATS),
            by("by the entropies and the divergences, each of one factor", ENTROPIES + C.first + C.second),
        ),
    ),
    wrong={
        "the first drawn from the model": Wrong(
            C._replace(second=DensityMean(DensityDivergence(x_2, q_2, p_2), (x_1, p_1))),
            "training draws it from the data, which sampling does not",
        ),
        "the second by itself": Wrong(
            C._replace(second=DensityDivergence(x_2, q_2, p_2)),
            "it depends on the first variable, and is a mean over it",
        ),
        "sign": Wrong(C._replace(second=-C.second), "both add up"),
        "the first alone": Wrong(
            C._replace(second=0 * C.second), "a model may be right on the first and not on the next"
        ),
    },
)

CLAIMS = (maximum, chain)
