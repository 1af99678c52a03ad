"""Samples of an experiment's process, and the values, means and bounds computed on them."""

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

CHANGE = Symbol("change", real=True)  # the change of a field of the answer
NONE = Integer(0)
BITS = 128  # of a number in an answer's law
MANY = 60  # operations above which common parts are worth looking for


class Refused(ValueError):
    """The experiment can't be relied on, whatever its sample shows."""


def numbers(values: np.ndarray) -> np.ndarray:
    """Return the values; refuse any that is no number, since it would count neither for an answer nor against one."""
    if not np.isfinite(values).all():
        raise Refused(
            f"expected a number in each sample, got {(~np.isfinite(values)).sum()} values that are not a number"
        )
    return values


class Sample:
    """The drawn noise, and the values of each variable of the process."""

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
        """Return the values with a field of the answer changed: one for each sample, or a single one without noise."""
        try:
            if (number := self.number(e, change)) is not None:  # faster than compiling it
                return np.asarray(float(number))
        except Unfinished:
            pass
        names, compiled = _compiled(e)
        return np.asarray(compiled(*(float(change) if v == CHANGE else self.values[v] for v in names)), dtype=float)

    def rows(self, e: Expr, change: Rational = NONE) -> np.ndarray:
        return np.broadcast_to(self.values_of(e, change), (self.experiment.size,))

    def number(self, e: Expr, change: Rational = NONE) -> arb | None:
        """Return the value of an expression without noise; None for one with noise."""
        at, fixed = self._at(change), self._resolved(e)
        with precision(BITS):
            return ball(fixed, at) if fixed.free_symbols <= at.keys() else None

    def given(self, check: Residual | Chance) -> "Given":
        """Return what is given in a check, the same for all answers."""
        if check not in self.views:
            self.views[check] = Given(check, self)
        return self.views[check]

    def chance(self, value: Expr, change: Rational = NONE) -> float:
        """Return the probability of an event, where nothing is given."""
        number = self.number(value, change)
        if number is None:
            raise Refused(f"expected a number as the chance of an event, got {value}")
        return float(number)

    def apart(self, difference: Expr, change: Rational, level: float) -> float:
        """Return a lower bound of |E difference|: exact, or from the sample and failing with chance `level`."""
        if (number := self.number(difference, change)) is not None:
            return float(number.abs_lower())
        return least_mean(self.rows(difference, change), self.second(difference, change), level)

    def second(self, f: Expr, change: Rational = NONE) -> float:
        """Return an upper bound of E f^2."""
        return self._proved(second_moment, unweighed(self._resolved(f)), change)

    def variance(self, check: Mean, value: Expr, change: Rational = NONE) -> float:
        """Return an upper bound of E (of - value)^2 if the value is the mean: proved, or as stated if that is more."""
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
                f"expected a standard deviation of at least {sqrt(proved):.4g}, which is proved, got {check.sd}"
            )

    def _proved(self, bound: Any, f: Expr, change: Rational, *by: arb) -> float:
        at = tuple(self._at(change).items()) if f.has(CHANGE) else self.at  # one bound for all changes
        try:
            return bound(self.experiment, at, f, *by)
        except Unbounded as fault:
            raise Refused(f"expected a standard deviation that can be proved, got none: {fault}") from fault

    def _resolved(self, e: Expr) -> Expr:
        """Substitute what the process makes of parameters alone."""
        for variable, made in reversed(self.experiment.process):
            if e.has(variable) and made.free_symbols <= dict(self.at).keys():
                e = e.xreplace({variable: made})  # type: ignore[assignment]
        return e

    def _at(self, change: Rational) -> dict[Symbol, Any]:
        return {**dict(self.at), CHANGE: change}


class Given:
    """What is given in a check, and the samples that the check uses."""

    def __init__(self, check: Residual | Chance, sample: Sample) -> None:
        self.sample = sample
        self.known = _closed(sample, check.given)
        where = check.where if isinstance(check, Residual) else None
        self.chosen = ... if where is None else numbers(sample.rows(where)) > 0
        self.of, *self.weights = (self._rows(e) for e in (check.of, Integer(1), *check.given))
        if not self.of.size:
            raise Refused("expected samples that meet the condition of a residual, got none")
        self.lengths = [sqrt(dot(weights, weights)) for weights in self.weights]

    def _rows(self, e: Expr) -> np.ndarray:
        return numbers(np.ascontiguousarray(self.sample.rows(e)[self.chosen]))

    def law(self, e: Expr, change: Rational = NONE) -> np.ndarray:
        """Return the value of a law's expression in parameters and in what is given."""
        if noise := e.free_symbols - self.known - {CHANGE}:
            raise Refused(f"expected a law of parameters and of what is given, got one that uses {_named(noise)}")
        values = self.sample.values_of(e, change)
        return values[self.chosen] if values.ndim else values

    def each(self, e: Expr, change: Rational = NONE) -> np.ndarray:
        """Return the same, one value for each sample."""
        return np.broadcast_to(self.law(e, change), self.weights[0].shape)


def _closed(sample: Sample, given: tuple[Expr, ...]) -> set[Symbol]:
    """Return the parameters, the given variables, and what the process makes of these alone."""
    known = {v for v, _ in sample.at} | {g for g in given if isinstance(g, Symbol)}
    for variable, made in sample.experiment.process:
        if made.free_symbols <= known:
            known.add(variable)
    return known


def _named(symbols: set[Any]) -> str:
    return ", ".join(sorted(map(str, symbols)))


@lru_cache(maxsize=65536)
def operations(e: Expr) -> int:
    """Return the number of operations, counted faster than by SymPy."""
    return sum(bool(node.args) for node in preorder_traversal(e))


@lru_cache(maxsize=256)
def _compiled(e: Expr) -> tuple[list[Symbol], Any]:
    names = sorted(e.free_symbols, key=str)
    return names, lambdify(names, e, "numpy", cse=operations(e) > MANY, docstring_limit=0)  # type: ignore[arg-type, return-value]


@lru_cache(maxsize=2)  # the answer of a claim and its twins share one sample, and another at a second place
def sample_of(experiment: Experiment, at: At, seed: int) -> Sample:
    with np.errstate(all="ignore"):
        return Sample(experiment, at, seed)
