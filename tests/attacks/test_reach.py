"""An induction says no more of its index than its first case and its steps reach: forged go red, twins are green."""

from typing import Any

import pytest
from sympy import Expr, Integer, S, Symbol

from derivations.form.claim import Claim
from derivations.form.induction import induction
from derivations.judge import reach
from tests.support.forged import a, replace, stated
from tests.support.judged import green, red_for

N, k, t = (Symbol(name, positive=True) for name in ("N", "k", "t"))
V = Symbol("V", real=True)
ODD = Symbol("m", positive=True)


def summed(title: str, by: Expr = N, first: Any = S.One, gap: int = 1, **changes: Any) -> Claim:
    """V is a times an index, from a first value of it on, with gaps."""
    means = changes.pop("means", "any a")
    index: Any = {"first": {by: first}, "next": {by: by + gap}, **changes}
    made = stated(lambda q: induction(value=q, held=V, base=a * first, step=V + gap * a, **index), a * by, "induction")
    return replace(made, title=title, means=means)


COUNTED_APART: Any = {"by": k, "gap": 2, "index": t}
FORGED = {
    "steps of two": (summed("V for every N", gap=2), "expected an index N that is N + 1 at the next", "V for every N"),
    "steps of three": (summed("A sum", gap=3), "one induction for each base case", "A sum"),
    "steps back": (summed("A sum", gap=-1), "expected an index N that is N + 1 at the next", "A sum"),
}
TITLES = {
    "a later start": (
        {"title": "V for every N", "first": Integer(5)}, "a base case at 1 or below", {"title": "V for every N"}
    ),
    "a start before which it is said": (
        {"title": "For every N >= 1, a sum", "first": Integer(5)}, "got N = 5", {"title": "For every N >= 5, a sum"}
    ),
    "a start after which it is said": (
        {"title": "For N > 3, a sum", "first": Integer(5)}, "got N = 5", {"title": "For N > 4, a sum"}
    ),
    "the first N of what begins later": (
        {"title": "The sum of the first N terms", "first": Integer(3)}, "names N",
        {"title": "The sum of the first N terms", "first": S.Zero},
    ),
    "any number, of what begins later": (
        {"title": "The sum of any number of terms", "first": Integer(3)}, "starts at 1 or below",
        {"title": "The sum of any number of terms"},
    ),
    "each N by its square": (
        {"title": "V for each k", "by": k, "next": {k: k**2 + 1, t: t + 1}, "first": S.One},
        "names|expected a next", {"title": "V for each k", "by": k},
    ),
    "a number counted by two": (
        {"title": "V for every k"} | COUNTED_APART, "names k", {"title": "A sum"} | COUNTED_APART
    ),
    "a bare name counted by two": ({"title": "V at k"} | COUNTED_APART, "names k", {"title": "V at k", "by": k}),
    "any real number": ({"title": "V for every real N"}, "no whole number", {"title": "V for every whole N"}),
    "a number that is real": ({"title": "V, where N is real"}, "no whole number", {"title": "V, where N is an index"}),
    "in general": (
        {"title": "A sum", "means": "any N", "first": Integer(2)}, "what is said of generality names N",
        {"title": "A sum", "means": "any N"},
    ),
    "any T, of what begins later": (
        {"title": "A sum", "means": "induction, for any T", "first": Integer(2)}, "starts at 1 or below",
        {"title": "A sum", "means": "induction, for any T from 2 on", "first": Integer(2)},
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", FORGED)
def test_an_index_goes_from_each_whole_number_to_the_next(name: str) -> None:
    forged, why, twin = FORGED[name]
    red_for(forged, why)
    green(summed(twin))


@pytest.mark.parametrize("name", TITLES)
def test_a_title_reaches_no_further_than_its_induction(name: str) -> None:
    forged, why, twin = TITLES[name]
    assert any(part in fault for fault in reach.faults(_made(forged)) for part in why.split("|")), name
    assert list(reach.faults(_made(twin))) == []


def _made(changes: dict[str, Any]) -> Claim:
    return summed(**changes)


def test_a_twin_of_each_kind_is_green_by_all_judges() -> None:
    green(summed("V for every N"))
    green(summed("For every N >= 5, a sum", first=Integer(5)))
    green(summed("A sum", **COUNTED_APART))
    red_for(summed("V for every N", first=Integer(5)), "a base case at 1 or below")
