"""Random prime fields, and the value of an expression in one at a random choice of its atoms.

Symbols are random squares; every positive irreducible factor has one random root and one free logarithm, every exponent
term one random exponential, and every angle term one random point of the circle.
"""

from functools import lru_cache
from random import Random
from types import MappingProxyType

from flint import fmpz
from sympy import Expr, Mul, Pow, Rational, S, expand, factorint, fraction, pi
from sympy.core.function import AppliedUndef
from sympy.polys.polyerrors import PolynomialError

from derivations.arithmetic.ball import ball, precision
from derivations.arithmetic.quick import factored, quotient
from derivations.engines.degree import GRAIN
from derivations.form.statement import Point
from derivations.notation.printing import text
from derivations.probability.density import Abstract, finite


class Reject(ArithmeticError):
    """This random point has a non-residue or a vanishing denominator; draw another."""


NAMES = MappingProxyType({"Integral": "an integral", "Derivative": "a slope", "Piecewise": "a case distinction"})


class Beyond(ArithmeticError):
    """The expression has no value in a field that this engine can compute."""


class Place:
    """One prime and one random choice of every atom."""

    def __init__(self, rng: Random, orient: Point, factored: dict[Expr, list[tuple[Expr, Rational]]]) -> None:
        self.rng, self.orient, self.factored = rng, orient, factored
        n = fmpz(rng.randrange(2**60, 2**61))
        while not (n.is_probable_prime() and int(n) % 8 == 7):
            n += 1
        self.p = int(n)
        self.values: dict[object, int] = {}
        self.algebraic = True

    def random(self, key: object) -> int:
        if key not in self.values:
            self.values[key] = self.rng.randrange(2, self.p - 1)
        return self.values[key]

    def inverse(self, a: int) -> int:
        if a % self.p == 0:
            raise Reject
        return pow(a, -1, self.p)

    def power(self, a: int, n: int) -> int:
        return pow(a, n, self.p) if n >= 0 else pow(self.inverse(a), -n, self.p)

    def square_root(self, key: object, a: int) -> int:
        if isinstance(key, Expr) and any(e.exp.q != 1 for e in key.atoms(Pow) if e.exp.is_Rational):
            self.algebraic = False  # sqrt(3 + 2 sqrt(2)) has a sign of its own
        root = pow(a, (self.p + 1) // 4, self.p)
        if root * root % self.p != a % self.p:
            raise Reject
        if ("root", key) not in self.values:
            self.values["root", key] = root if self.rng.random() < 0.5 else self.p - root
        return self.values["root", key]

    def roots(self) -> int:
        return sum(isinstance(key, tuple) and key[0] == "root" for key in self.values)

    # -- values -------------------------------------------------------------------------------

    def value(self, e: Expr) -> int:
        if e.is_Rational:
            return int(e.p) * self.inverse(int(e.q)) % self.p  # type: ignore[attr-defined]
        if e.is_Symbol or e is pi:
            return self.power(self.random(e), 2)
        if e.is_Add:
            return sum(map(self.value, e.args)) % self.p  # type: ignore[arg-type]
        if e.is_Mul:
            product = 1
            for a in e.args:
                product = product * self.value(a) % self.p  # type: ignore[arg-type]
            return product
        if e.is_Pow:
            return self._pow(*e.args)  # type: ignore[arg-type]
        return self._function(e)

    def _pow(self, base: Expr, exponent: Expr) -> int:
        if base is S.Exp1:
            return self._exp(exponent)
        if exponent.is_Integer:
            return self.power(self.value(base), int(exponent))  # type: ignore[arg-type]
        if exponent.is_Rational and exponent.q == 2:  # type: ignore[attr-defined]
            return self.power(self._root(base), int(exponent.p))  # type: ignore[attr-defined]
        raise Beyond(f"power {text(exponent)}")

    def _function(self, e: Expr) -> int:
        name = type(e).__name__
        if name == "exp":
            return self._exp(e.args[0])  # type: ignore[arg-type]
        if name == "log":
            self.algebraic = False
            return sum(self.value(n) * self._log(f) for f, n in self.factors(e.args[0])) % self.p  # type: ignore[arg-type]
        if name in ("sin", "cos", "tan"):
            c, s = self._circle(e.args[0])  # type: ignore[arg-type]
            return {"cos": c, "sin": s}.get(name) if name != "tan" else s * self.inverse(c) % self.p  # type: ignore[return-value]
        if name in ("sinh", "cosh", "tanh"):
            u = self._exp(e.args[0])  # type: ignore[arg-type]
            w = self.inverse(u)
            half = self.inverse(2)
            sinh, cosh = (u - w) * half % self.p, (u + w) * half % self.p
            return {"sinh": sinh, "cosh": cosh, "tanh": sinh * self.inverse(cosh) % self.p}[name]
        if isinstance(e, AppliedUndef):
            self.algebraic = False
            return self.random((name, tuple(map(self.value, e.args))))  # type: ignore[arg-type]
        if isinstance(e, Abstract):
            return self.value(finite(e))
        raise Beyond(f"expected what a prime field has, got {NAMES.get(name, text(e))}")

    def _exp(self, e: Expr) -> int:
        self.algebraic = False
        value = 1
        for term, c in expand(e).as_coefficients_dict().items():
            grains = Rational(c) * GRAIN
            if grains.q != 1:
                raise Beyond(f"exponent {c}")
            key = ("exp", self.value(term))
            value = value * self.power(self.random(key), int(grains)) % self.p
        return value

    def _circle(self, e: Expr) -> tuple[int, int]:
        self.algebraic = False
        c, s = 1, 0
        for term, k in expand(e).as_coefficients_dict().items():
            if term == pi:
                a, b = _quarter_turns(Rational(k))
            else:
                a, b = self._turn(self.value(term), Rational(k) * GRAIN)
            c, s = (c * a - s * b) % self.p, (c * b + s * a) % self.p
        return c, s

    def _turn(self, term: int, grains: Rational) -> tuple[int, int]:
        if grains.q != 1:
            raise Beyond(f"angle in {grains}")
        w = self.random(("angle", term))
        norm = self.inverse(1 + w * w)
        a, b = (1 - w * w) * norm % self.p, 2 * w * norm % self.p
        if grains < 0:
            b = -b
        c, s = 1, 0
        for _ in range(abs(int(grains))):
            c, s = (c * a - s * b) % self.p, (c * b + s * a) % self.p
        return c, s

    def _root(self, e: Expr) -> int:
        value = 1
        for f, n in self.factors(e):
            if n.q != 1:
                raise Beyond(f"a root of a root: {f}")
            value = value * self.power(self.square_root(f, self.value(f)), int(n)) % self.p
        return value

    def _log(self, f: Expr) -> int:
        if type(f).__name__ == "exp":
            return self.value(f.args[0])  # type: ignore[arg-type]
        return self.random(("log", f))

    def factors(self, e: Expr) -> list[tuple[Expr, Rational]]:
        """Return the factors, positive at the stored point, once their product is seen to be `e` in this field."""
        if e not in self.factored:
            self.factored[e] = _factor(e, self.orient)
        product = 1
        for f, n in self.factored[e]:
            product = product * self.value(f**n) % self.p
        if product != self.value(e):
            raise Beyond(f"expected factors whose product is {text(e)}, got others")
        return self.factored[e]


def _quarter_turns(k: Rational) -> tuple[int, int]:
    if (2 * k).q != 1:
        raise Beyond(f"angle {k} pi")
    return [(1, 0), (0, 1), (-1, 0), (0, -1)][int(2 * k) % 4]


def _pieces(e: Expr) -> list[tuple[Expr, Rational]]:
    """Return numerator, denominator, and the roots that are factors of either, each with its exponent."""
    pieces = []
    for part, sign in zip(quotient(e), (1, -1), strict=True):
        roots = [f for f in Mul.make_args(part) if f.is_Pow and f.exp.is_Rational and not f.exp.is_Integer]  # type: ignore[attr-defined]
        rest = part / Mul(*roots)
        pieces += [(rest, Rational(sign))] + [(r.base, r.exp * sign) for r in roots]  # type: ignore[attr-defined]
    return pieces


def _factor(e: Expr, orient: Point) -> list[tuple[Expr, Rational]]:
    powers: list[tuple[Expr, int]] = []
    constant, sign = S.One, 1
    for part, power in _pieces(e):
        try:
            content, parts = (part, []) if part.is_Rational else factored(part)
        except PolynomialError:
            content, parts = S.One, [(part, 1)]
        constant = constant * content**power
        for f, n in parts:
            with precision(256):
                positive = ball(f, orient) > 0
            sign *= 1 if positive or (n * power) % 2 == 0 else -1
            powers.append((f if positive else expand(-f), n * power))
    if not constant.is_Rational:
        raise Beyond(f"expected rational factors, got {text(constant)}")
    if sign * constant < 0:
        raise Beyond(f"expected an expression positive at the stored point, got {text(e)}")
    whole, part = fraction(abs(constant))
    primes = [(b, n) for b, n in factorint(whole).items()] + [(b, -n) for b, n in factorint(part).items()]
    return powers + [(Rational(b), Rational(n)) for b, n in primes]


@lru_cache(maxsize=16)
def memory(orient: frozenset[tuple[Expr, Expr]]) -> dict[Expr, list[tuple[Expr, Rational]]]:
    """Return the factorisations known so far for the point that orients them; each use checks them anew."""
    return {}
