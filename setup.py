"""Packing: writes the commit into the package, so that citations of an installed udm name it; see pyproject.toml."""

import json
import subprocess
from pathlib import Path

from setuptools import setup
from setuptools.command.build_py import build_py

ROOT = Path(__file__).parent
COMMIT = Path("udm/cli/commit.json")


def commit() -> str | None:
    """Return the commit, its day and whether files have changed since, as JSON; None where there is no repository."""
    if not (ROOT / ".git").exists():
        return None
    try:
        names = git("log", "-1", "--format=%H %cs").split()
        changed = bool(git("status", "--porcelain", "-uno", "--", "derivations", "udm"))
    except (OSError, subprocess.CalledProcessError):
        return None
    return json.dumps({"commit": names[0], "date": names[1], "changed": changed})


def git(*words: str) -> str:
    """Return what a command of git prints."""
    return subprocess.run(["git", "-C", str(ROOT), *words], capture_output=True, text=True, check=True).stdout.strip()


class WithCommit(build_py):
    """The usual build, and the file of the commit; none in an editable install, which reads its clone."""

    def run(self) -> None:
        super().run()
        if not self.editable_mode and (found := commit()):
            (Path(self.build_lib) / COMMIT).write_text(found)


setup(cmdclass={"build_py": WithCommit})
