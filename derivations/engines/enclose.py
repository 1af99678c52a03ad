"""The engine `enclose` evaluates the statements of a claim as Arb balls, at exact random points of the domain.

Each statement is checked by itself. One that is undecided at too many points is given up without affecting the others;
the evidence lists by number those that were checked. A statement that is false at a point is refuted, with that point.
A line of the derivation that is false there, or a primitive that is none, refutes no answer, but this engine then does
not support the derivation.
"""

from collections.abc import Iterable, Sequence

from derivations.arithmetic.ball import Imprecise, Place, Undefined, Unfinished
from derivations.arithmetic.memory import Drawn, once
from derivations.engines.agree import Fails, NoCase, at_equality, at_some_precision, check, failing, false_at, same
from derivations.engines.approach import Stays
from derivations.engines.derivation import fault_of_lines, fault_of_primitives
from derivations.form.claim import Answer, Claim
from derivations.form.statement import Statement
from derivations.form.verdict import Evidence, not_evaluated, reasons
from derivations.points.domain import Draw, enough, points

__all__ = ["Fails", "at_equality", "at_some_precision", "check", "enclose", "false_at", "same"]

POINTS = 24
LINES = 6  # points at which proof lines are checked
SKIPPED = 0.25  # share of further points that may leave a statement undecided


def places(claim: Claim, purpose: str) -> Iterable[Place]:
    """Return the points for a purpose, drawn once; values computed there are kept for the next answer."""
    return once(claim, ("places", purpose), lambda: Drawn(map(Place, points(claim, f"{purpose} {claim.name}"))))


class Looks:
    """The progress of a check: each statement is to be decided at `count` points, and given up if it often is not."""

    def __init__(self, statements: Sequence[Statement], count: int) -> None:
        self.count, self.statements = count, statements
        self.done, self.undecided = [0] * len(statements), [0] * len(statements)
        self.lost: dict[int, str] = {}  # statements that can't be decided, and why

    @property
    def ahead(self) -> list[int]:
        """The statements that still need points."""
        return [n for n, done in enumerate(self.done) if done < self.count and n not in self.lost]

    @property
    def seen(self) -> list[int]:
        """The numbers, from 1, of the statements that were decided at enough points."""
        return [n + 1 for n, done in enumerate(self.done) if done == self.count]

    def at(self, point: Draw) -> bool:
        """Check the statements that still need points; return whether all were decided, raise where one is false."""
        before = sum(self.undecided) + len(self.lost)
        for n in self.ahead:
            try:
                check(self.statements[n], point)
                self.done[n] += 1
            except (NoCase, Imprecise, Unfinished) as unknown:
                self._undecided(n, f"{type(unknown).__name__}: {unknown}")
            except (Fails, Undefined):
                raise
            except (ArithmeticError, ValueError) as unknown:
                self.lost[n] = f"{type(unknown).__name__}: {unknown}"
        return sum(self.undecided) + len(self.lost) == before

    def _undecided(self, n: int, why: str) -> None:
        self.undecided[n] += 1
        if self.undecided[n] > self.count * SKIPPED:
            self.lost[n] = why

    def evidence(self) -> Evidence:
        """Return evidence for the statements that were looked at, and why the others were not."""
        why = reasons(len(self.statements), {n + 1: reason for n, reason in sorted(self.lost.items())})
        if not self.seen:
            return not_evaluated("enclose", why)
        detail = {"undecided": sum(self.undecided), "statements": self.seen}
        return Evidence("enclose", "consistent", why, points=self.count, digits=60, detail=detail)


def enclose(claim: Claim, answer: Answer = None, count: int = POINTS, purpose: str = "enclose") -> Evidence:
    """Return evidence on one answer, from `count` points of a purpose that decide it; `refuted` comes with the point.

    For the claim's own answer, the points visit every place where the claim is delicate at least once.
    """
    own = answer is None
    try:
        looks = Looks(claim.statements(answer), enough(claim, count) if own else count)
        fault = _looked(claim, looks, purpose, own)
    except (ArithmeticError, ValueError) as unknown:
        return not_evaluated("enclose", f"{type(unknown).__name__}: {unknown}")
    if isinstance(fault, Evidence):
        return fault
    if fault:
        return Evidence("enclose", "not_evaluated", fault, detail={"derivation": fault})
    return looks.evidence()


def _looked(claim: Claim, looks: Looks, purpose: str, own: bool) -> Evidence | str:
    """Return a refutation, or the first fault of the derivation or '' once every statement is done or given up."""
    fault, seen = "", 0
    for n, point in enumerate(places(claim, purpose), start=1):
        try:
            decided = looks.at(point)
        except (Fails, Undefined) as wrong:
            return _refuted(point, wrong, n)
        if own and decided and not fault:
            seen += 1
            fault = (fault_of_lines(claim, point) if seen <= LINES else "") or fault_of_primitives(claim, point)
        if not looks.ahead:
            return fault
    raise AssertionError("points are endless")


def _refuted(point: Draw, wrong: ArithmeticError, n: int) -> Evidence:
    """Return a refutation with its point; for a limit it is no proof, since no sample reaches the limit."""
    witness = {str(v): str(q) for v, q in sorted(point.items(), key=str)}
    what = failing(wrong) if isinstance(wrong, Fails) else f"undefined: {wrong}"
    detail = {"of a limit": True} if isinstance(wrong, Stays) else {}
    return Evidence("enclose", "refuted", what, points=n, witness=witness, detail=detail)
