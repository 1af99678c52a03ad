"""Every name that a page prints has a meaning: it is a symbol, defined where it stands, or the notation's own."""

import re
from dataclasses import replace

import pytest
from sympy import Function, Symbol

from derivations import symbols
from derivations.catalogue import claims, families, family_of
from derivations.form.claim import Claim, Wrong
from derivations.form.names import expressions
from derivations.form.numbers import in_numbers
from derivations.form.reading import needed, readings
from derivations.notation.names import OPERATORS, RESERVED
from derivations.notation.printing import text
from derivations.notation.quantities import Quantity
from tests.support.forged import a, b, c, equation

pytestmark = pytest.mark.xdist_group("every claim")  # one worker builds all claims

NAME = re.compile(r"[A-Za-z][A-Za-z0-9]*(?:_(?:[A-Za-z0-9]+|\{[^{}]*\}))*")
DECLARED = frozenset(text(v) for v in (b, *vars(symbols).values()) if isinstance(v, Symbol))  # b is of forged claims
# densities, probabilities and means; words in formulas; and what is d of a variable
NOTATION = OPERATORS | RESERVED | frozenset(["p", "q", "P", "Q", "E", "d"])
STRAY = Symbol("stray", positive=True)
WORDS = frozenset(("from", "to", "of", "mod", "or", "with", "weight", "on", "two", "states", "div"))


def unexplained(claim: Claim) -> list[str]:
    """Return the names that a claim's statement, its definitions and its wrong forms have, and nothing explains."""
    lines = [line for said in claim.written() for line in readings(said)]
    where = needed(*lines)
    sides = [e for line in lines for e in (line.left, line.right) if e is not None]
    sides += [right for _, right in where if right is not None]
    names = {name for e in sides for name in NAME.findall(text(e))}
    wrong = (e for one in claim.wrong.values() for e in expressions(one.answer))
    names |= {text(v) for e in wrong for v in e.free_symbols} - numbers(claim)
    lefts = [left for left, _ in where] + ([line.left for line in lines] if claim.is_definition else [])
    own = {name for left in lefts for name in NAME.findall(text(left))}
    return sorted(name for name in names if not meant(name, own))


def numbers(claim: Claim) -> set[str]:
    """Return the numbers that stand for densities and functions, which a page explains."""
    said = " ".join(in_numbers(claim))
    return {*said.replace(", ", " ").split(), *re.findall(r"\w+\.\w+", said)}


def meant(name: str, own: set[str]) -> bool:
    """Return whether a name has a meaning; also at an index, as a differential, and below a gradient or a mean."""
    if name in own | DECLARED | NOTATION | WORDS:
        return True
    base, _, index = name.partition("_")
    if base in ("grad", "argmax", "E"):
        return meant(index, own)
    return (name[0] == "d" and meant(name[1:], own)) or (bool(index) and name.rpartition("_")[0] in own | DECLARED)


@pytest.mark.parametrize("family", families())
def test_every_name_of_a_claim_has_a_meaning(family: str) -> None:
    found = {name: unexplained(claims()[name]) for name in claims() if family_of(name) == family}
    assert not {name: names for name, names in found.items() if names}


UNKNOWN, DEFINED = Function("Hidden", positive=True)(a), Quantity("Hidden", (a,), a * b)
WRONG = {"Hidden": equation(a * UNKNOWN + b, b + a * UNKNOWN), "stray": equation(a * STRAY + b, b + a * STRAY)}
TWINS = equation(a * DEFINED + b, b + a * DEFINED), equation(a * c + b, b + a * c)


@pytest.mark.parametrize("name", WRONG)
def test_a_name_without_a_meaning_is_reported(name: str) -> None:
    assert unexplained(WRONG[name]) == [name]


def test_a_symbol_of_a_wrong_form_alone_is_reported() -> None:
    claim = TWINS[1]
    assert unexplained(replace(claim, wrong={"one": Wrong(a + STRAY, "all")})) == ["stray"]


def test_names_with_a_meaning_are_not_reported() -> None:
    assert [unexplained(claim) for claim in TWINS] == [[], []]
