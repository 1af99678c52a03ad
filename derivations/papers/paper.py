"""A paper as data: its bibliography, its symbols and their map into ours, and its equations.

An equation names the claim that carries it, and the line of the proof if it is only a step; or says why none does. What
a machine can read of it stands in parts, in the paper's LaTeX; a part that is compared with the claim says with what.

To add a paper, write a file `KEY_VERSION.toml` beside this module: key, version, short name, bibliography, symbols,
and an `[[equation]]` for each numbered equation, in the order of the paper. The version is part of the name because
equations are renumbered between versions. An equation without a number, a table, an algorithm or a remark in the text
has a `place` instead of a `number`, and a remark has no `latex`. Set `confirmed` once number and form agree with a
copy of the paper, and describe what is printed wrong in `misprint`. Numbers that the paper has and that are not written
down here stand in `unrecorded`, as "38-59"; set `numbered` to the last of all where that is known.

The sources of a claim are written here and nowhere else: add its name as the `claim` of the equations that state it,
or to the `others` of those that it is about, and add a `[[reading]]` where the paper's symbols are not ours. Notes,
code, threads and posts are listed in `further.toml`, together with the claims that no paper states. In the module of a
claim a place is named by its key, as "luo2022 (84)": see `references`.
"""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from derivations.papers.numbers import absent, ends, repeated

FOLDER = Path(__file__).parent


@dataclass(frozen=True)
class Part:
    """A closed form in LaTeX. `equals` says where the claim has it: "answer.var", "proof 1.3", "left 1" or "right 1".

    `under` names the convention by which the paper's symbols are ours; `with_` changes it for this part. What is
    printed up to a constant is compared by its slope in one of our symbols, `slope_in`.
    """

    name: str
    latex: str
    equals: str = ""
    under: str = ""
    with_: Mapping[str, str] = field(default_factory=dict)
    slope_in: str = ""


@dataclass(frozen=True)
class Convention:
    """How a paper's symbols are written in ours.

    Where a claim is more general than the paper, `claim` says what its symbols are there, as alpha_s = sqrt(abar_s)
    where a path preserves variance; and `domain` names a claim in whose domain the two are compared.
    """

    symbols: Mapping[str, str]
    claim: Mapping[str, str] = field(default_factory=dict)
    domain: str = ""


@dataclass(frozen=True)
class Equation:
    """An equation as it is printed, under its number; or another place of the paper, by what it is called."""

    number: str
    says: str
    latex: str = ""
    parts: tuple[Part, ...] = ()
    claim: str = ""
    others: tuple[str, ...] = ()  # further claims about it: special cases, consequences, other forms
    line: str = ""  # of the claim's proof, "1.3" is the third line of the first chain; empty for the statement itself
    uncovered: str = ""  # why no claim carries it
    confirmed: bool = False  # number and form agree with a text of the paper, not with the ledger alone
    misprint: str = ""  # what is wrong with it as it is printed
    numbered: bool = True

    @property
    def cited(self) -> str:
        """The place as it is cited, "(84)" or "section 4.1"."""
        return f"({self.number})" if self.numbered else self.number

    @property
    def is_remark(self) -> bool:
        """Whether it is a remark in words, which no transcription is asked of."""
        return not self.latex

    @property
    def claims(self) -> tuple[str, ...]:
        """The claim that carries it, and all others about it."""
        return (self.claim, *self.others) if self.claim else self.others

    @property
    def compared(self) -> tuple[Part, ...]:
        """The parts that are compared with the claim, which are what is transcribed twice."""
        return tuple(p for p in self.parts if p.equals)


@dataclass(frozen=True)
class Reading:
    """How the paper is to be read in some claims: what their symbols are in it, what is special, what is left out."""

    text: str
    claims: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class Paper:
    """A paper at a version."""

    key: str
    version: str
    short: str
    bibliography: Mapping[str, Any]
    symbols: Mapping[str, str]
    conventions: Mapping[str, Convention]
    equations: tuple[Equation, ...]
    readings: tuple[Reading, ...] = ()
    last: int = 0  # the last number of the paper, where that is known
    unrecorded: tuple[str, ...] = ()  # numbers of the paper whose equations are not written down here, as "38-59"

    @property
    def name(self) -> str:
        """The paper as it is cited, "DDPM v2"."""
        return f"{self.short} {self.version}"

    def equation(self, number: str) -> Equation | None:
        return next((e for e in self.equations if e.number == number), None)

    def reading(self, claim: str) -> str:
        """How it is to be read in that claim; empty where it needs no note."""
        return "; ".join(r.text for r in self.readings if claim in r.claims)


def read(file: Path) -> Paper:
    """The paper in a file.

    Raises:
        ValueError: a number occurs twice, an equation names neither a claim nor a reason, a convention is not there.
    """
    data = tomllib.loads(file.read_text())
    conventions = {name: _convention(row) for name, row in data.get("conventions", {}).items()}
    paper = Paper(
        data["key"], data["version"], data["short"], data["bibliography"], data["symbols"], conventions,
        tuple(map(_equation, data["equation"])),
        tuple(Reading(row["as"], tuple(row["claims"])) for row in data.get("reading", ())), data.get("numbered", 0),
        tuple(data.get("unrecorded", ())),
    )  # fmt: skip
    if found := list(faults(paper)):
        raise ValueError(f"{file.name}: {'; '.join(found)}")
    return paper


def _convention(row: Mapping[str, Any]) -> Convention:
    symbols = {k: v for k, v in row.items() if k not in ("claim", "domain")}
    return Convention(symbols, row.get("claim", {}), row.get("domain", ""))


def _equation(row: Mapping[str, Any]) -> Equation:
    parts = tuple(
        Part(p["name"], p["latex"], p.get("is", ""), p.get("under", ""), p.get("with", {}), p.get("slope_in", ""))
        for p in row.get("parts", ())
    )
    told = {k: row[k] for k in ("claim", "line", "uncovered", "confirmed", "misprint") if k in row}
    told |= {"others": tuple(row.get("others", ())), "numbered": "number" in row}
    return Equation(str(row.get("number") or row["place"]), row["says"], row.get("latex", ""), parts, **told)


def faults(paper: Paper) -> Iterator[str]:
    """What is wrong with the data itself."""
    numbers = [e.number for e in paper.equations]
    yield from (
        f"expected each number once, got {n} again" for n in sorted({n for n in numbers if numbers.count(n) > 1})
    )
    yield from _uncounted(paper)
    yield from (f"expected a comma in no place, got {e.number!r}" for e in paper.equations if set(",;") & set(e.number))
    named = {name for e in paper.equations for name in e.claims}
    for r in paper.readings:
        yield from (
            f"expected an equation of each claim that is read, got none of {n}" for n in r.claims if n not in named
        )
    for e in paper.equations:
        if e.is_remark:
            if not e.claims or e.uncovered or e.numbered:
                yield f"{e.cited}: expected the LaTeX of an equation, or a remark with its claims, got neither"
            continue
        if bool(e.claim) == bool(e.uncovered):
            yield f"{e.cited}: expected a claim, or why no claim carries it, got {e.claim!r} and {e.uncovered!r}"
        for p in e.compared:
            if p.under not in paper.conventions:
                known = ", ".join(paper.conventions)
                yield f"{e.cited}, {p.name}: expected a convention of {known}, got {p.under!r}"
        if e.compared and not e.claim:
            yield f"{e.cited}: expected the claim with which it is compared, got none"


def _uncounted(paper: Paper) -> Iterator[str]:
    """What is wrong with its numbers: each up to the last is an equation or unrecorded, and not both."""
    counted = [*(e.number for e in paper.equations if e.numbered), *paper.unrecorded]
    yield from (f"expected numbers as unrecorded, got {one!r}" for one in paper.unrecorded if ends(one) is None)
    if missing := absent(counted, paper.last):
        yield f"expected each number as an equation or as unrecorded, got neither of {', '.join(missing)}"
    if again := repeated(counted):
        yield f"expected a number once, as an equation or as unrecorded, got {', '.join(again)} again"


@cache
def papers() -> dict[str, Paper]:
    """All papers by key, in the order of their years and names."""
    found = [read(file) for file in sorted(FOLDER.glob("*_v*.toml"))]
    return {p.key: p for p in sorted(found, key=lambda p: (p.bibliography["year"], p.key))}


def paper(work: str) -> Paper:
    """The paper of a key, of a key without its year, or of its short name, in any case.

    Raises:
        ValueError: there is no such paper, or several.
    """
    name = work.lower().strip()
    found = [p for p in papers().values() if name in (p.key, p.key.rstrip("0123456789"), p.short.lower())]
    if len(found) != 1:
        raise ValueError(f"expected one of the papers {', '.join(papers())}, got {work!r}")
    return found[0]
