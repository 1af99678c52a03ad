"""`udm evaluate` of a solvable law gives its exact bound, and detects a denoiser that is wrong by about a tenth."""

import json
import math
from typing import Any

import pytest
import torch
from scipy import stats
from typer.testing import CliRunner

from property_tests.laws import Exact, Normals, Points, exact
from udm.cli.app import app
from udm.cli.evaluate import _drawn
from udm.laws import Gaussian

BATCH = 1000  # how many events `udm evaluate` draws of a law at once
SHAPE = ("--gamma-min", "-4", "--gamma-max", "3")
LAWS = {  # as `udm evaluate` makes them, one entry a coordinate; how wrong the twin is; how many draws see it
    "law:gaussian": ([Normals(((1.0, 0.5, 0.5),)), Normals(((1.0, -0.25, 1.5),))], "0.95", "50000"),
    "law:two-points": ([Points((-1.0, 1.0))], "0.9", "20000"),
    "law:grid": ([Points(tuple((2 * k - 15) / 16 for k in range(16)))], "0.8", "20000"),
    "law:mixture": ([Normals(((0.25, -1.0, 0.25), (0.75, 0.5, 0.5)))], "0.85", "20000"),
}


def evaluated(*args: str) -> dict[str, Any]:
    run = CliRunner().invoke(app, ["evaluate", *args, *SHAPE, "--json", "--repeats", "4"])
    assert run.exit_code == 0, run.output
    return json.loads(run.stdout)


def limit(found: dict[str, Any]) -> float:
    """Return the error of the estimate that chance exceeds with probability 1e-9, by Student's t over n batches."""
    degrees = found["examples"] // BATCH - 1
    return float(stats.t.ppf(1 - 0.5e-9, degrees)) * found["total"]["standard_error"]


def total(coordinates: list[Any]) -> float:
    parts: list[Exact] = [exact(law, -4.0, 3.0) for law in coordinates]
    return sum(part.total for part in parts)


@pytest.mark.parametrize("name", LAWS)
def test_the_best_denoiser_meets_the_exact_bound_and_a_biased_one_does_not(name: str) -> None:
    coordinates, shrink, examples = LAWS[name]
    right = evaluated(name, "--examples", examples)
    biased = evaluated(name, "--examples", examples, "--shrink", shrink)
    truth = total(coordinates)
    assert abs(right["total"]["value"] - truth) <= limit(right)
    assert biased["total"]["value"] - truth > limit(biased)


def test_other_schedules_with_the_same_ends_give_the_same_bound() -> None:
    truth = total(LAWS["law:grid"][0])
    for schedule in ("cosine", "beta", "sigmoid"):
        found = evaluated("law:grid", "--examples", "20000", "--schedule", schedule)
        assert abs(found["total"]["value"] - truth) <= limit(found)


def test_finite_T_is_a_looser_bound() -> None:
    truth = total(LAWS["law:two-points"][0])
    found = evaluated("law:two-points", "--examples", "20000", "--T", "10")
    assert found["total"]["value"] - truth > limit(found)


def test_the_data_of_a_law_are_independent_of_its_noise() -> None:
    """Drawn from one stream, the first batch's x would be eps_0, and the reconstruction off by ten standard errors.

    The limit is 8 standard deviations of the mean of 2000 products of independent normals: an exponential moment
    bounds the chance of exceeding it by 1e-9. If x were eps_0, the mean would be 1.
    """
    law, n, seed = Gaussian(torch.tensor([0.5, -0.25]), torch.tensor([0.5, 1.5])), 1000, 3
    for stream, apart in ((next(_drawn(law.draw, n, seed)), True), (law.draw(n, _seeded(seed)), False)):
        eps_0 = torch.randn(stream.shape, dtype=stream.dtype, generator=_seeded(seed))
        product = float(((stream - law.mean) / law.std * eps_0).mean())
        assert (abs(product) < 8 / math.sqrt(2 * n)) == apart


def _seeded(seed: int) -> torch.Generator:
    """Return a generator seeded as the estimator's own."""
    return torch.Generator().manual_seed(seed)
