"""VDM's learned schedule: a monotone network, shifted and scaled to its end points.

The network is an affine layer plus sigmoids of it, all weights positive. With S the sigmoid,

    S(b) - S(a) = S(b) S(-a) (1 - exp(-(b - a))),

so its rise D(s, t) is a sum of positive terms, and gamma(t) - gamma(s) = (gamma_1 - gamma_0) D(s, t) / D(0, 1).
One hidden unit stands for any number: the network, D and the slope are sums over units, each of this form.
"""

from typing import NamedTuple

from sympy import Expr, Rational, S, exp, tanh

from derivations.calculus.schedule import ORDER, TIMES
from derivations.form.claim import Below, Claim, Wrong, by
from derivations.form.statement import AtMost, Equal
from derivations.notation.quantities import Slope
from derivations.notation.times import function
from derivations.symbols import b_1, b_2, gamma_0, gamma_1, h, s, t, w_1, w_2, w_3


def sigmoid(a: Expr) -> Expr:
    """S(a)."""
    return 1 / (1 + exp(-a))


class Learned(NamedTuple):
    """gamma and its differences, and the network's rise D(s, t) that they share."""

    rise: Expr
    gamma: Expr
    from_1: Expr  # gamma again, counted from its value at t = 1
    dgamma: Expr
    gap: Expr


def first(time: Expr) -> Expr:
    """The layer l_1."""
    return w_1 * time + b_1


@function("N")
def network(time: Expr) -> Expr:
    """l_1(t) + l_3(sigmoid(l_2(l_1(t)))), as in appendix H; a bias of l_3 would cancel."""
    return first(time) + w_3 * sigmoid(w_2 * first(time) + b_2)


def pair(a: Expr, b: Expr) -> Expr:
    """S(b) S(-a), the hidden unit at times a and b."""
    return sigmoid(w_2 * first(b) + b_2) * sigmoid(-w_2 * first(a) - b_2)


@function("D", s, t)
def D(a: Expr, b: Expr) -> Expr:
    """The network's rise from a to b."""
    return w_1 * (b - a) + w_3 * pair(a, b) * (1 - exp(-w_2 * w_1 * (b - a)))


def slope(time: Expr) -> Expr:
    """Return the slope of the network, with S' = S (1 - S)."""
    return w_1 * (1 + w_3 * w_2 * pair(time, time))


@function("gamma")
def normalised(time: Expr) -> Expr:
    """VDM (60): the network, moved and scaled to its end points."""
    return gamma_0 + (gamma_1 - gamma_0) * (network(time) - network(S.Zero)) / (network(S.One) - network(S.Zero))


SCALE = (gamma_1 - gamma_0) / D(S.Zero, S.One)
LEARNED = Learned(
    rise=D(s, t),
    gamma=gamma_0 + SCALE * D(S.Zero, t),
    from_1=gamma_1 - SCALE * D(t, S.One),
    dgamma=SCALE * slope(t),
    gap=SCALE * D(s, t),
)


def says_learned(q: Learned) -> tuple[Equal, ...]:
    """The network's differences; gamma from either end, so that it meets both; its slope and its gap."""
    return (
        Equal(network(t) - network(s), q.rise),
        Equal(normalised(t), q.gamma),
        Equal(normalised(t), q.from_1),
        Equal(Slope(normalised(t), t), q.dgamma),
        Equal(normalised(t) - normalised(s), q.gap),
    )


WHOLE = "the network's whole rise"
per_span = (gamma_1 - gamma_0) / (network(S.One) - network(S.Zero))
LINES = (
    (by("factor the difference of sigmoids", LEARNED.rise),),
    (by("the rise from 0", gamma_0 + per_span * D(S.Zero, t)), by(WHOLE, LEARNED.gamma)),
    (by("the rise to 1", gamma_1 - per_span * D(t, S.One)), by(WHOLE, LEARNED.from_1)),
    (
        by("the scale is constant", per_span * Slope(network(t), t)),
        by("S' = S (1 - S)", per_span * slope(t)),
        by(WHOLE, LEARNED.dgamma),
    ),
    (
        by("the same end point and scale", per_span * (network(t) - network(s))),
        by("factor the difference of sigmoids", per_span * D(s, t)),
        by(WHOLE, LEARNED.gap),
    ),
)
AT = {
    gamma_0: -13, gamma_1: 5, s: Rational(1, 5), t: Rational(3, 5),
    w_1: 2, b_1: -1, w_2: Rational(3, 2), b_2: 1, w_3: 2,
}  # fmt: skip
FREE = "positive weights make the network rise; the identities hold for all weights that do not make it flat"
ANY_WIDTH = "one hidden unit with symbolic weights; the network, of any width, is a sum of such units"

learned = Claim(
    name="schedule.learned",
    title="VDM's learned gamma(t), from either end point, its slope and its gap, as quotients of sums over units",
    kind="equality",
    means=ANY_WIDTH,
    says=says_learned,
    answer=LEARNED,
    given=(*TIMES, Below(gamma_0, gamma_1)),
    convenience=ORDER
    | {
        "0 < s": "the formulas hold on the whole line",
        "t < 1": "the formulas hold on the whole line",
        "gamma_0 < gamma_1": "the formulas also hold for a falling gamma, which has no forward process",
    }
    | {f"0 < {weight}": FREE for weight in (w_1, w_2, w_3)},
    example=AT,
    proof=tuple((by("by definition", e.lhs), *lines) for e, lines in zip(says_learned(LEARNED), LINES, strict=True)),
    wrong={
        "not normalised at its ends": Wrong(
            LEARNED._replace(gamma=network(t), from_1=network(t), dgamma=slope(t), gap=D(s, t)),
            "the end points drift while the schedule is trained",
            ("vdm-code NoiseSchedule_NNet in model_vdm.py",),
        ),
        "normalised by the end value only": Wrong(
            LEARNED._replace(gamma=gamma_0 + (gamma_1 - gamma_0) * network(t) / network(S.One)),
            "gamma(0) is not gamma_0",
        ),
        "slope of the first layer alone": Wrong(
            LEARNED._replace(dgamma=SCALE * w_1), "the hidden units are left out of the loss weight"
        ),
        "inner weight forgotten in the slope": Wrong(
            LEARNED._replace(dgamma=SCALE * (slope(t) - w_1) / w_1 + SCALE * w_1),
            "the chain rule stops at the second layer",
        ),
    },
)


class Rising(NamedTuple):
    """A lower bound of the slope, and of the rise from s to t."""

    slope: Expr
    rise: Expr


def says_rising(q: Rising) -> tuple[AtMost, AtMost, Below]:
    """State that slope and rise are least without the hidden unit, and that the network rises."""
    none = {w_3: S.Zero}
    return (
        AtMost(q.slope, Slope(network(t), t), none),
        AtMost(q.rise, network(s + h) - network(s), none),
        Below(network(s), network(s + h)),
    )


RISING = Rising(slope=w_1, rise=w_1 * h)
in_slope = w_1 * w_2 * w_3 * pair(t, t)
in_rise = w_3 * pair(s, s + h) * tanh(w_2 * w_1 * h / 2) * (1 + exp(-w_2 * w_1 * h))  # 1 - exp(-x), positive at sight

monotone = Claim(
    name="vdm.gamma.monotone",
    title="With positive weights VDM's network for gamma rises, at least as fast as its linear layer",
    kind="inequality",
    means=ANY_WIDTH,
    says=says_rising,
    answer=RISING,
    convenience={f"0 < {time}": "the network rises on the whole line" for time in (s, t)},
    example={v: AT[v] for v in (s, t, w_1, b_1, w_2, b_2, w_3)} | {h: Rational(2, 5)},
    proof=tuple(
        (
            by("the linear layer", statement.lesser),
            by("add the hidden unit", statement.lesser + unit, more=unit),
            by("the whole network", statement.greater),
        )
        for statement, unit in zip(says_rising(RISING)[:2], (in_slope, in_rise), strict=True)
    )
    + (
        (
            by("the network at s", network(s)),
            by(
                "at s + h, it exceeds that by the rise of the linear layer and the hidden unit",
                network(s + h),
                more=w_1 * h + in_rise,
            ),
        ),
    ),
    wrong={
        "abs on the biases only": Wrong(
            Rising(slope=w_1 + 2 * in_slope, rise=w_1 * h + 2 * in_rise),
            "free weights: with -w_3 the slope is 2 w_1 minus this bound, below w_1, and gamma may fall",
        ),
        "unit without its sigmoid": Wrong(
            RISING._replace(slope=w_1 * (1 + w_2 * w_3)),
            "the slope of a sigmoid is at most 1/4, and tends to 0 far out",
        ),
        "bias in the bound": Wrong(
            RISING._replace(rise=w_1 * h + b_1), "a bias shifts the network, but does not make it rise"
        ),
    },
)

CLAIMS = (learned, monotone)
