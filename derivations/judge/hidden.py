"""Hidden assumptions: those of functions and bound variables, and classes that are not SymPy's own or this package's.

SymPy decides signs by what is assumed of a symbol or a function, and engines ask an expression for its class. So
undefined functions must be real and no more, bound variables real or positive and no more, and each class must be one
of those listed here, by identity: another class of the same name may mean anything.
"""

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any

import sympy
from sympy import Basic, Expr, Float, Function, Integral, Rational, S, Subs, Symbol
from sympy.core.function import AppliedUndef, UndefinedFunction
from sympy.core.symbol import Str

from derivations.form.base import Form
from derivations.form.claim import Claim
from derivations.probability.density import DataDensity, Density, Marginal, Positive, Real, Value
from derivations.probability.expected import Expected
from derivations.probability.mass import Mass
from derivations.probability.mean import Excess, Mean
from derivations.probability.smooth import Smooth, SmoothPositive
from derivations.probability.whole import LineDensity, Whole

NAMES = (
    "Add Mul Pow Integer Rational Symbol Dummy Tuple Integral Derivative Subs exp log sin cos tan sinh cosh tanh "
    "atan erf erfc Abs Max Min"
)
OWN = (
    DataDensity, Density, Excess, Expected, LineDensity, Marginal, Mass, Mean, Positive, Real, Smooth, SmoothPositive,
    Value, Whole,
)  # fmt: skip
NUMBERS = tuple(map(type, (sympy.S.Zero, sympy.S.One, sympy.S.NegativeOne, sympy.S.Half, sympy.pi, sympy.E)))
NO_REAL = tuple(map(type, (sympy.I, sympy.oo, -sympy.oo, sympy.zoo, sympy.nan)))  # which obligations refuse
KNOWN = frozenset((*(getattr(sympy, name) for name in NAMES.split()), *OWN, *NUMBERS, *NO_REAL, Str))
PLAIN = Function("f", real=True)
DENOMINATORS, MEANT = 100, 1e-12  # of a number that is written as a float, and how close it is then
REAL = MappingProxyType(PLAIN._kwargs)  # type: ignore[attr-defined]


def hidden(claim: Claim) -> Iterator[str]:
    """Yield what the expressions of a claim hide, one sentence each."""
    seen = set[Basic]()
    for where, part in _parts(claim):
        for e in dict.fromkeys(expressions(part)):
            if e not in seen:
                seen.add(e)
                yield from (f"{where}: {fault}" for fault in of_class(e))
                yield from of_bound(e)


def _parts(claim: Claim) -> Iterator[tuple[str, Any]]:
    """Yield all that engines read of a claim, with where it stands; a form by its parts, since it may not open."""
    for n, said in enumerate(claim.said(), start=1):
        yield f"statement {n}", [part.says for part in said.parts()] if isinstance(said, Form) else said
    for n, chain in enumerate(claim.proof, start=1):
        yield from ((f"the derivation of statement {n}, line {k}", line) for k, line in enumerate(chain, start=1))
    yield from (
        ("the assumptions", claim.given),
        ("the answer", claim.answer),
        ("the printed statement", claim.printed),
    )


def expressions(part: Any) -> Iterator[Basic]:
    """Yield every expression in tuples, mappings and lists, with all its subexpressions."""
    if isinstance(part, Basic):
        yield part
        for inner in part.args:
            yield from expressions(inner)
    elif isinstance(part, Mapping):
        yield from (e for pair in part.items() for one in pair for e in expressions(one))
    elif isinstance(part, tuple | list):
        yield from (e for one in part for e in expressions(one))


def of_class(e: Basic) -> Iterator[str]:
    """Refuse an unknown class, and a function of which more is assumed than that it is real."""
    kind = type(e)
    if isinstance(e, AppliedUndef):
        more = sorted(k for k, v in kind._kwargs.items() if REAL.get(k) is not v)  # type: ignore[attr-defined]
        if type(kind) is not UndefinedFunction or kind.__bases__ != (AppliedUndef,) or vars(kind).keys() - vars(PLAIN):
            yield f"expected an undefined function made by Function, got {kind.__name__}"
        if more:
            yield f"expected a function that is real and no more, got {kind.__name__}: {', '.join(more)}"
    elif isinstance(e, Float):
        yield f"expected exact numbers, got {e}, a float: write {_exactly(e)}"
    elif kind not in KNOWN:
        yield f"expected a class of SymPy that judges know, got {kind.__name__} of {kind.__module__}"


def _exactly(e: Float) -> str:
    """Return how the number that was meant is written: Python makes a float of 1/2."""
    near = Rational(str(e)).limit_denominator(DENOMINATORS)
    if abs(near - e) > MEANT:
        return "an exact number, as Rational(1, 2) or sqrt(2)"
    root = ", or sqrt where it is a root" if near in (S.Half, -S.Half) else ""
    return (f"Rational({near.p}, {near.q})" if near.q > 1 else f"{near.p}") + root


def of_bound(e: Basic) -> Iterator[str]:
    """Refuse a bound variable with more assumptions than real or positive; a density's may also have none."""
    bound = _bound(e)
    for v in bound or ((e,) if isinstance(e, Symbol) else ()):
        assumed = v._assumptions_orig
        if assumed not in ({"real": True}, {"positive": True}, *(() if bound else ({},))):
            yield f"expected a bound variable that is real or positive and no more, got {v}: {assumed}"


def _bound(e: Basic) -> tuple[Symbol, ...]:
    if isinstance(e, Integral):
        return tuple(limit[0] for limit in e.limits)  # type: ignore[misc]
    if isinstance(e, Expected):
        return tuple(e.over)
    return tuple(v for v in e.variables if isinstance(v, Expr)) if isinstance(e, Subs) else ()  # type: ignore[misc]
