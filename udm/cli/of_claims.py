"""The commands on claims and papers, with their options."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from udm.cli.group import Json

commands = typer.Typer()


class Format(StrEnum):
    text = "text"
    markdown = "markdown"
    bibtex = "bibtex"
    latex = "latex"


class Shape(StrEnum):
    text = "text"
    latex = "latex"


Patterns = Annotated[
    list[str] | None,
    typer.Argument(
        help="Tags, names, prefixes, globs or a paper and a number (luo 84); all claims if none. "
        "A file of your own claims (my_claims.py), or one of them (my_claims.py::mine.mean): the file is executed."
    ),
]
Tag = Annotated[
    list[str],
    typer.Argument(
        help="A tag (0C7K), a name, a prefix (kl), a glob or a paper and a number (luo 84); "
        "or your own (my_claims.py::mine.mean), whose file is executed."
    ),
]
NoCache = Annotated[bool, typer.Option("--no-cache", help="Run every engine again; keep nothing old.")]


@commands.command()
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


@commands.command()
def show(
    tag: Tag,
    format: Annotated[Shape, typer.Option("--format", "-f", help="A page, or the statement in LaTeX.")] = Shape.text,
    full: Annotated[bool, typer.Option("--full", help="Long formulas, lists and points, too.")] = False,
    json: Json = False,
) -> None:
    """One claim: statement, assumptions, derivation, wrong answers, evidence, implementation."""
    from udm.cli.show import run

    raise typer.Exit(run(tag, format.value, as_json=json, full=full))


@commands.command()
def cite(
    tag: Annotated[list[str], typer.Argument(help="A tag, a name, a prefix, a glob or a paper and a number.")],
    format: Annotated[Format, typer.Option("--format", "-f", help="How to print the citation.")] = Format.text,
    short: Annotated[bool, typer.Option("--short", "-s", help="A line or two to paste into a review.")] = False,
    json: Json = False,
) -> None:
    """A citation of one claim: formula, papers, verdict, version, digest and the command that replays it."""
    from udm.cli.cite import run

    raise typer.Exit(run(tag, format.value, as_json=json, short=short))


@commands.command()
def trust(tag: Tag, json: Json = False) -> None:
    """What one claim rests on: definitions, claims, analysis taken on trust, and code that ran."""
    from udm.cli.trust import run

    raise typer.Exit(run(tag, as_json=json))


@commands.command()
def find(
    words: Annotated[list[str] | None, typer.Argument(help="Words, or a paper and a number: luo 84.")] = None,
    symbol: Annotated[str | None, typer.Option(help="A symbol of the statement: beta_tilde.")] = None,
    json: Json = False,
) -> None:
    """Claims by paper and equation, by words of name, title and wrong forms, or by symbol."""
    from udm.cli.find import run

    raise typer.Exit(run(words or [], symbol, as_json=json))


@commands.command()
def ask(
    formula: Annotated[str | None, typer.Argument(help="LaTeX or Python, in a paper's symbols or ours.")] = None,
    against: Annotated[str | None, typer.Option("--as", help="Compare with this claim alone.")] = None,
    where: Annotated[list[str] | None, typer.Option(help="A further name: 'w=beta/(2*var)'. May be repeated.")] = None,
    file: Annotated[Path | None, typer.Option(help="A LaTeX document: all its displayed equations.")] = None,
    limit: Annotated[float, typer.Option(min=0.1, help="Seconds for a reading of a formula.")] = 10.0,
    json: Json = False,
) -> None:
    """A formula in, a verdict out: an answer of a claim, a known wrong form of one, different, or unknown."""
    from udm.cli.ask import run

    raise typer.Exit(run(formula, against, where or [], file, limit, as_json=json))


@commands.command()
def check(
    target: Annotated[str, typer.Argument(help="module:name, file.py:name, or with --as a file of numbers.")],
    settings: Annotated[
        list[str] | None, typer.Argument(help="key=value, of its constructor, set_timesteps, step.")
    ] = None,
    against: Annotated[
        str | None, typer.Option("--as", help="The claim, or formula, whose numbers a file has.")
    ] = None,
    steps: Annotated[str | None, typer.Option(help="Numbers of steps of its sampler: 1,2,10.")] = None,
    report: Annotated[
        Path | None, typer.Option(help="Write a bug report in Markdown: scripts, equations, claims.")
    ] = None,
    badge: Annotated[Path | None, typer.Option(help="Write the counts as shields.io's endpoint JSON.")] = None,
    everything: Annotated[bool, typer.Option("--all", help="Show what the target does not offer, too.")] = False,
    json: Json = False,
) -> None:
    """Diffusion code in, a verdict on each formula out: exact, weak, convention, wrong, undefined or not offered."""
    from udm.cli.check import run

    raise typer.Exit(run(target, settings or [], against, steps, report, badge, as_json=json, everything=everything))


@commands.command()
def ledger(
    work: Annotated[list[str] | None, typer.Argument(help="A paper (luo2022, VDM); all if none.")] = None,
    json: Json = False,
) -> None:
    """A paper's equations in order, each with the claim and line that carries it, and its verdict."""
    from udm.cli.ledger import run

    raise typer.Exit(run(" ".join(work) if work else None, as_json=json))


@commands.command()
def errata(
    work: Annotated[
        list[str] | None, typer.Argument(help="A paper or other work (luo2022, note002); all if none.")
    ] = None,
    json: Json = False,
) -> None:
    """Mathematical errors that sources print, each with what is right and a point at which it fails."""
    from udm.cli.errata import run

    raise typer.Exit(run(" ".join(work) if work else None, as_json=json))


@commands.command()
def site(
    to: Annotated[Path, typer.Argument(metavar="OUT", help="The folder to build it in.")],
    workers: Annotated[
        int | None, typer.Option(min=1, help="Processes that judge; as many as there are cores.")
    ] = None,
) -> None:
    """Pages to browse: one for every claim and paper, with the documentation; from a clone."""
    from udm.cli.site import run

    raise typer.Exit(run(to, workers))


@commands.command()
def exact(
    law: Annotated[str, typer.Argument(help="grid, two_points, point, gaussian or mixture.")],
    settings: Annotated[
        list[str] | None,
        typer.Argument(help="key=value: of the law, schedule, T, variance; as levels=256 gamma0=-13.3 gamma1=5 T=inf."),
    ] = None,
    fresh: Annotated[bool, typer.Option("--fresh", help="Compute what is kept in tables, too.")] = False,
    json: Json = False,
) -> None:
    """Exact values of the terms of the bound, for data with a known best denoiser, each with a proved radius."""
    from udm.cli.exact import run

    raise typer.Exit(run(law, settings or [], as_json=json, fresh=fresh))
