"""The interface of richer statements: named parts, each a plain statement, and faults that no engine would see.

A form is shown as it is stated, and the engines check what it opens into, so the two can't differ. An
expectation inside a plain statement opens too: see `probability.expected`.
"""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Sequence
from typing import ClassVar, Literal, NamedTuple

from sympy import Expr, Symbol, nan, oo, zoo

from derivations.form.statement import AtMost, Below, Equal, Statement, Tends, sides
from derivations.probability import opening


class Part(NamedTuple):
    """One of the plain statements that a form opens into, with its name."""

    name: str
    says: Statement


class Words(NamedTuple):
    """A phrase, with the expression that ends it, if there is one."""

    text: str
    expr: Expr | None = None


class Need(NamedTuple):
    """An expression that must have a sign everywhere in the domain, as a variance must."""

    expr: Expr
    relation: Literal["> 0", ">= 0"]
    why: str


class Form(ABC):
    """A statement of a richer kind, which opens into plain ones."""

    computes: ClassVar[bool] = False  # whether a process gives its left sides, so that it speaks even where they agree

    @abstractmethod
    def parts(self) -> tuple[Part, ...]:
        """Return the plain statements that the form opens into."""

    @abstractmethod
    def reads(self) -> tuple[Words, ...]:
        """Return the statement in the words of the field."""

    @abstractmethod
    def binds(self) -> tuple[Symbol, ...]:
        """Return the variables for all of whose values the form is stated: no assumption may narrow them."""

    def indices(self) -> tuple[Symbol, ...]:
        """Return those of them that are drawn like parameters, even where no part of the form shows them."""
        return ()

    def made_of(self) -> Iterator[Expr]:
        """Yield the expressions that its parts are computed from and may no longer show."""
        return iter(())

    def needs(self) -> Iterator[Need]:
        """Yield what the form needs in addition, in order to mean something."""
        return iter(())

    @abstractmethod
    def faults(self) -> Iterator[str]:
        """Yield what is wrong with the form itself, one sentence each."""


Said = Statement | Form


def plain(statement: Said) -> tuple[Statement, ...]:
    """Return the statements that the engines check.

    Those parts of a form that are true as written are left out: a mean of 0 is 0, a base case is the definition.
    """
    return saying(statement, whole(statement))


def saying(statement: Said, parts: tuple[Statement, ...]) -> tuple[Statement, ...]:
    """Return those of a form's statements that are not true as written."""
    return tuple(s for s in parts if not (isinstance(statement, Form) and as_written(s)))


def checked(said: Sequence[Said], parts: Iterable[tuple[Statement, ...]]) -> list[tuple[Statement, ...]]:
    """Return those parts of each of a claim's statements that the engines check: what is not true as written.

    If all of them is, the parts of laws are checked as they are: their moments were computed from a procedure.
    """
    pairs = list(zip(said, parts, strict=True))
    if any(kept := [saying(statement, whole_) for statement, whole_ in pairs]):
        return kept
    return [whole_ if isinstance(statement, Form) and statement.computes else () for statement, whole_ in pairs]


def whole(statement: Said) -> tuple[Statement, ...]:
    """Return the plain statements, including those true as written, whose symbols a wrong answer may mention."""
    return tuple(_open(part.says) for part in statement.parts()) if isinstance(statement, Form) else (_open(statement),)


def as_written(statement: Statement) -> bool:
    """Return whether both sides are the same expression of numbers: infinity is not equal to infinity."""
    left, right = sides(statement)
    return left == right and not left.has(oo, -oo, zoo, nan)


def plainly_real(v: Expr) -> bool:
    """Return whether `v` is a symbol that is real and no more: others may hide how SymPy used their signs."""
    return isinstance(v, Symbol) and v == Symbol(v.name, real=True)


def _open(statement: Statement) -> Statement:
    """Write out the expectations and names in a statement."""
    match statement:
        case Equal() | Below():
            return type(statement)(opening.opened(statement[0]), opening.opened(statement[1]))
        case AtMost():
            return statement._replace(
                lesser=opening.opened(statement.lesser), greater=opening.opened(statement.greater)
            )
        case Tends():
            return statement._replace(expr=opening.opened(statement.expr), value=opening.opened(statement.value))
