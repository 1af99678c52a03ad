"""Laws of variables with finitely many values: expectations are finite sums, which may be taken in any order.

Such a law is written with a capital letter, Q(x), so that it is not read as a density.
"""

from sympy import Add, Expr, Mul, Symbol
from sympy.core.symbol import Str

from derivations.probability.density import Density, Marginal
from derivations.probability.mean import Mean


class Mass(Density):
    """Q(of | given), the positive probability of a value of `of`, which has finitely many."""

    def __new__(cls, name: str | Str, of: Symbol, *given: Symbol) -> "Mass":
        if not str(name)[:1].isupper():
            raise ValueError(f"Mass: expected a capital letter, as densities have small ones, got {str(name)!r}")
        return super().__new__(cls, name, of, *given)  # type: ignore[return-value]


def is_finite_sum(e: Mean) -> bool:
    """Return whether each variable of an expectation has finitely many values, by the law that it is drawn from."""
    return all(_of_finitely_many(e.body if law == 1 else law, v) for v, law in e.laws)


def _of_finitely_many(law: Expr, v: Symbol) -> bool:
    """Return whether the law is a `Mass` of the variable, one that a chain of these leads to, or a mixture of such."""
    if law.is_Add:
        return all(_of_finitely_many(part, v) for part in Add.make_args(law))
    of_it = [part for part in Mul.make_args(law) if isinstance(part, Density | Marginal) and part.of == v]
    return bool(of_it) and all(map(_is_mass, of_it))


def _is_mass(law: Density | Marginal) -> bool:
    """Return whether the law is a `Mass`, or that of what a step with one leads to from another."""
    if isinstance(law, Marginal):
        return all(map(_is_mass, law.args[2:]))  # type: ignore[arg-type]
    return isinstance(law, Mass)
