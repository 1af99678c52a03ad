"""Statements made again of changed parts: named objects as well, of their own arguments, whatever these are called."""

from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass, replace
from typing import Any

from sympy import Basic
from sympy.core.function import AppliedUndef

Change = Callable[[Basic], Basic]


def anew(thing: Any, change: Change) -> Any:
    """Return the thing made again of changed parts, however deep in tuples, mappings, forms and named objects."""
    if isinstance(thing, Basic):
        return _made(thing, change)
    if isinstance(thing, tuple):
        parts = [anew(e, change) for e in thing]
        return type(thing)(*parts) if hasattr(thing, "_fields") else tuple(parts)
    if isinstance(thing, Mapping):
        return {anew(k, change): anew(v, change) for k, v in thing.items()}
    if is_dataclass(thing) and not isinstance(thing, type):
        return replace(thing, **{f.name: anew(getattr(thing, f.name), change) for f in fields(thing) if f.init})
    return thing


def _made(e: Basic, change: Change) -> Basic:
    if not e.args:
        return change(e)
    parts = [_made(a, change) for a in e.args]
    if all(a is b for a, b in zip(parts, e.args, strict=True)):
        return change(e)
    if isinstance(e, AppliedUndef) or type(e).__module__.startswith("sympy."):
        return change(e.func(*parts))
    return change(Basic.__new__(type(e), *parts))  # its own arguments, whatever it is called with
