"""Which udm this is, for citations: its version, commit and day, and the address of its site.

The commit is that of the clone that the package stands in; else what was written beside it when it was packed
(`setup.py`), else what pip noted when it installed from a repository. None of them asks a network.
"""

import json
import os
import subprocess
from functools import cache
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from typing import NamedTuple

from udm import __version__

SITE = ""  # where the site is published: its base, as "https://.../", is set here, or by UDM_SITE, and nowhere else
ROOT = Path(__file__).parents[2]
PACKED = Path(__file__).with_name("commit.json")
SHORT = 12  # digits of a commit that are shown


class Release(NamedTuple):
    """A version, and the commit with its day where they are known; whether files have been changed since."""

    version: str
    commit: str
    date: str
    changed: bool = False

    @property
    def words(self) -> str:
        """As a citation has it: "udm 0.2.0, commit 88beeda01234 of 2026-12-01"."""
        if not self.commit:
            return f"udm {self.version}"
        changed = ", with changes that are not committed" if self.changed else ""
        return f"udm {self.version}, commit {self.commit} of {self.date}{changed}"


@cache
def release() -> Release:
    """Return what this process runs."""
    commit, date, changed = _of_clone() or _packed() or (_installed(), "", False)
    return Release(__version__, commit[:SHORT], date, changed)


def base() -> str:
    """Return the address of the site, with a slash at its end; empty where none is published."""
    found = os.environ.get("UDM_SITE") or SITE
    return f"{found.rstrip('/')}/" if found else ""


def address(tag: str) -> str:
    """Return the permanent address of a claim: whole, or within any copy of the site where none is published."""
    return f"{base()}tag/{tag}/"


def addressed(tag: str) -> str:
    """Return the same in a citation, which says of which site it is where that is not published."""
    return address(tag) if base() else f"{address(tag)} of the site that `udm site` builds"


def _of_clone(root: Path = ROOT) -> tuple[str, str, bool] | None:
    if not (root / ".git").exists() or not (root / "derivations").exists():
        return None
    try:
        commit, date = _git(root, "log", "-1", "--format=%H %cs").split()
        return commit, date, bool(_git(root, "status", "--porcelain", "-uno", "--", "derivations", "udm"))
    except (OSError, ValueError, subprocess.CalledProcessError):
        return None


def _git(root: Path, *words: str) -> str:
    return subprocess.run(["git", "-C", str(root), *words], capture_output=True, text=True, check=True).stdout.strip()


def _packed() -> tuple[str, str, bool] | None:
    try:
        told = json.loads(PACKED.read_text())
        return told["commit"], told["date"], told["changed"]
    except (OSError, ValueError, KeyError):
        return None


def _installed() -> str:
    try:
        told = json.loads(distribution("udm").read_text("direct_url.json") or "{}")
    except (PackageNotFoundError, ValueError):
        return ""
    return told.get("vcs_info", {}).get("commit_id", "")
