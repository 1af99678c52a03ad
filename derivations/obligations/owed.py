"""What an expression owes: the signs that its roots, logarithms, quotients and powers need in order to be defined.

`owed` walks over an expression and lists, for every subexpression that is not defined everywhere, the sign that its
argument must have: a radicand is not negative, a denominator is not 0, the argument of a logarithm is positive. Inside
an integral from a to b the sign is needed for every value of the variable from a to b, so that the integrand is
continuous there. An expectation under a general density must be one that may be taken term by term. The walk knows
nothing of any proof, so the list includes what a proof overlooks.
"""

from collections.abc import Iterator
from functools import lru_cache

from sympy import (
    Abs,
    Derivative,
    Expr,
    Integral,
    Max,
    Min,
    S,
    Symbol,
    atan,
    cos,
    cosh,
    erf,
    erfc,
    exp,
    log,
    sin,
    sinh,
    tan,
    tanh,
)
from sympy.core.function import AppliedUndef

from derivations.obligations.obligation import EXCHANGE, Obligation, Relation, between, changed, free_symbols
from derivations.probability.density import Abstract
from derivations.probability.expected import Expected
from derivations.probability.mass import is_finite_sum
from derivations.probability.mean import Excess, Mean
from derivations.probability.opening import ByName, Opening
from derivations.probability.smooth import Smooth
from derivations.probability.whole import Whole

NO_REAL = (S.ImaginaryUnit, S.ComplexInfinity, S.Infinity, S.NegativeInfinity, S.NaN)
SMOOTH = frozenset({exp, sin, cos, sinh, cosh, tanh, atan, erf, erfc})  # smooth everywhere
TOTAL = SMOOTH | {Abs, Max, Min}  # the classes themselves: another one of the same name may mean anything


@lru_cache(maxsize=65536)
def owed(e: Expr) -> tuple[Obligation, ...]:
    """Return the obligations of an expression, inner ones first, without repeats."""
    return tuple(dict.fromkeys(_owed(e)))


def _owed(e: Expr) -> Iterator[Obligation]:
    if e in NO_REAL:
        yield Obligation(S.Zero, "!= 0", f"{e} is not a real number")
    if not e.args or (isinstance(e, AppliedUndef) and not any(a.args for a in e.args)):
        return
    if isinstance(e, Integral):
        yield from _integral(e)
        return
    if isinstance(e, Abstract):
        yield from _abstract(e)
        return
    if isinstance(e, Expected):
        yield from _expected(e)
        return
    if isinstance(e, ByName):
        return
    if isinstance(e, Opening):
        yield from e.lost()
        yield from owed(e.owing())
        return
    for part in e.args:
        if isinstance(part, Expr):
            yield from owed(part)
    yield from _own(e)


def _own(e: Expr) -> Iterator[Obligation]:
    """Yield what the outermost operation needs of its arguments."""
    kind = type(e)
    if e.is_Pow:
        yield from _power(*e.args)  # type: ignore[arg-type]
    elif kind is log:
        yield Obligation(e.args[0], "> 0", "a logarithm")  # type: ignore[arg-type]
    elif kind is tan:
        yield Obligation(cos(e.args[0]), "!= 0", "a tangent")
    elif kind is Derivative:
        yield from _slope(e.args[0], set(e.variables))  # type: ignore[arg-type, attr-defined]
    elif not (e.is_Add or e.is_Mul or isinstance(e, AppliedUndef) or kind in TOTAL):
        yield Obligation(S.Zero, "!= 0", f"the domain of {kind.__name__} is not known")


def _slope(e: Expr, by: set[Symbol]) -> Iterator[Obligation]:
    """Yield what a slope needs: each part must have a slope; a root has none at 0, and |x| is refused."""
    if not e.free_symbols & by or e.is_Symbol:
        return
    if e.is_Pow and not e.args[1].is_Integer and e.args[0] is not S.Exp1:
        yield Obligation(e.args[0], "> 0", "a slope of a power")  # type: ignore[arg-type]
    known = e.is_Add or e.is_Mul or e.is_Pow or isinstance(e, AppliedUndef | Derivative | Smooth)
    if not (known or type(e) in SMOOTH or type(e) in (log, tan)):
        yield Obligation(S.Zero, "!= 0", f"{type(e).__name__} is not seen to have a slope")
        return
    for part in e.args:
        if isinstance(part, Expr):
            yield from _slope(part, by)


def _power(base: Expr, exponent: Expr) -> Iterator[Obligation]:
    if base is S.Exp1 or (exponent.is_Integer and exponent.is_nonnegative):
        return
    if exponent.is_Integer:
        yield Obligation(base, "!= 0", "a denominator")
    elif exponent.is_Rational and exponent.is_positive:
        yield Obligation(base, ">= 0", "a root")
    else:
        yield Obligation(base, "> 0", "a root in a denominator" if exponent.is_Rational else "a real power")


def _integral(e: Integral) -> Iterator[Obligation]:
    """Require that both ends have values and that the integrand is continuous between them, ends included."""
    if len(e.limits) != 1 or len(e.limits[0]) != 3:
        yield Obligation(S.Zero, "!= 0", f"an integral over {len(e.limits)} variables at once")
        return
    var, low, high = e.limits[0]  # type: ignore[misc]
    if low.is_infinite or high.is_infinite:
        yield Obligation(S.Zero, "!= 0", f"an integral from {low} to {high} is a limit")
        return
    yield from (*owed(low), *owed(high))
    if var.is_positive:  # SymPy used its sign while the integrand was built
        yield from (Obligation(end, ">= 0", f"an end of {var} > 0") for end in (low, high))
    yield from between(owed(e.function), var, low, high)


def assumed(lesser: Expr, greater: Expr, why: str, relation: Relation = "> 0") -> Iterator[Obligation]:
    """What must be shown where an assumption is called upon: its sides have values there, and are in order."""
    yield from (o for side in (lesser, greater) for o in owed(side))
    yield Obligation(greater - lesser, relation, why)


def continuous(e: Expr, var: Symbol) -> bool:
    """Return whether the expression is composed of functions that are continuous where they are defined."""
    if not e.has(var):
        return True
    known = e.is_Add or e.is_Mul or e.is_Pow or e.is_Symbol or type(e) in TOTAL or type(e) in (log, tan)
    return known and all(continuous(a, var) for a in e.args)  # type: ignore[arg-type]


def _abstract(e: Abstract) -> Iterator[Obligation]:
    """Yield what an expectation's integrand needs, at all values of its variables; a density needs nothing.

    A smooth function is defined wherever its argument is.
    """
    if isinstance(e, Mean):
        if not is_finite_sum(e):
            yield Obligation(e, EXCHANGE, "general densities")
        yield from owed(e.body)
        for _, law in e.laws:
            yield from owed(law)
    elif isinstance(e, Whole):
        yield from owed(e.body)
    elif isinstance(e, Excess):
        yield from owed(e.opened())
    elif isinstance(e, Smooth):
        yield from (o for place in e.place for o in owed(place))


def _expected(e: Expected) -> Iterator[Obligation]:
    """Yield what the body needs, at all values of its normals and each value of the others, and what these values need.

    The coefficient of a moment that vanishes is owed all the same.
    """
    needed = list(owed(e.body))
    for v, law in e.finite:
        needed = [o for one in needed for value, _ in law for o in _put(one, v, value)]
        yield from (o for pair in law for part in pair for o in owed(part))
    yield from needed


def _put(o: Obligation, v: Symbol, value: Expr) -> Iterator[Obligation]:
    """Yield the obligation with a value in place of a variable."""
    return changed(o, lambda e: e.subs(v, value)) if v in free_symbols(o) else iter((o,))
