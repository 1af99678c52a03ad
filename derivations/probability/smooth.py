"""General smooth functions, of which only the names are known.

A proof treats F(v), and each of its slopes, as a number that depends on v in an unknown way: all that it may use is the
chain rule. So what it shows holds for every smooth function. Engines that need numbers take a polynomial with free
coefficients instead, and a statement about all functions that fails for one of these is false. The polynomial for a
positive function is a sum of squares, positive at all real places, and rises at some and falls at others.
"""

from collections.abc import Callable
from itertools import product
from typing import Any

from sympy import Add, Dummy, Expr, Function, Integer, Mul, Symbol, diff
from sympy.core.symbol import Str

from derivations.probability.density import Abstract, States, at

Unknown = Callable[..., "Smooth"]
CUBIC, SQUARE = 3, 2  # degrees of the polynomials that stand for functions of one variable, and of more


class Smooth(Abstract):
    """A real function at a place, or its slope there: the name, the order of the slope in each variable, the place."""

    positive = False
    is_real = True

    def __new__(cls, name: Str, *orders_and_place: Expr | int) -> "Smooth":
        return Expr.__new__(cls, name, *(Integer(e) if isinstance(e, int) else e for e in orders_and_place))

    @property
    def orders(self) -> tuple[int, ...]:
        return tuple(int(n) for n in self.args[1 : 1 + len(self.args) // 2])  # type: ignore[arg-type]

    @property
    def place(self) -> tuple[Expr, ...]:
        return self.args[1 + len(self.args) // 2 :]  # type: ignore[return-value]

    def _eval_derivative(self, s: Symbol) -> Expr:
        """Apply the chain rule."""
        return Add(*(self._steeper(n) * diff(e, s) for n, e in enumerate(self.place)))

    def _steeper(self, variable: int) -> "Smooth":
        orders = (n + (i == variable) for i, n in enumerate(self.orders))
        return self.func(self.args[0], *orders, *self.place)  # type: ignore[arg-type]

    def _eval_is_positive(self) -> bool | None:
        return True if self.positive and not any(self.orders) else None

    def at(self, states: States) -> Expr:
        """Return the polynomial, or its slope, at the place."""
        names = tuple(Dummy() for _ in self.place)
        slope = diff(self.polynomial(names), *zip(names, self.orders, strict=True))
        return slope.subs(dict(zip(names, (at(e, states) for e in self.place), strict=True)))

    def variables(self) -> tuple[Symbol, ...]:
        """Return its variables by name: those that stand at the place, if each is one, or else v_1, v_2."""
        if all(isinstance(e, Symbol) for e in self.place):
            return self.place  # type: ignore[return-value]
        several = len(self.place) > 1
        return tuple(Symbol(f"v_{n}" if several else "v", real=True) for n, _ in enumerate(self.place, start=1))

    def polynomial(self, names: tuple[Symbol, ...]) -> Expr:
        """Return what stands for it where numbers are wanted, in variables of these names."""
        degree = CUBIC if len(names) == 1 else SQUARE
        each = (powers for powers in product(range(degree + 1), repeat=len(names)) if sum(powers) <= degree)
        return Add(*(self._coefficient(powers) * _monomial(names, powers) for powers in each))

    def _coefficient(self, powers: tuple[int, ...], positive: bool = False) -> Symbol:
        sign = {"positive": True} if positive else {"real": True}
        return Symbol(".".join(map(str, (self.args[0], *powers))), **sign)

    @property
    def _as_function(self) -> Expr:
        """The undefined function that prints: slopes are primed, or named by the variables' numbers."""
        if len(self.orders) == 1:
            return Function(f"{self.args[0]}{chr(39) * self.orders[0]}")(*self.place)  # type: ignore[return-value]
        by = "".join(str(i) * n for i, n in enumerate(self.orders, start=1))
        return Function(f"{self.args[0]}{'_' if by else ''}{by}")(*self.place)  # type: ignore[return-value]

    def _sympystr(self, printer: object) -> str:
        return printer._print(self._as_function)  # type: ignore[attr-defined]

    _latex = _pretty = _sympystr  # type: ignore[assignment]


class SmoothPositive(Smooth):
    """A positive function; its slopes may have any sign."""

    positive = True

    def polynomial(self, names: tuple[Symbol, ...]) -> Expr:
        """Return c_0 (1 + (1 + c_1 v + ...)^2) for a positive c_0 and any real others."""
        size = self._coefficient((0,) * len(names), positive=True)
        slopes = (tuple(int(n == m) for m in range(len(names))) for n in range(len(names)))
        line = Add(1, *(self._coefficient(powers) * v for powers, v in zip(slopes, names, strict=True)))
        return size * (1 + line**2)


def _monomial(names: tuple[Symbol, ...], powers: tuple[int, ...]) -> Expr:
    return Mul(*(v**n for v, n in zip(names, powers, strict=True)))


class Spread(SmoothPositive):
    """A positive function that stands for it at places of either sign: its polynomial is even."""

    def polynomial(self, names: tuple[Symbol, ...]) -> Expr:
        """Return it in squares of the variables."""
        return super().polynomial(names).xreplace({v: v**2 for v in names})


class Signed(SmoothPositive):
    """The same polynomial, with coefficients of any sign: the function need not be positive."""

    def _eval_is_positive(self) -> bool | None:
        return None


def smooth(name: str) -> Unknown:
    """Return a function to be called at a place, as `f(v)`."""
    return lambda *place: Smooth(Str(name), *(0 for _ in place), *_places(name, place))


def smooth_positive(name: str) -> Unknown:
    """Return a positive function to be called at a place, as `alpha(t)`."""
    return lambda *place: SmoothPositive(Str(name), *(0 for _ in place), *_places(name, place))


def _places(name: str, place: tuple[Any, ...]) -> tuple[Any, ...]:
    """Refuse a place that is no number, and none at all.

    Raises:
        TypeError: the function is called at something else.
    """
    if not place or not all(isinstance(e, Expr | int) for e in place):
        raise TypeError(f"{name}: expected a function at expressions, as {name}(t), got {name}{place}")
    return place
