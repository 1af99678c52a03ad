"""What a title promises must be stated of the answer: order and uniqueness, bounds, limits and means have forms.

A title is prose, and only a reader can tell whether it says what is stated. But some words promise a form of
statement: what "falls", is "positive" or is so "only" somewhere is a strict inequality, or one whose equality case is
the only one; what is "best", "at least" or "never" something is an inequality; what "converges" is a limit. The
statement that keeps the promise speaks of the answer, or of the object whose value the answer is: a lemma beside it
keeps nothing. Where no statement does, the
title says more than the claim.
"""

import re
from collections.abc import Callable, Iterator
from typing import Any

from sympy import Expr

from derivations.form.base import Said, plain
from derivations.form.claim import Claim, leaves
from derivations.form.statement import AtMost, Below, Statement, Tends, sides
from derivations.judge.kinds import varied
from derivations.notation.named import Named
from derivations.notation.quantities import Squared

ORDER = (
    r"strictly|positive|negative|falls|rises|grows|shrinks|narrower|wider|above|below|nearer|(de|in)creas(es|ing)"
    r"|monoton\w+|exceeds?|greater|smaller|larger|less than"
)
ALONE = "only|just|unless|unique|no other|iff|(exactly|precisely) (when|where|if|for)"
STRICT = re.compile(rf"\b({ORDER}|{ALONE})\b|(?<![<>=-])[<>](?!=)")
BOUND = re.compile(
    r"\b(best|least|most|largest|smallest|never|optimal|(min|max)im(al|um|ises)|sharp|tight|(upper|lower) bound|convex"
    r"|concave|impossible)\b|<=|>="
)
LIMIT = re.compile(r"\b(converges?|tends?|goes to|vanishes as)\b|->")
MEAN = re.compile(r"\b(unbiased|without bias)\b")
FREE = re.compile(r"\b(?:independent of|free of|does not depend on|whatever) (\w+)")


def strict(said: Statement) -> bool:
    """A strict inequality, or one with equality in a single case."""
    return isinstance(said, Below) or (isinstance(said, AtMost) and said.only)


def bounding(said: Statement) -> bool:
    """An inequality of any form."""
    return isinstance(said, AtMost | Below)


def tending(said: Statement) -> bool:
    """A limit."""
    return isinstance(said, Tends)


PROMISES: tuple[tuple[re.Pattern[str], Callable[[Statement], bool], str], ...] = (
    (STRICT, strict, "a strict inequality, or one with equality only in its case"),
    (BOUND, bounding, "an inequality"),
    (LIMIT, tending, "a limit"),
)


def faults(claim: Claim) -> Iterator[str]:
    """The words of the title that no statement of the answer keeps, each in a sentence."""
    title = claim.title.lower()
    spoken = speaking(claim) if title else []
    for words, kept, form in PROMISES:
        word = words.search(title)
        if word and not any(map(kept, spoken)):
            yield f"the title says {word[0]!r}: expected {form} among the statements that speak of the answer"
    if (word := MEAN.search(title)) and claim.kind not in ("expectation", "induction"):
        yield f"the title says {word[0]!r}: expected an expectation, got the kind {claim.kind!r}"
    yield from _dependent(claim)


def _dependent(claim: Claim) -> Iterator[str]:
    """What the answer is called free of does not stand in it."""
    names = {v.name.lower() for _, leaf in leaves(claim.answer) for v in leaf.free_symbols}
    for word in FREE.finditer(claim.title.lower()):
        if word[1] in names:
            yield f"the title says {word[0]!r}: expected an answer without {word[1]}"


def speaking(claim: Claim) -> list[Statement]:
    """The statements that another answer would change, or in which an expression of the answer stands."""
    try:
        other = set(map(repr, claim.statements(varied(claim.answer))))
    except ArithmeticError:  # an expectation that opens of this answer alone: no statement is seen to change
        other = set(map(repr, claim.statements()))
    told = [leaf for _, leaf in leaves(claim.answer) if leaf.args and not leaf.is_number]
    spoken = [said for said in claim.statements() if repr(said) not in other or _stands(said, told)]
    return [*spoken, *_of_the_same(claim, spoken)]


def _of_the_same(claim: Claim, spoken: list[Statement]) -> Iterator[Statement]:
    """Other statements of an object of which a statement says what the answer is, as that it is positive.

    One side is that object, or is made of it alone: its slope, its value at a place. What only holds it keeps nothing.
    """
    pairs = [(written, plain(said)) for written, said in zip(claim.written(), claim.said(), strict=True)]
    objects = {x for written, parts in pairs if any(p in spoken for p in parts) for x in _objects(written)}
    for written, parts in pairs:
        if any(_made_of(e, objects) for e in _sides(written)):
            yield from (p for p in parts if p not in spoken)


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
