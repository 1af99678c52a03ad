"""What every form of statement has: named parts, each a plain statement, and faults that no engine would see.

A form is shown as it is stated, and the engines check what it opens into, so the two can't differ. An
expectation inside a plain statement opens too: see `expected`.
"""

from abc import ABC, abstractmethod
from collections.abc import Iterator
from typing import Literal, NamedTuple

from sympy import Expr, Symbol, nan, oo, zoo

from derivations.form.statement import AtMost, Below, Equal, Statement, Tends, sides
from derivations.probability import opening


class Part(NamedTuple):
    """One of the plain statements that a form opens into, and what it is called."""

    name: str
    says: Statement


class Words(NamedTuple):
    """A phrase, and the expression that it ends with, if it does."""

    text: str
    expr: Expr | None = None


class Need(NamedTuple):
    """An expression that must have a sign everywhere in the domain, as a variance must."""

    expr: Expr
    relation: Literal["> 0", ">= 0"]
    why: str


class Form(ABC):
    """A statement of a richer kind."""

    @abstractmethod
    def parts(self) -> tuple[Part, ...]:
        """The plain statements that the form opens into."""

    @abstractmethod
    def reads(self) -> tuple[Words, ...]:
        """The statement in the words of the field."""

    @abstractmethod
    def binds(self) -> tuple[Symbol, ...]:
        """The variables for all of whose values the form is stated: no assumption may narrow them."""

    def indices(self) -> tuple[Symbol, ...]:
        """Those of them that are drawn as parameters are, though no part of it may show them."""
        return ()

    def made_of(self) -> Iterator[Expr]:
        """What its parts are computed from, and may no longer show."""
        return iter(())

    def needs(self) -> Iterator[Need]:
        """What the form needs besides, in order to mean something."""
        return iter(())

    @abstractmethod
    def faults(self) -> Iterator[str]:
        """What is wrong with the form itself, each in a sentence."""


Said = Statement | Form


def plain(said: Said) -> tuple[Statement, ...]:
    """The statements that the engines check.

    Of a form's parts, without those that are true as written: a mean of 0 is 0, a base case is the definition.
    """
    return saying(said, whole(said))


def saying(said: Said, parts: tuple[Statement, ...]) -> tuple[Statement, ...]:
    """Those of the plain statements that say something."""
    return tuple(s for s in parts if not (isinstance(said, Form) and as_written(s)))


def whole(said: Said) -> tuple[Statement, ...]:
    """The plain statements with those that are true as written, whose symbols a wrong answer may speak of."""
    return tuple(_open(part.says) for part in said.parts()) if isinstance(said, Form) else (_open(said),)


def as_written(said: Statement) -> bool:
    """Whether both sides are the same expression, of numbers: infinity is not said to be infinity."""
    left, right = sides(said)
    return left == right and not left.has(oo, -oo, zoo, nan)


def plainly_real(v: Expr) -> bool:
    """Whether it is a symbol that may be any real number: another might hide what SymPy made of its signs."""
    return isinstance(v, Symbol) and v == Symbol(v.name, real=True)


def _open(said: Statement) -> Statement:
    """The statement with its expectations written out."""
    match said:
        case Equal() | Below():
            return type(said)(opening.opened(said[0]), opening.opened(said[1]))
        case AtMost():
            return said._replace(lesser=opening.opened(said.lesser), greater=opening.opened(said.greater))
        case Tends():
            return said._replace(expr=opening.opened(said.expr), value=opening.opened(said.value))
