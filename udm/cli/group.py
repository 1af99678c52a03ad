"""All commands as a group: one whose reader has closed the pipe, as `| head` does, ends quietly."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

CLOSED = 128 + 13  # what a shell sees of a program that SIGPIPE ends
Json = Annotated[bool, typer.Option("--json", help="Print one JSON document, and nothing else.")]


class Commands(TyperGroup):
    """All commands. One whose reader has closed the pipe, as `| head` does, ends quietly."""

    def make_context(self, *args: Any, **kwargs: Any) -> Any:
        with _closing():  # --help prints while options are read
            return super().make_context(*args, **kwargs)

    def invoke(self, ctx: typer.Context) -> Any:
        with _closing():
            return super().invoke(ctx)


@contextmanager
def _closing() -> Iterator[None]:
    """End with the status that a shell gives to SIGPIPE where output goes nowhere any more."""
    try:
        try:
            yield
        finally:
            if sys.stdout is not None:  # closed from the start
                sys.stdout.flush()
    except (BrokenPipeError, SystemExit) as ended:
        if isinstance(ended, SystemExit) and not isinstance(ended.__context__, BrokenPipeError):  # of rich
            raise
        if sys.stdout is not None:
            with suppress(OSError, ValueError):  # what is left would be written again at exit
                os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise typer.Exit(CLOSED) from None
