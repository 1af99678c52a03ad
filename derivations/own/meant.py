"""Claims of one's own as a user names them: `my_claims.py` for a whole file, `my_claims.py::mine.mean` for one."""

import os
from collections.abc import Iterable
from fnmatch import fnmatchcase
from pathlib import Path

from derivations.catalogue import OWN, Entry
from derivations.own.file import File, Unreadable
from derivations.own.loaded import load

BETWEEN = "::"


def is_file(pattern: str) -> bool:
    """Return whether a pattern is a file and no name of the catalogue: it ends in .py, or is a path that exists."""
    path = pattern.partition(BETWEEN)[0]
    return path.endswith(".py") or (os.sep in path and Path(path).exists())


def meant(patterns: Iterable[str]) -> dict[str, list[Entry]]:
    """Read the files that are named, all at once, and return the claims that each pattern means.

    Raises:
        Unreadable: a file is no file of claims, or has no such claim.
    """
    parted = {pattern: pattern.partition(BETWEEN) for pattern in patterns}
    files = {file.path: file for file in load(path for path, _, _ in parted.values())}
    return {
        pattern: chosen(files[Path(path).resolve()], name if between else "*")
        for pattern, (path, between, name) in parted.items()
    }


def chosen(file: File, name: str) -> list[Entry]:
    """Return the claims of a file with this name, or that a glob matches."""
    found = [Entry(OWN, claim.name) for claim in file.claims if fnmatchcase(claim.name, name)]
    if not found:
        names = ", ".join(claim.name for claim in file.claims)
        raise Unreadable(f"{file.shown}: expected a claim of the file, {names}, got {name!r}")
    return found


def address(file: File, name: str) -> str:
    """Return how a command names a claim of a file."""
    return f"{file.shown}{BETWEEN}{name}"
