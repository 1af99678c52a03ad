"""What happens to statements at a point outside the domain: they are false, undefined, or hold; or it can't be told."""

from collections.abc import Callable, Iterator, Sequence
from random import Random
from typing import NamedTuple

from flint import acb, fmpq
from sympy import S

from derivations.arithmetic.ball import Place, ball, precision
from derivations.arithmetic.continued import TOLERANCE as NEAR
from derivations.arithmetic.continued import Continued, continued
from derivations.arithmetic.leading import Along
from derivations.arithmetic.number import Imprecise, Undefined, Unfinished
from derivations.arithmetic.series import number
from derivations.engines.agree import Fails, at_equality, check, failing
from derivations.engines.approach import Stays
from derivations.form.statement import AtMost, Equal, Statement, Tends, sides
from derivations.points.domain import Draw, as_draw
from derivations.points.region import Point

Instead = Callable[[Statement, Draw], "Outcome | None"]  # what a failure at a point is, if it is no falsehood


BITS = 512
WORSE = ("holds", "unknown", "undefined", "false")


class Outcome(NamedTuple):
    """What happens at a point: the statement is false, undefined, or holds; or that is unknown."""

    kind: str
    fault: str = ""


def happens(
    statements: Sequence[Statement],
    at: Point,
    rng: Random,
    new: bool = True,
    instead: Instead = lambda statement, at: None,
) -> Outcome:
    """Return the worst that happens at a point outside the domain; if `new`, continue what is undefined as written.

    What fails there is not false, but what `instead` says, if something that it speaks of does not exist.
    """
    place, outcome = Place(as_draw(at)), Outcome("holds")
    for statement in statements:
        now = _happens(statement, place, rng, new and outcome.kind != "undefined", instead)
        if now.kind == "false":
            return now
        outcome = max(outcome, now, key=lambda each: WORSE.index(each.kind))  # the first of equals
    return outcome


def _happens(statement: Statement, place: Place, rng: Random, new: bool, instead: Instead) -> Outcome:
    try:
        check(statement, place)
    except Fails as fault:
        if (other := instead(statement, place)) is not None:
            return other
        return Outcome("false", failing(fault)) if _shown(fault, statement, place) else Outcome("unknown")
    except Undefined as fault:
        return goes_on(statement, place, rng, str(fault)) if new else Outcome("undefined", str(fault))
    except (Imprecise, Unfinished):
        return Outcome("unknown")
    return Outcome("holds")


def _shown(fault: Fails, statement: Statement, place: Place) -> bool:
    """Return whether a failure is a proof: samples of a limit are none, but its leading term is."""
    if not isinstance(statement, Tends) or not isinstance(fault, Stays):
        return True
    still = {v: (number(q), fmpq(0)) for v, q in place.items()}
    try:
        with precision(BITS):
            ways = (1,) if statement.var.is_positive else (1, -1)
            limits = [Along(still | {statement.var: (fmpq(0), fmpq(way))}).limit(statement.expr) for way in ways]
            value = acb(ball(statement.value, place))
    except ArithmeticError:
        return False
    return any(limit is None or not limit.overlaps(value) for limit in limits)


def goes_on(statement: Statement, at: Draw, rng: Random, fault: str) -> Outcome:
    """Return what happens where a statement is undefined as it is written: it is undefined, or it continues.

    It holds if both sides continue to real values that make it true; that it is undefined must be shown.
    """
    here = at | {statement.var: S.Zero} if isinstance(statement, Tends) else at
    cases = [statement, at_equality(statement)] if isinstance(statement, AtMost) and statement.equal_at else [statement]
    try:
        true = [_true_of(case, *_sides(case, here, rng)) for case in cases]
    except ArithmeticError:
        return Outcome("unknown")
    return Outcome("undefined", fault) if False in true else Outcome("holds" if all(true) else "unknown")


def _sides(statement: Statement, at: Draw, rng: Random) -> Iterator[Continued | None]:
    """Yield what each side continues to; if one is shown to have no value, it does not matter what the other has."""
    found, doubt = list[Continued | None](), None
    for e in sides(statement):
        try:
            found.append(continued(e, at, rng))
        except ArithmeticError as fault:
            doubt = fault
    if doubt is not None and None not in found:
        raise doubt
    return iter((None, None) if None in found else found)


def _true_of(statement: Statement, left: Continued | None, right: Continued | None) -> bool | None:
    """Return whether it holds of the values to which its sides continue; None if they don't show it."""
    if left is None or right is None:
        return False
    (a, _), (b, _) = left, right
    same = bool(abs(a - b) < NEAR * (1 + abs(a)))
    true = same if isinstance(statement, Equal | Tends) else bool(a < b) or (isinstance(statement, AtMost) and same)
    return True if true else False if left.enclosed and right.enclosed else None
