"""Scripts run as their readers would run them: each is a process of its own, without anything of this one.

Those of a report begin with the same imports, which take seconds. Where a process can be copied, one makes the imports
and is copied for each script; elsewhere, each script is started from nothing.
"""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

PATIENCE = 120  # seconds for a script to run
COPIED = sys.platform == "linux"  # elsewhere a copy may fail in libraries of the system
STOPPED = -signal.SIGALRM if hasattr(signal, "SIGALRM") else None
PROGRAM = """import json, os, runpy, signal, sys

seconds, head, *files = sys.argv[1:]
try:
    exec(head, {"__name__": "__main__"})
except BaseException:
    pass  # each script says so itself
codes = []
for file in files:
    if os.fork() == 0:
        for number, name in ((1, "out"), (2, "err")):
            os.dup2(os.open(f"{file}.{name}", os.O_WRONLY | os.O_CREAT, 0o600), number)
        signal.alarm(int(seconds))
        sys.argv, sys.path[0] = [file], os.path.dirname(file)
        runpy.run_path(file, run_name="__main__")
        sys.exit()
    codes.append(os.waitstatus_to_exitcode(os.wait()[1]))
print(json.dumps(codes))
"""


class Ran(NamedTuple):
    """What a script has printed, and its exit status; None if it did not end in its time."""

    code: int | None
    out: str = ""
    err: str = ""


def ran(head: str, scripts: Sequence[str]) -> list[Ran]:
    """Run scripts that begin with the same imports, `head`; modules of this folder are found."""
    if not scripts:
        return []
    with TemporaryDirectory() as folder:
        files = list(_written(scripts, Path(folder)))
        if not COPIED or len(files) == 1:
            return [_started(file) for file in files]
        return _copied(head, files)


def _written(scripts: Sequence[str], folder: Path) -> Iterator[Path]:
    for i, script in enumerate(scripts):
        file = folder / f"reproduce_{i}.py"
        file.write_text(script)
        yield file


def _started(file: Path) -> Ran:
    try:
        done = _python([str(file)], PATIENCE)
    except subprocess.TimeoutExpired:
        return Ran(None)
    return Ran(done.returncode, done.stdout, done.stderr)


def _copied(head: str, files: Sequence[Path]) -> list[Ran]:
    given = [str(PATIENCE), head, *map(str, files)]
    try:
        done = _python(["-c", PROGRAM, *given], PATIENCE * (len(files) + 1))
        codes = json.loads(done.stdout.splitlines()[-1])
    except (subprocess.TimeoutExpired, ValueError, IndexError):  # what is imported hangs, or ends the process
        return [_started(file) for file in files]
    return [_found(file, code) for file, code in zip(files, codes, strict=True)]


def _found(file: Path, code: int) -> Ran:
    out, err = (Path(f"{file}.{name}").read_text(errors="replace") for name in ("out", "err"))
    return Ran(None if code == STOPPED else code, out, err)


def _python(arguments: Sequence[str], seconds: float) -> "subprocess.CompletedProcess[str]":
    """Run Python with the modules of this folder, which the target may be one of."""
    paths = os.pathsep.join(filter(None, (str(Path.cwd()), os.environ.get("PYTHONPATH"))))
    command, env = [sys.executable, *arguments], os.environ | {"PYTHONPATH": paths}
    return subprocess.run(command, capture_output=True, text=True, timeout=seconds, env=env)
