"""The files here that seem to have a claim of one's own, by their text: none of them is executed."""

from collections.abc import Iterator
from itertools import chain, islice
from pathlib import Path

from derivations.own.meant import BETWEEN

MANY = 400  # files that are looked into
LARGE = 2**20  # bytes of a file that is not


def addresses(name: str) -> list[str]:
    """Return how commands name a claim that a file of this folder, or of one in it, gives this name."""
    if not name or not all(part.isidentifier() for part in name.split(".")):
        return []
    written = (f'"{name}"', f"'{name}'")
    return [
        f"{file}{BETWEEN}{name}" for file, text in _texts() if "derivations" in text and any(w in text for w in written)
    ]


def _texts() -> Iterator[tuple[Path, str]]:
    """Yield the Python files with their texts, those that can be read."""
    here = Path()
    for file in islice(chain(sorted(here.glob("*.py")), sorted(here.glob("[!.]*/*.py"))), MANY):
        try:
            if file.stat().st_size <= LARGE:
                yield file, file.read_text()
        except (OSError, UnicodeDecodeError):
            continue
