"""The statements of a claim that speak of its answer, or of the object whose value the answer is."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from sympy import Expr, cancel

from derivations.arithmetic.memory import once
from derivations.form.base import Said, checked, whole
from derivations.form.claim import Claim, leaves
from derivations.form.statement import AtMost, Below, Statement
from derivations.judge.kinds import varied
from derivations.notation.named import Named, unnamed
from derivations.notation.quantities import Squared


class Spoken(NamedTuple):
    """A plain statement that may keep a promise, as engines check it and as it is written.

    A side is its own where it is the answer, or the object whose value the answer is, or is made of these alone: a
    slope, a value at a place, a sum, a power. What only contains the answer somewhere is not.
    """

    says: Statement
    written: Said
    own: tuple[bool, ...] = ()


def speaking(claim: Claim) -> list[Spoken]:
    """The statements that another answer would change, and others with a side of the answer's own."""
    return once(claim, "speaking", lambda: _speaking(claim))  # they are compared as they print, which is slow


def _speaking(claim: Claim) -> list[Spoken]:
    try:
        other = set(map(repr, claim.statements(varied(claim.answer))))
    except ArithmeticError:  # an expectation that opens of this answer alone: no statement is seen to change
        other = set(map(repr, claim.statements()))
    changed = [said for said in claim.statements() if repr(said) not in other]
    pairs = _pairs(claim)
    objects = {x for written, parts in pairs if any(p in changed for p in parts) for x in _objects(written)}
    own = [tuple(_own(e, objects, claim) for e in _ends(written)) for written, _ in pairs]
    return [
        Spoken(p, written, mine)
        for (written, parts), mine in zip(pairs, own, strict=True)
        for p in parts
        if p in changed or any(mine)
    ]


def printed(claim: Claim) -> Spoken:
    """The false sentence of a refuted claim: each named object in it is what it speaks of."""
    assert claim.printed is not None
    written = claim.shown["printed"]
    objects = _objects(written)
    own = tuple(not objects or _made_of(e, objects) for e in _ends(written))  # a sentence without names is of both
    return Spoken(claim.printed, written, own)


def _ends(written: Said) -> tuple[Expr, ...]:
    """The two sides of an inequality."""
    return (written.lesser, written.greater) if isinstance(written, Below | AtMost) else ()


def _own(e: Expr, objects: set[Expr], claim: Claim) -> bool:
    """Whether a side is made of the objects alone, or is a part of the answer up to a positive number."""
    if isinstance(e, Named) or _made_of(e, objects):
        return _made_of(e, objects)
    ratios = (cancel(unnamed(e) / leaf) for _, leaf in leaves(claim.answer) if leaf != 0)
    return any(ratio.is_number and ratio.is_positive for ratio in ratios)


def _pairs(claim: Claim) -> list[tuple[Said, tuple[Statement, ...]]]:
    """Each statement as it is written, with the plain ones that it opens into."""
    return list(zip(claim.written(), checked(claim.said(), map(whole, claim.said())), strict=True))


def _made_of(e: Any, objects: set[Expr]) -> bool:
    """Whether it is one of the objects, or made of them alone: a sum or a product, a power of one, a multiple."""
    if e in objects:
        return True
    if isinstance(e, Named):
        return any(_made_of(a, objects) for a in e.args[:1])
    if isinstance(e, Expr) and e.is_Pow:
        return bool(e.exp.is_positive) and _made_of(e.base, objects)  # type: ignore[attr-defined]
    if isinstance(e, Expr) and e.is_Mul and e.args[0].is_number:  # type: ignore[attr-defined]
        return _made_of(e / e.args[0], objects)  # type: ignore[operator]
    return isinstance(e, Expr) and (e.is_Add or e.is_Mul) and all(_made_of(a, objects) for a in e.args)


def _objects(written: Said) -> set[Expr]:
    """The named objects that the sides of a statement are, or are made of; no mere abbreviations."""
    return {e for side in _sides(written) for e in _parts(side) if not isinstance(e, Squared)}


def _parts(e: Any) -> Iterator[Expr]:
    """The named objects of which an expression is a sum or product, and those that each of them is made of."""
    if isinstance(e, Named):
        yield e
        yield from (part for a in e.args[:1] for part in _parts(a))
    elif isinstance(e, Expr) and (e.is_Add or e.is_Mul or e.is_Pow):
        yield from (part for a in e.args for part in _parts(a))


def _sides(written: Said) -> list[Expr]:
    return [side for side in written if isinstance(side, Expr)] if isinstance(written, tuple) else []
