"""The changes of an answer, and which of them the statements of its claim exclude at random points.

A part that only bounds look at is pinned by no statement, only held; its mutants must break a bound.
"""

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from itertools import chain, islice

from sympy import Dummy, Rational, Symbol

from derivations.arithmetic.ball import precision
from derivations.form.claim import Claim
from derivations.judge.pinning.equation import Equation, bounded, equations, prolonged
from derivations.judge.pinning.excluded import Excluded
from derivations.judge.pinning.generic import EXACT, NO_VALUE, generic, sweeps, value
from derivations.judge.pinning.hole import Hole, Look, Opener, Part, Traced, mentions
from derivations.judge.pinning.matrix import BITS
from derivations.judge.pinning.polynomial import Polynomial, unknown
from derivations.judge.pinning.quotient import Unfolded
from derivations.judge.pinning.system import System
from derivations.judge.pinning.zeros import Zeros
from derivations.points.domain import Draw, holds

BASES = 6  # points at which every part must be pinned
MOST = 16  # points at which an equation is evaluated for the sake of its monomials
NEAR = 60  # the variable of a limit is 2^-NEAR and less
LIMIT = -30  # powers of two below this are on their way to zero


class Changes:
    """The changes of an answer, of any size or only small ones, and which of them the statements exclude."""

    def __init__(self, claim: Claim, traced: Traced, left: Sequence[Hole], opened: Opener) -> None:
        self.claim, self.opened = claim, opened
        self.statements = [statement for statement in traced.statements if mentions(statement, left)]
        self.symbols = {h.part: h.symbols for h in left}
        self._seen: list[Draw] = []
        self._fresh = generic(claim, f"rows {claim.name}")
        made = [(statement, list(equations(statement, opened))) for statement in self.statements]
        self.equations = [e for _, es in made for e in es]
        self.bounds = {k for statement in self.statements for k in bounded(statement, opened)}
        self.elsewhere = {
            k.part for statement, es in made if not bounded(statement, opened) for e in es for k in e.slopes
        }

    @cached_property
    def longer(self) -> list[Equation]:
        return [*self.equations, *(e for statement in self.statements for e in prolonged(statement, self.opened))]

    def others(self) -> Iterator[Draw]:
        """Yield more points, drawn as they are needed."""
        yield from self._seen
        for at in self._fresh:
            self._seen.append(at)
            yield at

    def bases(self) -> Iterator[Draw]:
        return islice(generic(self.claim, f"pins {self.claim.name}"), BASES)

    def plainly(self, small: bool) -> set[Part]:
        """Return the parts whose change, at their own symbols, is alone in an equality with a known coefficient."""
        pinned: set[Part] = set()
        while True:
            known = [e.without(pinned) for e in self.equations if e.var is None]
            alone = [(e, *next(iter(e.slopes.items()))) for e in known if len(e.slopes) == 1]
            new = {
                k.part
                for e, k, slope in alone
                if k.at == self.symbols[k.part] and k.whole and slope.is_zero is False
                if small or (e.straight() and not self.nested(e))
            }
            if not new:
                return pinned
            pinned |= new

    def nested(self, e: Equation) -> bool:
        """Return whether a change occurs in the arguments at which another is looked at."""
        live = set(e.changes.values())
        return any(live & self.opened.within[d] for d in live)

    def held(self, base: Draw) -> set[Part]:
        """Return the parts that only bounds look at, over an open set."""
        return {k.part for k in self.bounds if k.part not in self.elsewhere and sweeps(k.at, base)}


class Here:
    """The changes of an answer at one point."""

    def __init__(self, changes: Changes, base: Draw, small: bool) -> None:
        self.changes, self.base, self.small = changes, base, small
        self.excluded = Excluded(changes.statements, changes.opened, self.places)

    def pinned(self, plain: set[Part]) -> set[Part]:
        """Return the pinned parts, by equalities alone, then with limits, then with slopes of what looks at slopes."""
        all_, pinned = self.changes.symbols.keys(), plain | self.changes.held(self.base)
        for longer, zero in ((False, EXACT), (False, LIMIT), (True, EXACT)):
            while all_ - pinned:
                known = self.changes.longer if longer else self.changes.equations
                system = self._system([e for e in known if e.var is None or zero == LIMIT], pinned, zero)
                if not (new := {of for of in all_ - pinned if self._pins(system, of)}):
                    break
                pinned |= new
        return pinned

    def _system(self, equations: Sequence[Equation], pinned: set[Part], zero: int) -> System:
        known = [e for whole in equations if (e := whole.without(pinned)).slopes or e.changes]
        known = [e for e in known if self.small or not self.changes.nested(e)]
        looks = {k: d for e in known for k, d in e.changes.items()}
        self.excluded.pinned = pinned
        unfolded = Unfolded(self.base, looks.values())
        with precision(BITS):
            rows = [row for e in known for row in self._rows(e, looks)]
        of = {d: k for k, d in looks.items()}
        return System(looks, Zeros(rows, zero, unfolded, lambda d, by: self.excluded(of[d], d, by)), self.base)

    def _rows(self, e: Equation, looks: Mapping[Look, Dummy]) -> Iterator[Polynomial]:
        """Yield the equation at the base, and at points where everything has moved that no change in it depends on.

        In what else moves, another root of an equation in one change alone may be a function as well.
        """
        straight = self.small or e.straight()
        parts = e.slopes.values() if straight else [e.whole]
        held, count, needed = e.held(), 0, len(e.slopes)
        moves = bool(set().union(*(part.free_symbols for part in parts)) - held - set(e.changes.values()))
        for n, at in enumerate(self.places(held)):
            if e.var is not None:
                at = at | {e.var: Rational(1, 2 ** (NEAR + n))}
            if (row := self._row(e, looks, at, straight)) is not None:
                yield row
                count, needed = count + 1, max(needed, min(len(row), MOST))
            if count > needed or (count and not (moves and (straight or not e.single))):
                return

    def places(self, held: set[Symbol]) -> Iterator[Draw]:
        """Yield the base, and other points that share the given symbols' values with it."""
        for other in chain([self.base], self.changes.others()):
            at = other | {v: self.base[v] for v in held & self.base.keys()}
            if all(holds(a, at) for a in self.changes.claim.given):
                yield at

    def _row(self, e: Equation, looks: Mapping[Look, Dummy], at: Draw, straight: bool) -> Polynomial | None:
        try:
            if straight:
                return {m: value(slope, at) for k, slope in e.slopes.items() for m in unknown(looks[k])}
            return Unfolded(at, e.changes.values()).vanishing(e.whole) if e.var is None else None
        except NO_VALUE:
            return None

    def _pins(self, system: System, of: Part) -> bool:
        return system.pins(of, self.changes.symbols[of], self.changes.claim.kind == "induction")
