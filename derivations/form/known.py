"""What the judges know of other claims: which serve as lemmas, and which may leave an obligation over.

The catalogue lies above the engines, and registers itself here; without it there are no lemmas.
"""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # the catalogue is read without SymPy
    from derivations.form.claim import Claim

LEFT = Path(__file__).parents[1] / "left"
_registered: list[Mapping[str, "Claim"]] = []


def register(claims: Mapping[str, "Claim"]) -> None:
    """Make claims known by name."""
    _registered.append(claims)


def known(name: str) -> "Claim | None":
    """The claim of that name, if there is one."""
    return next((claims[name] for claims in _registered if name in claims), None)


@cache
def left() -> dict[str, str]:
    """Claims that may be green with obligations left over, `consistent` and not proved, each with the reason."""
    return dict(line.split(": ", 1) for line in LEFT.read_text().splitlines() if line and line[0] != "#")
