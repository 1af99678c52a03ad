"""The variance of a mean over a batch whose times come from one uniform number (VDM, appendix I.1).

The times are at the same place r of each of k cells, so the mean is a function of r alone. For a K-Lipschitz f it has
slopes within K/k, hence a variance of at most K^2/(12 k^2): 1/k of what independent times give a linear f. For a wave
of k periods all times have the same phase, and the mean of k is no better than a single one.
"""

from typing import NamedTuple

from sympy import Expr, Integral, Mod, Rational, S, cos, pi, sin

from derivations.form.claim import Claim, Wrong, by
from derivations.form.experiment import Experiment, Mean
from derivations.form.statement import AtMost, Equal
from derivations.notation.quantities import Quantity

# isort: off
from derivations.symbols import batch as each, h, k, steepness as SLOPE, t, u, u_0, u_1, w

linear = Quantity("F", (u,), SLOPE * ((k - 1) / (2 * k) + u / k))  # mean of K (i + u)/k over i = 0 ... k - 1
turned = (1 - w) / (1 + w)  # a mean slope between -K and K, by K
PERIODS = 3


def phase(number: int) -> Expr:
    """A wave of 3 periods at the time of cell `number`, place u, of 3."""
    return cos(2 * pi * PERIODS * (1 - (number + u) / PERIODS))


in_phase = (phase(0) + phase(1) + phase(2)) / PERIODS


over_u = h**2 / 2 - h / 2 + Rational(1, 6)


class Spread(NamedTuple):
    """Variances of the mean over a batch: of a linear f with one u_0, one per rank, and independent; of a wave."""

    one: Expr
    per_rank: Expr
    independent: Expr
    wave: Expr
    wave_independent: Expr


SPREAD = Spread(
    one=SLOPE**2 / (12 * k**2),
    per_rank=SLOPE**2 / (12 * each * k),
    independent=SLOPE**2 / (12 * k),
    wave=S.Half,
    wave_independent=S.Half / PERIODS,
)


def says_spread(q: Spread) -> tuple[Equal | AtMost, ...]:
    """State the variance for a linear f; at most that for any Lipschitz f, by differences; for ranks; for a wave."""
    apart = Quantity("Delta", (u, h), SLOPE * turned * (u - h) / k)  # of the means at two places
    of_ranks = (linear - SLOPE / 2).subs(k, each) ** 2 * each / k  # R = k/B independent means over B
    return (
        Equal(Integral((linear - SLOPE / 2) ** 2, (u, 0, 1)), q.one),
        AtMost(apart**2 / 2, q.one * 12 * (u - h) ** 2 / 2, {w: S.Zero}),
        Equal(Integral((u - h) ** 2 / 2, (u, 0, 1)), over_u),
        Equal(Integral(12 * over_u, (h, 0, 1)), S.One),
        Equal(Integral(of_ranks, (u, 0, 1)), q.per_rank),
        Equal(Integral((SLOPE * (t - S.Half)) ** 2 / k, (t, 0, 1)), q.independent),
        Equal(Integral(in_phase**2, (u, 0, 1)), q.wave),
        Equal(Integral(cos(2 * pi * PERIODS * t) ** 2 / PERIODS, (t, 0, 1)), q.wave_independent),
    )


SPREADS = says_spread(SPREAD)
TURN = SPREAD.one * 6 * (u - h) ** 2 * 4 * w / (1 + w) ** 2
start = SLOPE**2 * (u - S.Half) ** 3 / 3  # its slope is (K (u - 1/2))^2
wave_primitive = u / 2 + sin(4 * pi * u) / (8 * pi)

lowdisc_variance = Claim(
    name="vdm.time.lowdisc.variance",
    title="With one u_0 for k times, a K-Lipschitz f has variance at most K^2/(12 k^2), a wave of k = 3 periods 1/2",
    kind="inequality",
    needs=("vdm.time.lowdisc",),
    says=says_spread,
    answer=SPREAD,
    example={SLOPE: 1, k: 4, each: 2, u: Rational(1, 3), h: Rational(1, 5), w: 1},
    convenience={
        "0 < K": "K bounds the size of slopes",
        "0 < u": "u is a place in a cell",
        "0 < h": "h is another place in a cell",
    },
    proof=(
        (
            by("the mean is K ((k - 1)/2 + u)/k, at a uniform place u", SPREADS[0][0]),
            by("K^2 (u - 1/2)^2/k^2", SPREADS[0][1], primitive=start / k**2),
        ),
        (
            by("half the square of the difference at two places", SPREADS[1][0]),
            by("the mean of slopes is between -K and K", SPREADS[1][1], more=TURN),
        ),
        (by("average over one place", SPREADS[2][0]), by("expand", SPREADS[2][1], primitive=(u - h) ** 3 / 6)),
        (
            by("average over the other, over 1/12", SPREADS[3][0]),
            by("1/6 - 1/4 + 1/6 = 1/12", SPREADS[3][1], primitive=2 * h**3 - 3 * h**2 + 2 * h),
        ),
        (
            by("R = k/B independent means over B", SPREADS[4][0]),
            by("K^2 (u - 1/2)^2/B^2, divided by R", SPREADS[4][1], primitive=start / (each * k)),
        ),
        (
            by("k independent times", SPREADS[5][0]),
            by("K^2 (t - 1/2)^2", SPREADS[5][1], primitive=start.subs(u, t) / k),
        ),
        (
            by("three times of a wave of three periods", SPREADS[6][0]),
            by("all of them are cos(2 pi u)", SPREADS[6][1], primitive=wave_primitive),
        ),
        (
            by("three independent times", SPREADS[7][0]),
            by("the mean of cos^2 is 1/2", SPREADS[7][1], primitive=(t / 2 + sin(12 * pi * t) / (24 * pi)) / PERIODS),
        ),
    ),
    wrong={
        "of independent times": Wrong(SPREAD._replace(one=SPREAD.independent), "no better than independent times"),
        "antithetic": Wrong(
            SPREAD._replace(one=S.Zero),
            "pairs u, 1 - u are exact for a linear f, but one u_0 for all is not, though vdm's code says antithetic",
        ),
        "one u_0 per rank does as well": Wrong(
            SPREAD._replace(per_rank=SPREAD.one), "R independent draws of B times have R times the variance"
        ),
        "never worse than independent": Wrong(
            SPREAD._replace(wave=SPREAD.wave_independent), "a wave of k periods has the same phase at all times"
        ),
        "waves average out": Wrong(
            SPREAD._replace(wave=S.Zero), "they do only where k does not divide the number of periods"
        ),
    },
    experiment=Experiment(
        process=(
            (t, sum((1 - Mod(u_0 + Rational(q, 4), 1) for q in range(4)), S.Zero) / 4),
            (h, sum((cos(6 * pi * (1 - Mod(u_1 + Rational(q, 3), 1))) for q in range(3)), S.Zero) / 3),
        ),
        uniforms=(u_0, u_1),
        at={SLOPE: 1, k: 4, each: 2},
        checks=(
            Mean(SLOPE**2 * (t - S.Half) ** 2, lambda q: q.one),
            Mean(h**2, lambda q: q.wave),
        ),
        twins=("of independent times", "never worse than independent", "waves average out"),
    ),
    trust=("the mean value theorem, for each of the k differences", "monotonicity of the integral"),
    means="symbolic k and K; the wave at k = 3, which is enough for a counterexample",
)

CLAIMS = (lowdisc_variance,)
