"""How far long work is: a bar with the time left where a person watches, else a line a minute on standard error.

And how it ends early: a signal lets a part of the work finish, so that what was found so far is whole.
"""

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from time import monotonic
from types import FrameType
from typing import TypeAlias

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from udm.cli.console import err, first, note

EVERY = 60.0  # seconds between lines
Watch: TypeAlias = Callable[..., None]  # of (done, total, words)


@contextmanager
def phase(what: str, *, keep: bool = False) -> Iterator[Watch]:
    """Show a phase of the work: call what this yields with how much is done, of how much, and words on it.

    Another total begins another part of it. Phases are not to be nested: a terminal has one bar.
    ``keep`` leaves the bar on the terminal when the phase has ended.
    """
    if not first():  # another rank shows it
        yield lambda *_: None
        return
    with _bar(what, keep) if err.is_terminal else _lines(what) as watch:
        yield watch


@contextmanager
def _bar(what: str, keep: bool) -> Iterator[Watch]:
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=err, transient=not keep) as bar:
        task = bar.add_task(what, total=None)

        def watch(done: int, total: int, words: str = "") -> None:
            bar.update(task, completed=done, total=total, description=f"{what}  {words}".rstrip())

        yield watch


@contextmanager
def _lines(what: str) -> Iterator[Watch]:
    began = last = monotonic()
    of = 0

    def watch(done: int, total: int, words: str = "") -> None:
        nonlocal began, last, of
        now = monotonic()
        began, of = (began, of) if total == of else (now, total)  # another part of the phase
        if now - last >= EVERY and done < total:
            last = now
            left = (now - began) / max(done, 1) * (total - done)
            note(f"{what}  {words}".rstrip() + f": {done} of {total}, {clock(left)} left")

    yield watch


def clock(seconds: float) -> str:
    """Return hours, minutes and seconds, as 1:02:03."""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


class Stopped(KeyboardInterrupt):
    """A signal ended the work: its number, and the word for it."""

    def __init__(self, number: int, word: str) -> None:
        super().__init__(word, number)
        self.number, self.word = number, word

    @classmethod
    def of(cls, ended: KeyboardInterrupt) -> "Stopped":
        """Return the interrupt with its number, which Python's own has not."""
        word, number = ended.args or ("stopped", signal.SIGINT)
        return ended if isinstance(ended, cls) else cls(number, word)


class Deferred:
    """The signal that came, if one did."""

    def __init__(self) -> None:
        self.came: Stopped | None = None

    def check(self) -> None:
        """Raise the signal that came."""
        if self.came is not None:
            raise self.came


@contextmanager
def deferring(what: str) -> Iterator[Deferred]:
    """Note SIGINT and SIGTERM, for the work to end at a place of its own; a second signal ends it at once.

    One that is ignored, as in a background job of a script, stays so.
    """
    deferred = Deferred()

    def note_it(number: int, _: FrameType | None) -> None:
        word = "terminated" if number == signal.SIGTERM else "stopped"
        if deferred.came is not None:
            raise Stopped(number, word)
        deferred.came = Stopped(number, word)
        if first():
            with suppress(OSError):
                os.write(2, f"\nudm: finishing {what}; again to stop now\n".encode())

    try:
        heard = [s for s in (signal.SIGINT, signal.SIGTERM) if signal.getsignal(s) is not signal.SIG_IGN]
        before = {number: signal.signal(number, note_it) for number in heard}
    except ValueError:  # only the main thread may handle signals
        before = {}
    try:
        yield deferred
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
