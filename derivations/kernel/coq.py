"""Runs of Coq: whether it accepts a file, on which axioms, and which of several theorems a session accepts."""

import os
import re
import shutil
import subprocess
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

SECONDS = 300  # for one file
AXIOM = re.compile(r"^([A-Za-z_][\w.']*)\s*:", re.MULTILINE)
FAULTY = re.compile(r"^([TE]_\w+) < (?:[^\n]*< )?Toplevel input", re.MULTILINE)  # a session goes on after an error
ACCEPTED = re.compile(r"(?:^|< )([TE]_\w+) :", re.MULTILINE)


class Outcome(NamedTuple):
    """What `coqc` said of a file: the axioms are those below its theorems, if it was accepted."""

    accepted: bool
    axioms: tuple[str, ...]
    seconds: float
    message: str


NOTHING = Outcome(True, (), 0.0, "")  # of a file without theorems


def installed() -> bool:
    return shutil.which("coqc") is not None


@cache
def version() -> str:
    """Return the version of Coq, as "8.16.1"."""
    return subprocess.run(["coqc", "--print-version"], capture_output=True, text=True, check=True).stdout.split()[0]


def compiled(text: str, seconds: float = SECONDS) -> Outcome:
    """Have Coq compile a file; what is not accepted within the time is not accepted."""
    with TemporaryDirectory() as folder:
        (Path(folder) / "claim.v").write_text(text)
        before = os.times()
        try:
            run = subprocess.run(
                ["coqc", "-q", "-w", "none", "claim.v"], cwd=folder, capture_output=True, text=True, timeout=seconds
            )
        except subprocess.TimeoutExpired:
            return Outcome(False, (), seconds, f"no answer within {seconds:.0f} s")
        after = os.times()
    spent = after.children_user + after.children_system - before.children_user - before.children_system
    if run.returncode != 0:
        return Outcome(False, (), spent, run.stderr.strip() or f"ended with {run.returncode}")
    return Outcome(True, axioms(run.stdout), spent, "")


def axioms(printed: str) -> tuple[str, ...]:
    """Return the axioms that Coq lists; it says "Closed under the global context" where there are none."""
    if "Axioms:" not in printed:
        if "Closed under the global context" not in printed:
            raise ValueError(f"expected a list of axioms, got {printed[:200]!r}")
        return ()
    return tuple(sorted(set(AXIOM.findall(printed.split("Axioms:", 1)[1]))))


def accepted(opening: str, proved: Iterable[tuple[str, str]], each: int, seconds: float = SECONDS) -> set[str]:
    """Return the names of those theorems, of pairs of a name and a text, that Coq accepts within `each` seconds."""
    parts = (f"{text}\nAbort All.\nAbout {name}.\n" for name, text in proved)
    session = f"{opening}\nSet Default Timeout {each}.\n{''.join(parts)}"
    with TemporaryDirectory() as folder, subprocess.Popen(
        ["coqtop", "-q", "-quiet", "-w", "none"], cwd=folder,
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
    ) as run:  # fmt: skip
        try:
            printed, _ = run.communicate(session, timeout=seconds)
        except subprocess.TimeoutExpired:
            run.kill()
            printed, _ = run.communicate()
    return sound(printed)


def sound(printed: str) -> set[str]:
    """Return the theorems that a session has by its end, but for those in whose proof there was an error."""
    return set(ACCEPTED.findall(printed)) - set(FAULTY.findall(printed))
