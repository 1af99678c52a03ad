"""The statements of a claim that speak of its answer, or of the object whose value the answer is."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from sympy import Expr

from derivations.form.base import Said, plain
from derivations.form.claim import Claim, leaves
from derivations.form.statement import Statement, sides
from derivations.judge.kinds import varied
from derivations.notation.named import Named
from derivations.notation.quantities import Squared


class Spoken(NamedTuple):
    """A plain statement that may keep a promise, as engines check it and as it is written."""

    says: Statement
    written: Said


def speaking(claim: Claim) -> list[Spoken]:
    """The statements that another answer would change, or in which an expression of the answer stands."""
    try:
        other = set(map(repr, claim.statements(varied(claim.answer))))
    except ArithmeticError:  # an expectation that opens of this answer alone: no statement is seen to change
        other = set(map(repr, claim.statements()))
    told = [leaf for _, leaf in leaves(claim.answer) if leaf.args and not leaf.is_number]
    spoken = [said for said in claim.statements() if repr(said) not in other or _stands(said, told)]
    same = list(_of_the_same(claim, spoken))
    return [Spoken(p, written) for written, parts in _pairs(claim) for p in parts if p in spoken or p in same]


def _of_the_same(claim: Claim, spoken: list[Statement]) -> Iterator[Statement]:
    """Other statements of an object of which a statement says what the answer is, as that it is positive.

    One side is that object, or is made of it alone: its slope, its value at a place. What only holds it keeps nothing.
    """
    pairs = _pairs(claim)
    objects = {x for written, parts in pairs if any(p in spoken for p in parts) for x in _objects(written)}
    for written, parts in pairs:
        if any(_made_of(e, objects) for e in _sides(written)):
            yield from (p for p in parts if p not in spoken)


def _pairs(claim: Claim) -> list[tuple[Said, tuple[Statement, ...]]]:
    """Each statement as it is written, with the plain ones that it opens into."""
    return [(written, plain(said)) for written, said in zip(claim.written(), claim.said(), strict=True)]


def _made_of(e: Any, objects: set[Expr]) -> bool:
    """Whether it is one of the objects, or made of one alone, however often."""
    return e in objects or (isinstance(e, Named) and any(_made_of(a, objects) for a in e.args[:1]))


def _objects(written: Said) -> set[Expr]:
    """The named objects that the sides of a statement are, or are made of; no mere abbreviations."""
    return {e for side in _sides(written) for e in _parts(side) if not isinstance(e, Squared)}


def _parts(e: Any) -> Iterator[Expr]:
    """The named objects of which an expression is a sum or product, and those that each of them is made of."""
    if isinstance(e, Named):
        yield e
        yield from (part for a in e.args[:1] for part in _parts(a))
    elif isinstance(e, Expr) and (e.is_Add or e.is_Mul):
        yield from (part for a in e.args for part in _parts(a))


def _sides(written: Said) -> list[Expr]:
    return [side for side in written if isinstance(side, Expr)] if isinstance(written, tuple) else []


def _stands(said: Statement, told: list[Expr]) -> bool:
    return any(side.has(leaf) for side in sides(said) for leaf in told)
