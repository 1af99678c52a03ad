"""A change of variable in an integral: with u = g(t), the integral of f(g(t)) g'(t) over t is that of f(u) over u.

g need not be monotone, but g and g' must be continuous over the whole interval of t, and f at every g(t). Since g(t)
takes all values between its ends, f is continuous there. Expressions here are continuous wherever they are defined, and
the obligations of f(g(t)), g and g', for every t from end to end, require that they are.
"""

from collections.abc import Iterator

from sympy import Dummy, Expr, Integral, S, Symbol, diff

from derivations.arithmetic.ball import midway, proper
from derivations.engines.normal_form import vanishes
from derivations.form.statement import Point
from derivations.obligations.ledger import Ledger
from derivations.obligations.owed import owed


class Amiss(ArithmeticError):
    """The lines don't differ by the change of variable that is stated."""


def changed(above: Expr, below: Expr, new: Symbol, inside: Expr, at: Point, ledger: Ledger) -> None:
    """Check that one integral turns into another one by `new` = `inside`, and that nothing else changes."""
    old, come = _only(above, below), _only(below, above)
    (old_body, t, start, end), (body, var, low, high) = proper(old), proper(come)
    if var != new:
        raise Amiss(f"expected an integral over {new}, got one over {var}")
    if t in body.free_symbols:
        raise Amiss(f"expected an integrand without {t}, which is bound in the integral that goes, got {body}")
    turn = next(_turns(inside.subs(t, start), inside.subs(t, end), (low, high), at, ledger), None)
    if turn is None:
        raise Amiss(f"expected {new} = {inside} to run from {low} to {high} or back, got other ends")
    rest = Dummy()
    if not vanishes(below.xreplace({come: rest}) - above.xreplace({old: rest}), {**at, rest: S.One}, ledger):
        raise Amiss(f"expected only the integral over {t} to change, got more changes")
    with ledger.over(t, start, end):
        for e in (inside, diff(inside, t), body.subs(var, inside)):
            for o in owed(e):
                ledger.add(o)
        here = {**at, t: midway(start, end, at)}
        if not vanishes(turn * body.subs(var, inside) * diff(inside, t) - old_body, here, ledger):
            raise Amiss(f"expected {new} = {inside} to turn {body} into {old_body}, got another integrand")


def _only(e: Expr, other: Expr) -> Integral:
    """Return the one integral that the other expression lacks."""
    own = e.atoms(Integral) - other.atoms(Integral)
    if len(own) != 1:
        raise Amiss(f"expected one integral for another, got {len(own)}")
    return own.pop()  # type: ignore[return-value]


def _turns(first: Expr, last: Expr, ends: tuple[Expr, Expr], at: Point, ledger: Ledger) -> Iterator[Expr]:
    """Yield 1 if g runs from the lower end to the upper, -1 if it runs back."""
    for a, b, turn in ((first, last, S.One), (last, first, S.NegativeOne)):
        if all(vanishes(e - end, at, ledger) for e, end in zip((a, b), ends, strict=True)):
            yield turn
