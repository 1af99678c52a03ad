"""Rational functions of atoms as quotients of polynomials over the rationals, by FLINT, modulo relations R^q = f.

Sums are put over a common denominator and reduced to lowest terms on the way, which keeps them small.
"""

from collections.abc import Sequence

from flint import Ordering, fmpq, fmpq_mpoly, fmpq_mpoly_ctx
from sympy import Expr, Integer

Fraction = tuple[fmpq_mpoly, fmpq_mpoly]
Relation = tuple[Expr, int, Expr]  # R, q, f with R^q = f, a polynomial in the atoms before R


class Rationals:
    """Quotients of polynomials in the given atoms."""

    def __init__(self, atoms: Sequence[Expr]) -> None:
        self.index = {a: n for n, a in enumerate(atoms)}
        self.context = fmpq_mpoly_ctx.get([f"a{n}" for n in range(len(atoms))], Ordering.degrevlex)
        self.generators = self.context.gens()
        self.one = self.context.constant(1)
        self.memory: dict[Expr, Fraction] = {}

    def value(self, e: Expr) -> Fraction:
        """Return numerator and denominator of an expression made of atoms by sums, products and whole powers."""
        if e not in self.memory:
            self.memory[e] = self._value(e)
        return self.memory[e]

    def _value(self, e: Expr) -> Fraction:
        if e in self.index:
            return self.generators[self.index[e]], self.one
        if e.is_Rational:
            return self.context.constant(fmpq(int(e.p), int(e.q))), self.one  # type: ignore[attr-defined]
        if e.is_Add:
            return self._sum([self.value(a) for a in e.args])  # type: ignore[arg-type]
        if e.is_Mul:
            return self._product([self.value(a) for a in e.args])  # type: ignore[arg-type]
        assert e.is_Pow and e.args[1].is_Integer, f"expected a rational function of atoms, got {e}"
        (above, below), n = self.value(e.args[0]), int(Integer(e.args[1]))  # type: ignore[arg-type]
        if n < 0 and above.is_zero():
            raise ZeroDivisionError(f"expected a non-zero denominator, got one identically 0 in {e}")
        return (above**n, below**n) if n >= 0 else (below**-n, above**-n)

    def _sum(self, terms: Sequence[Fraction]) -> Fraction:
        whole = terms[0][1]
        for _, below in terms[1:]:
            whole = whole * (below // whole.gcd(below))
        return self._lowest(sum((above * (whole // below) for above, below in terms), 0 * self.one), whole)

    def _product(self, factors: Sequence[Fraction]) -> Fraction:
        above, below = self.one, self.one
        for a, b in factors:
            above, below = above * a, below * b
        return self._lowest(above, below)

    def _lowest(self, above: fmpq_mpoly, below: fmpq_mpoly) -> Fraction:
        common = above.gcd(below)
        return (above, below) if common.is_one() else (above // common, below // common)

    def reduced(self, p: fmpq_mpoly, relations: Sequence[Relation]) -> fmpq_mpoly:
        """Reduce the power of every root below its own degree, the newest roots first."""
        for r, q, f in reversed(relations):
            parts: dict[int, dict[tuple[int, ...], fmpq]] = {}
            for powers, c in p.to_dict().items():
                whole, rest = divmod(powers[self.index[r]], q)
                left = (*powers[: self.index[r]], rest, *powers[self.index[r] + 1 :])
                parts.setdefault(whole, {})[left] = c
            if any(parts):
                inside, one = self.value(f)
                assert one.is_constant(), f"expected a polynomial, got {f}"
                inside = inside / one.leading_coefficient()
                p = sum((self.context.from_dict(d) * inside**k for k, d in parts.items()), 0 * self.one)
        return p
