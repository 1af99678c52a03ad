"""How many statements Coq has accepted, by family, and which it has not, each with the reason."""

from collections.abc import Iterator, Mapping
from pathlib import Path

from derivations.catalogue import families, family_of
from derivations.kernel.kept import LEFT, Record
from derivations.kernel.stated import LIMIT, LINE


def counted(record: Record) -> tuple[int, int]:
    """Return how many of the equalities and inequalities of a claim Coq has accepted, and how many there are."""
    left = {part: why for part, why in record["left"].items() if LINE not in part}
    limits = {_number(part) for part, why in left.items() if why == LIMIT}
    every = {_number(part) for part in (*record["proofs"], *left)} - limits
    return len(every - {_number(part) for part in left}), len(every)


def _number(part: str) -> str:
    return part.split("_")[0]


def shares(records: Mapping[str, Record]) -> dict[str, tuple[int, int]]:
    """Return the same for each family."""
    found = dict.fromkeys(families(), (0, 0))
    for record in records.values():
        family, (yes, of) = family_of(record["name"]), counted(record)
        found[family] = found[family][0] + yes, found[family][1] + of
    return found


FIRST = ("forward", "posterior", "bound", "decoder")
PAGE = Path(__file__).parents[2] / "docs/reference/kernel.md"
BEGUN, ENDED = "<!-- figures -->\n", "<!-- end of figures -->\n"


def figures(records: Mapping[str, Record]) -> str:
    """Return a table for the page: how many of the equalities and inequalities of each family are accepted."""
    rows = [f"| {family} | {yes} | {of} |\n" for family, (yes, of) in shares(records).items()]
    for name, (yes, of) in zip(
        ("forward, posterior, bound and decoder together", "all others together"), grouped(records), strict=True
    ):
        rows.append(f"| {name} | {yes} | {of} |\n")
    return "".join(("\n| family | accepted | equalities and inequalities |\n|---|---|---|\n", *rows, "\n"))


def grouped(records: Mapping[str, Record]) -> tuple[tuple[int, int], tuple[int, int]]:
    """Return the same counts for the four families of which most is asked, and for the others."""
    found = shares(records)
    first, others = ([found[f] for f in found if (f in FIRST) is yes] for yes in (True, False))
    return (sum(y for y, _ in first), sum(n for _, n in first)), (sum(y for y, _ in others), sum(n for _, n in others))


def page(records: Mapping[str, Record], old: str) -> str:
    """Return the text of the page with the figures of these records."""
    before, rest = old.split(BEGUN)
    return f"{before}{BEGUN}{figures(records)}{ENDED}{rest.split(ENDED)[1]}"


def told(records: Mapping[str, Record]) -> Iterator[str]:
    """Yield a line for each family, and write the list of what is left, and the figures of the page."""
    found = shares(records)
    for family, (yes, of) in found.items():
        yield f"{family}: {yes} of {of} equalities and inequalities"
    yield f"all: {sum(yes for yes, _ in found.values())} of {sum(of for _, of in found.values())}"
    LEFT.write_text("\n".join(left(records)) + "\n")
    PAGE.write_text(page(records, PAGE.read_text()))


def left(records: Mapping[str, Record]) -> Iterator[str]:
    """Yield a line for each statement that is not accepted, with the reason."""
    yield "# What Coq has not accepted, by tag, name and statement, each with the reason; `make kernel` writes it."
    for tag, record in sorted(records.items()):
        for part, why in record["left"].items():
            yield f"{tag} {record['name']} {part}: {' '.join(why.split())}"
