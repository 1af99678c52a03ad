"""What ranks do with a trained run, together or one alone: `tests/udm/train/test_divided.py` compares the two."""

import json
import os
from pathlib import Path
from typing import Any

import pytest
import torch

from tests.support.command import udm
from tests.support.tiny import DIGITS, config
from udm.data import values
from udm.likelihood import evaluate, evaluate_flow
from udm.likelihood.invariance import invariance
from udm.ranks import joined, place
from udm.train import fit, load

SPEC: dict[str, Any] = {"dropout": 0.0, "lr": 1e-3, "save_every": 6, "batch": 24, "decay_steps": 12}


def evaluations(run: Path) -> dict[str, Any]:
    """Return every term, by the library, of 40 examples in batches of 9 and 4: a rank of three has none of a pair."""
    model, levels = load(run).model, values(17)
    batches = [DIGITS().read(range(k, min(k + 9, 40)))[0] for k in range(0, 40, 9)]
    few: dict[str, Any] = {"repeats": 2, "seed": 3, "divided": True}
    found = {
        "bound": evaluate(model, batches, levels, **few).record(),
        "of an iterator": evaluate(model, iter(batches), levels, **few).record(),
        "two batches": evaluate(model, batches[:2], levels, error="law", T=None, **few).record(),
        "flow": evaluate_flow(model, batches[-2:], levels, rtol=1e-3, atol=1e-3, **few).record(),
        "invariance": [
            (row.bound._asdict(), row.variance._asdict(), row.carried)
            for row in invariance(model, {"learned": model.schedule}, batches, levels, **few)
        ],
    }
    try:
        evaluate(model, [*batches, torch.full((3, 1, 8, 8), 99)], levels, **few)
    except ValueError as fault:  # of one rank, and raised on all
        found["fault"] = str(fault)
    return found


def commands(run: Path, out: Path) -> None:
    """Run each command, and write what it prints, and with which status, for this rank."""
    rank = int(os.environ.get("RANK", "0"))
    words = {
        "evaluate": ("evaluate", str(run), "--examples", "20", "--repeats", "2"),
        "invariance": ("invariance", str(run), "--examples", "6", "--repeats", "16", "--out", str(out / "i.png")),
        "sample": ("sample", str(run), "--count", "5", "--steps", "3", "--out", str(out / "s.npz")),
        "missing": ("evaluate", str(out / "nothing")),
    }
    for name, args in words.items():
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("udm.cli.invariance.plot", lambda *args: args[-1])  # whose library takes seconds to load
            found = udm(*args, "--json")
        (out / f"{name}-{rank}.json").write_text(
            json.dumps({"status": found.exit_code, "out": found.stdout, "err": found.stderr})
        )


def first_half(out: Path) -> None:
    """Begin a run."""
    fit(config(**SPEC, steps=6), out, data=DIGITS())


def work(run: Path, out: Path) -> None:
    """Evaluate by the library and by the commands, then train on, from another number of ranks."""
    out.mkdir(parents=True, exist_ok=True)
    with joined():
        found = evaluations(run)
        (out / f"found-{place()[0]}.json").write_text(json.dumps(found))
        commands(run, out)  # which join the same group: a store of another would take the same port
        fit(config(**SPEC, steps=12), out / "on", data=DIGITS())
