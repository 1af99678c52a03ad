"""One term of DDPM's loss with a free reverse variance: the weights of the mean and of the noise.

Besides the squared error there is a constant, never negative, and 0 only at beta-tilde_t. There the
weights of DDPM and VDM agree: half of expm1 of the gap in log SNR.
"""

from typing import NamedTuple

from sympy import Expr, Rational, S, exp, log, sqrt

from derivations.calculus.ddpm_step import at_data
from derivations.calculus.divergence import closed, divergence, log_ratio
from derivations.form.claim import Below, Claim, Wrong, by
from derivations.form.experiment import Experiment, Mean
from derivations.form.statement import AtMost, Equal
from derivations.notation.laws import Divergence, LawName
from derivations.notation.losses import StepLoss
from derivations.notation.quantities import Quantity
from derivations.notation.values import At
from derivations.probability.gaussian import Normal
from derivations.symbols import (
    abar,
    alpha,
    beta_tilde,
    eps,
    eps_hat,
    mu_1,
    mu_hat,
    n_1,
    score,
    score_hat,
    sigma_t,
    t,
    var,
    x_0,
    x_s,
    x_t,
)


class Term(NamedTuple):
    """weight (mu-tilde - mu_theta)^2 + constant."""

    weight: Expr
    constant: Expr


q_t, p_t = Normal(mu_1, beta_tilde), Normal(mu_hat, var)
free = divergence(q_t, p_t)
KL = Divergence(LawName(*q_t, "q", x_s, x_t, x_0), LawName(*p_t, "p", x_s, x_t), n_1)
ALIKE = At(KL, (mu_hat, mu_1))  # where the means agree
TERM = Term(weight=1 / (2 * var), constant=(beta_tilde / var - 1 - log(beta_tilde / var)) / 2)


def spelled(a: Term) -> Expr:
    """The term that the two parts make."""
    return a.weight * (mu_1 - mu_hat) ** 2 + a.constant


loss_mu = Claim(
    name="ddpm.loss.mu",
    title=(
        "The constant of DDPM (8) is (r - 1 - log r)/2 >= 0 with r = beta-tilde/Sigma, and 0 only where Sigma is "
        "beta-tilde"
    ),
    kind="expectation",
    needs=("kl.gauss", "log.tangent"),
    says=lambda a: (
        Equal(KL, spelled(a)),
        AtMost(S.Zero, ALIKE, {beta_tilde: var}, only=True),
    ),
    answer=TERM,
    example={beta_tilde: 1, var: 4, mu_1: 0, mu_hat: 1},
    proof=(
        (
            by("q(x_{t-1} | x_t, x_0) against N(mu_theta, sigma_t^2)", free, eq="ddpm2020 (5)"),
            by("kl.gauss", closed(q_t, p_t)),
            by("C collects what does not depend on theta", spelled(TERM), eq="ddpm2020 (8)"),
        ),
        (
            by("equal variances", S.Zero),
            by("convex in beta-tilde, least at sigma^2", TERM.constant, convex=(beta_tilde, var)),
            by("the divergence where the means agree", ALIKE),
        ),
    ),
    wrong={
        "sigma to the fourth": Wrong(
            TERM._replace(weight=1 / (2 * var**2)),
            "the units are wrong: ||Sigma||^2 of a covariance sigma^2 I",
            ("weng2021 the parameterisation of L_t",),
        ),
        "constant dropped": Wrong(
            TERM._replace(constant=S.Zero), "the bound comes out too low unless sigma^2 = beta-tilde"
        ),
        "posterior variance": Wrong(TERM._replace(weight=1 / (2 * beta_tilde)), "beta-tilde stands for sigma_t^2"),
        "constant inverted": Wrong(
            TERM._replace(constant=(var / beta_tilde - 1 - log(var / beta_tilde)) / 2),
            "it is KL(p || q) of the variances",
        ),
    },
    experiment=Experiment(
        process=((x_s, mu_1 + sqrt(beta_tilde) * n_1),),
        normals=(n_1,),
        at={beta_tilde: 1, var: 4, mu_1: 0, mu_hat: 2},
        checks=(Mean(of=log_ratio(q_t, p_t, x_s), value=spelled),),
        twins=("constant dropped", "posterior variance", "constant inverted"),
    ),
)


# -- in the noise. beta_t = 1 - alpha, alpha-bar_{t-1} = abar / alpha
class Noise(NamedTuple):
    """The weight of (eps - eps_theta)^2, for any sigma_t^2 and at beta-tilde_t; that of the score's squared error."""

    any_variance: Expr
    at_beta_tilde: Expr
    by_score: Expr


def denoised(e: Expr) -> Expr:
    """x_0, by the noise in x_t."""
    return (x_t - sqrt(1 - abar) * e) / sqrt(abar)


def scored(e: Expr) -> Expr:
    """x_0, by the score at x_t."""
    return (x_t + (1 - abar) * e) / sqrt(abar)


def apart(*data: Expr) -> Expr:
    """The squared distance of the means of two steps back, whose guesses of x_0 these are."""
    of_data, of_guess = (At(STEPS.E(x_s, x_t), (x_0, e)) for e in data)
    return (of_data - of_guess) ** 2


beta_t, kept = 1 - alpha, abar / alpha
STEPS = at_data(alpha, kept, beta_t)
squared = apart(denoised(eps), denoised(eps_hat))
# what L_{t-1} is the mean of, but for the constant of DDPM (8)
FREE = StepLoss("L_{t-1}", (x_t, eps), squared / (2 * sigma_t**2))
BY_SCORE = StepLoss("L_{t-1}", (x_t, score), apart(scored(score), scored(score_hat)) / (2 * sigma_t**2))
OWN = squared / (2 * STEPS.Var(x_s, x_t))
gap = Quantity("gamma", (t,), log((1 - abar) / abar)) - Quantity("gamma", (t - 1,), log((1 - kept) / kept))
NOISE_WEIGHT = Noise(
    any_variance=beta_t**2 / (2 * sigma_t**2 * alpha * (1 - abar)),
    at_beta_tilde=(exp(gap) - 1) / 2,
    by_score=beta_t**2 / (2 * sigma_t**2 * alpha),
)
BETA_TILDE = (1 - kept) / (1 - abar) * beta_t
PULL = beta_t / sqrt(1 - abar) / sqrt(alpha)
GONE, MISSED = (eps - eps_hat) ** 2, (score - score_hat) ** 2

loss_eps = Claim(
    name="ddpm.loss.eps",
    title=(
        "Where the reverse variance is beta-tilde, the weight in DDPM (12) is VDM's weight, expm1(gamma(t) - "
        "gamma(t - 1))/2 with gamma = -log SNR"
    ),
    kind="equality",
    needs=("ddpm.posterior", "ddpm.loss.mu", "vdm.kl.expm1"),
    says=lambda a: (
        Equal(FREE, a.any_variance * GONE),
        Equal(OWN, a.at_beta_tilde * GONE),
        Equal(BY_SCORE, a.by_score * MISSED),
    ),
    answer=NOISE_WEIGHT,
    given=(Below(abar, alpha), Below(alpha, S.One)),
    convenience={
        "0 < abar": "alpha-bar is a square, whose root has cancelled",
        "0 < alpha": "alpha_t is a square, whose root has cancelled",
        "abar < alpha": "alpha-bar_{t-1} < 1, that is t >= 2: at t = 1 the posterior is a point",
        "alpha < 1": "beta_t > 0; at beta_t = 0 the first weight vanishes",
    },
    example={
        alpha: Rational(1, 2),
        abar: Rational(1, 4),
        sigma_t: 1,
        eps: 1,
        eps_hat: 3,
        x_t: 1,
        score: 1,
        score_hat: 3,
    },
    proof=(
        (
            by("squared distance of the means over twice the variance", FREE, eq="ddpm2020 (8)"),
            by(
                "mu = (x_t - beta_t eps / sqrt(1 - alpha-bar_t)) / sqrt(alpha_t)",
                (beta_t / sqrt(1 - abar) / sqrt(alpha)) ** 2 * GONE / (2 * sigma_t**2),
                eq="ddpm2020 (11)",
            ),
            by("collect", NOISE_WEIGHT.any_variance * GONE, eq="ddpm2020 (12)"),
        ),
        (
            by("the same, over the posterior variance", OWN),
            by("insert beta-tilde_t", NOISE_WEIGHT.any_variance.subs(sigma_t**2, BETA_TILDE) * GONE),
            by("SNR(t-1)/SNR(t) - 1", ((kept / (1 - kept)) / (abar / (1 - abar)) - 1) / 2 * GONE),
            by("gamma = -log SNR", NOISE_WEIGHT.at_beta_tilde * GONE, eq="vdm2021 (14)"),
        ),
        (
            by("the same of two scores", BY_SCORE, eq="luo2022 (145)"),
            by(
                "mu = (x_t + beta_t score) / sqrt(alpha_t)",
                (beta_t / sqrt(alpha) * score - beta_t / sqrt(alpha) * score_hat) ** 2 / (2 * sigma_t**2),
                eq="luo2022 (146)",
            ),
            by("collect", NOISE_WEIGHT.by_score * MISSED, eq="luo2022 (147)-(148)"),
        ),
    ),
    wrong={
        "unweighted": Wrong(NOISE_WEIGHT._replace(any_variance=S.Half), "L_simple is another objective, not L_{t-1}"),
        "alpha-bar for alpha": Wrong(
            NOISE_WEIGHT._replace(any_variance=beta_t**2 / (2 * sigma_t**2 * abar * (1 - abar))),
            "too large by the factor 1/alpha-bar_{t-1}",
        ),
        "beta not squared": Wrong(
            NOISE_WEIGHT._replace(any_variance=beta_t / (2 * sigma_t**2 * alpha * (1 - abar))),
            "too large by the factor 1/beta_t",
        ),
        "the weight of the noise for the score": Wrong(
            NOISE_WEIGHT._replace(by_score=NOISE_WEIGHT.any_variance),
            "the squared error of the score is that of the noise over 1 - alpha-bar_t",
        ),
        "gap reversed": Wrong(NOISE_WEIGHT._replace(at_beta_tilde=(exp(-gap) - 1) / 2), "the weight is negative"),
    },
)

CLAIMS = (loss_mu, loss_eps)
