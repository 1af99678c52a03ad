"""By how much a convex function exceeds its tangent, in a form whose sign a theorem of Coq decides.

The checker's lines say that a side is a function above its tangent at a point. The excess of such a line is a multiple
of `r - 1 - ln r`, for a quotient r, or of `exp d - 1 - d`. Which one is found by numbers here; Coq decides.
"""

from collections.abc import Iterator, Mapping
from itertools import pairwise
from typing import NamedTuple

from sympy import Add, Expr, Symbol, diff, exp, factor, log, sympify

from derivations.form.claim import Claim, Line
from derivations.kernel.stated import chain_of
from derivations.kernel.terms import term

DIGITS = 40  # to which an excess and its form agree


class Excess(NamedTuple):
    """A factor of how far a function, of the logarithm or exponential kind, is from its tangent; or a factor alone."""

    factor: Expr
    function: str  # ln or exp, or nothing
    argument: Expr

    @property
    def expr(self) -> Expr:
        a = self.argument
        away = {"ln": a - 1 - log(a), "exp": exp(a) - 1 - a, "": sympify(1)}  # type: ignore[operator]
        return self.factor * away[self.function]  # type: ignore[operator]

    def text(self, names: Mapping[Expr, str]) -> str:
        """Return the term, whose parts are not multiplied out."""
        of, a = term(self.factor, names), term(self.argument, names)
        away = {"ln": f"{a} - 1 - ln ({a})", "exp": f"exp ({a}) - 1 - ({a})"}
        return f"({of}) * ({away[self.function]})" if self.function else of


def tangent(claim: Claim, number: int) -> tuple[Excess, ...]:
    """Return the parts of the excess of a derivation's lines together; none if one has no such form."""
    chain = chain_of(claim, number)
    if chain is None or not any(line.convex for line in chain):
        return ()
    parts = [_excess(above.expr, below, dict(claim.example)) for above, below in pairwise(chain) if _exceeds(below)]
    return () if None in parts else tuple(part for part in parts if part is not None)


def total(parts: tuple[Excess, ...]) -> Expr:
    return Add(*(part.expr for part in parts))


def written(parts: tuple[Excess, ...], names: Mapping[Expr, str]) -> str:
    return " + ".join(part.text(names) for part in parts)


def _exceeds(line: Line) -> bool:
    return line.convex is not None or line.more is not None


def _excess(above: Expr, below: Line, at: Mapping[Symbol, Expr]) -> Excess | None:
    """Return by how much a line exceeds the one above it."""
    if below.convex is None:
        return Excess(sympify(below.more), "", sympify(0))
    v, point = below.convex
    more = below.expr - above  # type: ignore[operator]
    return next((form for form in _forms(more, v, sympify(point)) if _agree(more, form.expr, v, at)), None)


def _forms(more: Expr, v: Symbol, point: Expr) -> Iterator[Excess]:
    """Yield forms that touch 0 at the point, with the curvature of the excess there."""
    curve = diff(more, v, 2).subs(v, point)
    if more.has(log):
        for r in (v / point, point / v):  # type: ignore[operator]
            yield Excess(factor(curve * point**2), "ln", r)
    for d in (v - point, point - v):  # type: ignore[operator]
        yield Excess(factor(curve), "exp", d)


def _agree(more: Expr, form: Expr, v: Symbol, at: Mapping[Symbol, Expr]) -> bool:
    """Return whether an excess and its form are the same number at the example, and off it."""
    places = ({**at, v: at[v] * n} for n in (1, 2, 3)) if v in at else ()
    apart = [abs((more - form).subs(place, simultaneous=True).evalf(DIGITS + 20)) for place in places]  # type: ignore[operator]
    return bool(apart) and all(bool(gap < 10**-DIGITS) for gap in apart)
