"""Right code is not accused, and each of many one-line corruptions of it is found, by its own check and by name."""

from functools import cache

import pytest

from tests.support.diffusion import GaussianDiffusion, Process
from tests.support.wrong_diffusion import SLIPS, corrupted
from udm.conformance import Report, check
from udm.conformance.formulas import FORMULAS

STEPS = (1, 2, 3, 16)


@cache
def right(kind: type) -> Report:
    return check(kind, steps=(40,) if kind is GaussianDiffusion else STEPS)


@pytest.mark.parametrize("kind", [Process, GaussianDiffusion])
def test_right_code_is_not_accused(kind: type) -> None:
    report = right(kind)
    assert report.alarms == () and report.well
    assert {row.verdict for row in report.rows} == {"exact", "weak", "not offered"}
    assert report.ran == sum(report.totals.values()) - report.totals["not offered"] > 25


def test_all_formulas_but_those_of_schedulers_are_run_on_the_reference() -> None:
    ran = {row.check for row in right(Process).rows if row.verdict != "not offered"}
    assert {f.name for f in FORMULAS} - ran == {"add_noise_on_grid"}
    assert {"sampler.marginal", "sampler.noise", "grid.range", "grid.falling"} <= ran


def test_an_object_that_cannot_be_made_anew_is_checked_as_it_is() -> None:
    assert check(Process(), steps=STEPS).well
    assert not check(corrupted(SLIPS["x_0 and eps exchanged"])(), steps=STEPS).well


def test_there_are_many_corruptions() -> None:
    assert len(SLIPS) >= 50 and {slip.check for slip in SLIPS.values()} >= {f.name for f in FORMULAS} - {
        "add_noise_on_grid"
    }


@pytest.mark.parametrize("name", SLIPS)
def test_a_corruption_is_found(name: str) -> None:
    slip = SLIPS[name]
    report = check(corrupted(slip), steps=STEPS, only=[slip.check])
    assert {row.check for row in report.alarms} == {slip.check} or slip.check.startswith("sampler.")
    found = [row for row in report.alarms if row.check == slip.check]
    assert found and any(slip.words in row.explanation for row in found), report.rows
