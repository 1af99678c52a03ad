"""How a schedule learns a small variance: the gradient of E Y^2, and its minimiser (VDM, appendix I.2).

The loss Y_i of an example depends on gamma_i = gamma(t_i) and g_i = gamma'(t_i). One backward pass of the batch's
mean gives the gradient of the mean of Y_i^2, if the cotangents of gamma_i and g_i are multiplied by 2 Y_i.

On cells of gamma where E (eps - eps_hat)^4 = m and the time spent is t, 4 E Y^2 = sum gap^2 m / t, and by
a^2/p + b^2/q >= (a + b)^2/(p + q) it is least where t is proportional to gap sqrt(m), that is gamma' to 1/sqrt(m).
"""

from typing import NamedTuple

from sympy import Dummy, Expr, Integral, Rational, S, sqrt

from derivations.form.claim import Claim, Wrong, by
from derivations.form.statement import AtMost, Equal
from derivations.notation.quantities import Quantity
from derivations.notation.slopes import SlopeBy
from derivations.notation.values import QuantityAt
from derivations.probability.smooth import smooth

# isort: off
from derivations.symbols import (
    df, df_1, df_2, dg_theta, dg_theta_1, dg_theta_2, dgamma_theta, dgamma_theta_1, dgamma_theta_2, f, f_1, f_2, g,
    g_1, g_2, gap_1, gap_2, k, m_1, m_2, parameter as theta, t, t_1, t_2,
)  # fmt: skip

# -- one backward pass ----------------------------------------------------------------------------

EXAMPLE = (f, df, g, dgamma_theta, dg_theta)
ONE = dict(zip(EXAMPLE, (f_1, df_1, g_1, dgamma_theta_1, dg_theta_1), strict=True))
TWO = dict(zip(EXAMPLE, (f_2, df_2, g_2, dgamma_theta_2, dg_theta_2), strict=True))
y = g / 2 * f  # Y = gamma'/2 (eps - eps_hat)^2, an error f that depends on gamma


def drawn(number: int, here: dict[Expr, Expr]) -> tuple[Quantity, tuple[tuple[Expr, Expr], ...]]:
    """Y_i of an example, of any error as a function of gamma, and the names of these and of their slopes."""
    error, gamma, slope = (smooth(f"{name}_{number}") for name in ("F", "gamma", "rate"))
    at, place = gamma(theta), Dummy("gamma")
    rise = error(place).diff(place).subs(place, at)
    names = {error(at): f, slope(theta): g, rise: df, at.diff(theta): dgamma_theta, slope(theta).diff(theta): dg_theta}
    values = tuple((e, here[name]) for e, name in names.items())
    return Quantity(f"Y_{number}", (), slope(theta) / 2 * error(at)), values


(Y_1, names_1), (Y_2, names_2) = drawn(1, ONE), drawn(2, TWO)
whole_gradient = SlopeBy((Y_1**2 + Y_2**2) / k, theta, (theta, S.One), *names_1, *names_2)


class Pass(NamedTuple):
    """The factor of the cotangents of an example; and the resulting cotangents of gamma and of gamma'."""

    scale: Expr
    gamma: Expr
    slope: Expr


PASS = Pass(scale=2 * y / k, gamma=y * g * df / k, slope=y * f / k)


def says_chain(q: Pass) -> tuple[Equal, Equal]:
    """The gradient of (Y_1^2 + Y_2^2)/k, through gamma and gamma' of each."""
    scaled = q.scale * (g / 2 * df * dgamma_theta + f / 2 * dg_theta)
    gradient = q.gamma * dgamma_theta + q.slope * dg_theta
    return (
        Equal(whole_gradient, scaled.subs(ONE) + scaled.subs(TWO)),
        Equal(whole_gradient, gradient.subs(ONE) + gradient.subs(TWO)),
    )


CHAIN = says_chain(PASS)
mean_y = (y.subs(ONE) + y.subs(TWO)) / 2

chain = Claim(
    name="vdm.gamma.chain",
    title=(
        "One backward pass of the mean of Y, the cotangents of each gamma and its slope times twice its Y, gives "
        "the gradient of the mean square of Y"
    ),
    kind="equality",
    needs=("vdm.gamma.grad", "vdm.loss.continuous.eps"),
    says=says_chain,
    answer=PASS,
    example={v: Rational(n, 3) for n, v in enumerate((*ONE.values(), *TWO.values(), k), start=1)},
    proof=tuple(
        (
            by("each gamma_i and its rate gamma_i' in t is a function of theta", e.lhs, eq="vdm2021 (62)-(63)"),
            by("the chain rule, and the slope of a square", e.rhs),
        )
        for e in CHAIN
    ),
    wrong={
        "the loss itself": Wrong(
            Pass(1 / k, g / 2 * df / k, f / 2 / k), "E grad Y = 0, so the inner parameters learn nothing"
        ),
        "one factor for the batch": Wrong(
            PASS._replace(scale=2 * mean_y / k),
            "it is the gradient of the squared batch mean, not of the mean square",
        ),
        "no factor two": Wrong(PASS._replace(scale=PASS.scale / 2), "steps are half as long"),
        "gamma' only": Wrong(
            PASS._replace(gamma=0 * y),
            "the dependence of the error on gamma is ignored, and biases get wrong gradients",
        ),
        "gamma only": Wrong(PASS._replace(slope=0 * y), "the weight gamma' is taken for a constant"),
    },
    convenience={"0 < k": "a batch has at least one example"},
    means="two examples of a batch, any errors and any parameter; more add further terms to one sum",
)

# -- the best schedule ----------------------------------------------------------------------------


class Best(NamedTuple):
    """4 E Y^2 of a cell of gamma; the least of two cells; the time in the first where it is least, by the second's."""

    cell: Expr
    least: Expr
    time: Expr


CELL = Quantity("V", (gap_1, m_1, t_1), t_1 * (gap_1 / t_1 / 2) ** 2 * m_1)  # the time spent times Y^2 there
A_1, A_2 = gap_1 * sqrt(m_1), gap_2 * sqrt(m_2)
BEST = Best(cell=gap_1**2 * m_1 / (4 * t_1), least=(A_1 + A_2) ** 2 / (4 * (t_1 + t_2)), time=t_2 * A_1 / A_2)


def says_best(q: Best) -> tuple[Equal | AtMost, ...]:
    """A cell; two cells; and two cells at their best are one again, so that any number are."""
    second = QuantityAt(CELL, (gap_1, gap_2), (m_1, m_2), (t_1, t_2))
    one = QuantityAt(CELL, (gap_1, A_1 + A_2), (m_1, S.One), (t_1, t_1 + t_2))
    return (
        Equal(Integral((gap_1 / t_1 / 2) ** 2 * m_1, (t, 0, t_1)), q.cell),
        AtMost(q.least, CELL + second, {t_1: q.time}, only=True),
        Equal(one, q.least),
    )


BESTS = says_best(BEST)

optimal = Claim(
    name="vdm.gamma.optimal",
    title=(
        "The mean square of the loss estimate is least only where gamma' is inversely proportional to the root of "
        "m, the mean fourth power of the error in eps"
    ),
    kind="inequality",
    needs=("vdm.gamma.grad",),
    says=says_best,
    answer=BEST,
    convenience={
        "0 < gap_1": "a cell of width 0 takes no time",
        "0 < gap_2": "a cell of width 0 takes no time",
    },
    example={gap_1: 1, gap_2: 2, t_1: Rational(1, 3), t_2: Rational(2, 3), m_1: 4, m_2: 9},
    proof=(
        (
            by("gamma' = gap/t, E (eps - eps_hat)^4 = m", BESTS[0][0]),
            by("integrate a constant", BESTS[0][1], primitive=(gap_1 / t_1 / 2) ** 2 * m_1 * t),
        ),
        (
            by("the bound, as for a single cell", BESTS[1][0]),
            by(
                "Cauchy-Schwarz, equal where both cells have the same gap sqrt(m)/t",
                BESTS[1][1],
                more=A_2**2 * (t_1 - BEST.time) ** 2 / (4 * t_1 * t_2 * (t_1 + t_2)),
            ),
        ),
        (by("a cell with gap sqrt(m) = A_1 + A_2", BESTS[2][0]), by("the bound above", BESTS[2][1])),
    ),
    wrong={
        "flat mean": Wrong(
            BEST._replace(time=t_2 * gap_1 * m_1 / (gap_2 * m_2)),
            "a constant gamma' m makes the loss flat in t, which is not the least variance",
        ),
        "uniform in gamma": Wrong(
            BEST._replace(time=t_2 * gap_1 / gap_2), "right only if the error is the same at every gamma"
        ),
        "the mean squared": Wrong(
            BEST._replace(least=(gap_1**2 * m_1 + gap_2**2 * m_2) / (4 * (t_1 + t_2))), "the cross term is missing"
        ),
        "rises": Wrong(
            BEST._replace(time=t_2 * A_2 / A_1),
            "gamma' is proportional to sqrt(m), and so fast where the error is large",
        ),
        "the half dropped": Wrong(BEST._replace(least=4 * BEST.least), "it is no lower bound"),
    },
    means="two cells, which at their best act as one; any partition follows by induction",
    trust=("a continuous m is the limit of cells",),
)

CLAIMS = (chain, optimal)
