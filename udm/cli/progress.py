"""How far long work is: a bar with the time left where a person watches, else a line a minute on standard error."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from time import monotonic
from typing import TypeAlias

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn
from torch import Tensor

from udm.cli.console import err, note

EVERY = 60.0  # seconds between lines
Watch: TypeAlias = Callable[..., None]  # of (done, total, words)


@contextmanager
def phase(what: str, *, keep: bool = False) -> Iterator[Watch]:
    """Show a phase of the work: call what this yields with how much is done, of how much, and words on it.

    Another total begins another part of it. Phases are not to be nested: a terminal has one bar.
    ``keep`` leaves the bar on the terminal when the phase has ended.
    """
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


def counted(batches: Iterable[Tensor], total: int, watch: Watch) -> Iterator[Tensor]:
    """Yield the batches, and tell ``watch`` after each how many of ``total`` examples are done."""
    done = 0
    for batch in batches:
        yield batch
        done += len(batch)
        watch(done, total)
