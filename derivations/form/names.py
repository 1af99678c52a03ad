"""Names in a claim: one symbol for each name, and no assumption about what a form or a limit quantifies.

Two symbols of one name look alike but differ, as in E[a n; n] of a noise n beside a parameter n. Bound symbols count
too, and so do the numbers of a density on a finite chain and the names of named objects.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from typing import Any

from sympy import Basic, Integral, Symbol, expand
from sympy.core.function import AppliedUndef

from derivations.form.apart import alike
from derivations.form.base import Form
from derivations.form.claim import Claim
from derivations.form.induction import Induction
from derivations.form.law import Generating, Law
from derivations.form.modelled import modelled, polynomials
from derivations.form.statement import Below
from derivations.notation.named import Named, unnamed
from derivations.notation.names import RESERVED, is_square, latex_of, promised, proper, text_of
from derivations.notation.quantities import Quantity, Squared
from derivations.notation.values import QuantityAt, Standing
from derivations.notation.wheres import wheres
from derivations.probability.density import Lettered, Marginal, Positive
from derivations.probability.expected import Expected
from derivations.probability.mean import Mean
from derivations.probability.smooth import Smooth
from derivations.probability.whole import Whole

SHOWN = ("answer", "proof", "printed")  # parts of a claim as they are written


def expressions(thing: Any) -> Iterator[Basic]:
    """Yield every expression in a statement, a form, a line or an answer, however deep."""
    if isinstance(thing, Basic):
        yield thing
    elif isinstance(thing, Mapping):
        for pair in thing.items():
            yield from expressions(pair)
    elif isinstance(thing, tuple):
        for part in thing:
            yield from expressions(part)
    elif is_dataclass(thing) and not isinstance(thing, type):
        for f in fields(thing):
            yield from expressions(getattr(thing, f.name))


def faults(claim: Claim) -> Iterator[str]:
    """Yield what is wrong with the names of a claim, one sentence each."""
    yield from _twice(claim)
    yield from _narrowed(claim)


# -- one symbol a name ------------------------------------------------------------------------------


def _twice(claim: Claim) -> Iterator[str]:
    parts = (claim.written(), claim.said(), claim.answer, claim.given, claim.proof, claim.printed)
    exprs = list(expressions(parts))
    symbols = {v for e in exprs for v in e.atoms(Symbol)}
    abstract = {x for e in exprs for x in e.atoms(Lettered, Positive)}
    by_name = defaultdict[str, set[Symbol]](set)
    for v in symbols.union(*(x.free_symbols for x in abstract)):
        by_name[v.name].add(v)
    for name, same in sorted(by_name.items()):
        if len(same) > 1:
            yield f"expected one symbol for each name, free or bound, got {len(same)} called {name}"
    functions = {type(f).__name__ for e in exprs for f in e.atoms(AppliedUndef)}
    functions |= {str(x.args[0]) for x in abstract}
    yield from _improper(set(by_name))
    signed = {type(f).__name__ for e in exprs for f in e.atoms(AppliedUndef) if not f.is_nonnegative}
    yield from _negative(symbols, functions | {str(x.args[0]) for e in exprs for x in e.atoms(Smooth)}, signed)
    yield from alike(expressions((claim.written(), claim.given, tuple(map(claim.shown.get, SHOWN)))))
    yield from (f"expected a function called unlike an operation, got {f}" for f in functions if f in RESERVED | {"N"})
    for part in (*claim.said(), *claim.proof, claim.printed):
        yield from _shared(list(expressions(part)))
    for written, plainly in zip(claim.written(), claim.said(), strict=True):  # each is shown with what its names mean
        free = _names(plainly)
        base = plainly.base if isinstance(plainly, Induction) else ()  # which is shown opened
        yield from _called(list(expressions((written, base))), free)
        yield from _rooted(list(expressions(written)), free)
        yield from _squares(list(expressions(written)))
        yield from _stood(list(expressions(written)), free)
    printed, free = list(expressions(claim.shown["printed"])), _names(claim.printed)
    yield from _called(printed, free)
    yield from _rooted(printed, free)
    yield from _squares(printed)
    yield from _stood(printed, free)
    yield from modelled(abstract)
    yield from polynomials({x for e in exprs for x in e.atoms(Smooth)})


def _negative(symbols: set[Symbol], functions: set[str], signed: set[str]) -> Iterator[str]:
    """Refuse a symbol or a function whose name says that it is not negative, as g^2 or std, and that may be."""
    for v in sorted((v for v in symbols if promised(v.name) and not v.is_nonnegative), key=str):
        why = "it is printed as a square" if is_square(v.name) else f"it {promised(v.name)}"
        yield f"expected a symbol of no negative number, as {why}, got {v}, written {text_of(v)}"
    for f in sorted(filter(is_square, functions)):
        yield f"expected an unknown function that is not printed as a square, got {f}, written {latex_of(f)}"
    for f in sorted(f for f in signed if promised(f) and not is_square(f)):
        yield f"expected an unknown function of no negative value, as it {promised(f)}, got {f}"


def _names(part: Any) -> set[str]:
    return {v.name for e in expressions(part) for v in e.free_symbols}  # type: ignore[attr-defined]


def _improper(names: set[str]) -> Iterator[str]:
    """Refuse a symbol whose name reads as something else, and two that print alike, in text or in LaTeX."""
    for name in sorted(n for n in names if not proper(n) or n in RESERVED):
        yield f"expected a symbol whose name reads as one, of ASCII letters and digits, got {name!r}"
    for write in (text_of, latex_of):
        alike = defaultdict[str, list[str]](list)
        for name in sorted(names):
            alike[write(name)].append(name)
        for written, several in alike.items():
            if len(several) > 1:
                yield f"expected symbols that print apart, got {', '.join(several)}, all written {written}"


def _shared(exprs: list[Basic]) -> Iterator[str]:
    """Refuse an expression that mentions both a density by name and its numbers on a finite chain."""
    numbers = {v for e in exprs for x in e.atoms(Lettered, Positive) for v in x.free_symbols}
    if shared := sorted(map(str, numbers & {v for e in exprs for v in e.atoms(Symbol)})):
        yield f"expected other names than those of a density's numbers, got {', '.join(shared)}"


def _called(exprs: list[Basic], free: set[str]) -> Iterator[str]:
    """Refuse a name with two meanings, and a named object called like a symbol.

    This looks at a claim as it is written: E[x | z] at w = 1 opens to other weights, but defines x as E[x | z] does.
    """
    meanings = defaultdict[str, set[Basic]](set)
    for left, right in wheres(*exprs):
        if right is not None:
            meanings[text_of(str(left))].add(right)
        if isinstance(left, Named) and str(left) in free:
            yield f"expected a name of its own for an object, got {left}, which is a symbol"
    for name, same in sorted(meanings.items()):
        if len(same) > 1:
            yield f"expected one meaning of a name, got {len(same)} of {name}"


def _stood(exprs: list[Basic], free: set[str]) -> Iterator[str]:
    """Refuse a symbol that stands by itself beside an object where it has another value, stated after "where"."""
    pairs = {pair for e in exprs for x in e.atoms(Standing, QuantityAt) for pair in x.unseen()}
    for v, value in sorted((pair.args for pair in pairs), key=str):
        if v != value and str(v) in free:
            yield f"expected {v} = {value} wherever {v} stands, got {v} by itself beside it"


def _rooted(exprs: list[Basic], free: set[str]) -> Iterator[str]:
    """Refuse a symbol called like the root of a named square: beside sigma_t^2, sigma_t is its root."""
    for x in {x for e in exprs for x in e.atoms(Squared)}:
        if x.name in free:
            yield f"expected a name of its own for an object, got {x}, beside the symbol {x.name}"
    for x in {x for e in exprs for x in e.atoms(Quantity)}:
        name = str(x.args[0])
        if name.endswith("^2") and name[:-2] in free:
            yield f"expected a name of its own for an object, got {x}, beside the symbol {name[:-2]}"


def _squares(exprs: list[Basic]) -> Iterator[str]:
    """Refuse a named square beside an object that is called its root and is none: sigma^2 = v beside sigma = 2 v."""
    named = {text_of(str(x.args[0])): x for e in exprs for x in e.atoms(Quantity) if not x.shown}
    squares = [(x.name, x) for e in exprs for x in e.atoms(Squared)]
    squares += [(name.removesuffix("^2"), x) for name, x in named.items() if name.endswith("^2")]
    for name, square in squares:
        root = named.get(name)
        if root is not None and expand(unnamed(root) ** 2 - unnamed(square)) != 0:
            yield f"expected {name}^2 to be the square of {name}, got {unnamed(square)} beside {unnamed(root)}"


# -- what is quantified -------------------------------------------------------------------------------


def bound(e: Basic) -> set[Symbol]:
    """Return the variables of the integrals and of the expectations in an expression."""
    variables = {limit[0] for x in e.atoms(Integral) for limit in x.limits}
    variables |= {v for x in e.atoms(Mean) for v, _ in x.laws} | {v for x in e.atoms(Marginal) for v in x.args[:2]}
    variables |= {x.over for x in e.atoms(Whole)}
    return variables.union(*(x.over for x in e.atoms(Expected)))  # type: ignore[arg-type, return-value]


def _narrowed(claim: Claim) -> Iterator[str]:
    """Refuse an assumption about a variable for all of whose values something is stated.

    One about an induction's index is allowed if it holds at the first and again at the next, and one about a limit's
    variable if it holds for small values: these are obligations. An argument of a generating function may exclude 0.
    """
    forms = [statement for statement in claim.said() if isinstance(statement, Form)]
    quantified = {v for e in expressions(claim.said()) for v in bound(e)}
    quantified |= {v for form in forms for v in form.binds() if v not in form.indices()}
    nonzero = [Below(0, v**2) for v in _arguments(claim)]
    for a in claim.given:
        free = {v for e in expressions(a) for v in e.free_symbols}
        if a not in nonzero and (about := sorted(map(str, free & quantified))):
            yield f"expected no assumption about what stands for every value, got {a.text}, about {', '.join(about)}"


def _arguments(claim: Claim) -> Iterator[Symbol]:
    for statement in claim.said():
        if isinstance(statement, Law) and isinstance(statement.law, Generating):
            yield statement.law.kappa
