"""A normal form that recognises zero: roots, logarithms, exponentials and angles become atoms with relations.

What is left of an expression is a rational function of atoms, zero when its numerator is, modulo R^q = f.
This module does not check that a factor keeps its sign on all of the domain: the signs used are obligations, which its
callers have discharged. It never calls `simplify` or `integrate`.
"""

from collections.abc import Collection, Iterator, Mapping
from contextlib import suppress
from itertools import combinations
from types import MappingProxyType

from sympy import (
    Abs,
    Expr,
    Integer,
    Rational,
    S,
    Symbol,
    cancel,
    cos,
    erf,
    erfc,
    exp,
    expand,
    log,
    pi,
    tan,
    together,
)  # fmt: skip
from sympy.core.function import AppliedUndef
from sympy.functions.elementary.hyperbolic import HyperbolicFunction
from sympy.functions.elementary.trigonometric import TrigonometricFunction

from derivations.arithmetic.extremes import EXTREMES, by_bars
from derivations.engines.atoms import Atoms, Irreducible
from derivations.engines.rational import Rationals
from derivations.obligations.ledger import Ledger
from derivations.obligations.obligation import Obligation
from derivations.probability.expectation import canonical
from derivations.probability.mean import Mean
from derivations.probability.smooth import Smooth
from derivations.probability.whole import Whole
from derivations.probability.whole import canonical as over_the_line

BARS = 4  # absolute values of which signs are tried
HYPERBOLIC = MappingProxyType(
    {
        "sinh": lambda a: (exp(a) - exp(-a)) / 2,
        "cosh": lambda a: (exp(a) + exp(-a)) / 2,
        "tanh": lambda a: (exp(2 * a) - 1) / (exp(2 * a) + 1),
    }
)


def _scan(expr: Expr, atoms: Atoms) -> None:
    """Record the finest fraction of each angle that occurs."""
    for f in expr.atoms(TrigonometricFunction):
        for term, c in expand(f.args[0]).as_coefficients_dict().items():
            if term != pi:
                atoms.angles[term] = int(Integer(atoms.angles.get(term, 1)).lcm(Rational(c).q))


def _form(e: Expr, atoms: Atoms) -> Expr:
    if e.is_Symbol or e.is_Rational or e is pi:
        return e
    if e.is_Add or e.is_Mul:
        return e.func(*(_form(a, atoms) for a in e.args))
    if e.is_Pow:
        return _form_power(*e.args, atoms)
    if isinstance(e, exp):
        return atoms.exp(_form(e.args[0], atoms))
    if isinstance(e, log):
        return atoms.log(_form(e.args[0], atoms))
    if isinstance(e, Abs):
        return atoms.bars(_form(e.args[0], atoms))  # type: ignore[arg-type]
    if isinstance(e, EXTREMES):
        return _form(by_bars(e), atoms)
    if isinstance(e, HyperbolicFunction) and e.func.__name__ in HYPERBOLIC:
        return _form(HYPERBOLIC[e.func.__name__](e.args[0]), atoms)
    if isinstance(e, TrigonometricFunction):
        c, s = atoms.circle(_form(e.args[0], atoms))
        return {"cos": c, "sin": s, "tan": s / c}[e.func.__name__]
    if isinstance(e, erfc):
        return _form(1 - erf(e.args[0]), atoms)
    if isinstance(e, erf) and (flat := erf(expand(e.args[0]))) != e:  # SymPy knows that it is odd
        return _form(flat, atoms)
    if isinstance(e, AppliedUndef):
        inside = tuple(together(_form(a, atoms)) for a in e.args)
        return atoms.atom((e.func, inside), e)
    if isinstance(e, Smooth):
        inside = tuple(cancel(_form(a, atoms)) for a in e.place)
        return atoms.atom((e.func, e.args[0], e.orders, inside), e)
    if isinstance(e, Whole) and (sum_ := over_the_line(e)) != e:
        return _form(sum_, atoms)
    if isinstance(e, Mean) and (shorter := canonical(e)) != e:
        return _form(shorter, atoms)
    return atoms.atom(("opaque", e), e)


def _form_power(base: Expr, exponent: Expr, atoms: Atoms) -> Expr:
    if base is S.Exp1:
        return atoms.exp(_form(exponent, atoms))
    inside = _form(base, atoms)
    if exponent.is_Integer:
        return inside**exponent
    if exponent.is_Rational:
        return atoms.power(inside, Rational(exponent))
    return atoms.exp(expand(_form(exponent, atoms) * atoms.log(inside)))


def _is_zero(form: Expr, atoms: Atoms) -> bool:
    """Return whether a rational function of atoms is zero modulo their relations."""
    inside = set[Expr]().union(*(f.free_symbols for _, _, f in atoms.roots))  # type: ignore[arg-type]
    over = Rationals(sorted(form.free_symbols | inside | {r for r, _, _ in atoms.roots} | {pi}, key=str))
    try:
        numer, denom = over.value(form)
    except ZeroDivisionError:
        return False
    return over.reduced(numer, atoms.roots).is_zero() and not over.reduced(denom, atoms.roots).is_zero()


def _looked(expr: Expr, at: Mapping[Symbol, Expr], opened: Collection[Expr] = ()) -> tuple[Atoms, bool]:
    """Return the atoms of an expression, in which some absolute values are opened, and whether it is seen to be 0."""
    atoms = Atoms(at, opened)
    _scan(expr, atoms)
    return atoms, _is_zero(_form(expr, atoms), atoms)


def _opened(expr: Expr, at: Mapping[Symbol, Expr], bars: set[Expr]) -> Iterator[tuple[Atoms, bool]]:
    """Yield the same with one absolute value or more opened, those of fewer first."""
    for count in range(1, len(bars) + 1):
        for opened in combinations(sorted(bars, key=str), count):
            with suppress(Irreducible):
                yield _looked(expr, at, opened)


def vanishes(expr: Expr, at: Mapping[Symbol, Expr], ledger: Ledger | None = None) -> bool:
    """Return whether the normal form of `expr` is zero. False means "not shown", never "non-zero".

    Factors are oriented at one point of the domain. The signs so used, and what the factors themselves need, are added
    to the ledger: the expression is zero where they are as at that point. An angle is given by the tangent of a part of
    it, which has no value at odd turns; an expression that is continuous and zero everywhere else is zero there. An
    absolute value is looked at without its sign, as sqrt(f^2) for any f; where that is not enough, as few as possible
    are taken as f or -f, whose sign is owed.
    """
    atoms, zero = _looked(expr, at)
    bars = set() if zero else {atoms.original(m) for m in atoms.originals.values() if isinstance(m, Abs)}
    if 0 < len(bars) <= BARS:
        atoms, zero = next((looked for looked in _opened(expr, at, bars) if looked[1]), (atoms, zero))
    if zero and ledger is not None:
        own = {cos(m.args[0]) for m in atoms.originals.values() if isinstance(m, tan)}  # zero at odd turns alone
        for f, strict in atoms.signed.items():
            o = Obligation(atoms.original(f), "> 0" if strict else ">= 0", "a factor in a logarithm or a root")
            ledger.add(o, but=own)
    return zero
