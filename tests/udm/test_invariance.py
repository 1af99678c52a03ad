r"""The bound of the best denoiser is the same under five schedules of the same ends, and equals its exact value

.. math::
    -\mathrm{VLB} = H(x) + \mathrm{KL}(q(z_1) \Vert \mathcal N(0, 1)),

per coordinate, uniform over the levels; the second term by the trapezoidal rule, exact to rounding for a smooth,
decaying integrand. A slope of gamma that is off by a hundredth is detected.
"""

import math
from itertools import pairwise

import pytest
import torch
from scipy.stats import t as student
from torch import Tensor

from udm.cli import invariance as command
from udm.data import values
from udm.laws import Grid
from udm.likelihood.invariance import Row, _variance, comparable, disagreement, invariance, limit
from udm.likelihood.record import Tally, Term
from udm.likelihood.tails import ENOUGH, Carried
from udm.model import Model
from udm.process import Marginal
from udm.schedule import LinearGamma, Schedule
from udm.train.path import between

pytestmark = [pytest.mark.usefixtures("one_thread"), pytest.mark.xdist_group("invariance")]

K, COUNT, REPEATS, LOW, HIGH = 4, 1024, 32, -4.5, 3.0
NAMES = ("linear", "cosine", "beta", "sigmoid", "learned")


class Off(LinearGamma):
    """A schedule whose gamma' is multiplied by a factor."""

    def __init__(self, factor: float) -> None:
        super().__init__(LOW, HIGH)
        self.factor = factor

    def _dgamma(self, t: Tensor) -> Tensor:
        return self.factor * super()._dgamma(t)


def schedules() -> dict[str, Schedule]:
    torch.manual_seed(0)
    return {name: between(name, LOW, HIGH, hidden=8) for name in NAMES}


def data() -> list[Tensor]:
    """Return every level of every coordinate equally often, so that the mean over the data is that of the law."""
    generator = torch.Generator().manual_seed(0)
    columns = [torch.randperm(COUNT, generator=generator) % K for _ in range(16)]
    return list(torch.stack(columns, dim=1).split(COUNT // 2))


def rows(of: dict[str, Schedule], *, shrink: float = 1.0) -> list[Row]:
    x_k = values(K, torch.float64)
    model = Grid(x_k, (16,)).model(LinearGamma(LOW, HIGH), shrink=shrink)
    return invariance(model, of, data(), x_k, repeats=REPEATS)


def exact() -> float:
    """Return the exact bound in bits per dimension."""
    z = torch.linspace(-12, 12, 4001, dtype=torch.float64)[:, None]
    log_q = Grid(values(K, torch.float64)).log_marginal(z, Marginal.from_gamma(torch.full((4001,), HIGH)))
    log_n = -(z[:, 0] ** 2) / 2 - math.log(2 * math.pi) / 2
    divergence = float((log_q.exp() * (log_q - log_n)).sum() * 24 / 4000)
    return (math.log(K) + divergence) / math.log(2)


@pytest.fixture(scope="module")
def best() -> list[Row]:
    return rows(schedules())


@pytest.mark.claim("vdm.loss.invariance")
def test_bounds_agree_and_are_exact(best: list[Row]) -> None:
    assert disagreement(best) <= limit(len(best), REPEATS)
    for row in best:
        assert abs(row.bound.value - exact()) <= limit(2, REPEATS) * row.bound.standard_error, row.schedule
        assert row.bound.standard_error < 0.02


@pytest.mark.claim("vdm.loss.invariance")
def test_variances_differ(best: list[Row]) -> None:
    least, *_, most = sorted((row.variance for row in best), key=lambda v: v.value)
    error = math.hypot(least.standard_error, most.standard_error)
    assert most.value - least.value > limit(2, REPEATS) * error and most.value > 1.5 * least.value


@pytest.mark.claim("vdm.loss.invariance")
def test_another_denoiser_has_one_larger_bound_under_all_schedules() -> None:
    found = rows({name: schedule for name, schedule in schedules().items() if name in ("linear", "cosine")}, shrink=0.8)
    assert disagreement(found) <= limit(2, REPEATS)
    assert all(row.bound.value - exact() > limit(2, REPEATS) * row.bound.standard_error for row in found)


def ignorant(of: dict[str, Schedule]) -> list[Row]:
    r"""Return x_hat = 0 for x = -1/2 or 1/2: the square is 1/4 whatever the noise, so only the times are random."""
    index, x_k = torch.arange(4096).reshape(1024, 4) % 2, values(2, torch.float64)
    model = Model(lambda z, gamma: torch.zeros_like(z), LinearGamma(LOW, HIGH), "x")
    return invariance(model, of, [index], x_k, repeats=REPEATS)


@pytest.mark.claim("vdm.loss.invariance")
def test_a_slope_off_by_a_hundredth_is_detected() -> None:
    assert disagreement(ignorant(schedules())) <= limit(len(NAMES), REPEATS)
    right, off = ignorant({"right": LinearGamma(LOW, HIGH), "off": Off(1.01)})
    assert disagreement([right, off]) > limit(2, REPEATS)
    drop = (math.exp(-LOW) - math.exp(-HIGH)) / 8 / math.log(2)  # of SNR, times 1/4 and 1/2, in bits
    assert off.bound.value - right.bound.value == pytest.approx(0.01 * drop, rel=0.1)
    assert disagreement(rows({"off": Off(1.1), "right": LinearGamma(LOW, HIGH)})) > limit(2, REPEATS)


def test_the_limit_is_that_of_students_law() -> None:
    for count, repeats in ((2, 2), (5, 32), (4, 400)):
        pairs = count * (count - 1) // 2
        assert 2 * pairs * student.sf(limit(count, repeats), repeats - 1) == pytest.approx(1e-9, rel=1e-6)
    assert limit(2, 10**6) == pytest.approx(6.109, abs=1e-3)  # the normal's
    assert all(a > b for a, b in pairwise(limit(3, r) for r in (2, 4, 8, 16, 32)))
    for count, repeats in ((1, 8), (3, 1)):
        with pytest.raises(ValueError, match="schedules >= 2 and repeats >= 2"):
            limit(count, repeats)


def test_a_difference_without_a_standard_error_is_infinitely_significant() -> None:
    def row(value: float) -> Row:
        return Row("x", Term(value, 0.0, "bits/dim"), Term(1.0, 0.0, "bits/dim"))

    assert disagreement([row(1.0), row(1.0)]) == 0 and disagreement([row(1.0), row(1.5)]) == math.inf
    with pytest.raises(ValueError, match="two schedules or more, got 1"):
        disagreement([row(1.0)])


def test_schedules_that_cannot_be_compared_are_refused() -> None:
    x_k = values(K, torch.float64)
    model = Grid(x_k, (16,)).model(LinearGamma(LOW, HIGH))
    with pytest.raises(ValueError, match=r"end points \(-4.5, 3.0\) of short, got \(-5.0, 3.0\)"):
        invariance(model, {"short": LinearGamma(-5.0, HIGH)}, data(), x_k, repeats=2)
    with pytest.raises(ValueError, match="repeats >= 2, got 1"):
        invariance(model, schedules(), data(), x_k, repeats=1)


def test_the_variance_is_unbiased_for_few_draws() -> None:
    """For two repeats of one draw each, the mean over all pairs of +-1 is exactly 1; without the correction, a half."""
    pairs = [(a, b) for a in (-1.0, 1.0) for b in (-1.0, 1.0)]
    found = [_variance([a * a, b * b], [a, b]).value for a, b in pairs]
    assert sum(found) / len(found) == pytest.approx(1, rel=1e-15)


def heavy(seed: int) -> torch.Tensor:
    """Draws of a law without a variance, as a bound has where a few times carry it."""
    return torch.rand(2000, generator=torch.Generator().manual_seed(seed), dtype=torch.float64) ** -1.2


def test_an_error_that_few_draws_carry_is_told_from_one_that_many_do() -> None:
    for seed in range(5):
        few, many = Carried(), Carried()
        few.add(heavy(seed) - heavy(seed).mean())
        many.add(torch.randn(2000, generator=torch.Generator().manual_seed(seed)))
        assert few.by < ENOUGH < 500 < many.by < 1000  # 2000 normal draws count as 2000/3
    one, none = Carried(), Carried()
    one.add(torch.tensor([3.0, 0.0, 0.0]))
    none.add(torch.zeros(3))
    assert (one.by, none.by) == (1.0, math.inf) and str(one) == "about 1 of 3 draws"


def test_an_evaluation_says_that_its_errors_are_not_to_be_trusted() -> None:
    tally = {name: Tally("here", 2, "data", "nats") for name in ("few", "many")}
    for name, of in tally.items():
        of.shaped(torch.zeros(1000, 1))
        draws = heavy(0) if name == "few" else torch.randn(2000, generator=torch.Generator().manual_seed(0))
        of.add(torch.Size([1000, 1]), diffusion=draws.reshape(2, 1000), prior=torch.zeros(2, 1000))
    said = tally["few"].evaluation("a bound").meaning
    assert "the error of the total is carried by about" in said and "of 2000 draws, too few to be trusted" in said
    assert tally["many"].evaluation("a bound").meaning.startswith("a bound; standard errors of noise")


def a_row(name: str, value: float, error: float, carried: float) -> Row:
    return Row(name, Term(value, error, "bits/dim"), Term(1.0, 0.1, "(bits/dim)^2"), carried, carried)


VERDICTS = {
    "agree": ([a_row("a", 1.0, 0.1, 90), a_row("b", 1.1, 0.1, 90)], 0),
    "disagree": ([a_row("a", 1.0, 0.01, 90), a_row("b", 1.9, 0.01, 90), a_row("c", 9.0, 0.01, 4)], 1),
    "cannot be told": ([a_row("a", 14.53, 0.05, 90), a_row("b", 8.37, 0.74, 3)], 3),
}


@pytest.mark.parametrize("word", VERDICTS)
def test_bounds_are_compared_only_where_their_errors_hold(word: str) -> None:
    rows, status = VERDICTS[word]
    found = command._verdict(rows, 32)
    assert (found.word, command.STATUS[found.word]) == (word, status)
    assert found.few == [r for r in rows if r.carried < ENOUGH]
    said = " ".join(command._words(command._document(rows, found)))
    assert word in said and ("not compared" in said) == bool(found.few)
    assert command._document(rows, found)["verdict"] == word


def test_draws_of_a_bound_say_how_many_carry_its_error() -> None:
    found = ignorant({"linear": LinearGamma(LOW, HIGH)})[0]
    assert ENOUGH < found.carried < 1024 * REPEATS and comparable([found]) == [found]
    assert comparable([found._replace(carried=ENOUGH / 2)]) == []
