"""The end points of VDM's learned schedule, and what moves them.

Let N(t) be the value of any rising network, and gamma = gamma_0 + (gamma_1 - gamma_0) share with share(t) = (N(t) -
N(0))/(N(1) - N(0)). Then gamma_0 and gamma_1 are the values at t = 0 and 1; the slope of gamma(t) in gamma_1 is share,
and in gamma_0 it is 1 - share. A parameter theta of the network moves gamma by

    (gamma_1 - gamma_0) [(1 - share) d(N(t) - N(0)) - share d(N(1) - N(t))] / (N(1) - N(0)),

where d is d/d theta: nothing at either end, where a factor of each term is 0.
"""

from typing import NamedTuple

from sympy import Expr, S

from derivations.form.claim import Claim, Wrong, by
from derivations.form.statement import Equal, Tends
from derivations.notation.quantities import Slope
from derivations.notation.times import ChainRate, quantity

# isort: off
from derivations.symbols import (
    dnet, dnet_0, dnet_1, dnet_slope as dslope, gamma_0, gamma_1, kappa, net_0, net_left as left, net_rise as rise,
    net_slope as slope, parameter as theta, t, tiny,
)  # fmt: skip

span = rise + left
MOVED = {net_0: dnet_0, rise: dnet - dnet_0, left: dnet_1 - dnet, slope: dslope}  # their slopes in theta
N_0, N_T, N_1 = quantity("N", net_0, S.Zero), quantity("N", net_0 + rise, t), quantity("N", net_0 + span, S.One)
N_SLOPE = quantity("N'", slope, t)
GAMMA = quantity("gamma", gamma_0 + (gamma_1 - gamma_0) * (N_T - N_0) / (N_1 - N_0), t)
DGAMMA = quantity("dgamma", (gamma_1 - gamma_0) * N_SLOPE / (N_1 - N_0), t)


class Ends(NamedTuple):
    """gamma at t = 0 and 1; its slopes in gamma_0 (1 minus that in gamma_1) and theta; the slope of gamma' in theta."""

    first: Expr
    last: Expr
    by_0: Expr
    by_eta: Expr
    dgamma_by_eta: Expr


scale = (gamma_1 - gamma_0) / span
ENDS = Ends(
    first=gamma_0,
    last=gamma_1,
    by_0=left / span,
    by_eta=scale * (left * (dnet - dnet_0) - rise * (dnet_1 - dnet)) / span,
    dgamma_by_eta=scale * (dslope - slope * (dnet_1 - dnet_0) / span),
)


def near(e: Expr, side: Expr, own: Expr, end: Expr) -> Expr:
    """Near an end, where `side` is tiny and a slope `own` in theta is tiny times anything off that of the end."""
    return e.subs({side: tiny, own: end + tiny * kappa}, simultaneous=True)


def says(q: Ends) -> tuple[Equal | Tends, ...]:
    """State both ends as limits from inside; the slopes of VDM (60), and that in theta at both ends."""
    return (
        Tends(GAMMA.subs(rise, tiny), tiny, q.first),
        Tends(GAMMA.subs(left, tiny), tiny, q.last),
        Equal(Slope(GAMMA, gamma_0), q.by_0),
        Equal(Slope(GAMMA, gamma_1), 1 - q.by_0),
        Equal(ChainRate(GAMMA, theta, MOVED), q.by_eta),
        Equal(ChainRate(DGAMMA, theta, MOVED), q.dgamma_by_eta),
        Tends(near(q.by_eta, rise, dnet, dnet_0), tiny, S.Zero),
        Tends(near(q.by_eta, left, dnet, dnet_1), tiny, S.Zero),
    )


SAYS = says(ENDS)

ends = Claim(
    name="vdm.gamma.endpoints",
    title="No network parameter moves gamma's end points; the slopes of gamma(t) in gamma_0 and gamma_1 add to 1",
    kind="limit",
    needs=("schedule.learned",),
    says=says,
    answer=ENDS,
    example={
        gamma_0: -13,
        gamma_1: 5,
        net_0: 1,
        rise: 1,
        left: 2,
        slope: 3,
        dnet_0: 1,
        dnet: 2,
        dnet_1: 4,
        dslope: 1,
        kappa: 1,
    },
    convenience={
        "0 < rise": "the slopes also hold for a falling network; for a flat one they are undefined",
        "0 < left": "the slopes also hold for a falling network; for a flat one they are undefined",
    },
    proof=(
        (
            by("the schedule near t = 0", SAYS[0][0], eq="vdm2021 (60)"),
            by("the share tends to 0", gamma_0 + (gamma_1 - gamma_0) * (tiny / (tiny + left))),
        ),
        (
            by("the schedule near t = 1", SAYS[1][0], eq="vdm2021 (60)"),
            by("the share tends to 1", gamma_1 - (gamma_1 - gamma_0) * (tiny / (tiny + rise))),
        ),
        (by("1 - share", SAYS[2][0]), by("(N(1) - N(t))/(N(1) - N(0))", SAYS[2][1])),
        (by("share", SAYS[3][0]), by("(N(t) - N(0))/(N(1) - N(0))", SAYS[3][1])),
        (by("gamma(t)", SAYS[4][0]), by("differentiate the quotient", SAYS[4][1])),
        (by("gamma'(t)", SAYS[5][0]), by("differentiate the quotient: N(1) - N(0) moves too", SAYS[5][1])),
        (
            by("near t = 0, where N(t) moves as N(0) does", SAYS[6][0]),
            by(
                "a factor tiny tends to 0",
                tiny * (gamma_1 - gamma_0) * (left * kappa - dnet_1 + dnet_0 + tiny * kappa) / (tiny + left) ** 2,
            ),
        ),
        (
            by("near t = 1, where N(t) moves as N(1) does", SAYS[7][0]),
            by(
                "a factor tiny tends to 0",
                tiny * (gamma_1 - gamma_0) * (dnet_1 - dnet_0 + tiny * kappa + rise * kappa) / (tiny + rise) ** 2,
            ),
        ),
    ),
    wrong={
        "not normalised": Wrong(
            ENDS._replace(by_eta=dnet, dgamma_by_eta=dslope),
            "the end points, and with them the loss, drift while the schedule is trained for low variance",
            ("vdm-threads #11",),
        ),
        "the span taken for a constant": Wrong(
            ENDS._replace(by_eta=scale * (dnet - dnet_0), dgamma_by_eta=scale * dslope), "gamma(1) moves with theta"
        ),
        "gamma_0 shifts all": Wrong(
            ENDS._replace(by_0=S.One + 0 * tiny), "with gamma_0 + softplus(b) share, gamma_0 moves gamma(1) as well"
        ),
        "ends exchanged": Wrong(
            ENDS._replace(first=gamma_1, last=gamma_0, by_0=rise / span), "gamma falls from noise to data"
        ),
    },
    means="any network, by its values and slopes; any of its parameters",
)

CLAIMS = (ends,)
