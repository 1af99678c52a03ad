"""A paper as data: its bibliography, its symbols and their map into ours, and its equations.

An equation names the claim that carries it, and the line of the proof if it is only a step, or in `chains` the
derivations of the statements that carry it, where there are several statements; or says why none does, in `uncovered`,
and in `because` what it is: "open" if a machine could check it, else "definition" and the like. What a machine can read
of it stands in parts, in the paper's LaTeX; a part that is compared with the claim says with what. Where a claim says
that the equation is printed wrong, `charged` says where it has that form: see `charges`.

To add a paper, write a file `KEY_VERSION.toml` beside this module: key, version, short name, bibliography, symbols,
and an `[[equation]]` for each numbered equation, in the order of the paper; `nicknames` are further names of it. The
version is part of the file's name because equations are renumbered between versions. An equation without a number, a
table, an algorithm or a remark in the text has a `place` instead of a `number`, and a remark has no `latex`. Set
`confirmed` once number and form agree with a copy of the paper, and describe what is printed wrong in `misprint`, with
`stands` if the equation itself is true as it is printed and the text beside it, or one of its signs, is what misleads.
Numbers that the paper has and that are not written down here stand in `unrecorded`, as "38-59"; set `numbered` to the
last of all where that is known, or to 0 where the paper numbers nothing.

The sources of a claim are written here and nowhere else: add its name as the `claim` of the equations that state it,
or to the `others` of those that it is about, and add a `[[reading]]` where the paper's symbols are not ours. Notes,
code, threads and posts are listed in `further.toml`, together with the claims that no paper states. In the module of a
claim a place is named by its key, as "luo2022 (84)": see `references`.
"""

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from derivations.papers.faults import faults
from derivations.papers.record import Charge, Convention, Equation, Paper, Part, Reading

__all__ = [
    "FOLDER",
    "Charge",
    "Convention",
    "Equation",
    "Paper",
    "Part",
    "Reading",
    "faults",
    "paper",
    "papers",
    "read",
]
FOLDER = Path(__file__).parent
_OF_EQUATION = ("claim", "line", "chains", "uncovered", "because", "confirmed", "misprint", "stands")


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
        tuple(Reading(row["as"], tuple(row["claims"])) for row in data.get("reading", ())), data.get("numbered"),
        tuple(data.get("unrecorded", ())), " ".join(filter(None, (data.get("checked"), data.get("note")))),
        tuple(data.get("nicknames", ())),
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
    told = {k: row[k] for k in _OF_EQUATION if k in row}
    told["charged"] = tuple(map(_charge, row.get("charged", ())))
    told |= {"others": tuple(row.get("others", ())), "numbered": "number" in row}
    return Equation(str(row.get("number") or row["place"]), row["says"], row.get("latex", ""), parts, **told)


def _charge(row: Mapping[str, Any]) -> Charge:
    places = (row.get("is", ""), row.get("under", ""), row.get("with", {}), row.get("times", ""), row.get("words", ""))
    return Charge(row["claim"], tuple(row["forms"]), tuple(row.get("latex", ())), *places)


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
