"""A target's code, kept from ending the check: what it may raise, how long it may take, and what it prints."""

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

FAULTS = (Exception, SystemExit, GeneratorExit)  # what code may raise; KeyboardInterrupt is the reader's own


class TooLong(BaseException):
    """A check did not end in its time; no handler of exceptions in the target's code is to catch it."""


@contextmanager
def limit(seconds: float) -> Iterator[None]:
    """Raise TooLong after so many seconds; without limit outside the main thread, which has no alarm."""
    if threading.current_thread() is not threading.main_thread() or not hasattr(signal, "setitimer"):
        yield
        return

    def stop(number: int, frame: Any) -> None:
        raise TooLong

    before = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def offered(thing: Any, name: str) -> Any:
    """Return an attribute, or None if there is none; one that raises is a function that raises the same."""
    try:
        return getattr(thing, name, None)
    except FAULTS as fault:
        return _raising(fault)


def _raising(fault: BaseException) -> Callable[..., Any]:
    def raises(*given: Any) -> Any:
        raise fault

    return raises


def raised(fault: BaseException) -> str:
    """Return the words for what was raised."""
    return f"{type(fault).__name__}: {fault}"
