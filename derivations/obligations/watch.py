"""SymPy as claims are written with it: what an operation, function or substitution no longer shows is remembered.

Each operation that is called from outside of SymPy compares what its inputs owe with what its result owes; see
`derivations.obligations.kept`. What SymPy's own assumptions about the symbols show is no loss: sqrt(a)**2 is a for
positive a.
Nothing that SymPy computes changes, and while engines run nothing is watched.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import cache, wraps
from inspect import isfunction
from pathlib import Path
from types import FrameType
from typing import Any, NamedTuple

import sympy
from sympy import Basic, Expr, Integral, Symbol, sympify

from derivations.obligations.kept import Loss, owing, plain, released, together
from derivations.obligations.lost import inside, lost, obliged, substituted, visible
from derivations.obligations.obligation import Obligation
from derivations.probability import density, expected, opening

OPERATORS = [f"__{r}{name}__" for name in ("add", "sub", "mul", "truediv", "pow") for r in ("", "r")]
OPERATORS += ["__neg__", "__abs__"]
CHANGES = ["subs", "xreplace", "replace"]
METHODS = [*CHANGES, "coeff", "diff", "doit", "expand", "factor", "together", "cancel", "simplify", "collect", "opened"]
THIN = {f.__code__ for f in (sympy.diff, sympy.expand, sympy.sqrt, sympy.cbrt, sympy.root)}  # they call a watched one
DIVISOR = {"__truediv__": 1, "__rtruediv__": 0}
OWN = (
    (opening, ("opened",)),
    (expected, ("moments",)),
    (density, ("finite",)),
)  # our own functions that go past all others
WRITING = tuple(  # modules of our own that claims are written with
    f"derivations.{name}"
    for name in ("claims", "calculus", "notation", *(f"probability.{n}" for n in ("gaussian", "path", "expected")),
                 *(f"form.{n}" for n in ("base", "definition", "improper", "induction", "law")))
)  # fmt: skip
ROOT = Path(__file__).parents[2]


Move = Callable[[Obligation], Iterable[Obligation]]


class _Patch(NamedTuple):
    owner: type
    name: str
    before: Any
    after: Any


_patches: list[_Patch] = []
_on = False


# -- the operations ---------------------------------------------------------------------------


@cache
def _outside(module: str) -> bool:
    if module.startswith("derivations."):
        return module.startswith(WRITING)
    return module.split(".")[0] != "sympy"


def _where(frame: FrameType) -> str:
    """The line, in the file of a claim or whatever else, that is being written."""
    at: FrameType | None = frame
    while (
        at is not None
        and at.f_globals.get("__name__", "").startswith("derivations.")
        and (not at.f_globals["__name__"].startswith("derivations.claims"))
    ):
        at = at.f_back
    at = at or frame
    file = Path(at.f_code.co_filename)
    return f"{file.relative_to(ROOT) if file.is_relative_to(ROOT) else file.name}:{at.f_lineno}"


def here() -> str:
    """The line of a claim that is being written."""
    return _where(sys._getframe(1))


def _watched(operation: Callable[..., Any], name: str = "") -> Callable[..., Any]:
    """The operation, its result owing what it no longer shows."""

    @wraps(operation)
    def done(*args: Any, **options: Any) -> Any:
        frame = sys._getframe(1)
        module = frame.f_globals.get("__name__", "")
        if module[:6] == "sympy.":  # most calls by far
            if frame.f_code not in THIN:
                return operation(*args, **options)
            frame = frame.f_back or frame
            module = frame.f_globals.get("__name__", "")
        if not _on or not _outside(module):
            return operation(*args, **options)
        return _kept(operation, name, args, options, frame)

    return done


def _kept(operation: Callable[..., Any], name: str, args: Any, options: Any, frame: FrameType) -> Any:
    """The result, with what it owes."""
    inputs, put_in = ([args[0]], _put_in(args[1:])) if name in CHANGES else (args, [])
    inputs, put_in = ([e for e in es if isinstance(e, Expr)] for es in (inputs, put_in))
    owing_inputs, owing_put_in = together(inputs), together(put_in)
    if owing_inputs or owing_put_in:
        args = released(args)[0]
    result = operation(*args, **options)
    if not isinstance(result, Expr):
        return result
    moved = _moved(operation, name, args, options, result)
    needed = {m for e in inputs for o in obliged(plain(e)) for m in moved(o)}
    needed |= {o for e in put_in for o in obliged(plain(e))}
    if name in DIVISOR:
        needed |= obliged(1 / sympify(args[DIVISOR[name]]))
    if not (needed or owing_inputs or owing_put_in):
        return result
    before = {Loss(m, x.where) for x in owing_inputs for m in moved(x.what)} | owing_put_in
    before = {x for x in before if not visible(x.what.expr, x.what.relation)}
    return owing(result, lost(needed, result, lambda: _where(frame)) | before)


def _put_in(changes: Any) -> list[Any]:
    """What a substitution puts in the place of something."""
    if len(changes) != 1:
        return list(changes[1:])
    return list(changes[0].values() if isinstance(changes[0], Mapping) else (pair[1] for pair in changes[0]))


def _moved(operation: Callable[..., Any], name: str, args: Any, options: Any, result: Expr) -> Move:
    """What becomes of an obligation in a substitution, and under an integral."""
    if name in CHANGES:
        return lambda o: substituted(o, lambda e: operation(e, *args[1:], **options))
    if name == "__new__" and isinstance(result, Integral):
        return lambda o: inside(o, result)
    return lambda o: (o,)


# -- on and off --------------------------------------------------------------------------------


def _kinds(kind: type) -> Iterator[type]:
    yield kind
    for sub in kind.__subclasses__():
        yield from _kinds(sub)


def _find() -> Iterator[_Patch]:
    quiet = (Symbol, sympy.Number, sympy.NumberSymbol, sympy.Dummy, sympy.Wild)
    for kind in dict.fromkeys(base for sub in _kinds(Expr) for base in sub.__mro__ if issubclass(base, Basic)):
        own = kind.__dict__
        for name in (*OPERATORS, *METHODS):
            if isfunction(own.get(name)):
                yield _Patch(kind, name, own[name], _watched(own[name], name))
        if isinstance(own.get("__new__"), staticmethod) and kind not in (Basic, Expr) and not issubclass(kind, quiet):
            yield _Patch(kind, "__new__", own["__new__"], staticmethod(_watched(own["__new__"].__func__, "__new__")))


def _set(on: bool) -> None:
    global _on
    if on != _on:
        for patch in _patches:
            setattr(patch.owner, patch.name, patch.after if on else patch.before)
        _on = on


@contextmanager
def watching(on: bool) -> Iterator[None]:
    """Watched, or not, for a while."""
    before = _on
    _set(on)
    try:
        yield
    finally:
        _set(before)


def install() -> None:
    """Watch from here on. Functions are watched where they are imported from now on; the rest, wherever it is used."""
    if not _patches:
        _patches.extend(_find())
        for module, names in ((sympy, [n for n, f in vars(sympy).items() if isfunction(f)]), *OWN):
            for name in names:
                setattr(module, name, _watched(getattr(module, name), name))
    _set(True)
