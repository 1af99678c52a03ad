"""Integrals over the line for points on a lattice: against mpmath, and against bounds and sums that are wrong."""

import math
import random
from dataclasses import dataclass, replace

import flint
import mpmath as mp
import pytest
from flint import arb

from derivations.arithmetic.number import precision
from derivations.exact import cells
from derivations.exact.cells import Cells
from derivations.exact.lattice import Lattice, equivocation, mean_variance
from derivations.exact.rule import Rule
from tests.support import brute

CASES = [(2, 0.3), (3, 2.0), (4, 1.0)]
BITS = 70  # 1e-21


def of(x: arb) -> mp.mpf:
    return mp.mpf(x.mid().str(40, radius=False))


def agrees(ball: arb, value: mp.mpf) -> bool:
    return bool(abs(of(ball) - value) <= mp.mpf(float(ball.rad())) + brute.GOOD)


def levels(count: int, spacing: float) -> list[mp.mpf]:
    return [k * mp.mpf(spacing) for k in range(count)]


@pytest.mark.parametrize(("count", "spacing"), CASES)
def test_errors_and_entropies_are_those_of_their_definitions(count: int, spacing: float) -> None:
    with precision(BITS + 100), mp.workdps(brute.DIGITS):
        variance = mean_variance(count, arb(spacing), BITS)
        left = equivocation(count, arb(spacing), BITS)
        assert float(variance.rad()) < 1e-19 and float(left.rad()) < 1e-19
        assert agrees(variance, brute.mmse(levels(count, spacing), mp.mpf(1)))
        assert agrees(left, brute.equivocation(levels(count, spacing), mp.mpf(1)))


@pytest.mark.parametrize(("count", "spacing", "std"), [(2, 1.5, 0.7), (3, 0.7, 1.0)])
def test_cells_are_those_of_their_definition(count: int, spacing: float, std: float) -> None:
    with precision(BITS + 100), mp.workdps(brute.DIGITS):
        found = Cells(count, arb(spacing), arb(std), BITS).mean()
        assert float(found.rad()) < 1e-18
        value = brute.cells(levels(count, spacing), mp.mpf(1), mp.mpf(std) ** 2)
        assert agrees(found, value)
        assert not agrees(Cells(count, arb(spacing), arb(std) * 1.0001, BITS).mean(), value)


def test_cells_of_levels_far_apart_are_bounded() -> None:
    """By the loss at each point: as by the integral, where that is feasible too."""
    with precision(200):
        for count, spacing, std in ((3, 34.0, 6.0),):
            found = Cells(count, arb(spacing), arb(std), 40)
            assert float(found.far.rad()) < 2.0**-40 and found.mean().overlaps(found.far)
            whole = sum((w * found.at(n) for n, w in found.rule.places()), arb(0))
            whole = whole * found.rule.h / count / (2 * arb.pi()).sqrt()
            assert abs(float(whole - found.far)) < 2.0**-38 < float(found.far)
        with pytest.raises(ValueError, match="expected a variance of the first step less narrow"):
            Cells(2, arb(200), arb("1e-1100"), 40).mean()


def test_outer_cells_have_no_end(monkeypatch: pytest.MonkeyPatch) -> None:
    with precision(BITS + 100), mp.workdps(brute.DIGITS):
        value = brute.cells(levels(3, 0.7), mp.mpf(1), mp.mpf(1))
        closed = Cells(5, arb(0.7), arb(1), BITS)
        monkeypatch.setattr(cells, "mass", lambda a, b: (a.erfc() - b.erfc()) / 2 if a is not None and b else arb(1))
        assert not agrees(closed.mean(), value)


def test_parts_that_are_alike_are_counted() -> None:
    """Wide lattices count what is inside once: the same sums over all nodes, each by itself."""
    with precision(140):
        for count, spacing in ((40, 2.0), (41, 2.0), (60, 0.9), (5, 9.0)):
            whole = Lattice(count, arb(spacing), 40)
            inside = whole.rule.every * (count - 1) - 2 * whole.rule.reach
            assert inside >= whole.rule.every
            places = [n for n, weight in whole.rule.places() for _ in range(weight)]
            assert len(places) == whole.rule.every * (count - 1) + 2 * whole.rule.reach + 1
            assert whole.fisher().overlaps(_plain(count, spacing)) and whole.entropy().overlaps(
                _plain(count, spacing, 1)
            )


def _plain(count: int, spacing: float, which: int = 0) -> arb:
    """Return J or h by a finer sum of all levels at all nodes."""
    h, found = arb(1) / 16, arb(0)
    for n in range(-16 * 8, 16 * (8 + math.ceil(spacing * (count - 1)))):
        u = [n * h - spacing * k for k in range(count) if abs(n / 16 - spacing * k) < 12]
        p = [(-(a * a) / 2).exp() / (2 * arb.pi()).sqrt() / count for a in u]
        total, slope = sum(p, arb(0)), sum((a * b for a, b in zip(u, p, strict=True)), arb(0))
        found -= h * (total * total.log() if which else -(slope * slope) / total)
    return found + arb(0, 1e-8)


def test_the_variance_given_z_is_below_its_bound() -> None:
    rng = random.Random(1)
    for _ in range(300):
        count, spacing = rng.randint(2, 30), math.exp(rng.uniform(-4, 2))
        c = [k * spacing for k in range(count)]
        z = rng.choice([rng.uniform(-2, c[-1] + 2), spacing * (rng.randrange(count) + 0.5)])
        logs = [-((z - a) ** 2) / 2 for a in c]
        w = [math.exp(x - max(logs)) for x in logs]
        m = sum(a * b for a, b in zip(c, w, strict=True)) / sum(w)
        found = sum(b * (a - m) ** 2 for a, b in zip(c, w, strict=True)) / sum(w)
        with precision(80):
            most = float(Lattice(count, arb(spacing), 60).variance)
        assert found <= most * (1 + 1e-12)
    with precision(80):  # which is tight for dense levels, and twice the most for levels far apart
        assert float(Lattice(1000, arb(0.01), 60).variance) < 1.0001
        assert float(Lattice(9, arb(30), 60).variance) < 2.001 * 15**2


@dataclass(frozen=True)
class Shortened(Lattice):
    """One that keeps levels up to three deviations, and says that it leaves nothing out."""

    @property
    def rule(self) -> Rule:  # type: ignore[override]
        whole = super().rule
        return replace(whole, reach=math.ceil(3 / float(whole.unit)))

    @property
    def beyond(self) -> tuple[arb, arb]:
        return arb(0), arb(0)


@dataclass(frozen=True)
class Short(Shortened):
    """One that keeps as little, and says what it leaves out."""

    @property
    def beyond(self) -> tuple[arb, arb]:
        return Lattice.beyond.fget(self)  # type: ignore[attr-defined]


@dataclass(frozen=True)
class Wide(Lattice):
    """One with a strip three times as wide as is free of zeros."""

    @property
    def strip(self) -> tuple[arb, arb]:  # type: ignore[override]
        a, q = super().strip
        return 3 * a, q


@pytest.mark.parametrize(("kind", "right"), [(Lattice, True), (Short, True), (Shortened, False), (Wide, False)])
def test_what_is_left_out_and_missed_counts(kind: type[Lattice], right: bool) -> None:
    """A ball without the tail, or with too coarse nodes, does not hold the value."""
    with precision(BITS + 100), mp.workdps(brute.DIGITS):
        spacing = 4.0  # where the strip is narrow
        found = kind(3, arb(spacing), BITS)
        values = 1 - brute.mmse(levels(3, spacing), mp.mpf(1)), brute.equivocation(levels(3, spacing), mp.mpf(1))
        entropy = arb(3).log() + ((2 * arb.pi()).log() + 1) / 2 - found.entropy()
        assert agrees(found.fisher(), values[0]) == right
        assert agrees(entropy, values[1]) == right


def test_levels_far_apart_are_bounded() -> None:
    with precision(300):
        for of_levels in (mean_variance, equivocation):
            bound, value = of_levels(5, arb(22), 60), of_levels(5, arb(22), 200)
            assert bound.contains(0) and bound.rad() < arb(2) ** -60
            assert bound.contains(value) and value > 0


def test_levels_as_far_apart_as_can_be_are_certain_at_once() -> None:
    for bound in (equivocation, mean_variance):
        with precision(164):
            ball = bound(2, arb(10) ** 43 * arb(2).sqrt(), 64)
        assert ball.contains(0) and ball < 1e-300


def test_more_bits_are_within_fewer() -> None:
    with precision(260):
        for spacing in (1e-3, 0.05, 0.5, 6.0):
            coarse, fine = (Lattice(256, arb(spacing), bits) for bits in (40, 90))
            assert coarse.fisher().overlaps(fine.fisher()) and float(fine.fisher().rad()) < 1e-25
    assert flint.ctx.prec == 53
