"""Each name on a page has one meaning: in a law by Bayes' rule, too, prior and posterior have names of their own."""

from collections import defaultdict
from collections.abc import Iterator

from sympy import Basic

from derivations.form.bayes import Rule
from derivations.form.claim import Claim
from derivations.form.law import Law
from derivations.form.reading import needed, readings
from derivations.notation.printing import text


def faults(claim: Claim) -> Iterator[str]:
    """Yield the names that a law defines twice, in its lines or after "where", one sentence each."""
    for statement in claim.written():
        if not isinstance(statement, Law):
            continue
        lines = list(readings(statement))
        stated: list[tuple[Basic, Basic | None]] = [(line.left, line.right) for line in lines]
        meanings = defaultdict[str, set[str]](set)
        for left, right in (*stated, *needed(*lines)):
            if right is not None and not isinstance(right, Rule):  # which follows from Bayes' rule, and defines nothing
                meanings[text(left)].add(text(right))
        for name, several in sorted(meanings.items()):
            if len(several) > 1:
                yield f"expected one meaning of a name, got {name} for {' and for '.join(sorted(several))}"
