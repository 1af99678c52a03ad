"""Plain points: counterexamples at small numbers, whole ones for what counts; the stored example comes first.

Engines draw their points from every decade, and the first that refutes an answer is seldom one that a reader would
work out by hand. So a second point is looked for, at which the same happens.
"""

from collections.abc import Callable, Iterator, Mapping
from itertools import islice
from random import Random
from typing import NamedTuple, TypeVar

from sympy import Expr, Integral, Rational, S, Symbol

from derivations.arithmetic.ball import Place
from derivations.arithmetic.number import Imprecise, Undefined, Unfinished
from derivations.engines.agree import Fails, Level, check, failing
from derivations.form.claim import Answer, Claim
from derivations.form.statement import Below, Statement, sides
from derivations.points.domain import Draw, holds, points
from derivations.symbols import COUNTS

T = TypeVar("T")
TRIES, SLOW = 60, 4  # points looked at; where an integral makes each of them slow
WHOLE = (1, 2, 3, 4, 5)
ABOVE = (1, 2, 3, Rational(1, 2), 4, Rational(1, 4), Rational(3, 4), Rational(1, 3))
EITHER = (1, -1, 2, -2, 3, Rational(1, 2), -3, S.Zero)
LEAST = Rational(1, 1000)  # a difference that a reader sees


class Counterexample(NamedTuple):
    """A point, how a statement fails there, how far off it is, and which statement, by number from 1."""

    at: Draw
    off: str
    by: float
    statement: int


def counterexample(claim: Claim, answer: Answer, name: str, further: bool = False) -> Counterexample | None:
    """A plain point of the domain where a statement fails for another answer, by a difference that a reader sees.

    With `further`, if there is none, a point of any size where it does.
    """
    statements = claim.statements(answer)
    few = SLOW if any(map(slow, statements)) else TRIES
    first: Counterexample | None = None
    for at in _inside(claim, f"plain {claim.name} {name}", few):
        if (found := _failure(statements, at)) is not None:
            if abs(found.by) > LEAST:
                return found
            first = first or found
    if first is None and further:
        anywhere = (_failure(statements, at) for at in islice(points(claim, f"further {claim.name} {name}"), few))
        first = next((f for f in anywhere if f is not None), None)
    return first


def beyond(claim: Claim, dropped: Below, tell: Callable[[Draw], T | None]) -> tuple[Draw, T] | None:
    """The first plain point where one assumption fails, all others hold, and there is something to tell."""
    others = [a for a in claim.assumptions() if a != dropped]
    for at in _distinct(_candidates(claim, f"plain without {dropped.text}: {claim.name}", TRIES, dropped)):
        if not holds(dropped, at) and all(holds(a, at) for a in others) and (told := tell(at)) is not None:
            return at, told
    return None


def slow(said: Statement) -> bool:
    """Whether a look at it takes long."""
    return any(e.has(Integral) for e in sides(said))


def _inside(claim: Claim, seed: str, count: int) -> Iterator[Draw]:
    """The stored example, and small numbers that satisfy every assumption."""
    for at in _distinct(_candidates(claim, seed, count)):
        if all(holds(a, at) for a in claim.assumptions()):
            yield at


def _distinct(candidates: Iterator[Draw]) -> Iterator[Place]:
    """Yield each point once, as a place that remembers its values: small numbers often meet again."""
    seen = set[frozenset[tuple[Symbol, Expr]]]()
    for at in candidates:
        if (key := frozenset(at.items())) not in seen:
            seen.add(key)
            yield Place(at)


def _candidates(claim: Claim, seed: str, count: int, dropped: Below | None = None) -> Iterator[Draw]:
    rng, symbols = Random(seed), claim.symbols()
    stored = {v: Rational(claim.example[v]) for v in symbols if v in claim.example}
    for n in range(count):
        drawn = {v: Rational(rng.choice(_values(v))) for v in symbols}
        at = {v: stored.get(v, drawn[v]) if n < 3 or rng.random() < 1 / 2 else drawn[v] for v in symbols}
        yield at if dropped is None else at | _broken(dropped, at, edge=n % 2 == 0)


def _values(v: Symbol) -> tuple[object, ...]:
    return WHOLE if v.name in COUNTS else ABOVE if v.is_positive else EITHER


def _broken(dropped: Below, at: Draw, edge: bool) -> Mapping[Symbol, Expr]:
    """A value of the assumption's own symbol at its edge, or one beyond it."""
    low, high = dropped
    for v, other, step in ((high, low, -1), (low, high, 1)):
        if isinstance(v, Symbol):
            value = other.subs(at)
            return {v: value if edge else value + step} if value.is_Rational else {}
    return {}


def _failure(statements: tuple[Statement, ...], at: Draw) -> Counterexample | None:
    """The first statement that fails there."""
    place = at if isinstance(at, Place) else Place(at)
    for n, said in enumerate(statements, start=1):
        try:
            check(said, place)
        except Fails as wrong:
            return _told(at, wrong, n)
        except (Undefined, Imprecise, Unfinished, ArithmeticError, ValueError):
            continue
    return None


def _told(at: Draw, wrong: Fails, n: int) -> Counterexample | None:
    try:
        by = float(str(wrong))
    except ValueError:
        return None
    return Counterexample(at, failing(wrong) if isinstance(wrong, Level) else f"off by {abs(by):.3g}", by, n)
