"""A change of variable in an integral: with u = g(t), the integral of f(g(t)) g'(t) over t is that of f(u) over u.

It needs no monotony: g and its slope are continuous over the whole interval of t, and f is at every g(t). Since g(t)
runs through all that lies between its ends, f is continuous there. What is continuous where it is defined is known by
the obligations of f(g(t)), g and g', for every t from end to end.
"""

from collections.abc import Iterator

from sympy import Dummy, Expr, Integral, S, Symbol, diff

from derivations.arithmetic.ball import midway, proper
from derivations.engines.normal_form import vanishes
from derivations.form.statement import Point
from derivations.obligations.obligation import Ledger, owed


class Amiss(ArithmeticError):
    """Not the change of variable that the line says."""


def changed(above: Expr, below: Expr, new: Symbol, inside: Expr, at: Point, ledger: Ledger) -> None:
    """The one new integral below is the one gone from above, for `new` = `inside`, and nothing else changed."""
    old, come = _only(above, below), _only(below, above)
    (old_body, t, start, end), (body, var, low, high) = proper(old), proper(come)
    if var != new:
        raise Amiss(f"expected an integral over {new}, got one over {var}")
    if t in body.free_symbols:
        raise Amiss(f"expected an integrand without {t}, which is bound in the integral that goes, got {body}")
    turn = next(_turns(inside.subs(t, start), inside.subs(t, end), (low, high), at, ledger), None)
    if turn is None:
        raise Amiss(f"{new} = {inside} does not run from {low} to {high}, nor back")
    rest = Dummy()
    if not vanishes(below.xreplace({come: rest}) - above.xreplace({old: rest}), {**at, rest: S.One}, ledger):
        raise Amiss("more changes than the integral")
    with ledger.over(t, start, end):
        for e in (inside, diff(inside, t), body.subs(var, inside)):
            for o in owed(e):
                ledger.add(o)
        here = {**at, t: midway(start, end, at)}
        if not vanishes(turn * body.subs(var, inside) * diff(inside, t) - old_body, here, ledger):
            raise Amiss(f"{new} = {inside} does not make {old_body} of {body}")


def _only(e: Expr, other: Expr) -> Integral:
    """The one integral that the other expression lacks."""
    own = e.atoms(Integral) - other.atoms(Integral)
    if len(own) != 1:
        raise Amiss(f"expected one integral for another, got {len(own)}")
    return own.pop()  # type: ignore[return-value]


def _turns(first: Expr, last: Expr, ends: tuple[Expr, Expr], at: Point, ledger: Ledger) -> Iterator[Expr]:
    """1 where g runs from the lower end to the upper, -1 where it runs back."""
    for a, b, turn in ((first, last, S.One), (last, first, S.NegativeOne)):
        if all(vanishes(e - end, at, ledger) for e, end in zip((a, b), ends, strict=True)):
            yield turn
