"""Atoms of the normal form: roots, logarithms, exponentials and angles, each with its relation.

A positive expression is a product of irreducible factors, each oriented to be positive at one stored point of the
domain; log and root act factor by factor, exp and angles term by term.
"""

from collections.abc import Collection, Mapping
from functools import cache

from sympy import Abs, Dummy, Expr, I, Integer, Rational, S, Symbol, cos, exp, expand, log, pi, sin, tan

from derivations.arithmetic.ball import ball, precision
from derivations.arithmetic.quick import factored, quotient


class Irreducible(ArithmeticError):
    """The normal form does not reach this expression."""


@cache
def _dummy(n: int) -> Dummy:
    """Return an atom for any normal form: no two forms are in use at once, and their results contain no atom."""
    return Dummy(f"a{n}")


class Atoms:
    """The atoms met so far, their relations, and what each one stands for."""

    def __init__(self, at: Mapping[Symbol, Expr], opened: Collection[Expr] = ()) -> None:
        self.at = at
        self.opened = opened  # absolute values that are taken as they are at the stored point
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
        if self.original(Abs(f)) in self.opened:
            f *= self.sign(f)
            self.signed[f] = self.signed.get(f, False)
            return f
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

    def _constant(self, e: Expr) -> Expr:
        """Return the form of a number that SymPy gives by roots, as cos(pi/8); refuse any other."""
        if e.is_Rational:
            return e
        if e.is_Add or e.is_Mul:
            return e.func(*(self._constant(a) for a in e.args))
        if e.is_Pow and e.args[1].is_Rational:
            return self.power(self._constant(e.args[0]), Rational(e.args[1]))
        raise Irreducible(f"expected a closed form by roots, got {e}")

    def circle(self, expr: Expr) -> tuple[Expr, Expr]:
        """Return (cos, sin) of an angle, by addition over its terms, each a rational point w of the circle.

        With w the tangent of half an angle, (1 + i w)^2 / (1 + w^2) = cos + i sin: nothing is left to
        reduce, and products of sines and cosines have one factorisation.
        """
        z, norm = S.One, S.One
        for term, c in expand(expr).as_coefficients_dict().items():
            if term == pi:
                z *= self._constant(cos(c * pi)) + I * self._constant(sin(c * pi))
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


def _primes(n: int) -> list[tuple[int, int]]:
    from sympy import factorint

    return list(factorint(n).items())
