"""The commands that train, evaluate and sample, with their options."""

from pathlib import Path
from typing import Annotated

import typer

from udm.cli.group import Json

SOURCE = "digits, a .npy or .npz file, a folder of images, or a dataset of the Hugging Face hub."
PLACE = "A .png, a .npz, or a folder for single pictures; samples.png in the run if not given."
OWN = "level (small grids), unet (images), or module:Class of your own."
NO_SETTINGS = ("context", "out", "resume_from", "samples", "sample_every", "examples", "device", "json", "ema_decay")
COQ = "coq"  # a run of that name is ./coq
commands = typer.Typer()

Device = Annotated[str | None, typer.Option(help="cpu, cuda or cuda:1; a graphics card if there is one, if not given.")]
Network = Annotated[str | None, typer.Option(help="module:Class, as the run was trained with; else as its name says.")]
Weights = Annotated[str, typer.Option(help="averaged over the steps, or live, those of the last step.")]


def typed(context: typer.Context) -> set[str]:
    """Return the names of the options that are on the command line or in the environment, not by default."""
    sources = {name: context.get_parameter_source(name) for name in context.params}
    return {name for name, source in sources.items() if source is not None and source.name != "DEFAULT"}


@commands.command()
def train(
    context: typer.Context,
    data: Annotated[str, typer.Option(help=SOURCE)] = "digits",
    out: Annotated[Path | None, typer.Option(help="The folder of the run; runs/DATA if not given.")] = None,
    levels: Annotated[int | None, typer.Option(help="K, for arrays that are not 8-bit.")] = None,
    decoder: Annotated[
        str | None, typer.Option(help="Of arrays without levels, as latents: gaussian, or none for no bound on x.")
    ] = None,
    steps: Annotated[int, typer.Option(help="Updates.")] = 3200,
    decay_steps: Annotated[int | None, typer.Option(help="Updates in which the rate falls; all if none.")] = None,
    batch: Annotated[int, typer.Option(help="Examples per update, over all ranks and parts.")] = 128,
    accumulate: Annotated[int, typer.Option(help="Parts of a batch, one after the other.")] = 1,
    loss: Annotated[str, typer.Option(help="vlb, mse, simple, min-snr, sigmoid or hybrid.")] = "vlb",
    T: Annotated[int | None, typer.Option("--T", help="Steps of the discrete bound; continuous time if none.")] = None,
    schedule: Annotated[
        str, typer.Option(help="learned, linear, cosine, beta or sigmoid; tables: ddpm, iddpm.")
    ] = "learned",
    gamma_min: Annotated[float | None, typer.Option(help="gamma = -log SNR at t = 0; from the levels if none.")] = None,
    gamma_max: Annotated[float, typer.Option(help="gamma at t = 1.")] = 6.0,
    hidden: Annotated[int, typer.Option(help="Width of a learned schedule's network.")] = 128,
    learn_ends: Annotated[bool, typer.Option(help="Learn the end points of a learned schedule too.")] = False,
    network: Annotated[str, typer.Option(help=OWN)] = "level",
    channels: Annotated[int | None, typer.Option(help="Width of the network; its own if none.")] = None,
    blocks: Annotated[int | None, typer.Option(help="Depth of the network; its own if none.")] = None,
    dropout: Annotated[float | None, typer.Option(help="Share of features dropped; its own if none.")] = None,
    dense: Annotated[int | None, typer.Option(help="Width of level's dense layers; 0 for attention instead.")] = None,
    fading: Annotated[bool | None, typer.Option(help="Whether these fade at little noise; yes if not given.")] = None,
    conditional: Annotated[bool, typer.Option(help="Give the network the class; drop it in a tenth.")] = False,
    parameterization: Annotated[str | None, typer.Option(help="x, eps, v or score; the network's own if none.")] = None,
    lr: Annotated[float, typer.Option(help="Learning rate of the network.")] = 2e-3,
    schedule_lr: Annotated[float, typer.Option(help="Learning rate of the schedule.")] = 0.1,
    weight_decay: Annotated[float, typer.Option(help="Of AdamW.")] = 0.05,
    warmup: Annotated[int, typer.Option(help="Updates in which the rate rises, a tenth of the decay at most.")] = 100,
    clip: Annotated[float, typer.Option(help="Largest norm of the gradient.")] = 1.0,
    ema_decay: Annotated[float, typer.Option(help="Decay of the averaged weights.")] = 0.995,
    precision: Annotated[str, typer.Option(help="no or bf16.")] = "no",
    compile: Annotated[bool, typer.Option(help="Compile the network.")] = False,
    seed: Annotated[int, typer.Option(help="Same seed, same settings, same device: same losses.")] = 0,
    workers: Annotated[int, typer.Option(help="Processes that read ahead.")] = 0,
    save_every: Annotated[int, typer.Option(help="Steps between checkpoints.")] = 250,
    keep: Annotated[int, typer.Option(help="How many checkpoints are kept.")] = 3,
    resume_from: Annotated[Path | None, typer.Option(help="This checkpoint, not the newest.")] = None,
    samples: Annotated[int, typer.Option(min=0, help="How many samples to draw at the end.")] = 64,
    sample_every: Annotated[int, typer.Option(min=0, help="Steps between samples on the way; 0 for none.")] = 0,
    examples: Annotated[
        int | None, typer.Option(min=0, help="Held-out examples to evaluate at the end; all if not given, 0 for none.")
    ] = None,
    device: Device = None,
    json: Json = False,
) -> None:
    """Train a diffusion model, then evaluate its bound on held-out data and draw samples. A run goes on by itself."""
    settings = {k: v for k, v in locals().items() if k not in NO_SETTINGS} | {"average": ema_decay}
    from udm.cli.after import After
    from udm.cli.settings import of_run
    from udm.cli.train import run

    folder = Path("runs") / Path(data).stem if out is None else out
    after = After(samples, sample_every, examples)
    settings = of_run(folder, settings, typed(context))
    raise typer.Exit(run(settings, folder, resume_from, after, device, as_json=json))


@commands.command()
def evaluate(
    target: Annotated[str, typer.Argument(help="A run, a checkpoint, or law:gaussian|two-points|grid|mixture.")],
    data: Annotated[str | None, typer.Option(help="Other data than the run's: " + SOURCE)] = None,
    part: Annotated[str | None, typer.Option(help="test, train or all; test if not given.")] = None,
    levels: Annotated[int | None, typer.Option(help="K of the other data, for arrays that are not 8-bit.")] = None,
    T: Annotated[int | None, typer.Option("--T", min=1, help="Steps of the discrete bound; the run's if none.")] = None,
    variance: Annotated[
        str | None, typer.Option(help="Of the steps of the discrete bound: beta-tilde, beta, learned or optimal.")
    ] = None,
    continuous: Annotated[bool, typer.Option("--continuous", help="In continuous time, whatever the run's T.")] = False,
    repeats: Annotated[int, typer.Option(help="Evaluations of each batch; errors come from their spread.")] = 8,
    flow: Annotated[bool, typer.Option("--flow", help="The probability flow's likelihood, by an ODE solver.")] = False,
    rate: Annotated[
        bool, typer.Option("--rate", help="What a progressive code has sent at each time, and what is then missing.")
    ] = False,
    stretches: Annotated[
        int | None, typer.Option(min=1, help="Of --rate: into how many parts the times are cut; 16 if not given.")
    ] = None,
    out: Annotated[Path | None, typer.Option(help="The plot of --rate; rate.png in the run if not given.")] = None,
    examples: Annotated[int | None, typer.Option(min=1, help="How many; all if not given.")] = None,
    schedule: Annotated[str | None, typer.Option(help="Another schedule with the same end points.")] = None,
    gamma_min: Annotated[float | None, typer.Option(help="Of a law; -6 if not given.")] = None,
    gamma_max: Annotated[float | None, typer.Option(help="Of a law; 6 if not given.")] = None,
    shrink: Annotated[
        float | None, typer.Option(help="Of a law: 0.99 makes the best denoiser wrong by a hundredth.")
    ] = None,
    conditional: Annotated[bool, typer.Option("--conditional", help="Give the network each example's class.")] = False,
    weights: Annotated[str | None, typer.Option(help="averaged over the steps (if not given), or live.")] = None,
    network: Network = None,
    device: Device = None,
    seed: Annotated[int, typer.Option(min=0, max=2**32 - 1, help="Same seed, same numbers.")] = 0,
    json: Json = False,
) -> None:
    """The likelihood of data: prior, reconstruction and diffusion terms with their standard errors."""
    from udm.cli.evaluate import run

    options = {k: v for k, v in locals().items() if k not in ("target", "json", "run")}
    raise typer.Exit(run(target, as_json=json, **options))


@commands.command()
def sample(
    target: Annotated[Path, typer.Argument(help="A run or a checkpoint.")],
    out: Annotated[Path | None, typer.Option(help=PLACE)] = None,
    count: Annotated[int, typer.Option(help="How many.")] = 64,
    steps: Annotated[int, typer.Option(help="Steps from noise to data.")] = 100,
    sampler: Annotated[
        str, typer.Option(help="ancestral, ddim, euler, heun, dpm++2m, corrected or annealed.")
    ] = "ancestral",
    eta: Annotated[float, typer.Option(help="Of DDIM: 0 for the flow, 1 for ancestral.")] = 0.0,
    variance: Annotated[
        str | None, typer.Option(help="Of ancestral noise: beta-tilde, beta or learned; as the run was taught.")
    ] = None,
    grid: Annotated[str | None, typer.Option(help="Steps equal in gamma, or in time, as on a table.")] = None,
    seed: Annotated[int, typer.Option(help="Sample i is a function of the seed and i.")] = 0,
    label: Annotated[int | None, typer.Option(help="A class, for a conditional network.")] = None,
    guidance: Annotated[float, typer.Option(help="Classifier-free scale s = 1 + w; 1 for none.")] = 1.0,
    weights: Weights = "averaged",
    network: Network = None,
    device: Device = None,
    json: Json = False,
) -> None:
    """Samples of a trained model, as a grid of pictures, single pictures or an array."""
    from udm.cli.sample import run

    options = {"count": count, "steps": steps, "name": sampler, "eta": eta, "grid": grid, "seed": seed}
    options |= {"label": label, "guidance": guidance, "weights": weights, "network": network, "device": device}
    options |= {"variance": variance}
    raise typer.Exit(run(target, out, as_json=json, **options))


@commands.command()
def invariance(
    target: Annotated[Path, typer.Argument(help="A run or a checkpoint.")],
    out: Annotated[Path | None, typer.Option(help="The plot; invariance.png in the run if not given.")] = None,
    repeats: Annotated[int, typer.Option(min=16, help="Evaluations of all examples.")] = 32,
    examples: Annotated[int | None, typer.Option(min=1, help="How many; all held out if not given.")] = None,
    weights: Weights = "averaged",
    network: Network = None,
    device: Device = None,
    seed: Annotated[int, typer.Option(min=0, max=2**32 - 1, help="Same seed, same numbers.")] = 0,
    json: Json = False,
) -> None:
    """One network under schedules with the same end points: the bound agrees, its estimator's variance does not."""
    from udm.cli.invariance import run

    options = {"weights": weights, "network": network, "device": device}
    raise typer.Exit(run(target, out, repeats=repeats, examples=examples, seed=seed, as_json=json, **options))


@commands.command()
def export(
    target: Annotated[Path, typer.Argument(help="A run or a checkpoint; or the word coq, for claims.")],
    claims: Annotated[list[str] | None, typer.Argument(help="After coq: tags, names or globs; all if none.")] = None,
    out: Annotated[Path | None, typer.Option(help="The folder; export in the run, or coq, if not given.")] = None,
    examples: Annotated[
        int | None, typer.Option(min=0, help="Held-out examples of the card's bound; all if not given, 0 for no bound.")
    ] = None,
    weights: Weights = "averaged",
    network: Network = None,
    device: Device = None,
    json: Json = False,
) -> None:
    """A trained model as safetensors, with a card that says its bound; or claims as files of Coq: `udm export coq`."""
    if str(target) == COQ:
        from udm.cli.coq import run as written

        raise typer.Exit(written(claims or [], out, as_json=json))
    if claims:
        raise typer.BadParameter(f"expected one run or checkpoint, got {target} and {' '.join(claims)}")
    from udm.cli.export import run

    options = {"weights": weights, "network": network, "device": device}
    raise typer.Exit(run(target, out, examples=examples, as_json=json, **options))
