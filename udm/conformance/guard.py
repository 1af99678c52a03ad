"""A target's code, kept from ending the check: what it may raise, how long it may take, and what it prints."""

import io
import os
import signal
import sys
import threading
import time
import warnings
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, redirect_stderr, redirect_stdout, suppress
from ctypes import CDLL
from tempfile import TemporaryFile
from typing import IO, Any

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

    began = time.monotonic()
    before = signal.signal(signal.SIGALRM, stop)
    left, every = signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
        if left:  # an alarm of somebody else's, as of a limit on tests
            signal.setitimer(signal.ITIMER_REAL, max(left - (time.monotonic() - began), 1e-3), every)


@contextmanager
def heard() -> Iterator[Callable[[], str]]:
    """Keep what is printed meanwhile, by Python or at the level of file descriptors; a warning is no error.

    Yields:
        Tells what was printed.
    """
    text = io.StringIO()
    with TemporaryFile() as below, ExitStack() as stack:
        stack.enter_context(warnings.catch_warnings())
        warnings.simplefilter("ignore")
        stack.enter_context(_below(below.fileno()))
        stack.enter_context(redirect_stdout(text))
        stack.enter_context(redirect_stderr(text))
        yield lambda: text.getvalue() + ("" if below.closed else _read(below))
        stack.close()
        text.write(_read(below))


@contextmanager
def _below(file: int) -> Iterator[None]:
    """Have what is written to file descriptor 1 go to a file; as it was where there is no such descriptor."""
    sys.stdout.flush()
    try:
        kept = os.dup(1)
    except OSError:
        yield
        return
    os.dup2(file, 1)
    try:
        yield
    finally:
        with suppress(OSError, AttributeError):
            CDLL(None).fflush(None)  # what code in C has printed and keeps
        os.dup2(kept, 1)
        os.close(kept)


def _read(file: IO[bytes]) -> str:
    file.flush()
    file.seek(0)
    return file.read().decode(errors="replace")


class Theirs(Exception):
    """What a target's code raised, or what is wrong with what it returned; all else that is raised is ours."""

    def __init__(self, fault: BaseException) -> None:
        super().__init__(raised(fault))
        self.fault = fault

    @property
    def lacks(self) -> str:
        """What the target says that it lacks, a package or an implementation; "" if it does not say so."""
        if not isinstance(self.fault, ImportError | NotImplementedError):
            return ""
        return str(self.fault).strip() or type(self.fault).__name__

    @property
    def kind(self) -> str:
        """The name of what was raised."""
        return type(self.fault).__name__


def theirs(function: Callable[..., Any]) -> Callable[..., Any]:
    """Return a function of the target's such that whatever it raises is Theirs."""

    def called(*given: Any, **named: Any) -> Any:
        try:
            return function(*given, **named)
        except Theirs:
            raise
        except FAULTS as fault:
            raise Theirs(fault) from fault

    return called


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
    return f"{type(fault).__name__}: {str(fault).strip()}"
