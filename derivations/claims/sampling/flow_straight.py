"""Rectified flow's straight path: velocity, data, noise and score from one another.

z_t = (1 - t) x + t eps moves at the constant velocity eps - x in the time from data to noise. By z_t and the velocity
the data are what z_t reaches at t = 0, and the noise what it reaches at t = 1.
"""

from typing import NamedTuple

from sympy import Expr, Integer, Rational

from derivations.claims.sampling.flow import by_both
from derivations.form.claim import Below, Claim, Wrong, by
from derivations.form.statement import Equal
from derivations.notation.process import Process
from derivations.notation.steps import Drawn
from derivations.notation.values import At
from derivations.symbols import alpha_t, dalpha, drift, dsigma, eps, score, sigma_t, t, x, z_t

LINE = {z_t: eps + (1 - t) * (x - eps), drift: eps - x, score: -eps / t}
ON_LINE = Process(*LINE.items(), noise=(eps,), data=(x,))
MADE = {name: Drawn(ON_LINE, name) for name in (*LINE, x, eps)}
PATH = ((alpha_t, 1 - t), (sigma_t, t), (dalpha, Integer(-1)), (dsigma, Integer(1)))
MOVES = At(by_both, *PATH)  # the flow


class Straight(NamedTuple):
    """The place; the velocity by both, by z_t and each; and by z_t and the velocity, data, noise and score."""

    place: Expr
    velocity: Expr
    by_x: Expr
    by_eps: Expr
    by_score: Expr
    back: Expr
    x: Expr
    eps: Expr
    score: Expr

    def line(self) -> "Straight":
        """Return each field at z_t, its velocity and its score as the process makes them."""
        return Straight(*(e.xreplace(MADE) for e in self))


A = Straight(
    place=(1 - t) * x + t * eps,
    velocity=eps - x,
    by_x=(z_t - x) / t,
    by_eps=(eps - z_t) / (1 - t),
    by_score=-(z_t + t * score) / (1 - t),
    back=(x - z_t) / t,
    x=z_t - t * drift,
    eps=z_t + (1 - t) * drift,
    score=-(z_t + (1 - t) * drift) / t,
)
AT = A.line()


def says(a: Straight) -> tuple[Equal, ...]:
    """State what moves z_t, and what follows from its velocity."""
    made = a.line()
    return (
        Equal(MADE[z_t], made.place),
        Equal(MOVES, made.velocity),
        Equal(MOVES, made.by_x),
        Equal(MOVES, made.by_eps),
        Equal(MOVES, made.by_score),
        Equal(-MOVES, made.back),
        Equal(MADE[x], made.x),
        Equal(MADE[eps], made.eps),
        Equal(MADE[score], made.score),
    )


straight = Claim(
    name="fm.straight",
    title="On the straight path the drift is eps - x: x = z - t drift, eps = z + (1 - t) drift and score = -eps/t",
    kind="equality",
    needs=("path.rectified", "sde.pfode.forms", "vdm.param.score"),
    says=says,
    answer=A,
    given=(Below(t, Integer(1)),),
    example={t: Rational(1, 2), x: 1, eps: 2},
    convenience={
        "t < 1": "at t = 1, which is pure noise, the velocity by z_t and the noise, or the score, divides by 0",
    },
    proof=(
        (by("the segment from the noise to the data", MADE[z_t]), by("collect x and eps", AT.place)),
        (by("the flow of the straight path", MOVES), by("alpha' = -1, sigma' = 1", AT.velocity)),
        (by("the flow of the straight path", MOVES), by("z_t - x = t (eps - x)", AT.by_x)),
        (by("the flow of the straight path", MOVES), by("eps - z_t = (1 - t) (eps - x)", AT.by_eps)),
        (by("the flow of the straight path", MOVES), by("eps is -t times the score", AT.by_score)),
        (by("in the other direction of time", -MOVES), by("x - z_t = -t (eps - x)", AT.back)),
        (by("the data", MADE[x]), by("the line back to t = 0", AT.x)),
        (by("the noise", MADE[eps]), by("the line on to t = 1", AT.eps)),
        (by("the score, -eps/t", MADE[score]), by("the noise by z_t and its velocity", AT.score)),
    ),
    wrong={
        "the direction reversed": Wrong(
            A._replace(velocity=x - eps, by_x=-A.by_x, back=-A.back, by_eps=-A.by_eps, by_score=-A.by_score),
            "the velocity of the papers that count time from noise to data, in the other time",
        ),
        "the weights exchanged": Wrong(
            A._replace(place=t * x + (1 - t) * eps), "it is at the data where t = 1, in the other time"
        ),
        "x and eps exchanged": Wrong(
            A._replace(x=z_t + (1 - t) * drift, eps=z_t - t * drift), "the line is followed to the other end"
        ),
        "time reversed in the weights": Wrong(
            A._replace(x=z_t - (1 - t) * drift, eps=z_t + t * drift, score=-(z_t + t * drift) / t),
            "1 - t stands for t: the steps overshoot",
        ),
        "velocity added for the data": Wrong(
            A._replace(x=z_t + t * drift, eps=z_t - (1 - t) * drift), "it goes from the data further into the noise"
        ),
        "the score of unit noise": Wrong(
            A._replace(score=-(z_t + (1 - t) * drift)), "the noise is not divided by its standard deviation t"
        ),
        "the variance in the score": Wrong(
            A._replace(score=-(z_t + (1 - t) * drift) / t**2, by_score=-(z_t + t**2 * score) / (1 - t)),
            "the noise is divided by its variance",
        ),
    },
    means="one datum and one noise: a network's velocity gives the means of both",
)

CLAIMS = (straight,)
