"""A check that training survives being killed: it is killed at random moments and restarted, and results are compared.

    python -m tests.support.kill --kills 30

Each run is a process of its own, killed (SIGKILL) after a time drawn evenly from what a whole run takes, while it
starts, computes, or writes one of its checkpoints (one a step). Its results are compared, bit for bit, with a run
that nobody disturbed: all losses, and all tensors and settings of the last checkpoint.
"""

import argparse
import multiprocessing
import random
import shutil
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

from tests.support.tiny import DIGITS, config, different
from udm.train import checkpoint

STEPS = 12
PATIENCE = 600  # seconds after which a run that has not ended counts as lost


class Found(NamedTuple):
    """The numbers of finished runs, of kills, of kills during a checkpoint, and of lost and different runs."""

    runs: int
    kills: int
    writing: int
    lost: int
    different: int

    def __str__(self) -> str:
        return (
            f"{self.kills} kills, {self.writing} of them while a checkpoint was written, in {self.runs} runs:"
            f" {self.lost} lost, {self.different} different"
        )


def train(out: Path) -> None:
    """Train until the end or a kill."""
    import torch

    from udm.train import fit

    torch.set_num_threads(1)
    fit(config(steps=STEPS, learn_ends=True, conditional=True, keep=2), out, data=DIGITS())


def killed(out: Path, after: float) -> bool:
    """Start the run and kill it after some time; return False if it had already ended well."""
    process = CONTEXT.Process(target=train, args=(out,))
    process.start()
    process.join(after)
    if process.exitcode is None:
        process.kill()
        process.join()
    if process.exitcode not in (0, -9):
        raise Lost(f"{out}: ended with {process.exitcode}")
    return process.exitcode != 0


class Lost(Exception):
    """A run that does not go on after a kill."""


def one_run(out: Path, kills: int, whole: float, rng: random.Random) -> tuple[int, int]:
    """Kill a run at most `kills` times, then let it end; return the kills, and those during a checkpoint."""
    done = writing = 0
    while done < kills:
        if not killed(out, rng.uniform(0, whole)):
            return done, writing
        done += 1
        writing += any((out / "checkpoints").glob(".*"))
    if killed(out, PATIENCE):
        raise Lost(f"{out}: no end in {PATIENCE} s")
    return done, writing


def check(folder: Path, kills: int, seed: int = 0) -> Found:
    """Kill `kills` times, over as many runs as that takes."""
    rng, runs, done, writing, lost, differ = random.Random(seed), 0, 0, 0, 0, 0
    warm = CONTEXT.Process(target=time.sleep, args=(0,))  # starts the server, and waits for its imports
    warm.start()
    warm.join()
    start = time.perf_counter()
    killed(folder / "straight", PATIENCE)
    whole = time.perf_counter() - start
    while done < kills:
        out, runs = folder / f"run{runs}", runs + 1
        try:
            more, amid = one_run(out, kills - done, whole, rng)
        except (Lost, checkpoint.CheckpointError) as fault:
            print(fault, file=sys.stderr)
            return Found(runs, done, writing, lost + 1, differ)
        done, writing = done + more, writing + amid
        bad = different(folder / "straight", out)
        if bad:
            print(f"{out}: {', '.join(bad)}", file=sys.stderr)
        differ += bool(bad)
        shutil.rmtree(out)
    return Found(runs, done, writing, lost, differ)


CONTEXT = multiprocessing.get_context("forkserver")  # imports once; each run is a fresh fork of it
CONTEXT.set_forkserver_preload(["tests.support.tiny", "sklearn.datasets", "tensorboardX"])


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=30)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        outcome = check(Path(folder), options.kills, options.seed)
    print(outcome)
    return 0 if outcome.lost == outcome.different == 0 and outcome.kills >= options.kills else 1


if __name__ == "__main__":
    sys.exit(main())
