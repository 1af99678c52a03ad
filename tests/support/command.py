"""Helpers that run the command line, in this process or as a process of its own."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from click.testing import Result
from typer.testing import CliRunner

from udm.cli.app import app

ROOT = Path(__file__).parents[2]
PATIENCE = 600  # seconds that a test waits for what takes a few, since the machine may be busy with other things


def udm(*args: str) -> Result:
    return CliRunner().invoke(app, list(args), env={"COLUMNS": "120"})


def document(*args: str) -> dict[str, Any]:
    run = udm(*args, "--json")
    assert run.exit_code == 0, run.output
    return json.loads(run.stdout)


@contextmanager
def handling(number: signal.Signals, handler: Any) -> Iterator[None]:
    """Set the signal's handler for this process and those it starts: default, or ignored, as a shell may leave it."""
    before = signal.signal(number, handler)
    try:
        yield
    finally:
        signal.signal(number, before)


@contextmanager
def started(*args: str, **settings: str) -> Iterator[subprocess.Popen[str]]:
    """Run `udm` in a session of its own, which is ended with all that it started when the test is over."""
    command, env = [sys.executable, "-m", "udm", *args], os.environ | {"OMP_NUM_THREADS": "1"} | settings
    pipes: dict[str, Any] = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    with subprocess.Popen(command, text=True, env=env, cwd=ROOT, start_new_session=True, **pipes) as process:
        try:
            yield process
        finally:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)


def wait_for(due: Callable[[], object], process: subprocess.Popen[str]) -> None:
    """Wait until the path exists, or the process that should make it has ended."""
    end = time.monotonic() + PATIENCE
    while not due() and process.poll() is None and time.monotonic() < end:
        time.sleep(0.1)
