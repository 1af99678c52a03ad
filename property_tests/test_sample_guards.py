"""Guards: each property test of samplers and guidance fails when a formula is corrupted."""

from collections.abc import Callable

import pytest
import torch

import udm.sample.step
from property_tests import test_sample_steps as steps
from property_tests.exact import worst
from property_tests.steps import by_eta, rows
from property_tests.strategies import _gammas
from property_tests.test_sample_steps import BOUND
from udm import Marginal, Step
from udm.guidance import classifier, rescaled
from udm.sample import heun, langevin, langevin_size
from udm.sample.step import ancestral, ancestral_coefficients, ddim_coefficients

WRONG: dict[str, Callable[[Step, float], torch.Tensor]] = {
    "x by subtraction": lambda q, eta: q.alpha_s - ddim_coefficients(q, eta).z * q.alpha_t,
    "eta dropped": lambda q, eta: ddim_coefficients(q).x,
    "lambda twice too large": lambda q, eta: ddim_coefficients(q._replace(gap=2 * q.gap), eta).x,
    "alpha_t for alpha_s": lambda q, eta: ddim_coefficients(q._replace(alpha_s=q.alpha_t), eta).x,
    "eta for eta squared": lambda q, eta: ddim_coefficients(q, eta**0.5).x,
    "the ancestral weight": lambda q, eta: q.weight_x,
}


@pytest.mark.parametrize("name", WRONG)
def test_a_corrupt_coefficient_of_a_sampler_is_detected(name: str) -> None:
    drawn, exact = _gammas(0), by_eta(0.5)
    got = WRONG[name](Step.from_gamma(*drawn), 0.5)
    assert worst(got.tolist(), [exact(q)[1] for q in rows(drawn)]) > BOUND[torch.float64]


def strict(names: str, function: str, dtype: torch.dtype, error: float, bound: float, points: int) -> None:
    assert error <= bound


def detects(test: Callable[..., None], **drawn: object) -> bool:
    """Return whether a property fails on one of four batches."""
    inner = test.hypothesis.inner_test  # type: ignore[attr-defined]
    for seed in range(4):
        batches = {"drawn": _gammas(seed), "seed": seed}
        wanted = {n: v for n, v in batches.items() if n in inner.__code__.co_varnames[: inner.__code__.co_argcount]}
        try:
            inner(measure=strict, **wanted | drawn)
        except AssertionError:
            return True
    return False


def forward_noise(q: Step) -> tuple[torch.Tensor, ...]:
    z, x, _ = ancestral_coefficients(q)
    return z, x, q.var_ts.sqrt()


def twice_the_correction(z: torch.Tensor, x_t: torch.Tensor, x_s: torch.Tensor, q: Step) -> torch.Tensor:
    return 2 * heun(z, x_t, x_s, q) - udm.sample.step.ddim(z, x_t, q)


def batch_norms(score: torch.Tensor, noise: torch.Tensor, r: float, a: torch.Tensor | None = None) -> torch.Tensor:
    size = 2 * r**2 * noise.square().sum() / score.square().sum() * torch.ones(score.shape[0], dtype=torch.float64)
    return size if a is None else size * a


def root_of_r(score: torch.Tensor, noise: torch.Tensor, r: float, a: torch.Tensor | None = None) -> torch.Tensor:
    return langevin_size(score, noise, r**0.5, a)


def batch_spread(g: torch.Tensor, p: torch.Tensor, phi: float) -> torch.Tensor:
    return (phi * p.std() / g.std() + 1 - phi) * g


def without_sigma(*arguments: object, **of: object) -> Callable[[torch.Tensor, torch.Tensor], torch.Tensor]:
    return classifier(*arguments, **of | {"at": lambda g: Marginal.from_gamma(g)._replace(sigma=1 + 0 * g)})  # type: ignore[arg-type]


def algorithm_1(z: torch.Tensor, x: torch.Tensor, q: Step, noise: torch.Tensor) -> torch.Tensor:
    return ancestral(z, (q.alpha_ts * (q.sigma_s / q.sigma_t).square())[:, None] * x, q, noise)


def as_if_preserving(plain: object, log: object, w: float, **of: object) -> object:
    return classifier(plain, log, w / 9, **of)  # type: ignore[arg-type]


def other_sign(plain: object, log: object, w: float, **of: object) -> object:
    return classifier(plain, log, -w, **of)  # type: ignore[arg-type]


GUIDED: dict[str, object] = {"weight": 2.0, "stretch": 1}
CORRUPT: dict[str, tuple[Callable[..., None], str, object, dict[str, object]]] = {
    "beta for beta-tilde": (
        steps.test_the_ancestral_step_is_ddim_at_eta_one,
        "ancestral_coefficients",
        forward_noise,
        {},
    ),
    "Heun without the half": (steps.test_heuns_step_is_exact, "heun", twice_the_correction, {}),
    "r inverted": (steps.test_the_extrapolation_is_exact, "extrapolation", lambda q, before: before / (2 * q.gap), {}),
    "sqrt(h) for sqrt(2h)": (
        steps.test_the_langevin_step_is_exact,
        "langevin",
        lambda z, s, h, n: langevin(z, s, h, n / 2**0.5),
        {},
    ),
    "r for r squared": (steps.test_the_langevin_step_size_is_exact, "langevin_size", root_of_r, {"r": 0.2}),
    "norms over the batch": (steps.test_the_langevin_step_size_is_exact, "langevin_size", batch_norms, {"r": 0.2}),
    "the classifier's sign": (
        steps.test_classifier_guidance_is_exact,
        "classifier",
        other_sign,
        GUIDED | {"kind": "eps"},
    ),
    "sigma forgotten": (steps.test_classifier_guidance_is_exact, "classifier", without_sigma, GUIDED | {"kind": "eps"}),
    "d dropped from v": (
        steps.test_classifier_guidance_is_exact,
        "classifier",
        as_if_preserving,
        GUIDED | {"kind": "v", "stretch": 3},
    ),
    "algorithm 1's push": (
        steps.test_the_ancestral_step_under_a_classifier_is_exact,
        "ancestral",
        algorithm_1,
        {"weight": 2.0},
    ),
    "s taken for w": (
        steps.test_classifier_free_guidance_is_exact,
        "scale",
        lambda w, _: w,
        {"dtype": torch.float32, "w": 2.0},
    ),
    "std over the batch": (steps.test_rescaled_guidance_is_exact, "rescaled", batch_spread, {"phi": 0.7}),
    "phi turned round": (
        steps.test_rescaled_guidance_is_exact,
        "rescaled",
        lambda g, p, phi: rescaled(g, p, 1 - phi),
        {"phi": 0.7},
    ),
}


@pytest.mark.parametrize("name", CORRUPT)
def test_a_corrupt_step_is_detected(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    test, function, wrong, drawn = CORRUPT[name]
    assert not detects(test, **drawn)
    monkeypatch.setattr(steps, function, wrong)
    assert detects(test, **drawn)
