"""General densities, of which only the names are known, and their model on a chain of two states.

On a finite chain each variable has two states, each conditional law is given by free positive odds, and
any other function by its values. A statement about all densities that fails there is false. The names of these
numbers are made of what is printed: q_{t|s}_0 are the odds of x_t = 1 by q(x_t | x_s), where x_s is in state 0.
"""

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

from sympy import Add, Expr, S, Symbol, Tuple
from sympy.core.symbol import Str

States = Mapping[Symbol, int]
TWO = (0, 1)
MID = " \\mid "


class Abstract(Expr):
    """An expression without a value of its own, which has one on a finite chain."""

    is_commutative = True

    @property
    def free_symbols(self) -> set[Symbol]:  # type: ignore[override]
        """The numbers of its finite model, which the domain draws; never the variables."""
        return finite(self).free_symbols  # type: ignore[return-value]

    def at(self, states: States) -> Expr:
        raise NotImplementedError

    def _eval_is_polynomial(self, syms: set[Symbol]) -> bool:
        return False  # otherwise SymPy differentiates it to guess a sign


def _variables(kind: type, *names: Any) -> tuple[Symbol, ...]:
    """Refuse variables that are no expressions, as a name in quotes or a tuple.

    Raises:
        TypeError: one of the variables is none.
    """
    if wrong := [v for v in names if not isinstance(v, Expr)]:
        raise TypeError(f"{kind.__name__}: expected symbols after its name, got {wrong[0]!r}")
    return names


def barred(write: Callable[[Any], str], of: tuple[Expr, ...], given: tuple[Expr, ...], bar: str) -> str:
    """Write what stands in the brackets of a density: x_t | x_s, x_0."""
    return bar.join(", ".join(map(write, part)) for part in (of, given) if part)


class Lettered(Abstract):
    """A density that nothing makes: its print, and its numbers on a finite chain, are by its letter and variables."""

    is_positive = True

    @property
    def letter(self) -> str:
        return str(self.args[0])

    @property
    def variables(self) -> tuple[Symbol, ...]:
        return self.args[1].args or self.args[1:2]  # type: ignore[return-value]

    @property
    def given(self) -> tuple[Symbol, ...]:
        return self.args[2:]  # type: ignore[return-value]

    @property
    def stem(self) -> str:
        """What the names of its numbers begin with: q_{t|s}."""
        return f"{self.letter}_{{{barred(_index, self.variables, self.given, '|').replace(' ', '')}}}"

    def number(self, states: States, *variables: Symbol) -> Symbol:
        """Return the number in the states of some variables; what nothing binds is in state 0."""
        return Symbol("_".join([self.stem, *(str(_First(states)[v]) for v in variables)]), positive=True)

    def _sympystr(self, printer: Any) -> str:
        return f"{self.letter}({barred(printer.doprint, self.variables, self.given, ' | ')})"

    def _latex(self, printer: Any) -> str:
        return f"{self.letter}({barred(printer.doprint, self.variables, self.given, MID)})"


def _index(v: Symbol) -> str:
    """Return t for x_t, as most are called x, but z0 for z_0."""
    base, _, index = str(v).partition("_")
    return (index if index and base == "x" else base + index).replace("{", "").replace("}", "")


class Density(Lettered):
    """q(of | given): positive, and its integral over `of` is 1. Of what is given, data may be fixed throughout."""

    def __new__(cls, name: str | Str, of: Symbol, *given: Symbol) -> "Density":
        return Expr.__new__(cls, Str(str(name)), *_variables(cls, of, *given))

    @property
    def of(self) -> Symbol:
        return self.args[1]  # type: ignore[return-value]

    def odds(self, states: States) -> Symbol:
        """Return the odds of state 1, given the states of what it is given."""
        return self.number(states, *self.given)

    def at(self, states: States) -> Expr:
        odds = self.odds(states)
        return (odds if states[self.of] else S.One) / (1 + odds)


class DataDensity(Lettered):
    """The density p(of | given) of data that are fixed throughout, or joint with latents: a positive function."""

    def __new__(cls, name: str | Str, of: tuple[Symbol, ...] | Tuple, *given: Symbol) -> "DataDensity":
        return Expr.__new__(cls, Str(str(name)), Tuple(*of), *given)

    def at(self, states: States) -> Expr:
        return self.number(states, *self.variables, *self.given)


class Positive(Abstract):
    """A positive function of variables, such as the likelihood of fixed data."""

    is_positive = True

    def __new__(cls, name: str | Str, *of: Symbol) -> "Positive":
        return Expr.__new__(cls, Str(str(name)), *_variables(cls, *of))

    def at(self, states: States) -> Expr:
        name = "_".join([str(self.args[0]), *(str(states[v]) for v in self.args[1:])])  # type: ignore[index]
        return Symbol(name, positive=True) if self.is_positive else Symbol(name, real=True)

    def _sympystr(self, printer: Any) -> str:
        return f"{self.args[0]}({', '.join(map(printer.doprint, self.args[1:]))})"

    def _latex(self, printer: Any) -> str:
        return f"{self.args[0]}({', '.join(map(printer.doprint, self.args[1:]))})"


class Real(Positive):
    """A real function of variables."""

    is_positive = None
    is_real = True


class Value(Real):
    """A variable as a number, any real one in each of its states; it is written as the variable."""

    def __new__(cls, *args: Any) -> "Value":
        (of,) = _variables(cls, args[-1])
        return Expr.__new__(cls, Str(f"{of}_at"), of)

    def _sympystr(self, printer: Any) -> str:
        return printer.doprint(self.args[1])  # type: ignore[no-any-return]

    def _latex(self, printer: Any) -> str:
        return printer.doprint(self.args[1])  # type: ignore[no-any-return]


class Marginal(Abstract):
    """The law of `of` when `over` has the density `root` and `of` has `step` given it; the root may be given data."""

    is_positive = True

    def __new__(cls, of: Symbol, over: Symbol, step: Expr, root: Expr) -> "Marginal":
        laws = isinstance(step, Density) and isinstance(root, Density | Marginal)
        if not (laws and (step.of, step.given) == (of, (over,)) and root.of == over and of not in root.given):  # type: ignore[attr-defined]
            raise ValueError(f"Marginal: expected a law of {over} and one of {of} given it, got {root} and {step}")
        return Expr.__new__(cls, of, over, step, root)

    @property
    def of(self) -> Symbol:
        return self.args[0]  # type: ignore[return-value]

    @property
    def given(self) -> tuple[Symbol, ...]:
        return self.args[3].given  # type: ignore[attr-defined, no-any-return]

    @property
    def letter(self) -> str:
        """The letter of both laws, or none: then the integral is shown."""
        both = {law.letter for law in self.args[2:]}  # type: ignore[attr-defined]
        return both.pop() if len(both) == 1 else ""

    def at(self, states: States) -> Expr:
        _, over, step, root = self.args
        runs = ({**states, over: i} for i in TWO)  # type: ignore[dict-item]
        return Add(*(at(step, run) * at(root, run) for run in runs))  # type: ignore[arg-type]

    def _sympystr(self, printer: Any) -> str:
        if not self.letter:
            over, step, root = map(printer.doprint, self.args[1:])
            return f"[integral of {step} {root} d{over}]"
        return f"{self.letter}({barred(printer.doprint, (self.of,), self.given, ' | ')})"

    def _latex(self, printer: Any) -> str:
        if not self.letter:
            over, step, root = map(printer.doprint, self.args[1:])
            return f"\\left[\\int {step}\\, {root}\\, d{over}\\right]"
        return f"{self.letter}({barred(printer.doprint, (self.of,), self.given, MID)})"


class _First(dict[Symbol, int]):
    """States by variable; a variable that nothing binds is in state 0."""

    def __missing__(self, variable: Symbol) -> int:
        return 0


@lru_cache(maxsize=4096)
def finite(e: Expr) -> Expr:
    """Return the expression on a chain of two states, in the odds and values of that chain."""
    return at(e, {})


def at(e: Expr, states: States) -> Expr:
    """Return the expression with its free variables at these states."""
    if isinstance(e, Abstract):
        return e.at(_First(states))
    return e.func(*(at(a, states) for a in e.args)) if e.args else e  # type: ignore[arg-type]
