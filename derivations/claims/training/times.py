"""One uniform number for all times of a batch: t_i = 1 - (u_0 + i/k) mod 1, i = 0 ... k - 1 (VDM, appendix I.1).

Each t_i is uniform on (0, 1], so means over a batch are unbiased. With u_0 = (m + zeta)/k, k (1 - t_i) is m + i + zeta,
minus k where that is k or more: one point in each of k equal cells, all at the same place zeta.

R ranks with B examples each: rank r holds the places r B ... r B + B - 1 of k = R B, of one u_0.
"""

from typing import NamedTuple

from sympy import Abs, Expr, Integral, Mod, Rational, S, ceiling, exp

from derivations.form.claim import Below, Claim, Wrong, by
from derivations.form.experiment import Chance, Experiment, Mean
from derivations.form.law import Generating, Law, Pieces
from derivations.form.statement import Equal
from derivations.notation.chains import Wrapped
from derivations.notation.quantities import Quantity
from derivations.notation.values import QuantityAt

# isort: off
from derivations.symbols import T, batch as each, i, j, k, kappa, m, rank, place, ranks, t, time, u, u_0, omega

shift = i / k
before, after = 1 - (u + shift), 2 - (u + shift)  # t_i where u + i/k is below 1, and where not


class Times(NamedTuple):
    """E exp(kappa t_i); k (1 - t_i) but for a multiple of k; the polynomial in omega whose roots are 3 (1 - t_i)
    for k = 3; a rank's j-th u + i/k; the chance of one of T steps."""

    mgf: Expr
    cell: Expr
    thirds: Expr
    ranked: Expr
    chance: Expr


TIMES = Times(
    mgf=(exp(kappa) - 1) / kappa,
    cell=m + i + place,
    thirds=(omega - place) ** 3 - 3 * (omega - place) ** 2 + 2 * (omega - place),
    ranked=u + rank / ranks + j / (ranks * each),
    chance=1 / T,
)


def share(time: Expr, low: Expr, high: Expr) -> Integral:
    """Return the part of E exp(kappa t_i) from u between two ends."""
    return Integral(exp(kappa * time), (u, low, high))


WRAPPED = share(after, 1 - shift, S.One)
TIME = Pieces(u, ((before, S.Zero, 1 - shift), (after, 1 - shift, S.One)))
OF_TIME = share(before, S.Zero, 1 - shift) + WRAPPED


def thirds(cell: int) -> Wrapped:
    """The polynomial in omega whose roots are 3 (1 - t_i) for u_0 = (cell + zeta)/3: zeta beyond whole numbers."""
    return Wrapped(omega - place, i, S(cell), S(3))


AT = (u, (m + place) / k)
T_I, T_WRAPPED = (QuantityAt(Quantity(name, (), e), AT) for name, e in (("t_i", before), ("tau_i", after)))
SHIFTED = Quantity("v", (i,), u + shift)  # of example i, before it wraps


def says_times(q: Times) -> tuple[Law | Equal, ...]:
    """The law of t_i by its moments; its cell, with and without the wrap; all cells of three, from each of them; over
    ranks; the law of ceil(T t)."""
    return (
        Law(t, TIME, Generating(kappa, q.mgf)),
        Equal(T_I, 1 - q.cell / k),
        Equal(T_WRAPPED, 2 - q.cell / k),
        *(Equal(thirds(start), q.thirds) for start in range(3)),
        Equal(QuantityAt(SHIFTED, (i, rank * each + j), (k, ranks * each)), q.ranked),
        Equal(Integral(S.One, (time, (m - 1) / T, m / T)), q.chance),
    )


SAYS = says_times(TIMES)
half_way = (exp(kappa * (1 - shift)) - 1) / kappa

lowdisc = Claim(
    name="vdm.time.lowdisc",
    title=(
        "Each of k times drawn with one u_0, a stride of 1/k apart modulo 1, is uniform; of three times one is in "
        "each third; ranks hold slices of one draw"
    ),
    kind="law",
    says=says_times,
    answer=TIMES,
    given=(Below(i, k), Below(S.Zero, kappa**2)),
    example={
        kappa: 1,
        i: 1,
        k: 3,
        m: 1,
        place: S.Half,
        u: Rational(1, 5),
        rank: 1,
        omega: 1,
        ranks: 2,
        each: 2,
        j: 1,
        T: 4,
    },
    convenience={
        "i < k": "further times wrap once more",
        "0 < kappa^2": "at kappa = 0 the formula has the limit 1 = E exp(0)",
        "0 < k": "it follows from 0 < i < k",
        "0 < i": "u_0 itself is the case i = 0",
        "0 < m": "cells are counted from 0",
        "0 < zeta": "the edge of a cell belongs to it",
        "0 < omega": "omega is the variable of a polynomial",
        "0 < u": "u may be any number",
        "0 < j": "examples are counted from 0",
        "0 < rank": "ranks are counted from 0",
    },
    proof=(
        (
            by("split at u = 1 - i/k", OF_TIME),
            by("integrate over u", half_way + WRAPPED, primitive=-exp(kappa * before) / kappa),
            by("integrate over u", TIMES.mgf, primitive=-exp(kappa * after) / kappa),
        ),
        (by("u = (m + zeta)/k", SAYS[1].lhs), by("so k (1 - t_i) is m + i + zeta", SAYS[1].rhs)),
        (by("u = (m + zeta)/k, wrapped", SAYS[2].lhs), by("so k (1 - t_i) is m + i + zeta - k", SAYS[2].rhs)),
        *(
            (
                by(f"u_0 in cell {start}: times wrap from i = {3 - start} on", SAYS[3 + start].lhs),
                by("(omega - zeta)(omega - zeta - 1)(omega - zeta - 2)", TIMES.thirds),
            )
            for start in range(3)
        ),
        (by("example rank B + j of R B", SAYS[6].lhs), by("divide by R B", SAYS[6].rhs)),
        (by("t in ((m - 1)/T, m/T]", SAYS[7].lhs), by("its length", SAYS[7].rhs, primitive=time)),
    ),
    wrong={
        "not wrapped": Wrong(
            TIMES._replace(mgf=TIMES.mgf * exp(-kappa * shift)), "some times are below 0, and few above 1 - i/k"
        ),
        "spaced by 1/(k - 1)": Wrong(
            TIMES._replace(thirds=(omega - place) * (omega - place - Rational(3, 2)) * (omega - place - 3)),
            "linspace includes both ends, so that the first and the last time coincide",
        ),
        "the same times on every rank": Wrong(
            TIMES._replace(ranked=u + j / each), "all ranks draw the same B times for R B examples"
        ),
        "rank after rank, spaced by 1/B": Wrong(
            TIMES._replace(ranked=u + rank / ranks + j / each), "times of different ranks coincide"
        ),
        "rounded to the next of 0 ... T": Wrong(
            TIMES._replace(chance=1 / (T + 1)),
            "there are T + 1 outcomes, of which 0 is no step, and the ends are half as likely",
        ),
        "the last step left out": Wrong(TIMES._replace(chance=1 / (T - 1)), "no step ends at t = 1"),
    },
    experiment=Experiment(
        process=((t, 1 - Mod(u_0 + i / k, 1)),),
        uniforms=(u_0,),
        steps={i: 3},
        at={k: 3, kappa: 2, T: 4, m: 2},
        checks=(
            Mean(exp(kappa * t), lambda q: q.mgf),
            Chance(Rational(1, 2) - Abs(ceiling(T * t) - m), lambda q: q.chance),
        ),
        twins=("not wrapped", "rounded to the next of 0 ... T"),
    ),
    trust=(
        "two laws on (0, 1] with the same moment generating function are equal",
        "for k other than 3: i -> m + i is one-to-one modulo k",
    ),
    means="symbolic i, k, T and ranks; all cells of three times, from each start, at a symbolic place",
)

CLAIMS = (lowdisc,)
