"""Theorems that are false: a sign, an assumption dropped, a symbol in the place of another. Coq has to refuse them."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import permutations
from typing import NamedTuple

from sympy import Symbol

from derivations.kernel.stated import Theorem


class Corrupted(NamedTuple):
    """What was done to a theorem, in words, and the result."""

    how: str
    theorem: Theorem


def corruptions(theorem: Theorem) -> Iterator[Corrupted]:
    """Yield the theorem with another sign, then with symbols confused, then without each of its premises.

    Only the first two make it false for certain: an assumption may not be needed.
    """
    left, relation, right = theorem.conclusion
    if relation == "=" and right != 0:
        yield Corrupted("a sign", replace(theorem, conclusion=(left, relation, -right)))
    if relation != "=":
        yield Corrupted("sides exchanged", replace(theorem, conclusion=(right, relation, left)))
    for a, b in _alike(theorem):
        confused = right.subs({a: b}, simultaneous=True)
        if confused != right:
            yield Corrupted(f"{b} for {a}", replace(theorem, conclusion=(left, relation, confused)))
    for n, premise in enumerate(theorem.premises):
        kept = theorem.premises[:n] + theorem.premises[n + 1 :]
        yield Corrupted(f"without {theorem.relation(premise)}", replace(theorem, premises=kept))


def _alike(theorem: Theorem) -> Iterator[tuple[Symbol, Symbol]]:
    """Yield pairs of symbols with one name but for the index, as sigma_t and sigma_s."""
    for a, b in permutations(theorem.variables, 2):
        if a.name != b.name and a.name.split("_")[0] == b.name.split("_")[0]:
            yield a, b
