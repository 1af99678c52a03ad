"""The prior loss, KL(q(z_1 | x) || N(0, 1)), which no network can change.

It is a divergence of two normals; for a variance-preserving process it depends only on alpha-bar_T and x_0.
It tends to 0 with alpha-bar_T, but is positive before. Where variance is not preserved, the process ends in
noise of variance sigma_1^2, and N(0, 1) may be far from it.
"""

from typing import NamedTuple

from sympy import Expr, Rational, S, exp, log, sqrt

from derivations.calculus.divergence import closed, divergence, log_ratio
from derivations.form.claim import Below, Claim, Wrong, by
from derivations.form.experiment import Experiment, Mean
from derivations.form.statement import AtMost, Equal, Tends
from derivations.notation.laws import Divergence, LawName
from derivations.notation.values import At
from derivations.probability.gaussian import Normal, law
from derivations.symbols import abar, alpha_1, n_1, noise_log, sigma_1, var, x, x_0, x_t, z_1

made_1 = alpha_1 * x + sigma_1 * n_1
ends = law(made_1, (n_1,))
STANDARD = Normal(S.Zero, S.One)
ENDS = LawName(*ends, "q", z_1, x)
PRIOR_TERM = Divergence(ENDS, LawName(*STANDARD), n_1)
PRIOR = (alpha_1**2 * x**2 + sigma_1**2 - 1 - log(sigma_1**2)) / 2
BY_MOMENTS = divergence(ends, STANDARD)
SNR_1 = alpha_1**2 / sigma_1**2

prior = Claim(
    name="vdm.vlb.prior",
    title="The prior loss is (alpha_1^2 x^2 + sigma_1^2 - 1 - log sigma_1^2) / 2 in each coordinate",
    kind="expectation",
    needs=("kl.gauss",),
    says=lambda a: Equal(PRIOR_TERM, a),
    answer=PRIOR,
    example={alpha_1: Rational(3, 5), sigma_1: Rational(4, 5), x: 1},
    convenience={
        "0 < alpha_1": "alpha_1 = 0 is a zero terminal SNR, and the sign of alpha_1 does not matter",
    },
    proof=(
        (
            by("the moments of z_1 = alpha_1 x + sigma_1 n", BY_MOMENTS),
            by("kl.gauss", closed(ends, STANDARD), eq="luo2022 (86)"),
            by("put a standard normal prior", PRIOR),
        ),
    ),
    wrong={
        "SNR/(SNR + 1) x^2": Wrong(
            SNR_1 / (SNR_1 + 1) * x**2,
            "zero at x = 0 whatever the noise; if variance preserving, it is alpha_1^2 x^2, twice one of its parts",
            ("web a public implementation of VDM",),
        ),
        "logarithm dropped": Wrong(PRIOR + log(sigma_1**2) / 2, "negative for sigma_1 below 1 and x = 0"),
        "log of sigma, not of its square": Wrong(PRIOR + log(sigma_1) / 2, "the difference of entropies is halved"),
        "arguments swapped": Wrong(closed(STANDARD, ends), "it is KL(p || q)"),
    },
    experiment=Experiment(
        process=((z_1, made_1),),
        normals=(n_1,),
        # log-ratio at the point: a + b n + c n^2 with b = alpha sigma x = 0.96, c = (sigma^2 - 1)/2 = -0.18
        checks=(Mean(of=log_ratio(ends, STANDARD, z_1), value=lambda a: a),),
        at={alpha_1: Rational(3, 5), sigma_1: Rational(4, 5), x: 2},
        twins=("SNR/(SNR + 1) x^2", "logarithm dropped", "arguments swapped"),
    ),
)


class Wide(NamedTuple):
    """KL(q(z_1 | x) || N(0, Sigma)) of a coordinate, and the excess under N(0, 1) over N(0, sigma_1^2)."""

    any: Expr
    more: Expr


WIDE = Wide(
    any=((alpha_1**2 * x**2 + sigma_1**2) / var - 1 - log(sigma_1**2 / var)) / 2,
    more=(sigma_1**2 - 1) / 2 * (1 + alpha_1**2 * x**2 / sigma_1**2) - log(sigma_1),
)
OWN = Normal(S.Zero, sigma_1**2)
BY_WIDTH, BY_OWN = divergence(ends, Normal(S.Zero, var)), divergence(ends, OWN)

scaled = Claim(
    name="vdm.vlb.prior.scaled",
    title="The prior loss under a prior N(0, Sigma), and its excess under N(0, 1) over N(0, sigma_1^2)",
    kind="expectation",
    needs=("kl.gauss", "vdm.vlb.prior"),
    says=lambda a: (
        Equal(Divergence(ENDS, LawName(S.Zero, var), n_1), a.any),
        Equal(PRIOR_TERM - Divergence(ENDS, LawName(*OWN), n_1), a.more),
    ),
    answer=WIDE,
    example={alpha_1: 1, sigma_1: 2, var: 3, x: 1},
    convenience={"0 < alpha_1": "the sign of alpha_1 does not matter, and alpha_1 = 0 is a zero terminal SNR"},
    proof=(
        (
            by("the moments of z_1 = alpha_1 x + sigma_1 n", BY_WIDTH),
            by("kl.gauss", closed(ends, Normal(S.Zero, var))),
            by("collect", WIDE.any),
        ),
        (
            by("both from the moments", BY_MOMENTS - BY_OWN),
            by("vdm.vlb.prior; kl.gauss at equal variances", PRIOR - alpha_1**2 * x**2 / (2 * sigma_1**2)),
            by("collect", WIDE.more),
        ),
    ),
    wrong={
        "a unit prior at any width": Wrong(
            Wide(PRIOR, S.Zero), "EDM ends in N(0, 80^2): 3195 nats too many per coordinate"
        ),
        "means not rescaled": Wrong(
            WIDE._replace(any=WIDE.any + (1 - 1 / var) * alpha_1**2 * x**2 / 2),
            "z_1 has to be measured in units of the prior's width",
        ),
        "logarithm of sigma_1 alone": Wrong(
            WIDE._replace(any=WIDE.any - log(var) / 2), "the prior's normaliser is left out"
        ),
        "means alike": Wrong(
            WIDE._replace(more=(sigma_1**2 - 1) / 2 - log(sigma_1)), "the mean alpha_1 x counts less in a wide prior"
        ),
    },
)

preserving = Normal(sqrt(abar) * x_0, 1 - abar)
printed = divergence(preserving, STANDARD)
AT_T = Divergence(LawName(*preserving, "q", x_t, x_0), LawName(*STANDARD), n_1)
SHRUNK = At(AT_T, (abar, 1 - exp(-noise_log)))
RIGHT = (abar * (x_0**2 - 1) - log(1 - abar)) / 2
FLOOR = abar * x_0**2 / 2


def lost(e: Expr) -> Expr:
    """Return the expression in terms of nu > 0, where alpha-bar = 1 - exp(-nu)."""
    return e.subs(abar, 1 - exp(-noise_log))


HIGHER = lost(FLOOR) + (exp(-noise_log) - 1 + noise_log) / 2

exact_zero = Claim(
    name="vdm.vlb.prior.exact_zero",
    title="At finite T the prior loss is above alpha-bar_T x_0^2/2, and it tends to 0 with alpha-bar_T",
    kind="refuted",
    needs=("vdm.vlb.prior",),
    says=lambda a: (
        Equal(AT_T, a),
        Tends(a, abar, S.Zero),
        AtMost(lost(FLOOR), SHRUNK, {noise_log: S.Zero}, only=True),
    ),
    answer=RIGHT,
    given=(Below(abar, S.One),),
    convenience={
        "0 < abar": "alpha-bar is a square; the formula is analytic at 0",
        "0 < nu": "the bound is convex in nu, and holds on either side of 0",
    },
    refutes="the prior loss is zero at finite T",
    printed_in=("luo2022 text after (58)",),
    printed=Equal(At(AT_T), S.Zero),
    printed_at={abar: Rational(1, 2), x_0: S.One},
    example={abar: Rational(1, 4), noise_log: 1, x_0: 1},
    proof=(
        (
            by("the moments of x_T = sqrt(alpha-bar_T) x_0 + sqrt(1 - alpha-bar_T) n", printed),
            by("vdm.vlb.prior at alpha_1^2 = alpha-bar_T, sigma_1^2 = 1 - alpha-bar_T", closed(preserving, STANDARD)),
            by("collect", RIGHT),
        ),
        (
            by("the prior loss", RIGHT),
            by("continuous at 0", closed(preserving, STANDARD)),
        ),
        (
            by("the part of the mean", lost(FLOOR)),
            by(
                "e^-nu - 1 + nu is strictly convex, and it and its slope are 0 at 0", HIGHER, convex=(noise_log, S.Zero)
            ),
            by("alpha-bar = 1 - e^-nu", lost(RIGHT)),
            by("the prior loss there", SHRUNK),
        ),
    ),
    wrong={
        "exactly zero": Wrong(S.Zero, "the term grows with x_0^2", ("luo2022 text after (58)",)),
        "the mean alone": Wrong(FLOOR, "zero at x_0 = 0, although the variance is not 1"),
        "log of alpha-bar": Wrong(
            (abar * x_0**2 - abar - log(abar)) / 2, "it grows without bound as alpha-bar_T falls"
        ),
    },
)

CLAIMS = (prior, scaled, exact_zero)
