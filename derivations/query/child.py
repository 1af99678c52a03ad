"""A job in a process of its own, which ends after so many seconds whatever it is doing."""

import os
import signal
from collections.abc import Callable
from contextlib import suppress
from multiprocessing import get_all_start_methods, get_context
from multiprocessing.connection import Connection
from multiprocessing.context import ForkProcess
from typing import TypeVar

T = TypeVar("T")


class TimedOut(RuntimeError):
    """The job did not end in time."""


class Broken(RuntimeError):
    """The job's process ended without a result."""


def within(seconds: float, job: Callable[[], T]) -> T:
    """Return what the job returns, or raise what it raises; a job that is not done by then is ended.

    The process is a fork, so that nothing is imported again; where there are none, the job is done here.

    Raises:
        TimedOut: it took longer.
        Broken: its process was ended, as by a lack of memory.
    """
    if "fork" not in get_all_start_methods():
        return job()
    context = get_context("fork")
    here, there = context.Pipe(duplex=False)
    process = context.Process(target=_sent, args=(job, there))  # no daemon: solvers run in processes of their own
    process.start()
    there.close()
    try:
        if not here.poll(max(seconds, 0)):
            raise TimedOut(f"not done in {seconds:g} s")
        done, result = here.recv()
    except EOFError:
        raise Broken("its process was ended") from None
    finally:
        _end(process)
        here.close()
    if not done:
        raise result
    return result


def _end(process: ForkProcess) -> None:
    """End the process and all that it has started."""
    with suppress(OSError):  # it has ended, or has no group yet
        if process.pid:
            os.killpg(process.pid, signal.SIGKILL)
    process.kill()
    process.join()


def _sent(job: Callable[[], T], to: Connection) -> None:
    os.setpgid(0, 0)  # a group of its own, which ends as a whole
    try:
        result = True, job()
    except Exception as fault:
        result = False, fault
    to.send(result)
