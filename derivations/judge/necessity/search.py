"""The necessity of each assumption of a claim: what happens where it fails and all others hold.

The theorem is *false* without it if a statement has a value on both sides there and does not hold. It is *undefined*
without it if a statement has no value there, and none to which its sides continue; or if it does not hold there but
speaks of an object without a real value, as of x = sqrt(c) n_0 at c = -1. Otherwise the assumption must be
kept for a reason, as a *convenience*; so must one that excludes places just beyond its edge where the theorem holds.
"""

import re
from collections.abc import Iterable, Sequence
from contextlib import suppress
from random import Random
from typing import Any

from derivations.engines.agree import false_at
from derivations.form.claim import Claim
from derivations.form.statement import Below, Statement
from derivations.judge.necessity.happening import Outcome, happens
from derivations.judge.necessity.looked import Looked
from derivations.judge.necessity.plain import beyond, slow
from derivations.judge.rows import AssumptionRow, Necessity
from derivations.notation.names import text_of
from derivations.points.beyond import FAR, Beyond, several
from derivations.points.domain import Draw, as_draw
from derivations.points.region import Empty, Point
from derivations.points.survey import Survey

HOLDS = re.compile(  # a reason that says so of a symbol of either sign
    r"\bonly its square\b|\bfor (?:any|all|every)\b|\bof any (?:size|sign)\b|\beither sign\b|\bsign\b.* not matter"
)
GENERAL = re.compile(  # a reason that says the claim holds where the assumption fails, wherever that is
    r"\b(?:hold|holds|true|right|valid|the same|agrees?)(?: all the same)?,? (?:without it|anyway|regardless|everywhere"
    r"|beyond|in any (?:order|case)|either way|whichever|whatever|no matter|for (?:any|all|every)|as well|too)\b"
    r"|\bnot (?:needed|necessary|required)\b|\b(?:unneeded|unnecessary|superfluous|redundant)\b"
    r"|\bwithout it\b.*\b(?:hold|holds|true|same)\b|\bdoes not matter\b"
)
UNLESS = re.compile(r"\bbut\b|\bexcept\b|\bunless\b|\bas long as\b")
EDGE, POLES, JUST, GLANCE = 4, 8, 6, 2  # points on the edge, at poles, and just beyond, more or fewer
BEYOND, FEW, SLOW = 24, 8, 2  # points anywhere beyond; if a convenience is stated; if integrals make them slow


def necessities(claim: Claim) -> list[AssumptionRow]:
    """Return for each assumption what happens without it, and why it is kept if it is a convenience."""
    return [{"text": a.text, "stated": a in claim.given, **_necessity(claim, a)} for a in claim.assumptions()]


def _necessity(claim: Claim, dropped: Below) -> dict[str, Any]:
    why = claim.convenience.get(dropped.text, "").strip()
    kept = {"convenience": why} if why else {}  # the author's reason; a counterexample outranks it
    search = Search(claim, dropped)
    search.at_edges()
    search.far(few=bool(why))
    search.just(GLANCE if why else JUST)
    more = {"holds_beyond": search.beyond_too} if dropped in claim.given and search.necessary else {}
    search.plainly()
    return {"necessary": search.necessary, **kept, **more}


class Search:
    """The search where one assumption fails for the first point at which the claim is false, or else undefined."""

    def __init__(self, claim: Claim, dropped: Below) -> None:
        self.claim, self.dropped = claim, dropped
        self.rng, self.lines = (Random(f"{of} {dropped.text}: {claim.name}") for of in ("without", "lines without"))
        self.beyond = Beyond(claim, dropped)
        self.looked = Looked(claim, dropped, self.beyond.free)
        linked = _linked(claim, dropped)
        affected = [statement for statement in self.looked.statements if linked & self.looked.symbols(statement)]
        self.affected = sorted(affected, key=slow)  # the others don't change beyond the edge
        self.wild = [statement for statement in self.affected if not self.looked.tame(statement)]
        self.necessary: Necessity | None = None
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
            self._note(at, outcome := self._happens(self.affected, at, approach=True))
            if outcome.kind == "holds":
                self.holding.append(_named(at))

    def plainly(self) -> None:
        """Replace the point by one of small numbers at which the same happens, if there is one."""
        found = self.necessary
        if found is None or any(map(slow, self.affected)):
            return

        def fault(at: Draw) -> str | None:
            now = self._happens(self.affected, at, new=found["kind"] != "false")  # type: ignore[arg-type]
            return now.fault if now.kind == found["kind"] else None

        if (plain := beyond(self.claim, self.dropped, fault)) is not None:
            names = set(self.dropped.lesser.free_symbols | self.dropped.greater.free_symbols).union(
                *map(self.looked.symbols, self.affected)
            )
            at = {v: q for v, q in plain[0].items() if v in names}
            self.necessary = {"kind": found["kind"], "at": _named(at), "fault": plain[1]}

    def _look(self, points: Iterable[Point], statements: Sequence[Statement]) -> None:
        """Note what happens at the points; statements with integrals, which are slow, only at the first few."""
        quick = [statement for statement in statements if not slow(statement)]
        for n, at in enumerate(points):
            if self.complete or (n >= SLOW and not quick):
                return
            self._note(at, self._happens(quick if n >= SLOW else statements, at, new=self.necessary is None))

    def _happens(self, statements: Sequence[Statement], at: Point, new: bool = True, approach: bool = False) -> Outcome:
        """Return what happens at a point; to approach it shows no fault, and matters only for what holds."""
        return happens(statements, self.looked.point(at), self.lines, new, self.looked.instead, approach)

    def _note(self, at: Point, outcome: Outcome) -> None:
        if not self.complete and (outcome.kind == "false" or (outcome.kind == "undefined" and self.necessary is None)):
            self.necessary = {"kind": outcome.kind, "at": _named(at), "fault": outcome.fault}


def _named(at: Point) -> dict[str, str]:
    return {text_of(v): str(q) for v, q in as_draw(at).items()}


def _linked(claim: Claim, dropped: Below) -> set[Any]:
    """Return the symbols of the assumption, and those that other stated assumptions link to them."""
    symbols = dropped.lesser.free_symbols | dropped.greater.free_symbols
    links = [a.lesser.free_symbols | a.greater.free_symbols for a in claim.given]
    while more := [names for names in links if names & symbols and not names <= symbols]:
        symbols = symbols.union(*more)
    return symbols


def fault_at(statement: Statement, point: Draw) -> str:
    """Return why a statement is false or meaningless at a point, or '' if it is true or undecided there."""
    try:
        return false_at(statement, point)
    except ArithmeticError:
        return ""


def kept(assumption: str) -> str:
    """How a claim says why it keeps an assumption that it could do without."""
    real = f", or declare {assumption.removeprefix('0 < ')} by `real`" if assumption.startswith("0 < ") else ""
    return f'say why it is kept, convenience={{"{assumption}": "..."}}{real}'


def unneeded(rows: Sequence[AssumptionRow]) -> list[str]:
    """Complain of assumptions that are not needed, or exclude too much, for no stated reason or a false one."""
    idle = [a for a in rows if not a.get("convenience")]
    nothing = [a["text"] for a in idle if a["necessary"] is None]
    more = [(a["text"], a.get("holds_beyond")) for a in idle if a.get("holds_beyond")]
    return (
        [f"assumption neither shown necessary nor marked as convenience: {text}: {kept(text)}" for text in nothing]
        + [
            f"assumption stronger than needed: the claim holds just beyond {text}, at {at}: assume less, or "
            f"{kept(text)}"
            for text, at in more
        ]
        + [_untrue(a, where) for a in rows if (where := _gainsaid(a))]
    )


def _untrue(row: AssumptionRow, where: str) -> str:
    """Complain of a reason that says that the claim holds without the assumption, with the point where it does not."""
    return (
        f"the reason why {row['text']} is kept, {row.get('convenience')!r}, says that the claim holds without it, but "
        f"the claim is false there: {where}, where {row['text']} alone fails. If the claim is right, say in its "
        f"`convenience` what else {row['text']} is for; if the claim has a slip, mend that first"
    )


def _gainsaid(row: AssumptionRow) -> str:
    """Return where the claim is false, if the reason says that it holds for either sign, or all the same; else ''."""
    found, v = row["necessary"], row["text"].removeprefix("0 < ")
    if found is None or found["kind"] != "false":
        return ""
    why = row.get("convenience") or ""
    signed = found["at"].get(v, "").startswith("-") and HOLDS.search(why)
    if not (signed or (GENERAL.search(why) and not UNLESS.search(why))):
        return ""
    return f"{found['fault']} at {', '.join(f'{name} = {value}' for name, value in found['at'].items())}"
