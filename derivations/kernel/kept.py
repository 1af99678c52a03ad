"""The committed record of what Coq accepted, claim by claim, and whether that is what would be exported now."""

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import TypedDict

from derivations.form.claim import Claim
from derivations.kernel.exported import digest, exported, stated
from derivations.kernel.stated import LINE
from derivations.kernel.ways import suffix

FILE = Path(__file__).with_name("evidence.json")
LEFT = Path(__file__).with_name("left")


class Record(TypedDict):
    """What Coq said of the file of a claim, how each theorem is proved, and what is left out of the file and why."""

    name: str
    digest: str
    coq: str
    axioms: list[str]
    seconds: float
    proofs: dict[str, str]
    left: dict[str, str]


Kept = dict[str, Record]


@cache
def kept(file: Path = FILE) -> Kept:
    """Return the records by tag."""
    return json.loads(file.read_text()) if file.exists() else {}


def write(records: Mapping[str, Record], file: Path = FILE) -> None:
    """Write the records, and the list of what is left."""
    lines = (f" {json.dumps(tag)}: {json.dumps(record, sort_keys=True)}" for tag, record in sorted(records.items()))
    file.write_text("{\n" + ",\n".join(lines) + "\n}\n")
    kept.cache_clear()


def fresh(claim: Claim, tag: str, record: Record) -> bool:
    """Return whether the file that Coq accepted is the one that would be exported now."""
    try:
        return digest(exported(claim, tag, record["proofs"])) == record["digest"]
    except (ArithmeticError, AssertionError, ValueError):  # a script is no longer of the claim's shape
        return False


def signed(claim: Claim, tag: str, record: Record) -> list[int]:
    """Return the statements, by number from 1, of which every theorem that there is now is accepted."""
    found, _ = stated(claim, tag)
    of: dict[int, list[bool]] = {}
    for number, theorem in found:
        if LINE not in theorem.name:
            of.setdefault(number, []).append(suffix(theorem) in record["proofs"])
    return [number for number, accepted in of.items() if all(accepted)]
