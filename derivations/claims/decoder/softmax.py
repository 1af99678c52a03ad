"""VDM's decoder p(x | z_0), a softmax over the levels that a pixel may take.

It is proportional to q(z_0 | x), and is the Bayes posterior of the level when all levels are equally likely, and
only then: a prior of odds omega adds log omega to the log-odds of two levels.
"""

from typing import NamedTuple

from sympy import Expr, Piecewise, Rational, S, exp, log, tanh

from derivations.form.claim import Claim, Wrong, by
from derivations.form.experiment import Chance, Experiment
from derivations.form.statement import Below, Equal
from derivations.notation.levels import LevelPosterior, LogOdds
from derivations.notation.process import Process
from derivations.symbols import alpha_0, i, n_0, omega, sigma_0, x, x_a, x_b, x_c, z_0

PROCESS = Process((z_0, alpha_0 * x + sigma_0 * n_0), noise=(n_0,), data=(x,))


def log_odds(level_1: Expr, level_2: Expr, odds: Expr) -> LogOdds:
    """Bayes' rule: log odds of two levels given z_0, of prior odds `odds`."""
    return LogOdds(PROCESS, z_0, (level_1, level_2), odds)


FAIR = log_odds(x_a, x_b, S.One)  # of levels that are equally likely


class Decoder(NamedTuple):
    """The logit of level x, and what a prior of odds omega between two levels adds to their difference."""

    logit: Expr
    tilt: Expr


D = Decoder(logit=-(alpha_0**2) / (2 * sigma_0**2) * (z_0 / alpha_0 - x) ** 2, tilt=log(omega))


def at(a: Decoder, level: Expr) -> Expr:
    """The logit of a level."""
    return a.logit.subs(x, level)


def between(a: Decoder) -> Expr:
    """The decoder's log odds of two levels."""
    return at(a, x_a) - at(a, x_b)


def softmax(a: Decoder) -> Expr:
    """The decoder's probability of level a among three."""
    return 1 / (1 + sum((exp(at(a, o) - at(a, x_a)) for o in (x_b, x_c)), S.Zero))


bayes = LevelPosterior(PROCESS, z_0, x_a, x_b, x_c)
squares = [-((z_0 - alpha_0 * o) ** 2) / (2 * sigma_0**2) for o in (x_a, x_b, x_c)]

IS_A, WEIGH = Piecewise((1, i < 2), (0, True)), tanh(4 * z_0 + 2)

decoder = Claim(
    name="vdm.reverse.decoder",
    title="The softmax decoder is the Bayes posterior of the level for equally likely levels, and for no other prior",
    kind="equality",
    says=lambda a: (
        Equal(bayes, softmax(a)),
        Equal(log_odds(x_a, x_b, omega), between(a) + a.tilt),
        Below(FAIR, between(a) + a.tilt.subs(omega, 1 + omega)),
        Below(between(a) + a.tilt.subs(omega, 1 / (1 + omega)), FAIR),
        Equal(log_odds(x, z_0 / alpha_0, S.One), a.logit),
    ),
    answer=D,
    example={alpha_0: Rational(4, 5), sigma_0: Rational(3, 5), z_0: 1, x: 1, x_a: -1, x_b: 0, x_c: 1, omega: 2},
    means="three levels at symbolic places; more add further terms to one sum. Pixels are independent given z_0",
    convenience={
        "0 < alpha_0": "alpha and sigma may have either sign",
    },
    proof=(
        (
            by("Bayes' rule, three levels of weight 1/3", bayes),
            by(
                "divide by the term of the first level",
                1 / (1 + exp(squares[1] - squares[0]) + exp(squares[2] - squares[0])),
            ),
            by("(z - alpha x)^2/sigma^2 = SNR (z/alpha - x)^2", softmax(D), eq="vdm2021 (8)"),
        ),
        (
            by("Bayes' rule, with prior odds omega", log_odds(x_a, x_b, omega)),
            by("the normalisers cancel", squares[0] - squares[1] + log(omega)),
            by("the difference of the decoder's logits, and log omega", between(D) + D.tilt),
        ),
        (
            by("Bayes' rule, levels equally likely", FAIR),
            by("the prior favours the first level", between(D) + D.tilt.subs(omega, 1 + omega), more=log(1 + omega)),
        ),
        (
            by("the prior favours the second level", between(D) + D.tilt.subs(omega, 1 / (1 + omega))),
            by("Bayes' rule, levels equally likely", FAIR, more=log(1 + omega)),
        ),
        (
            by("the log-odds of a level to z_0/alpha_0, the likeliest place", log_odds(x, z_0 / alpha_0, S.One)),
            by("in terms of the SNR", D.logit),
        ),
    ),
    wrong={
        "no half": Wrong(
            D._replace(logit=2 * D.logit), "the decoder is too confident, as if the variance were half as large"
        ),
        "data not scaled": Wrong(
            D._replace(logit=-((z_0 - x) ** 2) / (2 * sigma_0**2)),
            "levels x are compared with z_0, where alpha_0 x belong",
        ),
        "standard deviation for variance": Wrong(
            D._replace(logit=D.logit * sigma_0), "the decoder is too flat or too sharp by sigma_0"
        ),
        "prior ignored": Wrong(
            D._replace(tilt=S.Zero), "the decoder is not the posterior of levels that are not equally likely"
        ),
    },
    experiment=Experiment(
        # a level, each with chance 1/3, and z_0 from it; whether it is level a is counted with a weight by z_0
        process=((x, Piecewise((x_a, i < 2), (x_b, i < 3), (x_c, True))), (z_0, alpha_0 * x + sigma_0 * n_0)),
        steps={i: 3},
        normals=(n_0,),
        at={alpha_0: Rational(4, 5), sigma_0: Rational(3, 5), x_a: -1, x_b: 0, x_c: 1},
        checks=(Chance(IS_A, softmax, given=(z_0,), weigh=WEIGH),),
        twins=("no half",),
        size=110_000,
    ),
)

CLAIMS = (decoder,)
