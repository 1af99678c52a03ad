"""What the statements of a claim say of changes of its answer: equations, which are linear where changes are small.

An equality says that the change of its sides' difference is zero; a limit, that it tends to zero; a bound, that it is
zero in its equality case. What holds at all points may be differentiated: in the end of an integral, which leaves what
it integrates there, and, of slopes, once more in any symbol.
"""

from collections.abc import Iterator, Mapping
from functools import lru_cache
from itertools import product
from typing import Any, NamedTuple

from sympy import Dummy, Expr, Integral, S, Symbol

from derivations.density import TWO, Abstract, Density
from derivations.density import at as in_states
from derivations.pinning.hole import Look, Opener, Part, Untraceable, still
from derivations.statement import AtMost, Equal, Statement, Tends


class Equation(NamedTuple):
    """What is 0, of changes, and its slope in each where nothing is changed; of a limit, as `var` tends to 0."""

    whole: Expr
    changes: Mapping[Look, Dummy]
    slopes: Mapping[Look, Expr]
    var: Symbol | None = None

    def without(self, pinned: set[Part]) -> "Equation":
        gone = {d: S.Zero for k, d in self.changes.items() if k.part in pinned}
        return self._replace(
            whole=self.whole.xreplace(gone) if gone else self.whole,
            changes={k: d for k, d in self.changes.items() if k.part not in pinned},
            slopes={k: e for k, e in self.slopes.items() if k.part not in pinned},
        )

    def straight(self) -> bool:
        """Whether it is linear in its changes, however large."""
        return _straight(self.whole, frozenset(self.changes.values()))

    def held(self) -> set[Symbol]:
        """What the changes depend on."""
        return set().union(*(look.symbols for look in self.changes))


@lru_cache(maxsize=4096)
def _straight(e: Expr, changes: frozenset[Dummy]) -> bool:
    return all(changes.isdisjoint(e.diff(d).free_symbols) for d in changes)


def equations(said: Statement, opened: Opener) -> Iterator[Equation]:
    """The equations that a statement makes, of what it says itself."""
    if isinstance(said, Equal):
        yield _equation(opened(said.lhs) - opened(said.rhs), opened)
        yield from (_equation(opened(e), opened) for e in _integrands(said.lhs - said.rhs, opened))
    if isinstance(said, AtMost) and said.equal_at:
        yield _in_its_case(said, opened)
        yield from _in_its_only_case(said, opened)
    if isinstance(said, Tends):
        yield _equation(opened(said.expr) - opened(said.value), opened, said.var)
        if not opened.looks(said.expr):  # a limit that does not know the answer is what it is
            yield _equation(opened(said.value) - still(opened(said.value)), opened)


def prolonged(said: Statement, opened: Opener) -> Iterator[Equation]:
    """The slopes, in each of its symbols, of an equality that looks at slopes or is not linear in its changes."""
    if isinstance(said, Equal):
        first = _equation(opened(said.lhs) - opened(said.rhs), opened)
        e = said.lhs - said.rhs
        if any(k.slope for k in first.changes) or not first.straight():
            for v in sorted(e.free_symbols, key=str):
                yield _equation(opened(e.diff(v)), opened)


def bounded(said: Statement, opened: Opener) -> set[Look]:
    """The looks of a bound at its answer, whether it holds with equality there or not."""
    if isinstance(said, AtMost) and said.equal_at:
        return {k for e in (said.lesser, said.greater) for k in opened.changed(opened(e)) if not k.slope}
    return set()


def _equation(e: Expr, opened: Opener, var: Symbol | None = None) -> Equation:
    changes = opened.changed(e)
    slopes = {look: still(e.diff(d)) for look, d in changes.items()}
    return Equation(e, changes, {look: slope for look, slope in slopes.items() if slope != 0}, var)


def _integrands(e: Expr, opened: Opener) -> Iterator[Expr]:
    """The slope in an end of an integral over the answer's own arguments: what it integrates, at that end."""
    for integral in e.atoms(Integral):
        if opened.looks(integral.function):
            ends = (end for limit in integral.limits for end in limit[1:])  # type: ignore[index]
            yield from (e.diff(v) for v in ends if isinstance(v, Symbol))


def _in_its_case(said: AtMost, opened: Opener) -> Equation:
    """Both sides where they are equal. Where that is, as far as the answer says it, is a least gap: of second order."""
    e = opened(said.lesser) - opened(said.greater)
    put = _put(said, opened)
    e = e.subs(put, simultaneous=True)
    found: dict[Look, Expr] = {}
    names: dict[Dummy, Dummy] = {}
    for look, d in opened.changed(e).items():
        of_place = any(q.has(d) for q in put.values())
        at = [a.subs(put, simultaneous=True) for a in look.at]
        moved = look._replace(at=tuple(still(a) for a in at))
        found[moved] = found.get(moved, S.Zero) + still(e.diff(d, 2 if of_place else 1))
        names[d] = opened.change(moved, at)
    e = e.xreplace(names)
    return Equation(e, opened.changed(e), {look: slope for look, slope in found.items() if slope != 0})


def _in_its_only_case(said: AtMost, opened: Opener) -> Iterator[Equation]:
    """Where alone a side is as low, or as high, as the other, which does not move: there is one such place."""
    put = _put(said, opened)
    for one, other in ((said.lesser, said.greater), (said.greater, said.lesser)):
        if said.only and not opened.looks(other) and opened(one).free_symbols.isdisjoint(put):
            yield from (_equation(q - still(q), opened) for q in put.values())


def _put(said: AtMost, opened: Opener) -> dict[Symbol, Expr]:
    return {v: q for what, to in said.equal_at.items() for v, q in _values(what, opened(S(to)))}


def _values(what: Any, to: Expr) -> Iterator[tuple[Symbol, Expr]]:
    """A symbol and its value; of a function, those that it has on a chain of two states, and of a density its odds."""
    if isinstance(what, Symbol):
        yield what, to
        return
    if not isinstance(what, Abstract) or what.atoms(Abstract) != {what}:
        raise Untraceable(f"an equality case where {what} is {to}")
    names = [v for v in what.args if isinstance(v, Symbol)]
    for run in product(TWO, repeat=len(names)):
        states = dict(zip(names, run, strict=True))
        if isinstance(what, Density):
            if states[what.of] == 1:
                yield tuple(in_states(e, states) / in_states(e, states | {what.of: 0}) for e in (what, to))  # type: ignore[misc]
        else:
            yield in_states(what, states), in_states(to, states)  # type: ignore[misc]
