"""Numbers at which a formula in its usual form loses its digits, its range or its derivative, beside exact ones."""

from collections.abc import Callable
from decimal import Decimal, localcontext
from fractions import Fraction

import pytest
import torch

from udm import Gaussian, Marginal, kl, reconstruction
from udm.guidance import combination
from udm.schedule import EDM, BetaLinear, Betas, Learned, RectifiedFlow, Schedule, Sigmoid, SubVP, Truncated


def float64(*numbers: float) -> torch.Tensor:
    return torch.tensor(numbers, dtype=torch.float64)


def test_half_way_between_two_levels_the_decoder_has_its_slope() -> None:
    """At levels -1 and 1 and z = 0 the loss is log(1 + exp(-2 SNR z / alpha)): the numbers are its derivatives."""
    at_0, levels = Marginal.from_gamma(float64(-5.0)), float64(-1.0, 1.0)
    z = torch.zeros(1, 1, dtype=torch.float64, requires_grad=True)
    loss = reconstruction(torch.tensor([[1]]), z, at_0, levels)
    (slope,) = torch.autograd.grad(loss.sum(), z, create_graph=True)
    (bend,) = torch.autograd.grad(slope.sum(), z)
    rate = 2 * at_0.snr / at_0.alpha
    assert float(loss.detach()) == pytest.approx(0.6931471805599453, rel=1e-15)
    assert float(slope.detach()) == pytest.approx(-float(rate / 2), rel=1e-14)
    assert float(slope.detach()) == pytest.approx(-148.912, abs=1e-3)
    assert float(bend) == pytest.approx(float(rate**2 / 4), rel=1e-14)


def test_without_noise_half_way_is_a_tie_and_has_no_nan() -> None:
    at_0 = Marginal(float64(1.0), float64(0.0), float64(-torch.inf))
    z = torch.zeros(1, 1, dtype=torch.float64, requires_grad=True)
    loss = reconstruction(torch.tensor([[1]]), z, at_0, float64(-1.0, 1.0))
    assert float(loss.detach()) == pytest.approx(0.6931471805599453, rel=1e-15)
    assert torch.autograd.grad(loss.sum(), z)[0].tolist() == [[0.0]]


@pytest.mark.parametrize(("dtype", "eps"), [(torch.float32, 2.0**-24), (torch.float64, 2.0**-53)])
@pytest.mark.parametrize("s", [7.5, 1e4, 0.3, -2.0, 1.0, 0.0])
def test_guidance_of_close_predictions_is_rounded_about_once(s: float, dtype: torch.dtype, eps: float) -> None:
    generator = torch.Generator().manual_seed(1)
    c = torch.randn(4, 64, generator=generator, dtype=torch.float64).to(dtype)
    u = c * (1 + 0.02 * torch.rand(4, 64, generator=generator, dtype=torch.float64).to(dtype))
    for far in (c, u):
        got = combination(c, far, s).flatten().tolist()
        for guided, a, b in zip(got, c.flatten().tolist(), far.flatten().tolist(), strict=True):
            near, other = (a, b) if s >= 0.5 else (b, a)
            change = (Fraction(s) - 1 if s >= 0.5 else -Fraction(s)) * (Fraction(near) - Fraction(other))
            off = abs(Fraction(guided) - Fraction(near) - change)
            assert off <= 2 * Fraction(eps) * (abs(Fraction(near)) + abs(change))
    assert combination(c, u, 1.0).equal(c) and combination(c, u, 0.0).equal(u) and combination(c, c, s).equal(c)


DIVERGENCES = [
    (torch.float32, 1e-25, 1e-20, 1e-20, 5e-31),
    (torch.float64, 1e160, 1e300, 1e300, 5e19),
    (torch.float64, 1.0, 4.0, 4.0, 0.125),
    (torch.float32, 0.0, 1.5, 1.0, 0.04726744594591781),  # (1/2 - log(3/2)) / 2
]


@pytest.mark.parametrize(("dtype", "shift", "var_q", "var_p", "exact"), DIVERGENCES)
def test_a_divergence_keeps_its_range_and_digits(
    dtype: torch.dtype, shift: float, var_q: float, var_p: float, exact: float
) -> None:
    q, p = (torch.tensor([[a]], dtype=dtype) for a in (var_q, var_p))
    mean = torch.tensor([[shift]], dtype=dtype)
    got = float(kl(Gaussian(mean, q), Gaussian(torch.zeros_like(mean), p)))
    assert got == pytest.approx(exact, rel=1e-6 if dtype == torch.float32 and shift else 1e-14)


OUT_OF_RANGE: dict[str, tuple[Callable[[], Schedule], str, Callable[[], Schedule]]] = {
    "alpha subnormal": (lambda: BetaLinear(1e-3, 3000), r"beta_min \+ beta_max < 2800", lambda: BetaLinear(1e-3, 2700)),
    "sub-VP": (lambda: SubVP(1e-3, 3000), r"beta_min \+ beta_max < 2800", lambda: SubVP(1e-3, 2700)),
    "a root that overflows": (lambda: EDM(rho=0.005), "apart and in .* got sigma_min, sigma_max, rho = 0.002, 80 and",
                              lambda: EDM(rho=0.02)),
    "a path like one that preserves": (lambda: EDM(1e-9, 1e-8), "sigma_max .*1e-07", lambda: EDM(1e-9, 1e-6)),
    "a width of nothing": (lambda: Sigmoid(-1e-60, 1e-60), r"\(end - start\) / tau >= 1e-30",
                           lambda: Sigmoid(-1e-20, 0)),
    "a beta below the digits": (lambda: Betas([1e-60]), r"betas\[0\] at least 1e-30", lambda: Betas([1e-29])),
    "a beta lost in the sum": (lambda: Betas([0.1, 1e-40]), r"betas\[1\] .*, 0.105, got 1e-40",
                               lambda: Betas([0.1, 1e-16])),
}  # fmt: skip


@pytest.mark.parametrize("name", OUT_OF_RANGE)
def test_parameters_whose_numbers_would_be_wrong_are_refused_by_name(name: str) -> None:
    wrong, message, right = OUT_OF_RANGE[name]
    with pytest.raises(ValueError, match=message):
        wrong()
    schedule = right()
    ends = float64(0.5, 1.0) if isinstance(schedule, Betas) and schedule.T == 2 else float64(0.0, 1.0)
    step = schedule.between(ends[:1], ends[1:])
    assert float(step.gap) > 0 and bool(torch.isfinite(schedule.sigma(ends)).all()) and float(step.sigma_t) > 0


def test_a_path_says_itself_whether_it_preserves_variance() -> None:
    for inner in (EDM(1e-12, 80.0), SubVP(1e-10, 1.0)):
        with pytest.raises(ValueError, match="expected inner to be a variance-preserving schedule"):
            Truncated(inner, -40.0, -36.0)  # where alpha^2 + sigma^2 is rounded to 1
    assert Truncated(BetaLinear(1e-10, 1.0), -20.0, -16.0).span() == pytest.approx((-20, -16), abs=1e-9)
    assert [EDM().preserving, RectifiedFlow().preserving, Betas.linear(9).preserving] == [False, False, None]


def test_gamma_of_a_steep_root_has_its_digits() -> None:
    schedule, t = EDM(rho=99.0), torch.linspace(0, 1, 33, dtype=torch.float64)
    with localcontext(prec=50):
        low, high = (Decimal(a) ** (1 / Decimal(99)) for a in (schedule.sigma_min, schedule.sigma_max))
        exact = [2 * 99 * (low + Decimal(u) * (high - low)).ln() for u in t.tolist()]
        off = [abs(Decimal(g) - e) / abs(e) for g, e in zip(schedule.gamma(t).tolist(), exact, strict=True)]
    assert max(off) < 8 * 2.0**-53  # 98 without the second word of the root


def test_the_slope_of_a_steep_learned_schedule_has_its_digits() -> None:
    schedule = Learned(-9.0, 6.0, 3)
    with torch.no_grad():
        schedule.raw_2.copy_(float64(9e5, 844.0, 30.0))
        schedule.bias.copy_(float64(-9e5 * 0.4, -844 * 0.3, -15.0))
    t = float64(0.4 + 1e-6, 0.39999, 0.3, 0.301, 0.5)
    w_1, w_2, b, w_3 = ([Decimal(a) for a in w.detach().reshape(-1).tolist()] for w in schedule.weights())

    def logistic(a: Decimal) -> Decimal:
        return 1 / (1 + (-a).exp())

    with localcontext(prec=50):
        rows = list(zip(w_2, b, w_3, strict=True))
        whole = w_1[0] + sum(c * (logistic(w + v) - logistic(v)) for w, v, c in rows)
        exact = [
            15 * (w_1[0] + sum(c * w * logistic(w * u + v) * logistic(-w * u - v) for w, v, c in rows)) / whole
            for u in map(Decimal, t.tolist())
        ]
        got = schedule.dgamma(t).detach().tolist()
        off = [float(abs(Decimal(g) - e) / e) for g, e in zip(got, exact, strict=True)]
    assert max(off) < 40 * 2.0**-53  # 2e5 units if w_2 t + b is rounded
