"""The sign of an expression on a domain, as far as it is seen from its parts.

SymPy's assumptions tell the signs of symbols and of functions of them. A product has the sign of its factors, a sum
of terms of one sign has that sign, exp(u) - exp(w) has the sign of u - w, and a polynomial without a minus sign is
positive where its generators are. Each is tried in the claim's own symbols and in positive parameters of the domain.
What others have shown of a part (`known`) counts as seen.
"""

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from math import prod
from types import MappingProxyType
from typing import Literal

from sympy import Add, Dummy, Expr, Integral, Mul, Poly, S, Symbol, exp, expand, log
from sympy.functions.elementary.trigonometric import TrigonometricFunction
from sympy.polys.polyerrors import BasePolynomialError

from derivations.arithmetic.quick import factored, quotient
from derivations.obligations.obligation import Range, bound

Sign = Literal["+", "-", "0+", "0-", "!=", "?"]  # strict signs, signs that may vanish, not 0, not seen
TIMES = MappingProxyType({"+": 1, "0+": 1, "-": -1, "0-": -1})
FLIPPED: Mapping[Sign, Sign] = MappingProxyType({"+": "-", "-": "+", "0+": "0-", "0-": "0+", "!=": "!=", "?": "?"})
LARGEST = 2000  # operations in an expression beyond which it is not expanded


@lru_cache(maxsize=65536)
def seen(e: Expr) -> Sign:
    """The sign of an expression by SymPy's assumptions alone."""
    if e.is_positive:
        return "+"
    if e.is_negative:
        return "-"
    if e.is_nonnegative:
        return "0+"
    if e.is_nonpositive:
        return "0-"
    return "!=" if e.is_real and e.is_nonzero else "?"


@lru_cache(maxsize=16384)
def factors(e: Expr) -> tuple[tuple[Expr, int], ...]:
    """The expression as a product of powers, over a common denominator; itself where it does not factor."""
    if e.count_ops() > LARGEST:
        return ((e, 1),)
    found: list[tuple[Expr, int]] = []
    for part, power in zip(quotient(e), (1, -1), strict=True):
        try:
            content, parts = (part, []) if part.is_Rational else factored(part)
        except BasePolynomialError:
            content, parts = S.One, [(part, 1)]
        found += [(content, power)] if content != 1 else []
        found += [(f, n * power) for f, n in parts]
    return tuple(found)


def product(signs: Sequence[tuple[Sign, int]]) -> Sign:
    """The sign of a product of powers; a root of what is not seen to be positive may be no real number."""
    if any(n % 1 and one not in ("+", "0+") for one, n in signs):
        return "?"
    if any(one == "?" or (one == "!=" and n % 2) for one, n in signs):
        return "!=" if all(one in ("+", "-", "!=") for one, _ in signs) else "?"
    strict = all(one in ("+", "-", "!=") for one, _ in signs)
    positive = prod(TIMES.get(one, 1) ** (n % 2) for one, n in signs) > 0
    return ("+" if positive else "-") if strict else ("0+" if positive else "0-")


def weakest(signs: Sequence[Sign]) -> Sign:
    """What all of several places have in common."""
    if all(one in ("+", "-", "!=") for one in signs):
        return signs[0] if len(set(signs)) == 1 else "!="
    for strict, weak in (("+", "0+"), ("-", "0-")):
        if all(one in (strict, weak) for one in signs):
            return weak  # type: ignore[return-value]
    return "?"


def even(sign: Sign, n: int) -> Sign:
    """The sign of a factor under its exponent; the square of a real number is not negative."""
    return "0+" if sign == "?" and n > 0 and n % 2 == 0 else sign


def total(signs: Sequence[Sign]) -> Sign:
    """The sign of a sum of terms that have one sign."""
    for positive in (True, False):
        strict, weak = ("+", "0+") if positive else ("-", "0-")
        if all(one in (strict, weak) for one in signs):
            return strict if strict in signs else weak  # type: ignore[return-value]
    return "?"


class Signs:
    """What is known of signs on one domain."""

    def __init__(self, told: dict[Symbol, Expr], ranges: Sequence[Range] = ()) -> None:
        self.told, self.ranges = told, list(ranges)
        self.known: dict[Expr, Sign] = {}
        self.memory: dict[Expr, Sign] = {}
        self.placed: dict[Expr, Sign] = {}  # signs in parameters, which nothing that is learnt changes
        self.bare: Signs | None = None

    def learn(self, e: Expr, sign: Sign) -> None:
        self.known[e] = sign
        self.known[expand(-e)] = self.known[-e] = FLIPPED[sign]
        self.memory.clear()

    def sign(self, e: Expr) -> Sign:
        """The strictest sign that is seen."""
        if e not in self.memory:
            self.memory[e] = "?"  # while it is looked at, so that no rule goes in a circle
            self.memory[e] = self._sign(e)
        return self.memory[e]

    def _sign(self, e: Expr) -> Sign:
        best: Sign = "?"
        for rule in (self._whole, self._structure, self._difference, self._factored, self._in_parameters):
            found = rule(e)
            if found in ("+", "-"):
                return found
            best = found if best == "?" else best
        return best

    def _whole(self, e: Expr) -> Sign:
        return self.known[e] if e in self.known else seen(e)

    def _structure(self, e: Expr) -> Sign:
        """By the outermost operation."""
        if e.is_Mul:
            return product([(self.sign(a), 1) for a in e.args])  # type: ignore[arg-type]
        if e.is_Add:
            return total([self.sign(a) for a in e.args])  # type: ignore[arg-type]
        if e.is_Pow and e.args[0] is not S.Exp1:
            return self._power(*e.args)  # type: ignore[arg-type]
        if isinstance(e, log):
            return self.sign(e.args[0] - 1) if self.sign(e.args[0]) == "+" else "?"  # type: ignore[arg-type, operator]
        if isinstance(e, Integral) and len(e.limits) == 1 and len(e.limits[0]) == 3:
            return self._integral(e)
        return "?"

    def _integral(self, e: Integral) -> Sign:
        """Over a positive length an integral has the sign of its integrand."""
        var, low, high = e.limits[0]  # type: ignore[misc]
        if self.sign(high - low) != "+":
            return "?"
        return self.sign(e.function.subs(var, bound(var, low, high)))

    def _power(self, base: Expr, exponent: Expr) -> Sign:
        sign = self.sign(base)
        if exponent.is_Integer:
            n = int(exponent) % 2 or 2  # type: ignore[arg-type]
            return product([(even(sign, n), n)])
        if sign in ("+", "0+"):
            return sign  # a root, or a real power, that is owed a base of this sign
        return "0+" if exponent.is_Rational else "?"

    def _factored(self, e: Expr) -> Sign:
        found = factors(e)
        if found != ((e, 1),):
            return product([(even(self.sign(f), n), n) for f, n in found])
        return self._polynomial(e)

    def _difference(self, e: Expr) -> Sign:
        """a - b, for positive a and b, has the sign of log a - log b; worth a try where exponents appear."""
        terms = Add.make_args(e)
        if len(terms) != 2 or not e.has(exp):
            return "?"
        a, b = terms if self.sign(terms[0]) == "+" else reversed(terms)
        if self.sign(a) != "+" or self.sign(b) != "-":
            return "?"
        if any(
            self.sign(f) != "+" for e in (a, -b) for f in Mul.make_args(e)
        ):  # two negative factors have no logarithms
            return "?"
        return self.sign(_logarithms(a, -b))

    def _polynomial(self, e: Expr) -> Sign:
        """In generators of known sign, all terms of one sign."""
        if e.is_Atom or (poly := _poly(e)) is None:
            return "?"
        signs = [self.sign(g) if g != e else self._whole(g) for g in poly.gens]
        terms = [[(even(s, n), n) for s, n in zip(signs, powers, strict=True) if n] for powers, _ in poly.terms()]
        return total([product([(seen(c), 1), *term]) for c, term in zip(poly.coeffs(), terms, strict=True)])

    def _in_parameters(self, e: Expr) -> Sign:
        if e not in self.placed:
            self.placed[e] = self._placed(e)
        return self.placed[e]

    def _placed(self, e: Expr) -> Sign:
        """In positive parameters of the domain, and from low to high as low, beyond it, and high."""
        if e.has(TrigonometricFunction) or not e.free_symbols & {*self.told, *(v for v, *_ in self.ranges)}:
            return "?"  # of an angle in parameters SymPy sees no more
        places = [e]
        for v, low, high in reversed(self.ranges):  # inner ones first: their ends may lie in outer ranges
            places = [
                p.subs(v, q) for p in places for q in ((_inside(v, low, high), high) if v in p.free_symbols else (v,))
            ]
        if any(p.count_ops() > LARGEST for p in places):
            return "?"
        if self.bare is None:
            self.bare = Signs({})  # of expressions in parameters: what is known here says nothing of them
        return weakest([self.bare.sign(p.subs(self.told, simultaneous=True)) for p in places])

    def unseen(self, e: Expr) -> Iterator[Expr]:
        """The factors whose sign is missing, and inside of sums those of their terms."""
        for f, n in factors(e):
            if self.sign(f) not in ("+", "-") and (n % 2 or self.sign(f) != "!="):
                yield f
        yield from (part for part in self._inside(e) if part != e)

    def _inside(self, e: Expr) -> Iterator[Expr]:
        if self.sign(e) in ("+", "-") or not (e.is_Add or e.is_Mul or e.is_Pow):
            return
        if e.is_Add:
            yield e
        for part in e.args:
            yield from self._inside(part)  # type: ignore[arg-type]


@lru_cache(maxsize=16384)
def _poly(e: Expr) -> Poly | None:
    """As a polynomial in whatever it is made of, unless it is large or none."""
    try:
        return None if e.count_ops() > LARGEST else Poly(e)
    except BasePolynomialError:
        return None


@lru_cache(maxsize=16384)
def _logarithms(a: Expr, b: Expr) -> Expr:
    """The difference of the logarithms of two positive products."""
    return expand(_logarithm(a) - _logarithm(b))


def _logarithm(term: Expr) -> Expr:
    """The logarithm of a positive product, factor by factor."""
    return Add(*(f.args[0] if isinstance(f, exp) else log(f) for f in Mul.make_args(term)))


@lru_cache(maxsize=1024)
def _inside(v: Symbol, low: Expr, high: Expr) -> Expr:
    p = Dummy(f"p_{v.name}", nonnegative=True)
    return (low + p * high) / (1 + p)
