"""Whether each assumption of a claim is needed: what happens where it fails and all others hold.

The theorem is *false* without it, if a statement has a value on both sides there and does not hold. It is *undefined*
without it, if a statement has no value there, and none to which its sides go on. Otherwise the assumption must be kept
for a reason, as a *convenience*; so must one that excludes places just beyond its edge where the theorem still holds.
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

EDGE, POLES, JUST, GLANCE = 4, 8, 6, 2  # points looked at: on the edge, where something is 0, and just beyond the edge
BEYOND, FEW, SLOW = 24, 8, 2  # ... anywhere beyond; where a convenience is stated; where integrals make them slow


class Found(NamedTuple):
    """What happens at a point: the statement is false, undefined, or holds; or nothing can be told."""

    kind: str
    fault: str = ""


def necessities(claim: Claim) -> list[dict[str, Any]]:
    """Each assumption, with what happens without it, and why it is kept if it is kept for convenience."""
    return [{"text": a.text, "stated": a in claim.given, **_necessity(claim, a)} for a in claim.assumptions()]


def _necessity(claim: Claim, dropped: Below) -> dict[str, Any]:
    why = claim.convenience.get(dropped.text, "")
    kept = {"convenience": why} if why else {}  # the author's word; a counterexample outranks it
    search = Search(claim, dropped)
    search.at_edges()
    search.far(few=bool(why))
    search.just(GLANCE if why else JUST)
    record = {"necessary": search.necessary, **kept}
    return record | {"holds_beyond": search.beyond_too} if dropped in claim.given and search.necessary else record


class Search:
    """What happens where one assumption fails: the first point where the claim is false, else undefined."""

    def __init__(self, claim: Claim, dropped: Below) -> None:
        self.claim, self.rng = claim, Random(f"without {dropped.text}: {claim.name}")
        self.beyond = Beyond(claim, dropped)
        told = _linked(claim, dropped)
        spoken = [said for said in claim.statements() if told & _symbols(said)]
        self.spoken = sorted(spoken, key=_slow)  # the others don't change beyond the edge
        self.wild = [said for said in self.spoken if not _tame(said, dropped)]
        self.necessary: dict[str, Any] | None = None
        self.holding: list[dict[str, str]] = []  # points just beyond the edge where the claim holds

    @property
    def settled(self) -> bool:
        """Nothing worse can be found."""
        return self.necessary is not None and (self.necessary["kind"] == "false" or not self.wild)

    @property
    def beyond_too(self) -> dict[str, str] | None:
        """A point just beyond the edge where the claim holds; not by chance, so there are others."""
        return self.holding[0] if len(self.holding) > 1 else None

    def at_edges(self) -> None:
        """Where the two sides of the assumption are equal, and where something is 0."""
        self._look(several(self.beyond.edge(self.rng), EDGE), self.spoken)
        if not self.settled:
            self._look(several(self.beyond.poles(self.rng), POLES), self.spoken)

    def far(self, few: bool) -> None:
        """Anywhere beyond the edge, if something could be false there."""
        if not self.wild or self.settled:
            return
        with suppress(Empty):  # where the assumption follows from the others
            self._survey(self.beyond.survey, FEW if few else BEYOND)
            if self.necessary is None and not few:
                self._survey(self.beyond.whole, BEYOND)

    def _survey(self, survey: Survey, count: int) -> None:
        self._look(several(survey.stream(self.rng, FAR), max(count, 2 * survey.length)), self.wild)

    def just(self, count: int) -> None:
        """Just beyond the edge of an inequality: there it should fail at once, if it is needed."""
        for at in several(self.beyond.just(self.rng), 0 if self.beyond.is_sign else count):
            self._note(at, found := happens(self.spoken, at, self.rng))
            if found.kind == "holds":
                self.holding.append(_named(at))

    def _look(self, points: Iterable[Point], statements: Sequence[Statement]) -> None:
        """What happens at the points; integrals, which take long, are looked at at the first."""
        quick = [said for said in statements if not _slow(said)]
        for n, at in enumerate(points):
            if self.settled or (n >= SLOW and not quick):
                return
            self._note(at, happens(quick if n >= SLOW else statements, at, self.rng, new=self.necessary is None))

    def _note(self, at: Point, found: Found) -> None:
        if not self.settled and (found.kind == "false" or (found.kind == "undefined" and self.necessary is None)):
            self.necessary = {"kind": found.kind, "at": _named(at), "fault": found.fault}


def _named(at: Point) -> dict[str, str]:
    return {str(v): str(q) for v, q in as_draw(at).items()}


def _symbols(said: Statement) -> set[Any]:
    case = said.equal_at.values() if isinstance(said, AtMost) else ()
    return {v for e in (*sides(said), *case) if isinstance(e, Expr) for v in e.free_symbols}


def _slow(said: Statement) -> bool:
    return any(e.has(Integral) for e in sides(said))


def _linked(claim: Claim, dropped: Below) -> set[Any]:
    """The symbols of the assumption, and those that other stated ones link them to."""
    found = dropped.lesser.free_symbols | dropped.greater.free_symbols
    links = [a.lesser.free_symbols | a.greater.free_symbols for a in claim.given]
    while more := [names for names in links if names & found and not names <= found]:
        found = found.union(*more)
    return found


def happens(statements: Sequence[Statement], at: Point, rng: Random, new: bool = True) -> Found:
    """The worst that happens to a statement at a point outside the domain; `new` tells undefined from as written."""
    place, found = Place(as_draw(at)), Found("holds")
    for said in statements:
        try:
            check(said, place)
        except Fails as fault:
            return Found("false", f"off by {fault}")
        except Undefined as fault:
            if found.kind != "undefined" and (not new or not goes_on(said, place, rng)):
                found = Found("undefined", str(fault))
        except (Imprecise, Unfinished):
            found = found if found.kind == "undefined" else Found("unknown")
    return found


def goes_on(said: Statement, at: Draw, rng: Random) -> bool:
    """Whether both sides, undefined as they are written, go on to real values of which the statement is true."""
    here = at | {said.var: S.Zero} if isinstance(said, Tends) else at
    cases = [said, at_equality(said)] if isinstance(said, AtMost) and said.equal_at else [said]
    try:
        return all(_true_of(case, *(continued(e, here, rng) for e in sides(case))) for case in cases)
    except ArithmeticError:
        return False


def _true_of(said: Statement, left: arb | None, right: arb | None) -> bool:
    if left is None or right is None:
        return False
    same = bool(abs(left - right) < NEAR * (1 + abs(left)))
    return same if isinstance(said, Equal | Tends) else bool(left < right) or (isinstance(said, AtMost) and same)


def _tame(said: Statement, dropped: Below) -> bool:
    """Whether sides are equal and rational in the assumption's symbols, and so agree wherever both have values."""
    names = dropped.lesser.free_symbols | dropped.greater.free_symbols
    return isinstance(said, Equal) and all(_rational(e, names) for e in said)


def _rational(e: Expr, names: set[Any]) -> bool:
    if not e.free_symbols & names or e.is_Symbol:
        return True
    if e.is_Pow:
        return bool(e.args[1].is_Integer) and _rational(e.args[0], names)  # type: ignore[arg-type]
    return (e.is_Add or e.is_Mul) and all(_rational(a, names) for a in e.args)  # type: ignore[arg-type]


def fault_at(said: Statement, point: Draw) -> str:
    """Why a statement is false or meaningless at a point, or '' where it is true or that can't be told."""
    try:
        return false_at(said, point)
    except ArithmeticError:
        return ""


def unneeded(rows: Sequence[dict[str, Any]]) -> list[str]:
    """Assumptions that are not needed, or exclude too much, and are kept for no stated reason, each in a sentence."""
    idle = [a for a in rows if not a.get("convenience")]
    nothing = [a["text"] for a in idle if a["necessary"] is None]
    more = [(a["text"], a["holds_beyond"]) for a in idle if a.get("holds_beyond")]
    return [f"assumption neither shown necessary nor marked as convenience: {text}" for text in nothing] + [
        f"assumption stronger than needed: the claim holds just beyond {text}, at {at}" for text, at in more
    ]
