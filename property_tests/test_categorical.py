"""The divergence of classes and the weights of DDIM's step equal their claims.

The terms of the divergence are positive. A term is q times an excess x - log(1 + x) that is good to 8 u and whose x is
good to 2 u, on which it depends with a condition of at most 2 near 0, where it is a square, and at most 1 + |log x| far
from it: 16 u, and one u for each class in the sum, against the sum itself. Weights are products of at most four factors
that are each good to 1 u, with one sum of positive terms: 8 u, so 8 ulps.
"""

import math

import pytest
import torch
from flint import arb
from hypothesis import given
from hypothesis import strategies as st

import udm.categorical as categorical
from derivations.arithmetic.ball import precision
from derivations.catalogue import claims
from derivations.symbols import abar, abar_s, guessed, hit, keep, of_data
from property_tests.conftest import Record
from property_tests.exact import BITS, ulps, value
from property_tests.strategies import seeds

GRID = 2**40  # laws are multiples of its inverse, so that 1 - q has no rounding
numerators = st.tuples(
    st.integers(1, GRID - 1), st.one_of(st.sampled_from([1, -1, 10**3, 10**6]), st.integers(-GRID, GRID))
)


def drawn(first: int, apart: int) -> tuple[torch.Tensor, torch.Tensor]:
    """Return two laws of two classes that may be as close as 1e-12."""
    q, p = (torch.tensor([k / GRID], dtype=torch.float64) for k in (first, max(1, min(GRID - 1, first + apart))))
    return q, p


def exact(q: float, p: float) -> arb:
    return value(claims()["kl.categorical"].answer, {of_data: arb(q), guessed: arb(p)})


def share_of_bound(got: float, q: float, p: float) -> float:
    """Return the error over its bound."""
    right = exact(q, p)
    with precision(BITS):
        return float((abs(arb(got) - right) / (32 * arb(2) ** -53 * right)).upper())


def one(a: float) -> torch.Tensor:
    return torch.tensor([a], dtype=torch.float64)


def both(q: torch.Tensor) -> torch.Tensor:
    return torch.stack([q, 1 - q], dim=1)


@pytest.mark.claim("kl.categorical")
@given(law=numerators)
def test_the_divergence_keeps_its_digits_where_laws_are_close(law: tuple[int, int]) -> None:
    q, p = drawn(*law)
    if bool(q == p):
        return
    got = float(categorical.kl(both(q), both(p)))
    assert got >= 0 and share_of_bound(got, float(q), float(p)) <= 1


def test_the_sum_of_logarithms_is_detected() -> None:
    """As printed it is lost among the roundings of log(q/p), and may be negative."""
    q, p = drawn(GRID // 3, 1000)
    printed = float((both(q) * torch.log(both(q) / both(p))).sum())
    assert share_of_bound(float(categorical.kl(both(q), both(p))), float(q), float(p)) <= 1
    right = exact(float(q), float(p))
    assert ulps(printed, right) > 1e6


@pytest.mark.claim("ddim.categorical")
@given(t=st.floats(0, 0.999), up=st.floats(0, 1), share=st.one_of(st.sampled_from([0.0, 0.5, 1.0]), st.floats(0, 1)))
def test_weights_of_a_step_are_exact(t: float, up: float, share: float, measure: Record) -> None:
    s = min(t + up * (1 - t), 1 - 2.0**-53)
    made = categorical.weights(one(t), one(s), share)
    answer = claims()["ddim.categorical"].answer
    with precision(BITS):
        kept = arb(share) * (1 - arb(s)) / (1 - arb(t))
    at = {abar: arb(t), abar_s: arb(s), keep: kept}
    measure("ddim.categorical", "weight of z_t", torch.float64, ulps(float(made.kept), kept), 8.0, 1)
    for name, expression in (("datum", answer.of_data), ("fresh", answer.of_any)):
        right, got = value(expression, at), float(getattr(made, name))
        if right.contains(0):
            assert abs(got) <= 2.0**-400
        else:
            measure("ddim.categorical", f"weight {name}", torch.float64, ulps(got, right), 8.0, 1)
    assert math.isclose(float(sum(made)), 1, rel_tol=8 * 2.0**-53)


def test_the_weight_of_the_datum_as_printed_is_detected() -> None:
    t, s = 0.3, 0.3 + 1e-13
    answer = claims()["ddim.categorical"].answer
    kept = (1 - s) / (1 - t)
    with precision(BITS):
        right = value(answer.of_data, {abar: arb(t), abar_s: arb(s), keep: (1 - arb(s)) / (1 - arb(t))})
    assert ulps(s - kept * t, right) > 100
    made = categorical.weights(one(t), one(s))
    assert ulps(float(made.datum), right) <= 8


@pytest.mark.claim("ddim.categorical")
@given(seed=seeds)
def test_a_step_keeps_the_law_of_the_latent(seed: int) -> None:
    """Over z_t of its law, a step from the datum itself gives the law of z_s, class by class."""
    generator = torch.Generator().manual_seed(seed)
    K, t, s = 4, torch.tensor([0.3], dtype=torch.float64), torch.tensor([0.6], dtype=torch.float64)
    x = torch.rand(1, K, generator=generator, dtype=torch.float64)
    x = x / x.sum()
    before = categorical.latent(x, t)
    for share in (0.0, 0.4, 1.0):
        each = [categorical.step(torch.tensor([k]), x, t, s, share)[0] for k in range(K)]
        after = sum((float(before[0, k]) * law for k, law in enumerate(each)), torch.zeros(K, dtype=torch.float64))
        assert torch.allclose(after, categorical.latent(x, s)[0], rtol=0, atol=1e-15)
        assert all(abs(float(law.sum()) - 1) < 1e-15 for law in each)
    wrong = sum(
        (float(before[0, k]) * categorical.step(torch.tensor([k]), x, t, t, 0.4)[0] for k in range(K)),
        torch.zeros(K, dtype=torch.float64),
    )
    assert not torch.allclose(wrong, categorical.latent(x, s)[0], rtol=0, atol=1e-3)


def test_hit_is_one_where_the_latent_has_the_class() -> None:
    """The law of a step against the claim's, class by class, with the datum's probabilities as they are."""
    answer = claims()["ddim.categorical"].answer
    x = torch.tensor([[0.2, 0.8]], dtype=torch.float64)
    got = categorical.step(torch.tensor([1]), x, torch.tensor([0.25]).double(), torch.tensor([0.5]).double(), 0.5)[0]
    kept = 0.5 * 0.5 / 0.75
    of = {abar: arb(0.25), abar_s: arb(0.5), keep: arb(kept)}
    datum, fresh = (float(value(e, of)) for e in (answer.of_data, answer.of_any))
    for k in range(2):
        assert float(got[k]) == pytest.approx(kept * (k == 1) + datum * float(x[0, k]) + fresh / 2, rel=1e-14)
    assert hit.name == "x_{tk}"


def test_classes_that_do_not_occur_count_what_they_should() -> None:
    zero = torch.tensor([[0.0, 1.0]], dtype=torch.float64)
    half = torch.tensor([[0.5, 0.5]], dtype=torch.float64)
    assert float(categorical.kl(zero, half)) == pytest.approx(math.log(2), rel=1e-15)
    assert float(categorical.kl(half, zero)) == math.inf
    assert float(categorical.kl(zero, zero)) == 0
