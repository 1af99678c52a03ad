"""A sample of an experiment's process, and what is computed on it."""

from functools import lru_cache
from math import sqrt
from typing import Any

import numpy as np
from flint import arb
from sympy import Expr, Integer, Rational, Symbol, lambdify, preorder_traversal

from derivations.arithmetic.ball import Unfinished, ball, precision
from derivations.engines.moments import second_moment, unweighed, variance
from derivations.engines.noise import At, Unbounded
from derivations.engines.rates import dot, least_mean
from derivations.form.experiment import Chance, Experiment, Mean, Residual

CHANGE = Symbol("change", real=True)  # of a field of the answer
NONE = Integer(0)
BITS = 128  # of a number in an answer's law
MANY = 60  # operations, from which common parts are worth looking for


class Refused(ValueError):
    """The experiment can't be counted on, whatever its sample says."""


def numbers(values: np.ndarray) -> np.ndarray:
    """What is no number is in nobody's favour, neither an answer's nor that of a wrong one's rejection."""
    if not np.isfinite(values).all():
        raise Refused("a statistic is not a number")
    return values


class Sample:
    """The noise, then each variable of the process in turn."""

    def __init__(self, experiment: Experiment, at: At, seed: int) -> None:
        self.experiment, self.at = experiment, at
        self.views: dict[Residual | Chance, Given] = {}
        rng, size = np.random.default_rng(seed), experiment.size
        self.values: dict[Symbol, Any] = {v: float(q) for v, q in at}
        self.values |= {n: rng.standard_normal(size) for n in experiment.normals}
        self.values |= {u: rng.random(size) for u in experiment.uniforms}
        for i, top in experiment.steps.items():
            self.values[i] = rng.integers(1, top, endpoint=True, size=size).astype(float)
        for variable, made in experiment.process:
            self.values[variable] = self.rows(made)

    def values_of(self, e: Expr, change: Rational = NONE) -> np.ndarray:
        """Its values, with a field of the answer changed: one a sample, or one for all where no noise is in it."""
        try:
            if (number := self.number(e, change)) is not None:  # faster than to compile it
                return np.asarray(float(number))
        except Unfinished:
            pass
        names, compiled = _compiled(e)
        return np.asarray(compiled(*(float(change) if v == CHANGE else self.values[v] for v in names)), dtype=float)

    def rows(self, e: Expr, change: Rational = NONE) -> np.ndarray:
        return np.broadcast_to(self.values_of(e, change), (self.experiment.size,))

    def number(self, e: Expr, change: Rational = NONE) -> arb | None:
        """A value that no noise is in."""
        at, fixed = self._at(change), self._resolved(e)
        with precision(BITS):
            return ball(fixed, at) if fixed.free_symbols <= at.keys() else None

    def given(self, check: Residual | Chance) -> "Given":
        """What is given in a check: the same for all answers."""
        if check not in self.views:
            self.views[check] = Given(check, self)
        return self.views[check]

    def chance(self, value: Expr, change: Rational = NONE) -> float:
        """The probability of an event, where nothing is given."""
        number = self.number(value, change)
        if number is None:
            raise Refused(f"expected a number as the chance of an event, got {value}")
        return float(number)

    def apart(self, difference: Expr, change: Rational, level: float) -> float:
        """What the mean of a difference is at least: exactly, or from the sample but for a chance of `level`."""
        if (number := self.number(difference, change)) is not None:
            return float(number.abs_lower())
        return least_mean(self.rows(difference, change), self.second(difference, change), level)

    def second(self, f: Expr, change: Rational = NONE) -> float:
        """What E f^2 is at most."""
        return self._proved(second_moment, unweighed(self._resolved(f)), change)

    def variance(self, check: Mean, value: Expr, change: Rational = NONE) -> float:
        """What E (of - value)^2 is at most, if the value is the mean: proved, or as stated where that is more."""
        by = self.number(value, change)
        if by is None:
            proved = self._proved(variance, unweighed(self._resolved(check.of - value)), change)
        else:
            proved = self._proved(variance, check.of, NONE, by)
        return max(proved, (check.sd or 0.0) ** 2)

    def stated(self, check: Mean, value: Expr) -> None:
        """Refuse a stated standard deviation that is not proved."""
        if check.sd is not None and check.sd**2 < (proved := self.variance(check._replace(sd=None), value)):
            raise Refused(
                f"a standard deviation of {check.sd} is stated, and no less than {sqrt(proved):.4g} is proved"
            )

    def _proved(self, bound: Any, f: Expr, change: Rational, *by: arb) -> float:
        at = tuple(self._at(change).items()) if f.has(CHANGE) else self.at  # one bound for all changes
        try:
            return bound(self.experiment, at, f, *by)
        except Unbounded as fault:
            raise Refused(f"no standard deviation is proved: {fault}") from fault

    def _resolved(self, e: Expr) -> Expr:
        """With what the process makes of parameters alone put in."""
        for variable, made in reversed(self.experiment.process):
            if e.has(variable) and made.free_symbols <= dict(self.at).keys():
                e = e.xreplace({variable: made})  # type: ignore[assignment]
        return e

    def _at(self, change: Rational) -> dict[Symbol, Any]:
        return {**dict(self.at), CHANGE: change}


class Given:
    """What is given in a check, and the samples at which it looks."""

    def __init__(self, check: Residual | Chance, sample: Sample) -> None:
        self.sample = sample
        self.known = _closed(sample, check.given)
        where = check.where if isinstance(check, Residual) else None
        self.chosen = ... if where is None else numbers(sample.rows(where)) > 0
        self.of, *self.weights = (self._rows(e) for e in (check.of, Integer(1), *check.given))
        if not self.of.size:
            raise Refused("none of the samples is looked at")
        self.lengths = [sqrt(dot(weights, weights)) for weights in self.weights]

    def _rows(self, e: Expr) -> np.ndarray:
        return numbers(np.ascontiguousarray(self.sample.rows(e)[self.chosen]))

    def law(self, e: Expr, change: Rational = NONE) -> np.ndarray:
        """What a law says, of parameters and of what is given."""
        if noise := e.free_symbols - self.known - {CHANGE}:
            raise Refused(f"the answer's law speaks of {_named(noise)}, which is not given")
        values = self.sample.values_of(e, change)
        return values[self.chosen] if values.ndim else values

    def each(self, e: Expr, change: Rational = NONE) -> np.ndarray:
        """The same, one a sample."""
        return np.broadcast_to(self.law(e, change), self.weights[0].shape)


def _closed(sample: Sample, given: tuple[Expr, ...]) -> set[Symbol]:
    """The parameters, the given variables, and what the process makes of these alone."""
    known = {v for v, _ in sample.at} | {g for g in given if isinstance(g, Symbol)}
    for variable, made in sample.experiment.process:
        if made.free_symbols <= known:
            known.add(variable)
    return known


def _named(symbols: set[Any]) -> str:
    return ", ".join(sorted(map(str, symbols)))


def operations(e: Expr) -> int:
    """How many, counted faster than by SymPy."""
    return sum(bool(node.args) for node in preorder_traversal(e))


@lru_cache(maxsize=256)
def _compiled(e: Expr) -> tuple[list[Symbol], Any]:
    names = sorted(e.free_symbols, key=str)
    return names, lambdify(names, e, "numpy", cse=operations(e) > MANY, docstring_limit=0)  # type: ignore[arg-type, return-value]


@lru_cache(maxsize=1)  # the answer of a claim and its twins are put to one sample
def sample_of(experiment: Experiment, at: At, seed: int) -> Sample:
    with np.errstate(all="ignore"):
        return Sample(experiment, at, seed)
