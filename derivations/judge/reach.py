"""How far an induction reaches is as far as the claim says: from its first index, and to the next by one.

A title that names an index says something of each whole number from 1 on, or from one that it names. "Every T" and
"any number of" are of the steps, which are counted from the start of the induction.
"""

import re
from collections.abc import Iterator

from sympy import Expr, Symbol, sympify

from derivations.form.claim import Claim
from derivations.form.induction import Induction
from derivations.form.inductions import Reader

ANY = r"(?:every|each|any|all|whatever|arbitrary|the first)"
COUNTED = re.compile(
    rf"\b{ANY} (?:finite )?(?:numbers?|whole|natural|(?:positive )?integers?|counts?|index|indices|[TNnkm])\b", re.I
)
NOT_WHOLE = r"(?:real|continuous|non-integer|positive real|fractional)"


def faults(claim: Claim) -> Iterator[str]:
    """Yield where the title, or what stands for "in general", says more of an index than an induction shows."""
    for said in claim.written():
        if isinstance(said, Induction):
            for what, prose in (("the title", claim.title), ("what is said of generality", claim.means)):
                yield from _beyond(said, what, prose)


def _beyond(said: Induction, what: str, prose: str) -> Iterator[str]:
    reader, names = Reader(said), {str(v): v for v in said.first}
    for name, v in names.items():
        called = re.escape(name)
        if re.search(rf"\b{NOT_WHOLE} {re.escape(name)}(?!\w)|(?<!\w){called} (?:is|are) {NOT_WHOLE}\b", prose):
            yield f"{what} says that {name} is no whole number: expected the whole numbers of an induction"
        elif _is_counted(said, v) and re.search(_named(name), prose):
            yield from _of_index(said, v, what, prose)
        elif (found := re.search(rf"\b{ANY} {called}(?!\w)", prose)) and said.next[v] != v + 1:
            yield f"{what} says {found[0]!r}: expected a next {name} of {v + 1}, got {said.next[v]}"
    if (found := COUNTED.search(prose)) and not _reached(reader.start, prose, str(reader.index)):
        yield f"{what} says {found[0]!r}: expected an induction that starts at 1 or below, got {reader.start}"


def _is_counted(said: Induction, v: Symbol) -> bool:
    """Whether it goes by whole numbers, from one to another."""
    gap = sympify(said.next[v]) - v
    return bool(sympify(said.first[v]).is_number and gap.is_number and gap != 0)


def _named(name: str) -> str:
    return rf"(?<![\w^]){re.escape(name)}(?![\w(])"


def _of_index(said: Induction, v: Symbol, what: str, prose: str) -> Iterator[str]:
    if said.next[v] != v + 1:
        yield f"{what} names {v}: expected a next {v} of {v + 1}, got {said.next[v]}"
    elif not _reached(sympify(said.first[v]), prose, str(v)):
        yield (
            f"{what} names {v}: expected a base case at 1 or below, got {v} = {said.first[v]}; "
            f"or say '{v} >= {said.first[v]}'"
        )


def _reached(first: Expr, prose: str, name: str) -> bool:
    """Whether the first index is one from which the sentence says that it holds; without a word for it, from 1."""
    if not first.is_number:
        return True  # a start by a symbol of its own, which may be any
    called = re.escape(name)
    bound = rf"{called} ?(?:>=|≥|is at least|from) ?(\d+)|(?:at least|from) (\d+)(?: on)?\b|{called} ?> ?(\d+)"
    if found := re.search(bound, prose):
        least = int(found[1] or found[2] or int(found[3] or 0) + 1)
        return bool(first <= least)
    return bool(first <= 1)
