"""The syntax tree of a formula: numbers, names, sums, products, quotients, powers, roots and functions, with places.

A tree says how a formula is written and nothing of what its names mean. Numbers are exact.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import NamedTuple

UNKNOWN = "?"  # in a key, an argument that is not simple


class Span(NamedTuple):
    """Where a piece stands in the text, counted from 0, its end excluded."""

    at: int
    end: int


@dataclass(frozen=True)
class Number:
    """A number, exactly."""

    value: Fraction
    span: Span


@dataclass(frozen=True)
class Name:
    """A symbol by its key: how it is written, in one spelling. See `derivations.syntax.keys`.

    `font` is what its letter was set in. `bare` is the key without its index where TeX has the index outside of a
    root, as in \\sqrt\\alpha_t.
    """

    key: str
    span: Span
    font: str = ""
    bare: str = ""


@dataclass(frozen=True)
class Sum:
    """The sum of several terms."""

    terms: "tuple[Node, ...]"
    span: Span


@dataclass(frozen=True)
class Product:
    """The product of several factors."""

    factors: "tuple[Node, ...]"
    span: Span


@dataclass(frozen=True)
class Negative:
    """The negative of a term."""

    of: "Node"
    span: Span


@dataclass(frozen=True)
class Quotient:
    """One over another, by a `stroke` or by \\frac."""

    above: "Node"
    below: "Node"
    span: Span
    stroke: bool = False


@dataclass(frozen=True)
class Power:
    """A base raised to an exponent."""

    base: "Node"
    exponent: "Node"
    span: Span


@dataclass(frozen=True)
class Root:
    """The root of a degree that is a whole number from 2."""

    degree: int
    of: "Node"
    span: Span


@dataclass(frozen=True)
class Function:
    """A function of the list `derivations.syntax.build.FUNCTIONS`, of one argument."""

    name: str
    of: "Node"
    span: Span


@dataclass(frozen=True)
class Running:
    """The product of a formula over an index from 1 to an end."""

    index: str
    high: "Node"
    of: "Node"
    span: Span


@dataclass(frozen=True)
class Norm:
    """The square of a norm."""

    of: "Node"
    span: Span


@dataclass(frozen=True)
class Extreme:
    """The least of several, or the greatest."""

    name: str  # "min" or "max"
    parts: "tuple[Node, ...]"
    span: Span


@dataclass(frozen=True)
class Law:
    """A normal law with a mean and a variance, of the variable that stands before these, if one does."""

    mean: "Node"
    var: "Node"
    span: Span
    of: "Node | None" = None


@dataclass(frozen=True)
class Beside:
    """A name directly before brackets: f(x, t), or the product f (1 - x). Which one, a convention says.

    `own` is the exponent of the name and `outer` that of the brackets. A name is `called` if it is certainly applied,
    as in Python; with `lone` it may be no product, as in \\log f (1 - x).
    """

    name: Name
    arguments: "tuple[Node, ...]"
    span: Span
    own: "Node | None" = None
    outer: "Node | None" = None
    called: bool = False
    lone: bool = False

    @property
    def key(self) -> str:
        """The key of the name with its arguments, where these are simple: \\gamma(t), SNR(t-1); else with a ?."""
        return f"{self.name.key}({','.join(map(shown, self.arguments))})"


def shown(argument: "Node") -> str:
    """Return a name, a number, or a sum or quotient of these, as it stands in a key; ? for anything else."""
    match argument:
        case Name(key=key):
            return key
        case Number(value):
            return str(value)
        case Beside(own=None, outer=None, key=key):
            return key
        case Negative(of=Name() | Number() as of):
            return f"-{shown(of)}"
        case Quotient(above=Name() | Number() as above, below=Name() | Number() as below):
            return f"{shown(above)}/{shown(below)}"
        case Sum(terms=terms) if all(isinstance(part, Name | Number | Negative) for part in terms):
            return "".join(("+" if n and not isinstance(e, Negative) else "") + shown(e) for n, e in enumerate(terms))
    return UNKNOWN


Node = (
    Number
    | Name
    | Sum
    | Product
    | Negative
    | Quotient
    | Power
    | Root
    | Function
    | Norm
    | Beside
    | Running
    | Law
    | Extreme
)


def children(node: Node) -> "tuple[Node, ...]":
    match node:
        case Number() | Name():
            return ()
        case Sum(terms=parts) | Product(factors=parts) | Extreme(parts=parts):
            return parts
        case Negative(of=e) | Root(of=e) | Function(of=e) | Norm(of=e):
            return (e,)
        case Quotient(above=a, below=b) | Power(base=a, exponent=b):
            return (a, b)
        case Running(high=high, of=e):
            return (high, e)
        case Law(mean=mean, var=var):
            return (mean, var)
        case Beside(arguments=parts, own=own, outer=outer):
            return (*parts, *(e for e in (own, outer) if e is not None))


def walk(node: Node) -> Iterator[Node]:
    """Yield the node and all below it, without recursion."""
    left = [node]
    while left:
        yield (node := left.pop())
        left.extend(reversed(children(node)))
