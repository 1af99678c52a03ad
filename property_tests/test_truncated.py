"""A schedule cut to finite ends equals its inner claim at the exact time u_0 + width t, with one ulp more allowed.

Two words of time leave an error of second order.
"""

from collections.abc import Callable

import numpy as np
import pytest
import torch
from flint import arb
from hypothesis import given
from torch import Tensor

from derivations import symbols as y
from derivations.arithmetic.ball import precision
from derivations.catalogue import claims
from property_tests.exact import BITS, value
from property_tests.schedules import BOUND, CASES, FIELDS, distance, got
from property_tests.strategies import BATCH, Times, _times, seeds, times
from udm.schedule import EDM, Cosine, Learned, RectifiedFlow, SubVP
from udm.schedule.truncated import Truncated

NAMES = ("Cosine", "BetaLinear", "Sigmoid", "LinearGamma")
ENDS = {"Cosine": (-9.0, 6.0), "BetaLinear": (-9.0, 6.0), "Sigmoid": (-13.0, 5.0), "LinearGamma": (-9.0, 4.0)}


def exactly(name: str, cut: Truncated, field: str, at: Times) -> list[arb]:
    case = CASES[name]
    closed, found = getattr(claims()[case.claim].answer, field), []
    for s, t in zip(*map(Tensor.tolist, at), strict=True):
        with precision(BITS):
            u_s, u_t = (arb(cut.u_0) + arb(cut.width) * arb(a) for a in (s, t))
            exact = value(closed, {y.s: u_s, y.t: u_t, **case.parameters()})
            found.append(exact * arb(cut.width) if field == "dgamma" else exact)
    return found


def errors(name: str, at: Times) -> dict[str, float]:
    cut = Truncated(CASES[name].make(), *ENDS[name])
    return {field: distance(field, got(cut, field, at).tolist(), exactly(name, cut, field, at)) for field in FIELDS}


@pytest.mark.claim("vdm.loss.invariance")
@pytest.mark.parametrize("name", NAMES)
@given(at=times)
def test_a_truncated_schedule_is_exact(name: str, at: Times) -> None:
    for field, error in errors(name, at).items():
        assert error <= BOUND + 1, field


def close(seed: int) -> Times:
    """Draw pairs of times down to neighbouring floats, from 1e-6 to 1 - 1e-7."""
    rng = np.random.default_rng(seed)
    away = 10 ** rng.uniform(-6, 0, BATCH) / 2
    t = torch.tensor(np.where(rng.random(BATCH) < 0.5, away, 1 - away / 5))
    s = t * (1 - torch.tensor(10 ** rng.uniform(-16, -6, BATCH)))
    t[0], s[0] = 0.3, 0.2999999999999997
    t[1], s[1] = 5.6e-4, 5.6e-4 * (1 - 1e-12)
    return Times(torch.minimum(s, torch.nextafter(t, torch.zeros(()))), t)


@pytest.mark.parametrize(
    ("name", "ends"), [*ENDS.items(), ("Cosine", (-13.3, 5.0)), ("Cosine", (-30.0, 30.0)), ("BetaLinear", (-13.0, 5.0))]
)
@given(seed=seeds)
def test_gaps_of_neighbouring_times_are_exact(name: str, ends: tuple[float, float], seed: int) -> None:
    """A gap is the mean of the inner slope times the step: the slope's ulps, one more for it, and one for the step."""
    cut, at = Truncated(CASES[name].make(), *ends), close(seed)
    for field in ("gap", "dgamma"):
        assert distance(field, got(cut, field, at).tolist(), exactly(name, cut, field, at)) <= BOUND + 2, field


@pytest.mark.parametrize("name", NAMES)
def test_the_ends_are_met_to_an_ulp_of_the_inner_time(name: str) -> None:
    cut = Truncated(CASES[name].make(), *ENDS[name])
    t = torch.arange(2, dtype=torch.float64)
    slack = torch.tensor([cut.u_0, 1.0], dtype=torch.float64) * cut.inner.dgamma(cut._inner_time(t)[0]) * 2**-52
    slack += 8 * 2**-52 * torch.tensor(ENDS[name], dtype=torch.float64).abs()
    assert ((cut.gamma(t) - torch.tensor(ENDS[name], dtype=torch.float64)).abs() <= slack).all()


def one_word(cut: Truncated, t: Tensor) -> tuple[Tensor, Tensor]:
    return cut.u_0 + cut.width * t, torch.zeros_like(t)


def lost_product(cut: Truncated, t: Tensor) -> tuple[Tensor, Tensor]:
    u = cut.u_0 + cut.width * t
    return u, (cut.u_0 - u) + cut.width * t


def slope_forgotten(cut: Truncated, t: Tensor) -> Tensor:
    return cut.inner.dgamma(cut._inner_time(t)[0])


WRONG: dict[str, tuple[str, Callable[..., object], set[str]]] = {
    "time in one word": ("_inner_time", one_word, {"gap", "alpha"}),
    "the product's rounding lost": ("_inner_time", lost_product, {"gap"}),
    "width left out of the slope": ("_dgamma", slope_forgotten, {"dgamma"}),
    "gap by difference": ("_gap", lambda cut, s, t: cut.gamma(t) - cut.gamma(s), {"gap"}),
}


@pytest.mark.parametrize("wrong", WRONG)
def test_a_corrupt_cut_is_detected(wrong: str, monkeypatch: pytest.MonkeyPatch) -> None:
    name, corrupt, fields = WRONG[wrong]
    assert all(e <= BOUND + 1 for seed in range(2) for f, e in errors("Cosine", _times(seed)).items())
    monkeypatch.setattr(Truncated, name, corrupt)
    out = {f for seed in range(4) for f, e in errors("Cosine", _times(seed)).items() if e > BOUND + 1}
    assert fields <= out


def test_ends_out_of_reach_are_refused() -> None:
    with pytest.raises(ValueError, match="gamma_max"):
        Truncated(Cosine(), 6.0, -9.0)
    with pytest.raises(ValueError, match="range of BetaLinear"):
        Truncated(CASES["BetaLinear"].make(), -9.0, 20.0)
    with pytest.raises(ValueError, match="range of LinearGamma"):
        Truncated(CASES["LinearGamma"].make(), -14.0, 5.0)
    for inner in (EDM(), SubVP(), RectifiedFlow(), SubVP(0.1, 2000.0)):  # the last is so only before t = 0.1
        with pytest.raises(ValueError, match=f"a variance-preserving schedule, got {type(inner).__name__}"):
            Truncated(inner, -2.0, 2.0)


def test_two_times_of_one_inner_float_have_a_gap() -> None:
    """In a very short cut, outer times outnumber inner floats; the second word of the inner time tells them apart."""
    cut = Truncated(Cosine(), -1e-6, 1e-6)
    s, t = torch.tensor([0.5, 0.5], dtype=torch.float64), torch.tensor([0.5 + 1e-11, 0.5 + 3e-10], dtype=torch.float64)
    torch.testing.assert_close(cut.gap(s, t), (t - s) * 2e-6, rtol=1e-4, atol=0)


@pytest.mark.filterwarnings("error")
def test_a_schedule_that_trains_is_cut_without_a_warning() -> None:
    """Gradients stay finite where two times share an inner float, though the branch not taken has no gap there."""
    cut = Truncated(inner := Learned(hidden=4), -5.0, 4.0)
    t = torch.tensor([0.5, 0.5, 1.0], dtype=torch.float64)
    s = torch.tensor([0.5 - 2**-54, 0.25, 0.0], dtype=torch.float64)
    (cut.gap(s, t) + cut.dgamma(t) + cut.gamma(t)).sum().backward()
    for name, p in inner.named_parameters():
        assert p.grad is None or p.grad.isfinite().all(), name
