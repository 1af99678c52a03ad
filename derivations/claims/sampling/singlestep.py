"""Second order in one step, by a second evaluation at a share r of it: DPM-Solver-2 in eps, DPM-Solver++(2S) in x.

The middle point is reached by a first-order step, so that the prediction there is off by a multiple of h^2. In eps the
flow is the integral of e^(h - u) eps-hat(u), in x that of e^(u - h) x-hat(u), u from 0 to h.
"""

from typing import NamedTuple

from sympy import Expr, Integer, Rational

from derivations.claims.sampling.multistep import data, decay, half_way, line, moved, taylor
from derivations.claims.sampling.order import SUM
from derivations.form.claim import Claim, Wrong, by
from derivations.form.statement import Equal, Tends
from derivations.notation.quantities import Quantity
from derivations.notation.samplers import Update

# isort: off
from derivations.symbols import (
    decay_rest, growth_rest, h, integral, integral_eps, middle, r, u, x_bend, x_hat, x_rest, x_slope, y_ode, y_rest,
)  # fmt: skip


class Single(NamedTuple):
    """The weights of the two predictions; what a step misses over h^3, in eps (over -sigma_s), in x (over alpha_s)."""

    now: Expr
    then: Expr
    in_eps: Expr
    in_x: Expr

    def meets(self, now: Expr, then: Expr) -> Expr:
        return self.now * now + self.then * then


growth = Quantity("exp_3", (h,), 1 + h + h**2 / 2 + h**3 / 6 + h**4 * growth_rest)  # by Taylor's formula
# J' = eps-hat + J, by dpm.exact: the integral of e^(h - u) eps-hat(u), x-hat's symbols for eps-hat's
carried = Quantity("J", (h,), taylor(data(u) + y_ode))
asked = Quantity("x_hat", (r * h,), data(r * h) + middle * h**2)  # at a middle point, itself reached by a step


def miss_eps(a: Single) -> Expr:
    """The local error of DPM-Solver-2, over -sigma_s h^3."""
    return (carried - Update(integral_eps, "DPM-Solver-2", (growth - 1) * a.meets(x_hat, asked))) / h**3


def miss_x(a: Single) -> Expr:
    """The local error of DPM-Solver++(2S), over alpha_s h^3."""
    return (moved - Update(integral, "2S", (1 - decay) * a.meets(x_hat, asked))) / h**3


bent = x_bend * (2 - 3 * r) / 12 - middle / (2 * r)
S = Single(now=1 - 1 / (2 * r), then=1 / (2 * r), in_eps=bent - x_slope / 12, in_x=bent + x_slope / 12)
mean = x_slope / 2 + h * (r * x_bend / 4 + middle / (2 * r)) + h**2 * r**2 * x_rest / 2  # of a step's change, over h

two_stage = Claim(
    name="dpm.2",
    title=(
        "DPM-Solver-2 and DPM-Solver++(2S), with weights 1 - 1/(2r) and 1/(2r) of predictions r apart, "
        "are of second order"
    ),
    kind="limit",
    needs=("dpm.exact", "dpmpp.2m"),
    says=lambda a: (
        Equal(half_way, a.meets(line(Integer(0)), line(r * h))),
        Tends(miss_eps(a), h, a.in_eps),
        Tends(miss_x(a), h, a.in_x),
    ),
    answer=S,
    example={
        x_hat: 1,
        x_slope: 1,
        x_bend: 1,
        x_rest: 1,
        y_rest: 1,
        decay_rest: 1,
        growth_rest: 1,
        middle: 1,
        r: Rational(1, 2),
        h: 1,
    },
    convenience={"0 < h": "the value of a line half-way is the same in either direction"},
    proof=(
        (
            by("the prediction half-way, if it were linear in lambda", line(h / 2)),
            by("from its values at 0 and r", S.meets(line(Integer(0)), line(r * h))),
        ),
        (
            by("the solution minus the step, over h^3", miss_eps(S)),
            by(
                "both agree up to h^2",
                (x_bend + x_slope) / 6
                + h * y_rest
                - h * growth_rest * x_hat
                - (mean - x_slope / 2) / h
                - mean * (Rational(1, 2) + h / 6 + h**2 * growth_rest),
            ),
            by(
                "collect h",
                (x_bend + x_slope) / 6
                + h * y_rest
                - h * growth_rest * x_hat
                - (r * x_bend / 4 + middle / (2 * r) + h * r**2 * x_rest / 2)
                - mean * (Rational(1, 2) + h / 6 + h**2 * growth_rest),
            ),
        ),
        (
            by("the solution minus the step, over h^3", miss_x(S)),
            by(
                "both agree up to h^2",
                (x_bend - x_slope) / 6
                + h * y_rest
                + h * decay_rest * x_hat
                - (r * x_bend / 4 + middle / (2 * r) + h * r**2 * x_rest / 2)
                + mean * (Rational(1, 2) - h / 6 + h**2 * decay_rest),
            ),
        ),
    ),
    wrong={
        "no half": Wrong(
            S._replace(now=1 - 1 / r, then=1 / r), "the line is evaluated at the end of the step, not half-way"
        ),
        "r inverted": Wrong(S._replace(now=1 - r / 2, then=r / 2), "right only at r = 1, and DPM-Solver-2 has r = 1/2"),
        "the two-step sign": Wrong(
            S._replace(now=1 + 1 / (2 * r), then=-1 / (2 * r)),
            "these are the weights of 2M, where the second value lies in the past",
        ),
        "one error for both": Wrong(
            S._replace(in_x=S.in_eps), "e^(h - u) gives more weight to the start, e^(u - h) to the end"
        ),
        "a middle without error": Wrong(
            S._replace(in_eps=S.in_eps + middle / (2 * r)), "the middle point is itself reached by a step"
        ),
    },
    means="the local error of one step in one coordinate, for any smooth prediction by its Taylor symbols",
    trust=("Taylor's formula with bounded remainders; a middle prediction off by a bounded multiple of h^2", SUM),
)

CLAIMS = (two_stage,)
