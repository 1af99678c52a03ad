"""Whether a statement excludes another value of the answer, far from its own: at one point, all else as it is."""

from collections.abc import Callable, Iterable, Sequence
from itertools import islice

from flint import arb
from sympy import Dummy, Expr, S, Symbol

from derivations.domain import Draw
from derivations.number import Undefined
from derivations.pinning.generic import NO_VALUE, value
from derivations.pinning.hole import Look, Opener, Part, changes
from derivations.pinning.polynomial import small
from derivations.statement import Below, Equal, Statement, Tends, sides

PLACES = 4  # points that have all in common that the answer depends on
Places = Callable[[set[Symbol]], Iterable[Draw]]


class Excluded:
    """What the statements say of another value, as far as the parts of the answer that are pinned are known."""

    def __init__(self, said: Sequence[Statement], opened: Opener, places: Places) -> None:
        self.opened, self.places = opened, places
        self.pinned: set[Part] = set()
        self.passing: dict[Look, arb] = {}
        self.gaps = [(type(s), _gap(s, opened)) for s in said if not isinstance(s, Tends)]

    def __call__(self, look: Look, change: Dummy, by: arb) -> bool:
        """Whether a value that is other by so much is excluded; else it is kept, to be told."""
        gaps = [(kind, e) for kind, whole in self.gaps if changes(e := self._known(whole)) == {change}]
        for at in islice(self.places(look.symbols), PLACES):
            if any(_broken(e, at | {change: by}, kind) for kind, e in gaps):  # type: ignore[dict-item]
                return True
        self.passing[look] = by
        return False

    def _known(self, e: Expr) -> Expr:
        return e.xreplace({d: S.Zero for k, d in self.opened.changes.items() if k.part in self.pinned})


def _gap(said: Statement, opened: Opener) -> Expr:
    """What an equality says is 0, and a bound that it is not negative."""
    lesser, greater = sides(said)
    return opened(greater) - opened(lesser)


def _broken(gap: Expr, at: Draw, kind: type[Statement]) -> bool:
    """Whether a gap has no value, or is not what it is said to be."""
    try:
        here = value(gap, at)
    except Undefined:
        return True
    except NO_VALUE:
        return False
    return bool(here != 0 if kind is Equal else here < 0 or (kind is Below and small(here)))
