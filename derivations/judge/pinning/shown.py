"""What the print of a statement shows of its answer: a look at it that vanishes as it is written counts for nothing.

With the answer w, x = y + q - w is printed x = y. No reader could take w from that, though w alone makes it true.
So a look that loses a part of the answer, to the terms or factors beside it, is not looked at: the answer stands there.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import fields, is_dataclass, replace
from typing import Any, NamedTuple

from sympy import Add, Basic, Derivative, Expr, Integral, Mul, Pow, Subs, Symbol
from sympy.core.function import AppliedUndef

from derivations.form.base import Said
from derivations.form.names import expressions
from derivations.notation.printing import text

SINGLE = (Derivative, Integral, Pow, Subs)  # what may be computed of the answer, and still shows what it is
FUNCTIONS = frozenset({"exp", "log", "sin", "cos", "sinh", "cosh", "tan", "tanh", "atan", "erf", "erfc", "Abs"})


class Shown(NamedTuple):
    """A part of the answer as it is written, which an unknown function of its symbols stands for."""

    written: Expr
    symbols: tuple[Symbol, ...]

    def at(self, args: Sequence[Expr]) -> Expr:
        """Return it at these arguments."""
        put = dict(zip(self.symbols, args, strict=True))
        return self.written if self.is_own(args) else self.written.subs(put, simultaneous=True)  # type: ignore[return-value]

    def is_own(self, args: Sequence[Expr]) -> bool:
        return tuple(args) == self.symbols


Heads = Mapping[Any, Shown]


class Unseen(ArithmeticError):
    """A statement is shown without its answer, whatever it is made of."""


def visible(statement: Said, heads: Heads) -> Said:
    """Return a statement about unknown functions with the answer itself in the looks that lose a part of it."""
    return _each(statement, lambda e: _visible(e, heads))


def require_shown(statements: Iterable[Said], own: Iterable[Said], heads: Heads, parts: Iterable[Expr]) -> None:
    """Require that a claim is shown as its statements about unknown functions are with the answer in their place.

    Raises:
        Unseen: what is shown is another expression, in which the answer does not stand.
    """
    here = list(expressions(tuple(own)))
    there = list(expressions(tuple(statements)))
    if len(here) == len(there) and all(_filled_is(e, o, heads) for e, o in zip(there, here, strict=True)):
        return
    prints = [text(e) for e in here]
    if hidden := [p for p in parts if not any(_stands(p, e) for e in here) and not any(text(p) in e for e in prints)]:
        raise Unseen(f"its answer {hidden[0]} stands nowhere in what is shown")


def _each(thing: Any, change: Callable[[Basic], Basic]) -> Any:
    """Return the same thing with each of its expressions changed, however deep in tuples, mappings and records."""
    if isinstance(thing, Basic):
        return change(thing)
    if isinstance(thing, tuple):
        new = [_each(e, change) for e in thing]
        return type(thing)(*new) if hasattr(thing, "_fields") else tuple(new)
    if isinstance(thing, Mapping):
        return {_each(k, change): _each(v, change) for k, v in thing.items()}
    if is_dataclass(thing) and not isinstance(thing, type):
        return replace(thing, **{f.name: _each(getattr(thing, f.name), change) for f in fields(thing) if f.init})
    return thing


def _visible(e: Basic, heads: Heads) -> Basic:
    if not e.has(*heads) or _is_look(e, heads):
        return e
    if _loses(e, heads):
        return filled(e, heads)
    new = [_visible(a, heads) for a in e.args]
    return e if all(a is b for a, b in zip(new, e.args, strict=True)) else e.func(*new)


def filled(e: Basic, heads: Heads) -> Any:
    """Return the expression with the answer in place of the unknown functions, computed as SymPy would."""
    if not e.has(*heads):
        return e
    args = [filled(a, heads) for a in e.args]
    if _is_look(e, heads):
        return heads[e.func].at(args)
    new = e.func(*args)
    return new.doit() if isinstance(e, Derivative | Subs) else new


def _is_look(e: Basic, heads: Heads) -> bool:
    return isinstance(e, AppliedUndef) and e.func in heads


def _loses(e: Basic, heads: Heads) -> bool:
    """Return whether a part of the answer is lost to what stands beside it; two looks may cancel before all eyes."""
    looks, beside = _looking(e, heads), [a for a in e.args if not a.has(*heads)]
    if isinstance(e, Add):
        return any(_lost(filled(a, heads), beside, _starts(a, heads)) for a in looks)
    if isinstance(e, Mul):
        number = all(a.is_number for a in beside)  # a multiple
        return not number and any(_cancelled(filled(a, heads), beside) for a in looks)
    if isinstance(e, SINGLE) or type(e).__name__ in FUNCTIONS:
        return False
    return isinstance(e, Expr) and _is_plain(e) and not isinstance(filled(e, heads), type(e))


def _lost(e: Expr, beside: Sequence[Expr], start: bool) -> bool:
    """Return whether terms vanish in a sum with others; but a start may take away the symbol that stands there."""
    whole = Add.make_args(Add(e, *beside))
    return any(t not in whole and not (start and t.is_Symbol) for t in _terms(e))


def _cancelled(e: Expr, beside: Sequence[Expr]) -> bool:
    """Return whether factors vanish in a product with others."""
    whole = set(map(_base, Mul.make_args(Mul(e, *beside))))
    return any(_base(f) not in whole for f in _factors(e))


def _starts(e: Basic, heads: Heads) -> bool:
    """Return whether all looks in an expression are at other arguments than the answer's own, as at a start."""
    looks = [a for a in e.atoms(AppliedUndef) if a.func in heads]
    return not any(heads[a.func].is_own(a.args) for a in looks)  # type: ignore[arg-type]


def _is_plain(e: Expr) -> bool:
    """Return whether an expression is SymPy's own, which may compute; an object of ours keeps its arguments."""
    return type(e).__module__.startswith("sympy.")


def _looking(e: Basic, heads: Heads) -> list[Basic]:
    return [a for a in e.args if a.has(*heads)]


def _terms(e: Expr) -> list[Expr]:
    """Return the terms of a sum, of which a number says nothing beside others, and 0 nothing at all."""
    terms = list(Add.make_args(e))
    return [t for t in terms if not t.is_number] or ([] if e.is_zero else terms)


def _factors(e: Expr) -> list[Expr]:
    """Return the factors of a product, of which a number says nothing beside others, and 1 nothing at all."""
    factors = list(Mul.make_args(e))
    return [f for f in factors if not f.is_number] or ([] if e == 1 else factors)


def _base(e: Expr) -> Expr:
    return e.as_base_exp()[0]


def _filled_is(e: Basic, own: Basic, heads: Heads) -> bool:
    try:
        return filled(e, heads) == own
    except (ArithmeticError, TypeError, ValueError):  # an object that can't be made of its arguments alone
        return False


def _stands(part: Expr, within: Basic) -> bool:
    """Return whether an expression stands in another, as it is or as terms of a sum or factors of a product."""
    if within.has(part):
        return True
    if isinstance(part, Add):
        terms = part.as_coefficients_dict()
        return any(_multiple(terms, other.as_coefficients_dict()) for other in within.atoms(Add))
    if isinstance(part, Mul):
        factors = set(_factors(part))
        return any(factors <= set(other.args) for other in within.atoms(Mul))
    return False


def _multiple(terms: Mapping[Expr, Any], others: Mapping[Expr, Any]) -> bool:
    ratios = {others.get(term, 0) / c for term, c in terms.items()}
    return len(ratios) == 1 and 0 not in ratios
