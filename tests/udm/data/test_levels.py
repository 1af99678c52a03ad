"""Levels keep their values in every integer dtype, though no number of 8 bits is 256; other numbers are refused."""

import math
from collections.abc import Callable

import pytest
import torch
from torch import Tensor

from udm import Marginal, reconstruction, variational_bound
from udm.data import values
from udm.decoder import draw, level, mode, nearest
from udm.likelihood import evaluate, evaluate_flow
from udm.likelihood.invariance import invariance
from udm.model import Model
from udm.schedule import Betas, Cosine, LinearGamma

MODEL = Model(lambda z, gamma: 0.1 * z, LinearGamma(-13.3, 5.0), "v")
BYTES = torch.arange(256, dtype=torch.uint8).reshape(4, 8, 8)
X_256 = values(256)


def at(gamma: float, batch: int = 1) -> Marginal:
    return Marginal.from_gamma(torch.full((batch,), gamma, dtype=torch.float64))


@pytest.mark.parametrize(
    ("dtype", "K"), [(torch.uint8, 256), (torch.int8, 128), (torch.int16, 300), (torch.int32, 9), (torch.int64, 9)]
)
def test_every_level_is_kept_in_every_dtype(dtype: torch.dtype, K: int) -> None:
    x, index = values(K), torch.arange(K).to(dtype)
    assert torch.equal(level(x, index), x)


def test_bytes_have_the_same_bound_as_wider_integers() -> None:
    one, other = (
        variational_bound(MODEL, index, X_256, generator=torch.Generator().manual_seed(0))
        for index in (BYTES, BYTES.long())
    )
    assert one.total.isfinite().all()
    assert torch.equal(one.total, other.total)


def test_bytes_have_every_likelihood() -> None:
    """Levels from 0 to 255: the bound in continuous time and in steps, both flows, and the invariance."""
    ddpm = MODEL._replace(schedule=Betas.linear(8))
    batches = [BYTES[:2], BYTES[2:]]
    for found in (
        evaluate(MODEL, batches, X_256, repeats=2),
        evaluate(ddpm, batches, X_256, T=8, repeats=2),
        evaluate_flow(MODEL, batches, X_256, repeats=2, rtol=1e-3, atol=1e-3),
        evaluate_flow(MODEL, batches, X_256, repeats=2, rtol=1e-3, atol=1e-3, dequantisation="decoder"),
    ):
        assert math.isfinite(found.total.value), found
    rows = invariance(MODEL, {"a": MODEL.schedule, "b": LinearGamma(-13.3, 5.0)}, batches, X_256, repeats=2)
    assert all(math.isfinite(row.bound.value) for row in rows)


def per_pixel(x: Tensor, z_0: Tensor, at_0: Marginal) -> Tensor:
    return torch.square(x - z_0).flatten(1).sum(dim=1)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: evaluate(MODEL, [BYTES.float()], X_256), r"integer levels, got torch.float32; without levels"),
        (lambda: evaluate_flow(MODEL, [BYTES.float()], X_256), r"integer levels, got torch.float32"),
        (lambda: evaluate(MODEL, [BYTES], values(17)), r"levels from 0 to 16, got 0 to 255"),
        (lambda: evaluate(MODEL, [BYTES.long() - 1], X_256, decoder=per_pixel), r"levels from 0 to 255, got -1 to 254"),
        (lambda: evaluate(MODEL, [BYTES], X_256, unit="bits"), r'unit "bits/dim" or "nats", got \'bits\''),  # type: ignore[arg-type]
        (lambda: evaluate(MODEL, [BYTES, BYTES[:, :4]], X_256), r"events of one shape, got .*8, 8.* and .*4, 8"),
        (
            lambda: evaluate(MODEL, [BYTES], X_256, decoder=lambda x, z, a: per_pixel(x, z, a)[:, None]),
            r"expected decoder\(x, z_0, at_0\) of shape \(4,\), one per example, got \(4, 1\)",
        ),
        (lambda: evaluate(MODEL._replace(schedule=Betas.linear(10)), [BYTES], X_256, T=7), r"T that divides the 10 st"),
        (lambda: evaluate(MODEL, [BYTES], X_256, T=10**18), r"T an integer from 1 to 2\^53"),
        (lambda: evaluate(MODEL, [BYTES], X_256, T=2.5), r"T an integer from 1 to 2\^53, or None, got 2.5"),  # type: ignore[arg-type]
    ],
)
def test_a_likelihood_of_impossible_levels_is_refused(call: Callable[[], object], message: str) -> None:
    """Otherwise it would give a plausible number, or none."""
    with pytest.raises(ValueError, match=message):
        call()


def test_an_evaluation_states_what_its_errors_cover() -> None:
    assert evaluate(MODEL, [BYTES], X_256, repeats=2).meaning.endswith(
        "noise and times alone, over these very examples"
    )
    found = evaluate(MODEL, [BYTES, BYTES], X_256, repeats=1, error="law")
    assert found.meaning.endswith("over the law that the examples were drawn from")


def test_the_bound_down_to_no_noise_is_reported_infinite() -> None:
    """The model is not exact as t falls to 0, so the integral is infinite, though each draw of it is finite."""
    with pytest.warns(RuntimeWarning, match=r"udm\.evaluate: expected sigma_0 > 0 .* got Cosine .*no number of draws"):
        found = evaluate(MODEL._replace(schedule=Cosine()), [BYTES], X_256, repeats=2)
    assert "infinite, whatever the number" in found.meaning
    assert "infinite" not in evaluate(MODEL, [BYTES], X_256, repeats=2).meaning


def test_nan_is_refused_as_a_level() -> None:
    """A diverged sample is not a picture."""
    z, x = torch.tensor([[math.nan, 0.0]]), values(16)
    u = torch.tensor([[0.5, 0.5]])
    for found in (nearest(z, x), mode(z, at(-5.0), x), draw(z, at(-5.0), x, u)):
        assert found[0, 0] == -1
        assert 0 <= found[0, 1] < 16
    assert draw(torch.zeros(1, 1), at(-5.0), x, torch.tensor([[math.nan]])).item() == -1


def test_a_latent_without_noise_decodes_to_its_nearest_levels() -> None:
    """The loss is log 2 half way between two levels, 0 on one, and infinite elsewhere.

    The SNR is beyond float64, or infinite.
    """
    x = values(4, torch.float64)
    middle = ((x[1] + x[2]) / 2).reshape(1, 1)
    zero = torch.zeros(1, dtype=torch.float64)
    for at_0 in (at(-1399.0), Marginal(zero + 1, zero, zero - math.inf)):
        for z, index, want in ((middle, 1, math.log(2)), (x[1:2, None], 1, 0.0), (middle + 0.1, 1, math.inf)):
            found = reconstruction(torch.tensor([[index]]), z, at_0, x)
            assert found.item() == pytest.approx(want, rel=2**-50)


def test_the_variance_in_an_invariance_is_in_squared_units() -> None:
    (row,) = invariance(MODEL, {"a": MODEL.schedule}, [BYTES], X_256, repeats=2)
    assert (row.bound.unit, row.variance.unit) == ("bits/dim", "(bits/dim)^2")
    with pytest.raises(ValueError, match="invariance: expected levels from 0 to 16, got 0 to 255"):
        invariance(MODEL, {"a": MODEL.schedule}, [BYTES], values(17), repeats=2)
