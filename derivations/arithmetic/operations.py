"""Single steps over Arb balls: from the values of some parts, the value of what is made of them."""

from collections.abc import Callable
from typing import Any

from flint import arb
from sympy import Expr, S

from derivations.arithmetic.exact import is_zero
from derivations.arithmetic.number import (
    FUNCTIONS,
    Imprecise,
    Number,
    Undefined,
    Unfinished,
    exponential,
    power,
    root,
)

Computed = dict[int, Any]  # the value of each step, by its number; under AT the values of symbols
Step = Callable[[Computed], Number]
AT, POINT = -1, -2  # under POINT the values of symbols as rational numbers, where they are
NO_REAL = (S.ImaginaryUnit, S.ComplexInfinity, S.Infinity, S.NegativeInfinity, S.NaN)


def sharp(step: Step, of: Expr, part: int) -> Step:
    """Take what a step works on for 0 where its ball does not show that it is, and exact arithmetic does."""

    def sharp(values: Computed) -> Number:
        try:
            return step(values)
        except Imprecise:
            if POINT not in values or not is_zero(of, values[POINT]):
                raise
            return step({**values, part: arb(0)})

    return sharp


def symbol(e: Expr) -> Step:
    def step(values: Computed) -> Number:
        if e not in values[AT]:
            raise Unfinished(f"no value for {e}")
        return values[AT][e]

    return step


def gathered(two: Callable[[Number, Number], Number], first: int, *rest: int) -> Step:
    """Add or multiply the parts, from the left."""

    def step(values: Computed) -> Number:
        total = values[first]
        for n in rest:
            total = two(total, values[n])
        return total

    return step


def power_of(exponent: Expr, base: int, other: int = -1) -> Step:
    if not is_root(exponent):
        return lambda values: exponential(values[base], values[other])
    if exponent.is_Integer:
        n = int(exponent)  # type: ignore[arg-type]
        return lambda values: power(values[base], n)
    double = int(2 * exponent)  # type: ignore[operator]
    return lambda values: power(root(values[base]), double)


def function(e: Expr, *parts: int) -> Step:
    name = type(e).__name__
    if name == "Pi":
        return lambda _: arb.pi()
    if name == "Exp1":
        return lambda _: arb(1).exp()
    if name in FUNCTIONS:
        of, (part,) = FUNCTIONS[name], parts
        return sharp(lambda values: of(values[part]), e.args[0], part)  # type: ignore[arg-type]
    if e in NO_REAL:
        return raising(Undefined(f"no real value: {name}"))
    return raising(Unfinished(f"no evaluation for {name}"))  # not `Undefined`: that would refute the statement


def raising(fault: ArithmeticError) -> Step:
    def step(_: Computed) -> Number:
        raise fault

    return step


def is_root(exponent: Expr) -> bool:
    return bool(exponent.is_Rational and exponent.q <= 2)  # type: ignore[attr-defined]
