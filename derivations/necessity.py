"""Whether each assumption of a claim is necessary: a point where all but that one hold, and a statement fails there."""

from collections.abc import Iterator, Sequence
from typing import Any

from sympy import Rational, Symbol

from derivations.claim import Below, Claim
from derivations.domain import Draw, Empty, holds, points
from derivations.engines.enclose import false_at
from derivations.statement import Statement

DROPS, FEW_DROPS = 48, 12  # points looked at, and where a convenience is stated
MISSES = 400  # points in a row that fail to violate an assumption


def necessities(claim: Claim) -> list[dict[str, Any]]:
    """Each assumption, with a counterexample to the claim without it, or why it is kept."""
    return [{"text": a.text, **_necessity(claim, a)} for a in claim.assumptions()]


def _necessity(claim: Claim, dropped: Below) -> dict[str, Any]:
    why = claim.convenience.get(dropped.text, "")
    kept = {"convenience": why} if why else {}  # the author's word; a counterexample outranks it
    try:
        for n, point in enumerate(violations(claim, dropped, f"drop {claim.name} {dropped.text}")):
            for said in claim.statements():
                if fault := fault_at(said, point):
                    return {"necessary": {"at": {str(v): str(q) for v, q in point.items()}, "fault": fault}, **kept}
            if n >= (FEW_DROPS if why else DROPS):
                break
    except Empty:
        pass
    return {"necessary": None, **kept}


def fault_at(said: Statement, point: Draw) -> str:
    try:
        return false_at(said, point)
    except ArithmeticError:
        return ""


def unneeded(rows: Sequence[dict[str, Any]]) -> list[str]:
    """The assumptions that are neither necessary nor kept for a stated reason, each in a sentence."""
    idle = [a["text"] for a in rows if a["necessary"] is None and not a.get("convenience")]
    return [f"assumption neither shown necessary nor marked as convenience: {text}" for text in idle]


def violations(claim: Claim, dropped: Below, seed: str) -> Iterator[Draw]:
    """Points where `dropped` fails and every other assumption holds; boundary points first."""
    v = dropped.greater
    sign = isinstance(v, Symbol) and dropped.lesser == 0 and dropped not in claim.given
    count = misses = 0
    for point in points(claim, seed, without=() if sign else (dropped,)):
        misses += 1
        if misses > MISSES:
            raise Empty(f"{claim.name}: {dropped.text} follows from the other assumptions, as far as was seen")
        if sign:
            point = point | {v: Rational(0) if count % 2 == 0 else -point[v]}
            count += 1
            if not all(holds(a, point) for a in claim.given):
                continue
        if not holds(dropped, point):
            misses = 0
            yield point
