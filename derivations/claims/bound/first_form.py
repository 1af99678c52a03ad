"""Luo's first form of the bound beside his second: its prior term, the variance of its estimate, and its minimiser.

The prior term of (45) compares one step of the encoder with the prior, not the last latent, so it keeps what that step
adds. The estimate of (44) sums logarithms along one path; where the model's reverse process is the true one these sum
to log p(x_0), and vary not at all, while the divergences of (58) vary with the latents. A consistency term is least
where p(x_t | x_{t+1}) is the law of x_t drawn anew before x_{t+1}, and never 0.
"""

from typing import NamedTuple

from sympy import Expr, Rational, S, log, sqrt

from derivations.calculus.divergence import closed
from derivations.form.claim import Below, Claim, Wrong, by
from derivations.form.statement import Equal, Tends
from derivations.notation.laws import Divergence, LawName, log_law
from derivations.notation.process import Process
from derivations.notation.quantities import Quantity, Slope
from derivations.notation.values import At
from derivations.probability.expected import Expected
from derivations.probability.gaussian import Normal
from derivations.symbols import abar_s, alpha, n_0, n_1, n_2, n_3, reach, var, x_0, x_1, x_2

STANDARD = Normal(S.Zero, S.One)
before = sqrt(abar_s) * x_0 + sqrt(1 - abar_s) * n_2  # x_{T-1}, given x_0
last = Normal(sqrt(alpha) * before, 1 - alpha)  # the last step from there
TERM = Expected(Divergence(LawName(*last), LawName(*STANDARD), n_1), n_2)
BETWEEN = (Below(alpha, S.One), Below(abar_s, S.One))


class Prior(NamedTuple):
    """The mean divergence of the last step from the prior, and what it tends to with alpha-bar_{T-1}."""

    mean: Expr
    at_end: Expr


P = Prior(
    mean=(alpha * abar_s * (x_0**2 - 1) - log(1 - alpha)) / 2,
    at_end=-log(1 - alpha) / 2,
)

prior = Claim(
    name="vdm.elbo1.prior",
    title="The prior term of Luo's first bound tends to -log(1 - alpha)/2 as abar_s tends to 0",
    kind="refuted",
    needs=("kl.gauss",),
    says=lambda a: (Equal(TERM, a.mean), Tends(TERM, abar_s, a.at_end)),
    answer=P,
    given=BETWEEN,
    refutes="the prior matching term of Luo's first form is zero where next to nothing is left of the data",
    printed_in=("luo2022 text after (45)",),
    printed=Equal(TERM, S.Zero),
    printed_at={alpha: Rational(1, 2), x_0: S.One, abar_s: Rational(1, 10**6)},
    example={alpha: Rational(1, 2), abar_s: Rational(1, 4), x_0: 2},
    convenience={
        "0 < alpha": "at alpha = 0 the step keeps nothing, and the term is 0",
        "0 < abar_s": "alpha-bar is a square; the formula is analytic at 0",
        "abar_s < 1": "only the square of the root occurs",
    },
    proof=(
        (
            by("of x_{T-1} = sqrt(alpha-bar_{T-1}) x_0 + noise", TERM),
            by("kl.gauss, for each x_{T-1}", Expected(closed(last, STANDARD), n_2)),
            by("the second moment of x_{T-1}", P.mean),
        ),
        (
            by("the same term", TERM),
            by("its value for any alpha-bar_{T-1}", P.mean),
            by("continuous at 0", P.at_end),
        ),
    ),
    wrong={
        "zero in the limit": Wrong(
            P._replace(at_end=S.Zero),
            "the last step adds noise of variance 1 - alpha, and is no standard normal given x_{T-1}",
            ("luo2022 text after (45)",),
        ),
        "the last latent for the last step": Wrong(
            Prior((alpha * abar_s * (x_0**2 - 1) - log(1 - alpha * abar_s)) / 2, S.Zero),
            "it is the prior term of (58), KL(q(x_T | x_0) || p(x_T))",
        ),
        "no half": Wrong(Prior(2 * P.mean, 2 * P.at_end), "twice the divergence"),
        "logarithm of alpha": Wrong(
            Prior(P.mean + (log(1 - alpha) - log(alpha)) / 2, -log(alpha) / 2), "the signal's share for the noise's"
        ),
    },
)

# N(0, 1) data and two steps, each reverse step the true one
CHAIN = Process(
    (x_1, sqrt(abar_s) * x_0 + sqrt(1 - abar_s) * n_1),
    (x_2, sqrt(alpha) * x_1 + sqrt(1 - alpha) * n_2),
    noise=(n_1, n_2),
    data=(x_0,),
)
BACK = Normal(sqrt(alpha) * x_2, 1 - alpha)
rest = 1 - alpha * abar_s
GIVEN_BOTH = Normal(
    (sqrt(alpha) * (1 - abar_s) * x_2 + sqrt(abar_s) * (1 - alpha) * x_0) / rest, (1 - abar_s) * (1 - alpha) / rest
)
reconstruction = log_law(Normal(sqrt(abar_s) * x_1, 1 - abar_s), x_0, x_1, name="p")
PATH = CHAIN.spread(
    reconstruction
    + log_law(STANDARD, x_2, name="p")
    - CHAIN.log_step(x_2)
    + log_law(BACK, x_1, x_2, name="p")
    - CHAIN.log_q(x_1)
)
TERMS = CHAIN.spread(
    reconstruction - Divergence(LawName(*GIVEN_BOTH, "q", x_1, x_2, x_0), LawName(*BACK, "p", x_1, x_2), n_3)
)


class Spreads(NamedTuple):
    """The variance of the sum of logarithms along a path, and of the sum of divergences at x_0 = 0."""

    path: Expr
    each: Expr


SHARE = abar_s**2 * alpha * (1 - alpha) / (2 * rest**2)  # of x_2^2 in the divergence
V = Spreads(
    path=S.Zero,
    each=abar_s**2 / 2 + 2 * SHARE**2 * rest**2 + 2 * abar_s * SHARE * alpha * (1 - abar_s),
)
AT_ZERO = At(TERMS, (x_0, S.Zero))

variance = Claim(
    name="vdm.elbo1.path_variance",
    title="Along a path of the true reverse process, Luo's sum of logarithms in (44) has variance 0",
    kind="refuted",
    needs=("kl.gauss", "ddpm.posterior"),
    says=lambda a: (Equal(PATH, a.path), Equal(AT_ZERO, a.each)),
    answer=V,
    given=BETWEEN,
    refutes="the divergences of Luo's second form have lower variance than the logarithms of his first",
    printed_in=("luo2022 text around (46)",),
    printed=Below(AT_ZERO, At(PATH, (x_0, S.Zero))),
    printed_at={alpha: Rational(1, 2), abar_s: Rational(1, 2)},
    example={alpha: Rational(1, 2), abar_s: Rational(1, 4), x_0: 2},
    convenience={
        "0 < alpha": "at alpha = 0, x_2 is noise, and the divergence does not vary",
        "0 < abar_s": "at abar_s = 0, x_1 is noise, and neither estimate varies",
        "alpha < 1": "variances occur as squares of roots, so the identities hold beyond it",
        "abar_s < 1": "variances occur as squares of roots, so the identities hold beyond it",
    },
    proof=(
        (
            by("the variance of the sum along x_1 and x_2", PATH),
            by("the sum is log p(x_0) whatever the path", V.path),
        ),
        (
            by("the variance of reconstruction less divergence, at x_0 = 0", AT_ZERO),
            by("of abar_s n_1^2/2 plus a multiple of x_2^2: variances and a covariance of squares", V.each),
        ),
    ),
    wrong={
        "less of the divergences": Wrong(
            Spreads(V.each, S.Zero),
            "true of each term by itself, and with noise drawn anew for each; a path couples the terms",
            ("luo2022 text around (46)",),
        ),
        "covariance left out": Wrong(
            V._replace(each=V.each - 2 * abar_s * SHARE * alpha * (1 - abar_s)), "x_2 is made from x_1"
        ),
        "reconstruction alone": Wrong(V._replace(each=abar_s**2 / 2), "the divergence varies with x_2"),
    },
)

# N(0, 1) data and two steps: x_1 drawn anew given x_0, and x_2 along the chain
late = sqrt(alpha) * (sqrt(abar_s) * n_0 + sqrt(1 - abar_s) * n_1) + sqrt(1 - alpha) * n_2
FORWARD = LawName(sqrt(abar_s) * n_0, 1 - abar_s)
CONSISTENCY = Quantity("D", (reach, var), Expected(Divergence(FORWARD, LawName(reach * late, var), n_3), n_0, n_1, n_2))
widest = 1 - abar_s**2 * alpha


class Least(NamedTuple):
    """The weight of x_2 in the best mean of p(x_1 | x_2), and the consistency term there, at the best variance."""

    weight: Expr
    term: Expr


L = Least(weight=abar_s * sqrt(alpha), term=log(widest / (1 - abar_s)) / 2)
BEST = At(CONSISTENCY, (reach, L.weight), (var, widest))

minimiser = Claim(
    name="vdm.elbo1.minimiser",
    title="Where both slopes vanish, Luo's consistency term is log((1 - abar_s^2 alpha)/(1 - abar_s))/2",
    kind="refuted",
    needs=("kl.gauss",),
    says=lambda a: (
        Equal(Slope(CONSISTENCY, reach), (reach - a.weight) / var),
        Equal(At(Slope(CONSISTENCY, var), (reach, L.weight)), (var - widest) / (2 * var**2)),
        Equal(BEST, a.term),
    ),
    answer=L,
    given=BETWEEN,
    refutes="trained to match the step of the encoder, a consistency term is zero",
    printed_in=("luo2022 text after (45)",),
    printed=Equal(BEST, S.Zero),
    printed_at={alpha: Rational(1, 2), abar_s: Rational(1, 2)},
    example={alpha: Rational(1, 4), abar_s: Rational(1, 4), reach: 1, var: 2},
    convenience={
        "0 < alpha": "at alpha = 0, x_2 tells nothing of x_0, and the best mean is that of the data",
        "0 < abar_s": "at abar_s = 0, x_1 is noise, and the term is 0",
        "alpha < 1": "only the square of the root occurs",
        "0 < reach": "the term is a parabola in reach, and the slope holds on either side of 0",
    },
    proof=(
        (
            by("the slope in the weight of x_2", Slope(CONSISTENCY, reach)),
            by("E[(reach x_2 - sqrt(abar_s) x_0) x_2]/Sigma, where E[x_2^2] = 1", (reach - L.weight) / var),
        ),
        (
            by("the slope in the variance", At(Slope(CONSISTENCY, var), (reach, L.weight))),
            by("what x_2 leaves open of the mean, and the variance of the step", (var - widest) / (2 * var**2)),
        ),
        (
            by("the term there", BEST),
            by("half of the logarithm of the ratio of variances", L.term),
        ),
    ),
    means="two steps from standard normal data, with symbolic alphas",
    wrong={
        "a match": Wrong(
            L._replace(term=S.Zero),
            "one is given x_2 and the other x_0: no function of the one is a function of the other",
            ("luo2022 text after (45)",),
        ),
        "the true reverse step": Wrong(
            Least(sqrt(alpha), L.term), "it is best for the bound, but x_1 is drawn anew here, apart from x_2"
        ),
        "the variance alone": Wrong(L._replace(term=log(1 / (1 - abar_s)) / 2), "x_2 does tell something of x_0"),
    },
)

CLAIMS = (prior, variance, minimiser)
