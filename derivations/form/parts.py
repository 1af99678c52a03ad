"""The parts of a claim: lines of a calculation, wrong answers, and the expressions of an answer by field."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from sympy import Expr, Symbol

Answer = Any  # Expr, or a (named) tuple of Expr


class Line(NamedTuple):
    """A line of a calculation: equal to the line above it, for the reason given.

    `eq` is the equation of a paper, as "luo2022 (71)-(72); ddpm2020 (7)". For a line that is *at least* the one above,
    `more` is its excess, in a form whose sign can be shown, or `convex` is a symbol c and a value c*: the
    difference is convex in c, and it and its slope vanish at c*. Where one of the two lines has one integral more,
    `primitive` is a function whose slope is the integrand. Where an integral replaces another, `change` is the new
    variable and its expression in the old one. Where the two lines differ by an integral over the line of a slope in v,
    `ends` is what the slope is of, and v: it must vanish at both ends, which the claim takes on trust by name.
    """

    why: str
    expr: Expr
    eq: str = ""
    more: Expr | None = None
    convex: tuple[Symbol, Expr] | None = None
    primitive: Expr | None = None
    change: tuple[Symbol, Expr] | None = None
    ends: tuple[Expr, Symbol] | None = None


Chain = tuple[Line, ...]
by = Line


class Wrong(NamedTuple):
    """A wrong answer, what it breaks, and the places in papers and other works where it was seen, by their keys."""

    answer: Answer
    breaks: str
    seen_in: tuple[str, ...] = ()


def leaves(answer: Answer) -> Iterator[tuple[str, Expr]]:
    """Yield the expressions of an answer, by field."""
    if isinstance(answer, Expr):
        yield "answer", answer
    else:
        names = getattr(answer, "_fields", [str(i) for i in range(len(answer))])
        yield from zip(names, answer, strict=True)


def with_leaf(answer: Answer, name: str, leaf: Expr) -> Answer:
    """Return the answer with another expression in one of its fields."""
    if isinstance(answer, Expr):
        return leaf
    if hasattr(answer, "_replace"):
        return answer._replace(**{name: leaf})
    return tuple(leaf if n == name else e for n, e in leaves(answer))
