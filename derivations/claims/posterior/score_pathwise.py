"""Tweedie's formula: the score of the marginal is a conditional mean, not the noise of a single sample.

For every data density q(x), q(x) N(z; alpha x, sigma^2) has the slope (alpha x - z)/sigma^2 times itself
in z; integrated over x this is grad log q(z) = (alpha E[x | z] - z)/sigma^2 = -E[eps | z]/sigma. Luo prints
it without the means, in (133), (142) and (151), which is false by the variance that remains given z.
"""

from typing import NamedTuple

from sympy import Expr, Integer, exp, sqrt

from derivations.form.claim import Claim, Wrong, by
from derivations.form.experiment import Experiment, Residual
from derivations.form.statement import Below, Equal
from derivations.notation.process import Process
from derivations.notation.quantities import Quantity, Slope
from derivations.probability.gaussian import Normal
from derivations.symbols import alpha_t, c, eps, n_0, n_1, q_x, sigma_t, x, z_t

DATA = Process((x, sqrt(c) * n_0), (z_t, alpha_t * x + sigma_t * eps), noise=(n_0, eps))  # of variance c
marginal = DATA.score(z_t)
joint = Quantity("q", (x, z_t), q_x * exp(Normal(alpha_t * x, sigma_t**2).log_density(z_t)))
miss = DATA.Var(marginal + eps / sigma_t)  # of what Luo (151) prints as zero; its mean is 0
by_means = -(z_t - alpha_t * DATA.E(x, z_t)) / sigma_t / sigma_t  # -E[eps | z_t]/sigma_t


class Pathwise(NamedTuple):
    """Slope of a joint log-density in z; score of the marginal; mean square of what one sample adds to it."""

    slope: Expr
    score: Expr
    gap: Expr


total = alpha_t**2 * c + sigma_t**2
A = Pathwise(
    slope=(alpha_t * x - z_t) / sigma_t**2,
    score=(alpha_t * DATA.E(x, z_t) - z_t) / sigma_t**2,
    gap=alpha_t**2 * c / (sigma_t**2 * total),
)

pathwise = Claim(
    name="vdm.score.pathwise",
    title=(
        "grad log q(z_t) is minus the mean of eps/sigma_t given z_t, from which minus that of a sample differs by a "
        "positive mean square"
    ),
    kind="refuted",
    needs=("vdm.param.score",),
    refutes="grad log q(z_t) = -eps/sigma_t, with the eps of the sample",
    printed_in=("luo2022 (132)-(133), (142), (149)-(151)",),
    printed=Equal(marginal, -eps / sigma_t),
    printed_at={alpha_t: Integer(4), sigma_t: Integer(3), c: Integer(1), z_t: Integer(1), eps: Integer(1)},
    says=lambda a: (
        Equal(Slope(joint, z_t), a.slope * joint),
        Equal(marginal, a.score),
        Equal(miss, a.gap),
        Below(Integer(0), miss),
    ),
    answer=A,
    example={alpha_t: 4, sigma_t: 3, c: 1, q_x: 1, x: 1, z_t: 1, eps: 1},
    convenience={
        "0 < alpha_t": "at alpha_t = 0, z_t is its noise, and the two agree",
        "0 < c": "at c = 0, x is known, and so is the noise",
        "0 < q_x": "where the density is 0, so are both sides",
    },
    proof=(
        (
            by("the slope in z_t of the joint density of x and z_t", Slope(joint, z_t)),
            by(
                "differentiate the square; integrated over x, this is Tweedie's formula",
                A.slope * joint,
                eq="luo2022 (131)",
            ),
        ),
        (
            by("the slope of log q(z_t)", marginal),
            by("minus the mean of the noise given z_t, over sigma_t", by_means, eq="luo2022 (151)"),
            by("the noise is z_t less alpha_t x, over sigma_t", A.score, eq="luo2022 (133)"),
        ),
        (
            by("the mean square of score + eps/sigma_t", miss),
            by("Var(eps | z_t)/sigma_t^2", (1 - sigma_t**2 / total) / sigma_t**2),
            by("over a common denominator", A.gap),
        ),
        (
            by("zero", Integer(0)),
            by("the variance of the noise given z_t is positive", A.gap, more=A.gap),
            by("the mean square", miss),
        ),
    ),
    wrong={
        "true of each sample": Wrong(
            A._replace(gap=Integer(0)),
            "the score would have to know the noise of the sample, and hence x",
            ("luo2022 (132)-(133), (142), (149)-(151)", "web many pages"),
        ),
        "mean over the data, not given z_t": Wrong(
            A._replace(score=-z_t / sigma_t**2),
            "E[x] = 0 stands for E[x | z_t]: the scores of q(z_t | x) are averaged over the wrong law",
            ("weng2021 NCSN box",),
        ),
        "sign": Wrong(A._replace(score=-A.score), "the score points away from the data"),
    },
    experiment=Experiment(
        process=((x, sqrt(c) * n_0), (eps, n_1), (z_t, alpha_t * x + sigma_t * eps)),
        normals=(n_0, n_1),
        checks=(Residual(of=eps, law=lambda a: Normal(-sigma_t * a.score, sigma_t**2 * a.gap), given=(z_t,)),),
    ),
    means="pointwise, for any density; the marginal, for Gaussian data of symbolic variance",
    trust=("differentiation under the integral over x, for a Gaussian kernel",),
)

CLAIMS = (pathwise,)
