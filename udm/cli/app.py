"""The command line: all commands, and how the program ends. Each command's work stands in a module of its own."""

import sys
from contextlib import suppress
from typing import Annotated, NoReturn

import typer

from udm.cli import of_claims, of_models
from udm.cli.console import document_of_failure, fail, say_every_sign, width
from udm.cli.group import Commands
from udm.cli.new import new
from udm.cli.status import BROKEN, CLOSED, USAGE
from udm.extra import install

__all__ = ["CLOSED", "app", "main"]
NARROW = 80  # columns: in fewer, the columns of help in frames cut the names of options
app = typer.Typer(
    name="udm",
    cls=Commands,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
for commands in (of_claims.commands, of_models.commands, new):
    app.add_typer(commands)


def _version(asked: bool) -> None:
    if asked:
        from udm import __version__

        typer.echo(f"udm {__version__}")
        raise typer.Exit


@app.callback()
def root(
    version: Annotated[bool, typer.Option("--version", callback=_version, is_eager=True, help="The version.")] = False,
) -> None:
    """The mathematics of diffusion models, checked. A claim is named by tag, name, prefix, glob or a paper's number."""


def main() -> None:
    """The console script. A fault of the caller or of the system ends with its status and one line, never a trace."""
    say_every_sign()
    if width() < NARROW:
        app.rich_markup_mode = None
    try:
        app(prog_name="udm")  # however it was started: `python -m udm` too
    except ModuleNotFoundError as missing:
        extra = "verify" if missing.name in ("sympy", "flint", "z3", "cvc5") else "train"
        _ended(f"expected the module {missing.name}, found none: {install(extra)}", USAGE)
    except OSError as fault:
        _ended(str(fault), BROKEN)


def _ended(message: str, status: int) -> NoReturn:
    fail(message)
    with suppress(OSError):
        if "--json" in sys.argv:
            document_of_failure(status)
    with suppress(OSError):
        sys.stdout.close()  # what it holds may not be written, and would be tried again at exit
    sys.exit(status)
