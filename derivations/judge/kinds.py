"""Whether a claim is of the kind that it says: the kind is a shape of its statements, in which the answer occurs.

Where the answer occurs is seen by varying it: a form or a statement that stays as it is does not speak of it.
"""

from collections.abc import Callable, Iterator, Mapping
from itertools import islice
from types import MappingProxyType

from sympy import Expr, Symbol

from derivations.arithmetic.ball import ball, precision
from derivations.form.base import Form, Said, plain
from derivations.form.claim import Answer, Claim, leaves, with_leaf
from derivations.form.improper import Improper
from derivations.form.induction import Induction
from derivations.form.law import Diffused, Generating, Given, Law, Made, Pieces, Through, Weighed
from derivations.form.names import expressions
from derivations.form.statement import AtMost, Below, Equal, Tends
from derivations.points.domain import points
from derivations.probability.expected import faults as of_expectations
from derivations.probability.expected import has_expectation, weights
from derivations.probability.gaussian import Normal

SHAPES: Mapping[str, tuple[str, Callable[[Said], bool]]] = MappingProxyType(
    {
        "equality": ("an equality", lambda said: isinstance(said, Equal | Improper)),
        "inequality": ("an inequality", lambda said: isinstance(said, AtMost | Below)),
        "limit": ("a limit", lambda said: isinstance(said, Tends | Improper)),
        "induction": ("an induction, with a base case and a step", lambda said: isinstance(said, Induction)),
        "law": ("the law of a random variable, made by a stated procedure", lambda said: isinstance(said, Law)),
        "expectation": ("an expectation over a stated law", lambda said: any(map(has_expectation, _sides(said)))),
        "refuted": ("a statement", lambda said: True),
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
LOOKS = 8  # random points at which weights are looked at


def faults(claim: Claim) -> list[str]:
    """What is wrong with the claim's kind and with its forms, each in a sentence."""
    if found := list(_misshapen(claim)):
        return found  # forms that may not open
    if not claim.statements():
        return ["expected a statement that is not true as written, got none"]
    return list(_negative(claim))


def _misshapen(claim: Claim) -> Iterator[str]:
    here, there = claim.said(), claim.said(varied(claim.answer))
    if here != claim.said(claim.answer):
        yield "expected a statement that is the same whenever it is asked for"
    spoken = [said for said, other in zip(here, there, strict=True) if said != other]
    if own := sorted({type(part).__name__ for said in here for part in _kinds_in(said) if type(part) not in FORMS}):
        yield f"expected statements and forms of this package alone, got {', '.join(own)}"
        return
    what, fits = SHAPES[claim.kind]
    if not any(map(fits, spoken)):
        got = ", ".join(sorted({type(said).__name__ for said in spoken})) or "no statement"
        yield f"expected of the kind {claim.kind!r} {what} that speaks of the answer, got {got}"
    if (claim.printed is not None) != (claim.kind == "refuted"):
        yield f"expected a printed statement of a refuted claim, and of no other, got the kind {claim.kind!r}"
    for said, other in zip(here, there, strict=True):
        yield from said.faults() if isinstance(said, Form) else ()
        if isinstance(said, Form) and not plain(other):
            yield f"expected a form that says something, got one that is true whatever the answer: {said}"
        yield from _told_by_answer(said, other)
        yield from _of_limit(said)
        for e in expressions(said):
            yield from of_expectations(e)


def _kinds_in(said: Said) -> Iterator[object]:
    """A statement, and of a law its procedure and what it is said to be."""
    yield said
    if isinstance(said, Law):
        yield from (said.how, said.law)


def _negative(claim: Claim) -> Iterator[str]:
    """Weights that are negative somewhere are none of a law."""
    found = dict.fromkeys(weight for e in expressions(claim.said()) for weight in weights(e))
    looked = [claim.example, *islice(points(claim, f"weights {claim.name}"), LOOKS)] if found else []
    with precision(256):
        for weight in found:
            if at := next((at for at in looked if not ball(weight, {**claim.example, **at}) >= 0), None):
                yield f"expected weights of at least 0, got {weight} at {at}"


def varied(answer: Answer) -> Answer:
    """The answer with each of its fields scaled and moved by a symbol of its own."""
    for n, (name, leaf) in enumerate(list(leaves(answer))):
        v = Symbol(f"varied_{n}", positive=True)
        answer = with_leaf(answer, name, v * leaf + v**2)
    return answer


def _sides(said: Said) -> tuple[Expr, ...]:
    return () if isinstance(said, Form) else tuple(e for e in said if isinstance(e, Expr))


def _of_limit(said: Said) -> Iterator[str]:
    if not isinstance(said, Tends):
        return
    if said.var not in (Symbol(said.var.name, real=True), Symbol(said.var.name, positive=True)):
        yield f"expected a limit's variable that is real or positive and no more, got {said.var}"
    if said.value.has(said.var) or not said.expr.has(said.var):
        yield f"expected {said.var} in what tends and not in its limit, got {said.expr} and {said.value}"


def _told_by_answer(said: Said, other: Said) -> Iterator[str]:
    """What a process does is its own: an induction's base and step are not read off the answer."""
    if isinstance(said, Induction) and isinstance(other, Induction):
        for name in ("base", "step"):
            if getattr(said, name) != getattr(other, name):
                got = getattr(said, name)
                yield f"expected the {name} of an induction by the process alone, got the answer in it: {got}"
