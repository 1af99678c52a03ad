"""Bayes-optimal denoising of a mixture of two normals.

By Tweedie's formula E[x | z] = (z + sigma^2 s)/alpha and Var(x | z) = sigma^2 (1 + sigma^2 s')/alpha^2, where s is the
score of z, a mixture of two normals. The mean is that of the components' denoisers, weighted by their shares given z;
the variance is the mean of the components' variances, plus the variance of their means.
"""

from typing import NamedTuple

from sympy import Expr, Piecewise, Rational, S, exp, sqrt, tanh

from derivations.form.claim import Claim, Wrong, by
from derivations.form.experiment import Chance, Experiment, Mean
from derivations.form.statement import Equal
from derivations.notation.laws import DensityAt, LawName
from derivations.notation.outcomes import Average, Outcomes
from derivations.notation.outcomes import Chance as ShareOf
from derivations.notation.process import Process
from derivations.notation.quantities import Log, Quantity, Slope
from derivations.notation.values import At
from derivations.probability.gaussian import Normal
from derivations.probability.opening import opened

# isort: off
from derivations.symbols import (
    alpha_t, component, mu_1, mu_2, mu_hat, n_0, n_1, sigma_t, u_0, var_1, var_2, omega, x, x_1, x_2, z_1, z_2, z_t,
)  # fmt: skip

NOISE = (n_0, n_1)
DATA = mu_1 + sqrt(var_1) * n_0, mu_2 + sqrt(var_2) * n_0  # the first has the odds omega
COMPONENTS = tuple(
    Process((x_i, d), (z_i, alpha_t * x_i + sigma_t * n_1), noise=NOISE)
    for x_i, z_i, d in zip((x_1, x_2), (z_1, z_2), DATA, strict=True)
)
PAIRS = tuple(zip(COMPONENTS, (x_1, x_2), (z_1, z_2), strict=True))
q_1, q_2 = (DensityAt(LawName(*p.law(z_i), f"q_{i}", z_t), z_t) for i, (p, _, z_i) in enumerate(PAIRS, start=1))
q = Quantity("q", (z_t,), (omega * q_1 + q_2) / (1 + omega))
MEANS = tuple(At(p.E(x_i, z_i), (z_i, z_t)) for p, x_i, z_i in PAIRS)
OUTCOMES = Outcomes(component, (S.One, omega * q_1), (S(2), q_2))  # by Bayes' rule
share = ShareOf(OUTCOMES, S.One, z_t)
bayes = Average(mu_hat, Outcomes(mu_hat, *zip(MEANS, (omega * q_1, q_2), strict=True)), z_t)  # of E[x | z, component]
score = Slope(Log(q), z_t)
tweedie = Quantity("x_hat", (z_t,), (z_t + sigma_t**2 * score) / alpha_t)
second = Quantity("sigma_hat^2", (z_t,), sigma_t**2 * (1 + sigma_t**2 * Slope(score, z_t)) / alpha_t**2)

first = Piecewise((1, u_0 < omega / (1 + omega)), (0, True))  # whether x is of the first
seen_1, seen_2 = (Normal(*(e.subs(z_i, z_t) for e in p.law(x_i, z_i))) for p, x_i, z_i in PAIRS)
own = Normal(*(first * a + (1 - first) * b for a, b in zip(seen_1, seen_2, strict=True)))
denoised = opened(bayes)


class Mixture(NamedTuple):
    """The first component's share given z; mean and variance of x given z; the score of z."""

    share: Expr
    mean: Expr
    var: Expr
    score: Expr


V_1, V_2 = (Quantity(f"V_{i}", (), alpha_t**2 * v + sigma_t**2) for i, v in enumerate((var_1, var_2), start=1))
off_1, off_2 = z_t - alpha_t * mu_1, z_t - alpha_t * mu_2
given = 1 / (1 + sqrt(V_1 / V_2) * exp(off_1**2 / (2 * V_1) - off_2**2 / (2 * V_2)) / omega)
r = Quantity("r", (z_t,), given)
m_1, m_2 = mu_1 + alpha_t * var_1 / V_1 * off_1, mu_2 + alpha_t * var_2 / V_2 * off_2
left_1, left_2 = var_1 * sigma_t**2 / V_1, var_2 * sigma_t**2 / V_2
M = Mixture(
    share=given,
    mean=r * m_1 + (1 - r) * m_2,
    var=r * left_1 + (1 - r) * left_2 + r * (1 - r) * (m_1 - m_2) ** 2,
    score=-r * off_1 / V_1 - (1 - r) * off_2 / V_2,
)
prior = omega / (1 + omega)

mixture = Claim(
    name="bayes.mixture",
    title=(
        "For a mixture of two normals, the mean of x given z is that of their denoisers, weighted by their shares "
        "given z"
    ),
    kind="equality",
    needs=("bayes.gaussian",),
    says=lambda a: (
        Equal(share, a.share),
        Equal(bayes, a.mean),
        Equal(tweedie, a.mean),
        Equal(second, a.var),
        Equal(score, a.score),
    ),
    answer=M,
    example={alpha_t: 1, sigma_t: 2, mu_1: 1, mu_2: -1, var_1: 5, var_2: 12, omega: 2, z_t: 1},
    means="two components of symbolic odds, means and variances",
    convenience={
        "0 < omega": "omega = 0 is one normal",
        "0 < sigma_t": "the formulas divide only by alpha and by the variances of z",
        "0 < Sigma_1": "a variance of 0 is a point",
        "0 < Sigma_2": "a variance of 0 is a point",
        "0 < alpha_t": "Tweedie's formula divides by alpha_t; the denoiser tends to the prior mean",
    },
    proof=(
        (by("Bayes' rule for the component", opened(share)), by("divide by the first density", M.share)),
        (by("the tower rule: first the component, then x", denoised), by("weighted by the shares", M.mean)),
        (
            by("Tweedie's formula for the mixture", tweedie),
            by("(z + sigma^2 score)/alpha in each component", denoised),
            by("weighted by the shares", M.mean),
        ),
        (
            by("Tweedie's formula for the variance", second),
            by("the variance within components plus that between their means", M.var),
        ),
        (by("the slope of the mixture's log-density", score), by("weighted by the shares", M.score)),
    ),
    wrong={
        "prior weights": Wrong(M._replace(mean=prior * m_1 + (1 - prior) * m_2), "the weights do not depend on z"),
        "weights lost in the score": Wrong(
            M._replace(score=M.score.subs(omega, 1)),
            "true only if the components do not overlap; where they do, the odds decide which way z is pulled",
            ("luo2022 text around (159), caption of figure 6",),
        ),
        "one normal": Wrong(M._replace(mean=m_1), "it is the denoiser of one component: a mode is taken for the mean"),
        "spread left out": Wrong(
            M._replace(var=r * left_1 + (1 - r) * left_2),
            "only the variance within components: it is uncertain which one x is from",
        ),
        "variances left out": Wrong(
            M._replace(share=1 / (1 + exp(off_1**2 / (2 * V_1) - off_2**2 / (2 * V_2)) / omega)),
            "it is a softmax of squared distances, without the normalisers",
        ),
        "weights of clean data": Wrong(
            M._replace(share=opened(share).subs({alpha_t: 1, sigma_t: 0})), "the noisy z is compared with clean data"
        ),
    },
    experiment=Experiment(
        process=(
            (x, Piecewise((DATA[0], u_0 < prior), (DATA[1], True))),
            (z_t, alpha_t * x + sigma_t * n_1),
        ),
        normals=NOISE,
        uniforms=(u_0,),
        checks=(
            Chance(2 * first - 1, lambda a: a.share, given=(z_t,)),
            Mean(x * tanh(z_t), lambda a: a.mean * tanh(z_t)),
            # (x - E[x | z])^2, less (x - m)^2 - v of the normal x given z and its component: a difference of squares
            Mean(own.var + (own.mean - denoised) * (2 * x - own.mean - denoised), lambda a: a.var),
        ),
        at={alpha_t: Rational(3, 2), sigma_t: 2, mu_1: 1, mu_2: -1, var_1: 2, var_2: 3, omega: 1},
        size=200_000,
        twins=("prior weights", "one normal", "spread left out"),
    ),
)

CLAIMS = (mixture,)
