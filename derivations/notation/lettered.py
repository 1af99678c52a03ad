"""Densities made of others, written with their letter: by a further step, by the rule of Bayes, and joint ones."""

from abc import abstractmethod
from collections.abc import Iterator
from typing import Any

from sympy import Basic, Expr, Symbol, Tuple

from derivations.notation.named import Named, unnamed
from derivations.notation.wheres import Integrated, Where
from derivations.probability.density import MID, Density, Marginal, barred
from derivations.probability.mean import Mean


class Composed(Named):
    """A density of `of`, given `given`, that is made of others with the same letter."""

    @property
    def shown(self) -> tuple[Basic, ...]:
        return ()

    @property
    def letter(self) -> str:
        return self.args[0].letter  # type: ignore[attr-defined, no-any-return]

    @property
    @abstractmethod
    def of(self) -> Symbol:
        """Its variable."""

    @property
    @abstractmethod
    def given(self) -> tuple[Symbol, ...]:
        """What is given."""

    def _sympystr(self, printer: Any) -> str:
        return f"{self.letter}({barred(printer.doprint, (self.of,), self.given, ' | ')})"

    def _latex(self, printer: Any) -> str:
        return f"{self.letter}({barred(printer.doprint, (self.of,), self.given, MID)})"


def one_letter(step: Any, root: Any) -> None:
    """Refuse a step from elsewhere, and densities of two letters, of which the print would show one.

    Raises:
        ValueError: they are such.
    """
    if root.of not in step.given or step.letter != root.letter:
        raise ValueError(f"expected a density of one letter and a step from it, got {root} and {step}")


class Jump(Composed):
    """q(w | u): v has the density q(v | u), w has q(w | v), and v is integrated out."""

    def __new__(cls, step: Density, root: Density) -> "Jump":
        one_letter(step, root)
        if step.given != (root.of,) or step.of in root.given:
            raise ValueError(f"expected a step that depends on {root.of} alone, got {step} from {root}")
        return Expr.__new__(cls, step, root)

    @property
    def of(self) -> Symbol:
        return self.args[0].of  # type: ignore[attr-defined, no-any-return]

    @property
    def given(self) -> tuple[Symbol, ...]:
        return self.args[1].given  # type: ignore[attr-defined, no-any-return]

    def meaning(self) -> Expr:
        step, root = self.args
        return Mean(step, (root.of, root))  # type: ignore[attr-defined, arg-type]

    def where(self) -> Iterator[Where]:
        step, root = self.args
        yield Where(self, Integrated(root.of, step, root))  # type: ignore[attr-defined]


class Reversed(Composed):
    """q(v | w, u), by the rule of Bayes: q(w | v) q(v | u) / q(w | u)."""

    def __new__(cls, step: Expr, root: Expr, whole: Expr) -> "Reversed":
        one_letter(step, root)
        if unnamed(whole) not in _wholes(step, root):
            raise ValueError(f"expected the integral of {step} {root} to divide by, got {whole}")
        return Expr.__new__(cls, step, root, whole)

    @property
    def of(self) -> Symbol:
        return self.args[1].of  # type: ignore[attr-defined, no-any-return]

    @property
    def given(self) -> tuple[Symbol, ...]:
        step, root, _ = self.args
        return (*step.variables, *root.given)  # type: ignore[attr-defined]

    def meaning(self) -> Expr:
        step, root, whole = self.args
        return step * root / whole  # type: ignore[operator, no-any-return]

    def where(self) -> Iterator[Where]:
        yield Where(self, self.meaning())


def _wholes(step: Any, root: Any) -> Iterator[Expr]:
    """What both make of the step's variable, as the two objects that mean it."""
    yield Mean(step, (root.of, root))
    if isinstance(step, Density) and step.given == (root.of,):
        yield Marginal(step.of, root.of, step, root)


class Joint(Basic):
    """The joint density of the variables of a chain of laws, q(x, z) = q(x) q(z | x); each depends on one before it."""

    def __new__(cls, *laws: Tuple) -> "Joint":
        return Basic.__new__(cls, *laws)

    @property
    def _inside(self) -> tuple[tuple[Symbol, ...], tuple[Symbol, ...]]:
        of = tuple(law.args[0] for law in self.args)
        given = dict.fromkeys(v for law in self.args for v in law.args[1].given if v not in of)  # type: ignore[attr-defined]
        return of, tuple(given)  # type: ignore[return-value]

    def _written(self, write: Any, bar: str) -> str:
        return f"{self.args[0].args[1].letter}({barred(write, *self._inside, bar)})"  # type: ignore[attr-defined]

    def _sympystr(self, printer: Any) -> str:
        return self._written(printer.doprint, " | ")

    def _latex(self, printer: Any) -> str:
        return self._written(printer.doprint, MID)


class Factors(Basic):
    """A product of densities, in the order in which their variables are drawn."""

    def _sympystr(self, printer: Any) -> str:
        return " ".join(map(printer.doprint, self.args))

    def _latex(self, printer: Any) -> str:
        return "\\, ".join(map(printer.doprint, self.args))


def chained(laws: tuple[Tuple, ...]) -> bool:
    """Return whether laws are written with one letter, and each but the first depends on a variable before it."""
    letters = {getattr(law, "letter", "") for _, law in laws}
    if len(letters) > 1 or letters == {""} or any(law.of != v for v, law in laws):
        return False
    return all(set(law.given) & {v for v, _ in laws[:n]} for n, (_, law) in enumerate(laws) if n)
