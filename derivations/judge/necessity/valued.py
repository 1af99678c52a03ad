"""Whether what a statement speaks of has real values at a point.

A statement about named objects opens to formulas in which their roots may have cancelled: under x = sqrt(c) n_0 a
variance is a polynomial in c, with a value at c = -1, where there is no such x. A statement about x is then neither
true nor false, but undefined.
"""

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

from sympy import Basic, Expr, Symbol, preorder_traversal

from derivations.arithmetic.ball import Imprecise, Undefined, Unfinished, ball, precision
from derivations.form.base import Form, Said
from derivations.form.reading import needed, readings
from derivations.form.statement import Statement, Tends, sides
from derivations.judge.necessity.anew import anew
from derivations.notation.named import Named
from derivations.notation.printing import text
from derivations.obligations.obligation import EXCHANGE, Obligation, free_symbols
from derivations.obligations.owed import owed
from derivations.probability.expected import finite_laws

HOLDS = MappingProxyType({"> 0": lambda v: v > 0, ">= 0": lambda v: v >= 0, "!= 0": lambda v: v != 0})
FAILS = MappingProxyType({"> 0": lambda v: v <= 0, ">= 0": lambda v: v < 0, "!= 0": lambda v: v == 0})
BITS = 512


class Need(NamedTuple):
    """What an object that a statement speaks of needs in order to have a real value."""

    name: str
    sign: Obligation


def needs(statement: Said) -> tuple[Need, ...]:
    """Return what the definitions of the names in a statement as it is written need."""
    defined = ((left, right) for left, right in needed(*readings(statement)) if right is not None)
    return tuple(
        Need(text(left), o)
        for left, right in defined
        for e in _expressions(right)
        for o in owed(e)
        if o.relation != EXCHANGE and not o.ranges
    )


def existence(written: Said, bare: Said, names: Mapping[Any, Any]) -> Iterator[Need]:
    """Yield what a statement needs so that all it speaks of exists: its named objects, its laws and their weights.

    `bare` is the same without names; in the words for objects, `names` stand in place of symbols.
    """
    shown = [] if isinstance(written, Form) else sides(written)
    for e in dict.fromkeys(e for side in shown for e in preorder_traversal(side) if isinstance(e, Named)):
        yield from (Need(text(anew(e, lambda part: names.get(part, part))), o) for o in e.lost() if _is_sign(o))
    parts = [part.says for part in bare.parts()] if isinstance(bare, Form) else [bare]
    for law in dict.fromkeys(law for part in parts for side in sides(part) for law in finite_laws(side)):
        yield from (Need("a law under an expectation", Obligation(e, ">= 0", "a weight")) for e in law)
    if isinstance(bare, Form):
        yield from (Need("a law", Obligation(n.expr, n.relation, n.why)) for n in bare.needs())


def _is_sign(o: Obligation) -> bool:
    return o.relation in ("> 0", ">= 0") and not o.ranges


def unreal(needed: tuple[Need, ...], at: Mapping[Any, Any]) -> str:
    """Return which object is seen to have no real value at the point, in words; '' if none is."""
    gone = (n.name for n in needed if free_symbols(n.sign) <= at.keys() and _fails(n.sign, at))
    return next((f"{name} has no real value" for name in gone), "")


def real(statement: Statement, at: Mapping[Any, Any]) -> bool:
    """Return whether both sides have real values, by all that they need; for a limit, by what does not move."""
    moving = {statement.var} if isinstance(statement, Tends) else set[Symbol]()
    needed = [o for side in sides(statement) for o in owed(side) if o.relation != EXCHANGE and not o.ranges]
    return all(_decided(o, at, HOLDS) for o in needed if not free_symbols(o) & moving)


def _expressions(e: Basic) -> Iterator[Expr]:
    """Yield the expressions that an object which prints is made of."""
    if isinstance(e, Expr):
        yield e
    else:
        yield from (part for a in e.args for part in _expressions(a))


def _fails(o: Obligation, at: Mapping[Any, Any]) -> bool:
    return _decided(o, at, FAILS)


def _decided(o: Obligation, at: Mapping[Any, Any], by: Mapping[str, Any]) -> bool:
    """Return whether the sign is seen to be as `by` says."""
    number = o.expr.subs(dict(at))
    if number.is_Rational:
        return bool(by[o.relation](number))
    try:
        with precision(BITS):
            return bool(by[o.relation](ball(o.expr, at)))
    except (Undefined, Imprecise, Unfinished):
        return False
