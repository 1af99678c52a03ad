"""The delicate factors of a claim: those under its roots, in its denominators and logarithms, and between its bounds.

At a zero of such a factor something turns: the root of a square changes its sign, a quotient has no value, a bound is
reached. That is where a false claim that looks right would fail. Factors are irreducible, and those whose sign SymPy
knows from the signs of the symbols alone are left out.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import combinations

from sympy import (
    Abs,
    Dummy,
    Expr,
    Integer,
    Integral,
    Mul,
    Rational,
    S,
    Symbol,
    cos,
    log,
    tan,
)
from sympy.polys.polyerrors import BasePolynomialError

from derivations.arithmetic.extremes import EXTREMES
from derivations.arithmetic.memory import once
from derivations.arithmetic.quick import factored, quotient
from derivations.form.claim import Claim
from derivations.form.statement import AtMost, Below, Tends, sides
from derivations.probability.density import Abstract, finite

LARGE = 60  # operations beyond which an expression with logarithms is not factored
ELSEWHERE = Rational(1, 7)  # the value of a symbol that only proof lines mention


def delicate(claim: Claim) -> list[Expr]:
    """Return the irreducible factors, in the claim's own symbols, whose zeros matter."""
    return once(claim, "delicate", lambda: _within(claim, (f for b in bases(claim) for f in factors(b))))


def delicate_in(claim: Claim, free: Symbol) -> list[Expr]:
    """Return those of the factors that contain one symbol, with that symbol's sign left open."""
    real = Dummy(real=True)
    opened = (b.xreplace({free: real}) for b in bases(claim) if free in b.free_symbols)
    return _within(claim, (f.xreplace({real: free}) for b in opened for f in factors(b) if real in f.free_symbols))


def _within(claim: Claim, exprs: Iterable[Expr]) -> list[Expr]:
    own = set(claim.symbols())
    return list(dict.fromkeys(f for f in exprs if f.free_symbols <= own))


def bases(claim: Claim) -> list[Expr]:
    """Return what stands under roots and in similar places anywhere in the claim, in its own symbols."""
    return once(claim, "bases", lambda: _of_claim(claim))


def _of_claim(claim: Claim) -> list[Expr]:
    under: dict[Expr, None] = {}
    seen: set[Expr] = set()
    for e in _expressions(claim):
        under |= dict.fromkeys(_bases(finite(e) if e.has(Abstract) else e, seen))
    fill = _fill(claim)
    return [b.xreplace(fill) if b.free_symbols & fill.keys() else b for b in under]


def _expressions(claim: Claim) -> Iterator[Expr]:
    for statement in claim.statements():
        yield from sides(statement)
        if isinstance(statement, AtMost | Below):
            yield 1 / (statement.greater - statement.lesser)  # the bound's own zeros
    for chain in claim.proof:
        for line in chain:
            yield from (e for e in (line.expr, line.more, line.primitive) if e is not None)


def _bases(e: Expr, seen: set[Expr]) -> Iterator[Expr]:
    """Yield what stands under roots, in denominators and logarithms and between bars; for an integral, at its ends."""
    if e in seen or not e.args:
        return
    seen.add(e)
    if isinstance(e, Integral):
        yield from _at_ends(e, seen)
        return
    if isinstance(e, tan):
        yield cos(e.args[0])
    elif isinstance(e, log | Abs) or (e.is_Pow and not _smooth(*e.args)):  # type: ignore[arg-type]
        yield e.args[0]  # type: ignore[misc]
    elif isinstance(e, EXTREMES):
        yield from (u - v for u, v in combinations(e.args, 2))  # type: ignore[operator]
    for a in e.args:
        if isinstance(a, Expr):
            yield from _bases(a, seen)


def _smooth(base: Expr, exponent: Expr) -> bool:
    """Return whether a power has a value, and no branch, for every value of its base."""
    return base is S.Exp1 or bool(exponent.is_Integer and exponent.is_positive)


def _at_ends(e: Integral, seen: set[Expr]) -> Iterator[Expr]:
    ends = [(limit[0], x) for limit in e.limits for x in limit[1:]]
    for _, x in ends:
        yield from _bases(x, seen)
    for inside in _bases(e.function, set()):
        yield from (inside.subs(v, x) for v, x in ends)


def _fill(claim: Claim) -> Mapping[Symbol, Expr]:
    """Return values for those symbols of proof lines that the domain lacks, as `enclose` fills them."""
    own = set(claim.symbols())
    lines = {v for chain in claim.proof for line in chain for v in line.expr.free_symbols} - own
    limits: dict[Symbol, Expr] = {s.var: Integer(0) for s in claim.statements() if isinstance(s, Tends)}
    return {v: claim.example.get(v, ELSEWHERE) for v in lines} | limits  # type: ignore[misc]


def factors(e: Expr) -> Iterator[Expr]:
    """Yield the irreducible factors of an expression that may be zero or change sign."""
    for whole in Mul.make_args(e):
        if whole.is_positive or whole.is_negative or not whole.free_symbols:
            continue
        yield from (f for f in _irreducible(whole) if f.free_symbols and not (f.is_positive or f.is_negative))


def _irreducible(e: Expr) -> Sequence[Expr]:
    if e.is_Symbol or (e.has(log) and e.count_ops() > LARGE):
        return [e]
    try:
        return [f for part in quotient(e) if part.free_symbols for f, _ in factored(part)[1]]
    except BasePolynomialError:  # no rational function of independent parts
        return [e]
