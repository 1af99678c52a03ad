"""The ledger of a paper: its equations in order, each with the claim and line that carries it, or why none does.

A verdict is the claim's, from its evidence. "Refuted" is only an equation that prints the false sentence; another that
the same claim carries, as a line of its proof, has the verdict on what is true instead. An equation is transcribed
twice if all that it says is compared with its claim, and in part where only some of it is: see `covered`.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from derivations.catalogue import claims, tags
from derivations.papers.covered import transcribed
from derivations.papers.further import ours
from derivations.papers.numbers import Key, how_many, key
from derivations.papers.paper import Equation, Paper, papers
from derivations.papers.references import NOT_CONFIRMED, named, resolve

Row = dict[str, Any]


def ledger(paper: Paper, rows: Mapping[str, Mapping[str, Any]]) -> Row:
    """The ledger as data, given the rows of the report by name of claim."""
    of = {e.number: row(paper, e, rows) for e in paper.equations}
    equations = [e for e in paper.equations if not e.is_remark]
    covered = [of[e.number] for e in equations if e.claim]
    return {
        "work": paper.key,
        "version": paper.version,
        "rows": covered,
        "uncovered": [of[e.number] for e in equations if not e.claim],
        "unrecorded": list(paper.unrecorded),
        "checked": paper.checked,
        "remarks": [of[e.number] for e in paper.equations if e.is_remark],
        "totals": {
            "equations": len(equations),
            "covered": len(covered),
            "green": sum(bool(r["green"]) for r in covered),
            "checked": sum(r["green"] is not None for r in covered),
            "twice": sum(r["transcribed"] == "twice" for r in covered),
            "in_part": sum(r["transcribed"] == "in part" for r in covered),
            "confirmed": sum(e.confirmed for e in equations),
            "remarks": sum(e.is_remark for e in paper.equations),
            "not_confirmed": sum(not e.confirmed for e in paper.equations),
            "open": sum(e.is_open for e in equations),
            "misprints": sum(bool(e.misprint) for e in paper.equations),
            "unrecorded": how_many(paper.unrecorded),
            "charges": sum(len(c.forms) for e in paper.equations for c in e.charged),
            "charges_in_words": sum(len(c.forms) for e in paper.equations for c in e.charged if c.words),
        },
    }


def in_order(paper: Paper) -> Iterator[Equation | str]:
    """Its equations and remarks in their order, and among them the numbers that are not recorded, as "38-59"."""
    left = sorted(paper.unrecorded, key=_place)
    for e in paper.equations:
        while left and e.numbered and _place(left[0]) < _place(e.number):
            yield left.pop(0)
        yield e
    yield from left


def _place(number: str) -> Key:
    return key(number.partition("-")[0])


def row(paper: Paper, e: Equation, rows: Mapping[str, Mapping[str, Any]]) -> Row:
    """An equation or a remark, with what the rows of the claims say of it, as far as these are known."""
    own = _remark(e) if e.is_remark else _carried(paper, e, rows) if e.claim else _open(e)
    return own | _faults(paper, e, rows)


def needed(e: Equation) -> tuple[str, ...]:
    """The claims whose evidence the row of an equation shows."""
    return e.claims if e.misprint else (e.claim,) if e.claim else ()


def coverage(p: Paper) -> str:
    """How many of its equations claims carry, and how well they are transcribed, in words."""
    return counted(ledger(p, {})["totals"])


def counted(t: Mapping[str, int]) -> str:
    """The totals of a ledger in words."""
    unrecorded = f"; {t['unrecorded']} of its numbers are not recorded here" if t["unrecorded"] else ""
    return (
        f"{t['covered']} of {t['equations']} equations carried by claims, {t['open']} that a machine could check "
        f"and no claim does, {t['equations'] - t['covered'] - t['open']} definitions and the like; "
        f"{t['twice']} transcribed twice and compared, {t['in_part']} in part; "
        f"{NOT_CONFIRMED}: {_not_confirmed(t)}{unrecorded}"
    )


CONFIRMED = (
    "An equation is confirmed against the paper where its number and form agree with a text that was read, which the "
    "paper's file names: a copy of the paper, or notes and code that cite its numbers"
)


def _not_confirmed(t: Mapping[str, int]) -> str:
    """How many of the equations, and of the remarks in the text, are not."""
    equations = t["equations"] - t["confirmed"]
    parts = [(equations, t["equations"], "equations"), (t["not_confirmed"] - equations, t["remarks"], "remarks")]
    return " and ".join(f"{n} of {all_of} {what}" for n, all_of, what in parts if all_of)


def _carried(paper: Paper, e: Equation, rows: Mapping[str, Mapping[str, Any]]) -> Row:
    row = rows.get(e.claim)
    verdict, refutes = _verdict(row, paper, e)
    return {
        "equation": e.number,
        "says": e.says,
        "claim": e.claim,
        "tag": tags()[e.claim],
        "line": e.line or None,
        "derivations": e.chains or None,
        "verdict": verdict,
        "refutes": refutes,
        "green": row and row["green"],
        "transcribed": transcribed(e),
    }


def _verdict(row: Mapping[str, Any] | None, paper: Paper, e: Equation) -> tuple[str | None, str | None]:
    """Return the verdict on the equation, and what its claim refutes where that is printed elsewhere."""
    if row is None:
        return None, None
    no = row["refuted"]
    if not no or _meant(no["printed_in"], paper, e):
        return row["verdict"], None
    return no["instead_is"], _elsewhere(no["printed_in"], paper) or "a tempting reading"


def _elsewhere(references: Iterable[str], paper: Paper) -> str:
    """Return where a false sentence is printed, the places in the paper itself by their numbers alone."""
    return "; ".join(named(text).removeprefix(f"{paper.name} ").removeprefix(f"{paper.name}, ") for text in references)


def _open(e: Equation) -> Row:
    return {"equation": e.number, "says": e.says, "why": e.uncovered, "because": e.because}


def _remark(e: Equation) -> Row:
    return {"place": e.number, "says": e.says, "claims": list(e.claims)}


def _faults(paper: Paper, e: Equation, rows: Mapping[str, Mapping[str, Any]]) -> Row:
    """Whether number and form are confirmed, what is misprinted, the claims or wrong forms that refute it, and what it
    is charged with: `words` says why no machine compares that with what is printed.
    """
    refuting = [by for name in e.claims if name in rows for by in _refuting(rows[name], paper, e)]
    charges = [
        {"claim": c.claim, "forms": [form or "its false sentence" for form in c.forms], "words": c.words or None}
        for c in e.charged
    ]
    return {"confirmed": e.confirmed, "misprint": e.misprint or None, "refuted_by": refuting, "charges": charges}


def _refuting(row: Mapping[str, Any], paper: Paper, e: Equation) -> list[str]:
    """The claim whose false sentence is printed there, or its wrong forms that were seen there."""
    false = [row["name"]] if row["refuted"] and _meant(row["refuted"]["printed_in"], paper, e) else []
    return false or [f"{row['name']}: {w['name']}" for w in row["wrong"] if _meant(w["seen_in"], paper, e)]


def _meant(references: Iterable[str], paper: Paper, e: Equation) -> bool:
    found = [r for text in references for r in resolve(text)]
    return any(r.work is paper and e in r.places for r in found)


def missing() -> list[str]:
    """Claims that papers name and the catalogue does not have."""
    named = {n for p in papers().values() for e in p.equations for n in e.claims} | set(ours())
    return sorted(named - set(claims()))
