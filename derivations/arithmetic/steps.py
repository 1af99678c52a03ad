"""Expressions as lists of steps over Arb balls, one step for each distinct subexpression.

Equal parts of different expressions share a step, so an expression is read once for all points, and a value known at a
point is not computed again. An integral is a step that runs steps of its own, by Arb's rigorous quadrature.
"""

from collections.abc import Iterator
from contextlib import suppress
from itertools import pairwise
from operator import add, mul

import flint
from flint import acb, arb
from sympy import Expr, Integral, S, Symbol

from derivations.arithmetic.extremes import EXTREMES, by_bars
from derivations.arithmetic.number import (
    FUNCTIONS,
    NAN,
    Imprecise,
    Number,
    Undefined,
    Unfinished,
    exact,
)
from derivations.arithmetic.operations import (
    AT,
    NO_REAL,
    Computed,
    Step,
    function,
    gathered,
    is_root,
    power_of,
    raising,
    sharp,
    symbol,
)
from derivations.probability.density import Abstract, finite

EVALUATIONS = 5000  # of an integrand, for one integral
PIECES = 8  # of an interval, on each of which an integrand is evaluated first


class Steps:
    """The steps of some expressions, each distinct part once."""

    def __init__(self, var: Symbol | None = None) -> None:
        self.var = var  # moves while all other symbols stand still
        self.numbers: dict[Expr, int] = {}
        self.expressions: list[Expr] = []
        self.steps: list[Step] = []
        self.parts: list[tuple[int, ...]] = []
        self.orders: dict[int, tuple[int, ...]] = {}

    def number(self, e: Expr) -> int:
        """Return the number of the step that computes the expression."""
        if e not in self.numbers:
            known = finite(e) if isinstance(e, Abstract) else by_bars(e) if isinstance(e, EXTREMES) else None
            self.numbers[e] = self._new(e) if known is None else self.number(known)
        return self.numbers[e]

    def _new(self, e: Expr) -> int:
        parts = self._together(e) if self.var is not None and (e.is_Add or e.is_Mul) else None
        parts = parts or tuple(self.number(a) for a in _operands(e))
        return self._appended(e, _step(e, parts), parts)

    def _appended(self, e: Expr, step: Step, parts: tuple[int, ...]) -> int:
        self.expressions.append(e)
        self.steps.append(step)
        self.parts.append(parts)
        return len(self.steps) - 1

    def _together(self, e: Expr) -> tuple[int, ...] | None:
        """Gather those parts of a sum or product that stand still into one step; None if only one part does, or all."""
        still = tuple(self.number(a) for a in e.args if self.var not in a.free_symbols)  # type: ignore[arg-type]
        if not 1 < len(still) < len(e.args):
            return None
        one = self._appended(S.Zero, gathered(add if e.is_Add else mul, *still), still)
        return one, *(self.number(a) for a in e.args if self.var in a.free_symbols)  # type: ignore[arg-type]

    def order(self, last: int) -> tuple[int, ...]:
        """Return the steps that lead to this one and itself, in the order in which a walk meets them."""
        if last not in self.orders:
            met: dict[int, None] = {}
            self._lead(last, met)
            self.orders[last] = tuple(met)
        return self.orders[last]

    def _lead(self, last: int, met: dict[int, None]) -> None:
        for part in self.parts[last]:
            if part not in met:
                self._lead(part, met)
        met[last] = None

    def moving(self, var: Symbol) -> set[int]:
        """Return the steps whose values depend on the variable."""
        steps: set[int] = set()
        for n, (e, parts) in enumerate(zip(self.expressions, self.parts, strict=True)):
            if e == var or not steps.isdisjoint(parts) or (isinstance(e, Integral) and var in e.free_symbols):
                steps.add(n)
        return steps

    def value(self, e: Expr, values: Computed) -> Number:
        last = self.number(e)
        for n in self.order(last):
            if n not in values:
                values[n] = self.steps[n](values)
        return values[last]


def _operands(e: Expr) -> Iterator[Expr]:
    """Yield the parts whose values a step works on, in their order."""
    if e.is_Pow:
        yield e.args[0]  # type: ignore[misc]
        if not is_root(e.args[1]):  # type: ignore[arg-type]
            yield e.args[1]  # type: ignore[misc]
    elif isinstance(e, Integral):
        if _is_proper(e):
            yield from proper(e)[2:]
    elif e.is_Add or e.is_Mul or type(e).__name__ in FUNCTIONS:
        yield from e.args if e.is_Add or e.is_Mul else e.args[:1]  # type: ignore[misc]


def _step(e: Expr, parts: tuple[int, ...]) -> Step:
    if e.is_Symbol:
        return symbol(e)
    if e.is_Rational:
        return lambda _: exact(e)
    if e.is_Add:
        return gathered(add, *parts)
    if e.is_Mul:
        return gathered(mul, *parts)
    if e.is_Pow:
        return sharp(power_of(e.args[1], *parts), e.args[0], parts[0])  # type: ignore[arg-type]
    if isinstance(e, Integral):
        return _integral(e, *parts)
    return function(e, *parts)


def _is_proper(e: Integral) -> bool:
    return not _improper(e)


def _improper(e: Integral) -> str:
    """Return why the integral has no value by quadrature, or ''."""
    if len(e.limits) != 1 or len(e.limits[0]) != 3:
        return f"expected one variable with two ends, got {e.limits}"
    if any(end in NO_REAL for end in e.limits[0][1:]):
        return (
            f"an integral from {e.limits[0][1]} to {e.limits[0][2]} is a limit of proper ones: state it, in place of "
            "Equal, as Improper(body, var, low, high, value, h), whose proof begins with the integral to 1/h"
        )
    return ""


def proper(e: Integral) -> tuple[Expr, Symbol, Expr, Expr]:
    """Return integrand, variable and ends. SymPy folds an integral of an integral into one with more limits."""
    if not _is_proper(e):
        raise Unfinished(_improper(e))
    var, low, high = e.limits[0]  # type: ignore[misc]
    return e.function, var, low, high


def _pieces(a: Number, b: Number) -> list[arb]:
    """Return balls that cover the interval; none where its ends are complex, inside an outer integrand."""
    if isinstance(a, acb) or isinstance(b, acb):
        return []
    ends = [a + (b - a) * n / PIECES for n in range(PIECES + 1)]
    return [low.union(high) for low, high in pairwise(ends)]


def _integral(e: Integral, *ends: int) -> Step:
    """Return a step that evaluates a proper integral over one variable by Arb's rigorous quadrature."""
    if not ends:
        return raising(Unfinished(_improper(e)))
    body, var, _, _ = proper(e)
    inner = Steps(var)
    last = inner.number(body)
    moving = inner.moving(var)
    order = [(n, inner.steps[n], n in moving) for n in inner.order(last)]
    each = [(n, step) for n, step, moves in order if moves]
    still = [n for n, _, moves in order if not moves]

    def quadrature(values: Computed) -> Number:
        a, b = (values[n] for n in ends)
        at = dict(values[AT])
        here: Computed = {AT: at}

        def at_each() -> None:
            for n, step, moves in order:
                if moves or n not in here:
                    here[n] = step(here)

        for at[var] in _pieces(a, b):  # no real value on a whole piece: no integral, so let Undefined through
            with suppress(Imprecise, Unfinished):
                at_each()
        for at[var] in (a, b):
            try:
                at_each()
            except Undefined as fault:
                raise Unfinished(
                    f"expected values at both ends of an integral, or a limit of proper ones, got {fault}"
                ) from None

        here.update({n: acb(here[n]) for n in still})  # converted once, not at every point

        def integrand(point: acb, analytic: bool) -> acb:
            at[var] = point
            try:
                for n, step in each:
                    here[n] = step(here)
                return acb(here[last])
            except ArithmeticError:  # Arb's loop can't pass an exception on
                return NAN

        value = acb.integral(integrand, acb(a), acb(b), rel_tol=arb(2) ** -flint.ctx.prec, eval_limit=EVALUATIONS)
        if not value.is_finite():
            raise Unfinished(f"expected a finite enclosure of an integral in {EVALUATIONS} evaluations, got none")
        inside = any(isinstance(v, acb) for v in values[AT].values())  # of an outer integrand, analytic and complex
        return value if inside else value.real

    return quadrature
