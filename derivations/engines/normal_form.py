"""A normal form that recognises zero: roots, logarithms, exponentials and angles become atoms with relations.

A positive expression is a product of irreducible factors, each oriented to be positive at one
stored point of the domain; log and root act factor by factor, exp and angles term by term. What
is left is a rational function of atoms, zero when its numerator is, modulo R^q = f.
This module does not check that a factor keeps its sign on all of the domain: the signs used are obligations, which its
callers have discharged. It never calls `simplify` or `integrate`.
"""

from collections.abc import Mapping
from functools import cache
from types import MappingProxyType

from sympy import (
    Abs,
    Dummy,
    Expr,
    I,
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
    sin,
    tan,
    together,
)  # fmt: skip
from sympy.core.function import AppliedUndef
from sympy.functions.elementary.hyperbolic import HyperbolicFunction
from sympy.functions.elementary.trigonometric import TrigonometricFunction

from derivations.arithmetic.ball import ball, precision
from derivations.arithmetic.extremes import EXTREMES, by_bars
from derivations.arithmetic.quick import factored, quotient
from derivations.engines.rational import Rationals
from derivations.obligations.obligation import Ledger, Obligation
from derivations.probability.density import Mean
from derivations.probability.expectation import canonical
from derivations.probability.smooth import Smooth

HYPERBOLIC = MappingProxyType(
    {
        "sinh": lambda a: (exp(a) - exp(-a)) / 2,
        "cosh": lambda a: (exp(a) + exp(-a)) / 2,
        "tanh": lambda a: (exp(2 * a) - 1) / (exp(2 * a) + 1),
    }
)


class Irreducible(ArithmeticError):
    """The normal form does not reach this expression."""


@cache
def _dummy(n: int) -> Dummy:
    """Return an atom for any normal form: no two forms are in use at once, and their results contain no atom."""
    return Dummy(f"a{n}")


class Atoms:
    """The atoms met so far, their relations, and what each one stands for."""

    def __init__(self, at: Mapping[Symbol, Expr]) -> None:
        self.at = at
        self.signed: dict[Expr, bool] = {}  # oriented factor -> whether it may not even vanish
        self.known: dict[object, Dummy] = {}
        self.originals: dict[Symbol, Expr] = {}
        self.roots: list[tuple[Dummy, int, Expr]] = []  # R^q = f, in the order of creation
        self.logs: dict[Dummy, Expr] = {}
        self.exps: dict[Dummy, Expr] = {}
        self.angles: dict[Expr, int] = {}

    def atom(self, key: object, meaning: Expr) -> Dummy:
        if key not in self.known:
            self.known[key] = new = _dummy(len(self.known))
            self.originals[new] = meaning
        return self.known[key]

    def original(self, expr: Expr) -> Expr:
        """Return the expression with every atom replaced by what it stands for."""
        while present := {a: m for a, m in self.originals.items() if expr.has(a)}:
            expr = expr.xreplace(present)  # type: ignore[assignment]
        return expr

    def sign(self, factor: Expr) -> int:
        """Return the sign of a factor at the stored point."""
        with precision(256):
            value = ball(self.original(factor), self.at)
        if value > 0:
            return 1
        if value < 0:
            return -1
        raise Irreducible(f"expected a sign at the stored point, got none of {factor}")

    def factors(self, expr: Expr, strict: bool, q: int = 0) -> list[tuple[Expr, int]]:
        """Return the positive irreducible factors of an expression positive at the point, with their exponents."""
        numer, denom = quotient(expr)
        powers: list[tuple[Expr, int]] = []
        constant, sign = S.One, 1
        for part, power in ((numer, 1), (denom, -1)):
            content, parts = (part, []) if part.is_Rational else factored(part)
            constant *= content**power
            for f, e in parts:
                orient = self.sign(f)
                sign *= orient ** abs(e)
                if not q or e % (2 * q):  # an even power of a real number comes out of the root without a sign
                    self.signed[orient * f] = strict or power < 0 or self.signed.get(orient * f, False)
                powers.append((expand(orient * f), e * power))
        if sign * constant <= 0:
            raise Irreducible(f"expected an expression positive at the stored point, got {expr}")
        for part, power in ((abs(constant).p, 1), (abs(constant).q, -1)):
            powers += [(Integer(b), e * power) for b, e in _primes(int(part))]
        return powers

    def root(self, expr: Expr, q: int) -> Expr:
        value: Expr = S.One
        for f, e in self.factors(expr, strict=False, q=q):
            whole, left = divmod(e, q)
            value *= f**whole * (self._root(f, q) ** left if left else 1)
        return value

    def _root(self, f: Expr, q: int) -> Dummy:
        fresh = ("root", f, q) not in self.known
        r = self.atom(("root", f, q), f ** Rational(1, q))
        if fresh:
            self.roots.append((r, q, f))
        return r

    def log(self, expr: Expr) -> Expr:
        return sum((e * self._log(f) for f, e in self.factors(expr, strict=True)), S.Zero)

    def _log(self, f: Expr) -> Expr:
        if f in self.exps:
            return self.exps[f]
        for r, q, inside in self.roots:
            if f == r and not isinstance(self.originals[r], Abs):  # whose square would need a sign
                return self.log(inside) / q
        a = self.atom(("log", f), log(f))
        self.logs[a] = f
        return a

    def bars(self, expr: Expr) -> Expr:
        """Return |expr|, factor by factor: |f| is an atom A >= 0 with A^2 = f^2, unless SymPy knows the sign of f."""
        value: Expr = S.One
        for part, power in zip(quotient(expr), (1, -1), strict=True):
            content, parts = (part, []) if part.is_Rational else factored(part)
            value *= abs(content) ** power
            for f, n in parts:
                value *= (f**n if n % 2 == 0 else f ** (n - 1) * self._bar(f)) ** power
        return value

    def _bar(self, f: Expr) -> Expr:
        known = self.original(f)
        if known.is_nonnegative or known.is_nonpositive:
            return f if known.is_nonnegative else -f
        f = expand(-f if f.could_extract_minus_sign() else f)
        fresh = ("bars", f) not in self.known
        a = self.atom(("bars", f), Abs(f))
        if fresh:
            self.roots.append((a, 2, expand(f**2)))
        return a

    def exp(self, expr: Expr) -> Expr:
        value: Expr = S.One
        for term, c in expand(expr).as_coefficients_dict().items():
            base = self.logs.get(term)
            if base is None:
                base = self._exp(term)
            value *= self.power(base, Rational(c))
        return value

    def _exp(self, term: Expr) -> Dummy:
        a = self.atom(("exp", term), exp(term))
        self.exps[a] = term
        return a

    def power(self, base: Expr, c: Rational) -> Expr:
        return base ** int(c.p) if c.q == 1 else self.root(base, int(c.q)) ** int(c.p)

    def circle(self, expr: Expr) -> tuple[Expr, Expr]:
        """Return (cos, sin) of an angle, by addition over its terms, each a rational point w of the circle.

        With w the tangent of half an angle, (1 + i w)^2 / (1 + w^2) = cos + i sin: nothing is left to
        reduce, and products of sines and cosines have one factorisation.
        """
        z, norm = S.One, S.One
        for term, c in expand(expr).as_coefficients_dict().items():
            if term == pi:
                z *= _form(_closed(cos(c * pi)), self) + I * _form(_closed(sin(c * pi)), self)
                continue
            fine = self.angles.get(term, 1)
            if (c * fine).q != 1:  # `_scan` saw the angle before its roots and exponentials became atoms
                raise Irreducible(f"angle {c} of {self.original(term)}")
            k = int(c * fine)
            w = self.atom(("tan", term), tan(term / (2 * fine)))
            z *= (1 + I * w if k > 0 else 1 - I * w) ** (2 * abs(k))
            norm *= (1 + w**2) ** abs(k)
        z = expand(z)
        return z.coeff(I, 0) / norm, z.coeff(I, 1) / norm


def _closed(value: Expr) -> Expr:
    """Return the cosine or sine of a rational multiple of pi if SymPy knows it by roots; refuse it otherwise."""
    if value.has(cos, sin):
        raise Irreducible(f"expected a closed form by roots, got {value}")
    return value


def _primes(n: int) -> list[tuple[int, int]]:
    from sympy import factorint

    return list(factorint(n).items())


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


def vanishes(expr: Expr, at: Mapping[Symbol, Expr], ledger: Ledger | None = None) -> bool:
    """Return whether the normal form of `expr` is zero. False means "not shown", never "non-zero".

    Factors are oriented at one point of the domain. The signs so used, and what the factors themselves need, are added
    to the ledger: the expression is zero where they are as at that point. An angle is given by the tangent of a part of
    it, which has no value at odd turns; an expression that is continuous and zero everywhere else is zero there.
    """
    atoms = Atoms(at)
    _scan(expr, atoms)
    zero = _is_zero(_form(expr, atoms), atoms)
    if zero and ledger is not None:
        own = {cos(m.args[0]) for m in atoms.originals.values() if isinstance(m, tan)}  # zero at odd turns alone
        for f, strict in atoms.signed.items():
            o = Obligation(atoms.original(f), "> 0" if strict else ">= 0", "a factor in a logarithm or a root")
            ledger.add(o, but=own)
    return zero
