"""The necessity of each assumption of a claim: what happens where it fails and all others hold.

The theorem is *false* without it if a statement has a value on both sides there and does not hold. It is *undefined*
without it if a statement has no value there, and none to which its sides continue. Otherwise the assumption must be
kept for a reason, as a *convenience*; so must one that excludes places just beyond its edge where the theorem holds.
"""

from collections.abc import Iterable, Sequence
from contextlib import suppress
from random import Random
from typing import Any, NamedTuple

from flint import arb
from sympy import Expr, Integral, S

from derivations.arithmetic.ball import Place
from derivations.arithmetic.continued import TOLERANCE as NEAR
from derivations.arithmetic.continued import continued
from derivations.arithmetic.number import Imprecise, Undefined, Unfinished
from derivations.engines.agree import Fails, at_equality, check, false_at
from derivations.form.claim import Claim
from derivations.form.statement import AtMost, Below, Equal, Statement, Tends, sides
from derivations.points.beyond import FAR, Beyond, several
from derivations.points.domain import Draw, as_draw
from derivations.points.region import Empty, Point
from derivations.points.survey import Survey

EDGE, POLES, JUST, GLANCE = 4, 8, 6, 2  # points on the edge, at poles, and just beyond, more or fewer
BEYOND, FEW, SLOW = 24, 8, 2  # points anywhere beyond; if a convenience is stated; if integrals make them slow


class Outcome(NamedTuple):
    """What happens at a point: the statement is false, undefined, or holds; or that is unknown."""

    kind: str
    fault: str = ""


def necessities(claim: Claim) -> list[dict[str, Any]]:
    """Return for each assumption what happens without it, and why it is kept if it is a convenience."""
    return [{"text": a.text, "stated": a in claim.given, **_necessity(claim, a)} for a in claim.assumptions()]


def _necessity(claim: Claim, dropped: Below) -> dict[str, Any]:
    why = claim.convenience.get(dropped.text, "")
    kept = {"convenience": why} if why else {}  # the author's reason; a counterexample outranks it
    search = Search(claim, dropped)
    search.at_edges()
    search.far(few=bool(why))
    search.just(GLANCE if why else JUST)
    record = {"necessary": search.necessary, **kept}
    return record | {"holds_beyond": search.beyond_too} if dropped in claim.given and search.necessary else record


class Search:
    """The search where one assumption fails for the first point at which the claim is false, or else undefined."""

    def __init__(self, claim: Claim, dropped: Below) -> None:
        self.claim, self.rng = claim, Random(f"without {dropped.text}: {claim.name}")
        self.beyond = Beyond(claim, dropped)
        linked = _linked(claim, dropped)
        affected = [statement for statement in claim.statements() if linked & _symbols(statement)]
        self.affected = sorted(affected, key=_slow)  # the others don't change beyond the edge
        self.wild = [statement for statement in self.affected if not _tame(statement, dropped)]
        self.necessary: dict[str, Any] | None = None
        self.holding: list[dict[str, str]] = []  # points just beyond the edge where the claim holds

    @property
    def complete(self) -> bool:
        """Whether no worse outcome is possible."""
        return self.necessary is not None and (self.necessary["kind"] == "false" or not self.wild)

    @property
    def beyond_too(self) -> dict[str, str] | None:
        """A point just beyond the edge where the claim holds, if it holds at several, so not by chance."""
        return self.holding[0] if len(self.holding) > 1 else None

    def at_edges(self) -> None:
        """Look where the two sides of the assumption are equal, and where a factor is 0."""
        self._look(several(self.beyond.edge(self.rng), EDGE), self.affected)
        if not self.complete:
            self._look(several(self.beyond.poles(self.rng), POLES), self.affected)

    def far(self, few: bool) -> None:
        """Look anywhere beyond the edge, if a statement could be false there."""
        if not self.wild or self.complete:
            return
        with suppress(Empty):  # where the assumption follows from the others
            self._survey(self.beyond.survey, FEW if few else BEYOND)
            if self.necessary is None and not few:
                self._survey(self.beyond.whole, BEYOND)

    def _survey(self, survey: Survey, count: int) -> None:
        self._look(several(survey.stream(self.rng, FAR), max(count, 2 * survey.length)), self.wild)

    def just(self, count: int) -> None:
        """Look just beyond the edge of an inequality, where a needed assumption should be missed at once."""
        for at in several(self.beyond.just(self.rng), 0 if self.beyond.is_sign else count):
            self._note(at, outcome := happens(self.affected, at, self.rng))
            if outcome.kind == "holds":
                self.holding.append(_named(at))

    def _look(self, points: Iterable[Point], statements: Sequence[Statement]) -> None:
        """Note what happens at the points; statements with integrals, which are slow, only at the first few."""
        quick = [statement for statement in statements if not _slow(statement)]
        for n, at in enumerate(points):
            if self.complete or (n >= SLOW and not quick):
                return
            self._note(at, happens(quick if n >= SLOW else statements, at, self.rng, new=self.necessary is None))

    def _note(self, at: Point, outcome: Outcome) -> None:
        if not self.complete and (outcome.kind == "false" or (outcome.kind == "undefined" and self.necessary is None)):
            self.necessary = {"kind": outcome.kind, "at": _named(at), "fault": outcome.fault}


def _named(at: Point) -> dict[str, str]:
    return {str(v): str(q) for v, q in as_draw(at).items()}


def _symbols(statement: Statement) -> set[Any]:
    case = statement.equal_at.values() if isinstance(statement, AtMost) else ()
    return {v for e in (*sides(statement), *case) if isinstance(e, Expr) for v in e.free_symbols}


def _slow(statement: Statement) -> bool:
    return any(e.has(Integral) for e in sides(statement))


def _linked(claim: Claim, dropped: Below) -> set[Any]:
    """Return the symbols of the assumption, and those that other stated assumptions link to them."""
    symbols = dropped.lesser.free_symbols | dropped.greater.free_symbols
    links = [a.lesser.free_symbols | a.greater.free_symbols for a in claim.given]
    while more := [names for names in links if names & symbols and not names <= symbols]:
        symbols = symbols.union(*more)
    return symbols


def happens(statements: Sequence[Statement], at: Point, rng: Random, new: bool = True) -> Outcome:
    """Return the worst that happens at a point outside the domain; if `new`, continue what is undefined as written."""
    place, outcome = Place(as_draw(at)), Outcome("holds")
    for statement in statements:
        try:
            check(statement, place)
        except Fails as fault:
            return Outcome("false", f"off by {fault}")
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


def _tame(statement: Statement, dropped: Below) -> bool:
    """Return whether the sides are equal and rational in the assumption's symbols, so agree where both have values."""
    names = dropped.lesser.free_symbols | dropped.greater.free_symbols
    return isinstance(statement, Equal) and all(_rational(e, names) for e in statement)


def _rational(e: Expr, names: set[Any]) -> bool:
    if not e.free_symbols & names or e.is_Symbol:
        return True
    if e.is_Pow:
        return bool(e.args[1].is_Integer) and _rational(e.args[0], names)  # type: ignore[arg-type]
    return (e.is_Add or e.is_Mul) and all(_rational(a, names) for a in e.args)  # type: ignore[arg-type]


def fault_at(statement: Statement, point: Draw) -> str:
    """Return why a statement is false or meaningless at a point, or '' if it is true or undecided there."""
    try:
        return false_at(statement, point)
    except ArithmeticError:
        return ""


def unneeded(rows: Sequence[dict[str, Any]]) -> list[str]:
    """Complain of assumptions that are not needed, or exclude too much, and are kept for no stated reason."""
    idle = [a for a in rows if not a.get("convenience")]
    nothing = [a["text"] for a in idle if a["necessary"] is None]
    more = [(a["text"], a["holds_beyond"]) for a in idle if a.get("holds_beyond")]
    return [f"assumption neither shown necessary nor marked as convenience: {text}" for text in nothing] + [
        f"assumption stronger than needed: the claim holds just beyond {text}, at {at}" for text, at in more
    ]
