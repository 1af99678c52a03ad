"""Named weights give one loss in every parameterization and keep their limits; common wrong forms are detected."""

import math
from collections.abc import Callable

import pytest
import torch
from torch import Tensor

from udm import Marginal, Step, convert, diffuse, diffusion, discrete_weight, target
from udm.denoiser import Parameterization
from udm.loss import nats_per_bit
from udm.schedule import Cosine, LinearGamma, RectifiedFlow
from udm.weight import min_snr, sigmoid, simple, weighted

KINDS: tuple[Parameterization, ...] = ("x", "eps", "v", "score")
T = torch.tensor([0.05, 0.3, 0.6, 0.95], dtype=torch.float64)


def of_sigmoid(at: Marginal, kind: Parameterization) -> Tensor:
    return weighted(sigmoid(2.0), torch.full_like(at.gamma, 3.0), at, kind)


@pytest.mark.parametrize("schedule", [Cosine(), LinearGamma(), RectifiedFlow()], ids=lambda s: type(s).__name__)
@pytest.mark.parametrize("weight", [simple, min_snr, of_sigmoid])
def test_one_loss_in_every_parameterization(schedule: Cosine, weight: Callable[..., Tensor]) -> None:
    torch.manual_seed(0)
    at = schedule.at(T)
    x, eps, guess = torch.randn(3, 4, 5, dtype=torch.float64)
    z = diffuse(x, eps, at)

    def loss(kind: Parameterization) -> Tensor:
        return diffusion(target(x, eps, at, kind), convert(guess, z, at, "x", kind), weight(at, kind))

    for kind in KINDS:
        torch.testing.assert_close(loss(kind), loss("x"), rtol=1e-11, atol=0)


def test_min_snr_has_its_published_values() -> None:
    """SNR 16, 5 and 1 on a variance-preserving path; the weight of v is not min(SNR + 1, cap) / (SNR + 1)."""
    snr = torch.tensor([16.0, 5.0, 1.0], dtype=torch.float64)
    at = Marginal.from_gamma(-torch.log(snr))
    want = {"x": [5.0, 5.0, 1.0], "eps": [5 / 16, 1.0, 1.0], "v": [5 / 17, 5 / 6, 1 / 2]}
    for kind, values in want.items():
        assert min_snr(at, kind).tolist() == pytest.approx(values, rel=1e-14)  # type: ignore[arg-type]


def test_min_snr_has_its_limits_at_the_ends() -> None:
    one, zero = torch.ones(1, dtype=torch.float64), torch.zeros(1, dtype=torch.float64)
    noise, data = Marginal(zero, one, one * torch.inf), Marginal(one, zero, -one * torch.inf)
    assert [min_snr(noise, kind).item() for kind in KINDS] == [0, 1, 0, 1]
    assert [min_snr(data, kind).item() for kind in KINDS] == [5, 0, 0, 0]


def test_the_simple_loss_is_a_weighted_one() -> None:
    at = LinearGamma().at(T)
    assert torch.equal(simple(at, "eps"), torch.ones_like(T))
    torch.testing.assert_close(simple(at, "x"), at.snr, rtol=1e-15, atol=0)
    got = weighted(sigmoid(2.0), LinearGamma().dgamma(T), at, "eps")
    torch.testing.assert_close(got, torch.sigmoid(2 + at.gamma) * 18.3 / 2, rtol=1e-14, atol=0)


def test_wrong_arguments_of_weights_are_refused() -> None:
    at = LinearGamma().at(T)
    with pytest.raises(ValueError, match="expected cap > 0, got 0"):
        min_snr(at, "x", 0)
    for weight in (simple, min_snr):
        with pytest.raises(ValueError, match='expected kind one of "x", "eps", "v", "score", got \'noise\''):
            weight(at, "noise")  # type: ignore[arg-type]


def test_weights_stay_in_range_where_snr_does_not() -> None:
    """Of v, (e^gap - 1)/2 at gamma_s = -1300; of x, e^lambda S(b - lambda)/2 = e^b S(lambda - b)/2 at lambda > 709."""
    step = Step.from_gamma(torch.tensor([-700.0]).double(), torch.tensor([600.0]).double())
    assert step.snr_drop.isinf().all()
    assert float(discrete_weight(step, "v")) == pytest.approx(math.exp(600) / 2, rel=1e-12)
    for gamma in (-715.0, -1300.0, -700.0, 3.0):
        at = Marginal.from_gamma(torch.tensor([gamma]).double())
        want = math.exp(2.0) / (1 + math.exp(gamma + 2.0)) / 2
        assert float(weighted(sigmoid(2.0), torch.ones(1).double(), at, "x")) == pytest.approx(want, rel=1e-13)


def test_bits_are_of_one_dimension_or_more() -> None:
    assert nats_per_bit(3) == 3 * math.log(2)
    for wrong in (0, -1, 1.5):
        with pytest.raises(ValueError, match=r"^udm\.loss\.nats_per_bit: expected dims "):
            nats_per_bit(wrong)  # type: ignore[arg-type]
