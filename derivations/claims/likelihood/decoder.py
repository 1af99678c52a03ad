"""Dequantisation by q(z_0 | x) = N(alpha_0 x, sigma_0^2): its entropy in the bound by a decoder and a density of z_0.

log p(x) >= E[log p(x | z_0) + log p(z_0) - log q(z_0 | x)], and the last term is the entropy of a normal: in each
coordinate log(2 pi sigma_0^2)/2 and, as E n^2 = 1, half a nat.
"""

from typing import NamedTuple

from sympy import Expr, Rational, S, log, pi, sqrt

from derivations.calculus.divergence import closed
from derivations.calculus.step import conditioned
from derivations.form.claim import Claim, Wrong, by
from derivations.form.experiment import Experiment, Mean
from derivations.form.statement import AtMost, Equal
from derivations.notation.laws import log_law
from derivations.notation.process import Process
from derivations.notation.quantities import Quantity
from derivations.probability.gaussian import Normal, law
from derivations.probability.opening import opened
from derivations.symbols import alpha_0, c, n_0, n_1, sigma_0, var, x, z_0

Q = Normal(alpha_0 * x, sigma_0**2)
DRAWN = Q.mean + sigma_0 * n_0
P = Normal(S.Zero, c)  # of z_0, a normal in place of the flow's density

shown = sqrt(c) * n_0 / alpha_0 + sqrt(var) * n_1  # x, as p(z_0) and a normal decoder make it
decoder = Normal(z_0 / alpha_0, var)
posterior = conditioned(sqrt(c) * n_0, shown, x, (n_0, n_1))  # p(z_0 | x)
ENCODED = Process((z_0, DRAWN), noise=(n_0,), data=(x,))
EVIDENCE = log_law(law(shown, (n_0, n_1)), x, name="p")
log_joint = log_law(P, z_0, name="p") + log_law(decoder, x, z_0, name="p")
cost = ENCODED.E(-log_joint)
entropy = ENCODED.E(-ENCODED.log_q(z_0))
POSTERIOR = Normal(Quantity("m", (x,), posterior.mean), Quantity("v", (), posterior.var))  # by name


class Bound(NamedTuple):
    """E[-log q(z_0 | x)], and how far the bound is above -log p(x)."""

    entropy: Expr
    gap: Expr


B = Bound(entropy=(log(2 * pi * sigma_0**2) + 1) / 2, gap=closed(Q, POSTERIOR))
narrow = c * alpha_0**2 * var / (c + alpha_0**2 * var)  # the posterior's variance, seen to be positive
apart = (Q.mean - posterior.mean) ** 2 / (2 * narrow)


def says(b: Bound) -> tuple[Equal, Equal, AtMost]:
    return (
        Equal(entropy, b.entropy),
        Equal(cost, b.entropy + b.gap - EVIDENCE),
        AtMost(-EVIDENCE, cost - b.entropy, {x: S.Zero, sigma_0: sqrt(narrow)}),
    )


SAYS = says(B)

bound = Claim(
    name="likelihood.decoder",
    title="-log p(x) <= E[-log p(z_0) - log p(x | z_0) | x] - log(2 pi e sigma_0^2)/2, with z_0 drawn given x",
    kind="inequality",
    needs=("kl.gauss", "vdm.vlb.bound"),
    says=says,
    answer=B,
    example={alpha_0: Rational(4, 5), sigma_0: Rational(3, 5), c: 2, var: 1, x: 1},
    means="a normal prior and a normal decoder; for any others see vdm.vlb.bound. One coordinate; several add up",
    proof=(
        (by("E n^2 = 1", opened(SAYS[0].lhs)), by("log e/2 is half a nat", B.entropy)),
        (
            by("E[-log p(x, z_0)]", opened(SAYS[1].lhs), eq="vdm2021 (11)"),
            by("Bayes' rule: the entropy, the divergence of q(z_0 | x) from p(z_0 | x), and -log p(x)", SAYS[1].rhs),
        ),
        (
            by("-log p(x)", -EVIDENCE),
            by("a square over a variance", apart - EVIDENCE, more=apart),
            by("kl.gauss, convex in sigma_0", opened(SAYS[2].greater), convex=(sigma_0, sqrt(narrow))),
        ),
    ),
    wrong={
        "half a nat less": Wrong(
            B._replace(entropy=log(2 * pi * sigma_0**2) / 2),
            "it is the normaliser alone, -log q at its mode: 0.72 bits per dimension too many",
        ),
        "sign of the entropy": Wrong(
            B._replace(entropy=-B.entropy), "small noise, sigma_0 -> 0, would cost nothing, where it costs the most"
        ),
        "the entropy of the noise": Wrong(
            B._replace(entropy=(log(2 * pi) + 1) / 2),
            "log sigma_0 is left out, although z_0 is the noise scaled by sigma_0",
        ),
        "standard deviation for variance": Wrong(
            B._replace(entropy=(log(2 * pi * sigma_0) + 1) / 2), "only half of log sigma_0 is counted"
        ),
        "no entropy": Wrong(
            B._replace(entropy=S.Zero), "it is the cost of code and error, as of an autoencoder, and no bound"
        ),
        "the divergence reversed": Wrong(
            B._replace(gap=closed(POSTERIOR, Q)), "it is KL(p(z_0 | x) || q(z_0 | x)), a mean over the posterior"
        ),
    },
    experiment=Experiment(
        process=((z_0, DRAWN),),
        normals=(n_0,),
        checks=(Mean(of=-Q.log_density(z_0), value=lambda b: b.entropy),),
        twins=("half a nat less", "sign of the entropy", "the entropy of the noise", "no entropy"),
    ),
    trust=("the moments of a standard normal: E n = 0, E n^2 = 1",),
)

CLAIMS = (bound,)
