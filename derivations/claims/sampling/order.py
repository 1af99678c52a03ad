"""Orders of one-step solvers, by their local errors on any smooth equation y' = F(y_ode, t).

Around the start F is its Taylor polynomial with a bounded remainder, and the solution has the coefficients that the
chain rule gives: y'' = F_t + F F_y, and so on. A step of order p has a local error of h^(p+1) times a constant, given
here.
"""

from typing import NamedTuple

from sympy import Expr, Integer, Rational, diff

from derivations.form.claim import Claim, Wrong, by
from derivations.form.statement import Tends
from derivations.notation.quantities import Quantity
from derivations.notation.samplers import Update
from derivations.symbols import (
    F_0,
    F_rest,
    F_t,
    F_tt,
    F_y,
    F_yt,
    F_yy,
    h,
    t,
    y_ode,
    y_rest,
)

SUM = "for a Lipschitz field, local errors of order h^(p + 1) add up to a global error of order h^p"
SYSTEM = "the same holds for a system of equations, with matrices for slopes: F_y F for F F_y"
PATH = F_0 + F_y * y_ode + F_t * t + (F_yy * y_ode**2 + 2 * F_yt * y_ode * t + F_tt * t**2) / 2  # around (0, 0)
FIELD = PATH + F_rest * t**3  # where y_ode is of the order of t


def at(y_value: Expr, t_value: Expr) -> Expr:
    return FIELD.subs({y_ode: y_value, t: t_value}, simultaneous=True)


def along(e: Expr) -> Expr:
    """The slope in t of what depends on t and on a solution y(t)."""
    return diff(e, t) + PATH * diff(e, y_ode)


def start(e: Expr) -> Expr:
    return e.subs({y_ode: 0, t: 0})


BENT = start(along(PATH))  # y'' = F_t + F F_y
TWICE = start(along(along(PATH)))  # y'''
CURVED = F_tt + 2 * F_0 * F_yt + F_0**2 * F_yy  # of F along its own direction
solution = Quantity("y_ode", (h,), h * F_0 + h**2 / 2 * BENT + h**3 / 6 * TWICE + h**4 * y_rest)  # from y(0) = 0
EXAMPLE = dict.fromkeys((F_0, F_y, F_t, F_yy, F_yt, F_tt, F_rest, y_rest), Integer(1))


class Euler(NamedTuple):
    """The weight of the slope, and what the step misses over h^2."""

    weight: Expr
    error: Expr


E = Euler(weight=Integer(1), error=(F_t + F_0 * F_y) / 2)


def missed(weight: Expr) -> Expr:
    """The local error of a step along the first slope, over h^2."""
    return (solution - Update(y_ode, "Euler", h * weight * F_0)) / h**2


euler = Claim(
    name="solver.euler",
    title="An Euler step has the local error h^2 (F_t + F_0 F_y)/2 on any smooth scalar equation, hence order 1",
    kind="limit",
    says=lambda a: Tends(missed(a.weight), h, a.error),
    answer=E,
    example=EXAMPLE,
    proof=(
        (
            by("the solution minus h F, over h^2", missed(E.weight)),
            by("half the second slope remains", BENT / 2 + h / 6 * TWICE + h**2 * y_rest),
        ),
    ),
    wrong={
        "no half": Wrong(E._replace(error=F_t + F_0 * F_y), "the slope at the end is taken for the average slope"),
        "the field frozen in y_ode": Wrong(E._replace(error=F_t / 2), "the slope also changes as y_ode moves"),
        "the field frozen in t": Wrong(E._replace(error=F_0 * F_y / 2), "the fields of EDM and DDIM depend on time"),
        "half a step": Wrong(E._replace(weight=Rational(1, 2)), "it is not consistent, with an error of order h"),
        "exact": Wrong(
            E._replace(error=Integer(0)), "true only for a constant slope, as of DDIM with constant eps-hat"
        ),
    },
    means="the local error of one step, on any smooth scalar field, by its Taylor symbols",
    trust=("Taylor's formula with bounded remainders, for a smooth field", SUM, SYSTEM),
)


class Heun(NamedTuple):
    """The weights of the slopes at the start and where Euler's step ends, and what the step misses over h^3."""

    first: Expr
    second: Expr
    error: Expr

    def step(self) -> Expr:
        """Heun's, with the second slope where Euler's step ends."""
        slope = Quantity("F", (h * F_0, h), at(h * F_0, h))
        return Update(y_ode, "Heun", h * (self.first * F_0 + self.second * slope))


H = Heun(
    first=Rational(1, 2),
    second=Rational(1, 2),
    error=F_y * (F_t + F_0 * F_y) / 6 - (F_tt + 2 * F_0 * F_yt + F_0**2 * F_yy) / 12,
)

heun = Claim(
    name="solver.heun",
    title=(
        "A Heun step has the local error h^3 (F_y (F_t + F_0 F_y)/6 - (F_tt + 2 F_0 F_yt + F_0^2 F_yy)/12) on any "
        "smooth scalar equation, hence order 2"
    ),
    kind="limit",
    needs=("solver.euler",),
    says=lambda a: Tends((solution - a.step()) / h**3, h, a.error),
    answer=H,
    example=EXAMPLE,
    proof=(
        (
            by("the solution minus the step, over h^3", (solution - H.step()) / h**3, eq="edm2022 Algorithm 1"),
            by("they agree up to h^2", TWICE / 6 - CURVED / 4 + h * (y_rest - F_rest / 2)),
        ),
    ),
    wrong={
        "the second slope alone": Wrong(
            H._replace(first=Integer(0), second=Integer(1)), "it overshoots by as much as an Euler step falls short"
        ),
        "the mean not halved": Wrong(H._replace(first=Integer(1), second=Integer(1)), "the step is doubled"),
        "Ralston's weights": Wrong(
            H._replace(first=Rational(1, 4), second=Rational(3, 4)), "they belong to a slope at two thirds of the step"
        ),
        "sign of the curvature": Wrong(
            H._replace(error=F_y * (F_t + F_0 * F_y) / 6 + CURVED / 12), "the trapezium overestimates convex slopes"
        ),
        "third order": Wrong(H._replace(error=Integer(0)), "two slopes do not suffice for it"),
    },
    means="the local error of one step, on any smooth scalar field, by its Taylor symbols",
    trust=("Taylor's formula with bounded remainders, for a smooth field", SUM, SYSTEM),
)

CLAIMS = (euler, heun)
