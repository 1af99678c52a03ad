"""A function of noise, as a polynomial in its normals and a bounded rest: f(n) = main(n) + r(n), |r(n)| <= rest(|n|).

The coefficients are Arb balls that hold for a whole box of uniform numbers. Sums, products and powers keep a polynomial
exact. Anything else is bounded by what is known of it: |tanh|, |sin|, |erf| <= 1, 1/(c + positive) <= 1/c, a weighted
mean lies between the things it weighs, and the logarithm of a sum of K exponentials between log K plus their mean
exponent (Jensen) and log K plus their largest.
"""

from collections.abc import Iterable
from math import factorial
from typing import NamedTuple

from flint import acb, arb

Powers = tuple[int, ...]  # of each normal, trailing zeros left out
Poly = dict[Powers, arb]


class Model(NamedTuple):
    """main, exactly, and a rest that is at most `rest` in absolute values."""

    main: Poly
    rest: Poly = {}  # noqa: RUF012  never changed

    @property
    def number(self) -> arb | None:
        """The value, where no normal matters."""
        if self.rest or any(self.main.keys() - {()}):
            return None
        return self.main.get((), arb(0))


def constant(value: arb | acb | int) -> Model:
    return Model({(): arb(value) if isinstance(value, int) else value})


def between(low: arb, high: arb) -> Model:
    """Anything from low to high."""
    return Model({(): (low + high) / 2}, {(): upper((high - low) / 2)})


def normal(index: int) -> Model:
    """The normal of that number."""
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
    """A polynomial in |n| that is at least |f|."""
    return _sum({e: upper(c) for e, c in f.main.items()}, f.rest)


def greatest(sizes: Iterable[Poly]) -> Poly:
    """A polynomial in |n| that is at least each of these."""
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
    """The ends between which f lies, where no power of a normal is in its bounds."""
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
    """Any weighted mean of these, whatever the weights: as far off their plain mean as the furthest of them."""
    centre = constant(0)
    for part in parts:
        centre = add(centre, part)
    plain = Model(scale(centre, 1 / arb(len(parts))).main)
    return Model(plain.main, greatest(size(minus(part, plain)) for part in parts))


def log_sum(logs: list[Model]) -> Model:
    """log sum exp(L): from the mean of the L (Jensen) to the largest of them, and log K above."""
    return add(weighted(logs), constant(arb(len(logs)).log()))


def even_moment(e: Powers) -> int:
    """E n^e of independent standard normals: (k - 1)!! for each even k, else 0."""
    if any(k % 2 for k in e):
        return 0
    moment = 1
    for k in e:
        moment *= factorial(k) // (2 ** (k // 2) * factorial(k // 2))
    return moment


def absolute_moment(e: Powers) -> arb:
    """E |n|^e, where for odd k = 2j + 1 a normal has 2^j j! sqrt(2/pi)."""
    odd = [k for k in e if k % 2]
    moment = arb(even_moment(tuple(k for k in e if k % 2 == 0)))
    for k in odd:
        moment *= 2 ** (k // 2) * factorial(k // 2) * (2 / arb.pi()).sqrt()
    return moment


def main_mean(p: Poly) -> arb:
    """E main(n)."""
    return sum((c * even_moment(e) for e, c in p.items()), arb(0))


def mean_square(p: Poly) -> arb:
    """E main(n)^2, exactly, in a ball."""
    total = arb(0)
    terms = list(p.items())
    for i, (e, c) in enumerate(terms):
        total += c * c * even_moment(powers(e, e))
        for f, d in terms[:i]:
            if moment := even_moment(powers(e, f)):
                total += 2 * moment * c * d
    return total


def rest_square(p: Poly) -> arb:
    """E rest(|n|)^2, from above."""
    return sum((c * d * absolute_moment(powers(e, f)) for e, c in p.items() for f, d in p.items()), arb(0))
