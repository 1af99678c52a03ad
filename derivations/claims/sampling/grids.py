"""Subsequences of DDPM's steps 1 ... T for a sampler of S = n steps, T = S m: trailing, leading and linspace timesteps.

Trailing timesteps count down from T, leading ones up from 1, both by m; linspace takes S evenly spaced ones from T to
1. A sampler steps to the next entry, which is t - m only for the first two.
"""

from typing import NamedTuple

from sympy import Expr, S

from derivations.form.claim import Below, Claim, Wrong, by
from derivations.form.statement import Equal
from derivations.notation.quantities import Quantity
from derivations.symbols import i, m, n

steps, all_of_them = n, n * m  # S, and T


def trailing(number: Expr) -> Expr:
    """round(T - i T/S), i = 0 ... S - 1, as printed; T/S is whole. Then 0."""
    return Quantity("trailing", (number,), all_of_them - number * all_of_them / steps)


def leading(number: Expr) -> Expr:
    """1 + j floor(T/S), j = S - 1 ... 0, counted from its end: j = S - 1 - i. Then 0."""
    return Quantity("leading", (number,), 1 + (steps - 1 - number) * m)


def linspace(number: Expr) -> Expr:
    """linspace(1, T, S), counted from its end."""
    return Quantity("linspace", (number,), all_of_them + (1 - all_of_them) * number / (steps - 1))


class Grid(NamedTuple):
    """The trailing entry minus the leading one, the first leading entry, the stride of both and of linspace; the last
    trailing entry, before 0."""

    early: Expr
    first: Expr
    stride: Expr
    linspace: Expr
    last: Expr


G = Grid(
    early=m - 1,
    first=all_of_them - m + 1,
    stride=m,
    linspace=m + (m - 1) / (steps - 1),
    last=m,
)


def says(g: Grid) -> tuple[Equal, ...]:
    return (
        Equal(trailing(i) - leading(i), g.early),
        Equal(leading(S.Zero), g.first),
        Equal(trailing(i) - trailing(i + 1), g.stride),
        Equal(leading(i) - leading(i + 1), g.stride),
        Equal(linspace(i) - linspace(i + 1), g.linspace),
        Equal(trailing(steps - 1), g.last),
    )


SAYS = says(G)

grid = Claim(
    name="grid.trailing",
    title=(
        "In strides of m steps, trailing timesteps begin at the last step and end at m, leading ones are m - 1 "
        "earlier and end at 1"
    ),
    kind="equality",
    says=says,
    answer=G,
    given=(Below(S.One, steps),),
    example={n: 10, m: 100, i: 2},
    convenience={
        "0 < n": "it follows from 1 < n",
        "0 < m": "both sides are polynomials in it",
        "0 < i": "i = 0 is the first entry",
        "1 < n": "a single linspace timestep has no stride",
    },
    proof=(
        (by("T - i m minus (1 + (S - 1 - i) m)", SAYS[0].lhs), by("i cancels", G.early)),
        (by("1 + (S - 1) m", SAYS[1].lhs), by("S m = T", G.first)),
        (by("two neighbours of trailing", SAYS[2].lhs), by("T/S", G.stride)),
        (by("two neighbours of leading", SAYS[3].lhs), by("floor(T/S)", G.stride)),
        (by("two neighbours of linspace", SAYS[4].lhs), by("(S m - 1)/(S - 1)", G.linspace)),
        (by("trailing at i = S - 1", SAYS[5].lhs), by("one stride above 0", G.last)),
    ),
    wrong={
        "leading reaches T": Wrong(
            G._replace(first=all_of_them, early=S.Zero),
            "sampling starts from pure noise at a timestep at which the network was trained with some signal",
            ("ddim-code runners/diffusion.py", "pndm-code runner/runner.py", "diffusers #2585"),
        ),
        "counted from 0": Wrong(
            G._replace(first=all_of_them - m, early=m),
            "without an offset of 1, on 1 ... T, the last leading entry is 0, and one network call is for clean data",
        ),
        "t - T // S on linspace": Wrong(
            G._replace(linspace=m),
            "for T = 1000 and S = 10, strides of 111 get steps computed for 100, with alpha-bar of another time",
            ("diffusers #12633", "diffusers #11347"),
        ),
        "T/(S - 1)": Wrong(
            G._replace(linspace=all_of_them / (steps - 1)),
            "linspace ends at 1, not 0, and so covers T - 1 in S - 1 strides",
        ),
        "trailing ends at 1": Wrong(G._replace(last=S.One), "the last step is as long as the others, from m to 0"),
    },
    means="symbolic S, m and index; where S does not divide T, entries are rounded",
)

CLAIMS = (grid,)
