"""Laws of variables with finitely many values: expectations are finite sums, which may be taken in any order.

Such a law is written with a capital letter, Q(x), so that it is not read as a density.
"""

from sympy import Symbol
from sympy.core.symbol import Str

from derivations.probability.density import Density
from derivations.probability.mean import Mean


class Mass(Density):
    """Q(of | given), the positive probability of a value of `of`, which has finitely many."""

    def __new__(cls, name: str | Str, of: Symbol, *given: Symbol) -> "Mass":
        if not str(name)[:1].isupper():
            raise ValueError(f"Mass: expected a capital letter, as densities have small ones, got {str(name)!r}")
        return super().__new__(cls, name, of, *given)  # type: ignore[return-value]


def is_finite_sum(e: Mean) -> bool:
    """Return whether each variable of an expectation has finitely many values: one of its laws is a `Mass`."""
    finite = {law.of for law in e.atoms(Mass)}
    return all(v in finite for v, _ in e.laws)
