"""Functions of time, by name: alpha(t), sigma(t), gamma(t), B(t), at any time by one definition; and rates.

A claim defines alpha(t) once. Then alpha(s) is the same function at s, and a reader is shown the definition at t alone.
"""

from collections.abc import Callable, Iterator, Mapping

from sympy import Expr, Symbol, Tuple
from sympy.core.symbol import Str

from derivations.notation import rates
from derivations.notation.carried import carrying
from derivations.notation.quantities import Quantity, Slope, Squared, proper_function
from derivations.notation.wheres import Where
from derivations.obligations.kept import plain
from derivations.obligations.watch import watched
from derivations.probability.opening import opened
from derivations.symbols import t

Vector = tuple[Expr, ...] | Tuple


def quantity(name: str, body: Expr, *at: Expr) -> Expr:
    """What papers call `name`, or `name` at a place, defined by the body; it owes what the body owes."""
    return carrying(Quantity(name, at, plain(body)), body)


def squared(name: str, body: Expr) -> Expr:
    """The square of what papers call `name`, defined by the body; it owes what the body owes."""
    return carrying(Squared(name, plain(body)), body)


class FunctionAt(Quantity):
    """A function at a place, by its definition in its own variables."""

    def __new__(cls, name: str | Str, at: Vector, variables: Vector, definition: Expr) -> "FunctionAt":
        parts = Tuple(*at), Tuple(*variables), plain(definition)
        called = proper_function(str(name), parts[1], parts[2], "a function")
        new = Expr.__new__(cls, Str(called), *parts)
        return carrying(new, _placed(definition, variables, at))  # type: ignore[return-value]

    @property
    def body(self) -> Expr:
        _, at, variables, definition = self.args
        return _placed(definition, variables, at)  # type: ignore[arg-type]

    def where(self) -> Iterator[Where]:
        name, _, variables, definition = self.args
        yield Where(FunctionAt(name, variables, variables, definition), definition)  # type: ignore[arg-type]


def _placed(definition: Expr, variables: Vector, at: Vector) -> Expr:
    """The definition with the place in it, all at once where the place has variables of the definition."""
    pairs = {v: e for v, e in zip(variables, at, strict=True) if v != e}
    crossed = any(e.has(*pairs) for e in pairs.values())
    return definition.subs(pairs, simultaneous=crossed)  # type: ignore[arg-type]


class Function:
    """A function by its name and its definition, to be called at a place."""

    def __init__(self, name: str, body: Callable[..., Expr], *variables: Symbol) -> None:
        self.name, self.body, self.variables = name, body, variables or (t,)
        self._kept: dict[tuple[Expr, ...], FunctionAt] = {}

    def __call__(self, *at: Expr) -> FunctionAt:
        """The function at a place; kept by place but while operations are watched, when it carries what it owes."""
        if watched():
            return self._at(*at)
        if at not in self._kept:
            self._kept[at] = self._at(*at)
        return self._kept[at]

    def _at(self, *at: Expr) -> FunctionAt:
        return FunctionAt(self.name, at, self.variables, self.body(*self.variables))


def function(name: str, *variables: Symbol) -> Callable[[Callable[..., Expr]], Function]:
    """The function defined below, by this name: of time, or of these variables."""
    return lambda body: Function(name, body, *variables)


class ChainRate(Slope):
    """The slope of a quantity in a variable that its parameters depend on, each at a known rate: by the chain rule."""

    def __new__(cls, of: Expr, var: Symbol, moving: Mapping[Symbol, Expr] | Tuple) -> "ChainRate":
        pairs = moving if isinstance(moving, Tuple) else Tuple(*(Tuple(*pair) for pair in moving.items()))
        return carrying(Expr.__new__(cls, plain(of), var, pairs), of)  # type: ignore[return-value]

    def meaning(self) -> Expr:
        return rates.along(*self._moving)

    def where(self) -> Iterator[Where]:
        yield from rates.wheres(*self._moving)

    @property
    def _moving(self) -> tuple[Expr, Symbol, tuple[tuple[Expr, Expr], ...]]:
        return opened(self.args[0]), self.args[1], tuple(map(tuple, self.args[2].args))  # type: ignore[return-value, arg-type]
