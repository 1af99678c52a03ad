"""The process beside pytest in which claims are read and judged, and what passes between the two."""

from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import get_context
from typing import NamedTuple, TypeVar

import pytest

T = TypeVar("T")


class Fault(Exception):
    """What the user of pytest did wrong, or lacks."""


class Subject(NamedTuple):
    """A claim that is to be checked: its tag, where it stands, its wrong answers, and the files to read first."""

    tag: str
    name: str
    file: str
    line: int
    wrong: tuple[str, ...]
    own: tuple[str, ...]


POOL = pytest.StashKey[ProcessPoolExecutor]()


def run(config: pytest.Config, job: Callable[..., T], *args: object) -> T:
    """Return what a function gives in the process, which is started when it is first needed.

    Raises:
        Fault: the function raised one, or the process died.
    """
    if POOL not in config.stash:
        config.stash[POOL] = ProcessPoolExecutor(1, get_context("spawn"))
        config.add_cleanup(lambda: end(config))
    try:
        return config.stash[POOL].submit(job, *args).result()
    except BrokenProcessPool:
        del config.stash[POOL]  # the next check has a new one
        raise Fault("the process that judges claims died") from None


def end(config: pytest.Config) -> None:
    """End the process, if there is one."""
    if POOL in config.stash:
        config.stash[POOL].shutdown(wait=True, cancel_futures=True)
        del config.stash[POOL]
