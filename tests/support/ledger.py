"""What `ask` says of each equation of the papers, in its paper's symbols; `python -m tests.support.ledger` writes it.

An equation is asked as a user types it: as a whole, its right side alone, and each closed form in it. What the paper
prints right is never called different. `tests/query/ledger.json` has the verdicts, which may only become better.
"""

import json
import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from hashlib import sha256
from itertools import groupby
from pathlib import Path
from typing import NamedTuple

from derivations.papers.paper import papers
from derivations.query import ask as asking
from derivations.query.reading import Unread
from derivations.query.standing import Stands
from derivations.query.verdict import Answer, Read
from derivations.query.writing.conventions import conventions
from derivations.query.writing.document import formulas
from derivations.query.writing.equation import Equation

FILE = Path(__file__).parent.parent / "query" / "ledger.json"
BEST = ("equal", "wrong_form", "unknown", "unread", "different")  # the better ones first


class Row(NamedTuple):
    """A formula of a paper: where it stands, its text, and whether the paper prints something wrong there."""

    name: str
    paper: str
    text: str
    is_misprint: bool


def rows() -> Iterator[Row]:
    """Yield the equations as they are printed, each by itself and its right side alone, and the parts of them."""
    for paper in papers().values():
        for e in (e for e in paper.equations if e.latex):
            place = f"{paper.key} {e.number}"
            for n, one in enumerate(formulas(e.latex), start=1):
                yield Row(f"{place} [{n}]", paper.key, one.formula, bool(e.misprint))
                if right := _right(one.formula):
                    yield Row(f"{place} [{n} right]", paper.key, right, bool(e.misprint))
            for part in e.parts:
                yield Row(f"{place}: {part.name}", paper.key, part.latex, bool(e.misprint))


def _right(formula: str) -> str:
    """Return the right side of an equality."""
    try:
        equation = Equation(formula)
    except Unread:
        return ""
    return equation.written(1) if len(equation) == 2 and equation.relations[0].text == "=" else ""


def sample(share: int) -> list[Row]:
    """Return one row in so many, by its name."""
    return [r for r in rows() if int(sha256(r.name.encode()).hexdigest(), 16) % share == 0]


def verdict(row: Row) -> str:
    """Return the verdict on a row in its paper's own symbols; in any, where the paper has no convention."""
    own = {c.name for c in conventions() if row.paper in c.papers}
    try:
        answer = asking.ask(row.text if "\\" in row.text else f"${row.text}$")
    except Unread:
        return "unread"
    read = [r for r in answer.read if own.intersection(r.conventions) or not own]
    return _worst(answer, read, own) if read else "unread"


def _worst(answer: Answer, read: list[Read], own: set[str]) -> str:
    """Return the worst verdict of the sides, of each the best: several readings are of several conventions."""
    if own and own & {c for r in read for c in r.conventions} <= answer.differing.keys():
        return "different"
    sides = groupby(sorted(read, key=lambda r: r.side), key=lambda r: r.side)
    best = [min((r.verdict.kind for r in side), key=_order) for _, side in sides]
    return max(best, key=BEST.index)


def _order(kind: str) -> int:
    """A reading that says different counts before one that knows nothing: it accuses."""
    return ("equal", "different", "wrong_form", "unknown").index(kind)


def kept() -> dict[str, str]:
    """Return the verdicts that are kept."""
    return json.loads(FILE.read_text())


def counts(verdicts: Mapping[str, str]) -> Counter[str]:
    return Counter(verdicts.values())


def alone() -> None:
    """Judge in this process, with one index, and take all claims for green: here only the formula is judged."""
    made = asking.index()
    asking.index = lambda *_: made
    asking.within = lambda _, job: job()
    asking._Job.stands = lambda self, name: Stands("proved", ("prove",))


def main(*places: str) -> None:
    """Judge the rows anew whose names begin with one of the places, or all; the others are kept."""
    alone()
    known, found = kept(), {}
    for row in rows():
        asked = not places or row.name.startswith(places) or row.name not in known
        found[row.name] = verdict(row) if asked else known[row.name]
        if found[row.name] != known.get(row.name):
            print(f"{row.name}: {known.get(row.name, 'new')} -> {found[row.name]}: {row.text}", flush=True)
    FILE.write_text(json.dumps(found, indent=0, ensure_ascii=False) + "\n")
    print(", ".join(f"{n} {kind}" for kind, n in counts(found).most_common()), file=sys.stderr)


if __name__ == "__main__":
    main(*sys.argv[1:])
