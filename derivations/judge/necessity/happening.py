"""What happens to statements at a point outside the domain: they are false, undefined, or hold; or it can't be told."""

from collections.abc import Callable, Iterator, Sequence
from random import Random
from typing import Any, NamedTuple

from flint import acb, fmpq
from sympy import S

from derivations.arithmetic.ball import Place, ball, precision
from derivations.arithmetic.continued import TOLERANCE as NEAR
from derivations.arithmetic.continued import Around, Continued
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
OPEN = "open"  # undefined as written


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
    approach: bool = True,
) -> Outcome:
    """Return the worst that happens at a point outside the domain; if `new`, continue what is undefined as written.

    What fails there is not false, but what `instead` says, if something that it speaks of does not exist. Unless the
    point is to be approached, what is only seen to hold by that is unknown.
    """
    place, outcome, looks = Place(as_draw(at)), Outcome("holds"), list[Outcome]()
    around = Neighbourhoods(place, rng)
    for statement in statements:  # as written, which is quick
        looks.append(_as_written(statement, place, instead))
        if looks[-1].kind == "false":
            return looks[-1]
    for statement, now in zip(statements, looks, strict=True):
        if now.kind == OPEN:
            goes = new and outcome.kind != "undefined"
            now = goes_on(statement, around, now.fault, approach) if goes else Outcome("undefined", now.fault)
        outcome = max(outcome, now, key=lambda each: WORSE.index(each.kind))  # the first of equals
    return outcome


def _as_written(statement: Statement, place: Place, instead: Instead) -> Outcome:
    """Return what happens as the statement is written; it is open whether what is undefined there continues."""
    try:
        check(statement, place)
    except Fails as fault:
        if (other := instead(statement, place)) is not None:
            return other
        return Outcome("false", failing(fault)) if _shown(fault, statement, place) else Outcome("unknown")
    except Undefined as fault:
        return Outcome(OPEN, str(fault))
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


class Neighbourhoods:
    """The surroundings of a point where statements are looked at, and of that to which the variable of a limit goes."""

    def __init__(self, at: Draw, rng: Random) -> None:
        self.at, self.rng, self.known = at, rng, dict[Any, Around]()

    def of(self, statement: Statement) -> Around:
        to = {statement.var: S.Zero} if isinstance(statement, Tends) else {}
        if (key := tuple(to)) not in self.known:
            self.known[key] = Around(self.at | to, self.rng)
        return self.known[key]


def goes_on(statement: Statement, around: Neighbourhoods, fault: str, approach: bool) -> Outcome:
    """Return what happens where a statement is undefined as it is written: it is undefined, or it continues.

    It holds if both sides continue to real values that make it true; that it is undefined must be shown.
    """
    cases = [statement, at_equality(statement)] if isinstance(statement, AtMost) and statement.equal_at else [statement]
    try:
        true = [_true_of(case, *_sides(case, around.of(statement), approach)) for case in cases]
    except ArithmeticError:
        return Outcome("unknown")
    return Outcome("undefined", fault) if False in true else Outcome("holds" if all(true) else "unknown")


def _sides(statement: Statement, around: Around, approach: bool) -> Iterator[Continued | None]:
    """Yield what each side continues to; if one is shown to have no value, it does not matter what the other has."""
    found, doubt = list[Continued | None](), None
    for e in sides(statement):
        try:
            found.append(around.continued(e, approach))
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
