"""Steps that are drawn by importance: chances, an estimate without bias, its least spread, a history of losses."""

import math
from collections.abc import Callable

import pytest
import torch
from torch import Tensor

from derivations.claims.training.importance import D as BEST
from derivations.symbols import size_1, size_2
from udm.importance import Drawn, History, chances, draw

LOSSES = torch.tensor([9.0, 1.0, 0.25, 4.0], dtype=torch.float64)
MEAN = float(LOSSES.mean())


@pytest.mark.claim("time.importance")
def test_the_odds_of_two_steps_are_those_of_the_claim() -> None:
    p = chances(torch.tensor([9.0, 4.0], dtype=torch.float64))
    odds = float(BEST.odds.subs({size_1: 3, size_2: 2}))
    assert float(p[0] / p[1]) == pytest.approx(odds, rel=1e-15) and float(p.sum()) == pytest.approx(1, rel=1e-15)


def exactly(p: Tensor) -> tuple[float, float]:
    """Mean and mean square of a weighted loss, over all starts of the systematic draw of one."""
    w = 1 / (len(p) * p)
    return float((p * w * LOSSES).sum()), float((p * torch.square(w * LOSSES)).sum())


@pytest.mark.claim("time.importance")
def test_the_best_chances_have_the_least_mean_square() -> None:
    best = chances(torch.square(LOSSES))
    mean, least = exactly(best)
    assert mean == pytest.approx(MEAN, rel=1e-14) and least == pytest.approx(MEAN**2, rel=1e-14)
    for other in (
        torch.full((4,), 0.25, dtype=torch.float64),
        LOSSES**2 / (LOSSES**2).sum(),
        1 / LOSSES / (1 / LOSSES).sum(),
    ):
        assert exactly(other)[1] > 1.1 * least  # uniform, by the squares, and less of the larger


@pytest.mark.parametrize("p", [LOSSES / LOSSES.sum(), torch.full((4,), 0.25, dtype=torch.float64)])
def test_a_large_batch_has_each_step_as_often_as_its_chance(p: Tensor) -> None:
    """A systematic draw has each step the whole number of times below its expectation, or one more: exactly."""
    found = draw(p, 1000, generator=torch.Generator().manual_seed(0))
    counts = torch.bincount(found.step - 1, minlength=4)
    assert bool(((counts - 1000 * p).abs() < 1).all())
    assert torch.equal(found.weight, 1 / (4 * p[found.step - 1]))
    assert abs(float((found.weight * LOSSES[found.step - 1]).mean()) - MEAN) < 4 * float((LOSSES / p).max()) / 4 / 1000


def test_a_step_without_a_chance_is_never_drawn_and_scale_does_not_matter() -> None:
    p = torch.tensor([0.0, 3.0, 0.0, 1.0, 0.0])
    found = draw(p, 64, generator=torch.Generator().manual_seed(1))
    assert set(found.step.tolist()) == {2, 4}
    again = draw(p / 4, 64, generator=torch.Generator().manual_seed(1))
    assert isinstance(found, Drawn) and torch.equal(found.step, again.step) and torch.equal(found.weight, again.weight)


def test_history_is_uniform_until_every_step_is_known_and_forgets() -> None:
    history = History(2, kept=2)
    history.add(torch.tensor([1, 1, 2]), torch.tensor([3.0, 3.0, 1.0]))
    assert not history.full and history.chances().tolist() == [0.5, 0.5]
    history.add(torch.tensor([2]), torch.tensor([1.0]))
    assert history.full and history.chances().tolist() == [0.75, 0.25]
    history.add(torch.tensor([1, 1]), torch.tensor([1.0, -1.0]))
    assert history.chances().tolist() == [0.5, 0.5]
    history.add(torch.tensor([1, 2, 1, 2]), torch.zeros(4))
    assert history.chances().tolist() == [0.5, 0.5]  # of no loss at all, no step is preferred


REFUSED: dict[str, tuple[Callable[[], object], str]] = {
    "chances of a table": (lambda: chances(LOSSES[None]), "udm.importance.chances: expected mean_squares of shape"),
    "no batch": (lambda: draw(LOSSES, 0), "udm.importance.draw: expected batch >= 1, got 0"),
    "no steps": (lambda: History(0), "udm.importance.History: expected T >= 1"),
    "step 0": (lambda: History(2).add(torch.tensor([0]), torch.ones(1)), "integers from 1 to 2"),
    "real steps": (lambda: History(2).add(torch.ones(1), torch.ones(1)), "udm.importance.History.add: expected step"),
    "another count": (lambda: History(2).add(torch.tensor([1, 2]), torch.ones(1)), "of 1 integers"),
    "no number": (lambda: History(2).add(torch.tensor([1]), torch.tensor([math.nan])), "finite losses"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_is_no_loss_of_a_step_is_refused(case: str) -> None:
    call, message = REFUSED[case]
    with pytest.raises(ValueError, match=r"^udm\.importance\.") as refused:
        call()
    assert message in str(refused.value)
