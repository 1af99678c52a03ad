"""Two consoles: standard output for the answer, standard error for progress and faults."""

import json
from typing import Any, NoReturn

import typer
from rich.console import Console

out = Console(highlight=False)
err = Console(stderr=True, highlight=False)

COLOURS = {
    "proved": "green",
    "consistent": "cyan",
    "refuted": "magenta",
    "definition": "blue",
    "not_evaluated": "red",
    "vacuous": "red",
}


def fail(message: str) -> None:
    err.print(f"udm: {message}", style="red", markup=False, soft_wrap=True)


def note(message: str) -> None:
    err.print(f"udm: {message}", markup=False, soft_wrap=True)


def usage(message: str) -> NoReturn:
    """A fault of the caller: one line, status 2."""
    fail(message)
    raise typer.Exit(2)


def print_json(document: Any) -> None:
    text = json.dumps(document, indent=1, ensure_ascii=False, allow_nan=False)
    print(text, flush=True)  # or a full disk is met at exit


def coloured(verdict: str, green: bool = True) -> str:
    colour = COLOURS[verdict] if green else "red"
    return f"[{colour}]{verdict}[/{colour}]"
