"""Rigorous evaluation of an expression at an exact point, in Arb balls, by a walk of our own.

A ball that excludes a number is a proof. What has no real value is `Undefined`; what the
precision at hand can't decide is `Imprecise`, and the caller asks again with more bits.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from typing import Any

import flint
from flint import acb, arb, fmpq
from sympy import Dummy, Expr, Integral, S, Symbol, cse, numbered_symbols

from derivations.density import Abstract, finite

Number = Any  # arb, or acb inside an integral
Values = Mapping[Symbol, Any]
EVALUATIONS = 5000  # of an integrand, for one integral


class Undefined(ArithmeticError):
    """The expression has no real value at this point."""


class Imprecise(ArithmeticError):
    """A ball is too wide to decide; more bits would."""


class Unfinished(ArithmeticError):
    """No value was found, which says nothing of it: a quadrature too hard, a function without an evaluation."""


@contextmanager
def precision(bits: int) -> Iterator[None]:
    before, flint.ctx.prec = flint.ctx.prec, bits
    try:
        yield
    finally:
        flint.ctx.prec = before


def exact(q: Expr | int) -> arb:
    return arb(q) if isinstance(q, int) else arb(fmpq(int(q.p), int(q.q)))  # type: ignore[attr-defined]


def below(a: arb, b: arb) -> bool:
    """a < b, decided."""
    if a < b:
        return True
    if a >= b or (a - b).is_exact():
        return False
    raise Imprecise("an assumption lies at the edge of its ball")


def _positive(x: Number, what: str, zero: bool = False) -> Number:
    if isinstance(x, acb):  # inside an integral: away from the branch cut, or no number at all
        return x if x.real > 0 else acb("nan")
    if x > 0 or (zero and x == 0):
        return x
    if x <= 0:
        raise Undefined(f"{what} of {x.str(6, radius=False)}")
    raise Imprecise(what)


def _inverse(x: Number) -> Number:
    if x == 0:
        raise Undefined("division by zero")
    if not isinstance(x, acb) and x.contains(0):
        raise Imprecise("division")
    return 1 / x


def _whole(base: Number, n: int) -> Number:
    return base**n if isinstance(base, acb) else (acb(base) ** n).real  # a real ball around 0 would give NaN


def _power(base: Number, exponent: Expr, walk: Callable[[Expr], Number]) -> Number:
    if exponent.is_Integer:
        n = int(exponent)  # type: ignore[arg-type]
        return _whole(base, n) if n >= 0 else _whole(_inverse(base), -n)
    if exponent.is_Rational and exponent.q == 2:  # type: ignore[attr-defined]
        root = _positive(base, "square root", zero=True).sqrt()
        return _power(root, 2 * exponent, walk)
    return (walk(exponent) * _positive(base, "power").log()).exp()


def _tan(x: Number) -> Number:
    return x.sin() * _inverse(x.cos())


FUNCTIONS: dict[str, Callable[[Number], Number]] = {
    "exp": lambda x: x.exp(),
    "log": lambda x: _positive(x, "logarithm").log(),
    "sin": lambda x: x.sin(),
    "cos": lambda x: x.cos(),
    "tan": _tan,
    "sinh": lambda x: x.sinh(),
    "cosh": lambda x: x.cosh(),
    "tanh": lambda x: x.tanh(),
    "atan": lambda x: acb("nan") if isinstance(x, acb) and not abs(x.imag) < 1 else x.atan(),
    "erf": lambda x: x.erf(),
    "erfc": lambda x: x.erfc(),
    "Abs": lambda x: x.real_abs(analytic=True) if isinstance(x, acb) else abs(x),
}


NO_REAL = (S.ImaginaryUnit, S.ComplexInfinity, S.Infinity, S.NegativeInfinity, S.NaN)


def ball(expr: Expr, point: Values) -> arb:
    """The value of `expr` at `point` (rationals), at the current precision."""
    values = {v: q if isinstance(q, arb | acb) else exact(q) for v, q in point.items()}
    value = _walk(expr, values)
    if not value.is_finite():
        raise Imprecise("overflow")
    return value


def _walk(expr: Expr, values: Values) -> Number:
    def walk(e: Expr) -> Number:
        return _walk(e, values)

    if expr.is_Symbol:
        if expr not in values:
            raise Unfinished(f"no value for {expr}")
        return values[expr]  # type: ignore[index]
    if expr.is_Rational:
        return exact(expr)
    if expr.is_Add:
        return sum((walk(a) for a in expr.args[1:]), walk(expr.args[0]))  # type: ignore[arg-type]
    if expr.is_Mul:
        product = walk(expr.args[0])  # type: ignore[arg-type]
        for a in expr.args[1:]:
            product = product * walk(a)  # type: ignore[arg-type]
        return product
    if expr.is_Pow:
        return _power(walk(expr.args[0]), expr.args[1], walk)  # type: ignore[arg-type]
    if isinstance(expr, Integral):
        return _integral(expr, values)
    return _function(expr, walk)


def _function(expr: Expr, walk: Callable[[Expr], Number]) -> Number:
    name = type(expr).__name__
    if name == "Pi":
        return arb.pi()
    if name == "Exp1":
        return arb(1).exp()
    if name in FUNCTIONS:
        return FUNCTIONS[name](walk(expr.args[0]))  # type: ignore[arg-type]
    if isinstance(expr, Abstract):
        return walk(finite(expr))
    if expr in NO_REAL:
        raise Undefined(f"no real value: {name}")
    raise Unfinished(f"no evaluation for {name}")  # not `Undefined`: that would refute the statement


@cache
def _shared(body: Expr, var: Symbol) -> tuple[list[tuple[Symbol, Expr]], list[tuple[Symbol, Expr]], Expr]:
    """Repeated parts of an integrand, each once: those without the variable, those with it, and the rest."""
    if body.has(Integral):
        return [], [], body  # what repeats under an inner integral may hold its variable
    parts, (rest,) = cse(body, symbols=numbered_symbols(cls=Dummy))
    moving = {var}
    for v, part in parts:
        if part.free_symbols & moving:
            moving.add(v)
    return [p for p in parts if p[0] not in moving], [p for p in parts if p[0] in moving], rest


def proper(expr: Integral) -> tuple[Expr, Symbol, Expr, Expr]:
    """Integrand, variable and ends. SymPy folds an integral of an integral into one with more limits."""
    if len(expr.limits) != 1 or len(expr.limits[0]) != 3:
        raise Unfinished(f"expected one variable with two ends, got {expr.limits}")
    var, low, high = expr.limits[0]  # type: ignore[misc]
    return expr.function, var, low, high


def _integral(expr: Integral, values: Values) -> Number:
    """A proper integral over one variable, by Arb's rigorous quadrature."""
    body, var, low, high = proper(expr)
    a, b = _walk(low, values), _walk(high, values)
    for point in (a, (a + b) / 2, b):  # what has no real value there has no integral, and raises Undefined
        _walk(body, {**values, var: point})
    once, each, rest = _shared(body, var)
    inner = {v: acb(value) for v, value in values.items()}
    for v, part in once:
        inner[v] = _walk(part, inner)

    def integrand(point: acb, analytic: bool) -> acb:
        here = inner | {var: point}
        try:
            for v, part in each:
                here[v] = _walk(part, here)
            return acb(_walk(rest, here))
        except ArithmeticError:  # Arb's loop carries no exception: no number here
            return acb("nan")

    bits = flint.ctx.prec
    value = acb.integral(integrand, acb(a), acb(b), rel_tol=arb(2) ** -bits, eval_limit=EVALUATIONS)
    if not value.is_finite():
        raise Unfinished(f"no finite enclosure of an integral in {EVALUATIONS} evaluations")
    inside = any(isinstance(v, acb) for v in values.values())  # of an outer integrand, analytic and complex
    return value if inside else value.real
