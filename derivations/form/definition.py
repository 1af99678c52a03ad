"""Definitions: a new name for an expression or a normal law, and nothing more.

A definition can't be false, so it must not be able to state anything: its left side is the name at distinct symbols;
its right side contains only these symbols and declared parameters, and neither the name nor any other that is defined.
It has no title: a reader is shown both sides.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import sympy
from sympy import Derivative, Expr, Function, Integral, Symbol
from sympy.core.function import AppliedUndef

from derivations.form.base import Form, Need, Part, Words
from derivations.form.statement import Equal
from derivations.notation.names import GREEK, OPERATORS, promised
from derivations.notation.printing import text
from derivations.probability.gaussian import Normal


@dataclass(frozen=True)
class Defined(Form):
    """`name` at the symbols `of` is `value`, an expression in these symbols and the parameters `by`.

    For a normal law, the first symbol is the variable, and the others are given.
    """

    name: str
    of: tuple[Symbol, ...]
    value: Expr | Normal
    by: tuple[Symbol, ...] = ()

    def parts(self) -> tuple[Part, ...]:
        if isinstance(self.value, Normal):
            left, right = Function(f"log_{self.name}")(*self.of), self.value.log_density(self.of[0])
        else:
            left, right = Function(self.name)(*self.of), self.value
        return (Part("", Equal(left, right)),)

    def heading(self) -> str:
        """Return both sides in one line."""
        if not isinstance(self.value, Normal):
            return f"{self.name}({', '.join(map(text, self.of))}) = {text(self.value)}"
        given = f" | {', '.join(map(text, self.of[1:]))}" if self.of[1:] else ""
        mean, var = map(text, self.value)
        return f"{self.name}({text(self.of[0])}{given}) is normal with mean {mean} and variance {var}"

    def reads(self) -> tuple[Words, ...]:
        return (Words(f"with parameters {', '.join(map(str, self.by))}"),) if self.by else ()

    def binds(self) -> tuple[Symbol, ...]:
        return ()  # a definition may hold for some values only

    def needs(self) -> Iterator[Need]:
        if isinstance(self.value, Normal):
            yield Need(self.value.var, "> 0", f"the variance of {self.of[0]}")
        elif why := promised(self.name):
            yield Need(self.value, ">= 0", f"{self.name} {why}")

    def faults(self) -> Iterator[str]:
        if not self.name.isidentifier():
            yield f"expected a name, got {self.name!r}"
        if self.name in OPERATORS or (hasattr(sympy, self.name) and self.name not in GREEK):
            yield f"expected a new name, got {self.name}, which has a meaning already"
        if not self.of or len(set(self.of)) < len(self.of) or not all(isinstance(v, Symbol) for v in self.of):
            yield f"expected a name at distinct symbols, got {self.of}"
            return
        if set(self.of) & set(self.by):
            yield f"expected parameters beside the symbols {self.of}, got {self.by}"
        if self.name in {str(v) for v in (*self.of, *self.by)}:
            yield f"expected a name that is no symbol of its own, got {self.name} by {(*self.of, *self.by)}"
        if isinstance(self.value, Normal) and any(e.has(self.of[0]) for e in self.value):
            yield f"expected a law free of its own variable {self.of[0]}, got {self.value}"
        (part,) = self.parts()
        free = part.says[1].free_symbols
        if foreign := sorted(map(str, free - {*self.of, *self.by})):
            yield f"expected a right side by {self.of} and declared parameters, got {', '.join(foreign)}"
        if idle := sorted(map(str, set(self.by) - free)):
            yield f"expected parameters that the right side has, got {', '.join(idle)}"
        if part.says[1].has(AppliedUndef, Integral, Derivative):
            yield f"expected a formula on the right, got {part.says[1]}"
