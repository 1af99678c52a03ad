"""What happened to a claim: when its tag was given, and which lines of the changelog name it.

The days are those of the repository's own history; where a copy has none, the pages say so.
"""

import re
import subprocess
from functools import cache
from pathlib import Path
from typing import NamedTuple

from derivations.catalogue import tags, withdrawn

ROOT = Path(__file__).parents[2]
CHANGELOG = ROOT / "CHANGELOG.md"
COMMIT = re.compile(r"^@(\w+) (\S+)$")
GIVEN = re.compile(r"^\+([0-9A-Z]{4}) (\S+)(?: (.+))?$")
HEADING = re.compile(r"^## (.+)$")


class Event(NamedTuple):
    """A change: when or in which version, and what changed."""

    when: str
    what: str


def history(name: str) -> list[Event]:
    """Return the events of a claim: those of its tag in their order, then the changelog's, the latest version first."""
    tag = tags()[name]
    given = _given().get(tag, [Event("", "this copy has no history that says when the tag was given")])
    return [*given, *_changes(tag, name)]


@cache
def _given() -> dict[str, list[Event]]:
    """Map each tag to the days on which its line of `derivations/tags` was written or changed."""
    found: dict[str, list[Event]] = {}
    commit = day = ""
    for line in _log().splitlines():
        if at := COMMIT.match(line):
            commit, day = at.groups()
        elif row := GIVEN.match(line):
            events = found.setdefault(row[1], [])
            verb = f"withdrawn: {row[3]}" if row[3] else "name is now" if events else "tag given to"
            events.append(
                Event(day, f"{verb} {row[2]}, commit {commit}" if not row[3] else f"{row[3]}, commit {commit}")
            )
    return found


def _log() -> str:
    command = ["git", "-C", str(ROOT), "log", "--reverse", "--format=@%h %cs", "-p", "-U0", "--", "derivations/tags"]
    try:
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout
    except (OSError, subprocess.CalledProcessError):
        return ""


def _changes(tag: str, name: str) -> list[Event]:
    """The lines of the changelog that name the claim by its tag or name."""
    known = re.compile(rf"(?<![\w.]){re.escape(name)}(?![\w]|\.\w)|\b{tag}\b")
    return [Event(version, text) for version, text in _lines() if known.search(text)]


@cache
def _lines() -> list[Event]:
    found, version = list[Event](), ""
    for line in CHANGELOG.read_text().splitlines():
        if heading := HEADING.match(line):
            version = heading[1]
        elif line.startswith("- "):
            found.append(Event(version, line.removeprefix("- ")))
    return found


def gone() -> dict[str, tuple[str, str]]:
    """Return the tags whose claims were withdrawn, each with the name and the reason."""
    return {tag: (name, withdrawn()[tag]) for name, tag in tags().items() if tag in withdrawn()}
