"""Seeded noise has the law that it should: each test rejects a right generator with probability 1e-9 at most.

The seeds are fixed, so that a test fails always or never. Where a test looks at many numbers at once, each has its
share of the rate (Bonferroni). Beside each stands a generator of the kind that it rejects.
"""

from collections.abc import Callable

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from scipy import stats

from udm.sample import normal
from udm.sample.noise import _words

RATE = 1e-9
Words = NDArray[np.uint64]
Generator = Callable[[list[int], int], Words]  # the first words of some seeds, (seeds, words)


def philox(seeds: list[int], count: int) -> Words:
    return _words(seeds, 0, 0, count)


def weyl(seeds: list[int], count: int) -> Words:
    """Multiples of two odd numbers, which are evenly spread and not independent."""
    place = np.arange(count, dtype=np.uint64) * np.uint64(0xBB67AE8584CAA73B)
    return np.array(seeds, np.uint64)[:, None] * np.uint64(0x9E3779B97F4A7C15) + place


def of_32_bits(seeds: list[int], count: int) -> Words:
    """Take half of a seed, as torch's generator does on the CPU."""
    return philox([seed % 2**32 for seed in seeds], count)


def with_a_bit_too_often(seeds: list[int], count: int) -> Words:
    """The bit of place 17 is 1 with probability 1/2 + 1/32."""
    first, *others = philox(seeds, 5 * count).reshape(len(seeds), 5, count).swapaxes(0, 1)
    return first | np.bitwise_and.reduce(others) & np.uint64(1 << 17)


def bits(words: Words) -> NDArray[np.bool_]:
    return words[..., None] >> np.arange(64, dtype=np.uint64) & np.uint64(1) == 1


def fair(successes: NDArray[np.int64], n: int) -> bool:
    """Return whether counts of n tosses are those of fair coins, all at once."""
    return bool((2 * stats.binom.sf(np.maximum(successes, n - successes) - 1, n, 0.5) * successes.size > RATE).all())


def every_bit_is_fair(generator: Generator) -> bool:
    ones = bits(generator(list(range(1000)), 400)).reshape(-1, 64)
    return fair(ones.sum(axis=0), len(ones))


def every_bit_of_a_seed_turns_every_bit(generator: Generator) -> bool:
    """Flip each of its 64 bits, and count for each of 64 bits of the third word how often it turns: 4096 coins."""
    seeds = [int(word) for word in philox([7], 256)[0]]
    words = generator([seed ^ 1 << bit for bit in range(64) for seed in seeds], 3)[:, 2].reshape(64, 256)
    turned = bits(words ^ generator(seeds, 3)[:, 2])
    return fair(turned.sum(axis=1), 256)


def evenly(a: Words, b: Words) -> bool:
    """Return whether pairs of words are uniform and independent: Pearson's test on 16 x 16 cells of the upper bits.

    With some 1e5 pairs, 400 to a cell, chi squared is its limit to a part in a hundred of the quantile.
    """
    cells = (a.ravel() >> np.uint64(60)) * np.uint64(16) + (b.ravel() >> np.uint64(60))
    counts = np.bincount(cells.astype(np.int64), minlength=256)
    return float(stats.chisquare(counts).pvalue) > RATE


def neighbours_are_independent(generator: Generator) -> bool:
    """Look at the same words of seeds 1, 2^16, 2^32 and 2^63 apart, and at words 1 to 4 apart of one seed."""
    seeds, words = list(range(0, 3000, 2)), 70
    here = generator(seeds, words)
    apart = (generator([seed + far for seed in seeds], words) for far in (1, 1 << 16, 1 << 32, 1 << 63))
    return all(evenly(here, there) for there in apart) and all(
        evenly(here[:, :-lag], here[:, lag:]) for lag in (1, 2, 3, 4)
    )


TESTS = every_bit_is_fair, every_bit_of_a_seed_turns_every_bit, neighbours_are_independent


@pytest.mark.parametrize("test", TESTS)
def test_the_words_of_seeds_are_uniform_and_independent(test: Callable[[Generator], bool]) -> None:
    assert test(philox)


@pytest.mark.parametrize(
    ("test", "wrong"),
    [
        (every_bit_is_fair, with_a_bit_too_often),
        (every_bit_of_a_seed_turns_every_bit, of_32_bits),
        (every_bit_of_a_seed_turns_every_bit, weyl),
        (neighbours_are_independent, of_32_bits),
        (neighbours_are_independent, weyl),
    ],
)
def test_words_of_another_kind_are_detected(test: Callable[[Generator], bool], wrong: Generator) -> None:
    assert not test(wrong)


TAILS = 1.0, 2.0, 3.0, 4.0, 5.0


def tails_are_normal(z: NDArray[np.float64]) -> bool:
    """Count what lies beyond 1 to 5 standard deviations on either side: ten binomial counts, each at a tenth.

    Among 4e6, 127 lie beyond 4 on a side, and 1.1 beyond 5: a tail half as heavy at 4 is rejected almost always.
    """
    return all(
        stats.binomtest(int((side > at).sum()), z.size, float(stats.norm.sf(at))).pvalue > RATE / (2 * len(TAILS))
        for side in (z, -z)
        for at in TAILS
    )


def test_the_tails_are_those_of_a_normal() -> None:
    z = normal(range(4000), 5, (1000,), dtype=torch.float64).numpy().ravel()
    assert tails_are_normal(z)
    assert z.size == 4_000_000


def test_tails_that_are_too_light_or_too_heavy_are_detected() -> None:
    """A sum of twelve uniform numbers, Student's t of 50 degrees of freedom, and the logarithm of eight bits."""
    stream = np.random.default_rng(0)
    assert not tails_are_normal(stream.random((12, 1_000_000)).sum(axis=0) - 6)
    assert not tails_are_normal(stream.standard_t(50, 1_000_000) * np.sqrt(48 / 50))
    coarse = np.sqrt(-2 * np.log((stream.integers(1 << 8, size=1_000_000) + 1) / (1 << 8)))
    assert not tails_are_normal(coarse * np.cos(2 * np.pi * stream.random(1_000_000)))
    assert tails_are_normal(stream.standard_normal(1_000_000))


def pairs_are_round(first: NDArray[np.float64], second: NDArray[np.float64]) -> bool:
    """The squared radius over 2 is exponential, the angle uniform (Kolmogorov), and the two are independent."""
    energy, angle = (first**2 + second**2) / 2, np.arctan2(second, first) / (2 * np.pi) + 0.5
    words = ((share * 2.0**53).astype(np.uint64) << np.uint64(11) for share in (-np.expm1(-energy), angle))
    tests = stats.kstest(energy, "expon"), stats.kstest(angle, "uniform")
    return all(found.pvalue > RATE for found in tests) and evenly(*words)


def test_the_two_numbers_of_a_pair_are_independent() -> None:
    z = normal(range(1000), 0, (200,), dtype=torch.float64).numpy()
    assert pairs_are_round(z[:, ::2].ravel(), z[:, 1::2].ravel())
    assert pairs_are_round(z[:, 1:-1:2].ravel(), z[:, 2::2].ravel())  # of two pairs
    assert pairs_are_round(z[:-1:2].ravel(), z[1::2].ravel())  # of two seeds


def test_pairs_that_depend_on_each_other_are_detected() -> None:
    z = normal(range(1000), 0, (200,), dtype=torch.float64).numpy()
    a, b = z[:, ::2].ravel(), z[:, 1::2].ravel()
    assert not pairs_are_round(a, 0.1 * a + 0.99**0.5 * b)
    assert not pairs_are_round(a, np.where(np.arange(a.size) % 16 == 0, a, b))
    assert not pairs_are_round(a, np.abs(b) * np.sign(a))
