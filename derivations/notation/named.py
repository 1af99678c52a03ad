"""A named object of the field: shown by its name, and opened by engines to what it is made of.

It is the expression that it opens to, in all but print: it has its symbols, its signs and its slopes, and where a
symbol in it is replaced it is no longer named. So a statement about it can't differ from the statement that is checked.
"""

from abc import abstractmethod
from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass, replace
from functools import lru_cache
from typing import Any

from sympy import Basic, Expr, Integral, Symbol, Tuple, expand

from derivations.notation.arranged import FUNCTION
from derivations.notation.wheres import Where
from derivations.obligations.kept import Loss, Losses, losses, owing, released
from derivations.obligations.lost import visible
from derivations.obligations.obligation import Obligation
from derivations.obligations.watch import here, watched, watching
from derivations.probability.opening import Opening, opened


class Existing(Basic):
    """A part of a statement that exists only where something holds, as a law with its variance."""

    def needs(self) -> Iterator[Obligation]:
        """Yield what must hold for it, and for each of its parts, to exist, whatever it opens to."""
        for part in self.args:
            if isinstance(part, Existing) and not isinstance(part, Named):  # a name owes its own where it opens
                yield from part.needs()


class Named(Opening, Existing):
    """An object that stands for `meaning`."""

    rank = FUNCTION  # where it stands in a product

    @abstractmethod
    def meaning(self) -> Expr:
        """What it stands for, in primitives or in other named objects."""

    def where(self) -> Iterator[Where]:
        """What its print leaves out."""
        return iter(())

    def opened(self) -> Expr:
        return _opened(self)

    def owing(self) -> Expr:
        return _meaning(self)[0]

    def lost(self) -> tuple[Any, ...]:
        """What goes while its meaning is computed, as a root goes in a variance."""
        return tuple(loss.what for loss in sorted(_meaning(self)[1], key=str))

    @property
    def free_symbols(self) -> set[Symbol]:  # type: ignore[override]
        return _opened(self).free_symbols  # type: ignore[return-value]

    def _eval_derivative(self, s: Symbol) -> Expr:
        return _opened(self).diff(s)

    def _eval_subs(self, old: Basic, new: Basic) -> Expr:
        e = _opened(self)
        changed = e._subs(old, new)
        return self if changed == e else changed

    def _xreplace(self, rule: Any) -> tuple[Basic, bool]:
        if self in rule:
            return rule[self], True
        e, changed = _opened(self)._xreplace(rule)  # not the method: what is asked here is what that asks
        return (e, True) if changed else (self, False)

    def _eval_is_polynomial(self, syms: set[Symbol]) -> bool:
        return bool(_opened(self).is_polynomial(*syms))

    def _eval_is_real(self) -> bool | None:
        return _opened(self).is_real

    def _eval_is_positive(self) -> bool | None:
        return _opened(self).is_positive

    def _eval_is_negative(self) -> bool | None:
        return _opened(self).is_negative

    def _eval_is_nonnegative(self) -> bool | None:
        return _opened(self).is_nonnegative

    def _eval_is_zero(self) -> bool | None:
        return _opened(self).is_zero


@lru_cache(maxsize=4096)
def _opened(e: Named) -> Expr:
    return opened(_meaning(e)[0])


@lru_cache(maxsize=4096)
def _meaning(e: Named) -> tuple[Expr, Losses]:
    """What a name stands for, what went while that was computed, and what it needs in order to exist."""
    with watching(True):
        plainly, gone = released(e.meaning())
    return plainly, gone | {Loss(o, o.why) for o in e.needs()}


def _meant(e: Named) -> Expr:
    """What a name stands for; while operations are watched, what went in computing it is owed, from this line on."""
    plainly, losses_ = _meaning(e)
    if not watched():
        return plainly
    hidden = (x for x in losses_ if not visible(x.what.expr, x.what.relation))
    return owing(plainly, frozenset(x if x.where == x.what.why else x._replace(where=here()) for x in hidden))


@lru_cache(maxsize=2**16)
def topmost(e: Basic) -> frozenset[Expr]:
    """The names, and the integrals that hold names, that stand in no other."""
    if isinstance(e, Named) or (isinstance(e, Integral) and _inside(e)):
        return frozenset((e,))
    return _inside(e)


def _inside(e: Basic) -> frozenset[Expr]:
    return frozenset().union(*map(topmost, e.args))


def unnamed(thing: Any) -> Any:
    """The same with what each name stands for in its place, however deep in tuples, mappings and records.

    Expectations over stated laws stay: they are no names, and engines ask for them.
    """
    if isinstance(thing, Integral) and _inside(thing):  # what its integrand owes is owed between its ends
        limits = (Tuple(v, *map(unnamed, ends)) for v, *ends in thing.limits)  # pyright: ignore[reportGeneralTypeIssues]
        return Integral(unnamed(thing.function), *limits)
    if isinstance(thing, Named):
        return unnamed(_meant(thing))
    if isinstance(thing, Expr):
        outer = topmost(thing)
        return thing.xreplace({x: unnamed(x) for x in outer}) if outer else thing
    if isinstance(thing, tuple):
        new = [unnamed(e) for e in thing]
        if all(a is b for a, b in zip(new, thing, strict=True)):
            return thing
        return type(thing)(*new) if hasattr(thing, "_fields") else tuple(new)
    if isinstance(thing, frozenset):
        return frozenset(map(unnamed, thing))
    if isinstance(thing, Mapping):
        pairs = [(unnamed(k), unnamed(v)) for k, v in thing.items()]
        same = all(a is c and b is d for (a, b), (c, d) in zip(thing.items(), pairs, strict=True))
        return thing if same else dict(pairs)
    if is_dataclass(thing) and not isinstance(thing, type):
        changed = {f.name: unnamed(getattr(thing, f.name)) for f in fields(thing) if f.init}
        changed = {name: value for name, value in changed.items() if value is not getattr(thing, name)}
        return replace(thing, **changed) if changed else thing
    return thing


def equal(a: Expr, b: Expr) -> bool:
    """Whether two expressions are one, written out: as outcomes or levels, they are the same."""
    return bool(expand(unnamed(a) - unnamed(b)) == 0)


def showing(*parts: Expr) -> None:
    """Refuse parts that owe what they no longer show: inside a named object nobody would see it.

    Raises:
        ValueError: a part owes something hidden.
    """
    for e in parts:
        if owes := losses(e):
            raise ValueError(f"expected a part of a named object to owe nothing that it hides, got {e}: {owes}")
