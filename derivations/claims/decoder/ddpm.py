"""DDPM's decoder: the mass of N(mu, sigma^2) in the bin of a level, by the normal distribution function Phi.

K levels from -1 to 1 lie 2/(K - 1) apart, so a bin reaches 1/(K - 1) to either side; where levels are the midpoints of
K bins of [-1, 1], it reaches 1/K. The first and the last bin extend to infinity, and the masses sum to one. In the
upper tail Phi(b) - Phi(a), of the ends a and b of a bin, is a difference of numbers near 1; as it is Phi(-a) - Phi(-b)
and Phi(-a) = erfc(a/sqrt 2)/2, it is also a difference of two small numbers.
"""

from typing import NamedTuple

from sympy import Abs, Expr, Integral, Rational, S, erfc, exp, pi, sqrt, tanh

from derivations.form.claim import Below, Claim, Wrong, by
from derivations.form.experiment import Chance, Experiment
from derivations.form.statement import Equal
from derivations.notation.levels import Phi
from derivations.notation.times import function
from derivations.probability.gaussian import Normal

# isort: off
from derivations.symbols import high, i, levels as K, low, mu_hat, n_0, sigma_1, x


class Bins(NamedTuple):
    """Half the width of a bin, of levels from -1 to 1 and of midpoints; the mass between its ends; its form for the
    upper tail; the mass below the higher end, and above the lower."""

    half: Expr
    half_mid: Expr
    mass: Expr
    tail: Expr
    lowest: Expr
    highest: Expr


scaled_a, scaled_b = (low - mu_hat) / sigma_1, (high - mu_hat) / sigma_1
B = Bins(
    half=1 / (K - 1),
    half_mid=1 / K,
    mass=Phi(scaled_b) - Phi(scaled_a),
    tail=(erfc(scaled_a / sqrt(2)) - erfc(scaled_b / sqrt(2))) / 2,
    lowest=Phi(scaled_b),
    highest=erfc(scaled_a / sqrt(2)) / 2,
)
density = exp(Normal(mu_hat, sigma_1**2).log_density(x))
primitive = Phi((x - mu_hat) / sigma_1)


def below(end: Expr) -> Expr:
    """The mass below an end, half of it below the mean."""
    return Rational(1, 2) + Integral(density, (x, mu_hat, end))


@function("level", i)
def level(number: Expr) -> Expr:
    """The levels, i = 0 .. K - 1."""
    return 2 * number / (K - 1) - 1


@function("midpoint", i)
def midpoint(number: Expr) -> Expr:
    """The midpoints of K bins of [-1, 1], i = 0 .. K - 1."""
    return (2 * number + 1) / K - 1


def says(q: Bins) -> tuple[Equal, ...]:
    """The masses by the density, and by small numbers; their sum; where one bin ends, the next begins; the last of the
    midpoints' bins ends at 1."""
    return (
        Equal(Integral(density, (x, low, high)), q.mass),
        Equal(Phi(scaled_b) - Phi(scaled_a), q.tail),
        Equal(below(high), q.lowest),
        Equal(1 - below(low), q.highest),
        Equal(Integral(density, (x, low, high)), 1 - q.lowest.subs(high, low) - q.highest.subs(low, high)),
        Equal(level(i + 1) - level(i), 2 * q.half),
        Equal(midpoint(i + 1) - midpoint(i), 2 * q.half_mid),
        Equal(midpoint(K - 1), 1 - q.half_mid),
    )


def floored(mass: Expr, floor: Expr) -> Expr:
    """max(mass, floor)."""
    return (mass + floor + Abs(mass - floor)) / 2


def by_tanh(a: Expr) -> Expr:
    """The approximation of Phi that code uses, up to 1.8e-4 off."""
    return (1 + tanh(sqrt(2 / pi) * (a + Rational(44715, 10**6) * a**3))) / 2


SAYS = says(B)
CODE = ("improved-diffusion losses.py", "guided-diffusion losses.py")

decoder = Claim(
    name="ddpm.decoder",
    title="DDPM's bins reach 1/(K - 1) about levels, 1/K about midpoints; open at the ends, they hold the whole mass",
    kind="equality",
    says=says,
    answer=B,
    given=(Below(low, high), Below(S.One, K)),
    example={low: Rational(-1, 2), high: Rational(1, 2), mu_hat: Rational(1, 3), sigma_1: 1, K: 256, i: 1},
    convenience={
        "low < high": "a bin with its ends exchanged has the negative mass",
        "0 < K": "it follows from 1 < K",
        "1 < K": "one level has no bin; the identities hold for any other K",
        "0 < i": "the distance of neighbours is the same everywhere",
    },
    proof=(
        (
            by("the density between the ends", SAYS[0].lhs, eq="ddpm2020 (13)"),
            by("integrate: it is the slope of Phi((x - mu)/sigma)", B.mass, primitive=primitive),
        ),
        (
            by("a difference of two numbers near 1", SAYS[1].lhs),
            by("Phi(a) = 1 - erfc(a/sqrt 2)/2", B.tail),
        ),
        (
            by("one half, plus the mass between the mean and the end", SAYS[2].lhs),
            by("Phi(0) = 1/2", B.lowest, primitive=primitive),
        ),
        (
            by("the mass above the lower end", SAYS[3].lhs),
            by("Phi(0) = 1/2", 1 - Phi(scaled_a), primitive=primitive),
            by("Phi(a) = 1 - erfc(a/sqrt 2)/2", B.highest),
        ),
        (
            by("the mass between the ends", SAYS[4].lhs),
            by("integrate", B.mass, primitive=primitive),
            by("one, minus the masses below the lower end and above the higher", SAYS[4].rhs),
        ),
        (by("neighbouring levels", SAYS[5].lhs), by("half a bin from each", SAYS[5].rhs)),
        (by("neighbouring midpoints", SAYS[6].lhs), by("half a bin from each", SAYS[6].rhs)),
        (
            by("the last midpoint", SAYS[7].lhs),
            by("(2 (K - 1) + 1)/K - 1 = 1 - 1/K", SAYS[7].rhs),
        ),
    ),
    wrong={
        "Phi by tanh": Wrong(
            B._replace(mass=by_tanh(scaled_b) - by_tanh(scaled_a)),
            "off by up to 1.8e-4: 0.04 nats for a bin at three sigma, 0.4 at four, and more beyond",
            CODE,
        ),
        "clamped at 1e-12": Wrong(
            B._replace(mass=floored(B.mass, Rational(1, 10**12))),
            "no loss exceeds 27.6 nats, and beyond there is no gradient",
            CODE,
        ),
        "bins half as wide": Wrong(B._replace(half=1 / (2 * K - 2)), "half of the line lies in no bin"),
        "bins of another K": Wrong(
            B._replace(half=1 / K), "1/256 stands where 1/255 belongs, which leaves gaps between the bins"
        ),
        "1/(K - 1) about midpoints": Wrong(
            B._replace(half_mid=1 / (K - 1)), "levels (2k + 1)/K - 1 lie 2/K apart, so neighbouring bins overlap"
        ),
        "bins twice as wide": Wrong(
            B._replace(half=2 / (K - 1)), "1/127.5 stands for 1/255: each value is in two bins, and masses sum to two"
        ),
        "ends not open": Wrong(
            B._replace(lowest=B.mass, highest=B.mass),
            "the masses sum to less than one, and black and white pixels lose most",
        ),
        "variance for standard deviation": Wrong(
            B._replace(mass=Phi((high - mu_hat) / sigma_1**2) - Phi((low - mu_hat) / sigma_1**2)),
            "the law is too wide or too narrow by sigma",
        ),
        "the density times the width": Wrong(
            B._replace(mass=density.subs(x, (low + high) / 2) * (high - low)),
            "it exceeds one where sigma is small beside the bin",
        ),
    },
    experiment=Experiment(
        process=((x, mu_hat + sigma_1 * n_0),),
        normals=(n_0,),
        checks=(
            Chance((high - x) * (x - low), lambda q: q.mass),
            Chance((high - x) * (x - low), lambda q: q.tail),
            Chance(high - x, lambda q: q.lowest),
            Chance(x - low, lambda q: q.highest),
        ),
        at={low: -1, high: Rational(1, 2), mu_hat: Rational(1, 3), sigma_1: 2},
        size=50_000,
        twins=("ends not open", "variance for standard deviation"),
    ),
    means="symbolic ends, mean, variance and K; more bins add further terms to one telescoping sum",
)

CLAIMS = (decoder,)
