"""Error rates are as stated: experiments run with many seeds reject as often as Clopper-Pearson intervals allow.

The level is relaxed, so that false alarms happen. An exact rate must lie in its interval, a bounded one on its side of
it. Seeds are fixed; an interval misses the truth once in a million.
"""

from typing import Any, NamedTuple

import numpy as np
import pytest
from scipy.stats import binomtest
from sympy import Integer, Rational, expand, tanh

from derivations.engines.power import _rejects
from derivations.engines.sample import CHANGE, Sample
from derivations.engines.simulate import p_values
from derivations.form.experiment import Chance, Check, Experiment, Mean, Residual
from tests.support.forged import a, b, law, n, v, w, x

LEVEL, MISS, RUNS = 0.05, 1e-6, 1200
NINE = expand((a + b) ** 2)
EVENT = (2 - v) / 3  # its probability, given v
AT = ((a, Integer(2)), (b, Integer(1)))  # x = (a + b) n is N(0, 9); v and w are uniform on (0, 1)


class Case(NamedTuple):
    check: Check
    size: int
    statistic: int = 0  # the one of the check's fields that is tested
    exact: bool = False  # or only bounded


CASES = {
    "a variance, by a sum of squares": Case(Residual(x, lambda q: law(0, q)), 900, exact=True),
    "a mean, by a normal sum": Case(Residual(x + a + b, lambda q: law(q / 3, 9)), 900, 1, exact=True),
    "a slope on what is given": Case(Residual(x + v * (a + b), lambda q: law(v * q / 3, 9), given=(v,)), 2000, 2),
    "a chance, by a binomial count": Case(Chance(Rational(1, 3) - w, lambda q: q / 27), 900),
    "events of unequal chances": Case(Chance(EVENT - w, lambda q: EVENT * q / 9, given=(v,)), 3500),
    "events with weights": Case(Chance(EVENT - w, lambda q: EVENT * q / 9, given=(v,), weigh=tanh(v)), 4500),
    "a mean, by Catoni's sum": Case(Mean(x**2, lambda q: q), 9000),
    "a mean between two ends": Case(Mean(tanh(n), lambda q: q / 9 - 1), 3000),
}


def rejections(case: Case, off: Rational, seeds: range) -> tuple[int, float]:
    """Return how often an answer off by this share is rejected, and the mean of the power stated against it."""
    run = Experiment(process=((x, n * (a + b)),), checks=(case.check,), normals=(n,), uniforms=(v, w), size=case.size)
    rejected, stated = 0, []
    for seed in seeds:
        sample = Sample(run, AT, seed)
        p = list(p_values(case.check, NINE * (1 + off), sample, LEVEL))[case.statistic]
        rejected += p < LEVEL
        if seed % 40 == 0:  # the power hardly differs between samples
            rejects = _rejects(case.check, NINE, NINE * (1 + CHANGE), sample, LEVEL)
            assert rejects is not None
            stated.append(rejects(off))
    return rejected, float(np.mean(stated))


def interval(rejected: int) -> tuple[float, float]:
    bounds = binomtest(rejected, RUNS).proportion_ci(1 - MISS, method="exact")
    return float(bounds.low), float(bounds.high)


@pytest.mark.parametrize("name", CASES)
def test_false_alarms_are_as_rare_as_stated(name: str) -> None:
    low, high = interval(rejections(CASES[name], Integer(0), range(RUNS))[0])
    assert low <= LEVEL
    assert high >= LEVEL or not CASES[name].exact


@pytest.mark.parametrize("off", [Rational(1, 10), Rational(-1, 10)])
@pytest.mark.parametrize("name", CASES)
def test_a_change_is_detected_as_often_as_stated(name: str, off: Any) -> None:
    case = CASES[name]
    rejected, stated = rejections(case, off, range(RUNS, 2 * RUNS))
    low, high = interval(rejected)
    assert stated <= high
    assert stated >= low or not case.exact
    assert stated > 0.1, "a power of nothing would say nothing"
