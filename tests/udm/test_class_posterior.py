"""The class by Bayes' rule: of two normals, whose bounds under the best denoisers are tight, the exact posterior."""

import math
from collections.abc import Callable

import pytest
import torch
from scipy import stats
from torch import Tensor

from udm.data import values
from udm.laws import Gaussian
from udm.likelihood import class_posterior
from udm.model import Model
from udm.process import Marginal
from udm.schedule import LinearGamma

PATH, REPEATS = LinearGamma(-6.0, 12.0), 60
LAWS = [Gaussian(torch.tensor([m]).double(), torch.tensor([s]).double()) for m, s in ((-1.0, 1.0), (1.0, 0.6))]
X = torch.tensor([[-1.2], [0.1], [0.4], [2.0]], dtype=torch.float64)
BEST = [law.model(PATH, "x").denoiser for law in LAWS]


def denoiser(z: Tensor, gamma: Tensor, label: Tensor) -> Tensor:
    both = torch.stack([best(z, gamma) for best in BEST])
    return both[label, torch.arange(len(z))]


def decoder(x: Tensor, z_0: Tensor, at_0: Marginal) -> Tensor:
    return -torch.distributions.Normal(z_0 / at_0.alpha[:, None], 0.05).log_prob(x).sum(1)


MODEL = Model(denoiser, PATH, "x")


@pytest.mark.claim("likelihood.classes")
@pytest.mark.parametrize("prior", [None, [3.0, 1.0]])
def test_two_normals_have_their_exact_posterior(prior: list[float] | None) -> None:
    """Within Student's t at 1e-9 of the distance of the bounds, and 0.05 for the ends of the path."""
    found = class_posterior(MODEL, X, 2, decoder=decoder, prior=prior, repeats=REPEATS)
    assert torch.allclose(found.probability.sum(1), torch.ones(4, dtype=torch.float64), rtol=1e-12)
    odds = 0.0 if prior is None else math.log(3)
    exact = odds + LAWS[0].log_prob(X) - LAWS[1].log_prob(X)
    got = (found.probability[:, 0] / found.probability[:, 1]).log()
    far = float(stats.t.ppf(1 - 0.5e-9, REPEATS - 1)) * found.standard_error.max(dim=1).values
    assert bool(((got - exact).abs() < far + 0.05).all()), (got, exact, far)
    assert bool(((got + 2 * exact).abs() > far + 0.05)[[0, 3]].any())  # the guard: other odds are told apart


def test_shared_noise_makes_equal_classes_equally_likely_without_an_error() -> None:
    same = Model(lambda z, gamma, label: 0.3 * z, PATH, "x")
    found = class_posterior(same, X, 3, decoder=decoder, repeats=2)
    assert torch.equal(found.standard_error, torch.zeros(4, 3, dtype=torch.float64))
    assert torch.allclose(found.probability, torch.full((4, 3), 1 / 3, dtype=torch.float64), rtol=1e-12)
    again = class_posterior(same, X, 3, decoder=decoder, repeats=2)
    assert torch.equal(found.bound, again.bound)
    assert not torch.equal(found.bound, class_posterior(same, X, 3, decoder=decoder, repeats=2, seed=1).bound)


def test_levels_have_classes_too() -> None:
    index, levels = torch.tensor([[[[0, 1]]], [[[16, 15]]]]), values(17, torch.float64)
    sign = Model(lambda z, gamma, label: (2.0 * label - 1)[:, None, None, None].to(z) + 0 * z, PATH, "x")
    found = class_posterior(sign, index, 2, levels, repeats=8)
    assert found.probability.argmax(dim=1).tolist() == [0, 1]


REFUSED: dict[str, tuple[Callable[[], object], str]] = {
    "one class": (lambda: class_posterior(MODEL, X, 1, decoder=decoder), "classes >= 2 and repeats >= 2, got 1"),
    "one repeat": (lambda: class_posterior(MODEL, X, 2, decoder=decoder, repeats=1), "got 2 and 1"),
    "no decoder": (lambda: class_posterior(MODEL, X, 2), "levels or a decoder, got neither"),
    "both": (lambda: class_posterior(MODEL, X, 2, values(17), decoder=decoder), "got both"),
    "a prior of others": (lambda: class_posterior(MODEL, X, 2, decoder=decoder, prior=[1.0]), "prior of 2 positive"),
    "a prior of 0": (lambda: class_posterior(MODEL, X, 2, decoder=decoder, prior=[1.0, 0.0]), "positive numbers, got"),
    "words": (lambda: class_posterior(MODEL, X, 2, decoder=decoder, prior="ab"), "prior of 2"),  # type: ignore[arg-type]
    "no number": (lambda: class_posterior(MODEL, X, 2.5, decoder=decoder), "classes"),  # type: ignore[arg-type]
    "levels for no levels": (lambda: class_posterior(MODEL, X, 2, values(17)), "integer"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_has_no_posterior_is_refused(case: str) -> None:
    call, message = REFUSED[case]
    with pytest.raises(ValueError, match=message):
        call()
