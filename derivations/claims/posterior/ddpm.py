"""The posterior in DDPM's notation: q(x_{t-1} | x_t, x_0) in terms of beta_t and alpha-bar, as Luo derives it.

With alpha = 1 - beta and abar = alpha abar_s the process is VDM's variance preserving one, at
alpha_s^2 = abar_s, alpha_ts^2 = alpha. The mean is affine in (x_t, x_0), the variance is beta-tilde:

    (sqrt(alpha) (1 - abar_s) x_t + sqrt(abar_s) beta x_0)/(1 - abar),    (1 - abar_s) beta/(1 - abar).
"""

from sympy import Integer, Rational, log, pi, sqrt

from derivations.calculus.ddpm_step import ABAR, BETA, CHAIN
from derivations.form.claim import Below, Claim, Wrong, by
from derivations.form.experiment import Experiment, Residual
from derivations.form.law import Law, Weighed
from derivations.notation.laws import log_law
from derivations.probability.gaussian import Normal
from derivations.symbols import abar_s, alpha, eps, n_0, n_1, n_2, x_0, x_s, x_t, z_0

beta, abar = BETA.opened(), ABAR.opened()
BETWEEN = (Below(alpha, Integer(1)), Below(abar_s, Integer(1)))
EXAMPLE = {alpha: Rational(9, 25), abar_s: Rational(16, 25)} | dict.fromkeys((x_0, x_s, x_t, eps), Integer(1))

before = Normal(sqrt(abar_s) * x_0, 1 - abar_s)  # q(x_{t-1} | x_0)
by_bayes = Weighed(before, CHAIN.log_step(x_t), CHAIN.log_q(x_t), on=(x_t, x_0))

P = Normal(
    mean=(sqrt(alpha) * (1 - abar_s) * x_t + sqrt(abar_s) * BETA * x_0) / (1 - ABAR),
    var=BETA * (1 - abar_s) / (1 - ABAR),
)

bayes = CHAIN.log_q(x_s) + CHAIN.log_step(x_t) - CHAIN.log_q(x_t)

# Luo's lines: -1/2 [precision x_s^2 - 2 pull x_s] + C + the logarithm of the normaliser
normaliser = -log(2 * pi * BETA * (1 - abar_s) / (1 - ABAR)) / 2
square = (x_t - sqrt(alpha) * x_s) ** 2 / BETA
squares = square + (x_s - sqrt(abar_s) * x_0) ** 2 / (1 - abar_s) - (x_t - sqrt(ABAR) * x_0) ** 2 / (1 - ABAR)
C = -(x_t**2 / BETA + abar_s * x_0**2 / (1 - abar_s) - (x_t - sqrt(ABAR) * x_0) ** 2 / (1 - ABAR)) / 2
precision = alpha / BETA + 1 / (1 - abar_s)
pull = sqrt(alpha) * x_t / BETA + sqrt(abar_s) * x_0 / (1 - abar_s)
common = (alpha * (1 - abar_s) + BETA) / (BETA * (1 - abar_s))


posterior = Claim(
    name="ddpm.posterior",
    title="DDPM's posterior q(x_{t-1} | x_t, x_0) is normal with mean mu-tilde_t and variance beta-tilde_t",
    kind="law",
    needs=("ddpm.forward", "ddpm.marginal"),
    says=lambda p: Law(x_s, by_bayes, p),
    answer=P,
    given=BETWEEN,
    example=EXAMPLE,
    proof=(
        (
            by("Bayes' rule, three normal densities", bayes, eq="luo2022 (71)-(72)"),
            by("collect the squares, and the normalisers", -squares / 2 + normaliser, eq="luo2022 (73)-(74)"),
            by(
                "expand; C collects what does not depend on x_{t-1}",
                -(alpha * x_s**2 / BETA - 2 * sqrt(alpha) * x_s * x_t / BETA) / 2
                - (x_s**2 / (1 - abar_s) - 2 * sqrt(abar_s) * x_s * x_0 / (1 - abar_s)) / 2
                + C
                + normaliser,
                eq="luo2022 (75)",
            ),
            by("collect x_{t-1}", -(precision * x_s**2 - 2 * pull * x_s) / 2 + C + normaliser, eq="luo2022 (76)-(77)"),
            by(
                "a common denominator",
                -(common * x_s**2 - 2 * pull * x_s) / 2 + C + normaliser,
                eq="luo2022 (78)",
            ),
            by(
                "alpha_t alpha-bar_{t-1} = alpha-bar_t",
                -((1 - ABAR) / (BETA * (1 - abar_s)) * x_s**2 - 2 * pull * x_s) / 2 + C + normaliser,
                eq="luo2022 (79)-(80)",
            ),
            by(
                "factor out the precision",
                -(1 - ABAR) / (BETA * (1 - abar_s)) / 2 * (x_s**2 - 2 * pull / precision * x_s) + C + normaliser,
                eq="luo2022 (81)",
            ),
            by(
                "the pull over the precision is the mean",
                -(x_s**2 - 2 * P.mean * x_s) / P.var / 2 + C + normaliser,
                eq="luo2022 (82)-(83)",
            ),
            by(
                "C completes the square, so this is an equality and not only proportional",
                log_law(P, x_s),
                eq="luo2022 (84)",
            ),
        ),
    ),
    wrong={
        "sqrt(alpha-bar_t) on x_0": Wrong(
            P._replace(mean=(sqrt(alpha) * (1 - abar_s) * x_t + sqrt(ABAR) * BETA * x_0) / (1 - ABAR)),
            "samples drift to zero",
        ),
        "1 - alpha-bar_t on x_t": Wrong(
            P._replace(mean=(sqrt(alpha) * (1 - ABAR) * x_t + sqrt(abar_s) * BETA * x_0) / (1 - ABAR)),
            "x_t keeps its whole weight",
            ("web copies of DDPM (7) read by OCR",),
        ),
        "precision for variance": Wrong(
            P._replace(var=1 / P.var), "the variance is inverted", ("web a public study note",)
        ),
        "ratio inverted": Wrong(
            P._replace(var=BETA * (1 - ABAR) / (1 - abar_s)),
            "a variance above beta_t, and infinite at the first step",
            ("web a public blog on iDDPM's respacing",),
        ),
        "standard deviation for variance": Wrong(
            P._replace(var=sqrt(P.var)),
            "noise scaled by the wrong power",
            ("web motion-diffusion code that cites Luo (84)",),
        ),
        "beta_t for beta-tilde_t": Wrong(P._replace(var=BETA), "right only where x_0 is not given, for N(0, 1) data"),
    },
    experiment=Experiment(
        process=(
            # two steps of alpha_t = 4/5, so abar_s = 16/25, and the step that is asked about
            (z_0, sqrt(Rational(4, 5)) * x_0 + sqrt(Rational(1, 5)) * n_0),
            (x_s, sqrt(Rational(4, 5)) * z_0 + sqrt(Rational(1, 5)) * n_1),
            (x_t, sqrt(alpha) * x_s + sqrt(1 - alpha) * n_2),
        ),
        normals=(n_0, n_1, n_2),
        checks=(Residual(of=x_s, law=lambda p: p, given=(x_t,)),),
    ),
)

CLAIMS = (posterior,)
