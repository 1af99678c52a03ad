"""Names: one symbol a name, in all that a claim says; and no assumption about what a form or a limit quantifies.

Two symbols of one name read alike and are two: E[a n; n] of a noise n beside a parameter n. What is bound counts, and
so do the numbers that a density is made of on a finite chain, and what a named object is called.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from typing import Any

from sympy import Basic, Integral, Symbol

from derivations.form.base import Form
from derivations.form.claim import Claim
from derivations.form.induction import Induction
from derivations.form.law import Generating, Law
from derivations.form.statement import Below
from derivations.notation.named import Named, wheres
from derivations.notation.quantities import Squared
from derivations.probability.density import Density, Marginal, Mean, Positive
from derivations.probability.expected import Expected


def expressions(thing: Any) -> Iterator[Basic]:
    """Every expression in a statement, a form, a line, an answer, however deep."""
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
    """What is wrong with the names of a claim, each in a sentence."""
    yield from _twice(claim)
    yield from _narrowed(claim)


# -- one symbol a name ------------------------------------------------------------------------------


def _twice(claim: Claim) -> Iterator[str]:
    said = (claim.written(), claim.said(), claim.answer, claim.given, claim.proof, claim.printed)
    found = list(expressions(said))
    symbols = {v for e in found for v in e.atoms(Symbol)}
    abstract = {x for e in found for x in e.atoms(Density, Positive)}
    by_name = defaultdict[str, set[Symbol]](set)
    for v in symbols.union(*(x.free_symbols for x in abstract)):
        by_name[v.name].add(v)
    for name, same in sorted(by_name.items()):
        if len(same) > 1:
            yield f"expected one symbol of a name, free or bound, got {len(same)} called {name}"
    for part in (*claim.said(), *claim.proof, claim.printed):
        yield from _shared(list(expressions(part)))
    for written, plainly in zip(claim.written(), claim.said(), strict=True):  # each is shown with what its names mean
        free = {v.name for e in expressions(plainly) for v in e.free_symbols}
        base = plainly.base if isinstance(plainly, Induction) else ()  # which is shown opened
        yield from _called(list(expressions((written, base))), free)
        yield from _rooted(list(expressions(written)), free)
    yield from _modelled(abstract)


def _shared(found: list[Basic]) -> Iterator[str]:
    """What speaks of a density by its name does not speak of its numbers on a finite chain as well."""
    numbers = {v for e in found for x in e.atoms(Density, Positive) for v in x.free_symbols}
    if shared := sorted(map(str, numbers & {v for e in found for v in e.atoms(Symbol)})):
        yield f"expected other names than those of a density's numbers, got {', '.join(shared)}"


def _called(found: list[Basic], free: set[str]) -> Iterator[str]:
    """What a reader is told of a name is one thing, and a named object is called by no symbol's name.

    Of a claim as it is written: E[x | z] at w = 1 opens to a mean by other weights, and tells of x what E[x | z] does.
    """
    meanings = defaultdict[str, set[Basic]](set)
    for left, right in wheres(*found):
        if right is not None:
            meanings[str(left)].add(right)
        if isinstance(left, Named) and str(left) in free:
            yield f"expected a name of its own for an object, got {left}, which is a symbol"
    for name, same in sorted(meanings.items()):
        if len(same) > 1:
            yield f"expected one meaning of a name, got {len(same)} of {name}"


def _rooted(found: list[Basic], free: set[str]) -> Iterator[str]:
    """Beside the square of what is called sigma_t, sigma_t is its root and no symbol."""
    for x in {x for e in found for x in e.atoms(Squared)}:
        if x.name in free:
            yield f"expected a name of its own for an object, got {x}, beside the symbol {x.name}"


def _modelled(abstract: set[Any]) -> Iterator[str]:
    """A density, or a function, of a name is one: another with the same name would have the same numbers."""
    by_name = defaultdict[str, set[Any]](set)
    for x in abstract:
        by_name[str(x.args[0])].add((type(x), len(x.args)))
    for name, same in sorted(by_name.items()):
        if len(same) > 1:
            yield f"expected one density or function of a name, got several called {name}"


# -- what is quantified -------------------------------------------------------------------------------


def bound(e: Basic) -> set[Symbol]:
    """The variables of the integrals and of the expectations in an expression."""
    found = {limit[0] for x in e.atoms(Integral) for limit in x.limits}
    found |= {v for x in e.atoms(Mean) for v, _ in x.laws} | {v for x in e.atoms(Marginal) for v in x.args[:2]}
    return found.union(*(x.over for x in e.atoms(Expected)))  # type: ignore[arg-type, return-value]


def _narrowed(claim: Claim) -> Iterator[str]:
    """No assumption may speak of a variable for all of whose values something is stated.

    One may of an induction's index, if it holds at the first and again at the next, and of a limit's variable, if it
    holds where that is small: these are obligations. An argument of a generating function may be other than 0.
    """
    forms = [said for said in claim.said() if isinstance(said, Form)]
    quantified = {v for e in expressions(claim.said()) for v in bound(e)}
    quantified |= {v for form in forms for v in form.binds() if v not in form.indices()}
    nonzero = [Below(0, v**2) for v in _arguments(claim)]
    for a in claim.given:
        free = {v for e in expressions(a) for v in e.free_symbols}
        if a not in nonzero and (about := sorted(map(str, free & quantified))):
            yield f"expected no assumption about what stands for every value, got {a.text}, about {', '.join(about)}"


def _arguments(claim: Claim) -> Iterator[Symbol]:
    for said in claim.said():
        if isinstance(said, Law) and isinstance(said.law, Generating):
            yield said.law.kappa
