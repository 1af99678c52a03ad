"""SymPy as claims are written with it: what an operation, function or substitution no longer shows is remembered.

Each operation that is called from outside of SymPy compares what its inputs owe with what its result owes; see
`derivations.kept`. What SymPy's own assumptions about the symbols show is no loss: sqrt(a)**2 is a for positive a.
Nothing that SymPy computes changes, and while engines run nothing is watched.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import replace
from functools import cache, lru_cache, wraps
from inspect import isfunction
from pathlib import Path
from types import FrameType
from typing import Any, NamedTuple

import sympy
from sympy import Basic, Dummy, Expr, Integral, S, Subs, Symbol, sympify

from derivations import density
from derivations.forms import expected
from derivations.forms.expected import Expected
from derivations.kept import Loss, Losses, owing, plain, released, together
from derivations.obligation import EXCHANGE, Obligation, between, bound, owed

OPERATORS = [f"__{r}{name}__" for name in ("add", "sub", "mul", "truediv", "pow") for r in ("", "r")]
OPERATORS += ["__neg__", "__abs__"]
CHANGES = ["subs", "xreplace", "replace"]
METHODS = [
    *CHANGES,
    "coeff",
    "diff",
    "doit",
    "expand",
    "factor",
    "together",
    "cancel",
    "apart",
    "simplify",
    "collect",
    "opened",
]
THIN = {f.__code__ for f in (sympy.diff, sympy.expand, sympy.sqrt, sympy.cbrt, sympy.root)}  # they call a watched one
DIVISOR = {"__truediv__": 1, "__rtruediv__": 0}
LONG = ["opened"]  # nothing within is watched
OWN = ((expected, ("opened", "moments")), (density, ("finite",)))  # our own functions that go past all others
WRITING = tuple(f"derivations.{name}" for name in ("claims", "gaussian", "schedule", "path", "forms"))  # ... of our own
UNREAL = {S.ImaginaryUnit, S.ComplexInfinity, S.NaN, S.Infinity, S.NegativeInfinity}
NO_REAL = Obligation(S.NegativeOne, ">= 0", "")  # what the root of -1 owes
ROOT = Path(__file__).parent.parent


Move = Callable[[Obligation], Iterable[Obligation]]


class _Patch(NamedTuple):
    owner: type
    name: str
    before: Any
    after: Any


_patches: list[_Patch] = []
_on = False


# -- what is lost -----------------------------------------------------------------------------


@lru_cache(maxsize=65536)
def obliged(e: Expr) -> frozenset[Obligation]:
    """The obligations of an expression, but for exchanges."""
    owes = owed(e)
    if any(o.expr is S.Zero for o in owes):  # slopes of unknown functions owe nothing, expectations what is inside
        owes = owed(e.xreplace({x: x.body for x in e.atoms(Expected)} | dict.fromkeys(e.atoms(Subs), Dummy(real=True))))
    found = frozenset(replace(o, why="") for o in owes if o.relation != EXCHANGE)
    return found | {NO_REAL} if unreal(e) else found


@lru_cache(maxsize=65536)
def unreal(e: Basic) -> bool:
    """Whether some part of it is no real number."""
    return e in UNREAL or any(map(unreal, e.args))


@lru_cache(maxsize=65536)
def visible(e: Expr, relation: str) -> bool:
    """Whether SymPy's assumptions about the symbols show it."""
    if relation == "> 0":
        return e.is_positive is True
    return e.is_nonnegative is True if relation == ">= 0" else e.is_zero is False


def shown(o: Obligation, by: frozenset[Obligation]) -> bool:
    """Whether some obligation is this one, or a stronger one."""
    if o in by or replace(o, relation="> 0") in by:
        return True
    turned = replace(o, expr=-o.expr)
    return o.relation == "!= 0" and (turned in by or replace(turned, relation="> 0") in by)


def lost(needed: Iterable[Obligation], result: Any, where: Callable[[], str]) -> Losses:
    """What a result no longer shows of what is needed."""
    by = obliged(result) if isinstance(result, Expr) else frozenset()
    gone = [o for o in needed if not shown(o, by) and not visible(o.expr, o.relation)]
    return frozenset(Loss(o, where()) for o in gone) if gone else frozenset()


def substituted(o: Obligation, change: Callable[[Expr], Expr]) -> Iterator[Obligation]:
    """The obligation after a substitution."""
    ranges, inner = [], {}
    for v, *ends in o.ranges:
        low, high = map(change, ends)
        inner[v] = bound(Symbol(v.name.partition("[")[0], real=True), low, high)
        ranges.append((inner[v], low, high))
    yield replace(o, expr=change(o.expr.xreplace(inner)), ranges=tuple(ranges))


def inside(o: Obligation, integral: Integral) -> Iterator[Obligation]:
    """What an integrand owes is owed at all values of the variable between the ends."""
    (var, *ends), *more = integral.limits
    return iter([o]) if more or len(ends) != 2 else between((o,), var, *ends)


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
    inputs = [a for a in args if isinstance(a, Expr)]
    before = together(inputs)
    if before or name in CHANGES:
        args, more = released(args)
        before |= more
    with watching(False) if name in LONG else nullcontext():
        result = operation(*args, **options)
    if not isinstance(result, Expr):
        return result
    needed: set[Obligation] = set().union(*(obliged(plain(e)) for e in inputs))
    if name in DIVISOR:
        needed |= obliged(1 / sympify(args[DIVISOR[name]]))
    moved = _moved(operation, name, args, options, result)
    if moved is not None and (needed or before):
        needed = {m for o in needed for m in moved(o)}
        before = frozenset(Loss(m, x.where) for x in before for m in moved(x.what) if not visible(m.expr, m.relation))
    return owing(result, before | lost(needed, result, lambda: _where(frame)))


def _moved(operation: Callable[..., Any], name: str, args: Any, options: Any, result: Expr) -> Move | None:
    """What becomes of an obligation in a substitution, or under an integral."""
    if name in CHANGES:
        return lambda o: substituted(o, lambda e: operation(e, *args[1:], **options))
    if name == "__new__" and isinstance(result, Integral):
        return lambda o: inside(o, result)
    return None


# -- on and off --------------------------------------------------------------------------------


def _kinds(kind: type) -> Iterator[type]:
    yield kind
    for sub in kind.__subclasses__():
        yield from _kinds(sub)


def _find() -> Iterator[_Patch]:
    quiet = (Symbol, sympy.Number, sympy.NumberSymbol, sympy.Dummy, sympy.Wild)
    for kind in dict.fromkeys((Basic, *_kinds(Expr))):
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
