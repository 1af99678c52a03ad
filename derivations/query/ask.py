"""A formula goes in, a verdict comes out: read in each convention, looked up by value, put to the engines.

Each reading is judged in a process of its own and within a limit of processor time. A claim of which no evidence is
kept is verified first: nothing is called equal to what is not green.
"""

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace

from sympy import Expr, Float, sympify

from derivations.catalogue import find
from derivations.judge import store
from derivations.judge.verify import evidence
from derivations.obligations.watch import watching
from derivations.papers.index import Watch
from derivations.query.candidates.asked import Asked
from derivations.query.candidates.search import Index, table
from derivations.query.candidates.sides import Compared, compared
from derivations.query.child import Broken, TimedOut, within
from derivations.query.groups import Group, grouped
from derivations.query.index.tables import index
from derivations.query.index.universe import numbers
from derivations.query.joined import apart, certain, is_compared, joined, undecided
from derivations.query.left.side import Left
from derivations.query.match import matched
from derivations.query.reading import Reading, readings
from derivations.query.standing import Stands, of_row
from derivations.query.verdict import Answer, Read, Verdict
from derivations.query.waiting import checking, reading
from derivations.query.writing.shifted import shifted
from derivations.syntax.unread import Unread

SECONDS = 10.0  # of processor time, for a formula
VERIFYING = 120.0  # for a claim of which no evidence is kept
ORDER = ("equal", "wrong_form", "different", "unknown")


def ask(
    formula: str | Expr,
    *,
    where: Mapping[str, str] | None = None,
    against: str = "",
    seconds: float = SECONDS,
    watch: Watch = reading,
    verifying: Callable[[str], None] = checking,
) -> Answer:
    """Return the verdicts on a formula, one for each meaning that it has in the field's conventions.

    Args:
        formula: LaTeX, Python, or an expression in symbols of `derivations.symbols`.
        where: further names, each with a formula in our symbols or in those of the convention.
        against: the tag or name of the one claim to compare with; "" for all.
        seconds: the limit of processor time for what is computed of all readings together, and then for each of them.
        watch: goes through the modules of claims that have to be read, where no index is kept; else the log says so.
        verifying: is called with the name of a claim that is verified first, as no evidence of it is kept; else the
            log says so.

    Returns:
        the formula with a `Read` for each meaning, the best first; `is_equal` says whether it holds as a whole.

    Raises:
        Unread: the formula has no reading; it says which piece has none.
        Unknown: there is no claim `against`.
        ValueError: an expression in other symbols than ours, with numbers that are not exact, or with `where`.
    """
    if where and not isinstance(formula, str):
        raise ValueError("expected names in `where` beside text only, got them beside an expression in our symbols")
    only = _one(against) if against else ""
    asked, step = formula, ""
    if isinstance(formula, str):
        read, formula, step = _read_as(formula, where or {})
    else:
        read = (_ours(formula),)
    job = _Job(index(watch), only, seconds, verifying)
    table(job.index)  # once, before the processes that look things up in it
    try:
        groups, different = within(seconds, lambda: _prepared(formula, where or {}, read, job.index))
    except (TimedOut, Broken) as fault:
        return Answer(str(asked), tuple(replace(undecided(r, fault), shift=step) for r in read))
    with watching(False):
        found = joined([(g.key, _read(g, read, job)) for g in groups])
    found = certain([apart(r, different) for r in found])
    found = [replace(r, left="") if is_compared(r, different) else r for r in found]  # once they are joined
    ordered = sorted((replace(r, shift=step) for r in found), key=lambda r: (r.side, ORDER.index(r.verdict.kind)))
    return Answer(str(asked), tuple(ordered), different.differing)


def _read_as(formula: str, where: Mapping[str, str]) -> tuple[tuple[Reading, ...], str, str]:
    """Return the readings, of what text, and which step it was written of, if only renamed it has any."""
    try:
        return readings(formula, where), formula, ""
    except Unread:
        renamed, step = ("", "") if where else shifted(formula)
        if not step:
            raise
        with suppress(Unread):
            return readings(renamed), renamed, step
        raise


def _one(pattern: str) -> str:
    found = find(pattern)
    if len(found) != 1:
        raise ValueError(
            f"expected one claim, got {len(found)} for {pattern!r}: {', '.join(e.name for e in found[:6])}"
        )
    return found[0].name


def _ours(formula: Expr) -> Reading:
    """An expression in our very symbols, with their signs, and in exact numbers."""
    e = sympify(formula, strict=True)  # no text is evaluated
    if not isinstance(e, Expr):
        raise ValueError(f"expected a formula, got {e}")
    if inexact := sorted(map(str, e.atoms(Float))):
        raise ValueError(f"expected exact numbers, as Rational(1, 2), got {', '.join(inexact)}")
    if other := sorted(map(str, e.free_symbols - numbers())):
        raise ValueError(f"expected symbols of derivations.symbols, got others: {', '.join(other)}")
    return Reading("ours", e, {str(v): str(v) for v in e.free_symbols}, str(e))


def _prepared(
    formula: str | Expr, where: Mapping[str, str], read: Sequence[Reading], index: Index
) -> tuple[list[Group], Compared]:
    """What is computed of the readings before they are judged, in the time that a formula has."""
    with watching(False):
        of_sides = compared(formula, where, read) if isinstance(formula, str) else Compared({}, frozenset())
        return grouped(read, index, of_sides.lefts), of_sides


def _read(group: Group, readings: Sequence[Reading], job: "_Job") -> Read:
    first, name = readings[group.first], group.conventions[0]
    asked = Asked(first.expr, name, first.written.strip() in first.names, first.written, first.is_matrix, first.law_of)
    verdict = job(asked, group.left)
    return Read(group.conventions, first.written, first.left, first.side, group.read_as, dict(first.names), verdict)


@dataclass
class _Job:
    """The judgement of readings: what is asked of whom, and how the claims met so far stand."""

    index: Index
    only: str
    seconds: float
    verifying: Callable[[str], None]

    def __post_init__(self) -> None:
        self.known = dict[str, Stands]()

    def __call__(self, asked: Asked, left: Left) -> Verdict:
        while True:
            try:
                return within(self.seconds, lambda: matched(asked, self.index, self.only, self.stands, left))
            except _Unverified as missing:
                self.verifying(missing.name)
                self.known[missing.name] = _verified(missing.name)
            except TimedOut as fault:
                return Verdict("unknown", reason=f"not decided in time: {fault}")
            except Broken as fault:
                return Verdict("unknown", reason=str(fault))

    def stands(self, name: str) -> Stands:
        """How a claim stands by the evidence that is there."""
        if name not in self.known:
            kept = store.kept([name])
            if name not in kept:
                raise _Unverified(name)
            self.known[name] = of_row(kept[name]["row"])
        return self.known[name]


class _Unverified(Exception):
    """No evidence of a claim is kept."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name


def _verified(name: str) -> Stands:
    """How a claim stands by all engines, which keep their evidence."""
    try:
        return of_row(within(VERIFYING, lambda: evidence([name])[name]["row"]))
    except (TimedOut, Broken) as fault:
        return Stands("", reason=f"{name} is not verified yet: {fault}; udm verify {name}")
