"""The changes of an answer, and which of them the statements of its claim exclude: at points drawn at random.

A bound that nothing but bounds looks at is pinned by no statement, only held: its mutants must break it.
"""

from collections.abc import Iterator, Sequence
from functools import cached_property
from itertools import chain, islice

from flint import arb
from sympy import Rational

from derivations.form.claim import Claim
from derivations.judge.pinning.equation import Equation, bounded, equations, prolonged
from derivations.judge.pinning.generic import EXACT, NO_VALUE, generic, sweeps, value
from derivations.judge.pinning.hole import Hole, Look, Opener, Part, Traced, mentions
from derivations.judge.pinning.system import System
from derivations.points.domain import Draw, holds

BASES = 6  # points at which every part must be pinned
NEAR = 60  # the variable of a limit is 2^-NEAR and less
LIMIT = -30  # powers of two below this are on their way to zero


class Changes:
    """The changes of an answer, and which of them the statements exclude."""

    def __init__(self, claim: Claim, traced: Traced, left: Sequence[Hole], opened: Opener) -> None:
        self.claim, self.opened = claim, opened
        self.said = [said for said in traced.said if mentions(said, left)]
        self.symbols = {h.part: h.symbols for h in left}
        self._seen: list[Draw] = []
        self._fresh = generic(claim, f"rows {claim.name}")
        made = [(said, list(equations(said, opened))) for said in self.said]
        self.equations = [e for _, es in made for e in es]
        self.bounds = {k for said in self.said for k in bounded(said, opened)}
        self.elsewhere = {k.part for said, es in made if not bounded(said, opened) for e in es for k in e.slopes}

    @cached_property
    def _longer(self) -> list[Equation]:
        return [*self.equations, *(e for said in self.said for e in prolonged(said, self.opened))]

    def _others(self) -> Iterator[Draw]:
        """More points, drawn as far as they are asked for."""
        yield from self._seen
        for at in self._fresh:
            self._seen.append(at)
            yield at

    def complaints(self) -> list[str]:
        """Why the answer is not pinned, one sentence for each part that can change at some point."""
        plain = self._plainly()
        if plain >= self.symbols.keys():
            return []
        seen = 0
        for base in islice(generic(self.claim, f"pins {self.claim.name}"), BASES):
            seen += 1
            if loose := self.symbols.keys() - self._pinned(base, plain):
                return [f"the statement does not pin its answer: {self._why(of, loose, base)}" for of in sorted(loose)]
        return [] if seen else ["the statement does not pin its answer: there is no point to look at it"]

    def _plainly(self) -> set[Part]:
        """Parts whose change, at their own symbols, stands alone in an equality with a coefficient that SymPy knows."""
        pinned: set[Part] = set()
        while True:
            left = [e.without(pinned).slopes for e in self.equations if e.var is None]
            alone = [next(iter(slopes.items())) for slopes in left if len(slopes) == 1]
            new = {k.part for k, e in alone if e.is_zero is False and k.at == self.symbols[k.part] and k.whole}
            if not new:
                return pinned
            pinned |= new

    def _pinned(self, base: Draw, plain: set[Part]) -> set[Part]:
        """With equalities alone, then with limits, then with slopes of what looks at slopes."""
        pinned = plain | self._held(base)
        for longer, zero in ((False, EXACT), (False, LIMIT), (True, EXACT)):
            while self.symbols.keys() - pinned:
                known = self._longer if longer else self.equations
                system = self._system([e.without(pinned) for e in known if e.var is None or zero == LIMIT], base, zero)
                if not (new := {of for of in self.symbols.keys() - pinned if self._pins(system, of)}):
                    break
                pinned |= new
        return pinned

    def _held(self, base: Draw) -> set[Part]:
        """Parts that nothing but bounds looks at, over an open set."""
        return {k.part for k in self.bounds if k.part not in self.elsewhere and sweeps(k.at, base)}

    def _system(self, known: Sequence[Equation], base: Draw, zero: int) -> System:
        looks = list(dict.fromkeys(k for e in known for k in e.slopes))
        return System(looks, [row for e in known if e.slopes for row in self._rows(e, looks, base)], zero, base)

    def _rows(self, e: Equation, looks: Sequence[Look], base: Draw) -> Iterator[list[arb]]:
        """An equation at the base, and where all has moved that no change in it depends on."""
        held, count = e.held(), 0
        moves = bool(set().union(*(slope.free_symbols for slope in e.slopes.values())) - held)
        for n, other in enumerate(chain([base], self._others())):
            at = other | {v: base[v] for v in held & base.keys()}
            if e.var is not None:
                at = at | {e.var: Rational(1, 2 ** (NEAR + n))}
            if (row := self._row(e, looks, at)) is not None:
                yield row
                count += 1
            if count > len(e.slopes) or (count and not moves):
                return

    def _row(self, e: Equation, looks: Sequence[Look], at: Draw) -> list[arb] | None:
        try:
            inside = all(holds(a, at) for a in self.claim.given)
            return [value(e.slopes[k], at) if k in e.slopes else arb(0) for k in looks] if inside else None
        except NO_VALUE:
            return None

    def _pins(self, system: System, of: Part) -> bool:
        return system.pins(of, self.symbols[of], self.claim.kind == "induction")

    def _why(self, of: Part, loose: set[Part], base: Draw) -> str:
        name = of[0] + (f" (its coefficient of {of[1]})" if of[1] else "")
        looks = list(dict.fromkeys(k for e in self.equations for k in e.slopes if k.part == of))
        whole = [k for k in looks if k.whole]
        if not looks:
            return f"no statement looks at its {name}"
        if not whole:
            return f"its {name} is looked at only {'by slopes' if any(k.slope for k in looks) else 'under an integral'}"
        if not any(sweeps(k.at, base) for k in whole):
            return f"its {name} is looked at only at {' and '.join(str(k.at) for k in whole)}"
        others = sorted({p[0] for p in loose if p != of})
        return f"its {name} can change" + (f" together with {', '.join(others)}" if others else f", at {_text(base)}")


def _text(at: Draw) -> str:
    return ", ".join(f"{v} = {float(q):.4g}" for v, q in sorted(at.items(), key=str))
