"""The commands and their options; each command's work stands in a module of its own."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from udm.cli.console import fail
from udm.cli.new import new
from udm.extra import install

CLOSED = 128 + 13  # what a shell sees of a program that SIGPIPE ends


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


app = typer.Typer(
    name="udm",
    cls=Commands,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


app.add_typer(new)


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
SOURCE = "digits, a .npy or .npz file, a folder of images, or a dataset of the Hugging Face hub."
Json = Annotated[bool, typer.Option("--json", help="Print one JSON document, and nothing else.")]
NoCache = Annotated[bool, typer.Option("--no-cache", help="Run every engine again; keep nothing old.")]


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
def show(
    tag: Tag,
    format: Annotated[Shape, typer.Option("--format", "-f", help="A page, or the statement in LaTeX.")] = Shape.text,
    json: Json = False,
) -> None:
    """One claim: statement, assumptions, derivation, wrong answers, evidence, implementation."""
    from udm.cli.show import run

    raise typer.Exit(run(tag, format.value, as_json=json))


@app.command()
def cite(
    tag: Annotated[list[str], typer.Argument(help="A tag, a name, a prefix, a glob or a paper and a number.")],
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


@app.command()
def find(
    words: Annotated[list[str] | None, typer.Argument(help="Words, or a paper and a number: luo 84.")] = None,
    symbol: Annotated[str | None, typer.Option(help="A symbol of the statement: beta_tilde.")] = None,
    json: Json = False,
) -> None:
    """Claims by paper and equation, by words of name, title and wrong forms, or by symbol."""
    from udm.cli.find import run

    raise typer.Exit(run(words or [], symbol, as_json=json))


@app.command()
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


@app.command()
def ledger(
    work: Annotated[str | None, typer.Argument(help="A paper (luo2022, VDM); all if none.")] = None,
    json: Json = False,
) -> None:
    """A paper's equations in order, each with the claim and line that carries it, and its verdict."""
    from udm.cli.ledger import run

    raise typer.Exit(run(work, as_json=json))


@app.command()
def train(
    data: Annotated[str, typer.Option(help=SOURCE)] = "digits",
    out: Annotated[Path | None, typer.Option(help="The folder of the run; runs/DATA if not given.")] = None,
    levels: Annotated[int | None, typer.Option(help="K, for arrays that are not 8-bit.")] = None,
    steps: Annotated[int, typer.Option(help="Updates.")] = 800,
    decay_steps: Annotated[int | None, typer.Option(help="Updates in which the rate falls; all if none.")] = None,
    batch: Annotated[int, typer.Option(help="Examples per update, over all ranks and parts.")] = 128,
    accumulate: Annotated[int, typer.Option(help="Parts of a batch, one after the other.")] = 1,
    loss: Annotated[str, typer.Option(help="vlb, simple, min-snr or sigmoid.")] = "vlb",
    T: Annotated[int | None, typer.Option("--T", help="Steps of the discrete bound; continuous time if none.")] = None,
    schedule: Annotated[str, typer.Option(help="learned, linear, cosine, beta or sigmoid.")] = "learned",
    gamma_min: Annotated[float | None, typer.Option(help="gamma = -log SNR at t = 0; from the levels if none.")] = None,
    gamma_max: Annotated[float, typer.Option(help="gamma at t = 1.")] = 6.0,
    hidden: Annotated[int, typer.Option(help="Width of a learned schedule's network.")] = 128,
    learn_ends: Annotated[bool, typer.Option(help="Learn the end points of a learned schedule too.")] = False,
    network: Annotated[str, typer.Option(help="level (small grids) or unet (images).")] = "level",
    channels: Annotated[int, typer.Option(help="Width of the network.")] = 64,
    blocks: Annotated[int, typer.Option(help="Depth of the network.")] = 4,
    dropout: Annotated[float, typer.Option(help="Share of features dropped.")] = 0.2,
    conditional: Annotated[bool, typer.Option(help="Give the network the class; drop it in a tenth.")] = False,
    parameterization: Annotated[str | None, typer.Option(help="x, eps, v or score; the network's own if none.")] = None,
    lr: Annotated[float, typer.Option(help="Learning rate of the network.")] = 2e-3,
    schedule_lr: Annotated[float, typer.Option(help="Learning rate of the schedule.")] = 0.1,
    precision: Annotated[str, typer.Option(help="no or bf16.")] = "no",
    compile: Annotated[bool, typer.Option(help="Compile the network.")] = False,
    seed: Annotated[int, typer.Option(help="Same seed, same settings, same device: same losses.")] = 0,
    workers: Annotated[int, typer.Option(help="Processes that read ahead.")] = 0,
    save_every: Annotated[int, typer.Option(help="Steps between checkpoints.")] = 250,
    resume_from: Annotated[Path | None, typer.Option(help="This checkpoint, not the newest.")] = None,
    samples: Annotated[int, typer.Option(min=0, help="How many samples to draw at the end.")] = 64,
    json: Json = False,
) -> None:
    """Train a diffusion model, then evaluate its bound on held-out data and draw samples. A run goes on by itself."""
    from udm.cli.train import run

    settings = {k: v for k, v in locals().items() if k not in ("out", "resume_from", "samples", "json", "run")}
    raise typer.Exit(run(settings, out or Path("runs") / Path(data).stem, resume_from, samples, as_json=json))


@app.command()
def evaluate(
    target: Annotated[str, typer.Argument(help="A run, a checkpoint, or law:gaussian|two-points|grid|mixture.")],
    data: Annotated[str | None, typer.Option(help="Other data than the run's: " + SOURCE)] = None,
    part: Annotated[str | None, typer.Option(help="test, train or all; test if not given.")] = None,
    levels: Annotated[int | None, typer.Option(help="K of the other data, for arrays that are not 8-bit.")] = None,
    T: Annotated[int | None, typer.Option("--T", min=1, help="Steps of the discrete bound; the run's if none.")] = None,
    continuous: Annotated[bool, typer.Option("--continuous", help="In continuous time, whatever the run's T.")] = False,
    repeats: Annotated[int, typer.Option(help="Evaluations of each batch; errors come from their spread.")] = 8,
    flow: Annotated[bool, typer.Option("--flow", help="The probability flow's likelihood, by an ODE solver.")] = False,
    examples: Annotated[int | None, typer.Option(min=1, help="How many; all if not given.")] = None,
    schedule: Annotated[str | None, typer.Option(help="Another schedule with the same end points.")] = None,
    gamma_min: Annotated[float | None, typer.Option(help="Of a law; -6 if not given.")] = None,
    gamma_max: Annotated[float | None, typer.Option(help="Of a law; 6 if not given.")] = None,
    shrink: Annotated[
        float | None, typer.Option(help="Of a law: 0.99 makes the best denoiser wrong by a hundredth.")
    ] = None,
    seed: Annotated[int, typer.Option(min=0, max=2**32 - 1, help="Same seed, same numbers.")] = 0,
    json: Json = False,
) -> None:
    """The likelihood of data: prior, reconstruction and diffusion terms with their standard errors."""
    from udm.cli.evaluate import run

    options = {k: v for k, v in locals().items() if k not in ("target", "json", "run")}
    raise typer.Exit(run(target, as_json=json, **options))


@app.command()
def sample(
    target: Annotated[Path, typer.Argument(help="A run or a checkpoint.")],
    out: Annotated[Path | None, typer.Option(help="The PNG; samples.png in the target if not given.")] = None,
    count: Annotated[int, typer.Option(help="How many.")] = 64,
    steps: Annotated[int, typer.Option(help="Steps from noise to data.")] = 100,
    sampler: Annotated[str, typer.Option(help="ancestral, ddim, euler, heun, dpm++2m or corrected.")] = "ancestral",
    eta: Annotated[float, typer.Option(help="Of DDIM: 0 for the flow, 1 for ancestral.")] = 0.0,
    grid: Annotated[str, typer.Option(help="Steps equal in gamma or in time.")] = "gamma",
    seed: Annotated[int, typer.Option(help="Sample i is a function of the seed and i.")] = 0,
    label: Annotated[int | None, typer.Option(help="A class, for a conditional network.")] = None,
    guidance: Annotated[float, typer.Option(help="Classifier-free scale s = 1 + w; 1 for none.")] = 1.0,
    json: Json = False,
) -> None:
    """Samples of a trained model, as a grid of pictures."""
    from udm.cli.sample import run

    options = {"count": count, "steps": steps, "name": sampler, "eta": eta, "grid": grid, "seed": seed}
    raise typer.Exit(run(target, out, label=label, guidance=guidance, as_json=json, **options))


@app.command()
def invariance(
    target: Annotated[Path, typer.Argument(help="A run or a checkpoint.")],
    out: Annotated[Path | None, typer.Option(help="The plot; invariance.png in the target if not given.")] = None,
    repeats: Annotated[int, typer.Option(min=16, help="Evaluations of all examples.")] = 32,
    examples: Annotated[int | None, typer.Option(min=1, help="How many; all held out if not given.")] = None,
    seed: Annotated[int, typer.Option(min=0, max=2**32 - 1, help="Same seed, same numbers.")] = 0,
    json: Json = False,
) -> None:
    """One network under schedules with the same end points: the bound agrees, its estimator's variance does not."""
    from udm.cli.invariance import run

    raise typer.Exit(run(target, out, repeats=repeats, examples=examples, seed=seed, as_json=json))


def main() -> None:
    """The console script. Faults of the caller end with status 2 and one line, never with a trace."""
    try:
        app(prog_name="udm")  # however it was started: `python -m udm` too
    except ModuleNotFoundError as missing:
        extra = "verify" if missing.name in ("sympy", "flint", "z3", "cvc5") else "train"
        fail(f"expected the module {missing.name}, found none: {install(extra)}")
        sys.exit(2)
    except OSError as fault:
        with suppress(OSError):
            sys.stdout.close()  # what it holds cannot be written, and would be tried again at exit
        fail(str(fault))
        sys.exit(1)
