"""udm on another device than the CPU: one simulated (``tests/support/simulated``), in a process of its own."""

import json
import os
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
    run = subprocess.run(
        [sys.executable, "-m", "tests.support.simulated.checks"], capture_output=True, text=True, check=False
    )
    assert run.returncode == 0, run.stderr
    return json.loads(run.stdout.splitlines()[-1])


@pytest.mark.xdist_group("device")
def test_a_group_is_of_one_worker(request: pytest.FixtureRequest) -> None:
    """Else each worker runs all of it; xdist 3.8 has no groups under pytest 9.2."""
    if "PYTEST_XDIST_WORKER" in os.environ:
        assert request.node.nodeid.endswith("@device")


@pytest.mark.xdist_group("device")
@pytest.mark.parametrize("name", NAMES)
def test_on_a_simulated_device(found: dict[str, str], name: str) -> None:
    assert set(found) == set(NAMES)
    assert not found[name], found[name]
