"""What a title promises must be stated: strict order and uniqueness, bounds and best values have forms of their own.

A title is prose, and only a reader can tell whether it says what is stated. But some words promise a form of
statement: what "falls", is "positive" or is so "only" somewhere is a strict inequality, or one whose equality case is
the only one; what is "best", "at least" or "never" something is an inequality. Where no statement has such a form, the
title says more than the claim.
"""

import re
from collections.abc import Callable, Iterator

from derivations.form.claim import Claim
from derivations.form.statement import AtMost, Below, Statement

ORDER = "strictly|positive|falls|rises|grows|shrinks|narrower|wider|above|below|nearer"
STRICT = re.compile(rf"\b({ORDER}|only|just|unless|unique|no other)\b")
BOUND = re.compile(r"\b(best|least|most|largest|smallest|never|optimal|minimal|maximal)\b|<=|>=")


def strict(said: Statement) -> bool:
    """A strict inequality, or one with equality in a single case."""
    return isinstance(said, Below) or (isinstance(said, AtMost) and said.only)


def bounding(said: Statement) -> bool:
    """An inequality of any form."""
    return isinstance(said, AtMost | Below)


PROMISES: tuple[tuple[re.Pattern[str], Callable[[Statement], bool], str], ...] = (
    (STRICT, strict, "a strict inequality, or one with equality only in its case"),
    (BOUND, bounding, "an inequality"),
)


def faults(claim: Claim) -> Iterator[str]:
    """The words of the title that no statement keeps, each in a sentence."""
    for words, kept, form in PROMISES:
        if (word := words.search(claim.title.lower())) is None:
            continue
        if not any(map(kept, claim.statements())):
            yield f"the title says {word[0]!r}: expected {form} among the statements"
