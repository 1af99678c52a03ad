"""A job in a process of its own, which ends after so many seconds of processor time whatever it is doing.

The time is that of the processor, so that a busy machine changes no verdict. A job that waits, for a solver in another
process or for ever, uses none of it: it is ended once it has waited `PATIENCE` times as long by the clock.
"""

import os
import signal
from collections.abc import Callable
from contextlib import suppress
from multiprocessing import get_all_start_methods, get_context
from multiprocessing.connection import Connection
from multiprocessing.context import ForkProcess
from typing import TypeVar

PATIENCE = 12  # with a twelfth of a processor a job has still its time: a few jobs for each of few processors
T = TypeVar("T")


class TimedOut(RuntimeError):
    """The job did not end in time."""


class Broken(RuntimeError):
    """The job's process ended without a result."""


def within(seconds: float, job: Callable[[], T]) -> T:
    """Return what the job returns, or raise what it raises; a job that is not done by then is ended.

    The process is a fork, so that nothing is imported again; where there are none, the job is done here.

    Args:
        seconds: of processor time, at most.
        job: is called without arguments.

    Raises:
        TimedOut: it took longer.
        Broken: its process was ended, as by a lack of memory.
    """
    if "fork" not in get_all_start_methods():
        return job()
    context = get_context("fork")
    here, there = context.Pipe(duplex=False)
    # no daemon: solvers run in processes of their own
    process = context.Process(target=_sent, args=(job, there, seconds))
    process.start()
    there.close()
    try:
        if not here.poll(PATIENCE * max(seconds, 0)):
            raise TimedOut(f"not done in {seconds:g} s, nor in {PATIENCE} times as long by the clock")
        done, result = here.recv()
    except EOFError:
        process.join()
        if process.exitcode == -signal.SIGPROF:
            raise TimedOut(f"not done in {seconds:g} s of processor time") from None
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


def _sent(job: Callable[[], T], to: Connection, seconds: float) -> None:
    os.setpgid(0, 0)  # a group of its own, which ends as a whole
    signal.signal(signal.SIGPROF, signal.SIG_DFL)  # which ends the process, also in the middle of native code
    signal.setitimer(signal.ITIMER_PROF, max(seconds, 1e-3))  # 0 would set no limit
    try:
        result = True, job()
    except Exception as fault:
        result = False, fault
    signal.setitimer(signal.ITIMER_PROF, 0)  # what is done is sent
    to.send(result)
