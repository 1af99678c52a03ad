"""Bayes-optimal denoising of data on any number of points, such as a data set.

The denoiser is EDM's: the mean of the points with weights N(z; alpha x_i, sigma^2), by induction over their number.
At z = alpha x_k + sigma n, weights and information depend only on the SNR and the distances of the points.
"""

from typing import NamedTuple

from sympy import Expr, Function, Piecewise, Rational, S, diff, exp, log, sqrt, tanh

from derivations.claims.solvable.two_points import BY_SNR, UNIT, seen
from derivations.form.claim import Claim, Wrong, by
from derivations.form.experiment import Chance, Experiment
from derivations.form.induction import Induction, induction
from derivations.form.statement import Equal
from derivations.notation.outcomes import Average, Outcomes
from derivations.notation.places import PointsScore
from derivations.notation.quantities import Log, Quantity, Slope
from derivations.notation.values import At
from derivations.probability.opening import opened
from derivations.symbols import (
    alpha_t,
    i,
    mass,
    n,
    n_0,
    n_1,
    other,
    score,
    sigma_t,
    snr,
    x,
    x_a,
    x_b,
    x_c,
    x_hat,
    z_t,
)

Q = Function("Q", positive=True)


class Ideal(NamedTuple):
    """The score where E[x | z] is x_hat, and E[x | z] with one further point x."""

    score: Expr
    next: Expr


new = seen(x)
I_ = Ideal(score=(alpha_t * x_hat - z_t) / sigma_t**2, next=x_hat + (x - x_hat) * new / (mass + new))


def by_points(a: Ideal) -> Induction:
    """State that the score of z_t is that of the mean x_hat, with one point and with one further point."""
    return induction(
        value=a.score, held=score, base=PointsScore(new, n, mass), step=more,
        first={x_hat: x, mass: new}, next={x_hat: a.next, mass: mass + new}, index=n, own=(x,),
    )  # fmt: skip


one_more = Function("q", positive=True)(z_t)
slope = diff(log(Q(z_t) + one_more), z_t)  # of the points so far, with the score `score`, and one more
VALUES = {diff(Q(z_t), z_t): score * mass, diff(one_more, z_t): new * Slope(Log(new), z_t), Q(z_t): mass, one_more: new}
more = slope.subs(list(VALUES.items()))
pair = Average(x, Outcomes(x, (x_a, seen(x_a)), (x_b, seen(x_b))), z_t)

ideal = Claim(
    name="edm.ideal_denoiser",
    title="For any number of equally likely points, E[x | z_t] is their mean with the weights q(z_t | x)",
    kind="induction",
    needs=("vdm.forward.marginal",),
    says=lambda a: (
        by_points(a),
        Equal(pair, a.next.subs({mass: seen(x_a), x_hat: x_a, x: x_b}, simultaneous=True)),
    ),
    answer=I_,
    example={alpha_t: 4, sigma_t: 3, mass: 2, x: 1, x_hat: -1, z_t: 1, x_a: 1, x_b: -1},
    means="induction over the points, any number at any places",
    convenience={
        "0 < alpha_t": "at alpha_t = 0 all points have the same weight",
        "0 < mass": "with no points before it, the new one is the mean",
    },
    proof=(
        (by("one point", PointsScore(new, n, mass)), by("the score of a normal", I_.score.subs(x_hat, x))),
        (
            by("the slope of the sum, by the hypothesis for all but the last point", more.subs(score, I_.score)),
            by(
                "collect alpha x_i: a mean with the densities as weights",
                (alpha_t * (mass * x_hat + new * x) / (mass + new) - z_t) / sigma_t**2,
            ),
            by("E[x | z] of all points", I_.score.subs(x_hat, I_.next), eq="edm2022 (3), (57)"),
        ),
        (
            by("two points, by Bayes' rule", opened(pair), eq="edm2022 (57)"),
            by("one point and one more", I_.next.subs({mass: seen(x_a), x_hat: x_a, x: x_b}, simultaneous=True)),
        ),
    ),
    wrong={
        "the new point alone": Wrong(
            I_._replace(next=x), "one point stands for the mean, right only as sigma tends to 0"
        ),
        "equal weights": Wrong(
            I_._replace(next=(x_hat + x) / 2), "the weights do not depend on z, right only for large sigma"
        ),
        "alpha left out": Wrong(
            I_._replace(score=(x_hat - z_t) / sigma_t**2), "EDM's (3) is for alpha = 1; the mean of z is alpha x"
        ),
        "over sigma": Wrong(I_._replace(score=(alpha_t * x_hat - z_t) / sigma_t), "it is -eps_hat, not the score"),
        "sign of the score": Wrong(I_._replace(score=-I_.score), "it points away from the data"),
    },
)

# -- what z says of one of the points -------------------------------------------------------------

DRAWN, IS_A = Piecewise((x_a, i < 2), (x_b, i < 3), (x_c, True)), Piecewise((1, i < 2), (-1, True))
THREE = (x_a, x_b, x_c)
EXPONENT = -snr / 2 * (x_a - x_b) ** 2 - sqrt(snr) * (x_a - x_b) * n_1


def exponents(a: Expr) -> list[Expr]:
    """log q(z | x_j)/q(z | x_a) for each of three points."""
    return [a.subs(BY_SNR).subs(x_b, o) for o in THREE]


def learnt(a: Expr) -> Expr:
    """Return log q(z | x_a)/q(z): log K minus the logarithm of the sum of exponentials."""
    return log(3) - log(sum((exp(e) for e in exponents(a)), S.Zero))


def denoised(a: Expr) -> Expr:
    """E[x | z], z seen from x_a."""
    weights = [exp(e) for e in exponents(a)]
    return sum((o * g for o, g in zip(THREE, weights, strict=True)), S.Zero) / sum(weights, S.Zero)


MIXED = Quantity("q", (z_t,), sum((seen(o) for o in THREE), S.Zero) / 3)
FROM_A = (z_t, alpha_t * x_a + n_1), UNIT
SEEN_INFO = At(Log(seen(x_a)) - Log(MIXED), *FROM_A)
SEEN_MEAN = At(Average(x, Outcomes(x, *((o, seen(o)) for o in THREE)), z_t), *FROM_A)
RATIO = At(Log(seen(x_b)) - Log(seen(x_a)), *FROM_A)


def chance_of_a(a: Expr, k: Expr) -> Expr:
    """p(x = x_a | z), z seen from x_k."""
    moved = a.subs(BY_SNR).subs({x_a: k, x_b: other, n_1: z_t - alpha_t * k}, simultaneous=True)
    return exp(moved.subs(other, x_a)) / sum((exp(moved.subs(other, o)) for o in THREE), S.Zero)


points = Claim(
    name="bayes.points",
    title=(
        "At z_t = alpha_t x_a + n_1 with sigma_t = 1, the weight of x_b over that of x_a has the logarithm "
        "-alpha^2 (x_a - x_b)^2/2 - alpha (x_a - x_b) n_1"
    ),
    kind="equality",
    needs=("edm.ideal_denoiser", "vdm.reverse.decoder"),
    says=lambda a: (
        Equal(RATIO, a.subs(BY_SNR)),
        Equal(SEEN_INFO, learnt(a)),
        Equal(SEEN_MEAN, denoised(a)),
    ),
    answer=EXPONENT,
    example={alpha_t: 2, n_1: 1, x_a: 1, x_b: 0, x_c: -1},
    convenience={"0 < alpha_t": "a negative alpha amounts to a negative sqrt(v)"},
    means="any two of the points; sums over three of them, to which more add further terms",
    proof=(
        (
            by("log q(z | x_j)/q(z | x_k) at z = alpha x_k + sigma n", RATIO),
            by("(z - alpha x_j)/sigma = n + sqrt(v) (x_k - x_j)", EXPONENT.subs(BY_SNR)),
        ),
        (
            by("log q(z | x_k)/q(z), with equal probabilities", SEEN_INFO),
            by("log K minus the logarithm of a sum of exponentials", learnt(EXPONENT)),
        ),
        (
            by("Bayes' rule", opened(SEEN_MEAN), eq="edm2022 (57)"),
            by("divide by the density of x_k", denoised(EXPONENT)),
        ),
    ),
    wrong={
        "no half": Wrong(-snr * (x_a - x_b) ** 2 - sqrt(snr) * (x_a - x_b) * n_1, "the square lacks its half"),
        "noise left out": Wrong(-snr / 2 * (x_a - x_b) ** 2 + 0 * n_1, "z is taken at its mean"),
        "SNR for its root": Wrong(
            -snr / 2 * (x_a - x_b) ** 2 - snr * (x_a - x_b) * n_1, "the noise is scaled as the squared signal"
        ),
        "noise of the other point": Wrong(
            snr / 2 * (x_a - x_b) ** 2 - sqrt(snr) * (x_a - x_b) * n_1,
            "it is the exponent at z = alpha x_j + sigma n, with the opposite sign",
        ),
    },
    experiment=Experiment(
        # a point of three and z from it; whether it is x_a, by the prediction seen from each of the three
        process=((x, DRAWN), (z_t, alpha_t * x + n_0)),
        steps={i: 3},
        normals=(n_0,),
        checks=tuple(
            Chance(IS_A, lambda a, k=k: chance_of_a(a, k), given=(z_t,), weigh=tanh(z_t - alpha_t / 2)) for k in THREE
        ),
        at={alpha_t: Rational(3, 2), x_a: 1, x_b: 0, x_c: -1},
    ),
)

CLAIMS = (ideal, points)
