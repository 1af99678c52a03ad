"""Answers of native code, from a child process that can be killed: each within a limit of the processor's time.

By the clock an answer would depend on what else the machine does. A child that uses no time of the processor at all, as
one that waits for ever, is given up by the clock after a much longer time.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from math import ceil
from multiprocessing import get_all_start_methods, get_context
from multiprocessing.connection import Connection
from time import process_time
from typing import TypeVar

T = TypeVar("T")
ASLEEP = 60  # times the limit, by the clock: the share of the processor that a busy machine leaves may be that small


def available() -> bool:
    """Return whether processes can be forked here, which costs nothing as what the parent has is there already."""
    return "fork" in get_all_start_methods()


def answers(jobs: Iterable[Callable[[], T]], seconds: int) -> Iterator[T]:
    """Yield what the jobs return, in turn; stop where one takes more than `seconds` of the processor, or crashes."""
    context = get_context("fork")
    receive, send = context.Pipe(duplex=False)
    child = context.Process(target=_work, args=(jobs, seconds, send))
    child.start()
    send.close()  # so that the pipe ends with the child
    try:
        with closing(receive):
            while receive.poll(seconds * ASLEEP):
                yield receive.recv()
    except EOFError:
        return
    finally:  # leave no solver behind, even after an interrupt
        child.kill()
        child.join()


def _work(jobs: Iterable[Callable[[], T]], seconds: int, send: Connection) -> None:
    for job in jobs:
        _limit(seconds)
        send.send(job())


def _limit(seconds: int) -> None:
    """Have the system end this process once it has used so many more seconds of the processor."""
    import resource  # where processes can be forked, it is there

    _, most = resource.getrlimit(resource.RLIMIT_CPU)
    until = ceil(process_time()) + seconds
    resource.setrlimit(resource.RLIMIT_CPU, (until if most == resource.RLIM_INFINITY else min(until, most), most))
    resource.setrlimit(resource.RLIMIT_CORE, (0, resource.getrlimit(resource.RLIMIT_CORE)[1]))
