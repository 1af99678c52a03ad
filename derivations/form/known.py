"""Knowledge of other claims: which serve as lemmas, and which may leave an obligation over.

The catalogue lies above the engines, and registers itself here; without it there are no lemmas. The judge that decides
whether a claim is green registers here too.
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
    """Return the claim of that name, if there is one."""
    return next((claims[name] for claims in _registered if name in claims), None)


def judged_by(judge: Callable[["Claim"], bool]) -> None:
    """Register the judge that decides whether a claim is green."""
    _judges.append(judge)


def green(claim: "Claim") -> bool:
    """Return whether every registered judge calls the claim green; an engine by itself has registered none."""
    return all(judge(claim) for judge in _judges)


@cache
def _entries() -> dict[str, tuple[str, frozenset[str]]]:
    """Return, for each claim of the list, the reason and the obligations that it may leave over."""
    entries: dict[str, tuple[str, frozenset[str]]] = {}
    name = ""
    for line in LEFT.read_text().splitlines():
        if line.startswith("  "):
            entries[name] = (entries[name][0], entries[name][1] | {line.strip()})
        elif line and line[0] != "#":
            name, reason = line.split(": ", 1)
            entries[name] = (reason, frozenset())
    return entries


def left() -> dict[str, str]:
    """Return the claims that may be green with obligations left over, `consistent` and not proved, with the reason."""
    return {name: reason for name, (reason, _) in _entries().items()}


def listed(name: str) -> frozenset[str]:
    """Return what the claim of this name may leave over: expectations taken apart, and nothing else."""
    return _entries().get(name, ("", frozenset[str]()))[1]
