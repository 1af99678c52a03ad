"""Schedules: end points, impossible times, derivatives, tables, and coefficients that stay in float64."""

import math
from fractions import Fraction

import pytest
import torch
from torch import Tensor, nn

from udm import Schedule, Step, posterior, posterior_from, transition
from udm.schedule import (
    EDM,
    BetaLinear,
    Betas,
    Cosine,
    CosineOffset,
    Learned,
    LinearGamma,
    RectifiedFlow,
    Sigmoid,
    SubVP,
)

torch.manual_seed(0)
CONTINUOUS: tuple[Schedule, ...] = (
    LinearGamma(),
    Cosine(),
    CosineOffset(),
    BetaLinear(),
    SubVP(),
    Sigmoid(),
    EDM(),
    RectifiedFlow(),
    Learned(hidden=16),
)
ALL = (*CONTINUOUS, Betas.linear(), Betas.cosine())
NOISELESS = (Cosine, CosineOffset, BetaLinear, SubVP, Sigmoid, RectifiedFlow, Betas)  # sigma(0) = 0
SIGNALLESS = (Cosine, CosineOffset, Sigmoid, RectifiedFlow)  # alpha(1) = 0


def name(schedule: Schedule) -> str:
    return type(schedule).__name__


def f64(*values: float) -> Tensor:
    return torch.tensor(values, dtype=torch.float64)


@pytest.mark.parametrize("schedule", ALL, ids=name)
def test_schedules_meet_their_end_points(schedule: Schedule) -> None:
    start, end = schedule.at(f64(0.0)), schedule.at(f64(1.0))
    if isinstance(schedule, NOISELESS):
        assert (start.alpha.item(), start.sigma.item(), start.gamma.item()) == (1, 0, -math.inf)
    if isinstance(schedule, SIGNALLESS):
        assert (end.alpha.item(), end.gamma.item()) == (0, math.inf)
        assert end.sigma.item() == pytest.approx(1, abs=2e-16)
    for at in (start, end):
        assert not any(value.isnan().any() for value in at)


@pytest.mark.parametrize("schedule", ALL, ids=name)
def test_impossible_times_are_nan(schedule: Schedule) -> None:
    s, t = f64(0.5, 0.6, -0.1, 0.5, math.nan), f64(0.5, 0.5, 0.5, 1.1, 0.7)
    step, z = schedule.between(s, t), torch.ones(5, 2)
    assert schedule.gap(s, t).isnan().all()
    for law in (posterior(z, z, step), transition(z, step), posterior_from(z, z, step, "eps")):
        assert law.mean.isnan().all()
        assert law.var.isnan().all()
    assert not schedule.gap(f64(0.5), f64(0.6)).isnan().any()


@pytest.mark.parametrize("schedule", ALL, ids=name)
def test_numbers_that_are_no_times_or_in_the_wrong_order_are_refused(schedule: Schedule) -> None:
    assert schedule.between(0.5, 0.6).gap.item() == schedule.gap(0.5, 0.6).item() > 0
    for s, t in ((0.6, 0.5), (0.5, 0.5)):
        for method in (schedule.gap, schedule.between):
            with pytest.raises(
                ValueError, match=rf"^udm\.schedule\.\w+\.\w+: expected s < t, got s = {s} and t = {t}$"
            ):
                method(s, t)
        assert schedule.gap(f64(s), f64(t)).isnan().all(), "a tensor is not looked at, which would wait for its device"
    for t in (3.0, -0.1, math.nan):
        for method in (schedule.at, schedule.gamma, schedule.alpha, schedule.sigma):
            with pytest.raises(ValueError, match=r"^udm\.schedule\.\w+\.\w+: expected t "):
                method(t)
        assert all(field.isnan().all() for field in schedule.at(f64(t))[:3]), "all fields together"


def test_a_step_number_off_the_table_is_refused_and_in_a_tensor_nan() -> None:
    table = Betas.linear(1000)
    for first in (0, 1):
        assert table.times(first - 1, steps_from=first).item() == 0, "the number before the first is that of the data"
        assert table.times(first + 999, steps_from=first).item() == 1
        for k in (first - 2, first + 1000):
            with pytest.raises(ValueError, match=f"expected index of a step, or the data, .* got {k}$"):
                table.times(k, steps_from=first)  # type: ignore[arg-type]
            assert table.times(torch.tensor([k]), steps_from=first).isnan().all()  # type: ignore[arg-type]


def test_from_gamma_refuses_impossible_numbers_too() -> None:
    step = Step.from_gamma(f64(1, 1, 1), f64(0, -1, math.nan))
    assert torch.stack([step.alpha_ts, step.var_ts, step.weight_z, step.snr_growth]).isnan().all()


@pytest.mark.parametrize("schedule", ALL, ids=name)
def test_a_step_back_to_data_is_a_point(schedule: Schedule) -> None:
    step = schedule.between(f64(0.0), f64(0.5))
    if isinstance(schedule, NOISELESS):
        assert (step.weight_z.item(), step.weight_x.item(), step.posterior_var.item()) == (0, 1, 0)


@pytest.mark.parametrize("schedule", CONTINUOUS, ids=name)
def test_the_derivative_is_that_of_gamma(schedule: Schedule) -> None:
    """dgamma is compared with autograd of gamma: both are closed forms, good to 64 u, computed in different ways."""
    t = torch.linspace(0.01, 0.99, 33, dtype=torch.float64).requires_grad_()
    (slope,) = torch.autograd.grad(schedule.gamma(t).sum(), t)
    torch.testing.assert_close(schedule.dgamma(t), slope, rtol=2 * 64 * 2.0**-53, atol=0)


@pytest.mark.parametrize("schedule", CONTINUOUS, ids=name)
def test_every_answer_has_gradients(schedule: Schedule) -> None:
    """By differences over h = 1e-7, of numbers below 100 that are good to 4 u: to 4 u 100/h + h^2 f'''/6 < 1e-6.

    f''' is at most 4/t^3 = 1.5e8, that of a logarithm at t = 0.003.
    """
    s = f64(0.003, 0.2, 0.5, 0.9).requires_grad_()
    t = f64(0.01, 0.4, 0.7, 0.99).requires_grad_()
    told = {"eps": 1e-7, "atol": 1e-6, "rtol": 0.0}
    assert torch.autograd.gradcheck(lambda s, t: (schedule.gap(s, t), *schedule.at(t)), (s, t), **told)


@pytest.mark.parametrize("schedule", CONTINUOUS, ids=name)
def test_the_gap_is_the_difference_of_gammas(schedule: Schedule) -> None:
    s, t = f64(0.1, 0.3, 0.6, 0.2), f64(0.2, 0.9, 0.7, 0.8)
    before, after = schedule.gamma(s), schedule.gamma(t)
    rounding = 4 * 2.0**-53 * (before.abs() + after.abs() + schedule.gap(s, t))  # each is good to 4 u
    assert bool(((schedule.gap(s, t) - (after - before)).abs() <= rounding).all())


def test_tables_of_betas_agree_with_exact_fractions() -> None:
    """alpha-bar of a short table is an exact fraction."""
    betas = [1e-4, 0.02, 0.3, 0.999]
    schedule, product = Betas(betas), Fraction(1)
    for i, beta in enumerate(betas, 1):
        product *= 1 - Fraction(beta)
        at = schedule.at(f64(i / 4))
        for got, want in ((at.alpha, product), (at.sigma, 1 - product)):
            assert abs(Fraction(got.item()) ** 2 / want - 1) < 4 * Fraction(2) ** -53
    assert schedule.T == 4


def test_a_table_of_betas_answers_on_its_grid_alone() -> None:
    schedule = Betas.linear()
    on = torch.arange(1001, dtype=torch.float32) / 1000
    assert schedule.alpha(on).isfinite().all()
    assert schedule.alpha(torch.linspace(0, 1, 1001)).isfinite().all()
    assert schedule.alpha(f64(0.0005, 0.5004, 0.1 + 1e-9)).isnan().all()
    with pytest.raises(NotImplementedError, match="table of 1000 betas, which has no derivative"):
        schedule.dgamma(f64(0.5))


@pytest.mark.parametrize("dtype", [torch.float64, torch.float32, torch.bfloat16])
def test_a_table_keeps_the_betas_of_a_tensor(dtype: torch.dtype) -> None:
    """They are kept exactly, whatever formula they were rounded from."""
    betas = torch.linspace(1e-4, 0.02, 10, dtype=dtype)
    t = f64(*(i / 10 for i in range(11)))
    assert torch.equal(Betas(betas).sigma(t), Betas(betas.tolist()).sigma(t))
    exact = torch.equal(Betas(betas).sigma(t), Betas(torch.linspace(1e-4, 0.02, 10, dtype=torch.float64)).sigma(t))
    assert exact == (dtype == torch.float64)


@pytest.mark.parametrize(
    ("schedule", "shown"),
    [
        (Betas.linear(), "Betas(T=1000, beta_1=0.0001, beta_T=0.02)"),
        (Betas([0.25]), "Betas(T=1, beta_1=0.25, beta_T=0.25)"),
        (LinearGamma(), "LinearGamma(-13.3, 5.0)"),
        (Learned(-3, 2, 4), "Learned(gamma_0=-3, gamma_1=2)"),
        (Cosine(), "Cosine(gamma_0=-inf, gamma_1=inf)"),
        (Betas([0.25]).to("meta"), "Betas()"),
    ],
)
def test_a_schedule_shows_its_ends(schedule: Schedule, shown: str) -> None:
    assert repr(schedule) == shown


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: LinearGamma(5, -13), r"LinearGamma: expected gamma_max finite and in \(5.0, 1400.0\), got -13"),
        (lambda: LinearGamma(math.nan), "expected gamma_min finite"),
        (lambda: CosineOffset(0), "expected offset finite"),
        (lambda: BetaLinear(2, 1), "BetaLinear: expected beta_max"),
        (lambda: SubVP(-1, 1), "SubVP: expected beta_min"),
        (lambda: Sigmoid(tau=0), "expected tau"),
        (lambda: EDM(1, 0.5), "expected sigma_max"),
        (lambda: Learned(hidden=0), "expected hidden >= 1, got 0"),
        (lambda: Sigmoid(-0.6, 0.3, 0.002), r"expected start finite and in \(-0.6, 0.6\), got -0.6"),
        (lambda: Betas([]), "expected at least one beta"),
        (lambda: Betas([0.1, 1.0, 0.1]), r"expected betas\[1\] finite and in \(0.0, 1.0\), got 1.0"),
        (lambda: Betas(torch.ones(3).int()), r"expected betas of shape \(T,\), floating, got \(3,\), torch.int32"),
        (lambda: Betas.linear(1), "expected an integer T >= 2, got 1"),
    ],
)
def test_wrong_arguments_of_constructors_are_refused(make: object, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        make()  # type: ignore[operator]


@pytest.mark.parametrize("schedule", ALL, ids=name)
def test_float64_survives_half(schedule: Schedule) -> None:
    t = f64(0.25, 0.5)
    before = schedule.at(t)
    model = nn.ModuleDict({"net": nn.Linear(1, 1), "schedule": schedule}).half().to(torch.bfloat16)
    assert model["net"].weight.dtype == torch.bfloat16
    assert all(torch.equal(a, b) for a, b in zip(before, schedule.at(t), strict=True))


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16, torch.float32])
def test_times_are_taken_exactly(dtype: torch.dtype) -> None:
    t = torch.tensor([0.3], dtype=dtype)
    assert torch.equal(Cosine().gamma(t), Cosine().gamma(t.double()))


def test_a_table_loaded_in_half_answers_in_float64() -> None:
    schedule = Betas.linear(10)
    schedule.load_state_dict({k: a.half() for k, a in schedule.state_dict().items()}, assign=True)
    assert all(a.dtype == torch.float64 for a in schedule.at(f64(0.5)))


def test_a_learned_schedule_keeps_its_ends() -> None:
    schedule = Learned(-7.3, 3.1, hidden=32, learn_ends=True)
    t = torch.linspace(0, 1, 257, dtype=torch.float64)
    gamma = schedule.gamma(t)
    assert (gamma[0].item(), gamma[-1].item()) == (-7.3, 3.1)
    assert (gamma.diff() > 0).all()
    schedule.gap(t[:-1], t[1:]).log().sum().backward()
    assert all(p.grad is not None and p.grad.isfinite().all() for p in schedule.parameters())


def test_a_loaded_table_replaces_the_one_before() -> None:
    """No answer comes from the table that was there before."""
    i = torch.arange(11, dtype=torch.float64) / 10
    loaded, own = Betas.linear(10), Betas.cosine(10)
    assert not torch.equal(loaded.alpha(i), own.alpha(i))
    loaded.load_state_dict(own.state_dict())
    for got, want in zip(loaded.at(i), own.at(i), strict=True):
        torch.testing.assert_close(got, want, rtol=0, atol=0)


def gradients_of_gamma(schedule: Learned, gamma: Tensor, t: Tensor) -> list[Tensor]:
    return list(torch.autograd.grad(gamma.sum(), (t, *schedule.parameters())))


def at_and_ending(schedule: Learned) -> list[tuple[Tensor, Tensor]]:
    """Return the derivatives of gamma(t) as a marginal and as the end of a step have them."""
    t = torch.tensor([0.03, 0.4, 0.95], dtype=torch.float64, requires_grad=True)
    alone = gradients_of_gamma(schedule, schedule.gamma(t), t)
    return list(zip(alone, gradients_of_gamma(schedule, schedule.ending(t.detach() / 2, t)[0].gamma, t), strict=True))


def test_gamma_of_a_learned_schedule_has_one_derivative(monkeypatch: pytest.MonkeyPatch) -> None:
    """A marginal has it by few operations, a step by the digits of its gap: both to 64 u of three terms of up to 10."""
    schedule = Learned(-7.0, 3.0, hidden=16, learn_ends=True)
    for alone, ending in at_and_ending(schedule):
        torch.testing.assert_close(alone, ending, rtol=0.0, atol=2 * 64 * 2.0**-53 * 3 * 10)
    right = Learned._sloping
    monkeypatch.setattr(Learned, "_sloping", lambda self, t: right(self, t) * t.detach())  # the wrong twin
    assert not any(torch.allclose(alone, ending, rtol=1e-3, atol=0.0) for alone, ending in at_and_ending(schedule))
