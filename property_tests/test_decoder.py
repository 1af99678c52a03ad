"""Both decoders against Arb, and the windowed sum against the full sum."""

import math
import random

import pytest
import torch
from flint import arb
from hypothesis import given

from derivations.arithmetic.ball import precision
from property_tests.conftest import Record
from property_tests.strategies import seeds
from udm.cells import cell_reconstruction, neg_log_cell, neg_log_tail
from udm.data import values
from udm.decoder import reconstruction, window
from udm.gaussian import Gaussian
from udm.process import Marginal

DIGITS = 8000  # bits: 1 - erf loses a^2 log2(e) / 2 of them in the tail


def tail(a: arb) -> arb:
    return (a / arb(2).sqrt()).erfc() / 2


def places(seed: int, size: int = 150) -> list[tuple[float, float]]:
    """Return (m, h): cells from 1e-8 to 30 wide, in the middle, in the tail, and beside and around the origin."""
    rng, found = random.Random(seed), []
    while len(found) < size:
        h = 10 ** rng.uniform(-8, 1.5)
        m = rng.choice([rng.uniform(0, 3), 10 ** rng.uniform(-3, 1.9), h * rng.uniform(0.9, 1.1), h + rng.gauss(0, 1)])
        found.append((rng.choice((-1, 1)) * m, h))
    return found


def units(got: float, exact: arb) -> float:
    return float(abs(arb(got) / exact - 1)) * 2**53


def errors_of_cells(seed: int) -> float:
    """Return errors in units of u = 2^-53."""
    drawn, worst = places(seed), 0.0
    got = neg_log_cell(*torch.tensor(drawn, dtype=torch.float64).T)
    for (m, h), number in zip(drawn, got.tolist(), strict=True):
        with precision(DIGITS):
            exact = -(tail(abs(arb(m)) - arb(h)) - tail(abs(arb(m)) + arb(h))).log()
            worst = max(worst, units(number, exact))
    return worst


@pytest.mark.claim("ddpm.decoder.cell")
@given(seed=seeds)
def test_a_cell_is_exact_to_24_units(seed: int, measure: Record) -> None:
    """erfcx and erfc are good to 4 u; where Q is small, their argument has two words.

    A sum of positive terms is good to 24 u.
    """
    measure("ddpm.decoder.cell", "neg_log_cell", torch.float64, errors_of_cells(seed), 24.0, 150)


def test_the_printed_difference_of_two_tails_is_detected(monkeypatch: pytest.MonkeyPatch) -> None:
    """Phi(b) - Phi(a), as papers print it, leaves the bound."""

    def printed(m: torch.Tensor, h: torch.Tensor) -> torch.Tensor:
        return -torch.log(torch.special.ndtr(m + h) - torch.special.ndtr(m - h))

    monkeypatch.setitem(globals(), "neg_log_cell", printed)
    assert errors_of_cells(0) > 1e6


@given(seed=seeds)
def test_an_open_cell_is_exact_in_both_tails(seed: int) -> None:
    """-log Q(t) from t = -38, where it is 1e-316, to t = 1e4."""
    rng = random.Random(seed)
    t = [rng.uniform(-37, 3) for _ in range(60)] + [10 ** rng.uniform(0, 2) for _ in range(40)]
    for a, number in zip(t, neg_log_tail(torch.tensor(t, dtype=torch.float64)).tolist(), strict=True):
        with precision(DIGITS):
            exact = -tail(arb(a)).log() if a > 0 else -(1 - tail(-arb(a))).log()
            assert units(number, exact) < 24


def test_one_word_for_the_argument_would_lose_a_thousand_units() -> None:
    """An error of u/2 in a / sqrt(2) changes Q(a) by a^2 u, relative."""
    t, m, h = (torch.tensor([a], dtype=torch.float64) for a in (-35.228560599266, 1.02068, 19.56609))
    with precision(DIGITS):
        open_ = -(1 - tail(-arb(t.item()))).log()
        cell = -(tail(arb(m.item()) - arb(h.item())) - tail(arb(m.item()) + arb(h.item()))).log()
    assert units(neg_log_tail(t).item(), open_) < 24 and units(neg_log_cell(m, h).item(), cell) < 24


@pytest.mark.claim("ddpm.decoder")
@pytest.mark.parametrize(
    "levels", [torch.arange(256, dtype=torch.float64) / 127.5 - 1, values(256, torch.float64)], ids=["ends", "middles"]
)
@given(seed=seeds)
def test_ddpms_decoder_is_exact(levels: torch.Tensor, seed: int) -> None:
    """256 levels from -1 to 1, and 256 midpoints; open at both ends. An end a = (b - mu)/sigma is off by
    u (3 |a| + 1/sigma), as b itself is rounded; -log p moves by that times phi(a)/p, which by -log p is at most
    1 + |a| + 1/h."""
    generator = torch.Generator().manual_seed(seed)
    index = torch.randint(0, 256, (40, 1), generator=generator)
    index[:2], index[2:4] = 0, 255
    mean = levels[index] + 0.05 * torch.randn((40, 1), generator=generator, dtype=torch.float64)
    var = torch.exp(-4 - 6 * torch.rand((40, 1), generator=generator, dtype=torch.float64))
    got = cell_reconstruction(index, Gaussian(mean, var), levels)
    x = levels.tolist()
    for j, mu, v, number in zip(*(a.flatten().tolist() for a in (index, mean, var, got)), strict=True):
        with precision(DIGITS):
            ends = [(arb(x[j]) + arb(x[k])) / 2 for k in (j - 1, min(j + 1, 255))]
            a, b = ((end - arb(mu)) / arb(v).sqrt() for end in ends)
            p = 1 - tail(b) if j == 0 else tail(a) if j == 255 else tail(a) - tail(b)
            exact = -p.log()
            near = max(abs(float(a)), abs(float(b)))
        size = (1 + near + 255 * v**0.5) * (1 + near + v**-0.5)
        assert units(number, exact) < 8 * size, (j, mu, v)


@pytest.mark.parametrize("K", [17, 256])
@given(seed=seeds)
def test_the_windowed_sum_equals_the_full_sum(K: int, seed: int) -> None:
    """From one level in reach to all, both agree to the rounding of sums of 2 W + 1 and of K positive terms."""
    generator = torch.Generator().manual_seed(seed)
    levels = torch.linspace(-1, 1, K)
    gamma = -14.5 + 14.5 * torch.rand(24, generator=generator, dtype=torch.float64)
    index = torch.randint(0, K, (24, 3), generator=generator)
    at = Marginal.from_gamma(gamma)
    z = at.alpha[:, None] * levels[index] + at.sigma[:, None] * torch.randn((24, 3), generator=generator).double()
    z[:2] *= 1.5  # beyond the ends
    z[2:4] = at.alpha[2:4, None] * (levels[index[2:4]] + 1 / (K - 1))  # half way between two levels
    for row in range(24):
        w = window(levels, gamma[row].item())
        one = Marginal(*(a[row : row + 1] for a in at))
        part = [a[row : row + 1] for a in (index, z)]
        full = reconstruction(*part, one, levels)
        got = reconstruction(*part, one, levels, window=w)
        assert abs(got - full).item() <= 2.0**-53 * 8 * K * full.item() + 5e-324
        assert (w >= K) or 2 * w + 1 < K


@pytest.mark.claim("vdm.decoder.window")
@given(seed=seeds)
def test_a_window_that_is_too_narrow_errs_by_at_most_its_derived_bound(seed: int) -> None:
    """With one neighbour too few the loss errs by at most the derived bound, and at s ~ 1 by a good part of it."""
    generator = torch.Generator().manual_seed(seed)
    levels, K = torch.linspace(-1, 1, 64).double(), 64
    s = 2 + 10 * torch.rand(16, generator=generator, dtype=torch.float64)
    at = Marginal.from_gamma(-torch.log(s / (2 / (K - 1)) ** 2))
    index = torch.randint(0, K, (16, 1), generator=generator)
    z = at.alpha[:, None] * (levels[index] + (torch.rand((16, 1), generator=generator).double() - 0.5) * 2 / (K - 1))
    full = reconstruction(index, z, at, levels)
    for w in (3, 4, 5):
        off = 1 - reconstruction(index, z, at, levels, window=w) / full
        bound = 2 * torch.exp(-s / 2 * (w + 1) * (w - 0.25)) / (1 - torch.exp(-s * (w + 0.875)))
        kept = ~torch.isnan(off)
        assert ((off.abs() <= bound + 1e-13) | ~kept).all()
        assert ((bound <= 1e-6) == kept).all()


def test_the_usual_window_has_two_neighbours_on_each_side() -> None:
    """This holds at 256 levels and gamma_0 = -13.3. A window made for a higher SNR gives NaN."""
    levels, index = torch.linspace(-1, 1, 256), torch.tensor([[100]])
    assert window(levels, -13.3) == 2
    assert window(levels, -5.0) < 100 and window(levels, 5.0) == 256
    assert window(torch.tensor([-1.0, 0.0, 0.1, 1.0, 1.1]), -13.3) == 5
    at = Marginal.from_gamma(torch.tensor([-9.0], dtype=torch.float64))
    assert math.isnan(reconstruction(index, torch.zeros(1, 1), at, levels, window=2).item())
    assert math.isnan(reconstruction(index, torch.full((1, 1), math.nan), at, levels, window=40).item())
