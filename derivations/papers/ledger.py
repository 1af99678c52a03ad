"""The ledger of a paper: its equations in order, each with the claim and line that carries it, or why none does.

A verdict is the claim's, from its evidence. An equation is transcribed twice if a part of it is compared with its
claim.
"""

from collections.abc import Mapping
from typing import Any

from derivations.catalogue import claims, tags
from derivations.papers.paper import Equation, Paper, papers

Row = dict[str, Any]


def ledger(paper: Paper, rows: Mapping[str, Mapping[str, Any]]) -> Row:
    """The ledger as data, given the rows of the report by name of claim."""
    covered = [_row(e, rows.get(e.claim)) for e in paper.equations if e.claim]
    uncovered = [{"equation": e.number, "says": e.says, "why": e.uncovered} for e in paper.equations if not e.claim]
    return {
        "work": paper.key,
        "version": paper.version,
        "rows": covered,
        "uncovered": uncovered,
        "totals": {
            "equations": len(paper.equations),
            "covered": len(covered),
            "green": sum(bool(r["green"]) for r in covered),
            "twice": sum(r["transcribed"] == "twice" for r in covered),
            "confirmed": sum(e.confirmed for e in paper.equations),
            "misprints": sum(bool(e.misprint) for e in paper.equations),
        },
    }


def _row(e: Equation, row: Mapping[str, Any] | None) -> Row:
    return {
        "equation": e.number,
        "says": e.says,
        "claim": e.claim,
        "tag": tags()[e.claim],
        "line": e.line or None,
        "verdict": row and row["verdict"],
        "green": row and row["green"],
        "transcribed": "twice" if e.compared else "once",
        "confirmed": e.confirmed,
        "misprint": e.misprint or None,
    }


def printed_in(name: str) -> dict[Paper, list[Equation]]:
    """The papers that print a claim, with the equations that it carries, or is about."""
    found = {p.key: [e for e in p.equations if name in (e.claim, *e.others)] for p in papers().values()}
    return {papers()[key]: equations for key, equations in found.items() if equations}


def cited(name: str) -> list[str]:
    """The sources of a claim in short, as "VDM v6 (25)"."""
    return [f"{p.name} {numbers(found, name)}" for p, found in printed_in(name).items()]


def numbers(equations: list[Equation], name: str = "") -> str:
    """The numbers of what a claim states; else of lines of its proof; else of what it is about."""
    own = [e for e in equations if e.claim == name]
    stated = [e for e in own if not e.line] or own or equations
    return ", ".join(f"({e.number})" if e.number[:1].isdigit() else e.number for e in stated)


def missing() -> list[str]:
    """Claims that papers name and the catalogue does not have."""
    named = {n for p in papers().values() for e in p.equations for n in (e.claim, *e.others) if n}
    return sorted(named - set(claims()))
