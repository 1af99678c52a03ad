"""Functions of noise as a polynomial in normals and a bounded rest: f(n) = main(n) + r(n), |r(n)| <= rest(|n|).

The coefficients are Arb balls that hold for a whole box of uniform numbers. Sums, products and powers keep a polynomial
exact. Other functions are bounded by what is known of them: |tanh|, |sin|, |erf| <= 1, 1/(c + positive) <= 1/c, a
weighted mean lies between the values that it weighs, and the logarithm of a sum of K exponentials between log K plus
their mean exponent (Jensen) and log K plus their largest.
"""

from collections.abc import Iterable
from math import factorial
from typing import NamedTuple

from flint import acb, arb

Powers = tuple[int, ...]  # of each normal, trailing zeros left out
Poly = dict[Powers, arb]


class Model(NamedTuple):
    """A function that differs from the polynomial `main` by at most `rest`, a polynomial in |n|."""

    main: Poly
    rest: Poly = {}  # noqa: RUF012  never changed

    @property
    def number(self) -> arb | None:
        """The value, if it depends on no normal."""
        if self.rest or any(self.main.keys() - {()}):
            return None
        return self.main.get((), arb(0))


def constant(value: arb | acb | int) -> Model:
    return Model({(): arb(value) if isinstance(value, int) else value})


def between(low: arb, high: arb) -> Model:
    """Return a model of anything from low to high."""
    return Model({(): (low + high) / 2}, {(): upper((high - low) / 2)})


def normal(index: int) -> Model:
    """Return the normal with that number."""
    return Model({(0,) * index + (1,): arb(1)})


def upper(value: arb) -> arb:
    return arb(abs(value).upper())


def _sum(p: Poly, q: Poly) -> Poly:
    total = dict(p)
    for e, c in q.items():
        total[e] = total[e] + c if e in total else c
    return total


def _times(p: Poly, q: Poly) -> Poly:
    product: Poly = {}
    for e, c in p.items():
        for f, d in q.items():
            both = powers(e, f)
            product[both] = product[both] + c * d if both in product else c * d
    return product


def powers(e: Powers, f: Powers) -> Powers:
    if len(e) < len(f):
        e, f = f, e
    return tuple(a + b for a, b in zip(e, f + (0,) * (len(e) - len(f)), strict=True))


def size(f: Model) -> Poly:
    """Return a polynomial in |n| that is at least |f|."""
    return _sum({e: upper(c) for e, c in f.main.items()}, f.rest)


def greatest(sizes: Iterable[Poly]) -> Poly:
    """Return a polynomial in |n| that is at least each of these."""
    top: Poly = {}
    for p in sizes:
        for e, c in p.items():
            top[e] = arb(max(top[e].upper(), c.upper())) if e in top else c
    return top


def add(f: Model, g: Model) -> Model:
    return Model(_sum(f.main, g.main), _sum(f.rest, g.rest))


def multiply(f: Model, g: Model) -> Model:
    rest = _times(f.rest, size(g)) if f.rest else {}
    if g.rest:
        rest = _sum(rest, _times({e: upper(c) for e, c in f.main.items()}, g.rest))
    return Model(_times(f.main, g.main), rest)


def scale(f: Model, by: arb) -> Model:
    return multiply(f, constant(by))


def minus(f: Model, g: Model) -> Model:
    return add(f, scale(g, arb(-1)))


def span(f: Model) -> tuple[arb, arb] | None:
    """Return the ends between which f lies; None where its bounds contain a power of a normal."""
    if any(f.main.keys() - {()}) or any(f.rest.keys() - {()}):
        return None
    middle, off = f.main.get((), arb(0)), f.rest.get((), arb(0))
    return middle - off, middle + off


def power(f: Model, exponent: int) -> Model:
    ends = span(f) if f.rest and exponent % 2 == 0 else None
    if ends is not None:  # an even power is no less than 0
        return between(arb(0), upper(max(map(upper, ends)) ** exponent))
    product = constant(1)
    for _ in range(exponent):
        product = multiply(product, f)
    return product


def weighted(parts: list[Model]) -> Model:
    """Bound any weighted mean of these: it is no further from their plain mean than the furthest of them."""
    centre = constant(0)
    for part in parts:
        centre = add(centre, part)
    plain = Model(scale(centre, 1 / arb(len(parts))).main)
    return Model(plain.main, greatest(size(minus(part, plain)) for part in parts))


def log_sum(logs: list[Model]) -> Model:
    """Bound log sum exp(L): it lies between the mean of the L (Jensen) and the largest of them, log K added."""
    return add(weighted(logs), constant(arb(len(logs)).log()))


def even_moment(e: Powers) -> int:
    """Return E n^e of independent standard normals: (k - 1)!! for each even k, else 0."""
    if any(k % 2 for k in e):
        return 0
    moment = 1
    for k in e:
        moment *= factorial(k) // (2 ** (k // 2) * factorial(k // 2))
    return moment


def absolute_moment(e: Powers) -> arb:
    """Return E |n|^e; for odd k = 2j + 1 a normal has E |n|^k = 2^j j! sqrt(2/pi)."""
    odd = [k for k in e if k % 2]
    moment = arb(even_moment(tuple(k for k in e if k % 2 == 0)))
    for k in odd:
        moment *= 2 ** (k // 2) * factorial(k // 2) * (2 / arb.pi()).sqrt()
    return moment


def main_mean(p: Poly) -> arb:
    """Return E main(n)."""
    return sum((c * even_moment(e) for e, c in p.items()), arb(0))


def mean_square(p: Poly) -> arb:
    """Return a ball that holds E main(n)^2."""
    total = arb(0)
    terms = list(p.items())
    for i, (e, c) in enumerate(terms):
        total += c * c * even_moment(powers(e, e))
        for f, d in terms[:i]:
            if moment := even_moment(powers(e, f)):
                total += 2 * moment * c * d
    return total


def rest_square(p: Poly) -> arb:
    """Return an upper bound of E rest(|n|)^2."""
    return sum((c * d * absolute_moment(powers(e, f)) for e, c in p.items() for f, d in p.items()), arb(0))
