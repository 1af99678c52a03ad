"""Checks of udm on the simulated device: ``python -m tests.support.simulated.checks NAME ...`` prints JSON.

Each check returns nothing or raises; those named ``*_fires`` show that the device refuses what it must.
"""

import json
import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import torch
from accelerate.state import PartialState
from torch import Tensor

import udm
from tests.support.devices import BATCH, CPU, Call, Given, alike, beside, coefficients, estimates, of_events
from tests.support.simulated.device import SIM, OnSim, no_float64, quiet
from tests.support.tiny import DIGITS, config
from udm import likelihood
from udm.data import values
from udm.time import systematic_times
from udm.train import fit, load


def formulas() -> None:
    """Compute every formula on the device and compare with the CPU's numbers, bit for bit."""
    beside(SIM, coefficients, on=SIM)
    beside(SIM, of_events, on=SIM)


def formulas_do_not_wait() -> None:
    """Compute every formula without reading a value or copying, as a CUDA graph requires."""
    given = Given(SIM)
    calls = coefficients(given) | of_events(given) | {
        "bound": lambda: udm.variational_bound(given.model, given.index, given.levels, window=2),
        "times": lambda: systematic_times(BATCH, device=SIM),
    }  # fmt: skip
    with quiet():
        for name, call in calls.items():
            try:
                call()
            except RuntimeError as fault:
                raise AssertionError(f"{name}: {fault}") from fault


def formulas_without_float64() -> None:
    """Without float64, coefficients come from the CPU, events stay on the device, and sums over them are float32."""
    with no_float64():
        beside(SIM, coefficients, on=CPU)
        beside(SIM, of_events, on=None, rtol=2.0**-20)
        given = Given(SIM)
        assert udm.diffuse(given.x, given.eps, given.at).device == SIM
        assert udm.prior(given.x, given.at).dtype == torch.float32


def likelihoods_and_samples() -> None:
    """Compare each number of the likelihood and each sample, up to the rounding of reordered sums."""
    alike(estimates(SIM), estimates(CPU), SIM)


def likelihoods_and_samples_without_float64() -> None:
    """Without float64 both run, but times are drawn in float32, so only the samples are compared."""
    with no_float64():
        theirs = estimates(SIM)
    ours = estimates(CPU)
    names = [name for name in ours if isinstance(ours[name], Tensor)]
    alike({n: theirs[n] for n in names}, {n: ours[n] for n in names}, SIM)
    for name in ("evaluate", "evaluate, T", "flow", "flow, decoder"):
        mine, other = ours[name].total, theirs[name].total
        assert abs(mine.value - other.value) < 6 * (mine.standard_error + other.standard_error), name


@contextmanager
def accelerated(device: torch.device) -> Iterator[None]:
    """Check that Accelerate trains on the device."""
    available, default = torch.accelerator.is_available, PartialState.default_device
    PartialState._reset_state()
    torch.accelerator.is_available = lambda: device == SIM
    PartialState.default_device = property(lambda _: device)  # pyright: ignore[reportAttributeAccessIssue]
    try:
        yield
    finally:
        torch.accelerator.is_available, PartialState.default_device = available, default
        PartialState._reset_state()


RUNS: tuple[dict[str, Any], ...] = (
    {"conditional": True, "learn_ends": True, "steps": 3},
    {"schedule": "linear", "T": 5, "steps": 2},
    {"loss": "simple", "schedule": "cosine", "accumulate": 2, "steps": 2},
)


def _losses(device: torch.device, out: Path, **changes: Any) -> list[float]:
    before = OnSim.made
    with accelerated(device):
        fit(config(**changes), out, data=DIGITS())
    assert (OnSim.made > before + 1000) == (device == SIM), "the run was not where it should be"
    return _read(out)


def _read(out: Path) -> list[float]:
    return [json.loads(line)["loss"] for line in (out / "losses.jsonl").read_text().splitlines()]


def training() -> None:
    """Compare the losses of whole runs up to rounding: the CPU's fused kernels are other kernels on the device."""
    with TemporaryDirectory() as folder:
        for i, changes in enumerate(RUNS):
            theirs, ours = (_losses(d, Path(folder) / f"{d.type}{i}", **changes) for d in (SIM, CPU))
            assert len(theirs) == changes["steps"]
            torch.testing.assert_close(torch.tensor(theirs), torch.tensor(ours), rtol=1e-6, atol=0)


def resumed() -> None:
    """Check that a run stopped half way on the device resumes there bit for bit, and that any device reads it."""
    with TemporaryDirectory() as folder:
        whole, parts = Path(folder) / "whole", Path(folder) / "parts"
        losses = _losses(SIM, whole, steps=4)
        _losses(SIM, parts, steps=4)
        for kept in sorted((parts / "checkpoints").iterdir())[2:]:
            for file in sorted(kept.rglob("*"), reverse=True):
                file.unlink()
            kept.rmdir()
        assert _losses(SIM, parts, steps=4) == losses
        model = load(parts, device=SIM).model
        assert model.schedule.device == SIM
        batch = DIGITS().read(range(8))[0]
        levels = values(DIGITS().K)
        theirs = likelihood.evaluate(model, [batch.to(SIM)], levels, repeats=2)
        ours = likelihood.evaluate(load(parts).model, [batch], levels, repeats=2)
        alike({"bound": theirs}, {"bound": ours}, SIM)


def training_without_float64() -> None:
    """Check that training runs on the CPU instead, bit for bit."""
    with TemporaryDirectory() as folder:
        with no_float64(), accelerated(SIM):
            fit(config(steps=2), Path(folder) / "sim", data=DIGITS())
        ours = _losses(CPU, Path(folder) / "cpu", steps=2)
        assert _read(Path(folder) / "sim") == ours


def mixing_fires() -> None:
    given = Given(SIM)
    _refused(lambda: given.x + torch.ones(3), "all tensors on one device")
    _refused(lambda: given.schedules[-1].at(given.t.cpu()), "all tensors on one device")


def waiting_fires() -> None:
    given = Given(SIM)
    with quiet():
        _refused(lambda: float(given.t.sum()), "looks at a value")
        _refused(lambda: given.x[given.x > 0], "looks at a value")
        _refused(lambda: given.t.cpu(), "copies between devices")
        _refused(lambda: torch.ones(3).to(SIM), "copies between devices")


def float64_fires() -> None:
    with no_float64():
        _refused(lambda: torch.ones(3, dtype=torch.float64, device=SIM), "no float64")
        _refused(lambda: torch.ones(3, device=SIM).double(), "no float64")


def _refused(call: Call, why: str) -> None:
    try:
        call()
    except (RuntimeError, TypeError) as fault:
        assert why in str(fault), fault
    else:
        raise AssertionError(f"expected a refusal: {why}")


CHECKS: dict[str, Call] = {
    f.__name__: f
    for f in (
        mixing_fires,
        waiting_fires,
        float64_fires,
        formulas,
        formulas_do_not_wait,
        formulas_without_float64,
        likelihoods_and_samples,
        likelihoods_and_samples_without_float64,
        training,
        resumed,
        training_without_float64,
    )
}


def main(names: list[str]) -> None:
    torch.set_num_threads(1)
    found: dict[str, str] = {}
    for name in names or CHECKS:
        try:
            CHECKS[name]()
            found[name] = ""
        except Exception:
            found[name] = traceback.format_exc()
    print(json.dumps(found))


if __name__ == "__main__":
    main(sys.argv[1:])
