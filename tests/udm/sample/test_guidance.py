"""Guidance agrees with the posterior of a solvable model, in every parameterization and under both conventions."""

from collections.abc import Callable

import pytest
import torch
from torch import Tensor

from udm.denoiser import convert
from udm.guidance import classifier, classifier_free, combination, rescaled
from udm.process import Marginal

KINDS = ("x", "eps", "v", "score")
Z = torch.linspace(-2, 2, 12, dtype=torch.float64).reshape(3, 4)
GAMMA = torch.tensor([-3.0, 0.0, 2.0], dtype=torch.float64)
AT = Marginal.from_gamma(GAMMA)
U = 2.0**-53


def exact_denoiser(mean: float, variance: float, kind: str) -> Callable[[Tensor, Tensor], Tensor]:
    """Return the exact denoiser of N(mean, variance)."""

    def denoiser(z: Tensor, gamma: Tensor) -> Tensor:
        at = Marginal.from_gamma(gamma)
        a, s = at.alpha[:, None], at.sigma[:, None]
        x = mean + a * variance / (a * a * variance + s * s) * (z - a * mean)
        return convert(x, z, at, "x", kind)  # type: ignore[arg-type]

    return denoiser


def about(scale: float) -> float:
    """Return the tolerance of twenty conversions.

    Each has terms of at most ``scale``, with 8 u for each coefficient and 3 u of arithmetic.
    """
    return 20 * 11 * U * scale


CONDITIONAL, PLAIN = (0.5, 0.2), (-0.3, 0.9)


def guided(kind: str, weight: float, convention: str) -> Tensor:
    make = classifier_free(
        exact_denoiser(*CONDITIONAL, kind),
        exact_denoiser(*PLAIN, kind),
        weight,
        convention=convention,  # type: ignore[arg-type]
    )
    return make(Z, GAMMA)


@pytest.mark.parametrize("kind", KINDS)
def test_the_two_conventions_differ_by_one(kind: str) -> None:
    """s = 1 + w: w = 0 and s = 1 guide nothing, and one number means different things under the two conventions."""
    c, u = exact_denoiser(*CONDITIONAL, kind)(Z, GAMMA), exact_denoiser(*PLAIN, kind)(Z, GAMMA)
    assert torch.equal(guided(kind, 0.0, "ho_salimans"), c)
    assert torch.equal(guided(kind, 1.0, "scale"), c)
    assert torch.equal(guided(kind, 0.0, "scale"), u)
    assert torch.equal(guided(kind, 3.0, "ho_salimans"), guided(kind, 4.0, "scale"))
    torch.testing.assert_close(guided(kind, 3.0, "ho_salimans"), (1 + 3.0) * c - 3.0 * u, rtol=0, atol=about(60))
    assert not torch.allclose(guided(kind, 3.0, "ho_salimans"), guided(kind, 3.0, "scale"), atol=1e-3)
    wrong = 4.0 * c + (4.0 - 1) * u  # (s - 1) for (1 - s): labml 177
    assert not torch.allclose(guided(kind, 4.0, "scale"), wrong, atol=1e-3)


@pytest.mark.parametrize("kind", KINDS)
def test_guidance_is_the_same_in_every_parameterization(kind: str) -> None:
    """The weights sum to 1. Rescaled guidance is not the same."""
    by_x = guided("x", 2.0, "ho_salimans")
    got = convert(guided(kind, 2.0, "ho_salimans"), Z, AT, kind, "x")  # type: ignore[arg-type]
    torch.testing.assert_close(got, by_x, rtol=0, atol=about(100))
    if kind != "x":
        make = classifier_free(
            exact_denoiser(*CONDITIONAL, kind), exact_denoiser(*PLAIN, kind), 2.0, convention="scale", rescale=0.7
        )
        plain = classifier_free(
            exact_denoiser(*CONDITIONAL, "x"), exact_denoiser(*PLAIN, "x"), 2.0, convention="scale", rescale=0.7
        )
        again = convert(make(Z, GAMMA), Z, AT, kind, "x")  # type: ignore[arg-type]
        assert not torch.allclose(again, plain(Z, GAMMA), atol=1e-3)


def log_likelihood(z: Tensor, gamma: Tensor) -> Tensor:
    """Return log p(c | z) up to a constant, where c = x + N(0, 1/2) is 0.8 and x ~ N(-0.3, 0.9) in each coordinate."""
    at = Marginal.from_gamma(gamma)
    a, s = at.alpha[:, None], at.sigma[:, None]
    m, v = PLAIN
    mean = m + a * v / (a * a * v + s * s) * (z - a * m)
    return -torch.square(0.8 - mean).div(2 * (0.5 + v * s * s / (a * a * v + s * s))).sum(dim=1)


def posterior() -> tuple[float, float]:
    m, v = PLAIN
    gain = v / (v + 0.5)
    return m + gain * (0.8 - m), (1 - gain) * v


@pytest.mark.claim("guidance.bayes")
@pytest.mark.parametrize("kind", KINDS)
def test_classifier_guidance_of_weight_one_gives_the_posterior(kind: str) -> None:
    """By Bayes' rule, the score of p(z | c) is that of p(z) plus grad log p(c | z)."""
    got = classifier(exact_denoiser(*PLAIN, kind), log_likelihood, 1.0, parameterization=kind)(Z, GAMMA)  # type: ignore[arg-type]
    want = exact_denoiser(*posterior(), kind)(Z, GAMMA)
    torch.testing.assert_close(got, want, rtol=0, atol=about(100))
    for wrong in (-1.0, 2.0, 0.0):
        other = classifier(exact_denoiser(*PLAIN, kind), log_likelihood, wrong, parameterization=kind)  # type: ignore[arg-type]
        assert not torch.allclose(other(Z, GAMMA), want, atol=1e-2)


@pytest.mark.parametrize("w", [0.5, 3.0])
def test_classifier_guidance_of_one_plus_w_is_classifier_free_guidance_of_w(w: float) -> None:
    """Ho and Salimans show this for exact models."""
    by_classifier = classifier(exact_denoiser(*PLAIN, "eps"), log_likelihood, 1 + w, parameterization="eps")(Z, GAMMA)
    free = classifier_free(
        exact_denoiser(*posterior(), "eps"), exact_denoiser(*PLAIN, "eps"), w, convention="ho_salimans"
    )(Z, GAMMA)
    torch.testing.assert_close(by_classifier, free, rtol=0, atol=about(100))
    off = classifier(exact_denoiser(*PLAIN, "eps"), log_likelihood, w, parameterization="eps")(Z, GAMMA)
    assert not torch.allclose(off, free, atol=1e-2)


def test_guidance_leaves_no_gradient_behind() -> None:
    weight = torch.ones(1, dtype=torch.float64, requires_grad=True)
    with torch.no_grad():
        make = classifier(exact_denoiser(*PLAIN, "eps"), lambda z, g: (weight * z).sum(1), 1.0, parameterization="eps")
        assert not make(Z, GAMMA).requires_grad
    assert weight.grad is None


def test_rescaling_gives_the_spread_of_the_conditional_prediction() -> None:
    """This holds at phi = 1. At 0 nothing changes, and a constant stays a constant, without 0/0."""
    c, g = exact_denoiser(*CONDITIONAL, "v")(Z, GAMMA), combination(Z, Z + 1, 2.0)
    full = rescaled(g, c, 1.0)
    torch.testing.assert_close(full.std(dim=1), c.std(dim=1), rtol=40 * U, atol=0)
    torch.testing.assert_close(rescaled(g, c, 0.25), 0.25 * full + 0.75 * g, rtol=0, atol=40 * U * 8)
    assert torch.equal(rescaled(g, c, 0.0), g)
    constant = torch.full((2, 3), 1.5)
    assert torch.equal(rescaled(constant, constant, 0.7), constant)
    assert not torch.allclose(full.std(), c.std())  # the spread over the batch differs


def test_rescaling_leaves_a_constant_whose_mean_is_rounded() -> None:
    """The mean of seven times 0.1 is not 0.1: the spread is 1e-17, and a factor from it would be 1e17."""
    constant, varied = torch.full((2, 7), 0.1, dtype=torch.float64), torch.arange(14.0).double().reshape(2, 7)
    assert constant[0].std(correction=0) > 0
    assert torch.equal(rescaled(constant, varied, 1.0), constant)
    assert torch.equal(rescaled(varied, constant, 1.0), torch.zeros_like(varied))  # no spread is wanted


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16, torch.float16], ids=str)
def test_guidance_in_narrow_types_rounds_once(dtype: torch.dtype) -> None:
    c, u = Z.to(dtype), (Z * Z).to(dtype)
    exact = 4 * c.double() - 3 * u.double()
    got = combination(c, u, 4.0)
    assert got.dtype == dtype
    size = (4 * c.double()).abs() + (3 * u.double()).abs()
    assert bool(((got.double() - exact).abs() <= torch.finfo(dtype).eps * size).all())


def test_guidance_with_wrong_arguments_is_refused() -> None:
    with pytest.raises(ValueError, match=r'classifier_free: expected convention "ho_salimans" \(w\) or "scale"'):
        guided("x", 1.0, "w")
    with pytest.raises(ValueError, match=r"classifier_free: expected rescale in \[0, 1\], got 2"):
        classifier_free(exact_denoiser(*PLAIN, "x"), exact_denoiser(*PLAIN, "x"), 1.0, convention="scale", rescale=2)
    with pytest.raises(ValueError, match=r"combination: expected unconditional of shape \(3, 4\)"):
        combination(Z, Z[:, :2], 2.0)
    with pytest.raises(ValueError, match=r"classifier: expected log_prob of shape \(3,\), one per example, got \(\)"):
        classifier(exact_denoiser(*PLAIN, "x"), lambda z, _: z.sum(), 1.0, parameterization="x")(Z, GAMMA)


def test_a_classifier_guides_in_inference_mode_too() -> None:
    guided_ = classifier(exact_denoiser(*PLAIN, "x"), lambda z, _: -(z * z).sum(dim=1), 1.0, parameterization="x")
    want = guided_(Z, GAMMA)
    with torch.inference_mode():
        assert torch.equal(guided_(Z.clone(), GAMMA.clone()), want)
