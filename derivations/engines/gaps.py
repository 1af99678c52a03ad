"""What a derivation lacks, in the words of its author: where a chain begins and ends, and by how much a line is off.

Expressions are printed whole, as they are typed in a file of claims; a page shortens them.
"""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from itertools import islice
from types import MappingProxyType

from flint import arb
from sympy import Expr, Integral, Rational

from derivations.arithmetic.ball import ball, precision
from derivations.form.base import Form
from derivations.form.claim import Claim, Line
from derivations.form.statement import AtMost, Below, Equal, Point, Statement, Tends, sides
from derivations.points.domain import Empty, points

DIGITS, LOOKS = 5, 6
BITS = (256, 1024, 5120)  # the last tells from 0 all numbers that a claim may have; of an integral, only the first
ELSEWHERE = Rational(1, 7)  # for what the stored point says nothing of, as the variable of a limit
RELATION = MappingProxyType({Equal: "=", AtMost: "<=", Below: "<", Tends: "->"})
EXCESS = "a line that is larger states by how much: by(why, expr, more=...), where `more` is seen not to be negative"
BETWEEN = "put a line between them that takes one step, as a product multiplied out, or a root taken apart"


class Unproved(ArithmeticError):
    """A line does not follow from the one above."""


def chains(claim: Claim, statements: Sequence[Statement]) -> str:
    """Say how many chains are missing or too many, and what each has to join."""
    each = "; ".join(_listed(claim, statements))
    return (
        f"expected a chain for each of {len(statements)} statements, got {len(claim.proof)}: write "
        "proof=((by(why, left side), ..., by(why, right side)), ...), a chain of lines in its own parentheses for each "
        f"of: {each}"
    )


def _listed(claim: Claim, statements: Sequence[Statement]) -> Iterator[str]:
    """Yield each statement as it opens, by number; and parts of forms that need no chain."""
    names = dict(_names(claim))
    for n, one in enumerate(statements, start=1):
        name = f" ({names[one]})" if one in names else ""
        yield f"{n}{name}: {stated(one)}"
    if idle := [f"{names.get(one, 'a part')}: {stated(one)}" for one in claim.whole() if one not in statements]:
        yield f"true as written, and so without a chain, unless all have one: {', '.join(idle)}"


def _names(claim: Claim) -> Iterator[tuple[Statement, str]]:
    for said in claim.said():
        for part in said.parts() if isinstance(said, Form) else ():
            yield part.says, part.name


def stated(statement: Statement) -> str:
    """A plain statement in a line."""
    left, right = sides(statement)
    to = f" as {statement.var} -> 0" if isinstance(statement, Tends) else ""
    return f"{left} {RELATION[type(statement)]} {right}{to}"


class Off(Unproved):
    """A line that is not seen to be the one above it and its stated excess."""

    def __init__(self, above: Line, below: Line, excess: Expr, may_exceed: bool) -> None:
        super().__init__(f"{below.why!r} does not follow")
        self.above, self.below, self.excess, self.may_exceed = above, below, excess, may_exceed

    def told(self, claim: Claim) -> str:
        """Say by how much the line is off, and where, and what to write instead."""
        less = f" and minus its stated excess, {self.excess}," if self.excess != 0 else ""
        gap = f"{self}: the line {self.below.expr} minus the one above, {self.above.expr},{less} is"
        e, sizes = self._excess(), list[arb]()
        for at in _looks(claim):
            here = {v: at.get(v, ELSEWHERE) for v in sorted(e.free_symbols, key=str)}
            if (value := _value(e, here)) is not None and not value.contains(0):
                hint = f": {EXCESS}" if self.may_exceed and self.excess == 0 else ""
                where = ", ".join(f"{v} = {q}" for v, q in here.items()) or "every point"
                return f"{gap} {value.str(DIGITS, radius=False)} at {where}, and not 0{hint}"
            sizes += [] if value is None else [value.abs_upper()]
        return f"{gap} {_small(sizes)}: {BETWEEN}"

    def _excess(self) -> Expr:
        return self.below.expr - self.above.expr - self.excess


def _looks(claim: Claim) -> Iterator[Point]:
    """Yield the stored point, and random ones of the domain."""
    yield claim.example
    with suppress(Empty):
        yield from islice(points(claim, f"gaps {claim.name}"), LOOKS)


def _value(e: Expr, here: Point) -> arb | None:
    """A ball around the value there, which leaves 0 out if some precision makes it so small; None for no value."""
    value = None
    for bits in BITS[: 1 if e.has(Integral) else None]:
        with suppress(ArithmeticError, KeyError, ValueError, TypeError), precision(bits):
            value = ball(e, here)
            if not value.contains(0):
                break
    return value


def _small(sizes: Sequence[arb]) -> str:
    """What is known of values that no precision tells from 0, of which these are bounds."""
    everywhere = "wherever it was looked at, and not seen to be 0"
    if not sizes:
        return f"without a value {everywhere}"
    if all(size == 0 for size in sizes):
        return f"0 {everywhere} everywhere"
    if not all(size < 1 for size in sizes):
        return f"of a size that no precision tells {everywhere}"
    return f"less than 10^{-min(_zeros(size) for size in sizes if size != 0)} in size {everywhere}"


def _zeros(size: arb) -> int:
    """A lower bound on the zeros after the point; arb has no number of its digits, and a float may not hold them."""
    mantissa, exponent = map(int, size.man_exp())
    return -(mantissa.bit_length() + exponent) * 30102 // 100000  # log10(2) = 0.30103
