"""Two consoles: standard output for the answer, standard error for progress and faults."""

import json
import os
import signal
import sys
from codecs import lookup
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from io import TextIOWrapper
from textwrap import wrap
from typing import Any, NoReturn, TextIO

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
from rich.table import Table
from rich.text import Text

WIDTH = 100  # of a page, where nothing says otherwise
CONSISTENT = (
    "consistent: all that was looked at agrees, and nothing refutes it, but its derivation leaves something over that "
    "is not proved; `udm show TAG` says what"
)
INCOMPLETE = (
    "incomplete: the derivation follows and nothing refutes the claim, but it lacks something else that a green claim "
    "has, which is named above"
)

out = Console(highlight=False)
err = Console(stderr=True, highlight=False)

COLOURS = {
    "proved": "green",
    "consistent": "cyan",
    "refuted": "magenta",
    "definition": "blue",
    "not_evaluated": "red",
    "incomplete": "red",
    "vacuous": "red",
}


class Said:
    """What the present command has said: its faults, and whether it printed a document."""

    def __init__(self) -> None:
        self.faults: list[str] = []
        self.document = False


said = Said()


def begin() -> None:
    """Forget what an earlier command of this process said."""
    said.faults, said.document = [], False


def document_of_failure(status: int, message: str = "") -> None:
    """Print why a command failed, where --json was asked for and no document was printed."""
    if not said.document:
        print_json({"failed": "; ".join(said.faults) or message, "status": status})


def first() -> bool:
    """Whether this is the process that speaks for all ranks of torchrun."""
    return os.environ.get("RANK", "0") == "0"


def fail(message: str) -> None:
    said.faults.append(message)
    err.print(f"udm: {message}", style="red", markup=False, soft_wrap=True)


def note(message: str) -> None:
    if first():
        err.print(f"udm: {message}", markup=False, soft_wrap=True)


def usage(message: str) -> NoReturn:
    """A fault of the caller: one line, status 2."""
    fail(message)
    raise typer.Exit(2)


def width() -> int:
    """The columns of a page: $COLUMNS, or those of the terminal; at most a hundred, which a pipe has."""
    asked = os.environ.get("COLUMNS", "")
    if asked.isdigit() and int(asked) > 0:
        return min(int(asked), WIDTH)
    return min(out.width, WIDTH) if out.is_terminal else WIDTH


def print_table(table: Table) -> None:
    """A table in the columns of a page: a console keeps those that it first had."""
    out.width = width()
    print_rows(table)


def print_rows(table: Table) -> None:
    """A table; without the blanks that fill its last column, where no terminal hides them."""
    if out.is_terminal:
        out.print(table)
        return
    with out.capture() as whole:
        out.print(table)
    print_lines(line.rstrip() for line in whole.get().splitlines())


def hung(line: str, width: int, indent: int = 2, under: int = 4) -> list[str]:
    """A line broken at spaces, its further lines further in; a word wider than a line is broken, but for a file."""
    files = any(len(word) > width - indent - under and ".py" in word for word in line.split())
    return wrap(
        line, width, initial_indent=" " * indent, subsequent_indent=" " * (indent + under),
        break_long_words=not files, break_on_hyphens=False,
    ) or [""]  # fmt: skip


def print_lines(lines: Iterable[str | tuple[str, str]]) -> None:
    """Lines as they are, each with a style if it has one."""
    for line in lines:
        part, style = (line, "") if isinstance(line, str) else line
        out.print(Text(part, style=style), soft_wrap=True)


def explain(verdicts: Iterable[str]) -> None:
    """Below a page with verdicts, those whose meaning is not plain."""
    given = set(verdicts)
    for verdict, meaning in (("consistent", CONSISTENT), ("incomplete", INCOMPLETE)):
        print_lines(["", *hung(meaning, width(), 0, 0)] if verdict in given else [])


def reading(modules: Sequence[str]) -> Iterator[str]:
    """Go through modules of claims that have to be read, behind a bar on a terminal; else after a note."""
    if not err.is_terminal:
        note(f"reading the claims of {len(modules)} modules, which the next search need not do")
    columns = (TextColumn("reading claims, once"), BarColumn(), MofNCompleteColumn(), TextColumn("{task.description}"))
    with Progress(*columns, console=err, transient=True, disable=not err.is_terminal) as progress:
        task = progress.add_task("", total=len(modules))
        for module in modules:
            progress.update(task, description=module)
            yield module
            progress.advance(task)


def say_every_sign() -> None:
    """Write a sign that standard output or error cannot encode by its number, as \\u03b3: it would end the command."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper) and stream.errors in ("strict", "surrogateescape") and not _any(stream):
            stream.reconfigure(errors="backslashreplace")


def _any(stream: TextIO) -> bool:
    """Whether a stream can encode any sign."""
    return lookup(getattr(stream, "encoding", None) or "utf-8").name.startswith("utf")


def print_json(document: Any) -> None:
    text = json.dumps(document, indent=1, ensure_ascii=not _any(sys.stdout), allow_nan=False)
    print(text, flush=True)  # or a full disk is met at exit
    said.document = True


def coloured(verdict: str, green: bool = True) -> str:
    colour = COLOURS[verdict] if green else "red"
    return f"[{colour}]{verdict}[/{colour}]"


@contextmanager
def terminable() -> Iterator[None]:
    """SIGTERM ends the run as an interrupt does, workers and all: it is what stops a job that ignores SIGINT."""

    def stop(number: int, _: object) -> None:
        raise KeyboardInterrupt("terminated", number)

    try:
        before = signal.signal(signal.SIGTERM, stop)
    except ValueError:  # not the main thread: signals are someone else's
        yield
        return
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
