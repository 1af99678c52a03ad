"""What claims cite besides papers: notes, code, threads, posts and books; and the claims that no paper states."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from derivations.papers.paper import FOLDER

FILE = FOLDER / "further.toml"
KINDS = ("note", "code", "threads", "post", "book", "unnamed")
FIXED = ("threads", "unnamed")  # a thread's number fixes its text; an unnamed page has nothing that would


@dataclass(frozen=True)
class Work:
    """A work that is no paper, with the places in it that claims cite."""

    key: str
    short: str
    kind: str
    places: tuple[str, ...]
    version: str = ""
    url: str = ""

    def cite(self, place: str) -> str:
        """A place in it, as a reader is told: "study note 002, line 57"."""
        return f"{self.short}, {place}" if self.short else place


@cache
def works() -> dict[str, Work]:
    """All works by key.

    Raises:
        ValueError: a work of no known kind, or one whose text could change and that has no version.
    """
    return {row["key"]: _work(row) for row in _data()["work"]}


@cache
def ours() -> dict[str, str]:
    """The claims that no paper states, each with the reason why it is here."""
    return {name: row["reason"] for row in _data()["ours"] for name in row["claims"]}


def _data() -> dict[str, Any]:
    return tomllib.loads(FILE.read_text())


def _work(row: Mapping[str, Any]) -> Work:
    work = Work(row["key"], row["short"], row["kind"], tuple(row["places"]), row.get("version", ""), row.get("url", ""))
    if work.kind not in KINDS:
        raise ValueError(f"{FILE.name}: {work.key}: expected a kind of {', '.join(KINDS)}, got {work.kind!r}")
    if not work.version and work.kind not in FIXED:
        raise ValueError(f"{FILE.name}: {work.key}: expected a version of {work.kind}, got none")
    return work
