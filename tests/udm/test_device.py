"""udm on a device other than the CPU: the simulated one of ``tests/support/simulated``, in its own process."""

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
    """What each check reported: "" where it passed."""
    run = subprocess.run(
        [sys.executable, "-m", "tests.support.simulated.checks"], capture_output=True, text=True, check=False
    )
    assert run.returncode == 0, run.stderr
    return json.loads(run.stdout.splitlines()[-1])


@pytest.mark.xdist_group("device")
def test_the_checks_of_the_device_share_one_worker(request: pytest.FixtureRequest) -> None:
    """Otherwise each worker would run all of them; xdist 3.8 has no groups under pytest 9.2."""
    if "PYTEST_XDIST_WORKER" in os.environ:
        assert request.node.nodeid.endswith("@device")


@pytest.mark.xdist_group("device")
@pytest.mark.parametrize("name", NAMES)
def test_udm_works_on_a_simulated_device(found: dict[str, str], name: str) -> None:
    assert set(found) == set(NAMES)
    assert not found[name], found[name]
