"""Hypothesis strategies for batches of gammas, times and latents, with ends drawn often and gaps down to 1e-6.

Hypothesis is slow one number at a time, and scalar and vector code differ, so each example is a
batch of BATCH numbers from one drawn seed, with the hard places at fixed slots.
"""

from typing import NamedTuple

import numpy as np
import torch
from hypothesis import strategies as st

BATCH = 24
LOG_GAPS = (np.log(1e-6), np.log(30.0))
BALANCED = (0.11, 0.26, 0.495, 0.5, 0.505, 0.727)  # where gamma is near 0 in one schedule or another


class Gammas(NamedTuple):
    """gamma at t and the gap down to gamma at s, both exact in float64."""

    gamma_t: torch.Tensor
    gap: torch.Tensor


class Times(NamedTuple):
    s: torch.Tensor
    t: torch.Tensor


def _generator(seed: int) -> np.random.Generator:
    return np.random.default_rng(seed)


def _gammas(seed: int) -> Gammas:
    rng = _generator(seed)
    gamma = rng.uniform(-20, 20, BATCH)
    gap = np.exp(rng.uniform(*LOG_GAPS, BATCH))
    gamma[:6] = (-20, 20, 0, 15, -15, 13.3)
    gap[6:12] = (1e-6, 1e-6, 30, 0.458675, 1, 1e-3)
    return Gammas(torch.tensor(gamma), torch.tensor(gap))


def _times(seed: int) -> Times:
    """Draw s < t in (0, 1): adjacent steps of T = 1000, gaps from 1e-6 to 1, and both ends.

    Short steps where gamma is near 0 are included, because the bound 8 + 2 |gamma| is tightest there.
    """
    rng = _generator(seed)
    gap = np.exp(rng.uniform(np.log(1e-6), np.log(0.5), BATCH))
    s = rng.uniform(1e-4, 1, BATCH) * (1 - gap) * (1 - 1e-9)
    t = s + gap
    i = rng.integers(1, 999, 6)
    s[:6], t[:6] = i / 1000, (i + 1) / 1000
    s[6:9], t[6:9] = (1e-5, 1e-3, 0.5), (1e-5 + 1e-6, 1 - 1e-6, 0.5 + 1e-6)
    s[9:11], t[9:11] = (1 - 3e-6, 0.998), (1 - 1e-6, 0.999)
    t[11:17] = np.array(BALANCED) + rng.uniform(-0.005, 0.005, len(BALANCED))
    s[11:17] = t[11:17] - np.exp(rng.uniform(np.log(1e-6), np.log(0.05), len(BALANCED)))
    return Times(torch.tensor(s), torch.tensor(t))


seeds = st.integers(0, 2**32 - 1)
gammas = seeds.map(_gammas)
times = seeds.map(_times)


def latents(seed: int, dtype: torch.dtype, event: tuple[int, ...] = ()) -> tuple[torch.Tensor, torch.Tensor]:
    """Draw two events per example in the dtype, zeros and ones among them."""
    rng = _generator(seed)
    z, x = (torch.tensor(rng.uniform(-4, 4, (BATCH, *event))) for _ in range(2))
    z[:3], x[2:5] = 0, 0
    return z.to(dtype), x.to(dtype)
