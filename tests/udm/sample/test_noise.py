"""Noise depends on seeds alone, bit for bit however a batch is split, and has the law that it should."""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
import torch
from mpmath import cos, log, mp, mpf, pi, sin, sqrt
from numpy.typing import NDArray
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

    def shared(keys: list[int], purpose: int, first: int, count: int) -> NDArray[np.uint64]:
        return stream.integers(2**64, size=(len(keys), count), dtype=np.uint64)

    monkeypatch.setattr(udm.sample.noise, "_words", shared)
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


WORD = 2**64
BLOCKS = (  # counter, key and result of Random123's own file of known answers, for philox4x64 of 10 rounds
    ((0,) * 4, (0,) * 2, "16554d9eca36314c db20fe9d672d0fdc d7e772cee186176b 7e68b68aec7ba23b"),
    ((-1,) * 4, (-1,) * 2, "87b092c3013fe90b 438c3c67be8d0224 9cc7d7c69cd777b6 a09caebf594f0ba0"),
    (
        (0x243F6A8885A308D3, 0x13198A2E03707344, 0xA4093822299F31D0, 0x082EFA98EC4E6C89),
        (0x452821E638D01377, 0xBE5466CF34E90C6C),
        "a528f45403e61d95 38c72dbd566e9788 a5a1610e72fd18b5 57bd43b5e52b7fe6",
    ),
)


def philox(counter: Sequence[int], key: Sequence[int], rounds: int = 10) -> list[int]:
    """Return a block of Philox4x64 (Salmon et al. 2011, section 3.3), by Python's integers."""
    (a, b, c, d), (k, m) = (i % WORD for i in counter), (i % WORD for i in key)
    for _ in range(rounds):
        p, q = 0xD2E7470EE14C6C93 * a, 0xCA5A826395121157 * c
        a, b, c, d = q // WORD ^ b ^ k, q % WORD, p // WORD ^ d ^ m, p % WORD
        k, m = (k + 0x9E3779B97F4A7C15) % WORD, (m + 0xBB67AE8584CAA73B) % WORD
    return [a, b, c, d]


def words(seed: int, purpose: int, first: int, count: int) -> list[int]:
    """Return words of a seed's stream, whose block number i has the counter i + 1."""
    blocks = range(first // 4 + 1, (first + count - 1) // 4 + 2)
    stream = [word for i in blocks for word in philox([i >> 64 * n for n in range(4)], (seed, purpose))]
    return stream[first % 4 : first % 4 + count]


@pytest.mark.parametrize(("counter", "key", "known"), BLOCKS)
def test_the_reference_has_the_known_answers(counter: tuple[int, ...], key: tuple[int, ...], known: str) -> None:
    assert philox(counter, key) == [int(word, 16) for word in known.split()]
    assert philox(counter, key, 9) != philox(counter, key)


def test_the_words_of_a_seed_are_philoxs() -> None:
    """From any word on, beyond 2^64 blocks too; they are those of numpy's own generator with the seed for a key."""
    some = np.random.Philox(key=5).random_raw(8)
    assert udm.sample.noise._words([5], 0, 0, 8)[0].tolist() == some.tolist() == words(5, 0, 0, 8)
    for first in (0, 1, 6, 4 * WORD - 5, 4 * WORD, 12345678901 * WORD**2 + 3):
        got = udm.sample.noise._words([5, WORD - 1], 1, first, 9).tolist()
        assert got == [words(5, 1, first, 9), words(-1, 1, first, 9)]


KNOWN = (  # seed, draw, and the draw of an event of three numbers
    (0, 0, (-0.15853383451844139, -2.9828792826170734, 1.925691981917186)),
    (1, 0, (-0.8974446665924704, 1.2565397431446048, -1.8905005212648323)),
    (-1, 2**40, (-1.6301438033120588, 0.7255759559816201, -0.026477537612404876)),
)


def test_seeds_have_the_numbers_that_they_had() -> None:
    """To the 8.6 2^-48 that libraries may differ by: who changes them gives the generator another name."""
    assert udm.sample.noise.GENERATOR == "Philox4x64-10, Box-Muller, 3"
    for seed, draw, known in KNOWN:
        got = normal([seed], draw, (3,), dtype=torch.float64)[0].tolist()
        assert all(abs(g - k) <= 2 * 8.6 * 2.0**-48 for g, k in zip(got, known, strict=True)), got


@pytest.mark.parametrize("event", [(1,), (2,), (5,), (2, 3), (127,), (131,)])
def test_noise_is_box_and_mullers_transform_of_the_words(event: tuple[int, ...]) -> None:
    r"""The radius r = sqrt(-2 log u) <= 8.6 has relative 3 units u = 2^-53, and the pair the angle's error besides.

    The half angle is rounded twice, pi and the product: the angle, at most pi, by 2 pi u. A tangent off by 4 ulps, 8 u,
    turns by at most 8 u |sin 2 pi w|. The square, the sum or difference, the quotient and the product cost 5 u. In all
    (3 + 2 pi + 8 + 5) u < 23 u < 2^-48 of the radius.
    """
    mp.dps = 40
    count = math.prod(event)
    pairs = (count + 1) // 2
    for seed in SEEDS[:3] if count > 100 else SEEDS:
        m = [word >> 11 for word in words(seed, 0, 7 * 2 * pairs, 2 * pairs)]
        exact: list[Any] = []
        for a, b in zip(m[::2], m[1::2], strict=True):
            r, w = sqrt(-2 * log(mpf(a + 1) / 2**53)), mpf(b) / 2**53 - 0.5
            exact += [r * cos(2 * pi * w), r * sin(2 * pi * w)]
        got = normal([seed], 7, event, dtype=torch.float64).flatten().tolist()
        assert len(got) == count
        assert all(abs(g - e) <= 8.6 * mpf(2) ** -48 for g, e in zip(got, exact, strict=False))


def test_the_ends_of_the_words_are_finite_and_accurate() -> None:
    """u = 2^-53 and 1, w = -1/2, 0 and next to 1/2, 1/4 and -1/4: where the tangent is large, 0 or 1."""
    mp.dps = 40
    radii, angles = [0, 2**53 - 1, 2**52], [0, 2**52, 2**53 - 1, 2**51, 3 * 2**51, 2**50]
    m = np.array([[a, b] for a in radii for b in angles], dtype=np.float64).T.copy()
    udm.sample.noise._turn(m)
    at = [(mpf(a + 1) / 2**53, mpf(b) / 2**53 - 0.5) for a in radii for b in angles]
    for (u, w), cosine, sine in zip(at, *m.tolist(), strict=True):
        r = sqrt(-2 * log(u))
        assert abs(cosine - r * cos(2 * pi * w)) <= r * mpf(2) ** -48
        assert abs(sine - r * sin(2 * pi * w)) <= r * mpf(2) ** -48


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
    for event, draws in ((3,), 70), ((30,), 9), ((400,), 3):  # made 64, 8 and 1 at once
        for expected in (None, 0, 40, 70):
            noise = Noise(torch.tensor([5, 6]), event, dtype=torch.float32)
            noise.expected = expected
            made = [noise() for _ in range(draws)]
            assert all(torch.equal(z, normal([5, 6], k, event)) for k, z in enumerate(made))
            assert len({z.flatten()[0].item() for z in made}) == draws


def test_default_seeds_are_those_of_the_indices() -> None:
    assert seeds_from(0, 5)[2:] == seeds_from(0, 3, first=2)
    assert len({*seeds_from(0, 1000), *seeds_from(1, 1000)}) == 2000
    assert seeds_from(-1, 3, first=2**70) == words(2**64 - 1, 1, 2**70, 3)
    assert seeds_from(0, 4) == words(0, 1, 0, 4) != words(0, 0, 0, 4)  # no seed is a word of noise
    assert seeds_from(0, 0, first=5) == []


def test_seeds_that_cannot_be_are_refused() -> None:
    with pytest.raises(ValueError, match=r"normal: expected seeds\[1\] an integer in \[-2\^63, 2\^64\), got 1.5"):
        normal([1, 1.5], 0, (2,))  # type: ignore[list-item]
    with pytest.raises(ValueError, match=r"expected seeds\[0\] an integer"):
        normal([2**64], 0, (2,))
    with pytest.raises(ValueError, match=r"normal: expected seeds of shape \(batch,\), integer, got \(2,\), torch.fl"):
        normal(torch.zeros(2), 0, (2,))
    with pytest.raises(ValueError, match=r"normal: expected draw in \[0, 2\^64\) and an event of at least one"):
        normal([1], -1, (2,))
    with pytest.raises(ValueError, match=r"normal: expected draw in"):
        normal([1], 2**64, (2,))
    with pytest.raises(ValueError, match=r"seeds_from: expected count and first >= 0, got -1 and 0"):
        seeds_from(0, -1)
