"""What is wrong with a paper as it is written down: numbers twice or left out, equations without claim or reason."""

from collections.abc import Iterator

from derivations.papers.numbers import absent, ends, repeated
from derivations.papers.record import BECAUSE, Equation, Paper


def faults(paper: Paper) -> Iterator[str]:
    """What is wrong with the data itself."""
    numbers = [e.number for e in paper.equations]
    yield from (
        f"expected each number once, got {n} again" for n in sorted({n for n in numbers if numbers.count(n) > 1})
    )
    yield from _uncounted(paper)
    yield from (f"expected a comma in no place, got {e.number!r}" for e in paper.equations if set(",;") & set(e.number))
    yield from _unread(paper)
    for e in paper.equations:
        yield from _of_remark(e) if e.is_remark else _of_equation(paper, e)


def _unread(paper: Paper) -> Iterator[str]:
    """Readings of claims that none of its equations names."""
    named = {name for e in paper.equations for name in e.claims}
    unnamed = (n for r in paper.readings for n in r.claims if n not in named)
    yield from (f"expected an equation of each claim that is read, got none of {n}" for n in unnamed)


def _of_remark(e: Equation) -> Iterator[str]:
    if not e.claims or e.uncovered or e.numbered:
        yield f"{e.cited}: expected the LaTeX of an equation, or a remark with its claims, got neither"


def _of_equation(paper: Paper, e: Equation) -> Iterator[str]:
    if bool(e.claim) == bool(e.uncovered):
        yield f"{e.cited}: expected a claim, or why no claim carries it, got {e.claim!r} and {e.uncovered!r}"
    if e.uncovered and e.because not in BECAUSE:
        yield f"{e.cited}: expected what it is, one of {', '.join(BECAUSE)}, got {e.because!r}"
    if e.claim and e.because:
        yield f"{e.cited}: expected no reason beside its claim, got {e.because!r}"
    for p in e.compared:
        if p.under not in paper.conventions:
            known = ", ".join(paper.conventions)
            yield f"{e.cited}, {p.name}: expected a convention of {known}, got {p.under!r}"
    for c in e.charged:
        if bool(c.words) == bool(c.latex) or not c.forms or (c.latex and c.under not in paper.conventions):
            yield f"{e.cited}: expected a charge of forms as words, or as LaTeX under a convention, got {c}"
    if e.compared and not e.claim:
        yield f"{e.cited}: expected the claim with which it is compared, got none"


def _uncounted(paper: Paper) -> Iterator[str]:
    """What is wrong with its numbers: each up to the last is an equation or unrecorded, and not both."""
    counted = [*(e.number for e in paper.equations if e.numbered), *paper.unrecorded]
    yield from (f"expected numbers as unrecorded, got {one!r}" for one in paper.unrecorded if ends(one) is None)
    if missing := absent(counted, paper.last or 0):
        yield f"expected each number as an equation or as unrecorded, got neither of {', '.join(missing)}"
    if again := repeated(counted):
        yield f"expected a number once, as an equation or as unrecorded, got {', '.join(again)} again"
