"""What a plain statement is of: a claim's statement as it is written, and of a law the quantity that is compared.

A law is printed as a density, and compared by its mean and variance, or by the logarithm of its density.
"""

from typing import NamedTuple

from sympy import Basic

from derivations.form.base import checked, whole
from derivations.form.claim import Answer, Claim
from derivations.form.law import Law
from derivations.form.statement import sides


class Compared(NamedTuple):
    """A statement as it is written, by number from 1; the quantity of a law, if any; and the statement's letters."""

    statement: int
    of: str
    letters: frozenset[Basic]


def compared(claim: Claim, answer: Answer, n: int) -> Compared:
    """Return what the n-th plain statement is of."""
    said, seen = claim.said(answer), 0
    for number, (one, parts) in enumerate(zip(said, checked(said, map(whole, said)), strict=True), start=1):
        if n <= seen + len(parts):
            named = zip(whole(one), one.parts(), strict=True) if isinstance(one, Law) else ()
            of = next((part.name for plain, part in named if plain == parts[n - seen - 1]), "")
            letters = {v for each in whole(one) for e in sides(each) for v in e.free_symbols}
            return Compared(number, of, frozenset(letters))
        seen += len(parts)
    raise AssertionError(f"{claim.name} has no statement {n}")
