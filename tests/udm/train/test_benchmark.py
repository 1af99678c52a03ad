"""The training benchmark: paired ratios, their spread and limits, and contenders that compute the same step."""

import importlib
import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

BENCHMARKS = Path(__file__).parents[3] / "benchmarks"


@pytest.fixture
def training(monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.syspath_prepend(str(BENCHMARKS))
    return importlib.import_module("training")


def test_ratios_are_of_the_same_round(training: Any) -> None:
    """If the machine slows down tenfold half way, no ratio changes, but a ratio of means would spread."""
    slow = [1.0] * 20 + [10.0] * 20
    found = training.timing.paired([2 * s for s in slow], slow)
    assert found == (2.0, 2.0, 2.0)
    with pytest.raises(ValueError, match="15 or more"):
        training.timing.paired([1.0] * 14, [1.0] * 14)


def test_the_spread_covers_the_median_as_often_as_stated(training: Any) -> None:
    """P(fewer than low of n rounds fall below the true median) is below 0.005, and likewise above."""
    for n in (15, 16, 40, 101, 400):
        found = training.timing.paired([float(k) for k in range(1, n + 1)], [1.0] * n)
        assert found.low + found.high == n + 1 == 2 * found.ratio, "the interval lies even around the median"
        missed = sum(math.comb(n, k) for k in range(int(found.low))) / 2**n
        assert missed <= 0.005
        assert found.low == 1 or sum(math.comb(n, k) for k in range(int(found.low) + 2)) / 2**n > 0.002, "not too wide"


def test_a_limit_is_missed_only_if_the_whole_spread_is_beyond_it(training: Any) -> None:
    ratio = training.timing.Ratio(1.06, 1.04, 1.08)
    assert training.met(ratio, ("<=", 1.05))
    assert not training.met(ratio._replace(low=1.051), ("<=", 1.05))
    assert not training.met(ratio, (">=", 1.09))
    assert not training.met(training.timing.Ratio(math.nan, math.nan, math.nan), ("<=", 1.05))
    assert training.met(ratio, None) is None


def test_rows_are_json(training: Any) -> None:
    cpu = torch.device("cpu")
    found = list(training.compare("two", {"a": lambda: 0, "b": lambda: sum(range(999))}, cpu, 0.0, {"b": ("<=", 0.5)}))
    assert [row["library"] for row in json.loads(json.dumps(found, allow_nan=False))] == ["a", "b"]
    assert found[0]["ratio"] == 1.0
    assert found[0]["met"] is None
    assert found[1]["ratio"] > 1
    assert found[1]["met"] is False


def test_contenders_take_the_same_step(training: Any) -> None:
    """Latent, loss and gradient of the prediction agree to float32 between udm and the code written by hand."""
    step = training.steps.Step((8, 3, 8, 8), torch.device("cpu"), draw=False)
    runs = training.steps.contenders(step)
    want = runs["by hand"]()
    for name in ("by hand, weighted", "udm"):
        for a, b in zip(runs[name](), want, strict=True):
            torch.testing.assert_close(a.float(), b, rtol=1e-6, atol=1e-7)


@pytest.fixture
def digits(monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.syspath_prepend(str(BENCHMARKS))
    return importlib.import_module("digits")


def test_only_what_looks_like_new_digits_counts_as_such(digits: Any) -> None:
    """Held-out digits do; pixels drawn one by one are recognised hardly ever, and copies have no distance."""
    held_out, train = digits._part("test")[0], digits._part("train")[0]
    new = digits.looks(held_out)
    assert new.recognised > digits.DIGITS and new.distance > digits.DISTANCE
    pixels = np.random.default_rng(0).permuted(train, axis=0)[:100]
    assert digits.looks(pixels).recognised < 0.05
    copies = digits.looks(train[:20])
    assert copies.recognised > digits.DIGITS and copies.distance == 0


def test_each_target_of_the_digits_can_be_missed(digits: Any) -> None:
    met = {
        "total": {"value": 1.74}, "looks": {"recognised": 0.7, "distance": 12.0}, "training_seconds": 300.0,
        "largest_difference": {"value": 1.0, "limit": 4.0}, "linear_over_learned": 4.0, "beta_over_learned": 30.0,
    }  # fmt: skip
    assert digits.missed(met) == []
    wrong = {
        "total": {"value": 1.76}, "training_seconds": 361.0, "largest_difference": {"value": 5.0, "limit": 4.0},
        "linear_over_learned": 1.9, "beta_over_learned": 9.0,
    }  # fmt: skip
    for name, value in wrong.items():
        assert len(digits.missed(met | {name: value})) == 1
    for looks in ({"recognised": 0.69, "distance": 12.0}, {"recognised": 0.7, "distance": 11.9}):
        assert len(digits.missed(met | {"looks": looks})) == 1
