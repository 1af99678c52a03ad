"""udm on another device than the CPU: one simulated (``tests/simulated``), in a process of its own."""

import json
import subprocess
import sys

import pytest

NAMES = (
    "mixing_fires",
    "waiting_fires",
    "float64_fires",
    "formulas",
    "formulas_do_not_wait",
    "formulas_without_float64",
    "likelihoods_and_samples",
    "likelihoods_and_samples_without_float64",
    "training",
    "resumed",
    "training_without_float64",
)


@pytest.fixture(scope="module")
def found() -> dict[str, str]:
    """What each check said, "" where it passed."""
    run = subprocess.run([sys.executable, "-m", "tests.simulated.checks"], capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr
    return json.loads(run.stdout.splitlines()[-1])


@pytest.mark.xdist_group("device")
@pytest.mark.parametrize("name", NAMES)
def test_on_a_simulated_device(found: dict[str, str], name: str) -> None:
    assert set(found) == set(NAMES)
    assert not found[name], found[name]
