"""From a density to bits per dimension of discrete data: units, and dequantisation.

A level l = 0 ... 255 with u uniform on [0, 1) added has a density in units of one level. A network is given x on
another scale: the densities differ by a factor, and bits by its log2. By Jensen's inequality the mean of log p(l + u)
is at most log P(l), where P(l) is the mean of p(l + u), with equality where p is constant on the level.
"""

from typing import NamedTuple

from sympy import Expr, Integer, Integral, Rational, S, exp, log, sqrt

from derivations.claims.bound.elbo import TRUST
from derivations.form.claim import Claim, Wrong, by
from derivations.form.experiment import Experiment
from derivations.form.experiment import Mean as SampleMean
from derivations.form.statement import AtMost, Equal
from derivations.notation.densities import DensityMean
from derivations.notation.laws import LawName, LogDensityAt, log_law
from derivations.notation.named import unnamed
from derivations.notation.quantities import Log, Quantity
from derivations.probability.density import Density, Positive
from derivations.probability.gaussian import law
from derivations.probability.mean import Excess, Mean

# isort: off
from derivations.symbols import stretch, m, mu_1, n_0, shift, u, u_0, var_1, level_l, z_0

# -- units ----------------------------------------------------------------------------------------

made = mu_1 + sqrt(var_1) * n_0  # the network's variable: its law settles nothing, its scale all


def more_bits(scale: Expr, origin: Expr) -> Expr:
    """Return the bits of l = scale x + origin minus the bits of x, at x = z_0."""
    before, after = law(made, (n_0,)), law(scale * made + origin, (n_0,))
    name = f"p_{'l' if scale.is_Rational and not scale.is_Integer else scale}"  # of levels l
    log_y = LogDensityAt(LawName(*after, name), scale * z_0 + origin)
    return (log_law(before, z_0, name="p_x") - log_y) / log(2)


class Offset(NamedTuple):
    """The number added to -log2 p(x): for l = stretch x + shift; x in [-1, 1) and in [0, 1); levels l/127.5 - 1."""

    any: Expr
    signed: Expr
    unit: Expr
    ends: Expr


O = Offset(any=log(stretch) / log(2), signed=Integer(7), unit=Integer(8), ends=log(Rational(255, 2)) / log(2))  # noqa: E741

bits = Claim(
    name="likelihood.bits",
    title=(
        "Bits per dimension of 256 levels are minus the binary logarithm of the density of x, plus 7 for x in [-1, "
        "1) and plus 8 for x in [0, 1)"
    ),
    kind="equality",
    says=lambda o: (
        Equal(more_bits(stretch, shift), o.any),
        Equal(more_bits(Integer(128), Integer(128)), o.signed),
        Equal(more_bits(Integer(256), Integer(0)), o.unit),
        Equal(more_bits(Rational(255, 2), Rational(255, 2)), o.ends),
    ),
    answer=O,
    convenience={
        "0 < Sigma_1": "a density has a positive variance, which cancels in every difference of its logarithms",
    },
    example={stretch: 4, shift: 1, mu_1: 1, var_1: 4, z_0: 2},
    means="one coordinate of a normal density, symbolic scale and shift; the factor is that of any density",
    proof=(
        (
            by("the bits of the scaled variable minus those of x", more_bits(stretch, shift)),
            by("densities differ by the factor 1/stretch", O.any),
        ),
        (
            by("l = 128 (x + 1)", more_bits(Integer(128), Integer(128))),
            by("log2 128", log(128) / log(2)),
            by("a power of two", O.signed),
        ),
        (
            by("l = 256 x", more_bits(Integer(256), Integer(0))),
            by("log2 256", log(256) / log(2)),
            by("a power of two", O.unit),
        ),
        (
            by("l = 127.5 (x + 1)", more_bits(Rational(255, 2), Rational(255, 2))),
            by("log2 127.5", O.ends),
        ),
    ),
    wrong={
        "8 for data in [-1, 1]": Wrong(
            O._replace(signed=Integer(8)), "it is the offset of [0, 1), one bit per dimension too many"
        ),
        "7 for data in [0, 1]": Wrong(O._replace(unit=Integer(7)), "it is the offset of [-1, 1), one bit too few"),
        "256 levels, 255 steps": Wrong(
            O._replace(signed=O.ends),
            "log2 127.5 belongs to levels l/127.5 - 1, whose ends are -1 and 1, and is 0.006 bits less",
        ),
        "offset left out": Wrong(
            Offset(S.Zero, S.Zero, S.Zero, S.Zero), "these are bits of a density in x, which may be negative"
        ),
        "sign of the offset": Wrong(
            Offset(-O.any, -O.signed, -O.unit, -O.ends),
            "a density in x is larger than one in levels, so its bits are fewer",
        ),
        "nats": Wrong(O._replace(any=log(stretch)), "log stretch is added in nats, log2 stretch in bits"),
    },
)

# -- dequantisation -------------------------------------------------------------------------------

noise, p = Density("q", u), Positive("p", u)  # the law of u on [0, 1), and p(l + u) at a fixed level l
level = Quantity("P", (level_l,), DensityMean(p, (u, noise)))
share = p / level  # of the level's mass: the density of u given l, relative to the law of u
EXCESS = Mean(Excess(unnamed(share)), (u, noise))
falling = stretch * exp(-stretch * (m + u_0))  # the exponential density stretch exp(-stretch l) at l + u, l = m
LEVEL, SMOOTH = Quantity("P", (m,), Integral(falling, (u_0, 0, 1))), Integral(log(falling), (u_0, 0, 1))


class Dequantised(NamedTuple):
    """E log p(l + u) and what it lacks of log P(l); both numbers for the density stretch exp(-stretch l), at l = m."""

    bound: Expr
    gap: Expr
    level: Expr
    smooth: Expr


B = Dequantised(
    bound=DensityMean(log(p), (u, noise)),
    gap=-DensityMean(log(share), (u, noise)),
    level=-stretch * m + log(1 - exp(-stretch)),
    smooth=log(stretch) - stretch * (m + Rational(1, 2)),
)

dequantised = Claim(
    name="likelihood.dequantised",
    title="log P(l) >= E_q(u)[log p(u)] for uniform u, with equality where p is constant on the level",
    kind="inequality",
    needs=("log.tangent",),
    says=lambda b: (
        Equal(Log(level), b.bound + b.gap),
        Equal(DensityMean(log(level) - log(p), (u, noise)), b.gap),
        AtMost(b.bound, Log(level), {p: stretch}),
        AtMost(S.Zero, b.gap, {p: stretch}),
        Equal(Log(LEVEL), b.level),
        Equal(SMOOTH, b.smooth),
    ),
    answer=B,
    example={v: Rational(n, 2) for n, v in enumerate(sorted(level.free_symbols, key=str), 1)} | {stretch: 2, m: 3},
    convenience={"0 < m": "the level may be any number"},
    means="pointwise, for any density and any law of u; numbers for the exponential density",
    proof=(
        (
            by("the probability of the level", log(level)),
            by("it does not depend on u", Mean(log(level), (u, noise))),
            by("P = p / (p/P)", Mean(log(p) - log(share), (u, noise))),
            by("linearity", B.bound + B.gap),
        ),
        (
            by("log P minus the mean of log p", Mean(log(level) - log(p), (u, noise))),
            by("log P - log p = -log(p/P)", B.gap),
        ),
        (
            by("the mean of the log-density", B.bound),
            by("add E[w - 1 - log w], at w = p/P, whose mean is 1", log(level), more=EXCESS),
        ),
        (
            by("a constant density", S.Zero),
            by("add E[w - 1 - log w]", B.gap, more=EXCESS),
        ),
        (
            by("the probability of a level", log(LEVEL)),
            by(
                "integrate the exponential",
                log(exp(-stretch * m) - exp(-stretch * (m + 1))),
                primitive=-exp(-stretch * (m + u_0)),
            ),
            by("factor out exp(-stretch m)", B.level),
        ),
        (
            by("the mean of the log-density", SMOOTH),
            by(
                "integrate; it is linear in u",
                B.smooth,
                primitive=log(stretch) * u_0 - stretch * (m * u_0 + u_0**2 / 2),
            ),
        ),
    ),
    wrong={
        "bound reversed": Wrong(
            B._replace(bound=log(level) + B.gap),
            "the discrete likelihood of a density is never below its dequantised one",
        ),
        "sign of the gap": Wrong(B._replace(gap=-B.gap), "a dequantised likelihood is claimed to be better than it is"),
        "the gap forgotten": Wrong(
            B._replace(gap=0 * stretch), "the two are equal only where the density is constant on the level"
        ),
        "not dequantised": Wrong(
            B._replace(smooth=log(stretch) - stretch * m),
            "the density at the level itself is no probability, and may exceed 1",
        ),
        "mean of the density": Wrong(
            B._replace(smooth=B.level), "it is log P, with the mean taken inside the logarithm"
        ),
    },
    experiment=Experiment(
        process=(),
        uniforms=(u_0,),
        checks=(
            SampleMean(of=log(stretch) - stretch * (m + u_0), value=lambda b: b.smooth),
            SampleMean(of=stretch * exp(-stretch * (m + u_0)), value=lambda b: exp(b.level)),
        ),
        at={stretch: 2, m: 3},
        twins=("not dequantised", "mean of the density"),
    ),
    trust=TRUST,
)

CLAIMS = (bits, dequantised)
