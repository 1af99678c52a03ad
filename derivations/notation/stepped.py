"""Objects that a process has after every step: each is opened after the first one, and says what a step makes of it.

Such an object calls an induction by its name. So what it says of a step is what the induction must say.
"""

from abc import abstractmethod

from sympy import Expr, Symbol

from derivations.notation.named import Named


class Stepped(Named):
    """An object at every index, whose meaning is that at the first."""

    @abstractmethod
    def counted(self, index: Symbol, start: Expr) -> bool:
        """Return whether its print counts steps by this index, from this start."""

    @abstractmethod
    def after(self, held: Symbol) -> Expr:
        """Return what one step makes of it, where `held` stands for it before the step."""

    def carried(self) -> tuple[tuple[Symbol, Expr, Expr], ...]:
        """Return what else changes from step to step: a symbol, its first value, and the next one."""
        return ()

    def renewed(self) -> frozenset[Symbol]:
        """Return the parameters that its print has anew at each step."""
        return frozenset()

    def fixed(self) -> frozenset[Symbol]:
        """Return the symbols that are the same at every step."""
        return frozenset()
