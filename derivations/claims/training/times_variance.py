"""The variance of a mean over a batch whose times come from one uniform number (VDM, appendix I.1).

The times are at the same place zeta of each of k cells, so the mean is a function of zeta alone. For an M-Lipschitz f
it has slopes within M/k, hence a variance of at most M^2/(12 k^2): 1/k of what independent times give a linear f. For a
wave of k periods all times have the same phase, and the mean of k is no better than a single one.
"""

from typing import NamedTuple

from sympy import Expr, Integral, Mod, Rational, S, cos, pi, sin

from derivations.form.claim import Claim, Wrong, by
from derivations.form.experiment import Experiment, Mean
from derivations.form.statement import AtMost, Equal
from derivations.notation.quantities import Quantity

# isort: off
from derivations.symbols import batch as each, place_2, k, lipschitz, t, place, u_0, u_1, omega

linear = Quantity(
    "F", (place,), lipschitz * ((k - 1) / (2 * k) + place / k)
)  # mean of M (i + zeta)/k over i = 0 ... k - 1
turned = (1 - omega) / (1 + omega)  # a mean slope between -M and M, by M
PERIODS = 3


def phase(number: int) -> Expr:
    """A wave of 3 periods at the time of cell `number`, place zeta, of 3."""
    return cos(2 * pi * PERIODS * (1 - (number + place) / PERIODS))


in_phase = (phase(0) + phase(1) + phase(2)) / PERIODS


over_u = place_2**2 / 2 - place_2 / 2 + Rational(1, 6)


class Spread(NamedTuple):
    """Variances of the mean over a batch: of a linear f with one u_0, one per rank, and independent; of a wave."""

    one: Expr
    per_rank: Expr
    independent: Expr
    wave: Expr
    wave_independent: Expr


SPREAD = Spread(
    one=lipschitz**2 / (12 * k**2),
    per_rank=lipschitz**2 / (12 * each * k),
    independent=lipschitz**2 / (12 * k),
    wave=S.Half,
    wave_independent=S.Half / PERIODS,
)


def says_spread(q: Spread) -> tuple[Equal | AtMost, ...]:
    """State the variance for a linear f; at most that for any Lipschitz f, by differences; for ranks; for a wave."""
    apart = Quantity(
        "Delta", (place, place_2), lipschitz * turned * (place - place_2) / k
    )  # of the means at two places
    of_ranks = (linear - lipschitz / 2).subs(k, each) ** 2 * each / k  # R = k/B independent means over B
    return (
        Equal(Integral((linear - lipschitz / 2) ** 2, (place, 0, 1)), q.one),
        AtMost(apart**2 / 2, q.one * 12 * (place - place_2) ** 2 / 2, {omega: S.Zero}),
        Equal(Integral((place - place_2) ** 2 / 2, (place, 0, 1)), over_u),
        Equal(Integral(12 * over_u, (place_2, 0, 1)), S.One),
        Equal(Integral(of_ranks, (place, 0, 1)), q.per_rank),
        Equal(Integral((lipschitz * (t - S.Half)) ** 2 / k, (t, 0, 1)), q.independent),
        Equal(Integral(in_phase**2, (place, 0, 1)), q.wave),
        Equal(Integral(cos(2 * pi * PERIODS * t) ** 2 / PERIODS, (t, 0, 1)), q.wave_independent),
    )


SPREADS = says_spread(SPREAD)
TURN = SPREAD.one * 6 * (place - place_2) ** 2 * 4 * omega / (1 + omega) ** 2
start = lipschitz**2 * (place - S.Half) ** 3 / 3  # its slope is (M (zeta - 1/2))^2
wave_primitive = place / 2 + sin(4 * pi * place) / (8 * pi)

lowdisc_variance = Claim(
    name="vdm.time.lowdisc.variance",
    title=(
        "With one u_0 for k times, an M-Lipschitz f has variance at most M^2/(12 k^2); at three times, a wave of "
        "three periods has 1/2"
    ),
    kind="inequality",
    needs=("vdm.time.lowdisc",),
    says=says_spread,
    answer=SPREAD,
    example={lipschitz: 1, k: 4, each: 2, place: Rational(1, 3), place_2: Rational(1, 5), omega: 1},
    convenience={
        "0 < M": "M bounds the size of slopes",
        "0 < zeta": "zeta is a place in a cell",
        "0 < zeta_2": "zeta_2 is another place in a cell",
    },
    proof=(
        (
            by("the mean is M ((k - 1)/2 + zeta)/k, at a uniform place zeta", SPREADS[0][0]),
            by("M^2 (zeta - 1/2)^2/k^2", SPREADS[0][1], primitive=start / k**2),
        ),
        (
            by("half the square of the difference at two places", SPREADS[1][0]),
            by("the mean of slopes is between -M and M", SPREADS[1][1], more=TURN),
        ),
        (
            by("average over one place", SPREADS[2][0]),
            by("expand", SPREADS[2][1], primitive=(place - place_2) ** 3 / 6),
        ),
        (
            by("average over the other, over 1/12", SPREADS[3][0]),
            by("1/6 - 1/4 + 1/6 = 1/12", SPREADS[3][1], primitive=2 * place_2**3 - 3 * place_2**2 + 2 * place_2),
        ),
        (
            by("R = k/B independent means over B", SPREADS[4][0]),
            by("M^2 (zeta - 1/2)^2/B^2, divided by R", SPREADS[4][1], primitive=start / (each * k)),
        ),
        (
            by("k independent times", SPREADS[5][0]),
            by("M^2 (t - 1/2)^2", SPREADS[5][1], primitive=start.subs(place, t) / k),
        ),
        (
            by("three times of a wave of three periods", SPREADS[6][0]),
            by("all of them are cos(2 pi zeta)", SPREADS[6][1], primitive=wave_primitive),
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
            "pairs zeta, 1 - zeta are exact for a linear f; one u_0 for all is not, though vdm's code says antithetic",
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
            (place_2, sum((cos(6 * pi * (1 - Mod(u_1 + Rational(q, 3), 1))) for q in range(3)), S.Zero) / 3),
        ),
        uniforms=(u_0, u_1),
        at={lipschitz: 1, k: 4, each: 2},
        checks=(
            Mean(lipschitz**2 * (t - S.Half) ** 2, lambda q: q.one),
            Mean(place_2**2, lambda q: q.wave),
        ),
        twins=("of independent times", "never worse than independent", "waves average out"),
    ),
    trust=("the mean value theorem, for each of the k differences", "monotonicity of the integral"),
    means="symbolic k and K; the wave at three times, which is enough for a counterexample",
)

CLAIMS = (lowdisc_variance,)
