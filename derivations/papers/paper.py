"""A paper as data: its bibliography, its symbols and their map into ours, and its equations.

An equation names the claim that carries it, and the line of the proof if it is only a step; or says why none does. What
a machine can read of it stands in parts, in the paper's LaTeX; a part that is compared with the claim says with what.
"""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

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
    """An equation as it is printed, under its number."""

    number: str
    says: str
    latex: str
    parts: tuple[Part, ...] = ()
    claim: str = ""
    others: tuple[str, ...] = ()  # further claims about it: special cases, consequences, other forms
    line: str = ""  # of the claim's proof, "1.3" is the third line of the first chain; empty for the statement itself
    uncovered: str = ""  # why no claim carries it
    confirmed: bool = False  # number and form agree with a text of the paper, not with the ledger alone
    misprint: str = ""

    @property
    def compared(self) -> tuple[Part, ...]:
        """The parts that are compared with the claim: what is transcribed twice."""
        return tuple(p for p in self.parts if p.equals)


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

    @property
    def name(self) -> str:
        """As it is cited: "DDPM v2"."""
        return f"{self.short} {self.version}"

    def equation(self, number: str) -> Equation | None:
        return next((e for e in self.equations if e.number == number), None)


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
    told["others"] = tuple(row.get("others", ()))
    return Equation(str(row["number"]), row["says"], row["latex"], parts, **told)


def faults(paper: Paper) -> Iterator[str]:
    """What is wrong with the data itself."""
    numbers = [e.number for e in paper.equations]
    yield from (
        f"expected each number once, got {n} again" for n in sorted({n for n in numbers if numbers.count(n) > 1})
    )
    for e in paper.equations:
        if bool(e.claim) == bool(e.uncovered):
            yield f"({e.number}): expected a claim, or why no claim carries it, got {e.claim!r} and {e.uncovered!r}"
        for p in e.compared:
            if p.under not in paper.conventions:
                known = ", ".join(paper.conventions)
                yield f"({e.number}), {p.name}: expected a convention of {known}, got {p.under!r}"
        if e.compared and not e.claim:
            yield f"({e.number}): expected the claim with which it is compared, got none"


@cache
def papers() -> dict[str, Paper]:
    """All papers by key, in the order of their years and names."""
    found = [read(file) for file in sorted(FOLDER.glob("*.toml"))]
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
