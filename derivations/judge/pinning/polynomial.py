"""Polynomials in unknown numbers, with balls for coefficients; quotients of them; and their real roots."""

from collections import Counter
from collections.abc import Collection, Hashable, Iterable, Mapping
from functools import reduce
from itertools import combinations_with_replacement
from typing import NamedTuple

from flint import acb_poly, arb

from derivations.arithmetic.ball import precision
from derivations.judge.pinning.generic import EXACT
from derivations.judge.pinning.matrix import BITS

Unknown = Hashable
Monomial = frozenset[tuple[Unknown, int]]
Polynomial = Mapping[Monomial, arb]
ONE: Monomial = frozenset()


class Quotient(NamedTuple):
    """A polynomial over another."""

    above: Polynomial
    below: Polynomial

    def plus(self, other: "Quotient") -> "Quotient":
        if constant(self.below) and constant(other.below):
            return Quotient(total(over(self.above, self.below), over(other.above, other.below)), number(1))
        ups = times(self.above, other.below), times(other.above, self.below)
        return Quotient(total(*ups), times(self.below, other.below))

    def times(self, other: "Quotient") -> "Quotient":
        return Quotient(times(self.above, other.above), times(self.below, other.below))

    def start(self) -> arb:
        """Return the value where all unknowns are 0."""
        return self.above.get(ONE, arb(0)) / self.below.get(ONE, arb(0))

    def power(self, n: int) -> "Quotient":
        above, below = (self.above, self.below) if n >= 0 else (self.below, self.above)
        return Quotient(power(above, abs(n)), power(below, abs(n)))


def number(x: arb | int) -> Polynomial:
    return {ONE: arb(x)}


def unknown(v: Unknown) -> Polynomial:
    return {frozenset({(v, 1)}): arb(1)}


def total(*parts: Polynomial) -> Polynomial:
    terms: dict[Monomial, arb] = {}
    for part in parts:
        for m, x in part.items():
            terms[m] = terms[m] + x if m in terms else x
    return terms


def times(p: Polynomial, q: Polynomial) -> Polynomial:
    terms: dict[Monomial, arb] = {}
    for m, x in p.items():
        for n, y in q.items():
            both = product(m, n)
            terms[both] = terms[both] + x * y if both in terms else x * y
    return terms


def power(p: Polynomial, n: int) -> Polynomial:
    return reduce(times, [p] * n, number(1))


def over(p: Polynomial, by: Polynomial) -> Polynomial:
    """Divide a polynomial by the value of another where all unknowns are 0."""
    return {m: x / by.get(ONE, arb(0)) for m, x in p.items()}


def product(m: Monomial, n: Monomial) -> Monomial:
    if not m or not n:
        return m or n
    return frozenset((Counter(dict(m)) + Counter(dict(n))).items())


def constant(p: Polynomial) -> bool:
    return p.keys() <= {ONE}


def degree(m: Monomial) -> int:
    return sum(n for _, n in m)


def unknowns(m: Monomial) -> set[Unknown]:
    return {v for v, _ in m}


def small(x: arb) -> bool:
    return bool(x.abs_upper() < arb(2) ** EXACT)


def without(p: Polynomial, zero: Collection[Unknown]) -> Polynomial:
    """Return the polynomial with some unknowns set to 0, without zero terms and without the constant, which is 0."""
    return {m: x for m, x in p.items() if m and unknowns(m).isdisjoint(zero) and not small(x)}


def multiples(polynomials: Iterable[Polynomial], of: Iterable[Unknown], top: int) -> list[Polynomial]:
    """Return the polynomials up to some degree, and their multiples by monomials up to it."""
    names, low = list(of), [p for p in polynomials if max(map(degree, p)) <= top]
    more = list(low)
    for p in low:
        for n in range(1, top - max(map(degree, p)) + 1):
            for some in combinations_with_replacement(names, n):
                more.append({product(m, frozenset(Counter(some).items())): x for m, x in p.items()})
    return more


def other_roots(p: Polynomial) -> list[arb] | None:
    """Return the non-zero real roots of a polynomial in one unknown that vanishes at 0; None if not separated."""
    powers = {degree(m): x for m, x in p.items()}
    least, most = min(powers), max(powers)
    with precision(BITS):
        try:
            roots = acb_poly([powers.get(n, arb(0)) for n in range(least, most + 1)]).roots(tol=arb(2) ** (EXACT - 100))
        except ValueError:
            return None
        return [z.real for z in roots if z.imag.contains(0)]
