"""Different things in a claim print apart: symbols, functions and their slopes, squares, the base of exponentials.

A reader takes g^2 for the square of g, ab for a times b, e^x for exp(x), F'(x) for the slope of F and f(x + 1) for a
function at a place. So no other thing in the claim may print like it, in text or in LaTeX, spaces and brackets' sizes
apart.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from itertools import permutations
from typing import Any

from sympy import Basic, Mul, S, Symbol, exp
from sympy.core.function import AppliedUndef

from derivations.notation.names import latex_of
from derivations.notation.printing import latex, text
from derivations.probability.density import Density, Positive
from derivations.probability.smooth import Smooth

Thing = tuple[Any, ...]
LOGARITHM = "logarithm"
BLANK = re.compile(r"\\left(?![a-z])|\\right(?![a-z])|\\[,! ]|\s")
LETTER = re.compile(r"\{(\w)\}")
FUNCTION = (AppliedUndef, Smooth, Density, Positive)


def alike(exprs: Iterable[Basic]) -> Iterator[str]:
    """Yield the different things in these expressions that print alike, one sentence each."""
    parts = list(exprs)
    symbols = {v for e in parts for v in e.atoms(Symbol)}
    called = {_called(f): f for e in parts for f in e.atoms(*FUNCTION)}
    based = any(e.has(exp, S.Exp1) for e in parts)
    faults = dict[str, str]()  # what prints alike, and how; once, though it may be so in text and in LaTeX
    for write in (text, latex):
        met = defaultdict[str, dict[Thing, str]](dict)
        for thing, name, written in _things(symbols, called, based, write):
            met[seen(written)][thing] = name
        for written, things in sorted(met.items()):
            if len(things) > 1 and any(kind != LOGARITHM for kind, *_ in things):
                faults.setdefault(" and ".join(sorted(things.values())), written)
    yield from (f"expected things that print apart, got {names}: {written}" for names, written in faults.items())


def seen(written: str) -> str:
    """Return what a reader sees of a print: no spaces, nor the sizes of brackets."""
    return LETTER.sub(r"\1", BLANK.sub("", written))


def _things(
    symbols: set[Symbol], called: dict[Thing, Basic], based: bool, write: Callable[[Basic], str]
) -> Iterator[tuple[Thing, str, str]]:
    """Yield what is printed, what it is in words, and how it prints; of a function, its name without its place."""
    for v in symbols:
        yield ("symbol", v.name), f"the symbol {v.name}", write(v)
        if latex_of(v) == v.name:  # a bare letter, whose square another may be called
            yield ("square", v.name), f"{v.name} squared", write(v**2)
    for v, w in permutations(_letters(symbols, write), 2):
        yield ("product", *sorted((v.name, w.name))), f"{v.name} times {w.name}", write(Mul(v, w))
    for thing, f in called.items():
        head = write(f).partition("\\left(")[0].partition("(")[0]
        yield thing, f"the {thing[0]} {thing[1]}", head
        yield (LOGARITHM, *thing), f"the logarithm of {thing[1]}", f"{'' if write is text else chr(92)}log {head}"
    if based:
        yield ("base",), "the base of exp", "e"


def _letters(symbols: set[Symbol], write: Callable[[Basic], str]) -> list[Symbol]:
    """Return the symbols of one letter, if another has a name of two of them."""
    one = [v for v in sorted(symbols, key=str) if len(v.name) == 1]
    two = {v.name for v in symbols if len(v.name) == 2}
    return [v for v in one if any(v.name in name for name in two)]


def _called(f: Basic) -> Thing:
    """Return what kind of function it is, its name, and the order of a slope."""
    if isinstance(f, AppliedUndef):
        return "undefined function", f.func.__name__
    if isinstance(f, Smooth):
        kind = f"{'positive ' if f.positive else ''}smooth function"
        return f"slope of the {kind}" if any(f.orders) else kind, str(f.args[0]), *f.orders
    return "density" if isinstance(f, Density) else f"{type(f).__name__.lower()} function", str(f.args[0])
