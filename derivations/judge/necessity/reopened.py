"""The statements of a claim, opened without the signs of its positive symbols.

SymPy uses those signs while a named object opens: under x = sqrt(c^2) n the standard deviation of x is c for a positive
c, and |c| for any. So where the search for what an assumption is needed for leaves c positive, it looks at the same
objects made of a real c. What is shown as a plain formula stays that formula, whatever it came from.
"""

from collections.abc import Iterator, Mapping
from functools import cache, partial
from typing import Any, NamedTuple

from sympy import Basic, Dummy, Symbol

from derivations.arithmetic.memory import once
from derivations.form.base import checked, whole
from derivations.form.claim import Claim, plainly
from derivations.form.statement import Statement, Tends, sides
from derivations.judge.necessity.anew import Change, anew
from derivations.judge.necessity.valued import Need, existence, needs
from derivations.obligations.kept import released
from derivations.probability.density import Positive, Real
from derivations.probability.smooth import Signed, SmoothPositive, Spread

FAULTS = (ArithmeticError, AttributeError, KeyError, TypeError, ValueError)  # an object that can't be made


class Opened(NamedTuple):
    """A plain statement, and what all that it speaks of needs in order to exist."""

    says: Statement
    needs: tuple[Need, ...]


def opened(claim: Claim) -> list[Opened]:
    """Return the statements of a claim, with stand-ins for positive functions that are positive everywhere."""
    return once(claim, "opened", lambda: list(_opened(claim)))


def _opened(claim: Claim) -> Iterator[Opened]:
    for written, says in claim.opened():
        yield Opened(anew(says, partial(_spread, None)), (*needs(written), *existence(written, plainly(written), {})))


def reopened(claim: Claim, loose: Symbol | None) -> tuple[list[Opened], dict[Symbol, Symbol]] | None:
    """Return the statements in symbols of either sign, and these by what they stand for; None if that can't be done."""
    unique = loose if any(isinstance(e, SmoothPositive | Positive) for e in _objects(claim, loose)) else None
    return once(claim, ("reopened", unique), lambda: _reopened(claim, unique))


def _objects(claim: Claim, v: Symbol | None) -> Iterator[Basic]:
    """Yield the functions that have the number."""
    functions = (e for s in claim.whole() for side in sides(s) for e in side.atoms(SmoothPositive, Positive))
    return (e for e in functions if v in e.free_symbols)


def _reopened(claim: Claim, loose: Symbol | None) -> tuple[list[Opened], dict[Symbol, Symbol]] | None:
    moving = {s.var for s in claim.whole() if isinstance(s, Tends)}
    names = {v: _either(v) for v in claim.symbols() if v.is_positive and v not in moving}
    try:
        return list(_made_anew(claim, partial(_unsigned, names, loose), {w: v for v, w in names.items()})), names
    except FAULTS:
        return None


@cache
def _either(v: Symbol) -> Dummy:
    """Return a symbol of either sign for a positive one, the same in all claims, whose objects open alike."""
    return Dummy(v.name, real=True)


def _made_anew(claim: Claim, change: Change, back: Mapping[Any, Any]) -> Iterator[Opened]:
    """Yield the plain statements of changed ones: those that the claim itself has, part by part."""
    opened = [whole(said) for said in claim.said()]
    for written, own, kept in zip(claim.written(), opened, checked(claim.said(), opened), strict=True):
        made = anew(written, change)
        bare = plainly(made)
        needed = (*needs(written), *existence(made, bare, back))
        new = released(whole(bare))[0]
        yield from (Opened(says, needed) for before, says in zip(own, new, strict=True) if before in kept)


def _unsigned(names: Mapping[Symbol, Symbol], loose: Symbol | None, e: Basic) -> Basic:
    return names.get(e, e) if isinstance(e, Symbol) else _spread(loose, e)


def _spread(loose: Symbol | None, e: Basic) -> Basic:
    if type(e) is SmoothPositive:
        return (Signed if loose in e.free_symbols else Spread)(*e.args)
    if type(e) is Positive and loose in e.free_symbols:
        return Real(*e.args)
    return e
