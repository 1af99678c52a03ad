"""A formula that is asked about and an expression of a claim, as one identity in the symbols of the claim.

Symbols that the claim does not have are expressed by its own; where that does not make the two equal, so are those of
its own that follow from others. The identity is a claim, so that the engines judge it as they judge any other.
"""

from collections.abc import Iterator
from typing import NamedTuple

from sympy import Expr, expand, sympify

from derivations.engines.needed import domain
from derivations.form.claim import Claim, by
from derivations.form.statement import Below, Equal, Point
from derivations.points.domain import Empty, holds, points
from derivations.query.build import evaluated
from derivations.query.relations import Expressed, expressed, fewest, meant
from derivations.query.universe import universe
from derivations.query.views import View, symbols_of
from derivations.symbols import gamma_s, gamma_t


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
    if not meant(own) and theirs.free_symbols & {gamma_s, gamma_t}:
        return
    foreign = expressed(theirs.free_symbols - own, own)
    if (one := _identity(claim, mine, view, raw, theirs, foreign)) is not None:
        yield one
    least = fewest(own | theirs.free_symbols)
    if least.put and least.put != foreign.put and (one := _identity(claim, mine, view, raw, theirs, least)) is not None:
        yield one


def _identity(claim: Claim, mine: Expr, view: View, raw: Expr, theirs: Expr, put: Expressed) -> Identity | None:
    left, right = put(theirs), put(mine)
    own = [Below(*(put(view(sympify(e))) for e in a)) for a in claim.given]
    more = [Below(*(put(sympify(e)) for e in a)) for a in view.given] + list(put.given)
    by_gap = {expand(a.greater - a.lesser): a for a in (*more, *own)}  # one that the claim makes is no new one
    given = tuple(a for gap, a in by_gap.items() if not gap.is_positive)
    if any(gap.is_nonpositive for gap in by_gap):
        return None
    whole = Claim(
        name=f"asked of {claim.name}",
        title="The formula that was asked about is the claim's",
        kind="equality",
        says=lambda answer: Equal(left, answer),
        answer=right,
        given=given,
        proof=((by("as it is asked", left), by("as the claim has it", right)),),
        needs=(claim.name, *claim.needs),
    )
    example = _example(claim, whole)
    if example is None:
        return None
    object.__setattr__(whole, "example", example)
    own_symbols = not view.put and not put.put.keys() & symbols_of(claim)
    settled = frozenset((o.expr, o.relation) for o in domain(claim)) if own_symbols else frozenset()
    return Identity(raw, put, whole, tuple(a.text for a in given if a not in own), settled)


def _example(claim: Claim, whole: Claim) -> Point | None:
    """A rational point of the domain: that of the claim, or of the universe, or one that is found."""
    names = whole.symbols()
    for known in (dict(universe()[0]) | dict(claim.example), *universe()):
        at = {v: sympify(known[v]) for v in names if v in known}
        rational = len(at) == len(names) and all(q.is_Rational for q in at.values())
        if rational and all(holds(a, at) for a in whole.assumptions()):
            return at
    try:
        return next(points(whole, f"example {whole.name}"), None)
    except Empty:
        return None
