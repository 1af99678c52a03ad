"""The bound by Jensen's inequality: the logarithm of a mean over the encoder is at least the mean of the logarithm.

The evidence is the mean of p(x, z)/q(z | x) over the encoder, and by the tangent of the logarithm log E[u] is at least
E[log u], with equality only where u does not vary: where the encoder is the true posterior.
"""

from typing import NamedTuple

from sympy import Expr, Rational, log

from derivations.form.claim import Claim, Wrong, by
from derivations.form.statement import AtMost, Equal
from derivations.notation.densities import DensityMean
from derivations.notation.lettered import Reversed
from derivations.notation.named import unnamed
from derivations.notation.quantities import Quantity
from derivations.probability.density import DataDensity
from derivations.probability.mass import Mass
from derivations.probability.mean import Excess, Mean

# isort: off
from derivations.symbols import x, z_any as z

FINITE = "for any laws of finitely many values, by rules of expectations; tested on two values"
q, p, like = Mass("Q", z, x), Mass("P", z), DataDensity("P", (x,), z)
evidence = Mean(like, (z, p))
true = Reversed(like, p, evidence)
LOG_P = Quantity("log P", (x,), log(evidence))
MORE = Mean(Excess(true / q), (z, q))


class Jensen(NamedTuple):
    """The mean ratio over the encoder, and the mean of its logarithm."""

    ratio: Expr
    bound: Expr


A = Jensen(ratio=DensityMean(p * like / q, (z, q)), bound=DensityMean(log(p * like / q), (z, q)))

jensen = Claim(
    name="vdm.vlb.jensen",
    title="Jensen's inequality for the evidence as a mean over the encoder",
    kind="inequality",
    needs=("log.tangent",),
    says=lambda a: (Equal(LOG_P, log(a.ratio)), AtMost(a.bound, log(a.ratio), {q: true}, only=True)),
    answer=A,
    example={v: Rational(n, 2) for n, v in enumerate(sorted(unnamed(A.bound).free_symbols, key=str), 1)},
    means=FINITE,
    proof=(
        (
            by("the log evidence", LOG_P),
            by("multiply by Q/Q, and read a mean over Q", log(A.ratio), eq="luo2022 (6)-(7), (26)-(27), (35)-(36)"),
        ),
        (
            by("the mean of the logarithm", A.bound),
            by(
                "add E_Q[u - 1 - log u], at u = P(z | x)/Q(z | x)",
                log(A.ratio),
                more=MORE,
            ),
        ),
    ),
    wrong={
        "a mean over the prior": Wrong(
            A._replace(ratio=DensityMean(p * like / q, (z, p))), "the ratio has Q below, which a mean over Q cancels"
        ),
        "the other way round": Wrong(Jensen(A.ratio, -A.bound), "the sign of the bound is lost"),
        "the mean of the logarithm for both": Wrong(
            Jensen(Mean(p * like, (z, q)), A.bound), "the ratio to the encoder is left out of the mean"
        ),
    },
)

CLAIMS = (jensen,)
