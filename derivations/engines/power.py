"""The power of an experiment: for each field of the answer, the least change that a check detects with power POWER.

The truth is the answer itself; a wrong answer has one field scaled. The power follows from the laws of the statistics
(`rates`), not from whether this sample happened to reject. For residuals and events it is conditional on the given
variables that were drawn: their statistics are sums with known weights. Where the mean of a change must be taken over
noise, a lower bound from the sample stands for it, which fails with the chance of a false alarm.
"""

from collections.abc import Callable
from math import sqrt
from typing import Any, NamedTuple

import numpy as np
from sympy import Expr, Rational, diff

from derivations.engines.copies import copied
from derivations.engines.predicted import still
from derivations.engines.rates import POWER, count_power, dot, events_power, mean_power, normal_power, spread_power
from derivations.engines.sample import CHANGE, Given, Refused, Sample
from derivations.form.claim import Answer, leaves, with_leaf
from derivations.form.experiment import SEEN, Chance, Check, Experiment, Mean, Residual, Size

LADDER = tuple(Rational(1, k) for k in (5, 10, 20, 50))  # sizes to report
SURE = 1e-9  # an event this close to certain tests nothing

Rejects = Callable[[Rational], float]  # a change of a field -> the chance that a check rejects it, from below


class Detection(NamedTuple):
    """The size at which an experiment must detect a change of a field, and the least on the ladder that it detects."""

    asked: Size
    least: Rational | None

    def __str__(self) -> str:
        size = "nothing" if self.least is None else _amount(self.least, self.asked.added)
        return f"{size} ({self.asked.why})" if self.asked.why else size


def detections(experiment: Experiment, answer: Answer, sample: Sample, level: float) -> dict[str, Detection]:
    """Return the detection of each field that a check depends on and the process does not copy."""
    powers: dict[str, Detection] = {}
    for name, leaf in leaves(answer):
        asked = experiment.detects.get(name, Size(SEEN, ""))
        adding = asked.added or leaf == 0
        changed = with_leaf(answer, name, leaf + CHANGE if adding else leaf * (1 + CHANGE))
        own = [check for check in experiment.checks if not copied(experiment, leaf, check)]
        rejecting = [(check, _rejects(check, answer, changed, sample, level)) for check in own]
        looking = {check: rejects for check, rejects in rejecting if rejects is not None}
        if looking:
            if adding:
                _scaleless(name, leaf, asked, sample)
            if all(still(check, answer, changed, asked, sample) for check in looking):
                raise Refused(f"expected noise that hides a change of {name} from one draw, got a process without it")
            powers[name] = Detection(asked, _least([*looking.values()], asked))
    return powers


def require(powers: dict[str, Detection], copies: list[str]) -> None:
    """Refuse an experiment that would not detect a wrong answer."""
    if not powers:
        raise Refused(f"the process copies {', '.join(copies)}" if copies else "no check depends on the answer")
    for name, (asked, least) in powers.items():
        if least is None:
            size = _amount(Rational(asked.by), asked.added)
            raise Refused(f"{name} off by {size} would not be rejected with power {POWER}")


def _amount(size: Rational, added: bool) -> str:
    return str(size) if added else f"{size * 100} %"


def _scaleless(name: str, leaf: Expr, asked: Size, sample: Sample) -> None:
    """Refuse an added size unless the field is 0, or if it exceeds the standard deviation of every statistic."""
    if not asked.added:
        raise Refused(f"expected a size to add to {name}, which is 0, got a share of it")
    number = sample.number(leaf)
    if number is None or not number.contains(0):
        raise Refused(f"expected a share of {name}, which is not 0 but {leaf}, got a size to add")
    widest = max(float(np.std(sample.rows(check.of))) for check in sample.experiment.checks)
    if asked.by > widest:
        raise Refused(
            f"expected a smaller size to add to {name}: no statistic varies by more than {widest:.3g}, got {asked.by}"
        )


def _least(looking: list[Rejects], asked: Size) -> Rational | None:
    def finds(size: Rational) -> bool:
        return all(any(rejects(way * size) >= POWER for rejects in looking) for way in (1, -1))

    least = None
    for size in (Rational(asked.by), *(size for size in LADDER if size < asked.by)):
        if not finds(size):
            break
        least = size
    return least


def _rejects(check: Check, answer: Answer, changed: Answer, sample: Sample, level: float) -> Rejects | None:
    """Return the power of a check against a change; None if the check does not depend on what is changed."""
    if isinstance(check, Residual):
        right, wrong = check.law(answer), check.law(changed)
        looks = CHANGE in wrong.mean.free_symbols | wrong.var.free_symbols
        return _residual(sample.given(check), right, wrong, level) if looks else None
    right, wrong = check.value(answer), check.value(changed)
    if CHANGE not in wrong.free_symbols:
        return None
    return (_chance if isinstance(check, Chance) else _mean)(check, sample, right, wrong, level)


def _mean(check: Mean, sample: Sample, right: Expr, wrong: Expr, level: float) -> Rejects:
    """Return the power of a check of a mean: the root mean square of its error is at most that of noise plus change."""
    root, slope = sqrt(sample.variance(check, right)), diff(wrong, CHANGE)
    difference = right - wrong if slope.has(CHANGE) else CHANGE * slope  # no need to subtract a linear change

    def rejects(change: Rational) -> float:
        true = (root + sqrt(sample.second(difference, change))) ** 2
        mean, second = sample.apart(difference, change, level), sample.variance(check, wrong, change)
        return mean_power(mean, second, true, sample.experiment.size, level)

    return rejects


def _chance(check: Chance, sample: Sample, right: Expr, wrong: Expr, level: float) -> Rejects:
    if not check.given:
        true, n = sample.chance(right), sample.experiment.size
        if not SURE < true < 1 - SURE:
            raise Refused(f"expected an event that may happen or not, got a chance of {true:g}")
        return lambda change: count_power(true, sample.chance(wrong, change), n, level)
    given = sample.given(check)
    chances, weights = given.each(right), given.each(check.weigh)
    if not (open_ := np.mean(chances * (1 - chances))) > SURE:
        raise Refused(f"expected an event that may happen or not, got a mean variance of {open_:g}")
    return lambda change: events_power(chances, given.each(wrong, change), weights, level)


def _residual(given: Given, right: Any, wrong: Any, level: float) -> Rejects:
    mean, var = given.law(right.mean), given.law(right.var)
    n, squares = given.weights[0].size, [weights**2 for weights in given.weights]

    def total(weights: np.ndarray, values: np.ndarray) -> float:
        return dot(weights, values) if values.ndim else float(weights.sum() * values)

    def rejects(change: Rational) -> float:
        off, other = given.law(wrong.mean, change), given.law(wrong.var, change)
        if not (np.isfinite(off).all() and np.isfinite(other).all()):
            return 0.0
        if (other <= 0).any():
            return 1.0
        shifts, ratios = (mean - off) / np.sqrt(other), var / other
        ends = float(ratios.min()), float(ratios.max())
        chances = [spread_power(total(given.weights[0], shifts**2), ends, n, level)]
        for weights, square, length in zip(given.weights, squares, given.lengths, strict=True):
            sd = sqrt(total(square, ratios)) / length
            chances.append(normal_power(total(weights, shifts) / length, sd, level))
        return max(chances)

    return rejects
