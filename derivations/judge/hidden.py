"""What an expression may hide: assumptions of functions and of bound variables, and classes that are not SymPy's own.

SymPy decides signs by what is assumed of a symbol or a function, and engines ask an expression for the class that it
is of. So undefined functions have real values and no more, bound variables are real or positive and no more, and each
class is one of those listed here, by identity: another class of the same name means what its author likes.
"""

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any

import sympy
from sympy import Basic, Expr, Function, Integral, Subs, Symbol
from sympy.core.function import AppliedUndef, UndefinedFunction
from sympy.core.symbol import Str

from derivations.form.base import Form
from derivations.form.claim import Claim
from derivations.probability.density import Density, Excess, Marginal, Mean, Positive, Real
from derivations.probability.expected import Expected
from derivations.probability.smooth import Smooth, SmoothPositive

NAMES = (
    "Add Mul Pow Integer Rational Symbol Dummy Tuple Integral Derivative Subs exp log sin cos tan sinh cosh tanh "
    "atan erf erfc Abs Max Min"
)
OWN = (Density, Excess, Expected, Marginal, Mean, Positive, Real, Smooth, SmoothPositive)
NUMBERS = tuple(map(type, (sympy.S.Zero, sympy.S.One, sympy.S.NegativeOne, sympy.S.Half, sympy.pi, sympy.E)))
NO_REAL = tuple(map(type, (sympy.I, sympy.oo, -sympy.oo, sympy.zoo, sympy.nan)))  # which the walk refuses by itself
KNOWN = frozenset((*(getattr(sympy, name) for name in NAMES.split()), *OWN, *NUMBERS, *NO_REAL, Str))
PLAIN = Function("f", real=True)
REAL = MappingProxyType(PLAIN._kwargs)  # type: ignore[attr-defined]


def hidden(claim: Claim) -> Iterator[str]:
    """What the expressions of a claim hide, each in a sentence."""
    for e in dict.fromkeys(expressions(_parts(claim))):
        yield from of_class(e)
        yield from of_bound(e)


def _parts(claim: Claim) -> tuple[Any, ...]:
    """All that engines read of a claim; a form with its parts, since it may not open."""
    stated = [part.says for said in claim.said() if isinstance(said, Form) for part in said.parts()]
    plain = [said for said in claim.said() if not isinstance(said, Form)]
    return stated, plain, claim.proof, claim.given, claim.answer, claim.printed


def expressions(part: Any) -> Iterator[Basic]:
    """Every expression in tuples, mappings and lists, with all that it is made of."""
    if isinstance(part, Basic):
        yield part
        for inner in part.args:
            yield from expressions(inner)
    elif isinstance(part, Mapping):
        yield from (e for pair in part.items() for one in pair for e in expressions(one))
    elif isinstance(part, tuple | list):
        yield from (e for one in part for e in expressions(one))


def of_class(e: Basic) -> Iterator[str]:
    """A class that is not known, or a function of which more is assumed than that it is real."""
    kind = type(e)
    if isinstance(e, AppliedUndef):
        more = sorted(k for k, v in kind._kwargs.items() if REAL.get(k) is not v)  # type: ignore[attr-defined]
        if type(kind) is not UndefinedFunction or kind.__bases__ != (AppliedUndef,) or vars(kind).keys() - vars(PLAIN):
            yield f"expected an undefined function made by Function, got {kind.__name__}"
        if more:
            yield f"expected a function that is real and no more, got {kind.__name__}: {', '.join(more)}"
    elif kind not in KNOWN:
        yield f"expected a class of SymPy that judges know, got {kind.__name__} of {kind.__module__}"


def of_bound(e: Basic) -> Iterator[str]:
    """A variable of an integral that is real or positive and no more; of a density, that is a name, or one of these."""
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
