"""What a title promises must be stated of the answer: order and uniqueness, bounds, limits and means have forms.

A title is prose, and only a reader can tell whether it says what is stated. But some words promise a form of
statement (see `words`): what "falls", is "positive" or is so "only" somewhere is a strict inequality, or one whose
equality case is the only one; what is "best", "at least" or "never" something is an inequality; what "converges" is a
limit. The statement that keeps the promise speaks of the answer, or of the object whose value the answer is: a lemma
beside it keeps nothing. What has a direction is kept by no inequality of the other one. Where no statement keeps a
promise, the title says more than the claim. The false sentence of a refuted claim promises as much of what is printed.
"""

import re
from collections.abc import Callable, Iterator

from sympy import Add, Expr, Symbol, cancel, expand
from sympy.core.function import AppliedUndef

from derivations.form.base import Said
from derivations.form.claim import Claim, leaves
from derivations.form.statement import AtMost, Below, Statement, Tends, sides
from derivations.judge import words
from derivations.judge.sentences import about, averaged
from derivations.judge.spoken import Spoken, speaking
from derivations.notation.named import Named
from derivations.notation.printing import text
from derivations.probability.density import Abstract


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
    (words.STRICT, strict, "a strict inequality, or one with equality only in its case"),
    (words.BOUND, bounding, "an inequality"),
    (words.LIMIT, tending, "a limit"),
)


def faults(claim: Claim) -> Iterator[str]:
    """The words of the title that no statement of the answer keeps, each in a sentence."""
    title = words.plainly(claim.title)
    yield from _unkept("the title", title, speaking(claim) if title else [], claim)
    if (word := words.MEAN.search(title)) and not (claim.kind in ("expectation", "induction") and averaged(claim)):
        yield f"the title says {word[0]!r}: expected an expectation of what it names, got the kind {claim.kind!r}"
    if (word := words.EVERY.search(title)) and not any(
        e.has(Abstract, AppliedUndef) for said in claim.statements() for e in sides(said)
    ):
        yield f"the title says {word[0]!r}: expected a statement of unknown densities"
    if (word := words.DIMENSION.search(title)) and claim.kind != "induction":
        yield f"the title says {word[0]!r}: expected an induction, got the kind {claim.kind!r}"
    yield from _dependent(claim, title)
    if claim.printed is not None:
        printed = Spoken(claim.printed, claim.shown["printed"])
        yield from _unkept("the false sentence", words.plainly(claim.refutes), [printed], None)
        yield from about(claim)


def _unkept(what: str, title: str, spoken: list[Spoken], claim: Claim | None) -> Iterator[str]:
    """The words that none of the statements keeps; each word of an order is looked at by itself."""
    for pattern, kept, form in PROMISES:
        found = {word[0]: word for word in pattern.finditer(title)}
        for word in found.values():
            able = [one for one in spoken if kept(one.says)]
            if not able:
                yield f"{what} says {word[0]!r}: expected {form} among the statements that speak of the answer"
                break
            if pattern is words.STRICT and all(_against(word, title, one, claim) for one in able):
                yield f"{what} says {word[0]!r}: expected an inequality of that direction, of the answer itself"


def _against(word: re.Match[str], title: str, spoken: Spoken, claim: Claim | None) -> bool:
    """Whether a strict inequality is of the other direction, or a sign is promised and it is of no sign."""
    up, down = words.UP.match(word[0]), words.DOWN.match(word[0])
    of, sign = _signed(spoken.written)
    slope = of is not None and _is_slope(of)
    if words.SIGN.match(word[0]):
        return slope or sign != (1 if up else -1) or not _itself(of, claim)
    if (up or down) and slope:
        return sign != (1 if up else -1)
    return _turned(word, title, spoken.written)


def _signed(written: Said) -> tuple[Expr | None, int]:
    """What an inequality bounds by a number of a sign, with that sign; a minus before it is turned over."""
    if not isinstance(written, Below | AtMost):
        return None, 0
    lesser, greater = expand(written.lesser), expand(written.greater)
    of, sign = (written.greater, 1) if lesser.is_nonnegative else (written.lesser, -1 if greater.is_nonpositive else 0)
    return (-of, -sign) if sign and of.could_extract_minus_sign() else (of if sign else None, sign)


def _is_slope(e: Expr) -> bool:
    return isinstance(e, Named) and text(e).startswith(("d/d", "(d/d"))  # the first: a further one says not what rises


def _itself(e: Expr | None, claim: Claim | None) -> bool:
    """Whether it is a part of the answer, up to a positive factor, or a named object; not what only holds it."""
    if e is None or claim is None or isinstance(e, Named):
        return e is not None
    ratios = [cancel(e / leaf) for _, leaf in leaves(claim.answer) if leaf != 0]
    return any(ratio.is_positive and not ratio.has(Add) for ratio in ratios)


def _turned(word: re.Match[str], title: str, written: Said) -> bool:
    """Whether the title has both sides of the inequality about the word, the other way round."""
    more, less = words.MORE.match(word[0]), words.LESS.match(word[0])
    if not (more or less) or not isinstance(written, Below | AtMost):
        return False
    lesser, greater = (text(side).lower() for side in (written.lesser, written.greater))
    first, second = (lesser, greater) if more else (greater, lesser)  # which it would be if it were turned over
    before, after = title[: word.start()], title[word.end() :]
    return first in before and second in after and not (second in before and first in after)


def _dependent(claim: Claim, title: str) -> Iterator[str]:
    """What the answer is called free of does not stand in it; where it is symmetric, the two may be exchanged."""
    parts = [leaf for _, leaf in leaves(claim.answer)]
    names: dict[str, Symbol] = {v.name.lower(): v for leaf in parts for v in leaf.free_symbols}  # type: ignore[misc]
    for word in words.FREE.finditer(title):
        called = words.CALLED.get(word[1])
        if found := [name for name in sorted(names) if name == word[1] or (called and called.fullmatch(name))]:
            yield f"the title says {word[0]!r}: expected an answer without {', '.join(found)}"
    for word in words.SYMMETRIC.finditer(title):
        one, other = names.get(word[1]), names.get(word[2])
        swapped = [leaf.subs({one: other, other: one}, simultaneous=True) for leaf in parts] if one and other else []
        if not swapped or any(expand(e - leaf) != 0 for e, leaf in zip(swapped, parts, strict=True)):
            yield f"the title says {word[0]!r}: expected an answer in which two named symbols may be exchanged"
