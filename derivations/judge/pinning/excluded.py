"""The check that a statement excludes another value of the answer at one point, far from its own, all else equal."""

from collections.abc import Callable, Iterable, Sequence
from itertools import islice

from flint import arb
from sympy import Dummy, Expr, S, Symbol

from derivations.arithmetic.number import Undefined
from derivations.form.statement import Below, Equal, Statement, Tends, sides
from derivations.judge.pinning.generic import NO_VALUE, value
from derivations.judge.pinning.hole import Look, Opener, Part, changes
from derivations.judge.pinning.polynomial import small
from derivations.points.domain import Draw

PLACES = 4  # points that agree in all that the answer depends on; one for a statement with one change alone
Places = Callable[[set[Symbol]], Iterable[Draw]]


class Excluded:
    """The gaps of the statements at another value, with the parts of the answer known that are pinned."""

    def __init__(self, statement: Sequence[Statement], opened: Opener, places: Places) -> None:
        self.opened, self.places = opened, places
        self.pinned: set[Part] = set()
        self.passing: dict[Look, arb] = {}
        self.gaps = [(type(s), _gap(s, opened)) for s in statement if not isinstance(s, Tends)]

    def __call__(self, look: Look, change: Dummy, by: arb) -> bool:
        """Return whether a value that differs by `by` is excluded; record it as passing if not."""
        known = [(kind, whole, self._known(whole)) for kind, whole in self.gaps]
        gaps = [(kind, e, self.opened.alone(whole)) for kind, whole, e in known if changes(e) == {change}]
        for n, at in enumerate(islice(self.places(look.symbols), PLACES)):
            if any(_broken(e, at | {change: by}, kind) for kind, e, single in gaps if n == 0 or not single):  # type: ignore[dict-item]
                return True
        self.passing[look] = by
        return False

    def _known(self, e: Expr) -> Expr:
        return e.xreplace({d: S.Zero for k, d in self.opened.changes.items() if k.part in self.pinned})


def _gap(statement: Statement, opened: Opener) -> Expr:
    """Return an expression that is 0 if an equality holds, and not negative if a bound does."""
    lesser, greater = sides(statement)
    return opened(greater) - opened(lesser)


def _broken(gap: Expr, at: Draw, kind: type[Statement]) -> bool:
    """Return whether a gap has no value, or contradicts its statement."""
    try:
        here = value(gap, at)
    except Undefined:
        return True
    except NO_VALUE:
        return False
    return bool(here != 0 if kind is Equal else here < 0 or (kind is Below and small(here)))
