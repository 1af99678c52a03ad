"""What a named object shows determines what it opens to: two that print alike, with equal definitions, open alike.

Objects are those that claims state, and what becomes of them where one thing in them is another, or two are exchanged.
A new class of objects is looked at as soon as a claim has one, and one that no claim has stands below, with an example.
"""

from collections.abc import Iterator, Mapping
from functools import cache
from importlib import import_module
from itertools import combinations
from pkgutil import iter_modules
from typing import Any

import pytest
from sympy import Basic, Expr, Symbol, expand, nan, zoo

from derivations import notation
from derivations.catalogue import claims
from derivations.form.names import expressions
from derivations.notation import named
from derivations.notation.densities import DensityMean, OnTwoStates
from derivations.notation.named import Named, unnamed
from derivations.notation.printing import latex, text
from derivations.notation.quantities import Quantity, Slope
from derivations.notation.wheres import wheres
from derivations.probability.density import DataDensity, Density, Positive
from derivations.probability.opening import opened
from tests.support.forged import a, b

pytestmark = pytest.mark.xdist_group("every claim")  # one worker builds all claims

z = Symbol("z", real=True)
OTHER = Symbol("other", real=True)
LARGE, MANY, ENOUGH = 60, 3, 40  # nodes of an instance, instances of a class, variants of one


def kinds(of: type[Named] = Named) -> Iterator[type[Named]]:
    """Return every class of named objects that can be made."""
    for kind in of.__subclasses__():
        if kind.meaning is not Named.meaning and kind.__module__.startswith("derivations."):
            yield kind
        yield from kinds(kind)


for module in iter_modules(notation.__path__, "derivations.notation."):
    import_module(module.name)
KINDS = sorted(set(kinds()), key=lambda kind: (kind.__module__, kind.__name__))


def size(e: Basic) -> int:
    return 1 + sum(map(size, e.args))


@cache
def instances() -> Mapping[type, list[Named]]:
    """Return the smallest objects of each class, among all that claims state and prove."""
    found: dict[type, set[Named]] = {}
    for claim in claims().values():
        for e in expressions((claim.written(), claim.proof, claim.printed)):
            for part in inside(e):
                found.setdefault(type(part), set()).add(part)
    return {kind: sorted(some, key=lambda e: (size(e), text(e)))[:MANY] for kind, some in found.items()}


def inside(e: Basic) -> Iterator[Named]:
    if isinstance(e, Named):
        yield e
    for part in e.args:
        yield from inside(part)


# -- variants -----------------------------------------------------------------------------------------


def put(e: Basic, rule: Mapping[Basic, Basic]) -> Basic:
    """Replace parts of an object, however deep, except by an object of its own class."""
    if e in rule:
        return rule[e]
    parts = [put(part, rule) for part in e.args]
    return e if all(x is y for x, y in zip(parts, e.args, strict=True)) else e.func(*parts)


def places(e: Basic, path: tuple[int, ...] = ()) -> Iterator[tuple[tuple[int, ...], Basic]]:
    for n, part in enumerate(e.args):
        yield (*path, n), part
        yield from places(part, (*path, n))


def at(e: Basic, path: tuple[int, ...], new: Basic) -> Basic:
    """Replace a part at one place only."""
    if not path:
        return new
    parts = [at(part, path[1:], new) if n == path[0] else part for n, part in enumerate(e.args)]
    return e.func(*parts)


def variants(e: Named) -> Iterator[Basic]:
    """Yield the object with one part replaced, with one place replaced, and with two symbols exchanged."""
    spots = [(path, part) for path, part in places(e) if isinstance(part, Expr) and not part.is_Matrix]
    step = max(1, len(spots) // ENOUGH)
    for path, part in spots[::step]:
        for new in (OTHER, 2 * part) if isinstance(part, Symbol) else (part + OTHER,):
            yield from made(lambda path=path, new=new: at(e, path, new))  # type: ignore[misc]
    symbols = sorted(e.atoms(Symbol), key=str)
    for one, two in list(combinations(symbols, 2))[:ENOUGH]:
        yield from made(lambda one=one, two=two: put(e, {one: two, two: one}))  # type: ignore[misc]


def made(make: Any) -> Iterator[Basic]:
    """Return the variants that can be made; refusing one is right too."""
    try:
        new = make()
        if isinstance(new, Expr):
            yield new
    except (ValueError, TypeError, AttributeError, LookupError, ArithmeticError, NotImplementedError):
        return


# -- what is shown, and what is opened ----------------------------------------------------------------


def shown(e: Basic, write: Any) -> tuple[str, ...]:
    lines = [(write(w.left), write(w.right) if w.right is not None else "") for w in wheres(e)]
    return (write(e), *sorted({" = ".join(line) for line in lines}))


def meant(e: Basic) -> Expr | None:
    try:
        value = opened(unnamed(e))
    except (ValueError, TypeError, AttributeError, ArithmeticError, NotImplementedError, KeyError):
        return None
    return None if value.has(nan, zoo) else value


def differ(e: Basic, new: Basic) -> bool:
    """Return whether both open, and to different expressions."""
    one, two = meant(e), meant(new)
    return one is not None and two is not None and one != two and expand(one - two) != 0


def alike(e: Basic, new: Basic) -> bool:
    """Return whether they can't be told apart, in text or in LaTeX."""
    return any(shown(e, write) == shown(new, write) for write in (text, latex))


def ambiguous(e: Named) -> Iterator[Basic]:
    for new in variants(e):
        try:
            same = new != e and alike(e, new)
        except (ValueError, TypeError, AttributeError, LookupError, ArithmeticError):
            continue  # it can't be shown
        if same and differ(e, new):
            yield new


UNUSED: dict[str, Named] = {
    "OnTwoStates": OnTwoStates(DensityMean(Positive("f", z), (z, Density("q", z)))),
}


def test_densities_that_print_alike_are_one() -> None:
    """Also where no object has them: the letter and the variables that are shown are all that there is."""
    for claim in claims().values():
        known: dict[str, Basic] = {}
        for e in expressions((claim.written(), claim.said(), claim.proof, claim.answer, claim.printed)):
            for x in e.atoms(Density, DataDensity, Positive):
                assert known.setdefault(text(x), x) == x, claim.name


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: f"{kind.__module__}.{kind.__name__}")  # pyright: ignore
def test_what_an_object_shows_determines_what_it_opens_to(kind: type[Named]) -> None:
    some = instances().get(kind) or [UNUSED[kind.__name__]]
    wrong = [(text(e), e, new) for e in some for new in ambiguous(e)]
    assert not wrong, wrong[0]


# -- the guard on a wrong class -------------------------------------------------------------------------------


class Hiding(Named):
    """An object that shows its first part and opens to the sum of both."""

    def __new__(cls, shown: Expr, hidden: Expr) -> "Hiding":
        return Expr.__new__(cls, shown, hidden)

    @property
    def shown(self) -> tuple[Basic, ...]:
        return self.args[:1]

    def meaning(self) -> Expr:
        return self.args[0] + self.args[1]  # type: ignore[operator, no-any-return]

    def _sympystr(self, printer: Any) -> str:
        return f"[{printer.doprint(self.args[0])}]"

    _latex = _sympystr


class Open(Hiding):
    """The same object, with its second part shown after "where"."""

    def where(self) -> Iterator[named.Where]:
        yield named.Where(Symbol("rest"), self.args[1])


def test_a_part_that_is_not_shown_is_detected() -> None:
    assert any(ambiguous(Hiding(a, b))) and not any(ambiguous(Open(a, b)))
    assert any(ambiguous(Hiding(a, a))) and not any(ambiguous(Open(a, Quantity("f", (a,), a * b))))
    assert not any(ambiguous(Slope(Quantity("f", (a,), a**2 * b), a)))
