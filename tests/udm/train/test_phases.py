"""Every phase of a run shows how far it is: a bar on a terminal, a line without one."""

import os
import pty
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.command import udm
from tests.support.shell import ROOT
from udm.cli import progress

PHASES = ("training", "evaluating", "baselines", "sampling")
AT_ONCE = """import sys
from udm.cli import progress
progress.EVERY = float(sys.argv.pop(1))
from udm.cli.app import main
main()
"""
SMALL = ("--steps", "3", "--batch", "4", "--channels", "8", "--blocks", "1", "--examples", "300", "--samples", "4")


def command(every: str, out: Path) -> list[str]:
    return [sys.executable, "-c", AT_ONCE, every, "train", *SMALL, "--out", str(out)]


def environment() -> dict[str, str]:
    plain = {k: v for k, v in os.environ.items() if k not in ("NO_COLOR", "COLUMNS", "CI")}
    return plain | {"PYTHONPATH": str(ROOT), "TERM": "xterm", "OMP_NUM_THREADS": "1"}


def on_a_terminal(args: list[str]) -> tuple[int, str]:
    """Return the status and all that a terminal is sent."""
    master, slave = pty.openpty()
    with subprocess.Popen(args, stdin=slave, stdout=slave, stderr=slave, env=environment(), close_fds=True) as run:
        os.close(slave)
        seen = bytearray()
        while True:
            try:
                part = os.read(master, 65536)
            except OSError:  # the other end was closed
                break
            if not part:
                break
            seen += part
    os.close(master)
    return run.returncode, seen.decode(errors="replace")


def test_a_terminal_has_a_bar_in_every_phase(tmp_path: Path) -> None:
    status, seen = on_a_terminal(command("60", tmp_path / "run"))
    assert status == 0, seen
    for phase in PHASES:
        assert phase in seen, f"no bar of {phase}"
    assert "━" in seen and "3/3" in seen  # the bar of rich, and its count
    assert "udm: evaluating" not in seen  # no lines where there is a bar


@pytest.mark.usefixtures("one_thread")
@pytest.mark.parametrize("every", ["0", "60"])
def test_without_a_terminal_every_phase_has_lines_if_it_is_long(
    every: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With a line due at once each phase has one; the twin, a line a minute, has none in these seconds.

    In this process: the streams that the command is given are no terminal.
    """
    monkeypatch.setattr(progress, "EVERY", float(every))
    run = udm("train", *SMALL, "--out", str(tmp_path / "run"))
    assert run.exit_code == 0, run.output
    for phase in PHASES:
        assert bool(re.search(rf"^udm: {phase}.* left$", run.stderr, re.MULTILINE)) == (every == "0"), (
            phase,
            run.stderr,
        )
    assert "━" not in run.stderr and "\x1b" not in run.stderr
