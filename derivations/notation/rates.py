"""The chain rule over all that moves, each at a rate that a reader is shown; what does not move is shown as well."""

from collections.abc import Iterable, Iterator
from typing import Any

from sympy import Add, Basic, Derivative, Expr, Integer, Symbol, diff
from sympy.core.function import AppliedUndef

from derivations.notation.wheres import Where
from derivations.probability.opening import opened
from derivations.probability.smooth import Smooth

Rates = Iterable[tuple[Expr, Expr]]  # what moves, and its slope


class Dot(Basic):
    """The slope of a symbol in time, or in another variable, as a reader is shown it."""

    def _sympystr(self, printer: Any) -> str:
        of, var = map(printer.doprint, self.args)
        return f"d/d{var} {of}"

    def _latex(self, printer: Any) -> str:
        of, var = map(printer.doprint, self.args)
        return f"\\frac{{d}}{{d{var}}} {of}"


def slope(of: Expr, var: Expr) -> Expr:
    """The slope of an expression in a variable, all else held fixed.

    Raises:
        ValueError: something that is named after it, as alpha_t is after t, stands still.
    """
    body = opened(of)
    _moving(body, var, set())
    return diff(body, var)  # type: ignore[arg-type, no-any-return]


def along(body: Expr, var: Symbol, rates: Rates) -> Expr:
    """The slope in a variable of an expression whose symbols move at these rates.

    Raises:
        ValueError: the variable has another rate than 1, or something that is named after it stands still.
    """
    known = dict(rates)
    if known.get(var, 1) != 1:
        raise ValueError(f"expected {var} to move at the rate 1, got {known[var]}")
    _moving(body, var, set(known))
    return Add(diff(body, var), *(diff(body, v) * rate for v, rate in known.items() if v != var))  # type: ignore[arg-type]


def still(of: Expr, var: Expr) -> Iterator[Where]:
    """All that a slope is of, where its variable is not in it."""
    yield from wheres(opened(of), var, ())


def wheres(body: Expr, var: Expr, rates: Rates) -> Iterator[Where]:
    """What moves and how, and then what does not, unless the variable alone moves."""
    known = {v: rate for v, rate in rates if v != var and _holds(body, v)}
    for v, rate in known.items():
        yield Where(Dot(v, var), rate)
    if known or not _holds(body, var):
        held = (body.atoms(Symbol) & body.free_symbols) - {var, *known}
        yield from (Where(Dot(v, var), Integer(0)) for v in sorted(held, key=str))


def function(e: Expr) -> Expr:
    """A value or a slope of an unknown function, to be called by a name.

    Raises:
        ValueError: it is something else, which may not be renamed.
    """
    if not isinstance(e, AppliedUndef | Derivative | Smooth):
        raise ValueError(f"expected a symbol, or an unknown function at a place, to have a slope or a name, got {e}")
    return e


def _holds(body: Expr, v: Expr) -> bool:
    return v in body.free_symbols if v.is_Symbol else body.has(v)


def _moving(body: Expr, var: Expr, known: set[Any]) -> None:
    """Refuse alpha_t without a rate under a slope in t."""
    still = (v for v in body.free_symbols - known if str(v).endswith(f"_{var}"))
    if names := ", ".join(sorted(map(str, still))):
        raise ValueError(f"expected a rate of all that is named after {var}, got none of {names}")
