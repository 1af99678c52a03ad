"""Obligations that an expression has although it no longer shows them.

SymPy simplifies sqrt(x)**2 and exp(log(x)) to x, and (c - c)*log(-1) to 0. What was owed there (x >= 0, x > 0, -1 > 0)
is attached to a twin of the result: an equal expression that is another object, known here by its identity. Twins live
while a claim is being written; a claim then holds plain expressions and, apart from them, all that they owe.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import fields, is_dataclass, replace
from functools import cache
from inspect import ismemberdescriptor
from types import MemberDescriptorType
from typing import TYPE_CHECKING, Any, NamedTuple

from sympy import Expr

if TYPE_CHECKING:
    from derivations.obligations.obligation import Obligation


class Loss(NamedTuple):
    """An obligation that a result no longer shows, and the line that lost it."""

    what: Obligation
    where: str


Losses = frozenset[Loss]
NONE: Losses = frozenset()


class _Twin(NamedTuple):
    twin: Expr  # held, so that its id is not reused
    plain: Expr
    losses: Losses


_twins: dict[int, _Twin] = {}


def losses(e: Any) -> Losses:
    """Return what a twin owes; nothing for any other object."""
    known = _twins.get(id(e))
    return known.losses if known else NONE


def plain(e: Any) -> Any:
    """Return the expression that a twin stands for, and any other object as it is."""
    known = _twins.get(id(e))
    return known.plain if known else e


def owing(e: Expr, lost: Losses) -> Expr:
    """Return a twin of the expression that owes `lost`, or the expression itself where nothing is lost."""
    if not lost:
        return e
    twin = _copy(e)
    _twins[id(twin)] = _Twin(twin, e, lost)
    return twin


def _copy(e: Expr) -> Expr:
    """Copy the contents into another object, bypassing SymPy's caches and singletons."""
    new = object.__new__(type(e))
    for slot in _slots(type(e)):
        with suppress(AttributeError):  # a slot that is not filled
            slot.__set__(new, slot.__get__(e))
    if hasattr(e, "__dict__"):
        new.__dict__.update(e.__dict__)
    return new


@cache
def _slots(kind: type) -> tuple[MemberDescriptorType, ...]:
    return tuple(v for base in kind.__mro__ for v in vars(base).values() if ismemberdescriptor(v))


def released(thing: Any) -> tuple[Any, Losses]:
    """Return the same thing without twins, however deep in tuples, mappings and records, and all that these owe."""
    owed: set[Loss] = set()
    return _release(thing, owed), frozenset(owed)


def _release(thing: Any, owed: set[Loss]) -> Any:
    if isinstance(thing, Expr):
        if known := _twins.get(id(thing)):
            owed |= known.losses
            return known.plain
        return thing
    if isinstance(thing, tuple):
        parts = [_release(e, owed) for e in thing]
        if all(a is b for a, b in zip(parts, thing, strict=True)):
            return thing
        return type(thing)(*parts) if hasattr(thing, "_fields") else tuple(parts)
    if isinstance(thing, list):
        return [_release(e, owed) for e in thing]
    if isinstance(thing, Mapping):
        return _same(thing, {_release(k, owed): _release(v, owed) for k, v in thing.items()})
    if is_dataclass(thing) and not isinstance(thing, type):
        changed = {f.name: _release(getattr(thing, f.name), owed) for f in fields(thing) if f.init}
        changed = {name: value for name, value in changed.items() if value is not getattr(thing, name)}
        return replace(thing, **changed) if changed else thing
    return thing


def _same(old: Mapping[Any, Any], new: dict[Any, Any]) -> Mapping[Any, Any]:
    pairs = zip(old.items(), new.items(), strict=True)
    return old if all(a is c and b is d for (a, b), (c, d) in pairs) else new


def together(parts: Iterable[Any]) -> Losses:
    """Return what several parts owe together."""
    return frozenset().union(*map(losses, parts))
