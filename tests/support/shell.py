"""Running the commands that pages show: `udm` in this process, where the claims are loaded once; others by bash.

A command that would install something or take minutes is not run; see STAND_INS.
"""

import contextlib
import os
import re
import shlex
import subprocess
import sys
import tomllib
import traceback
from collections.abc import Callable
from pathlib import Path

from typer.testing import CliRunner

from derivations.own import loaded
from udm.cli.app import app

ROOT = Path(__file__).parents[2]
ALONE = re.compile(r"""udm ((?:[^'"|&;<>$`]|'[^']*'|"[^"$`]*")*)""")  # one command, without the help of a shell
WRITTEN = re.compile(rf"{ALONE.pattern} > ([\w.-]+) ?")  # and its output goes to a file
STATUS = '|| echo "exit status $?"'
SETTINGS = {"COLUMNS": "88", "NO_COLOR": "1"}


class Failed(AssertionError):
    """A command fails where a page does not say so, or can't be run."""


def output(command: str, folder: Path) -> str:
    """Return what a command prints on standard output, when it is typed in this folder.

    Raises:
        Failed: if its exit status is not 0.
    """
    for pattern, stand_in in STAND_INS.items():
        if found := re.fullmatch(pattern, command):
            return stand_in(*found.groups())
    line = command.replace("\\\n", " ")
    shows = line.endswith(STATUS)
    own = ALONE.fullmatch(line.removesuffix(STATUS))
    into = WRITTEN.fullmatch(line.removesuffix(STATUS))
    one = own or into
    status, printed, faults = _udm(one[1], folder) if one else _bash(command, folder)
    if into:
        (folder / into[2]).write_text(printed)
        printed = ""
    if one and shows and status:
        return f"{printed}exit status {status}\n"
    if status:
        raise Failed(f"{command}: exit status {status}\n{printed}{faults}")
    return printed


def _udm(options: str, folder: Path) -> tuple[int, str, str]:
    """Return the exit status and what `udm` prints, which knows no claims but the catalogue's when it begins."""
    loaded.forget()
    words = shlex.split(options)
    if words[:1] == ["ask"]:
        words += ["--limit", "120"]  # the machine may be busy
    with contextlib.chdir(folder):
        run = CliRunner().invoke(app, words, env=SETTINGS)
    loaded.forget()
    fault = run.exception
    if fault is not None and not isinstance(fault, SystemExit):
        return run.exit_code, run.stdout, "".join(traceback.format_exception(fault))
    return run.exit_code, run.stdout, run.stderr


def _bash(command: str, folder: Path) -> tuple[int, str, str]:
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    env = os.environ | SETTINGS | {"PATH": path, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(["bash", "-ec", command], capture_output=True, text=True, cwd=folder, env=env)
    return done.returncode, done.stdout, done.stderr


def _make(target: str) -> str:
    """A target exists: make says what it would do."""
    done = subprocess.run(["make", "--dry-run", target], capture_output=True, text=True, cwd=ROOT)
    if done.returncode:
        raise Failed(f"make {target}: {done.stderr}")
    return ""


def _pip(extras: str | None) -> str:
    """The extras exist."""
    known = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["optional-dependencies"]
    if unknown := set((extras or "").split(",")) - {""} - known.keys():
        raise Failed(f"expected extras of pyproject.toml, got {', '.join(sorted(unknown))}")
    return ""


STAND_INS: dict[str, Callable[..., str]] = {
    r"make ([\w-]+)": _make,
    r"pip install '?\.(?:\[([\w,]+)\])?'?": _pip,
    r"\. \.venv/bin/activate": lambda: "",
}
