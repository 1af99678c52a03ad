"""Signs by z3 and cvc5: no point of the domain, nor of the ranges, where the sign is not as it should be.

Functions that are no algebra are numbers of which only elementary facts are known: an exponential is positive, above
its tangent and above 1 for a positive exponent; a sine is positive between 0 and pi; each rises where it rises. What
follows from these facts is true, and what does not follow is left over. Both solvers must agree. Roots and quotients
inside the expression are taken to be defined, which is an obligation of its own.
"""

from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from types import MappingProxyType
from typing import Any

from sympy import Expr, Rational, S, cos, expand, pi, sin
from sympy.core.function import AppliedUndef

from derivations.arithmetic.extremes import EXTREMES, by_bars
from derivations.engines import child
from derivations.engines.decide import CVC5, Z3, Outside, Solver, Translation
from derivations.engines.discharge.parameters import Assumption
from derivations.engines.discharge.signs import seen
from derivations.form.statement import Below
from derivations.obligations.obligation import Obligation

SECONDS = 10  # of the processor, for one question to both solvers: native code may not look at its own limit
ODD, EVEN = ("sin", "tan", "sinh", "tanh", "erf", "atan"), ("cos", "cosh", "Abs")
RISING = ("exp", "log", "sinh", "tanh", "erf", "atan")  # on all of their domain


class Abstraction(Translation):
    """An expression as a solver's term; what is no algebra is a number, with facts."""

    def __init__(self, solver: Solver, logic: Any) -> None:
        super().__init__(solver)
        self.logic = logic
        self.numbers: dict[Expr, Any] = {}
        self.called: dict[str, list[tuple[Any, Any]]] = {}

    def term(self, e: Expr) -> Any:
        if e.is_Symbol or e.is_Rational or e.is_Add or e.is_Mul:
            return super().term(e)
        if e.is_Pow and e.args[0] is not S.Exp1:
            base, exponent = e.args
            return self._power(base, exponent) if exponent.is_Rational else self._real_power(base, exponent)
        if isinstance(e, EXTREMES):
            return self.term(by_bars(e))
        return self.number(e)

    def _power(self, base: Expr, exponent: Expr) -> Any:
        q = int(exponent.q)  # type: ignore[attr-defined]
        if q <= 2:
            return super()._power(base, exponent)
        root = self.number(base ** Rational(1, q))
        return self.whole(root, int(exponent.p))  # type: ignore[attr-defined]

    def whole(self, base: Any, n: int) -> Any:
        product = self.solver.number(Rational(1))
        for _ in range(abs(n)):
            product = product * base
        return product if n >= 0 else self._inverse((S.One, product), product)  # type: ignore[arg-type]

    def _real_power(self, base: Expr, exponent: Expr) -> Any:
        """b^(-e) as a quotient, so that the two are told to be inverse."""
        if exponent.could_extract_minus_sign():
            return self._inverse((base, exponent), self.number(base**-exponent))
        return self.number(base**exponent)

    def number(self, e: Expr) -> Any:
        """One number for one function of one argument, however it is written, with what is known of it."""
        name, negative = type(e).__name__, False
        if name in FACTS:
            u = expand(e.args[0])
            negative = u.could_extract_minus_sign() and (name in ODD or name in EVEN or name == "exp")
            e = e.func(-u if negative else u, evaluate=False)
        value = self._number(e)
        if negative and name == "exp":
            return self._inverse((e, S.NegativeOne), value)
        return -value if negative and name in ODD else value

    def _number(self, e: Expr) -> Any:
        if e not in self.numbers:
            self.numbers[e] = self.solver.real(f"value!{len(self.numbers)}")
            self.sides += list(self._facts(e, self.numbers[e]))
        return self.numbers[e]

    def _facts(self, e: Expr, f: Any) -> Iterator[Any]:
        sign = seen(e)
        if sign != "?":
            yield {"+": f > 0, "-": f < 0, "0+": f >= 0, "0-": f <= 0}[sign]
        if e is pi:
            yield from (f > self.solver.number(Rational(333, 106)), f < self.solver.number(Rational(355, 113)))
        elif e is S.Exp1:
            yield from (f > self.solver.number(Rational(2718, 1000)), f < self.solver.number(Rational(2719, 1000)))
        elif e.is_Pow and e.args[1].is_Rational:
            base = self.term(e.args[0])  # type: ignore[arg-type]
            yield from (f >= 0, self.whole(f, int(e.args[1].q)) == base)  # type: ignore[attr-defined]
        elif e.is_Pow:
            yield f > 0
        elif len(e.args) == 1 and not isinstance(e, AppliedUndef):
            yield from self._elementary(type(e).__name__, e, f)

    def _elementary(self, name: str, e: Expr, f: Any) -> Iterator[Any]:
        if name not in FACTS:
            return
        u = self.term(e.args[0])  # type: ignore[arg-type]
        yield from FACTS[name](self, u, f, e.args[0])
        if name in RISING:
            yield from self.rises(name, u, f)

    def rises(self, name: str, u: Any, f: Any, low: Any = None, high: Any = None) -> Iterator[Any]:
        """A function that rises (from low to high, if they are given), against the others of its name."""
        for v, g in self.called.get(name, ()):
            inside = [] if low is None else [low <= u, u <= high, low <= v, v <= high]
            yield self.logic.Implies(self.logic.And(*inside, u < v), f < g)
            yield self.logic.Implies(self.logic.And(*inside, u > v), f > g)
        self.called.setdefault(name, []).append((u, f))
        if name in ODD:
            self.called[name].append((-u, -f))


def _exp(to: Abstraction, u: Any, f: Any, _: Expr) -> Iterable[Any]:
    one = to.logic.Implies
    return (f > 0, one(u > 0, f > 1), one(u < 0, f < 1), one(u == 0, f == 1), f >= 1 + u)


def _log(to: Abstraction, u: Any, f: Any, _: Expr) -> Iterable[Any]:
    one = to.logic.Implies
    return (u > 0, one(u > 1, f > 0), one(u < 1, f < 0), one(u == 1, f == 0), f <= u - 1)


def _sin(to: Abstraction, u: Any, f: Any, arg: Expr) -> Iterator[Any]:
    p, one, both = to.number(pi), to.logic.Implies, to.logic.And
    yield from (f <= 1, f >= -1, one(u > 0, f < u), one(u < 0, f > u))
    yield one(both(u > 0, u < p), f > 0)
    yield one(both(u < 0, u > -p), f < 0)
    yield one(u == 0, f == 0)
    yield from to.rises("sin", u, f, -p / 2, p / 2)
    if (cosine := S.One * _function("cos")(arg, evaluate=False)) in to.numbers:
        yield f * f + to.numbers[cosine] * to.numbers[cosine] == 1


def _cos(to: Abstraction, u: Any, f: Any, arg: Expr) -> Iterator[Any]:
    p, one, both = to.number(pi), to.logic.Implies, to.logic.And
    yield from (f <= 1, f >= -1)
    yield one(both(u > -p / 2, u < p / 2), f > 0)
    yield one(both(u > p / 2, u < 3 * p / 2), f < 0)
    yield one(u == 0, f == 1)
    yield from to.rises("cos", -u, f, -p, to.solver.number(Rational(0)))
    if (sine := S.One * _function("sin")(arg, evaluate=False)) in to.numbers:
        yield f * f + to.numbers[sine] * to.numbers[sine] == 1


def _tan(to: Abstraction, u: Any, f: Any, arg: Expr) -> Iterator[Any]:
    p, one, both = to.number(pi), to.logic.Implies, to.logic.And
    inside = both(u > -p / 2, u < p / 2)
    yield one(both(inside, u < 0), f < 0)
    yield one(both(inside, u > 0), f > 0)
    yield one(both(inside, u < p / 4), f < 1)
    yield one(both(inside, u > p / 4), f > 1)
    yield from to.rises("tan", u, f, -p / 2, p / 2)
    yield f * to.term(cos(arg)) == to.term(sin(arg))


def _function(name: str) -> Any:
    import sympy

    return getattr(sympy, name)


def _odd(low: int | None, tangent: str) -> Any:
    """An odd rising function, between -low and low if it is bounded; beyond 0, below or above its tangent u at 0."""

    def facts(to: Abstraction, u: Any, f: Any, _: Expr) -> Iterator[Any]:
        one = to.logic.Implies
        yield from (one(u > 0, f > 0), one(u < 0, f < 0), one(u == 0, f == 0))
        if low is not None:
            yield from (f < low, f > -low)
        if tangent == "below":
            yield from (one(u > 0, f < u), one(u < 0, f > u))
        if tangent == "above":
            yield from (one(u > 0, f > u), one(u < 0, f < u))

    return facts


def _abs(to: Abstraction, u: Any, f: Any, _: Expr) -> Iterable[Any]:
    return (f >= 0, to.logic.Or(f == u, f == -u))


def _cosh(to: Abstraction, u: Any, f: Any, _: Expr) -> Iterable[Any]:
    return (f >= 1, to.logic.Implies(u == 0, f == 1))


FACTS = MappingProxyType({
    "exp": _exp, "log": _log, "sin": _sin, "cos": _cos, "tan": _tan, "sinh": _odd(None, "above"),
    "tanh": _odd(1, "below"), "erf": _odd(1, ""), "atan": _odd(2, "below"), "Abs": _abs, "cosh": _cosh,
})  # fmt: skip


def agreed(questions: Sequence[Obligation], assumptions: Sequence[Assumption]) -> dict[int, bool]:
    """Questions by number, and whether both solvers settle them. One that hangs a solver is missing."""
    found: dict[int, bool] = {}
    start = 0
    while start < len(questions):
        answers, hung = _asked(questions[start:], assumptions)
        found |= {start + i: yes for i, yes in enumerate(answers)}
        start += len(answers) + hung
    return found


def _asked(questions: Sequence[Obligation], assumptions: Sequence[Assumption]) -> tuple[list[bool], bool]:
    """Answers in turn, from a child that can be killed; whether it hung at the one after them."""
    if not child.available():
        return [settled(q, assumptions) for q in questions], False
    import cvc5.pythonic  # noqa: F401  loaded here, once, for every child
    import z3  # noqa: F401

    answers = list(child.answers([partial(settled, q, assumptions) for q in questions], SECONDS))
    return answers, len(answers) < len(questions)


def settled(o: Obligation, assumptions: Sequence[Assumption]) -> bool:
    """Whether both solvers say that the negation is unsatisfiable."""
    try:
        return all(_refutes(o, assumptions, make(), logic) for make, logic in ((Z3, _z3()), (CVC5, _cvc5())))
    except Outside:
        return False


def _z3() -> Any:
    import z3

    return z3


def _cvc5() -> Any:
    import cvc5.pythonic

    return cvc5.pythonic


def _refutes(o: Obligation, assumptions: Sequence[Assumption], solver: Solver, logic: Any) -> bool:
    to = Abstraction(solver, logic)
    e = to.term(o.expr)
    for a in assumptions:
        lesser, greater = to.term(a.lesser), to.term(a.greater)
        to.sides.append(lesser < greater if isinstance(a, Below) else lesser <= greater)
    for v, low, high in o.ranges:
        x, a, b = to.term(v), to.term(low), to.term(high)
        to.sides.append(logic.Or(logic.And(a <= x, x <= b), logic.And(b <= x, x <= a)))
    negation = {"> 0": e <= 0, ">= 0": e < 0, "!= 0": e == 0}[o.relation]
    outcome, _ = solver.outcome([*to.sides, negation], {})
    return outcome == "unsat"
