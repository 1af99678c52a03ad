"""Different things in a claim print apart: symbols, functions and their slopes, squares, the base of exponentials.

A reader takes g^2 for the square of g, ab for a times b, log p for the logarithm of p, e^x for exp(x), F'(x) for the
slope of F and f(x + 1) for a function at a place. So no other thing in the claim may print like it, in text or in
LaTeX, spaces, braces, upright letters and the sizes of brackets apart.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from sympy import Basic, S, Symbol, exp
from sympy.core.function import AppliedUndef

from derivations.notation.densities import AnyDensity
from derivations.notation.lettered import Composed
from derivations.notation.names import latex_of
from derivations.notation.printing import latex, text
from derivations.notation.quantities import Quantity
from derivations.notation.wheres import wheres
from derivations.probability.density import Density, Marginal, Positive, Value
from derivations.probability.smooth import Smooth

Thing = tuple[Any, ...]
LOGARITHM = "logarithm"
BLANK = re.compile(r"\\left(?![a-z])|\\right(?![a-z])|\\mathrm(?![a-z])|\\[,! ]|\s")
BRACED = re.compile(r"\{([\w']+|\\[A-Za-z]+)\}")  # x_{12} is seen as x_12
FUNCTION = (AppliedUndef, Smooth, Density, Positive)
WHOLE = (AnyDensity, Composed, Density, Marginal, Quantity)
LONGEST = 4  # letters of a name that a reader may take for a product


def alike(exprs: Iterable[Basic]) -> Iterator[str]:
    """Yield the different things in these expressions that print alike, one sentence each."""
    parts = list(exprs)
    symbols = {v for e in parts for v in e.atoms(Symbol)}
    called = {_called(f): f for e in parts for f in e.atoms(*FUNCTION) if not _is_own(f, parts)}
    whole = {_defined(x): x for e in parts for x in e.atoms(*WHOLE)}
    based = any(e.has(exp, S.Exp1) for e in parts)
    faults = dict[str, str]()  # what prints alike, and how; once, though it may be so in text and in LaTeX
    for write in (text, latex):
        met = defaultdict[str, dict[Thing, str]](dict)
        for thing, name, written in (*_things(symbols, called, based, write), *_objects(whole, write)):
            met[seen(written)][thing] = name
        for written, things in sorted(met.items()):
            if len(things) > 1 and any(kind != LOGARITHM for kind, *_ in things):
                faults.setdefault(" and ".join(sorted(things.values())), written)
    yield from (f"expected things that print apart, got {names}: {written}" for names, written in faults.items())


def _is_own(f: Basic, parts: list[Basic]) -> bool:
    """Whether it is a variable's own value, and the variable is no number beside it."""
    return isinstance(f, Value) and all(f.args[1] not in e.free_symbols for e in parts)


def seen(written: str) -> str:
    """Return what a reader sees of a print: no spaces, braces or upright letters, nor the sizes of brackets."""
    return BRACED.sub(r"\1", BLANK.sub("", written))


def _things(
    symbols: set[Symbol], called: dict[Thing, Basic], based: bool, write: Callable[[Basic], str]
) -> Iterator[tuple[Thing, str, str]]:
    """Yield what is printed, what it is in words, and how it prints; of a function, its name without its place."""
    for v in symbols:
        yield ("symbol", v.name), f"the symbol {v.name}", write(v)
        if latex_of(v) == v.name:  # a bare letter, whose square another may be called
            yield ("square", v.name), f"{v.name} squared", write(v**2)
        yield (LOGARITHM, v.name), f"the logarithm of {v.name}", _logarithm(write(v), write)
    for letters in _products({v.name for v in symbols}):
        yield ("product", *sorted(letters)), " times ".join(letters), letters
    for thing, f in called.items():
        head = write(f).partition("\\left(")[0].partition("(")[0]
        yield thing, f"the {thing[0]} {thing[1]}", head
        yield (LOGARITHM, *thing), f"the logarithm of {thing[1]}", _logarithm(head, write)
    if based:
        yield ("base",), "the base of exp", "e"


def _objects(whole: dict[Thing, Basic], write: Callable[[Basic], str]) -> Iterator[tuple[Thing, str, str]]:
    """Yield densities and quantities, whose places are part of their names: q(x) and q(y) are two laws."""
    for thing, x in whole.items():
        name = f"the {' '.join(thing)}"
        yield thing, name, write(x)
        yield (LOGARITHM, *thing), f"the logarithm of {name}", _logarithm(write(x), write)


def _logarithm(of: str, write: Callable[[Basic], str]) -> str:
    return f"log {of}" if write is text else f"\\log {of}"


def _products(names: set[str]) -> Iterator[str]:
    """Yield the names that read as a product of others, each a single letter."""
    return (name for name in sorted(names) if 1 < len(name) <= LONGEST and set(name) <= names)


def _defined(x: Basic) -> Thing:
    """Return what kind of object it is, and its print; or what it is made of, if it is made of others."""
    if isinstance(x, Quantity):
        return ("quantity", text(x)) if x.shown else ("symbol", text(x))  # a symbol may stand for it in a proof
    made = next((w.right for w in wheres(x) if w.left == x and w.right is not None), None)
    return ("density", text(x)) if made is None else ("density", text(x), "which is", text(made))


def _called(f: Basic) -> Thing:
    """Return what kind of function it is, its name, and the order of a slope."""
    if isinstance(f, AppliedUndef):
        return "undefined function", f.func.__name__
    if isinstance(f, Smooth):
        kind = f"{'positive ' if f.positive else ''}smooth function"
        return f"slope of the {kind}" if any(f.orders) else kind, str(f.args[0]), *f.orders
    return "density" if isinstance(f, Density) else f"{type(f).__name__.lower()} function", str(f.args[0])
