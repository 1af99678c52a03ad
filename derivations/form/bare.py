"""Plain expressions for the engines: a claim's parts without names or twins, with all that they owe kept apart.

A name, an expectation and a law are shown as they are written and checked as they open. Opening computes, so it may
lose what an expression owes, just as writing may; here both are done under watch.
"""

from collections.abc import Mapping
from dataclasses import fields, replace
from typing import Any, NamedTuple

from sympy import Integer

from derivations.form.base import Form, Said, whole
from derivations.form.parts import Chain
from derivations.form.statement import Statement
from derivations.notation.named import unnamed
from derivations.obligations.kept import Losses, released
from derivations.obligations.watch import watching
from derivations.probability import opening


class Stated(NamedTuple):
    """A statement as it is written, the same without its names, and what neither shows that it owes."""

    written: Said
    bare: Said
    losses: Losses


class Opened(NamedTuple):
    """The plain statements that a statement opens into, and what these no longer show."""

    parts: tuple[Statement, ...]
    losses: Losses


def exact(thing: Any) -> Any:
    """Return the same with SymPy's integers in place of Python's, in answers, lines and statements."""
    if type(thing) is int:
        return Integer(thing)
    if isinstance(thing, tuple):
        parts = [exact(e) for e in thing]
        if all(a is b for a, b in zip(parts, thing, strict=True)):
            return thing
        return type(thing)(*parts) if hasattr(thing, "_fields") else tuple(parts)
    if isinstance(thing, Mapping):
        values = {key: exact(value) for key, value in thing.items()}
        return values if any(values[key] is not value for key, value in thing.items()) else thing
    return _exact(thing) if isinstance(thing, Form) else thing


def _exact(form: Form) -> Form:
    parts = {f.name: getattr(form, f.name) for f in fields(form)}  # type: ignore[arg-type]
    changed = {name: new for name, part in parts.items() if (new := exact(part)) is not part}
    return replace(form, **changed) if changed else form  # type: ignore[type-var]


def bare(thing: Any) -> tuple[Any, Any, Losses]:
    """Return the thing as it is written, the same without its names, and all that both owe besides."""
    with watching(True):
        written, written_owes = released(thing)
        opened, opened_owes = released(unnamed(written))
        owes, _ = released(unnamed(tuple(written_owes | opened_owes)))
    return written, opened, frozenset(owes)


def written_out(chain: Chain) -> tuple[Chain, Losses]:
    """Return the lines with their expectations written out, as those of a statement are, and what is lost by it."""
    with watching(True):
        return released(tuple(line._replace(expr=opening.opened(line.expr)) for line in chain))


def stated(statement: Any) -> Stated:
    """Return a statement with its names opened under watch."""
    return Stated(*bare(exact(statement)))


def opened(statement: Said) -> Opened:
    """Return the plain statements that a statement opens into, computed under watch."""
    with watching(True):
        return Opened(*released(whole(statement)))
