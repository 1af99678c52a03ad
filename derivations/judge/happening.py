"""What happens to statements at a point outside the domain: they are false, undefined, or hold; or it can't be told."""

from collections.abc import Callable, Sequence
from random import Random
from typing import NamedTuple

from flint import arb
from sympy import S

from derivations.arithmetic.ball import Place
from derivations.arithmetic.continued import TOLERANCE as NEAR
from derivations.arithmetic.continued import continued
from derivations.arithmetic.number import Imprecise, Undefined, Unfinished
from derivations.engines.agree import Fails, at_equality, check, failing
from derivations.form.statement import AtMost, Equal, Statement, Tends, sides
from derivations.points.domain import Draw, as_draw
from derivations.points.region import Point

Unreal = Callable[[Statement, Draw], str]  # which object of a statement has no real value at a point, in words


class Outcome(NamedTuple):
    """What happens at a point: the statement is false, undefined, or holds; or that is unknown."""

    kind: str
    fault: str = ""


def happens(
    statements: Sequence[Statement], at: Point, rng: Random, new: bool = True, unreal: Unreal = lambda statement, at: ""
) -> Outcome:
    """Return the worst that happens at a point outside the domain; if `new`, continue what is undefined as written.

    What fails there is undefined and not false if something that it speaks of is `unreal`.
    """
    place, outcome = Place(as_draw(at)), Outcome("holds")
    for statement in statements:
        try:
            check(statement, place)
        except Fails as fault:
            if not (why := unreal(statement, place)):
                return Outcome("false", failing(fault))
            outcome = outcome if outcome.kind == "undefined" else Outcome("undefined", why)
        except Undefined as fault:
            if outcome.kind != "undefined" and (not new or not goes_on(statement, place, rng)):
                outcome = Outcome("undefined", str(fault))
        except (Imprecise, Unfinished):
            outcome = outcome if outcome.kind == "undefined" else Outcome("unknown")
    return outcome


def goes_on(statement: Statement, at: Draw, rng: Random) -> bool:
    """Return whether both sides, undefined as written, continue to real values that make the statement true."""
    here = at | {statement.var: S.Zero} if isinstance(statement, Tends) else at
    cases = [statement, at_equality(statement)] if isinstance(statement, AtMost) and statement.equal_at else [statement]
    try:
        return all(_true_of(case, *(continued(e, here, rng) for e in sides(case))) for case in cases)
    except ArithmeticError:
        return False


def _true_of(statement: Statement, left: arb | None, right: arb | None) -> bool:
    if left is None or right is None:
        return False
    same = bool(abs(left - right) < NEAR * (1 + abs(left)))
    return (
        same if isinstance(statement, Equal | Tends) else bool(left < right) or (isinstance(statement, AtMost) and same)
    )
