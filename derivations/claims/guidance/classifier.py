"""Classifier guidance: a score plus the slope of log p(y | z).

By Bayes' rule grad log q(z | y) = grad log q(z) + grad log q(y | z), where q(y | z) is the classifier of *noisy* z.
Where log q(y | z) is approximated as linear, the mean of a normal step shifts by its variance times that slope.
"""

from typing import NamedTuple

from sympy import Expr, Integer, sqrt

from derivations.form.base import plain
from derivations.form.claim import Claim, Wrong, by
from derivations.form.experiment import Experiment, Residual
from derivations.form.law import Given, Law, Weighed
from derivations.form.statement import Equal
from derivations.notation.densities import AnyDensity
from derivations.notation.process import Process
from derivations.notation.quantities import Slope
from derivations.notation.scores import TiltedScore
from derivations.probability.gaussian import Normal
from derivations.symbols import (
    alpha_t,
    c,
    grad,
    mu_hat,
    n_0,
    n_1,
    n_2,
    q_x,
    q_y,
    scale,
    score_u,
    sigma_t,
    tau_y,
    var,
    x,
    y,
    z_s,
    z_t,
)

NOISE = (n_0, n_1, n_2)

# A label of Gaussian data: y = x + tau_y n, x ~ N(0, c), z = alpha x + sigma n
data = sqrt(c) * n_0
latent, label = alpha_t * data + sigma_t * n_1, data + tau_y * n_2
LABELLED = Process((x, data), (z_t, alpha_t * x + sigma_t * n_1), (y, x + tau_y * n_2), noise=NOISE)
MARGINAL, CLASSIFIER = AnyDensity("q", z_t), AnyDensity("q", y, z_t)  # q(z) and q(y | z), any


def tilted_score(density: Expr, score_z: Expr = score_u) -> TiltedScore:
    """The score of a product of powers of the two: at a point they and their slopes may be any numbers."""
    return TiltedScore(density, z_t, (MARGINAL, q_x, score_z), (CLASSIFIER, q_y, grad))


class Bayes(NamedTuple):
    """The score of q(z | y) by those of q(z) and q(y | z); for Gaussian data its coefficients of z and of the label."""

    score: Expr
    z: Expr
    y: Expr

    @property
    def law(self) -> Normal:
        """The normal law of z given the label, which has that score."""
        return Normal(-self.y / self.z * y, -1 / self.z)


seen_var = alpha_t**2 * c * tau_y**2 + sigma_t**2 * (c + tau_y**2)  # (c + tau_y^2) times the variance of z given y
B = Bayes(score=score_u + grad, z=-(c + tau_y**2) / seen_var, y=alpha_t * c / seen_var)
SEEN = Given(latent, ((label, y),), NOISE)
product = tilted_score(MARGINAL * CLASSIFIER)
plain_score = LABELLED.score(z_t)
label_score = Slope(LABELLED.log_q(y, z_t), z_t)  # of q(y | z), of the noisy z
both_scores = plain_score + label_score

bayes = Claim(
    name="guidance.bayes",
    title="The score of q(z_t | y) is grad log q(z_t) plus the slope of log q(y | z_t), which classifies the noisy z_t",
    kind="law",
    needs=("vdm.param.score",),
    says=lambda a: (
        Equal(product, a.score),
        Law(z_t, SEEN, a.law),
        Equal(both_scores, a.z * z_t + a.y * y),
    ),
    answer=B,
    example={alpha_t: 1, sigma_t: 1, c: 1, tau_y: 1, y: 1, z_t: 1, score_u: 1, grad: 1, q_x: 1, q_y: 1},
    convenience={
        "0 < alpha_t": "at alpha_t = 0 the label carries no information on z",
        "0 < c": "at c = 0, x is known, and the label carries no information",
        "0 < tau_y": "at tau_y = 0, the label is x itself",
        "0 < sigma_t": "only its square occurs",
        "0 < q_x": "where the density is 0 it has no score; as a common factor it cancels",
        "0 < q_y": "where the classifier gives 0 its logarithm has no slope; as a common factor it cancels",
    },
    proof=(
        (
            by("log q(z) + log q(y | z), up to a constant", product),
            by("slopes add", B.score, eq="sde2021 (14)"),
        ),
        *(
            (by("Gaussian conditioning of z on the label", e[0]), by("over a common denominator", e[1]))
            for e in plain(Law(z_t, SEEN, B.law))
        ),
        (
            by("the sum of the scores of marginal and classifier", both_scores),
            by("the score given the label", B.z * z_t + B.y * y),
        ),
    ),
    wrong={
        "the clean classifier at noisy z": Wrong(
            B._replace(
                z=-1 / (alpha_t**2 * c + sigma_t**2) - 1 / tau_y**2,
                y=1 / tau_y**2,
            ),
            "q(y | x) is evaluated at z: overconfident, and more so with more noise",
        ),
        "sign of the classifier": Wrong(B._replace(score=score_u - grad), "it points away from the label"),
        "the classifier alone": Wrong(
            B._replace(score=grad), "the prior is left out, and samples do not resemble data"
        ),
        "the unconditional score": Wrong(
            B._replace(z=-1 / (alpha_t**2 * c + sigma_t**2), y=Integer(0)), "the label is ignored"
        ),
    },
    experiment=Experiment(
        process=((x, data), (y, x + tau_y * n_2), (z_t, alpha_t * x + sigma_t * n_1)),
        normals=NOISE,
        checks=(Residual(of=z_t, law=lambda a: a.law, given=(y,)),),
        twins=("the clean classifier at noisy z", "the unconditional score"),
    ),
    means="pointwise, for any density and classifier; a joint normal of symbolic variances",
)


class Shift(NamedTuple):
    """The step's law tilted by exp(scale grad (z - mu)), and the logarithm of what normalises it."""

    mean: Expr
    var: Expr
    log_norm: Expr


def tilted(a: Shift) -> Law:
    """The step's law, its density times exp(scale grad (z - mu))."""
    seen = Weighed(Normal(mu_hat, var), scale * grad * (z_s - mu_hat), a.log_norm, on=(y,), names=("p", "p"))
    return Law(z_s, seen, Normal(a.mean, a.var))


T = Shift(mean=mu_hat + scale * var * grad, var=var, log_norm=scale**2 * grad**2 * var / 2)

(TILTED,) = plain(tilted(T))

shift = Claim(
    name="guidance.shift",
    title="A classifier with linear logarithm shifts the mean of a normal step by scale Sigma grad, at variance Sigma",
    kind="law",
    needs=("guidance.bayes",),
    says=tilted,
    answer=T,
    example={mu_hat: 1, var: 4, scale: 1, grad: 1, z_s: 1},
    proof=(
        (
            by(
                "log N(z; mu, Sigma) + scale grad (z - mu), normalised",
                TILTED.lhs,
                eq="dhariwal2021 (5)-(8)",
            ),
            by(
                "complete the square",
                TILTED.rhs,
                eq="dhariwal2021 (9)-(10)",
            ),
        ),
    ),
    wrong={
        "standard deviation for variance": Wrong(
            T._replace(mean=mu_hat + scale * sqrt(var) * grad), "the shift is scaled by the wrong power"
        ),
        "not scaled by the variance": Wrong(
            T._replace(mean=mu_hat + scale * grad),
            "the last steps, of small variance, are shifted as much as the first",
        ),
        "sign": Wrong(T._replace(mean=mu_hat - scale * var * grad), "it points away from the label"),
        "half of it": Wrong(
            T._replace(mean=mu_hat + scale * var * grad / 2), "completing the square gives twice this shift"
        ),
    },
    means="a classifier replaced by its tangent at the mean; one coordinate, as isotropic log-densities add up",
)

CLAIMS = (bayes, shift)
