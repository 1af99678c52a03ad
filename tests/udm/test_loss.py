"""Losses, the Gaussian and the bound agree with slow references, also where the printed forms cancel."""

import math
from collections.abc import Callable

import pytest
import torch
from mpmath import exp, log, mp, mpf, quad
from torch import Tensor

import udm
from udm import (
    Bound,
    Gaussian,
    Marginal,
    convert,
    diffuse,
    diffusion,
    discrete_weight,
    kl,
    prior,
    reconstruction,
    target,
)
from udm.denoiser import Parameterization, posterior_from
from udm.gaussian import sample
from udm.loss import continuous_weight
from udm.model import Model
from udm.schedule import EDM, Betas, Cosine, LinearGamma, RectifiedFlow, SubVP

KINDS: tuple[Parameterization, ...] = ("x", "eps", "v", "score")


def f64(*values: float) -> Tensor:
    return torch.tensor(values, dtype=torch.float64)


@pytest.mark.parametrize("gamma", [-20.0, -1.0, 0.0, 0.5, 5.0, 12.0, 40.0, 300.0])
@pytest.mark.parametrize("dtype", [torch.float64, torch.float32, torch.bfloat16])
def test_the_prior_keeps_its_digits(gamma: float, dtype: torch.dtype) -> None:
    """The printed form is 0 from gamma = 18 on, even in float64."""
    x = torch.tensor([[0.5, -1.0, 0.25]], dtype=dtype)
    with mp.workdps(400):
        a = 1 / (1 + exp(mpf(gamma)))
        want = (a * sum(mpf(v) ** 2 for v in x[0].tolist()) + 3 * (-a - log(1 - a))) / 2
        got = prior(x, Marginal.from_gamma(f64(gamma)))
        assert got.dtype == torch.float64
        assert abs(mpf(got.item()) / want - 1) < 8 * mpf(2) ** -52


def test_the_prior_of_other_paths_follows_the_general_formula() -> None:
    """It is KL(q(z_1 | x) || p(z_1)), where p(z_1) is what `sample` starts from."""
    for schedule in (SubVP(), EDM(), RectifiedFlow()):
        at = schedule.at(f64(0.7))
        start = Gaussian(torch.zeros(1, 2, dtype=torch.float64), torch.square(at.prior_std)[:, None])
        x = torch.tensor([[0.5, -0.25]], dtype=torch.float64)
        q = Gaussian(at.alpha[:, None] * x, torch.square(at.sigma)[:, None])
        assert prior(x, at).item() == pytest.approx(kl(q, start).item(), rel=1e-12)
        assert prior(x, at).item() == pytest.approx(float(at.snr * 0.3125 / 2), rel=1e-12)
    assert at.prior_std.item() != 1 == Cosine().at(f64(0.7)).prior_std.item()


@pytest.mark.parametrize("ratio", [1 - 2**-20, 1.0, 1 + 2**-20, 0.4, 0.6, 1.4, 1.6, 1e-30, 1e30])
def test_the_kl_divergence_of_close_variances_keeps_its_digits(ratio: float) -> None:
    q, p = (
        Gaussian(torch.zeros(1, 1).double(), f64(ratio)[:, None]),
        Gaussian(torch.zeros(1, 1).double(), f64(1.0)[:, None]),
    )
    with mp.workdps(60):
        want = (mpf(ratio) - 1 - log(mpf(ratio))) / 2
    assert kl(q, p).item() == pytest.approx(float(want), rel=4e-16 * 4, abs=0)


def test_the_kl_divergence_agrees_with_quadrature() -> None:
    def density(x: mpf, mean: float, var: float) -> mpf:
        return exp(-((x - mean) ** 2) / (2 * mpf(var))) / (2 * mp.pi * var) ** mpf(0.5)

    want = quad(lambda x: density(x, 0.3, 0.5) * log(density(x, 0.3, 0.5) / density(x, -0.2, 0.8)), [-12, 0, 12])
    q, p = Gaussian(f64(0.3)[:, None], f64(0.5)[:, None]), Gaussian(f64(-0.2)[:, None], f64(0.8)[:, None])
    assert kl(q, p).item() == pytest.approx(float(want), rel=1e-12)


def test_the_kl_divergence_of_posteriors_is_the_weighted_error() -> None:
    """KL(q(z_s|z_t,x) || p(z_s|z_t)) = w ||target - prediction||^2 in every parameterization."""
    torch.manual_seed(0)
    step, at = LinearGamma().between(f64(0.2, 0.5), f64(0.4, 0.9)), LinearGamma().at(f64(0.4, 0.9))
    x, eps, guess = torch.randn(3, 2, 4, dtype=torch.float64)
    z = diffuse(x, eps, at)
    want = kl(udm.posterior(z, x, step), udm.posterior(z, guess, step))
    for kind in KINDS:
        prediction = convert(guess, z, at, "x", kind)
        got = diffusion(target(x, eps, at, kind), prediction, discrete_weight(step, kind))
        torch.testing.assert_close(got, want, rtol=1e-12, atol=0)
        mean = posterior_from(prediction, z, step, kind).mean
        torch.testing.assert_close(mean, udm.posterior(z, guess, step).mean, rtol=1e-12, atol=1e-14)


@pytest.mark.parametrize("schedule", [LinearGamma(), Cosine(), SubVP()], ids=lambda s: type(s).__name__)
def test_discrete_weights_tend_to_the_continuous_ones(schedule: udm.Schedule) -> None:
    t, h = f64(0.3, 0.6), 1e-7
    for kind in KINDS:
        discrete = discrete_weight(schedule.between(t - h, t), kind) / h
        torch.testing.assert_close(
            discrete, continuous_weight(schedule.dgamma(t), schedule.at(t), kind), rtol=1e-5, atol=0
        )


@pytest.mark.parametrize("dtype", [torch.float64, torch.float32, torch.float16])
def test_a_conversion_and_its_inverse_give_the_same_number(dtype: torch.dtype) -> None:
    torch.manual_seed(0)
    at = Cosine().at(f64(0.3, 0.5, 0.8))
    x, eps = torch.randn(2, 3, 5).to(dtype)
    z = diffuse(x, eps, at)
    for source in KINDS:
        for to in KINDS:
            got = convert(target(x, eps, at, source), z, at, source, to)
            assert got.dtype == dtype
            torch.testing.assert_close(got, target(x, eps, at, to), rtol=0, atol=60 * torch.finfo(dtype).eps)


def test_the_decoder_agrees_with_the_softmax() -> None:
    levels = torch.linspace(-1, 1, 8, dtype=torch.float64)
    index, at = torch.tensor([[3, 7]]), Marginal.from_gamma(f64(-6.0))
    z_0 = f64(0.1, 0.9)[None]
    logits = -at.snr / 2 * (z_0[..., None] / at.alpha - levels) ** 2
    want = torch.nn.functional.cross_entropy(logits[0], index[0], reduction="sum")
    torch.testing.assert_close(reconstruction(index, z_0, at, levels)[0], want, rtol=1e-13, atol=0)


def test_a_nearly_certain_decoder_keeps_its_digits() -> None:
    """log(1 + e^-200) = e^-200, which is not 0."""
    levels, at = f64(-1, 1), Marginal.from_gamma(f64(-math.log(100)))
    got = reconstruction(torch.tensor([[1]]), at.alpha[:, None], at, levels)
    assert got.item() == pytest.approx(math.exp(-200), rel=1e-12)


def test_the_terms_of_the_bound_add_up() -> None:
    bound = Bound(f64(1.0), f64(2.0), f64(3.0))
    assert bound.total.item() == 6
    assert bound.bits_per_dim(4).item() == pytest.approx(6 / (4 * math.log(2)))
    with pytest.raises(ValueError, match="expected dims >= 1, got 0"):
        bound.bits_per_dim(0)


@pytest.mark.parametrize("T", [None, 10])
@pytest.mark.parametrize("kind", KINDS)
def test_a_denoiser_that_knows_the_datum_has_no_diffusion_loss(T: int | None, kind: Parameterization) -> None:
    """All terms are finite, and the same generator gives the same draw."""
    levels, index, schedule = torch.linspace(-1, 1, 16), torch.full((6, 3), 5), LinearGamma()

    def denoiser(z: Tensor, gamma: Tensor) -> Tensor:
        return convert(levels[index], z, Marginal.from_gamma(gamma), "x", kind)

    def draw() -> Bound:
        generator = torch.Generator().manual_seed(0)
        return udm.variational_bound(Model(denoiser, schedule, kind), index, levels, T=T, generator=generator)

    bound = draw()
    assert all(term.shape == (6,) and term.isfinite().all() for term in bound)
    assert (bound.diffusion < 1e-3).all()
    assert torch.equal(bound.total, draw().total)


def test_wrong_arguments_of_the_bound_are_refused() -> None:
    def call(index: Tensor, T: int | None = None, schedule: udm.Schedule | None = None) -> Callable[[], Bound]:
        levels = torch.linspace(-1, 1, 4)
        model = Model(lambda z, _: z, schedule or Cosine())
        return lambda: udm.variational_bound(model, index, levels, T=T)

    for make, message in (
        (call(torch.zeros(2, 3)), "expected index of shape"),
        (call(torch.zeros(2, 3, dtype=torch.int64), T=0), "expected T an integer from 1 to 2\\^53, or None, got 0"),
    ):
        with pytest.raises(ValueError, match=message):
            make()
    index = torch.zeros(2, 3, dtype=torch.int64)
    assert all(torch.isfinite(a).all() for a in call(index, schedule=Betas.linear())())  # all steps of the table
    with pytest.raises(ValueError, match="expected no variance in continuous time, got 'beta'"):
        udm.variational_bound(Model(lambda z, _: z, Cosine()), index, torch.linspace(-1, 1, 4), variance="beta")


def test_samples_of_a_gaussian_have_its_moments() -> None:
    gaussian = Gaussian(torch.full((1, 3), 2.0), torch.full((1, 1), 0.25))
    assert torch.equal(sample(gaussian, torch.tensor([[0.0, 1.0, -2.0]])), torch.tensor([[2.0, 2.5, 1.0]]))
