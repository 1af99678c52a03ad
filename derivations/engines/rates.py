"""The error rates of an experiment's statistics, valid for every sample size, without a central limit theorem.

Three statistics have exact laws: a normal sum, a chi-squared sum of squares, a binomial count. Independent events of
unequal known chances have Chernoff's bound. A mean of which only a second moment is bounded has Catoni's sum S of
psi(l Y), psi(y) = sign(y) log(1 + |y| + y^2/2): as -log(1 - y + y^2/2) <= psi(y) <= log(1 + y + y^2/2), it has
E exp(S) <= (1 + l E Y + l^2 E Y^2/2)^n, and likewise for -S. Markov's inequality turns this into a p-value if E Y = 0,
and into a power if not (Catoni 2012, arXiv:1009.2048).

Each `..._p` is a two-sided p-value, exact or bounded from above; each `..._power` is the chance that the p-value falls
below `level`, exact or bounded from below.
"""

from math import exp, inf, log, log1p, sqrt
from statistics import NormalDist
from typing import Any

import numpy as np

Array = Any  # numpy.ndarray or a float
POWER = 0.999  # a change counts as detected where it is rejected this often
NORMAL = NormalDist()


def dot(a: np.ndarray, b: np.ndarray) -> float:
    """Return the inner product without BLAS, whose threads wait for one another on a busy machine."""
    return float(np.einsum("i,i->", a, b))


def normal_p(z: float) -> float:
    return 2 * NORMAL.cdf(-abs(z))


def normal_power(shift: float, sd: float, level: float) -> float:
    """Return the power against a statistic that is N(shift, sd^2) and is taken to be N(0, 1)."""
    least = -NORMAL.inv_cdf(level / 2)
    return NORMAL.cdf((shift - least) / sd) + NORMAL.cdf((-shift - least) / sd)


def spread_p(squares: float, n: int) -> float:
    """Return the p-value of a sum of n squares of standard normals."""
    from scipy.special import chdtr, chdtrc

    return min(1.0, 2 * float(min(chdtr(n, squares), chdtrc(n, squares))))


def spread_power(shifts: float, ratios: tuple[float, float], n: int, level: float) -> float:
    """Return the power against the sum of (s_i N_i + d_i)^2 with sum d_i^2 = shifts, every s_i^2 within `ratios`.

    It is stochastically at least min s^2 times a chi-squared (Anderson's inequality), and its root is at most max s
    times the root of one plus sqrt(shifts) (the triangle inequality).
    """
    from scipy.special import chdtr, chdtrc, chdtri

    low, high = float(chdtri(n, 1 - level / 2)), float(chdtri(n, level / 2))
    above = float(chdtrc(n, high / ratios[0])) if ratios[0] > 0 else 0.0
    left = sqrt(low) - sqrt(shifts)
    below = float(chdtr(n, left**2 / ratios[1])) if left > 0 and ratios[1] > 0 else 0.0
    return max(above, below)


def count_p(hits: int, n: int, chance: float) -> float:
    from scipy.special import bdtr, bdtrc

    if not 0 <= chance <= 1:
        return 0.0
    return min(1.0, 2 * float(min(bdtr(hits, n, chance), bdtrc(hits - 1, n, chance) if hits else 1.0)))


def count_power(true: float, chance: float, n: int, level: float) -> float:
    """Return the power against a binomial count of chance `true` taken to be `chance`, by both tails."""
    from scipy.special import bdtr, bdtrc

    if not 0 <= chance <= 1:
        return 1.0
    low, high = _edge(n, chance, level, -1), _edge(n, chance, level, +1)
    return float((bdtr(low - 1, n, true) if low else 0.0) + (bdtrc(high, n, true) if high < n else 0.0))


def _edge(n: int, chance: float, level: float, way: int) -> int:
    """Return the furthest count on that side of the mean that is still accepted, by bisection."""
    near, far = round(n * chance), n if way > 0 else 0
    if count_p(far, n, chance) >= level:
        return far
    while abs(far - near) > 1:
        middle = (near + far) // 2
        if count_p(middle, n, chance) >= level:
            near = middle
        else:
            far = middle
    return near


def events_p(hits: np.ndarray, chances: np.ndarray, weights: np.ndarray, level: float) -> float:
    """Return the p-value of sum w (hit - chance) over independent events of these chances, by Chernoff's bound."""
    if not ((chances >= 0) & (chances <= 1)).all():
        return 0.0
    off, t = dot(weights, hits - chances), _tilt(chances, weights, level)
    return min(1.0, 2 * exp(min(0.0, *(_cumulant(way * t * weights, chances) - way * t * off for way in (1, -1)))))


def events_power(true: np.ndarray, chances: np.ndarray, weights: np.ndarray, level: float) -> float:
    """Return the power against events whose chances are `true`, by Chernoff's bound on falling short of a rejection."""
    if not ((chances >= 0) & (chances <= 1)).all():
        return 1.0
    off, t = dot(weights, true - chances), _tilt(chances, weights, level)
    way = 1 if off > 0 else -1
    least = (_cumulant(way * t * weights, chances) + log(2 / level)) / t  # rejected where way * (the sum) is more
    back = _tilt(true, weights, 2 * (1 - POWER))
    return 1 - exp(min(0.0, _cumulant(-way * back * weights, true) - back * (way * off - least)))


def _tilt(chances: np.ndarray, weights: np.ndarray, level: float) -> float:
    """Return where the bound would be least if the sum were normal; any other number would be valid too."""
    variance = dot(weights**2, chances * (1 - chances))
    return sqrt(2 * log(2 / level) / variance) if variance > 0 else 1.0


def _cumulant(t: np.ndarray, chances: np.ndarray) -> float:
    """Return log E exp(sum t (hit - chance))."""
    return float(np.sum(np.log1p(chances * np.expm1(t)) - t * chances))


def tuned(second: float, n: int, level: float) -> float:
    """Return the scale l that detects the least mean: a free choice, made before the sample is seen."""
    return sqrt(log(2 / level / (1 - POWER)) / (n * second))


def _influence(y: np.ndarray) -> float:
    size = np.abs(y)
    return float(np.sum(np.copysign(np.log1p(size + size**2 / 2), y)))


def mean_p(y: np.ndarray, second: float, level: float) -> float:
    """Return the p-value of a mean of 0 where the second moment is at most `second`."""
    scale = tuned(second, y.size, level)
    return min(1.0, 2 * exp(min(0.0, y.size * log1p(scale**2 * second / 2) - abs(_influence(scale * y)))))


def mean_power(mean: float, second: float, true: float, n: int, level: float) -> float:
    """Return the power of the test for `second` against a mean of absolute value >= `mean` with E Y^2 <= `true`."""
    scale = tuned(second, n, level)
    needed = n * log1p(scale**2 * second / 2) + log(2 / level)
    reached = -n * log1p(max(-1 / 2, scale**2 * true / 2 - scale * mean))  # 1 - y + y^2/2 is never below 1/2
    return 1 - exp(min(0.0, needed - reached))


def least_mean(y: np.ndarray, second: float, level: float) -> float:
    """Return a lower bound of |mean| that fails with chance `level`: 0 where the sample leaves 0 open."""
    n = y.size
    room = log(2 / level)
    scale = sqrt(2 * room / (n * second)) if second > 0 else inf
    reached = abs(_influence(scale * y)) - room
    return max(0.0, (exp(reached / n) - 1 - scale**2 * second / 2) / scale)
