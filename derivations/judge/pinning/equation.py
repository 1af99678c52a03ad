"""The equations that a claim's statements make for changes of its answer, linear where the changes are small.

By an equality the change of its sides' difference is zero; by a limit it tends to zero; by a bound it is zero in its
equality case. An equation that holds at all points may be differentiated: in the end of an integral, which leaves the
integrand there, and, if it looks at slopes, once more in any symbol.
"""

from collections.abc import Iterator, Mapping
from functools import lru_cache
from itertools import product
from typing import Any, NamedTuple

from sympy import Dummy, Expr, Integral, S, Symbol

from derivations.form.statement import AtMost, Equal, Statement, Tends
from derivations.judge.pinning.hole import Look, Opener, Part, Untraceable, still
from derivations.probability.density import TWO, Abstract, Density
from derivations.probability.density import at as in_states


class Equation(NamedTuple):
    """An expression in changes that is 0 (for a limit, as `var` tends to 0), and its slope in each change at 0."""

    whole: Expr
    changes: Mapping[Look, Dummy]
    slopes: Mapping[Look, Expr]
    var: Symbol | None = None
    single: bool = False  # whether it, or what it is the slope of, has one change from the start

    def without(self, pinned: set[Part]) -> "Equation":
        gone = {d: S.Zero for k, d in self.changes.items() if k.part in pinned}
        return self._replace(
            whole=self.whole.xreplace(gone) if gone else self.whole,
            changes={k: d for k, d in self.changes.items() if k.part not in pinned},
            slopes={k: e for k, e in self.slopes.items() if k.part not in pinned},
        )

    def straight(self) -> bool:
        """Return whether the equation is linear in its changes, however large."""
        return _straight(self.whole, frozenset(self.changes.values()))

    def held(self) -> set[Symbol]:
        """Return the symbols that the changes depend on."""
        return set().union(*(look.symbols for look in self.changes))


@lru_cache(maxsize=4096)
def _straight(e: Expr, changes: frozenset[Dummy]) -> bool:
    return all(changes.isdisjoint(e.diff(d).free_symbols) for d in changes)


def equations(statement: Statement, opened: Opener) -> Iterator[Equation]:
    """Yield the equations that a statement itself makes."""
    if isinstance(statement, Equal):
        yield _equation(opened(statement.lhs) - opened(statement.rhs), opened)
        yield from (_equation(opened(e), opened) for e in _integrands(statement.lhs - statement.rhs, opened))
    if isinstance(statement, AtMost) and statement.equal_at:
        yield _in_its_case(statement, opened)
        yield from _in_its_only_case(statement, opened)
    if isinstance(statement, Tends):
        yield _equation(opened(statement.expr) - opened(statement.value), opened, statement.var)
        if not opened.looks(statement.expr):  # a limit without the answer has only one value
            yield _equation(opened(statement.value) - still(opened(statement.value)), opened)


def prolonged(statement: Statement, opened: Opener) -> Iterator[Equation]:
    """Yield the slopes, in each symbol, of an equality that looks at slopes or is not linear in its changes."""
    if isinstance(statement, Equal):
        first = _equation(opened(statement.lhs) - opened(statement.rhs), opened)
        e = statement.lhs - statement.rhs
        if any(k.slope for k in first.changes) or not first.straight():
            bent = first.single and not first.straight()  # another root may depend on other symbols, too
            for v in sorted(e.free_symbols & first.held() if bent else e.free_symbols, key=str):
                yield _equation(opened(e.diff(v)), opened)._replace(single=bent)


def bounded(statement: Statement, opened: Opener) -> set[Look]:
    """Return the looks of a bound at its answer, whether or not it is an equality there."""
    if isinstance(statement, AtMost) and statement.equal_at:
        return {k for e in (statement.lesser, statement.greater) for k in opened.changed(opened(e)) if not k.slope}
    return set()


def _equation(e: Expr, opened: Opener, var: Symbol | None = None) -> Equation:
    changes = opened.changed(e)
    slopes = {look: still(e.diff(d)) for look, d in changes.items()}
    return Equation(e, changes, {look: slope for look, slope in slopes.items() if slope != 0}, var, opened.alone(e))


def _integrands(e: Expr, opened: Opener) -> Iterator[Expr]:
    """Yield the slope in an end of an integral over the answer's own arguments: the integrand at that end."""
    for integral in e.atoms(Integral):
        if opened.looks(integral.function):
            ends = (end for limit in integral.limits for end in limit[1:])  # type: ignore[index]
            yield from (e.diff(v) for v in ends if isinstance(v, Symbol))


def _in_its_case(statement: AtMost, opened: Opener) -> Equation:
    """Return the equation at the equality case. A change of that place itself matters only to second order."""
    e = opened(statement.lesser) - opened(statement.greater)
    put = _put(statement, opened)
    e = e.subs(put, simultaneous=True)
    slopes: dict[Look, Expr] = {}
    names: dict[Dummy, Dummy] = {}
    for look, d in opened.changed(e).items():
        of_place = any(q.has(d) for q in put.values())
        at = [a.subs(put, simultaneous=True) for a in look.at]
        moved = look._replace(at=tuple(still(a) for a in at))
        slopes[moved] = slopes.get(moved, S.Zero) + still(e.diff(d, 2 if of_place else 1))
        names[d] = opened.change(moved, at)
    e = e.xreplace(names)
    return Equation(e, opened.changed(e), {look: slope for look, slope in slopes.items() if slope != 0})


def _in_its_only_case(statement: AtMost, opened: Opener) -> Iterator[Equation]:
    """Yield that the place is unchanged where alone a side is as low, or as high, as the other, which does not move."""
    put = _put(statement, opened)
    for one, other in ((statement.lesser, statement.greater), (statement.greater, statement.lesser)):
        if statement.only and not opened.looks(other) and opened(one).free_symbols.isdisjoint(put):
            yield from (_equation(q - still(q), opened) for q in put.values())


def _put(statement: AtMost, opened: Opener) -> dict[Symbol, Expr]:
    return {v: q for what, to in statement.equal_at.items() for v, q in _values(what, opened(S(to)))}


def _values(what: Any, to: Expr) -> Iterator[tuple[Symbol, Expr]]:
    """Yield a symbol and its value; for a function its values on a chain of two states, for a density its odds."""
    if isinstance(what, Symbol):
        yield what, to
        return
    if not isinstance(what, Abstract) or what.atoms(Abstract) != {what}:
        raise Untraceable(f"expected an equality case that sets symbols or densities, got {what} = {to}")
    names = [v for v in what.args if isinstance(v, Symbol)]
    for run in product(TWO, repeat=len(names)):
        states = dict(zip(names, run, strict=True))
        if isinstance(what, Density):
            if states[what.of] == 1:
                yield tuple(in_states(e, states) / in_states(e, states | {what.of: 0}) for e in (what, to))  # type: ignore[misc]
        else:
            yield in_states(what, states), in_states(to, states)  # type: ignore[misc]
