"""`udm new`: begin a claim of the catalogue, or a file of one's own; the work stands in `udm.cli.stub`."""

from pathlib import Path
from typing import Annotated

import typer

new = typer.Typer(
    name="new", no_args_is_help=True, help="Begin a claim, or a file of your own; red until it is filled."
)


@new.command()
def claim(
    name: Annotated[str, typer.Argument(help="Words joined by dots: ddim.variance.limit.")],
    family: Annotated[
        str | None, typer.Option(help="Its family, a folder of derivations/claims; that of its kin if not given.")
    ] = None,
    module: Annotated[str | None, typer.Option(help="The name of its file; from the claim's if not given.")] = None,
) -> None:
    """A claim of the catalogue: take a tag for it, and write a stub that is red until it is filled. Needs a clone."""
    from udm.cli.stub import begin_claim

    raise typer.Exit(begin_claim(name, family, module))


@new.command()
def claims(
    file: Annotated[Path, typer.Argument(help="The file to write: my_claims.py.")],
    name: Annotated[str | None, typer.Option(help="The name of its first claim; from the file's if not given.")] = None,
) -> None:
    """A file of your own claims, outside the catalogue, with a stub that is red until it is filled."""
    from udm.cli.stub import begin_file

    raise typer.Exit(begin_file(file, name))
