"""The commands and their options; each command's work stands in a module of its own."""

import sys
from enum import StrEnum
from typing import Annotated

import typer

from udm.cli.console import fail

app = typer.Typer(
    name="udm",
    help="The mathematics of diffusion models, checked. A claim is named by its tag, its name or a glob.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


class Format(StrEnum):
    text = "text"
    markdown = "markdown"
    bibtex = "bibtex"
    latex = "latex"


Patterns = Annotated[list[str] | None, typer.Argument(help="Tags, names or globs; all claims if none.")]
Tag = Annotated[str, typer.Argument(help="A tag (0C7K) or a name (vdm.posterior).")]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON document, and nothing else.")]
NoCache = Annotated[bool, typer.Option("--no-cache", help="Run every engine again; keep nothing old.")]


@app.command()
def verify(
    patterns: Patterns = None,
    json: Json = False,
    no_cache: NoCache = False,
    fresh: Annotated[bool, typer.Option("--fresh", help="Draw new Monte Carlo seeds; implies --no-cache.")] = False,
    workers: Annotated[
        int | None, typer.Option(min=1, help="Processes; as many as there are cores if not given.")
    ] = None,
) -> None:
    """Put every engine, wrong answer, mutant and assumption of the claims to the test."""
    from udm.cli.verify import run

    raise typer.Exit(run(patterns or [], as_json=json, use_cache=not (no_cache or fresh), fresh=fresh, workers=workers))


@app.command()
def show(tag: Tag, json: Json = False) -> None:
    """One claim: statement, assumptions, derivation, wrong answers, evidence, implementation."""
    from udm.cli.show import run

    raise typer.Exit(run(tag, as_json=json))


@app.command()
def cite(
    tag: Tag,
    format: Annotated[Format, typer.Option("--format", "-f", help="How to print the citation.")] = Format.text,
    json: Json = False,
) -> None:
    """A citation of one claim: tag, digest, version, verdict, engines and the command that replays it."""
    from udm.cli.cite import run

    raise typer.Exit(run(tag, format.value, as_json=json))


@app.command()
def trust(tag: Tag, json: Json = False) -> None:
    """What one claim rests on: definitions, claims, analysis taken on trust, and code that ran."""
    from udm.cli.trust import run

    raise typer.Exit(run(tag, as_json=json))


def main() -> None:
    """The console script. Faults of the caller end with status 2 and one line, never with a trace."""
    try:
        app()
    except ModuleNotFoundError as missing:
        fail(f"expected the module {missing.name}, found none: pip install 'udm[verify]'")
        sys.exit(2)
