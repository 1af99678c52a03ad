"""Variables with finitely many outcomes: their means and chances, as Bayes' rule weighs them."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from sympy import Add, Basic, Expr, Symbol, Tuple

from derivations.notation.named import Existing, Named, equal
from derivations.notation.wheres import Values, Where
from derivations.obligations.obligation import Obligation
from derivations.probability.expected import Expected

Write = Callable[[Basic], str]


class Outcomes(Existing):
    """A variable and its outcomes, each with its chance or a weight."""

    def __new__(cls, variable: Symbol, *outcomes: tuple[Expr, Expr] | Tuple) -> "Outcomes":
        return Basic.__new__(cls, variable, Tuple(*(Tuple(*pair) for pair in outcomes)))

    @property
    def shown(self) -> tuple[Basic, ...]:
        return tuple(e for pair in self.args[1] for e in pair)  # type: ignore[attr-defined]

    def needs(self) -> Iterator[Obligation]:
        weights = [weight for _, weight in self.args[1].args]  # pyright: ignore[reportGeneralTypeIssues]
        yield from (Obligation(weight, ">= 0", "a weight") for weight in weights)
        yield Obligation(Add(*weights), "> 0", "the sum of the weights")

    def where(self) -> Iterator[Where]:
        """What the variable is: so it may be nothing else in the same claim."""
        variable, outcomes = self.args
        yield Where(variable, Values(*outcomes.args))


def _weighing(laws: Iterable[Outcomes], given: Iterable[Symbol]) -> tuple[Symbol, ...]:
    """What is given, if the weights depend on it."""
    seen = {v for law in laws for _, weight in law.args[1].args for v in weight.free_symbols}  # pyright: ignore[reportGeneralTypeIssues]
    known = tuple(given)
    if idle := ", ".join(str(v) for v in known if v not in seen):
        raise ValueError(f"expected weights that depend on what is given, got weights without {idle}")
    return known


class Average(Named):
    """E[of | given], of variables with finitely many outcomes, each with a weight that may depend on what is given."""

    def __new__(cls, of: Expr, *rest: "Outcomes | Symbol") -> "Average":
        laws, given = [e for e in rest if isinstance(e, Outcomes)], [e for e in rest if isinstance(e, Symbol)]
        return Expr.__new__(cls, of, *laws, *_weighing(laws, given))

    @property
    def _outcomes(self) -> tuple["Outcomes", ...]:
        return tuple(e for e in self.args[1:] if isinstance(e, Outcomes))

    @property
    def shown(self) -> tuple[Basic, ...]:
        return self.args

    def meaning(self) -> Expr:
        return Expected(self.args[0], *(e.args for e in self._outcomes))  # type: ignore[arg-type]

    def where(self) -> Iterator[Where]:
        for outcomes in self._outcomes:
            yield from outcomes.where()

    def _written(self, write: Write, bar: str) -> str:
        given = ", ".join(write(e) for e in self.args[1:] if isinstance(e, Symbol))
        return f"[{write(self.args[0])}{bar}{given}]" if given else f"[{write(self.args[0])}]"

    def _sympystr(self, printer: Any) -> str:
        return f"E{self._written(printer.doprint, ' | ')}"

    def _latex(self, printer: Any) -> str:
        return "\\mathbb{E}" + self._written(printer.doprint, " \\mid ")


class Chance(Named):
    """p(v = value | given) of a variable with finitely many outcomes: its weight, over the sum of all."""

    def __new__(cls, outcomes: Outcomes, value: Expr, *given: Symbol) -> "Chance":
        if value not in [outcome for outcome, _ in outcomes.args[1].args]:  # pyright: ignore[reportGeneralTypeIssues]
            raise ValueError(f"expected one of the outcomes {outcomes.args[1]}, got {value}")
        return Expr.__new__(cls, outcomes, value, *_weighing([outcomes], given))

    @property
    def shown(self) -> tuple[Basic, ...]:
        return self.args

    def meaning(self) -> Expr:
        pairs = [pair.args for pair in self.args[0].args[1]]  # type: ignore[attr-defined]
        here = (weight for outcome, weight in pairs if equal(outcome, self.args[1]))
        return Add(*here) / Add(*(weight for _, weight in pairs))

    def where(self) -> Iterator[Where]:
        yield from self.args[0].where()  # type: ignore[attr-defined]

    def _written(self, write: Write, bar: str) -> str:
        value, *given = map(write, self.args[1:])
        after = f"{bar}{', '.join(given)}" if given else ""
        return f"p({write(self.args[0].args[0])} = {value}{after})"  # type: ignore[arg-type]

    def _sympystr(self, printer: Any) -> str:
        return self._written(printer.doprint, " | ")

    def _latex(self, printer: Any) -> str:
        return self._written(printer.doprint, " \\mid ")
