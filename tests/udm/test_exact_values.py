"""Numbers at which a formula in its usual form loses its digits, its range or its derivative, beside exact ones."""

import math
from collections.abc import Callable
from decimal import Decimal, localcontext
from fractions import Fraction

import pytest
import torch
from mpmath import cos, diff, erf, mpf, npdf, pi, sin, sqrt, workdps

from udm import Gaussian, Marginal, kl, prior, reconstruction
from udm.cells import neg_log_cell
from udm.guidance import combination
from udm.laws import exploding, path_of
from udm.likelihood.flow import log_prior
from udm.model import Model
from udm.sample import sample
from udm.schedule import (
    EDM,
    BetaLinear,
    Betas,
    Cosine,
    CosineOffset,
    Learned,
    LinearGamma,
    RectifiedFlow,
    Schedule,
    Sigmoid,
    SubVP,
    Truncated,
)


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
    assert [EDM().preserving, RectifiedFlow().preserving, Betas.linear(9).preserving] == [False, False, True]


def test_little_noise_beside_alpha_1_is_not_taken_for_a_preserved_variance() -> None:
    """alpha^2 + sigma^2 rounds to 1 there: the schedule says what it is, and its marginals keep it."""
    schedule, end = EDM(1e-9, 1e-8), float64(1.0)
    at = schedule.at(end)
    kept = at.each(lambda a: a.expand(2))
    assert at.norm == 1 and not at.preserving and kept.prior_std.tolist() == [1e-8, 1e-8]
    x = torch.full((1, 4), 1e-8, dtype=torch.float64)
    assert float(prior(x, at)) == pytest.approx(4 / 2, rel=8 * 2.0**-53)  # SNR(1) ||x||^2 / 2
    assert float(log_prior(1e-8 * x / x, at)) == pytest.approx(4 * (8 * math.log(10) - 0.5 - math.log(2 * math.pi) / 2))
    assert path_of(schedule) is exploding and path_of(EDM(1e-6, 1e-4)) is exploding
    drawn = sample(Model(lambda z, _: 0 * z, schedule, "x"), (64, 8), grid=1, finish="latent", dtype=torch.float64)
    assert 0 < float(drawn.abs().max()) < 1e-8  # 1e-9/1e-8 of noise of this size
    assert Marginal(*at).preserving  # three numbers alone cannot tell
    said = LinearGamma().at(end)
    assert said.preserving and said.norm == 1 and said.prior_std == 1
    assert said._replace(sigma=3 * said.sigma).norm > 8  # of changed numbers nothing is said


@pytest.mark.parametrize("t", [5e-324, 1e-310])
def test_a_time_too_short_for_its_snr_is_refused_by_name(t: float) -> None:
    """Its gap was infinite, and sigma 0; at 1e-300 both are right: 4 u of logarithms of 1400."""
    for schedule in (Cosine(), BetaLinear(), SubVP(), Sigmoid()):
        with pytest.raises(ValueError, match="expected t 0 or at least 1e-300, got"):
            schedule.sigma(t)
        assert LinearGamma().gap(t, 0.5) > 9 and EDM().sigma(t) == EDM().sigma(0.0)  # gamma_0 is finite
        assert schedule.gap(float64(t, 0.0), float64(0.5, 0.5))[0].isnan() and schedule.sigma(float64(t)).isnan()
    exact = 2 * (math.log(math.tan(math.pi / 4)) - math.log(math.pi / 2) + 300 * math.log(10))
    assert float(Cosine().gap(1e-300, 0.5)) == pytest.approx(exact, rel=8 * 2.0**-53)
    assert float(BetaLinear().sigma(1e-300)) == pytest.approx(math.sqrt(0.1) * 1e-150, rel=8 * 2.0**-53)
    with pytest.raises(ValueError, match="range of Cosine"):
        Truncated(Cosine(), -1400.0, 5.0)
    assert Truncated(Cosine(), -1300.0, 5.0).span()[0] == pytest.approx(-1300, rel=1e-15)


@pytest.mark.parametrize(("m", "h"), [(1e-10, 20.0), (1e-5, 3.0), (0.3, 20.0), (0.3, 0.2), (4.0, 1.0)])
def test_the_slope_of_a_cell_is_accurate_as_its_docstring_says(m: float, h: float) -> None:
    at = float64(m).requires_grad_()
    (got,) = torch.autograd.grad(neg_log_cell(at, float64(h)).sum(), at)
    with workdps(400):
        below, above = (npdf(mpf(h) - mpf(m)), npdf(mpf(h) + mpf(m)))
        p = (erf((mpf(h) - mpf(m)) / sqrt(mpf(2))) + erf((mpf(h) + mpf(m)) / sqrt(mpf(2)))) / 2
        off, size = abs(mpf(float(got)) - (below - above) / p), (below + above) / p
    assert off <= (16 + (h - m) ** 2) * 2.0**-53 * size
    assert off > 2.0**-40 * abs(below - above) / p or m > 1e-9  # relative accuracy would promise too much


@pytest.mark.parametrize("t", [1 - 1e-12, 1 - 1e-6, 0.5, 0.9])
def test_a_slope_near_its_own_zero_is_accurate_to_the_size_of_sigma(t: float) -> None:
    """At 1 - 1e-12 the slope of sigma is 2.4e-12, 3e-8 of itself off, and 64 u of 1 allowed."""
    at = float64(t).requires_grad_()
    (got,) = torch.autograd.grad(CosineOffset().sigma(at).sum(), at)
    with workdps(50):
        o = mpf(0.008)
        exact = diff(lambda u: sqrt(1 - (cos((u + o) / (1 + o) * pi / 2) / cos(o / (1 + o) * pi / 2)) ** 2), mpf(t))
        assert abs(mpf(float(got)) - exact) <= 64 * 2.0**-53


def test_second_derivatives_of_a_short_cut_gap_are_as_its_module_says() -> None:
    cut = Truncated(Cosine(), -9.0, 6.0)
    s = 0.4
    for step, bound in ((1e-10, 2.0**-26), (0.1, 2.0**-44)):
        t = float64(s + step).requires_grad_()
        (first,) = torch.autograd.grad(cut.gap(float64(s), t).sum(), t, create_graph=True)
        (second,) = torch.autograd.grad(first.sum(), t)
        with workdps(50):
            u, w = mpf(cut.u_0) + mpf(cut.width) * mpf(s + step), mpf(cut.width)
            slope, bend = 2 * pi * w / sin(pi * u), -2 * pi**2 * w**2 * cos(pi * u) / sin(pi * u) ** 2
            assert abs(mpf(float(first.detach())) - slope) <= 64 * 2.0**-53 * slope
            assert abs(mpf(float(second)) - bend) <= bound * abs(bend)


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
