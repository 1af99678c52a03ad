"""A VAE's estimate of the bound by several draws: an average, and what the model's own parameters do to both parts.

With a linear decoder N(reach z, 1) and the prior N(0, 1) the mean of the estimate is a parabola in the encoder's mean,
whose top is the mean of the true posterior only where draws are averaged. The bound and the gap are log p(x) together:
a parameter of the decoder moves all three.
"""

from typing import NamedTuple

from sympy import Expr, Rational, S, sqrt

from derivations.form.claim import Claim, Wrong, by
from derivations.form.statement import Equal
from derivations.notation.laws import Divergence, LawName
from derivations.notation.quantities import Quantity, Slope
from derivations.probability.expected import Expected
from derivations.probability.gaussian import Normal
from derivations.symbols import mu_1, n_1, n_2, n_3, reach, var, var_1, x

STANDARD = Normal(S.Zero, S.One)
ENCODER = LawName(mu_1, var_1)
PRIOR = Divergence(ENCODER, LawName(*STANDARD), n_1)


def seen(noise: Expr) -> Expr:
    """Return log p(x | z) of a draw from the encoder."""
    return Normal(reach * (mu_1 + sqrt(var_1) * noise), S.One).log_density(x)


ESTIMATE = Quantity("M", (mu_1, var_1), Expected((seen(n_2) + seen(n_3)) / 2, n_2, n_3) - PRIOR)


class Best(NamedTuple):
    """The encoder's mean and variance at which the mean estimate is largest."""

    mean: Expr
    var: Expr


B = Best(mean=reach * x / (reach**2 + 1), var=1 / (reach**2 + 1))

samples = Claim(
    name="vae.samples",
    title="The average over draws, less the prior term, has its top at the mean reach x/(reach^2 + 1)",
    kind="equality",
    needs=("kl.gauss",),
    says=lambda b: (
        Equal(Slope(ESTIMATE, mu_1), (b.mean - mu_1) * (reach**2 + 1)),
        Equal(Slope(ESTIMATE, var_1), (1 / var_1 - 1 / b.var) / 2),
    ),
    answer=B,
    example={mu_1: 1, var_1: 2, reach: 3, x: 1},
    convenience={"0 < reach": "the sign of reach does not matter, and at reach = 0 the best encoder is the prior"},
    proof=(
        (
            by("the slope in the mean", Slope(ESTIMATE, mu_1), eq="luo2022 (22)"),
            by("of a parabola", reach * (x - reach * mu_1) - mu_1),
            by("about its top", (B.mean - mu_1) * (reach**2 + 1)),
        ),
        (
            by("the slope in the variance", Slope(ESTIMATE, var_1), eq="luo2022 (22)"),
            by("of -reach^2 Sigma/2 - (Sigma - log Sigma)/2", (1 / var_1 - 1 / B.var) / 2),
        ),
    ),
    wrong={
        "a sum for the average": Wrong(
            Best(2 * reach * x / (2 * reach**2 + 1), 1 / (2 * reach**2 + 1)),
            "each further draw counts the reconstruction once more: the top moves with the number of draws",
            ("luo2022 (22)",),
        ),
        "the prior term left out": Wrong(Best(x / reach, 1 / reach**2), "it is the decoder's inverse, without a prior"),
        "the prior's": Wrong(Best(S.Zero, S.One), "the encoder ignores the data"),
    },
)

# One decoder N(z, var), and an encoder that does not move with it
TRUE = LawName(x / (1 + var), var / (1 + var))
GAP = Divergence(ENCODER, TRUE, n_1)
drawn = mu_1 + sqrt(var_1) * n_1
JOINT = Normal(drawn, var).log_density(x) + STANDARD.log_density(drawn) - Normal(mu_1, var_1).log_density(drawn)
ELBO = Quantity("ELBO", (var,), Expected(JOINT, n_1))


class Moves(NamedTuple):
    """The slopes in the decoder's variance: of the bound, and of the divergence from the true posterior."""

    elbo: Expr
    gap: Expr


off = (x - mu_1) ** 2 + var_1  # the mean of (x - z)^2
M = Moves(
    elbo=(off - var) / (2 * var**2),
    gap=(x**2 / (1 + var) - 1) / (2 * (1 + var)) - (off - var) / (2 * var**2),
)

decoder = Claim(
    name="vdm.elbo.decoder",
    title="The bound's slope in the decoder's Sigma is (mu_1^2 - 2 mu_1 x + x^2 + Sigma_1 - Sigma)/(2 Sigma^2)",
    kind="equality",
    needs=("kl.gauss", "vdm.vlb.bound"),
    says=lambda a: (Equal(Slope(ELBO, var), a.elbo), Equal(Slope(GAP, var), a.gap)),
    answer=M,
    example={mu_1: 2, var_1: Rational(1, 2), var: 1, x: 4},
    convenience={"0 < Sigma_1": "at 0 the encoder has no density, but both slopes stay what they are"},
    proof=(
        (
            by("the slope of the bound", Slope(ELBO, var)),
            by("of -log(Sigma)/2 - E[(x - z)^2]/(2 Sigma), the part with Sigma", M.elbo),
        ),
        (
            by("the slope of the divergence from p(z | x)", Slope(GAP, var)),
            by("that of log p(x), x ~ N(0, 1 + Sigma), less that of the bound", M.gap),
        ),
    ),
    wrong={
        "log p(x) a constant": Wrong(
            M._replace(gap=-M.elbo),
            "it is constant for the encoder's parameters alone: for others, bound and divergence may both rise",
            ("note000 line 49", "note002 line 276"),
        ),
        "the prior's spread left out": Wrong(
            M._replace(elbo=((x - mu_1) ** 2 - var) / (2 * var**2)), "the draws vary about the encoder's mean"
        ),
        "sign": Wrong(Moves(-M.elbo, M.gap), "a decoder that is too narrow is made narrower"),
    },
)

CLAIMS = (samples, decoder)
