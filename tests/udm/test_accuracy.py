"""The accuracy benchmark on fewer pairs: every coefficient of every schedule meets its requirement in every dtype."""

import importlib
from pathlib import Path

import pytest

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"


def test_every_coefficient_is_within_its_requirement(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(BENCHMARKS))
    accuracy = importlib.import_module("accuracy")
    rows = list(accuracy.rows(quick=True))
    assert len(rows) == 4 * (13 * 47 + 10 * 6)  # steps of 12 schedules and of (gamma, gap); slopes of all but tables
    assert [row for row in rows if not row["within"]] == []


def test_the_benchmark_rejects_wrong_values(monkeypatch: pytest.MonkeyPatch) -> None:
    """A value two ulps off, a NaN, and a finite number for an overflow are all beyond 1 ulp."""
    monkeypatch.syspath_prepend(str(BENCHMARKS))
    exact = importlib.import_module("exact")
    form, third = exact.FORMATS["float32"], exact.mpf(1) / 3
    assert exact.ulps(float(third) + 2.0**-24, third, form) > 1.9
    assert exact.ulps(float("nan"), third, form) == float("inf")
    assert exact.ulps(3e38, exact.mpf(10) ** 40, form) == float("inf")
    assert exact.ulps(float("inf"), exact.mpf(10) ** 40, form) == 0
    assert exact.ulps(0.0, exact.mpf(2) ** -149, form) == 1


def test_slopes_and_coefficients_of_solvers_miss_it_in_other_forms(monkeypatch: pytest.MonkeyPatch) -> None:
    """gamma' by a difference, and DDIM's share of x-hat by one, at a gap of 1e-9 on the cosine path."""
    monkeypatch.syspath_prepend(str(BENCHMARKS))
    accuracy, exact = importlib.import_module("accuracy"), importlib.import_module("exact")
    schedule, path, form = accuracy.Cosine(), exact.cosine(), exact.FORMATS["float64"]
    s, t = (accuracy.torch.tensor([u], dtype=accuracy.torch.float64) for u in (0.3, 0.3 + 1e-9))
    want = exact.slopes(path, exact.mpf(t.item()))["gamma'"]
    assert exact.ulps(schedule.dgamma(t).item(), want, form) <= 8
    assert exact.ulps(((schedule.gamma(t) - schedule.gamma(s)) / (t - s)).item(), want, form) > 1000
    want = exact.solver(*(path(exact.mpf(u.item())) for u in (s, t)))["ddim x"]
    by_difference = schedule.alpha(s) - schedule.sigma(s) / schedule.sigma(t) * schedule.alpha(t)
    assert exact.ulps(accuracy.ddim_coefficients(schedule.between(s, t)).x.item(), want, form) <= 8
    assert exact.ulps(by_difference.item(), want, form) > 1000


def test_the_printed_forms_miss_the_requirement(monkeypatch: pytest.MonkeyPatch) -> None:
    """In float64, 1 - alpha^2 and a difference of gammas both exceed it."""
    monkeypatch.syspath_prepend(str(BENCHMARKS))
    accuracy, exact = importlib.import_module("accuracy"), importlib.import_module("exact")
    schedule, (s, t) = (
        accuracy.LinearGamma(),
        accuracy.torch.tensor([[0.5], [0.5 + 1e-6]], dtype=accuracy.torch.float64),
    )
    want = exact.coefficients(*(exact.linear(-13.3, 5.0)(exact.mpf(u.item())) for u in (s, t)))["sigma_ts^2"]
    naive = schedule.sigma(t) ** 2 - (schedule.alpha(t) / schedule.alpha(s)) ** 2 * schedule.sigma(s) ** 2
    assert exact.ulps(naive.item(), want, exact.FORMATS["float64"]) > 1000
    assert exact.ulps(schedule.between(s, t).var_ts.item(), want, exact.FORMATS["float64"]) <= 8
