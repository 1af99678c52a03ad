"""What a title promises must be stated of the answer: order and uniqueness, bounds, limits and means have forms.

A title is prose, and only a reader can tell whether it says what is stated. But some words promise a form of
statement (see `words`): what "falls", is "positive" or is so "only" somewhere is a strict inequality, or one whose
equality case is the only one; what is "best", "at least" or "never" something is an inequality; what "converges" is a
limit. The statement that keeps the promise speaks of the answer, or of the object whose value the answer is: a lemma
beside it keeps nothing. What has a direction is kept by no inequality of the other one. Where no statement keeps a
promise, the title says more than the claim. The false sentence of a refuted claim promises as much of what is printed.
What formulas in a title say is compared with the claim in `borne`, and those of a false sentence with what is printed.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from sympy import Expr, Pow, Symbol, cancel, expand
from sympy.core.function import AppliedUndef
from sympy.core.symbol import Str

from derivations.form.claim import Claim, leaves
from derivations.form.names import expressions
from derivations.form.statement import AtMost, Below, Statement, Tends, sides
from derivations.judge.spoken import Spoken, printed, speaking
from derivations.judge.titles import comparison as borne
from derivations.judge.titles import properties, words
from derivations.judge.titles.about import about, averaged, means
from derivations.judge.titles.directions import Has, keeps
from derivations.judge.titles.standing import Standing
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
    yield from _unkept("the title", title, speaking(claim) if title else [], Standing(claim))
    if word := words.MEAN.search(title):
        yield from _mean(claim, word[0])
    if (word := words.EVERY.search(title)) and not any(
        e.has(Abstract, AppliedUndef) for said in claim.statements() for e in sides(said)
    ):
        yield f"the title says {word[0]!r}: expected a statement of unknown densities"
    if (word := words.DIMENSION.search(title)) and claim.kind != "induction":
        yield f"the title says {word[0]!r}: expected an induction, got the kind {claim.kind!r}"
    yield from (f"the title says {word[0]!r}, which no form of statement says" for word in words.NEVER.finditer(title))
    yield from _dependent(claim, title)
    yield from properties.faults(claim, title)
    yield from borne.faults(claim, "the title", claim.title)
    if claim.means != Claim.means:
        yield from _general(claim)
    if claim.printed is not None:
        yield from _unkept(
            "the false sentence", words.plainly(claim.refutes), [printed(claim)], lambda part, side: False
        )
        yield from about(claim)
        yield from borne.faults(_as_printed(claim), "the false sentence", claim.refutes)


def _as_printed(claim: Claim) -> Claim:
    """Return the claim as if it stated what is printed, for the formulas of the false sentence."""
    printed = claim.shown["printed"]
    return replace(claim, says=lambda _: printed)


def _mean(claim: Claim, word: str) -> Iterator[str]:
    """The fault of a title with a word for a mean, where none is stated, or none of what it names."""
    if claim.kind not in ("expectation", "induction"):
        yield f"the title says {word!r}: expected the kind expectation or induction, got {claim.kind!r}"
    elif not averaged(claim):
        of = " or ".join(dict.fromkeys(means(claim))) or "a mean, E[...], in the statement"
        yield f"the title says {word!r}: expected a title that has what the mean is of, {of}, got {claim.title!r}"


def _general(claim: Claim) -> Iterator[str]:
    """The words and formulas of what is said of generality that no form of statement says, as for a title."""
    what, said = "what is said of generality", words.plainly(claim.means)
    yield from borne.faults(claim, what, claim.means)
    yield from properties.of_symbols(claim, what, said)
    if (word := words.DIMENSION.search(said)) and claim.kind != "induction":
        yield f"{what} says {word[0]!r}: expected an induction, got the kind {claim.kind!r}"
    for pattern in (words.NEVER, words.FOLLOWING):
        yield from (f"{what} says {word[0]!r}, which no form of statement says" for word in pattern.finditer(said))


def promises(name: str) -> str:
    """The first word of a definition's name that a title would have to keep, or that asserts; '' if there is none."""
    said, asserted = words.plainly(_words_of(name)), (words.ASSERTED_OF_DEFINED, words.MEAN, words.NEVER)
    patterns = (*(pattern for pattern, *_ in PROMISES), *asserted, words.SYMMETRIC, *properties.WORDS)
    return next((word[0] for pattern in patterns if (word := pattern.search(said))), "")


def asserting(claim: Claim) -> Iterator[str]:
    """Refuse a claim, symbols, functions and named objects whose names are sentences, which nothing judges."""
    if claim.kind != "refuted" and (word := words.SAYING.search(_words_of(claim.name).lower())):
        yield f"expected a name of a claim that states nothing, got {claim.name!r} with {word[0]!r}"
    names = set[str]()
    for e in expressions((claim.written(), claim.answer, claim.given, claim.shown["proof"], claim.shown["printed"])):
        names |= {str(v) for v in e.atoms(Str, Symbol)} | {type(f).__name__ for f in e.atoms(AppliedUndef)}
    for name in sorted(names):
        if word := words.ASSERTED.search(_words_of(name).lower()):
            yield f"expected a name that states nothing, got {name!r} with {word[0]!r}"


def _words_of(name: str) -> str:
    return re.sub(r"[._]|(?<=[a-z])(?=[A-Z])", " ", name)


def _unkept(what: str, title: str, spoken: list[Spoken], has: Has) -> Iterator[str]:
    """The words that none of the statements keeps; each word of an order is looked at by itself, where it stands."""
    for pattern, kept, form in PROMISES:
        for word in pattern.finditer(title):
            able = [one for one in spoken if kept(one.says)]
            if not able:
                yield f"{what} says {word[0]!r}: expected {form} among the statements that speak of the answer"
                break
            if pattern is words.LIMIT and not any(reaches(word[0], one.says, spoken) for one in able):
                yield f"{what} says {word[0]!r}: expected a limit of that value, or of a quotient by that order"
            if pattern is not words.LIMIT and not any(keeps(word, title, one, has) for one in able):
                yield f"{what} says {word[0]!r}: expected an inequality of that direction, of the answer itself"


def reaches(word: str, said: Statement, beside: Sequence[Spoken] = ()) -> bool:
    """Whether a limit is 0 where something decays, and is that of a quotient by h^k where an error is of order k.

    To order k something may be known by inequalities on either side of a multiple of h^k instead.
    """
    assert isinstance(said, Tends)
    if words.TO_ZERO.match(word):
        return said.value == 0
    if not (order := words.OF_ORDER.match(word)):
        return True
    name = next(filter(None, order.groups()))
    k = words.ORDERS.get(name)
    powers = {-e.exp for e in said[0].atoms(Pow) if e.base == said.var}
    if name == "leading":
        return any(power.is_positive for power in powers)
    return k is not None and (not powers.isdisjoint({k, k + 1}) or _squeezed(said.var, k, beside))  # one step's, too


def _squeezed(h: Symbol, k: int, beside: Sequence[Spoken]) -> bool:
    """Whether inequalities have a multiple of h^k on the greater side, and on the lesser one."""
    bounds = [one.says for one in beside if isinstance(one.says, AtMost | Below)]
    return all(any(_multiple(bound[n], h, k) for bound in bounds) for n in (0, 1))


def _multiple(side: Expr, h: Symbol, k: int) -> bool:
    return side.has(h) and not cancel(side / h**k).has(h)


def _dependent(claim: Claim, title: str) -> Iterator[str]:
    """What the answer is called free of does not stand in it; where it is symmetric, the two may be exchanged."""
    parts = [leaf for _, leaf in leaves(claim.answer)]
    names: dict[str, Symbol] = {v.name.lower(): v for leaf in parts for v in leaf.free_symbols}  # type: ignore[misc]
    for word in words.FREE.finditer(title):
        said = words.CLAUSE.split(f"{word[1] or word[2]} ")[0].split()
        called = [words.CALLED[noun] for noun in said if noun in words.CALLED]
        if found := [name for name in sorted(names) if name in said or any(c.fullmatch(name) for c in called)]:
            yield f"the title says {word[0]!r}: expected an answer without {', '.join(found)}"
    for word in words.GONE.finditer(title):
        if word[1] in names:
            yield f"the title says {word[0]!r}: expected an answer without {word[1]}"
    for word in words.SYMMETRIC.finditer(title):
        one, other = names.get(word[1]), names.get(word[2])
        swapped = [leaf.subs({one: other, other: one}, simultaneous=True) for leaf in parts] if one and other else []
        if not swapped or any(expand(e - leaf) != 0 for e, leaf in zip(swapped, parts, strict=True)):
            yield f"the title says {word[0]!r}: expected an answer in which two named symbols may be exchanged"
