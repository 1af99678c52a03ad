"""What expressions of a claim are worth at points of its domain, and whether two of them are one.

Unknown functions, integrals and slopes that have no number stand for random ones, the same wherever they stand.
"""

from collections.abc import Iterator
from contextlib import suppress
from itertools import combinations, islice
from random import Random

from flint import arb
from sympy import Add, Basic, Derivative, Dummy, Expr, Integral, Mul, Pow, Rational, Symbol
from sympy.core.function import AppliedUndef

from derivations.arithmetic.ball import Imprecise, Place, Undefined, Unfinished, ball, precision
from derivations.engines.normal_form import vanishes
from derivations.form.claim import Claim
from derivations.notation.named import unnamed
from derivations.obligations.ledger import Ledger
from derivations.points.domain import Draw, points
from derivations.points.region import Empty
from derivations.probability.density import Abstract
from derivations.probability.opening import opened

BITS, FEW, POINTS = 320, 128, 4
LEFT_OUT, MANY = 3, 8  # factors left out of a product, of fewer than so many
CLOSE = arb(10) ** -60  # of two equal values, relatively: of 96 digits, cancellation may take a third
BLIND = (Abstract, AppliedUndef, Derivative, Integral)
Values = tuple[arb | None, ...]


def _drawn(claim: Claim) -> Iterator[Draw]:
    """Yield further points; none where no assumption can hold, which the judge of these says."""
    with suppress(Empty):
        yield from islice(points(claim, f"prose of {claim.name}"), POINTS - 1)


class Worth:
    """Values of expressions at the stored point of a claim and some others."""

    def __init__(self, claim: Claim) -> None:
        self.claim = claim
        self.points = [Place({v: Rational(q) for v, q in at.items()}) for at in (claim.example, *_drawn(claim))]
        self.random, self.letters = Random(claim.name), dict[Basic, Symbol]()
        self.known = dict[Expr, Values]()

    def __call__(self, e: Expr) -> Values:
        if e not in self.known:
            plain = self._lettered(e)
            with precision(BITS):
                self.known[e] = tuple(_value(plain, at) for at in self.points)
        return self.known[e]

    def _lettered(self, e: Expr) -> Expr:
        blind = _blind(e)
        for x in sorted(blind, key=str):
            self.letters.setdefault(x, Dummy(str(x), positive=True))
        plain = e.xreplace({x: self.letters[x] for x in blind})
        if missing := [v for v in plain.free_symbols if v not in self.points[0]]:
            drawn = {v: [Rational(self.random.randint(10**3, 10**4), 4001) for _ in self.points] for v in missing}
            self.points = [Place({**at, **{v: of[n] for v, of in drawn.items()}}) for n, at in enumerate(self.points)]
        return plain

    def same(self, one: Expr, other: Expr) -> bool:
        """Whether both have one value, and an engine holds them equal: the normal form, or balls at all the points."""
        pairs = [(a, b) for a, b in zip(self(one), self(other), strict=True) if a is not None and b is not None]
        if not pairs:
            return one == other
        with precision(BITS):
            return all(_close(a, b) for a, b in pairs) and (len(pairs) > 1 or self._vanishes(one - other))

    def _vanishes(self, gap: Expr) -> bool:
        try:
            return vanishes(gap, self.claim.example, Ledger())
        except (ArithmeticError, ValueError):
            return False

    def apart(self, one: Expr, other: Expr) -> str:
        """Where two expressions differ, and their values there."""
        for at, a, b in zip(self.points, self(one), self(other), strict=True):
            if a is not None and b is not None and not _close(a, b):
                free = sorted((one.free_symbols | other.free_symbols) & at.keys(), key=str)
                place = ", ".join(f"{v} = {at[v]}" for v in free)
                return f"{a.str(6, radius=False)} is not {b.str(6, radius=False)}{f' at {place}' if place else ''}"
        return "they have no value in common"

    def first(self, e: Expr) -> arb | None:
        """The value at the stored point, to few digits."""
        plain = self._lettered(e)
        with precision(FEW):
            return _value(plain, self.points[0])


def _blind(e: Basic) -> set[Basic]:
    if isinstance(e, BLIND):
        return {e}
    return set().union(*map(_blind, e.args))


def _value(e: Expr, at: Place) -> arb | None:
    try:
        return ball(e, at)
    except (Undefined, Imprecise, Unfinished, ArithmeticError, ValueError, TypeError, AssertionError):
        return None


def _close(a: arb, b: arb) -> bool:
    return not bool(abs(a - b) > CLOSE * (abs(a) + abs(b)))


class Stock:
    """Expressions by their values at the stored point: those that are taken in, and all their parts.

    Parts are terms and factors, sums and products of some of these, and the coefficients of what a sum is linear in.
    """

    def __init__(self, worth: Worth) -> None:
        self.worth, self.seen = worth, dict[Basic, arb | None]()
        self.by = dict[str, dict[tuple[type, tuple[Expr, ...]], None]]()

    def like(self, e: Expr) -> Iterator[Expr]:
        """Yield what has the value of an expression at the stored point."""
        for func, args in self.by.get(_key(self.worth.first(e)), {}):
            yield value(args[0] if len(args) == 1 else func(*args))

    def keep(self, value_: arb | None, func: type, *args: Expr) -> None:
        """Take in one expression of a value: that of a function of arguments."""
        if value_ is not None:
            self.by.setdefault(_key(value_), {})[func, args] = None

    def take(self, e: Basic) -> arb | None:
        """Take in an expression with its parts, and return its value."""
        if e not in self.seen:
            with precision(FEW):
                self.seen[e] = None
                self.seen[e] = self._taken(e)
            if isinstance(e, Expr):
                self.keep(self.seen[e], Expr, e)
        return self.seen[e]

    def _taken(self, e: Basic) -> arb | None:
        values = [self.take(a) for a in e.args]
        if not isinstance(e, Expr):
            return None
        if isinstance(e, Add | Mul) and all(v is not None for v in values):
            terms: list[tuple[Expr, arb]] = list(zip(e.args, values, strict=True))  # type: ignore[arg-type]
            for few in _some(terms):
                self.keep(_joined(type(e), [v for _, v in few]), type(e), *(a for a, _ in few))
            for v, few in _coefficients(terms) if isinstance(e, Add) else ():
                self.keep(_joined(Add, [q for _, q in few]) / self.take(v), Add, *(a / v for a, _ in few))
            return _joined(type(e), [v for _, v in terms])
        if isinstance(e, Pow) and e.exp.could_extract_minus_sign() and (below := self.worth.first(value(1 / e))):
            self.keep(below, Pow, e.base, -e.exp)  # what is below a stroke
        return self.worth.first(value(e))


def _some(terms: list[tuple[Expr, arb]]) -> Iterator[tuple[tuple[Expr, arb], ...]]:
    """Yield all but a few of the terms, where there are not too many."""
    for count in range(1, min(len(terms) - 1, LEFT_OUT + 1) if len(terms) < MANY else 1):
        yield from combinations(terms, len(terms) - count)


def _coefficients(terms: list[tuple[Expr, arb]]) -> Iterator[tuple[Expr, list[tuple[Expr, arb]]]]:
    """Yield each symbol that is a factor of some terms, and stands in no other, with these."""
    factors = [set(Mul.make_args(a)) for a, _ in terms]
    for v in sorted(set().union(*factors), key=str):
        has = [term for term, of in zip(terms, factors, strict=True) if v in of]
        if v.is_Symbol and not any(a.has(v) for term in terms for a in Mul.make_args(term[0]) if a != v):
            yield v, has


def _joined(func: type, values: list[arb]) -> arb:
    total = values[0]
    for v in values[1:]:
        total = total + v if func is Add else total * v
    return total


def _key(value_: arb | None) -> str:
    """What equal values have in common: double precision, which decimals of either cannot straddle but by chance."""
    return "" if value_ is None else f"{float(value_):.10g}"


def value(e: Expr) -> Expr:
    """Return an expression without names, its means opened."""
    return opened(unnamed(e))
