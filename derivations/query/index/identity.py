"""A formula that is asked about and an expression of a claim, as one identity in the symbols of the claim.

Symbols that the claim does not have are expressed by its own; where that does not make the two equal, so are those of
its own that follow from others. The identity is a claim, so that the engines judge it as they judge any other.
"""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from sympy import Expr, expand, sympify

from derivations.engines.needed import domain
from derivations.form.claim import Claim, by
from derivations.form.statement import Below, Equal, Point
from derivations.obligations.watch import watching
from derivations.points.domain import Empty, holds, points
from derivations.query.index.formulas import once
from derivations.query.index.relations import RANGES, Expressed, expressed, fewest
from derivations.query.index.universe import universe
from derivations.query.index.views import View, symbols_of
from derivations.syntax.build import evaluated


class Identity(NamedTuple):
    """The formula as it is written, what was put for its symbols, and a claim that it equals the other one."""

    raw: Expr
    put: Expressed
    claim: Claim
    where: tuple[str, ...]
    settled: frozenset[tuple[Expr, str]]  # what the claim in question owes itself, in the same symbols


def identities(claim: Claim, mine: Expr, view: View, raw: Expr) -> Iterator[Identity]:
    """Yield the identity in the claim's symbols, and in as few of them as there are."""
    theirs, own = evaluated(raw), {v for e in symbols_of(claim) for v in view(e).free_symbols} | mine.free_symbols
    foreign = expressed(theirs.free_symbols - own, own)
    if (one := _identity(claim, mine, view, raw, theirs, foreign)) is not None:
        yield one
    least = fewest(own | theirs.free_symbols)
    if least.put and least.put != foreign.put and (one := _identity(claim, mine, view, raw, theirs, least)) is not None:
        yield one


def _identity(claim: Claim, mine: Expr, view: View, raw: Expr, theirs: Expr, put: Expressed) -> Identity | None:
    own = [Below(*(put(view(sympify(e))) for e in a)) for a in claim.given]
    more = [Below(*(put(sympify(e)) for e in a)) for a in view.given] + list(put.given)
    whole = _whole(f"asked of {claim.name}", put(theirs), put(mine), (*more, *own), (claim.name, *claim.needs))
    if whole is None or not _is_exemplified(whole, dict(universe()[0]) | dict(claim.example)):
        return None
    own_symbols = not view.put and not put.put.keys() & symbols_of(claim)
    settled = once(claim, "settled", lambda: _settled(claim)) if own_symbols else frozenset()
    return Identity(raw, put, whole, tuple(a.text for a in whole.given if a not in own), settled)


def _settled(claim: Claim) -> frozenset[tuple[Expr, str]]:
    return frozenset((o.expr, o.relation) for o in domain(claim))


def of_sides(raw: Expr, other: Expr, put: Expressed, given: Iterable[Below] = ()) -> Identity | None:
    """Return the identity of two sides of an equation, of no claim, where their symbols lie; `given` narrows that."""
    left, right = put(evaluated(raw)), put(evaluated(other))
    own = left.free_symbols | right.free_symbols
    ranges = [Below(put(a.lesser), put(a.greater)) for a in RANGES]
    ranges = [a for a in ranges if (a.greater - a.lesser).free_symbols <= own]
    whole = _whole("asked of two sides", left, right, (*put.given, *given, *ranges), ())
    if whole is None or not _is_exemplified(whole):
        return None
    return Identity(raw, put, whole, tuple(a.text for a in whole.given if a not in ranges), frozenset())


def _whole(name: str, left: Expr, right: Expr, given: Iterable[Below], needs: tuple[str, ...]) -> Claim | None:
    """The claim that two formulas are one; none where what is given cannot be."""
    by_gap = {expand(a.greater - a.lesser): a for a in given}  # one that the claim makes is no new one
    if any(gap.is_nonpositive for gap in by_gap):
        return None
    with watching(True):  # once for all that is made of it
        return _opened(name, left, right, tuple(a for gap, a in by_gap.items() if not gap.is_positive), needs)


def _opened(name: str, left: Expr, right: Expr, given: tuple[Below, ...], needs: tuple[str, ...]) -> Claim:
    claim = Claim(
        name=name,
        title="The formula that was asked about is the claim's",
        kind="equality",
        says=lambda answer: Equal(left, answer),
        answer=right,
        given=given,
        proof=((by("as it is asked", left), by("as the claim has it", right)),),
        needs=needs,
    )
    claim.statements()  # it keeps them
    return claim


def _is_exemplified(whole: Claim, *first: Point) -> bool:
    """Whether the claim has a point in its domain, which is then its example."""
    example = _example(whole, first)
    if example is not None:
        object.__setattr__(whole, "example", example)
    return example is not None


def _example(whole: Claim, first: Iterable[Point]) -> Point | None:
    """A rational point of the domain: one of the first, or of the universe, or one that is found."""
    names = whole.symbols()
    for known in (*first, *universe()):
        at = {v: sympify(known[v]) for v in names if v in known}
        rational = len(at) == len(names) and all(q.is_Rational for q in at.values())
        if rational and all(holds(a, at) for a in whole.assumptions()):
            return at
    try:
        return next(points(whole, f"example {whole.name}"), None)
    except Empty:
        return None
