"""The check that a claim is of its declared kind, which is a shape of its statements in which the answer occurs.

Varying the answer shows where it occurs: a form or a statement that does not change does not contain it.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import islice
from types import MappingProxyType

from sympy import Expr, Symbol

from derivations.arithmetic.ball import ball, precision
from derivations.form.base import Form, Said, as_written, whole
from derivations.form.claim import Answer, Claim, leaves, with_leaf
from derivations.form.improper import Improper
from derivations.form.induction import Induction
from derivations.form.law import Diffused, Generating, Given, Law, Made, Pieces, Through, Weighed
from derivations.form.names import expressions
from derivations.form.statement import AtMost, Below, Equal, Point, Tends
from derivations.points.domain import points
from derivations.probability.expected import Expected, has_expectation, weights
from derivations.probability.expected import faults as of_expectations
from derivations.probability.gaussian import Normal

SHAPES: Mapping[str, tuple[str, Callable[[Said], bool]]] = MappingProxyType(
    {
        "equality": ("an equality", lambda statement: isinstance(statement, Equal | Improper)),
        "inequality": ("an inequality", lambda statement: isinstance(statement, AtMost | Below)),
        "limit": ("a limit", lambda statement: isinstance(statement, Tends | Improper)),
        "induction": ("an induction, with a base case and a step", lambda statement: isinstance(statement, Induction)),
        "law": (
            "the law of a random variable, made by a stated procedure",
            lambda statement: isinstance(statement, Law),
        ),
        "expectation": (
            "an expectation over a stated law",
            lambda statement: any(map(has_expectation, _sides(statement))),
        ),
        "refuted": ("a statement", lambda statement: True),
    }
)
FORMS = frozenset(
    {
        Equal,
        AtMost,
        Below,
        Tends,
        Improper,
        Induction,
        Law,
        Made,
        Given,
        Through,
        Weighed,
        Diffused,
        Pieces,
        Normal,
        Generating,
    }
)
LOOKS = 8  # random points at which weights are evaluated


def faults(claim: Claim) -> list[str]:
    """Return what is wrong with the claim's kind and its forms, one sentence each."""
    if misshapen := list(_misshapen(claim)):
        return misshapen  # since such forms may not open
    if not claim.statements():
        return [
            "expected a statement that is not true as written, got none: each part of it opens to the same expression "
            "on both sides, so that no line is left to check; write the answer in another form, or state more of it"
        ]
    return list(_negative(claim))


def _misshapen(claim: Claim) -> Iterator[str]:
    here, there = claim.said(), claim.said(varied(claim.answer))
    if here != claim.said(claim.answer):
        yield "expected a statement that is the same on every call of `says`, got another one"
    spoken = [statement for statement, other in zip(here, there, strict=True) if statement != other]
    if own := sorted(
        {type(part).__name__ for statement in here for part in _kinds_in(statement) if type(part) not in FORMS}
    ):
        yield f"expected statements and forms of this package alone, got {', '.join(own)}"
        return
    what, fits = SHAPES[claim.kind]
    if not any(map(fits, spoken)):
        got = ", ".join(sorted({type(statement).__name__ for statement in spoken})) or "no statement"
        meant = ", ".join(kind for kind, (_, has) in SHAPES.items() if any(map(has, spoken)) and kind != "refuted")
        hint = f"; a claim with this one has the kind {meant}" if meant else ""
        yield f"expected of the kind {claim.kind!r} {what} that speaks of the answer, got {got}{hint}"
    if (claim.printed is not None) != (claim.kind == "refuted"):
        yield f"expected a printed statement of a refuted claim, and of no other, got the kind {claim.kind!r}"
    for statement, other in zip(here, there, strict=True):
        yield from statement.faults() if isinstance(statement, Form) else ()
        if isinstance(statement, Form) and all(map(as_written, whole(other))):
            yield f"expected a form that says something, got one that is true whatever the answer: {statement}"
        yield from _from_answer(statement, other)
        yield from _of_limit(statement)
        for e in expressions(statement):
            yield from of_expectations(e)
    shown = tuple(line.expr for chain in claim.shown["proof"] for line in chain if line.expr.has(Expected))
    for e in expressions((claim.printed, shown)):
        yield from of_expectations(e)


def _kinds_in(statement: Said) -> Iterator[object]:
    """Yield a statement, and for a law its procedure and the law stated for it."""
    yield statement
    if isinstance(statement, Law):
        yield from (statement.how, statement.law)


def _negative(claim: Claim) -> Iterator[str]:
    """Refuse weights that are negative somewhere."""
    stated = _weights(claim.said())
    looked = [claim.example, *islice(points(claim, f"weights {claim.name}"), LOOKS)] if stated else []
    yield from _below_0(stated, [{**claim.example, **at} for at in looked])
    yield from _below_0(_weights(claim.printed), [claim.printed_at])


def _weights(part: object) -> list[Expr]:
    return list(dict.fromkeys(weight for e in expressions(part) for weight in weights(e)))


def _below_0(stated: list[Expr], looked: Sequence[Point]) -> Iterator[str]:
    with precision(256):
        for weight in stated:
            if at := next((at for at in looked if not ball(weight, at) >= 0), None):
                yield f"expected weights of at least 0, got {weight} at {at}"


def varied(answer: Answer) -> Answer:
    """Return the answer with each of its fields scaled and moved by a symbol of its own."""
    for n, (name, leaf) in enumerate(list(leaves(answer))):
        v = Symbol(f"varied_{n}", positive=True)
        answer = with_leaf(answer, name, v * leaf + v**2)
    return answer


def _sides(statement: Said) -> tuple[Expr, ...]:
    return () if isinstance(statement, Form) else tuple(e for e in statement if isinstance(e, Expr))


def _of_limit(statement: Said) -> Iterator[str]:
    if not isinstance(statement, Tends):
        return
    if statement.var not in (Symbol(statement.var.name, real=True), Symbol(statement.var.name, positive=True)):
        yield f"expected a limit's variable that is real or positive and no more, got {statement.var}"
    if statement.value.has(statement.var) or not statement.expr.has(statement.var):
        yield f"expected {statement.var} in what tends and not in its limit, got {statement.expr} and {statement.value}"


def _from_answer(statement: Said, other: Said) -> Iterator[str]:
    """Refuse an induction whose base or step is taken from the answer: the process has its own."""
    if isinstance(statement, Induction) and isinstance(other, Induction):
        for name in ("base", "step"):
            if getattr(statement, name) != getattr(other, name):
                got = getattr(statement, name)
                yield f"expected the {name} of an induction by the process alone, got the answer in it: {got}"
