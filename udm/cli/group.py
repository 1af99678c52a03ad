"""All commands as a group: how each of them ends, whatever it does.

One whose reader has closed the pipe, as `| head` does, ends quietly; one that fails with --json prints a document.
"""

import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Annotated, Any, cast

import typer
from typer.core import TyperGroup

from udm.cli.console import begin, document_of_failure, fail
from udm.cli.status import CLOSED, SIGNALLED, USAGE

FAULT: type[Exception] = next(c for c in typer.BadParameter.__mro__ if c.__name__ == "ClickException")  # or typer's
Json = Annotated[bool, typer.Option("--json", help="Print one JSON document, and nothing else.")]


class Commands(TyperGroup):
    """All commands. One whose reader has closed the pipe, as `| head` does, ends quietly."""

    _json = False

    def make_context(self, info_name: Any, args: list[str], *rest: Any, **kwargs: Any) -> Any:
        begin()
        self._json = "--json" in args
        with _closing(), _documented(self._json):  # --help prints while options are read
            return super().make_context(info_name, args, *rest, **kwargs)

    def format_help(self, ctx: Any, formatter: Any) -> None:
        self.rich_markup_mode = "rich"  # the list of commands: without frames it cuts their sentences
        super().format_help(ctx, formatter)

    def invoke(self, ctx: typer.Context) -> Any:
        with _closing(), _documented(self._json):
            return super().invoke(ctx)


@contextmanager
def _documented(as_json: bool) -> Iterator[None]:
    """With --json, let every failure have its document; and end an interrupt with the status of its signal."""
    try:
        yield
    except typer.Exit as ended:
        if as_json and ended.exit_code:
            document_of_failure(ended.exit_code)
        raise
    except FAULT as wrong:
        if as_json:
            document_of_failure(USAGE, cast(typer.BadParameter, wrong).format_message())
        raise
    except KeyboardInterrupt:
        fail("stopped")
        if as_json:
            document_of_failure(SIGNALLED + signal.SIGINT)
        raise typer.Exit(SIGNALLED + signal.SIGINT) from None


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
