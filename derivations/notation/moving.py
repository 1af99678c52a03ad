"""A density that moves in the plane: how it changes under a velocity and noise, and along a flow.

At a point of the plane the density, its slopes, and a velocity and its slopes may be any numbers: they have names here.
"""

from collections.abc import Iterator
from typing import Any

from sympy import Expr, Function, S, diff, log

from derivations.notation.arranged import SLOPE
from derivations.notation.named import Named
from derivations.notation.phrases import Words
from derivations.notation.wheres import Where
from derivations.symbols import F_1 as V_1
from derivations.symbols import F_2 as V_2
from derivations.symbols import bend_1, bend_2, dF_1, dF_2, q_x, s_1, s_2, z_i, z_j

AXES = (z_i, z_j)
P = Function("p", positive=True)(*AXES)
F_1, F_2 = (Function(name)(*AXES) for name in ("F_1", "F_2"))
bends, flows = (bend_1, bend_2), (V_1, V_2)
NAMES = {
    diff(P, z_i, 2): bends[0], diff(P, z_j, 2): bends[1], diff(P, z_i): s_1 * q_x, diff(P, z_j): s_2 * q_x, P: q_x,
    diff(F_1, z_i): dF_1, diff(F_2, z_j): dF_2, F_1: flows[0], F_2: flows[1],
}  # fmt: skip
SCORES = {s_1: diff(log(P), z_i), s_2: diff(log(P), z_j)}


def by_name(e: Expr) -> Expr:
    """The density, its slopes and those of a velocity by name."""
    for what, name in NAMES.items():
        e = e.subs(what, name)  # type: ignore[assignment]
    return e


def moved(velocity: tuple[Expr, Expr], spread: Expr) -> Expr:
    """The rate of the density in the plane, -div(velocity p) + (spread/2) (p_11 + p_22)."""
    flow = sum((-diff(v * P, z) for v, z in zip(velocity, AXES, strict=True)), S.Zero)
    return flow + spread / 2 * sum((diff(P, z, 2) for z in AXES), S.Zero)


class DensityRateInPlane(Named):
    """dp/dt in the plane under dz = f dt + g dw: -div(f p) + g^2/2 lap p; a score s_i is the slope of log p."""

    def __new__(cls, f_1: Expr, f_2: Expr, g2: Expr) -> "DensityRateInPlane":
        return Expr.__new__(cls, f_1, f_2, g2)

    def meaning(self) -> Expr:
        f_1, f_2, g2 = self.args
        return by_name(moved((f_1.subs(SCORES), f_2.subs(SCORES)), g2))  # type: ignore[arg-type]

    def where(self) -> Iterator[Where]:
        yield Where(Words("s_1, s_2 the scores d/dz_i log p, d/dz_j log p of any density p"))
        yield Where(Words("lap p the sum of its second slopes in z_i and in z_j"))

    def _sympystr(self, printer: Any) -> str:
        f_1, f_2, g2 = map(printer.doprint, self.args)
        noise = "" if g2 == "0" else f" + [{g2}]/2 lap p"
        return f"(-div(({f_1}, {f_2}) p){noise})"

    def _latex(self, printer: Any) -> str:
        f_1, f_2, g2 = map(printer.doprint, self.args)
        noise = "" if g2 == "0" else f" + \\frac{{{g2}}}{{2}} \\Delta p"
        return f"\\left(-\\nabla \\cdot \\left(({f_1}, {f_2})\\, p\\right){noise}\\right)"


class RateAlong(Named):
    """d/dt log p(z(t)) along dz/dt = F: the density's own rate, and what the motion adds."""

    rank = SLOPE

    def __new__(cls) -> "RateAlong":
        return Expr.__new__(cls)

    def meaning(self) -> Expr:
        own = moved((F_1, F_2), S.Zero) / P
        return by_name(own + diff(log(P), z_i) * F_1 + diff(log(P), z_j) * F_2)

    def where(self) -> Iterator[Where]:
        yield Where(Words("dz_i/dt = F_1, dz_j/dt = F_2, dF_1 and dF_2 the slopes of F_1 in z_i and of F_2 in z_j"))

    def _sympystr(self, printer: Any) -> str:
        return "d/dt log p(z_i, z_j)"

    def _latex(self, printer: Any) -> str:
        return "\\frac{d}{dt} \\log p(z_i, z_j)"
