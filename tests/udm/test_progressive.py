"""Rate and distortion of a progressive code: of normal data with the best denoiser as the claim has them."""

import math
from collections.abc import Callable

import pytest
import torch
from scipy import stats
from torch import Tensor

from derivations.claims.solvable.coding import A as EXACT
from derivations.claims.solvable.gaussian_loss import STEP
from derivations.symbols import c, dsnr, snr, snr_max, snr_min, snr_t
from udm.data import values
from udm.laws import Gaussian, Grid
from udm.likelihood import Coding, best_variance, evaluate, progressive
from udm.model import Model
from udm.schedule import Betas, Cosine, LinearGamma, Schedule
from udm.variance import Variance

LAW = Gaussian(torch.tensor([0.5, -0.25]), torch.tensor([0.5, 1.5]))
BATCHES = 30
DATA = [LAW.draw(200, torch.Generator().manual_seed(k)) for k in range(BATCHES)]
PATHS: dict[str, tuple[Schedule, int | None]] = {
    "continuous": (LinearGamma(-6.0, 6.0), None),
    "steps": (LinearGamma(-6.0, 6.0), 6),
    "table": (Betas.linear(12), None),
}


def curve(name: str, shrink: float = 1.0) -> Coding:
    path, T = PATHS[name]
    return progressive(LAW.model(path, shrink=shrink), DATA, T=T, stretches=3, repeats=1, error="law", unit="nats")


def exact(path: Schedule, T: int | None, t: float) -> tuple[float, float]:
    """Rate and distortion at t: the prior term, and the stretch from 1 to t or its steps; the root of the mean mmse."""

    def at(time: float) -> float:
        return float(path.at(torch.tensor([time], dtype=torch.float64)).snr)

    alpha, sigma = (float(getattr(path.at(torch.ones(1, dtype=torch.float64)), of)) for of in ("alpha", "sigma"))
    rate, square = 0.0, 0.0
    for m, s in zip(LAW.mean.tolist(), LAW.std.tolist(), strict=True):
        rate += (alpha**2 * (m**2 + s**2) + sigma**2 - 1 - math.log(sigma**2)) / 2
        square += float(EXACT.error.subs({c: s**2, snr: at(t)})) / 2
        if T is None:
            rate += float(EXACT.stretch.subs({c: s**2, snr_max: at(t), snr_min: at(1.0)}))
            continue
        for i in range(round(t * T) + 1, T + 1):
            ends = at(i / T), at((i - 1) / T)
            rate += float(STEP.loss.subs({c: s**2, snr_t: ends[0], dsnr: ends[1] - ends[0]}))
    return rate, math.sqrt(square)


def within(found: Coding, path: Schedule, T: int | None, turned: bool = False) -> bool:
    """Whether all numbers are as they should be, with one false alarm in 1e9 by Student's t."""
    far = float(stats.t.ppf(1 - 0.5e-9 / (2 * len(found.places)), BATCHES - 1))
    rates = [at.rate.value for at in found.places]
    for at, sent in zip(found.places, rates[::-1] if turned else rates, strict=True):
        rate, distortion = exact(path, T, at.t)
        if abs(sent - rate) > far * at.rate.standard_error:
            return False
        if abs(at.distortion.value - distortion) > far * at.distortion.standard_error:
            return False
    return True


@pytest.mark.claim("coding.gaussian")
@pytest.mark.parametrize("name", PATHS)
def test_normal_data_have_the_rate_and_the_distortion_of_the_claim(name: str) -> None:
    path, T = PATHS[name]
    found, steps = curve(name), path.steps if T is None else T
    assert within(found, path, steps)
    assert not within(curve(name, shrink=0.8), path, steps)  # a denoiser that is wrong by a fifth
    assert not within(found, path, steps, turned=True)  # summed from the end of the data
    assert found.total.value == pytest.approx(found.places[-1].rate.value, rel=1e-12)


def test_steps_cost_more_than_continuous_time_and_both_fall_to_the_same_distortion() -> None:
    steps, limit = curve("steps"), curve("continuous")
    assert steps.places[-1].rate.value > limit.places[-1].rate.value
    assert steps.places[-1].distortion.value == pytest.approx(limit.places[-1].distortion.value, rel=0.05)


LEVELS = values(16, torch.float64)
GRID = Grid(LEVELS)
INDEX = [GRID.draw_index(500, torch.Generator().manual_seed(k)) for k in range(8)]


@pytest.mark.parametrize(("path", "T"), [(LinearGamma(-6.0, 12.0), None), (Betas.linear(40), 10)])
def test_the_whole_code_of_levels_is_the_bound(path: Schedule, T: int | None) -> None:
    model, repeats = GRID.model(path), 16
    found = progressive(model, INDEX, LEVELS, T=T, stretches=4, repeats=repeats)
    bound = evaluate(model, INDEX, LEVELS, T=T, repeats=repeats, seed=1).total
    error = math.hypot(found.total.standard_error, bound.standard_error)
    far = float(stats.t.ppf(1 - 0.5e-9, repeats - 1))
    assert abs(found.total.value - bound.value) < far * error
    assert found.total.value - found.places[-1].rate.value > 0.01  # which lacks the decoder


def test_distortion_of_levels_is_on_the_scale_of_8_bits() -> None:
    """At the noise end only the mean is known: levels 0 .. 15, 17 apart on it, have the deviation of a uniform law."""
    found = progressive(GRID.model(LinearGamma(-6.0, 16.0)), INDEX, LEVELS, stretches=1, repeats=2)
    index = torch.cat(INDEX).double()
    start = 255 / 15 * float(torch.square(index - 7.5).mean().sqrt())
    assert found.places[0].distortion.value == pytest.approx(start, rel=1e-3)
    assert found.places[0].distortion.unit == "of 255"


def test_predictions_beyond_the_levels_are_cut() -> None:
    far = Model(lambda z, gamma: 0 * z + 1e30, LinearGamma(), "x")
    found = progressive(far, INDEX[:1], LEVELS, stretches=1, repeats=2)
    miss = 17 * float(torch.square(15 - INDEX[0].double()).mean().sqrt())
    assert found.places[0].distortion.value == pytest.approx(miss, rel=1e-6)


def test_a_stretch_has_at_least_one_step_and_the_first_step_of_a_table_is_the_decoders() -> None:
    found = progressive(GRID.model(Betas.linear(3)), INDEX[:1], LEVELS, stretches=16, repeats=2)
    assert [at.t for at in found.places] == [1.0, 2 / 3, 1 / 3]
    record = found.record()
    assert set(record) == {"curve", "total", "meaning", "examples", "repeats"} and record["examples"] == 500


def test_the_variance_of_the_steps_changes_the_rate_alone_and_the_best_is_least() -> None:
    model = GRID.model(LinearGamma(-6.0, 6.0))
    least = best_variance(model, INDEX[:1], LEVELS, T=4, seed=1)
    choices: list[Variance] = ["beta-tilde", "beta", least]
    tilde, beta, best = (progressive(model, INDEX[:1], LEVELS, T=4, variance=v, repeats=2).places[-1] for v in choices)
    assert best.rate.value < beta.rate.value < tilde.rate.value
    assert best.distortion == beta.distortion == tilde.distortion


def test_classes_are_given_to_the_denoiser() -> None:
    def denoiser(z: Tensor, gamma: Tensor, *label: Tensor) -> Tensor:
        return 0 * z + label[0][:, None].to(z)

    model, x = Model(denoiser, LinearGamma(), "x"), torch.tensor([[1.0], [2.0]])
    found = progressive(model, [(x, torch.tensor([1, 2]))], conditional=True, stretches=1, repeats=2)
    assert found.places[0].distortion.value == 0 and found.places[0].distortion.standard_error == 0


MODEL = GRID.model(LinearGamma())
REFUSED: dict[str, tuple[Callable[[], object], str]] = {
    "continuous time to sigma = 0": (lambda: progressive(GRID.model(Cosine()), INDEX, LEVELS), "sigma_0 > 0"),
    "no stretches": (lambda: progressive(MODEL, INDEX, LEVELS, stretches=0), "stretches >= 1, got 0"),
    "one repeat": (lambda: progressive(MODEL, INDEX, LEVELS, repeats=1), "repeats >= 2"),
    "one batch of a law": (lambda: progressive(MODEL, INDEX[:1], LEVELS, error="law"), "at least two batches"),
    "levels that fall": (lambda: progressive(MODEL, INDEX, LEVELS.flip(0)), "levels that increase"),
    "no levels": (lambda: progressive(MODEL, INDEX), "floating"),
    "a variance without steps": (lambda: progressive(MODEL, INDEX, LEVELS, variance="beta"), "no variance"),
    "a level too far": (lambda: progressive(MODEL, [INDEX[0] + 9], LEVELS), "levels from 0 to 15"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_has_no_curve_is_refused_by_name(case: str) -> None:
    call, message = REFUSED[case]
    with pytest.raises(ValueError, match=r"udm\.likelihood\.progressive: ") as refused:
        call()
    assert message in str(refused.value)
