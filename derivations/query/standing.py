"""How a claim stands by its evidence: proved, consistent, by definition, or not at all."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from derivations.form.verdict import SUPPORTS
from derivations.query.verdict import Standing


class Stands(NamedTuple):
    """The verdict on a claim, and the engines that support it; or why it does not stand."""

    standing: Standing
    engines: tuple[str, ...] = ()
    reason: str = ""


def of_row(row: Mapping[str, Any]) -> Stands:
    """Return how the claim of a row of a report stands."""
    engines = tuple(e["engine"] for e in row["engines"] if e["verdict"] in SUPPORTS)
    if not row["green"]:
        return Stands("", engines, f"{row['name']} is not green: {row['verdict']}")
    if row["kind"] == "definition":
        return Stands("by definition", engines)
    proof = next((e for e in row["engines"] if e["engine"] == "prove"), None)
    whole = proof is not None and proof["verdict"] == "proved" and not row["obligations"]["left"]
    return Stands("proved" if whole else "consistent", engines)
