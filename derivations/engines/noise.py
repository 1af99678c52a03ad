"""A walk that turns a SymPy expression of noise into a polynomial in the normals with a bounded rest.

The walk is made in a box of the uniform numbers, where every `Piecewise` takes one branch and every `Mod` one whole
number; where a box has a turn inside, `Cut` says where to cut it. The walk raises `Unbounded` where it has no rule.
"""

from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType
from typing import Any

from flint import arb
from sympy import Abs, Add, Expr, Integer, Mod, Mul, Piecewise, Pow, Symbol, cosh, erf, exp, log, sin, tanh
from sympy import cos as cosine

from derivations.arithmetic.ball import ball
from derivations.engines.majorant import (
    Model,
    add,
    between,
    constant,
    greatest,
    log_sum,
    minus,
    multiply,
    normal,
    power,
    size,
    span,
    weighted,
)
from derivations.engines.quotients import denominators, numerators, pairs
from derivations.engines.turns import Box, Unbounded, holds, rational, whole
from derivations.form.experiment import Experiment

AT_MOST_1 = (tanh, sin, cosine, erf)

At = tuple[tuple[Symbol, Any], ...]  # exact values of the parameters


class Place:
    """One box: the value of each symbol there, and the models of expressions that follow."""

    def __init__(
        self, experiment: Experiment, at: At, box: Box, steps: Mapping[Symbol, int], point: Mapping[Symbol, Any]
    ) -> None:
        """Describe all of the box, or one point of it where `point` gives a uniform number."""
        self.box = box
        self.exact = {**dict(at), **{i: Integer(k) for i, k in steps.items()}}
        spans = {u: rational(low).union(rational(high)) for u, (low, high) in box.items()}
        self.numbers: dict[Symbol, Any] = {**self.exact, **spans, **point}
        self.known: dict[Expr, Model] = {n: normal(k) for k, n in enumerate(experiment.normals)}
        self.made = dict(experiment.process)

    def model(self, e: Expr) -> Model:
        if e not in self.known:
            self.known[e] = self._walk(e)
        return self.known[e]

    def is_number(self, e: Expr) -> bool:
        """Return whether the expression contains no normal, no threshold and nothing made of them."""
        free, turns = _free(e)
        for v in free & self.made.keys():
            self.model(v)
        return free <= self.numbers.keys() and not turns

    def _walk(self, e: Expr) -> Model:
        if e in self.made:
            model = self.model(self.made[e])  # type: ignore[index]
            if (number := model.number) is not None:
                self.numbers[e] = number  # type: ignore[index]
            return model
        if self.is_number(e):
            return constant(ball(e, {v: self.numbers[v] for v in _free(e)[0]}))
        if isinstance(e, Add):
            first, *others = (self.model(a) for a in e.args)  # type: ignore[arg-type]
            for other in others:
                first = add(first, other)
            return first
        for kind, rule in RULES.items():
            if isinstance(e, kind):
                return rule(self, e)
        raise Unbounded(f"no rule bounds {type(e).__name__} over all noise: {e}")

    def number(self, e: Expr) -> arb | None:
        return self.model(e).number

    # -- quotients and powers ---------------------------------------------------------------------

    def product(self, e: Mul) -> Model:
        """Bound a product, first the parts bounded as one: p log p, p (1 - p), a sum over a sum of its own terms."""
        factors = list(e.args)
        total = constant(1)
        for p, other, (low, high) in pairs(e):
            if p in factors and other in factors and self._is_share(p):
                total = multiply(total, between(low, high))
                factors = [f for f in factors if f not in (p, other)]
        for below, exponent in denominators(factors):
            for above, base in numerators(factors, exponent):
                if (share := self._share(base, below.base)) is not None:
                    total = multiply(total, power(share, exponent))
                    factors = [f for f in factors if f not in above and f is not below]
                    break
        for f in factors:
            total = multiply(total, self.model(f))  # type: ignore[arg-type]
        return total

    def _share(self, above: Expr, below: Add) -> Model | None:
        """Bound sum r_k T_k / sum T_k with T_k >= 0 as a weighted mean of the r_k; None for any other quotient."""
        terms = below.args
        if self.is_number(below) or not all(self.positive(t) for t in terms):  # type: ignore[arg-type]
            return None
        ratios = {t: constant(0) for t in terms}
        for part in Add.make_args(above):
            pair = next(((t, r) for t in terms if (r := self._ratio(part, t)) is not None), None)  # type: ignore[arg-type]
            if pair is None:
                return None
            ratios[pair[0]] = add(ratios[pair[0]], pair[1])
        return weighted(list(ratios.values()))

    def _ratio(self, part: Expr, term: Expr) -> Model | None:
        try:
            return self.model(part / term)  # type: ignore[operator]
        except Unbounded:
            return None

    def _is_share(self, p: Expr) -> bool:
        ends = None if self.is_number(p) else span(self.model(p))
        return ends is not None and bool(ends[0] >= 0) and bool(ends[1] <= 1)

    def power(self, e: Pow) -> Model:
        base, exponent = e.args
        if exponent.is_Integer and exponent.is_positive:
            return power(self.model(base), int(exponent))  # type: ignore[arg-type]
        if exponent.is_negative and isinstance(base, cosh):
            return between(arb(0), arb(1))
        if exponent.is_negative and (least := self._least(base)) is not None:  # type: ignore[arg-type]
            return between(arb(0), (ball(exponent, {}) * least.log()).exp())  # type: ignore[arg-type]
        raise Unbounded(f"no rule bounds a power of {base}")

    def _least(self, e: Expr) -> arb | None:
        """Return a positive lower bound of a sum of a number and positive terms, if it has one."""
        parts = Add.make_args(e)
        rest = [p for p in parts if not self.is_number(p)]
        least = self.number(Add(*(p for p in parts if self.is_number(p))))
        if least is None or not least > 0 or not all(self.positive(p) for p in rest):
            return None
        return least

    def positive(self, e: Expr) -> bool:
        """Return whether the form of the expression shows that it is never negative."""
        if self.is_number(e):
            number = self.number(e)
            return number is not None and bool(number >= 0)
        if isinstance(e, Mul | Add):
            return all(self.positive(a) for a in e.args)  # type: ignore[arg-type]
        if isinstance(e, Pow):
            return self.positive(e.base) or bool(e.exp.is_even)
        return isinstance(e, exp | cosh | Abs)

    # -- functions --------------------------------------------------------------------------------

    def logarithm(self, e: Expr) -> Model:
        return self._log_of(e.args[0])  # type: ignore[arg-type]

    def _log_of(self, e: Expr) -> Model:
        """Model log e, where e is made of exponentials, products and sums of positive terms."""
        if self.is_number(e):
            return self.model(log(e))
        if isinstance(e, exp):
            return self.model(e.args[0])  # type: ignore[arg-type]
        if isinstance(e, Mul):
            first, *others = (self._log_of(a) for a in e.args)  # type: ignore[arg-type]
            for other in others:
                first = add(first, other)
            return first
        if isinstance(e, Pow) and e.exp.is_number:
            return multiply(self._log_of(e.base), self.model(e.exp))
        if isinstance(e, Add) and all(self.positive(a) for a in e.args):  # type: ignore[arg-type]
            return log_sum([self._log_of(a) for a in e.args])  # type: ignore[arg-type]
        if isinstance(e, cosh):  # 0 <= log cosh x <= |x|
            return Model({}, size(self.model(e.args[0])))  # type: ignore[arg-type]
        raise Unbounded(f"no rule bounds log {e}")

    def bounded(self, e: Expr) -> Model:
        return between(arb(-1), arb(1))

    def absolute(self, e: Expr) -> Model:
        return Model({}, size(self.model(e.args[0])))  # type: ignore[arg-type]

    # -- turns ------------------------------------------------------------------------------------

    def piecewise(self, e: Piecewise) -> Model:
        """Return the branch that holds in the box, or a bound of all possible ones where noise decides."""
        possible = []
        for branch, condition in e.args:  # type: ignore[misc]
            true = holds(condition, self.box, self.number)  # type: ignore[has-type]
            if true is not False:
                possible.append(self.model(branch))  # type: ignore[has-type]
            if true:
                break
        return possible[0] if len(possible) == 1 else Model({}, greatest(map(size, possible)))

    def modulo(self, e: Mod) -> Model:
        return minus(self.model(e.args[0]), constant(whole(e, self.box, self.exact)))  # type: ignore[arg-type]


RULES: Mapping[Any, Any] = MappingProxyType(
    {
        Mul: Place.product,
        Pow: Place.power,
        log: Place.logarithm,
        AT_MOST_1: Place.bounded,
        Abs: Place.absolute,
        Piecewise: Place.piecewise,
        Mod: Place.modulo,
    }
)


@lru_cache(maxsize=20_000)
def _free(e: Expr) -> tuple[frozenset[Symbol], bool]:
    """Return the symbols, and whether there is a turn; this is slow and needed again in each box."""
    return frozenset(e.free_symbols), e.has(Piecewise, Mod)  # type: ignore[arg-type]
