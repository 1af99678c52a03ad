"""Noise depends on seeds alone, bit for bit however a batch is split, and has the law that it should."""

import hashlib
import math

import numpy as np
import pytest
import torch
from mpmath import cos, log, mp, mpf, pi, sin, sqrt
from scipy import stats
from torch import Tensor

import udm.sample.noise
from udm.sample import Noise, normal, seeds_from

SEEDS = [0, 1, 2, -1, 2**63, 2**64 - 2, 123456789]
DTYPES = [torch.float64, torch.float32, torch.bfloat16, torch.float16]


def split(seeds: list[int], dtype: torch.dtype, sizes: list[int]) -> Tensor:
    parts = [normal(seeds[sum(sizes[:i]) : sum(sizes[: i + 1])], 3, (5, 3), dtype=dtype) for i in range(len(sizes))]
    return torch.cat(parts)


@pytest.mark.parametrize("dtype", DTYPES, ids=str)
def test_noise_does_not_depend_on_splits_or_permutations_of_the_batch(dtype: torch.dtype) -> None:
    whole = normal(SEEDS, 3, (5, 3), dtype=dtype)
    assert whole.dtype == dtype
    for sizes in ([1] * 7, [2, 5], [3, 3, 1]):
        assert torch.equal(split(SEEDS, dtype, sizes), whole)
    order = [4, 2, 6, 0, 1, 5, 3]
    assert torch.equal(normal([SEEDS[i] for i in order], 3, (5, 3), dtype=dtype), whole[order])


def test_one_generator_for_the_whole_batch_is_detected(monkeypatch: pytest.MonkeyPatch) -> None:
    stream = np.random.default_rng(0)
    monkeypatch.setattr(
        udm.sample.noise,
        "_words",
        lambda keys, block, first, last: np.frombuffer(stream.bytes(len(keys) * (last - first)), dtype="<u8"),
    )
    whole = normal(SEEDS, 3, (5, 3))
    assert not torch.equal(split(SEEDS, torch.float32, [2, 5]), whole)


def test_every_dtype_gets_the_noise_of_float64() -> None:
    exact = normal(SEEDS, 1, (4,), dtype=torch.float64)
    assert all(torch.equal(normal(SEEDS, 1, (4,), dtype=d), exact.to(d)) for d in DTYPES)


@pytest.mark.parametrize("event", [(1,), (3,), (150,), (1000,)])
def test_the_bits_of_a_number_do_not_depend_on_its_place(event: tuple[int, ...]) -> None:
    """The vectors of numpy have remainders, and many samples are transformed in several parts."""
    seeds = list(range(701))
    whole = normal(seeds, 1, event, dtype=torch.float64)
    for k in (0, 1, 6, 63, 64, 65, 500, 700):
        assert torch.equal(normal(seeds[k : k + 1], 1, event, dtype=torch.float64)[0], whole[k])
        assert torch.equal(normal(seeds[k:], 1, event, dtype=torch.float64), whole[k:])


@pytest.mark.parametrize("event", [(1,), (2,), (5,), (2, 3), (127,), (131,)])
def test_noise_is_box_and_mullers_transform_of_the_hash(event: tuple[int, ...]) -> None:
    """Logarithm, root and cosine are good to an ulp or two.

    The angle is good to 2 u of 2 pi: 2^-48 of the radius, at most 8.6.
    """
    mp.dps = 40
    count = math.prod(event)
    pairs = (count + 1) // 2
    block, first = divmod(7, max(1, 128 // pairs))
    for seed in SEEDS[:3] if count > 100 else SEEDS:
        key = b"draw" + (seed % 2**64).to_bytes(8, "little") + block.to_bytes(8, "little")
        raw = hashlib.shake_128(key).digest(16 * pairs * (first + 1))[16 * pairs * first :]
        m = [int.from_bytes(raw[8 * i : 8 * i + 8], "little") >> 11 for i in range(2 * pairs)]
        radius = [sqrt(-2 * log(mpf(a + 1) / 2**53)) for a in m[:pairs]]
        angle = [2 * pi * mpf(b) / 2**53 for b in m[pairs:]]
        exact = [r * cos(t) for r, t in zip(radius, angle, strict=True)]
        exact += [r * sin(t) for r, t in zip(radius, angle, strict=True)]
        got = normal([seed], 7, event, dtype=torch.float64).flatten().tolist()
        assert len(got) == count
        assert all(abs(g - e) <= 8.6 * mpf(2) ** -48 for g, e in zip(got, exact, strict=False))


def related(a: Tensor, b: Tensor) -> bool:
    """Return whether independence as normals is rejected at 1e-9.

    If they are independent, |a + b|^2/2 and |a - b|^2/2 are chi squared of n each.
    """
    n = a.numel()
    low, high = stats.chi2.ppf(2.5e-10, n), stats.chi2.isf(2.5e-10, n)
    return any(not low < torch.square(c).sum().item() / 2 < high for c in (a + b, a - b))


def test_the_noise_is_standard_normal_and_independent() -> None:
    """Kolmogorov's test against N(0, 1) at 1e-9; neighbouring seeds, draws and base seeds are independent."""
    z, after = (normal(range(200), draw, (500,), dtype=torch.float64) for draw in (0, 1))
    assert stats.kstest(z.flatten().numpy(), "norm").pvalue > 1e-9
    assert not related(z[::2], z[1::2])
    assert not related(z, after)
    assert not related(z[:, :250], z[:, 250:])
    assert not related(normal(seeds_from(0, 200), 0, (500,)).double(), normal(seeds_from(1, 200), 0, (500,)).double())


def test_shared_or_misshapen_noise_is_detected() -> None:
    """One shared number in sixteen is detected, and Kolmogorov's test detects a scale of 1.06 and a uniform law."""
    z, after = (normal(range(200), draw, (500,), dtype=torch.float64) for draw in (0, 1))
    assert related(z, torch.where(torch.arange(500) % 16 == 0, z, after))
    assert stats.kstest(1.06 * z.flatten().numpy(), "norm").pvalue < 1e-9
    assert stats.kstest((torch.special.ndtr(z) - 0.5).flatten().numpy() * 12**0.5, "norm").pvalue < 1e-9


def test_all_64_bits_of_a_seed_count() -> None:
    """torch's own generator on the CPU keeps only the low 32."""
    a, b = (torch.randn(4, generator=torch.Generator().manual_seed(s)) for s in (1, 1 + 2**32))
    assert torch.equal(a, b)
    assert not torch.equal(normal([1], 0, (4,)), normal([1 + 2**32], 0, (4,)))
    assert torch.equal(normal([-1], 0, (4,)), normal([2**64 - 1], 0, (4,)))


def test_draws_are_numbered() -> None:
    for event, draws in ((3,), 70), ((30,), 9), ((400,), 3):  # hashes of 64, 8 and 1 draws
        for expected in (None, 0, 40, 70):
            noise = Noise(torch.tensor([5, 6]), event, dtype=torch.float32)
            noise.expected = expected
            made = [noise() for _ in range(draws)]
            assert all(torch.equal(z, normal([5, 6], k, event)) for k, z in enumerate(made))
            assert len({z.flatten()[0].item() for z in made}) == draws


def test_default_seeds_are_those_of_the_indices() -> None:
    assert seeds_from(0, 5)[2:] == seeds_from(0, 3, first=2)
    assert len({*seeds_from(0, 1000), *seeds_from(1, 1000)}) == 2000
    assert seeds_from(0, 1) == [int.from_bytes(hashlib.shake_128(b"seed" + bytes(16)).digest(8), "little")]


def test_seeds_that_cannot_be_are_refused() -> None:
    with pytest.raises(ValueError, match=r"normal: expected seeds\[1\] an integer in \[-2\^63, 2\^64\), got 1.5"):
        normal([1, 1.5], 0, (2,))  # type: ignore[list-item]
    with pytest.raises(ValueError, match=r"expected seeds\[0\] an integer"):
        normal([2**64], 0, (2,))
    with pytest.raises(ValueError, match=r"normal: expected seeds of shape \(batch,\), integer, got \(2,\), torch.fl"):
        normal(torch.zeros(2), 0, (2,))
    with pytest.raises(ValueError, match=r"normal: expected draw >= 0 and an event of at least one number"):
        normal([1], -1, (2,))
    with pytest.raises(ValueError, match=r"seeds_from: expected count and first >= 0, got -1 and 0"):
        seeds_from(0, -1)
