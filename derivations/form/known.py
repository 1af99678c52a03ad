"""What the judges know of other claims: which serve as lemmas, and which may leave an obligation over.

The catalogue lies above the engines, and registers itself here; without it there are no lemmas. So does the judge who
can say whether a claim is green.
"""

from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # the catalogue is read without SymPy
    from derivations.form.claim import Claim

LEFT = Path(__file__).parents[1] / "left"
_registered: list[Mapping[str, "Claim"]] = []
_judges: list[Callable[["Claim"], bool]] = []


def register(claims: Mapping[str, "Claim"]) -> None:
    """Make claims known by name."""
    _registered.append(claims)


def known(name: str) -> "Claim | None":
    """The claim of that name, if there is one."""
    return next((claims[name] for claims in _registered if name in claims), None)


def judged_by(judge: Callable[["Claim"], bool]) -> None:
    """Make the judge known who says whether a claim is green."""
    _judges.append(judge)


def green(claim: "Claim") -> bool:
    """Whether every judge that is known calls the claim green; an engine by itself knows of none."""
    return all(judge(claim) for judge in _judges)


@cache
def _entries() -> dict[str, tuple[str, frozenset[str]]]:
    """Of each claim of the list, the reason, and the obligations that it may leave over."""
    found: dict[str, tuple[str, frozenset[str]]] = {}
    name = ""
    for line in LEFT.read_text().splitlines():
        if line.startswith("  "):
            found[name] = (found[name][0], found[name][1] | {line.strip()})
        elif line and line[0] != "#":
            name, reason = line.split(": ", 1)
            found[name] = (reason, frozenset())
    return found


def left() -> dict[str, str]:
    """Claims that may be green with obligations left over, `consistent` and not proved, each with the reason."""
    return {name: reason for name, (reason, _) in _entries().items()}


def listed(name: str) -> frozenset[str]:
    """What the claim of this name may leave over: expectations that are taken apart, and nothing else."""
    return _entries().get(name, ("", frozenset[str]()))[1]
