"""SymPy under watch while claims are written: its operations remember obligations that their results no longer show.

Each operation called from outside SymPy compares what its inputs owe with what its result owes; see
`derivations.obligations.kept`. What SymPy's own assumptions about the symbols show is no loss: sqrt(a)**2 is a for
positive a. Every operator and public method of an expression is watched, except those listed here because they only
ask something of it. Nothing that SymPy computes changes, and nothing is watched while engines run.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import cache, wraps
from inspect import isfunction
from pathlib import Path
from types import FrameType, MappingProxyType
from typing import Any, NamedTuple

import sympy
from sympy import Basic, Expr, Integral, Symbol, Tuple, sympify
from sympy.parsing import sympy_parser

from derivations.obligations.kept import Loss, owing, plain, released, together
from derivations.obligations.lost import inside, lost, obliged, substituted, visible
from derivations.obligations.obligation import Obligation
from derivations.probability import density, expected, gaussian, opening

BINARY = ("add", "sub", "mul", "truediv", "pow", "mod", "floordiv", "divmod")
ALONE = ("__neg__", "__pos__", "__abs__", "__round__", "__call__")
OPERATORS = (*(f"__{r}{name}__" for name in BINARY for r in ("", "r")), *ALONE)
CHANGES = ("subs", "xreplace", "replace")
# Methods that ask something of an expression and return no other one.
ASKING = frozenset({"has", "has_free", "has_xfree", "atoms", "sort_key", "compare", "count", "count_ops", "equals"})
ASKING |= {"could_extract_minus_sign", "match", "matches", "dummy_eq", "find", "index"}
# These call watched ones.
THIN = frozenset(f.__code__ for f in (sympy.diff, sympy.expand, sympy.sqrt, sympy.cbrt, sympy.root))
DIVISOR = MappingProxyType(
    {f"__{r}{name}__": n for name in ("truediv", "mod", "floordiv", "divmod") for r, n in (("", 1), ("r", 0))}
)
OWN = (
    (opening, ("opened",)),
    (expected, ("moments",)),
    (density, ("finite",)),
    (gaussian, ("linear",)),
)  # our own functions, which bypass the watched operations
WRITING = tuple(  # our own modules with which claims are written
    f"derivations.{name}"
    for name in ("claims", "calculus", "notation", *(f"probability.{n}" for n in ("gaussian", "path", "expected")),
                 *(f"form.{n}" for n in ("base", "definition", "improper", "induction", "law")))
)  # fmt: skip
FILES = "own_claims"  # before the names of modules that are files of claims outside the catalogue
CLAIMS = ("derivations.claims", FILES)
JUDGES = ("importlib", *(f"derivations.{name}" for name in ("judge", "engines", "query", "kernel", "papers")))
TOOLS = ("derivations.", "sympy.", "functools")
ROOT = Path(__file__).parents[2]


Move = Callable[[Obligation], Iterable[Obligation]]


class _Patch(NamedTuple):
    owner: type
    name: str
    before: Any
    after: Any


_patches: list[_Patch] = []
_on = _replaced = False


# -- the operations ---------------------------------------------------------------------------


@cache
def _outside(module: str) -> bool:
    if module.startswith("derivations."):
        return module.startswith(WRITING)
    return module.split(".")[0] != "sympy"


def _where(frame: FrameType) -> str:
    """Return the file and line being written: the innermost in a claim's file; in none, the line of our own code."""
    at: FrameType | None = frame
    while at is not None and _of_tools(at.f_globals.get("__name__", "")):
        at = at.f_back
    module = "" if at is None else at.f_globals.get("__name__", "")
    at = frame if at is None or module.startswith(JUDGES) else at
    file = Path(at.f_code.co_filename)
    return f"{file.relative_to(ROOT) if file.is_relative_to(ROOT) else file.name}:{at.f_lineno}"


def _of_tools(module: str) -> bool:
    """Whether claims are written with this module: not with those that import, judge or print them."""
    return module.startswith(TOOLS) and not module.startswith(("derivations.claims", *JUDGES))


def here() -> str:
    """Return the line of a claim that is being written."""
    return _where(sys._getframe(1))


def _watched(operation: Callable[..., Any], name: str = "") -> Callable[..., Any]:
    """Wrap the operation so that its result owes what it no longer shows."""

    @wraps(operation)
    def done(*args: Any, **options: Any) -> Any:
        if not _on:
            return operation(*args, **options)
        frame = sys._getframe(1)
        module = frame.f_globals.get("__name__", "")
        if module[:6] == "sympy.":  # by far the most calls
            if frame.f_code not in THIN:
                return operation(*args, **options)
            frame = frame.f_back or frame
            module = frame.f_globals.get("__name__", "")
        if not _outside(module):
            return operation(*args, **options)
        return _kept(operation, name, args, options, frame)

    return done


def _kept(operation: Callable[..., Any], name: str, args: Any, options: Any, frame: FrameType) -> Any:
    """Call the operation and have its result, or each of several, owe what it no longer shows."""
    inputs, put_in = ([args[0]], _put_in(args[1:])) if name in CHANGES else ((args, options), [])
    inputs, put_in = (list(_within(es)) for es in (inputs, put_in))
    owing_inputs, owing_put_in = together(inputs), together(put_in)
    if owing_inputs or owing_put_in:
        args = released(args)[0]
    result = operation(*args, **options)

    def kept(e: Any) -> Any:
        """Make one result owe what it no longer shows."""
        if not isinstance(e, Expr):
            return e
        moved = _moved(operation, name, args, options, e)
        needed = {m for x in inputs for o in obliged(plain(x)) for m in moved(o)}
        needed |= {o for x in put_in for o in obliged(plain(x))}
        if name in DIVISOR:
            needed |= obliged(1 / sympify(args[DIVISOR[name]]))
        if not (needed or owing_inputs or owing_put_in):
            return e
        before = {Loss(m, x.where) for x in owing_inputs for m in moved(x.what)} | owing_put_in
        before = {x for x in before if not visible(x.what.expr, x.what.relation)}
        return owing(e, lost(needed, e, lambda: _where(frame)) | before)

    return _each(result, kept)


def _each(result: Any, kept: Callable[[Any], Any]) -> Any:
    """Apply `kept` to the result, or to each part of several."""
    if isinstance(result, Tuple) or type(result) in (tuple, list):
        parts = [_each(e, kept) for e in result]
        return tuple(parts) if isinstance(result, Tuple) else type(result)(parts)
    if type(result) is dict:
        return {kept(k): _each(e, kept) for k, e in result.items()}
    return kept(result)


def _within(thing: Any) -> Iterator[Expr]:
    """Yield the expressions in an operation's arguments, however deep in tuples, lists and mappings."""
    if isinstance(thing, Expr):
        yield thing
    elif isinstance(thing, Tuple | tuple | list):
        yield from (e for one in thing for e in _within(one))
    elif isinstance(thing, Mapping):
        yield from (e for pair in thing.items() for e in _within(pair))


def _put_in(changes: Any) -> list[Any]:
    """Return what a substitution puts in place of something."""
    if len(changes) != 1:
        return list(changes[1:])
    return list(changes[0].values() if isinstance(changes[0], Mapping) else (pair[1] for pair in changes[0]))


def _moved(operation: Callable[..., Any], name: str, args: Any, options: Any, result: Expr) -> Move:
    """Return what becomes of an obligation in a substitution or under an integral."""
    if name in CHANGES:
        return lambda o: substituted(o, lambda e: operation(e, *args[1:], **options))
    if name == "__new__" and isinstance(result, Integral):
        return lambda o: inside(o, result)
    return lambda o: (o,)


def _no_text(parse: Callable[..., Any]) -> Callable[..., Any]:
    """SymPy's reader of texts, which runs them as code, but for the claims: they are written in expressions."""

    @wraps(parse)
    def read(text: str, *args: Any, **options: Any) -> Any:
        at: FrameType | None = sys._getframe(1)
        while at is not None:
            if at.f_globals.get("__name__", "").startswith(CLAIMS):
                raise ValueError(f"{_where(at)}: expected an expression, got the text {text!r}")
            at = at.f_back
        return parse(text, *args, **options)

    return read


# -- on and off --------------------------------------------------------------------------------


def _kinds(kind: type) -> Iterator[type]:
    yield kind
    for sub in kind.__subclasses__():
        yield from _kinds(sub)


def _is_watched(kind: type, name: str) -> bool:
    """Return whether a method is watched: operators, public methods that may return an expression, and `opened`."""
    if name.startswith("_"):
        return name in OPERATORS
    if not kind.__module__.startswith("sympy."):
        return name in (*CHANGES, "opened")
    return not name.startswith("is_") and name not in ASKING


def _find() -> Iterator[_Patch]:
    quiet = (Symbol, sympy.Number, sympy.NumberSymbol, sympy.Dummy, sympy.Wild)
    for kind in dict.fromkeys(base for sub in _kinds(Expr) for base in sub.__mro__ if issubclass(base, Basic)):
        own = kind.__dict__
        for name in [name for name, thing in own.items() if isfunction(thing)]:
            if _is_watched(kind, name):
                yield _Patch(kind, name, own[name], _watched(own[name], name))
        if isinstance(own.get("__new__"), staticmethod) and kind not in (Basic, Expr) and not issubclass(kind, quiet):
            yield _Patch(kind, "__new__", own["__new__"], staticmethod(_watched(own["__new__"].__func__, "__new__")))


def _set(on: bool, replaced: bool) -> None:
    """Watch or not, with methods replaced or not; operators stay so, as changing one changes all subclasses."""
    global _on, _replaced
    if replaced != _replaced:
        for patch in _patches:
            setattr(patch.owner, patch.name, patch.after if replaced else patch.before)
    _on, _replaced = on, replaced


def watched() -> bool:
    """Return whether operations are watched now."""
    return _on


@contextmanager
def watching(on: bool) -> Iterator[None]:
    """Watch operations, or don't, for the duration of a block."""
    before = _on, _replaced
    _set(on, on)
    try:
        yield
    finally:
        _set(*before)


@contextmanager
def paused() -> Iterator[None]:
    """Watch nothing during a short block, such as the print of one expression, and leave methods as they are."""
    before = _on, _replaced
    _set(False, _replaced)
    try:
        yield
    finally:
        _set(*before)


def install() -> None:
    """Start watching: methods wherever they are used, functions wherever they are imported from now on."""
    if not _patches:
        for patch in list(_find()):
            if patch.name in OPERATORS:
                setattr(patch.owner, patch.name, patch.after)
            else:
                _patches.append(patch)
        sympy_parser.parse_expr = _no_text(sympy_parser.parse_expr)
        for module, names in ((sympy, [n for n, f in vars(sympy).items() if isfunction(f)]), *OWN):
            for name in names:
                setattr(module, name, _watched(getattr(module, name), name))
    _set(True, True)
