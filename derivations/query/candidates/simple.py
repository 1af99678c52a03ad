"""An exact point at which two formulas differ that a person can follow: short decimals, in the middle of the domain."""

from collections.abc import Iterator, Mapping
from random import Random
from typing import NamedTuple

from flint import arb
from sympy import Expr, Integer, Rational, Symbol

from derivations.arithmetic.ball import Imprecise, Place, Undefined, Unfinished, ball, precision
from derivations.points.domain import holds
from derivations.query.index.identity import Identity
from derivations.query.index.relations import DEFINED

BITS = 256
TRIES = 400  # points that are drawn, the simpler ones first
FEWEST, SOME = 60, 200  # after so many, numbers above 1 may stand in it, and then negative ones
# Neither 1 nor 1/2, where other formulas meet: there 1 - x is x, and x^2 is x.
SHARES = tuple(Rational(n, 10) for n in (9, 8, 6, 7, 4, 3, 2, 1))
LARGER = (Rational(3, 2), Integer(2), Integer(3), Rational(5, 2), Integer(4))
CLEAR = 50  # a gap of a fiftieth of the larger value is seen in the first digits


class Apart(NamedTuple):
    """A point, and by how much the one formula is more than the other there."""

    at: Mapping[str, str]
    off: str


def simple(identity: Identity) -> Apart | None:
    """Return a simple point at which the two sides have values that differ; None where none was met.

    The first at which they differ visibly and all symbols of the formula are rational is taken, or else the first at
    which they differ visibly, or at all. A point at which one of the symbols that others define has another value than
    these give it is none.
    """
    visible: Apart | None = None
    first: Apart | None = None
    for at in _drawn(identity):
        gap, size = _gap(identity, at)
        if gap is None or gap.contains(0):
            continue
        found = Apart(_named(identity, at), gap.str(4, radius=False))
        if abs(gap) * CLEAR > size and all("sqrt" not in q and "**" not in q for q in found.at.values()):
            return found
        visible = visible or (found if abs(gap) * CLEAR > size else None)
        first = first or found
    return visible or first


def _drawn(identity: Identity) -> Iterator[Mapping[Symbol, Rational]]:
    """Yield simple points of the domain, each once."""
    whole, rng = identity.claim, Random("simple points")
    names, seen = whole.symbols(), set[tuple[Rational, ...]]()
    for n in range(TRIES):
        at = {v: rng.choice(_numbers(v, n)) for v in names}
        if (key := tuple(at.values())) in seen:
            continue
        seen.add(key)
        place = Place(at)  # which remembers what is computed there
        if all(holds(a, place) for a in whole.given) and _is_possible(at):  # signs hold by what is drawn
            yield at


def _numbers(v: Symbol, n: int) -> tuple[Expr, ...]:
    found = SHARES if n < FEWEST else (*SHARES, *LARGER)
    return found if v.is_positive or n < SOME else (*found, *(-q for q in found))


def _named(identity: Identity, at: Mapping[Symbol, Rational]) -> dict[str, str]:
    """Return the point by the names of the symbols of both sides and of the formula as it is written.

    What neither side has may be anything.
    """
    left, right = identity.claim.statements()[0][:2]
    shown = left.free_symbols | right.free_symbols or at.keys()
    put = {v: e.xreplace(dict(at)) for v, e in identity.put.put.items() if v in identity.raw.free_symbols}
    known = {**{v: q for v, q in at.items() if v in shown}, **{v: q for v, q in put.items() if q.is_number}}
    return {str(v): str(known[v]) for v in sorted(known, key=str)}


def _is_possible(at: Mapping[Symbol, Rational]) -> bool:
    """Whether each symbol has the value that the others of the point give it, as far as numbers say."""
    for v in at:
        for e in DEFINED.get(v, ()):
            if e.free_symbols <= at.keys() and e.xreplace(dict(at)) != at[v]:
                return False
    return True


def _gap(identity: Identity, at: Mapping[Symbol, Rational]) -> tuple[arb | None, arb]:
    """Return the difference of the formula as it is written and the other side, and the larger of their sizes."""
    right = identity.claim.statements()[0][1]
    try:
        with precision(BITS):
            place = Place({**at, **{v: ball(e, at) for v, e in identity.put.put.items()}})
            one, other = ball(identity.raw, place), ball(right, at)
            return one - other, max(abs(one), abs(other), key=float)
    except (Imprecise, Unfinished, Undefined, KeyError):
        return None, arb(0)
