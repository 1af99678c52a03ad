"""VDM's softmax decoder over a window of levels: how much the levels outside it can add to the loss.

Levels are Delta apart, each within xi Delta of its place; z_0/alpha_0 is delta Delta from the nearest place, so that
2 delta <= 1. The two largest terms are at most (1 - delta + xi) Delta away, and a level m places on is at least
(m - delta - xi) Delta away.
With width = SNR(0) Delta^2 its term is thus at most exp(-width/2 m (m - 1 - 2 xi)) times either of those two, and both
sides beyond W places sum to at most

    B(W) = 2 exp(-width/2 (W + 1)(W - 2 xi)) / (1 - exp(-width (W + 1 - xi))),

because 2 term(W + 1) + B(W + 1) <= B(W). The loss of the likeliest level is log(1 + A), where A is the sum of all
other terms over the largest. To leave out a part of A changes log(1 + A), a concave function, by at most the share of
that part in A, which is at most B(W), of it.
"""

from typing import NamedTuple

from sympy import Expr, Integral, Rational, S, exp, log, tanh

from derivations.claims.decoder.softmax import PROCESS
from derivations.form.claim import Claim, Wrong, by
from derivations.form.statement import AtMost, Equal
from derivations.notation.levels import LogOdds, Odds
from derivations.notation.quantities import Quantity, Slope

# isort: off
from derivations.symbols import (
    W, Delta as apart, alpha_0, wider, m, n, off as xi, others, cut, width, sigma_0, u, omega, z_0,
)  # fmt: skip

delta = (1 - omega) / 2  # at most 1/2
SNR_0 = alpha_0**2 / sigma_0**2


def at(away: Expr) -> Expr:
    """The level so many Delta away from z_0/alpha_0."""
    return z_0 / alpha_0 + away * apart


class Window(NamedTuple):
    """s; the m-th term by either of the largest two, and at most; B(W); the share of the loss that R of A makes up."""

    width: Expr
    nearer: Expr
    term: Expr
    beyond: Expr
    change: Expr


def one_less_exp(a: Expr) -> Expr:
    """1 - exp(-a), positive at sight."""
    return tanh(a / 2) * (1 + exp(-a))


B = Window(
    width=SNR_0 * apart**2,
    nearer=exp(-width / 2 * (m - 1 - 2 * xi) * (m + 1 - 2 * delta)),
    term=exp(-width / 2 * m * (m - 1 - 2 * xi)),
    beyond=2 * exp(-width / 2 * (W + 1) * (W - 2 * xi)) / (1 - exp(-width * (W + 1 - xi))),
    change=cut / others,
)
far, near = m - delta - xi, 1 - delta + xi
on, W_on = 1 + 2 * xi + n, 2 * xi + n  # m > 1 + 2 xi and W > 2 xi
kept = others / (1 + omega)  # A - R


def says(q: Window) -> tuple[Equal | AtMost, ...]:
    """A place and the next; a term; what it is at most; a step of the window (wider = 1); what it does to the loss."""
    after = q.beyond.subs(W, W + 1)
    slower = (1 - exp(-width * (W + 2 - xi))) / (1 - exp(-width * (W + 1 + wider - xi)))
    step = 2 * q.term.subs(m, W + 1) + after * slower
    share = q.change.subs(cut, others - kept)
    return (
        Equal(2 * LogOdds(PROCESS, z_0, (at(S.Zero), at(S.One))), q.width),
        Equal(Odds(PROCESS, z_0, (at(far), at(near))), q.nearer.subs(width, q.width)),
        AtMost(
            Odds(PROCESS, z_0, (at(far.subs(m, on)), at(near))),
            q.term.subs(m, on).subs(width, q.width),
            {omega: S.Zero},
        ),
        AtMost(step.subs(W, W_on), Quantity("B", (W_on,), q.beyond.subs(W, W_on)), {wider: S.Zero}),
        Equal(Integral(kept / (1 + kept * u), (u, 0, 1)), log(1 + kept)),
        AtMost((1 - share) * others / (1 + others * u), Slope(log(1 + kept * u), u), {omega: S.Zero}),
    )


SAYS = says(B)
next_term = 2 * exp(-width / 2 * (W_on + 2) * (W_on + 1 - 2 * xi))  # both sides, at m = W + 2
rate = width * (1 + xi + n)  # width (W + 1 - xi)
in_step = (
    next_term * exp(-rate) * one_less_exp(width * wider) / (one_less_exp(rate) * one_less_exp(rate + width * wider))
)
first = B.term.subs(m, on)

AT = {
    alpha_0: 1, sigma_0: 1, z_0: 1, apart: 1, width: 1, xi: Rational(1, 8), m: 3, n: Rational(3, 4),
    omega: Rational(1, 2), wider: 1, others: 1, u: Rational(1, 2),
}  # fmt: skip

window = Claim(
    name="vdm.decoder.window",
    title="Levels more than W places from the nearest change the softmax decoder's loss by at most a share B(W)",
    kind="inequality",
    needs=("vdm.reverse.decoder",),
    says=says,
    answer=B,
    example=AT,
    proof=(
        (by("twice the log-odds of a level at z_0/alpha_0 to the next", SAYS[0][0]), by("SNR Delta^2", B.width)),
        (
            by("Bayes' rule, equally likely levels", SAYS[1][0], eq="vdm2021 (8)"),
            by(
                "SNR/2 times a difference of squares",
                exp(-SNR_0 * apart**2 / 2 * (far**2 - near**2)),
            ),
            by("(far - near)(far + near)", SAYS[1][1]),
        ),
        (
            by("Bayes' rule, m - 1 - 2 xi = n", SAYS[2][0]),
            by("(far - near)(far + near)", B.nearer.subs(m, on).subs(width, B.width)),
            by("2 delta <= 1", SAYS[2][1], more=(first * one_less_exp(width / 2 * n * omega)).subs(width, B.width)),
        ),
        (
            by("the terms at W + 1 on both sides, and all beyond them", SAYS[3][0]),
            by(
                "the next term is exp(-width (W + 1 - xi)) times this one",
                2 * first + next_term / (1 - exp(-rate - width * wider)),
            ),
            by("further quotients are smaller", SAYS[3][1], more=in_step),
        ),
        (
            by("the loss as the integral of its slope", SAYS[4][0]),
            by("integrate", SAYS[4][1], primitive=log(1 + kept * u)),
        ),
        (
            by("the kept share of the slope of log(1 + A u)", SAYS[5][0]),
            by(
                "the logarithm is steeper at a smaller sum",
                SAYS[5][1],
                more=kept * u * (others - kept).factor() / ((1 + others * u) * (1 + kept * u)),
            ),
        ),
    ),
    wrong={
        "the first neglected terms only": Wrong(
            B._replace(beyond=2 * exp(-width / 2 * (W + 1) * (W - 2 * xi))), "all further terms are left out"
        ),
        "one side": Wrong(B._replace(beyond=B.beyond / 2), "there are levels below as well as above"),
        "nearest level exactly hit": Wrong(
            B._replace(term=exp(-width / 2 * (m**2 - 1 - 2 * xi))), "z_0/alpha_0 lies up to half a step from a level"
        ),
        "no half": Wrong(B._replace(width=2 * B.width), "a window chosen from twice the exponent is too narrow"),
        "z_0 for z_0/alpha_0": Wrong(
            B._replace(width=apart**2 / sigma_0**2), "alpha_0 scales the distance of the levels"
        ),
        "levels exactly in place": Wrong(
            B._replace(nearer=B.nearer.subs(xi, 0)), "levels rounded to float32 are not equally spaced"
        ),
    },
    convenience={
        "0 < alpha_0": "only its square matters",
        "0 < Delta": "only its square matters",
        "0 < xi": "xi = 0 is the case of levels exactly in place",
        "0 < m": "m is above 1 + 2 xi",
    },
    trust=("B(W) -> 0 as W grows, so that the steps sum to B(W)", "monotonicity of the integral"),
    means="any W of more than twice xi: one step of a telescoping sum. A finite grid only lacks some of the terms",
)

CLAIMS = (window,)
