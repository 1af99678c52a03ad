"""udm on a GPU: it gives the CPU's numbers, never waits, fits one CUDA graph, and a run resumes bit for bit.

The same calls as on the simulated device. Collected only where there is a GPU (``conftest.py``).
"""

import json
from pathlib import Path

import pytest
import torch

from tests.support.devices import BATCH, CPU, Given, alike, beside, coefficients, estimates, of_events
from tests.support.tiny import DIGITS, config, different
from udm import diffuse, diffusion, target
from udm.train import fit

pytestmark = pytest.mark.xdist_group("gpu")
GPU = torch.device("cuda", 0)


def test_coefficients_are_the_cpus() -> None:
    """Each function of CUDA's library is good to 2 units in float64, and a coefficient is a product of some ten."""
    beside(GPU, coefficients, on=GPU, rtol=2.0**-47)


def test_events_are_the_cpus() -> None:
    beside(GPU, of_events, on=GPU, rtol=2.0**-19)


def test_nothing_waits_for_the_device() -> None:
    given = Given(GPU)
    calls = coefficients(given) | of_events(given)
    torch.cuda.set_sync_debug_mode("error")
    try:
        for call in calls.values():
            call()
    finally:
        torch.cuda.set_sync_debug_mode("default")


def test_the_loss_step_is_one_cuda_graph() -> None:
    """The graph is captured once and then answers for new times and noise."""
    given = Given(GPU)

    def loss() -> torch.Tensor:
        at = given.schedule.at(given.t)
        z = diffuse(given.x, given.eps, at)
        return diffusion(target(given.x, given.eps, at, "v"), 0.5 * z, at.alpha)

    for _ in range(3):
        loss()
    graph = torch.cuda.CUDAGraph()
    with torch.cuda.graph(graph):
        found = loss()
    given.t.mul_(0.5)
    given.eps.normal_()
    graph.replay()
    torch.testing.assert_close(found, loss(), rtol=0, atol=0)


def test_samples_are_the_cpus_to_rounding() -> None:
    """Noise is made on the CPU from seeds."""
    names = [name for name, a in estimates(CPU).items() if isinstance(a, torch.Tensor)]
    theirs, ours = estimates(GPU), estimates(CPU)
    alike({n: theirs[n] for n in names}, {n: ours[n] for n in names}, GPU)


def test_training_resumes_bit_for_bit(tmp_path: Path) -> None:
    whole, parts = tmp_path / "whole", tmp_path / "parts"
    for out in (whole, parts):
        fit(config(steps=BATCH), out, data=DIGITS())
    assert not different(whole, parts)
    for kept in sorted((parts / "checkpoints").iterdir())[2:]:
        for file in sorted(kept.rglob("*"), reverse=True):
            file.unlink()
        kept.rmdir()
    fit(config(steps=BATCH), parts, data=DIGITS())
    assert not different(whole, parts)
    losses = [json.loads(line)["loss"] for line in (parts / "losses.jsonl").read_text().splitlines()]
    assert len(losses) == BATCH
