"""The types of all parts of a claim and of a statement, and what is wrong with a part, in the words of its author.

A claim is checked where it is made, and each statement where it is built, so that nothing later meets a list for a sum.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import MISSING, fields
from types import MappingProxyType
from typing import Any, Literal, get_args

from derivations.form.base import Said
from derivations.form.definition import Defined
from derivations.form.experiment import Chance, Experiment, Mean, Residual, Size
from derivations.form.improper import Improper
from derivations.form.induction import Induction
from derivations.form.law import Diffused, Generating, Given, Law, Made, Pieces, Through, Weighed
from derivations.form.parts import Line, Wrong, leaves
from derivations.form.sorts import (
    ANY,
    CALL,
    CASE,
    EXPRESSION,
    EXPRESSIONS,
    FLAG,
    RATES,
    SYMBOL,
    SYMBOLS,
    TEXTS,
    WHOLE,
    WORDS,
    Sort,
    answer,
    is_expression,
    many,
    mapping,
    optional,
    point,
    row,
    shown,
    sort,
)
from derivations.form.statement import AtMost, Below, Equal, Tends
from derivations.probability.gaussian import Normal

Kind = Literal["definition", "equality", "inequality", "law", "expectation", "induction", "limit", "refuted"]


class Malformed(ValueError):
    """A claim with a part of the wrong type: which part, what was expected there, and what it got."""


def one_of(*classes: type) -> Sort:
    """Return the sort of objects of these classes, each with parts of its own sorts."""
    names = " or ".join(map(_called, classes))

    def check(got: Any, where: str) -> Iterator[str]:
        if type(got) not in classes:
            yield f"{where}: expected {names}, got {shown(got)}"
            return
        for name, part in PARTS[type(got)].items():
            yield from part(getattr(got, name), f"{where}: {type(got).__name__}.{name}")

    return check


def _called(kind: type) -> str:
    """Return how a class is called, with the parts that have no default: Below(lesser, greater)."""
    if issubclass(kind, tuple):
        needed = [name for name in kind._fields if name not in kind._field_defaults]  # type: ignore[attr-defined]
    else:
        needed = [f.name for f in fields(kind) if f.default is MISSING and f.default_factory is MISSING]
    return f"{kind.__name__}({', '.join(needed)})"


PARTS: Mapping[type, Mapping[str, Sort]] = MappingProxyType({
    Equal: {"lhs": EXPRESSION, "rhs": EXPRESSION},
    Below: {"lesser": EXPRESSION, "greater": EXPRESSION},
    AtMost: {"lesser": EXPRESSION, "greater": EXPRESSION, "equal_at": CASE, "only": FLAG},
    Tends: {"expr": EXPRESSION, "var": SYMBOL, "value": EXPRESSION},
    Improper: {
        "body": EXPRESSION, "var": SYMBOL, "low": EXPRESSION, "high": EXPRESSION, "value": EXPRESSION, "h": SYMBOL,
        "singular": sort("'low' or 'high'", lambda got: got in (None, "low", "high")),
    },
    Induction: {
        "value": EXPRESSIONS, "held": SYMBOLS, "base": EXPRESSIONS, "step": EXPRESSIONS, "first": CASE, "next": CASE,
        "index": optional(SYMBOL), "start": EXPRESSION, "own": SYMBOLS,
    },
    Defined: {
        "name": WORDS, "of": SYMBOLS, "by": SYMBOLS,
        "value": lambda got, where: one_of(Normal)(got, where) if isinstance(got, tuple) else EXPRESSION(got, where),
    },
    Law: {
        "of": SYMBOL, "how": one_of(Made, Given, Through, Weighed, Diffused, Pieces), "law": one_of(Normal, Generating),
    },
    Normal: {"mean": EXPRESSION, "var": EXPRESSION},
    Generating: {"kappa": SYMBOL, "value": EXPRESSION},
    Made: {"expr": EXPRESSION, "noise": SYMBOLS},
    Given: {
        "expr": EXPRESSION, "noise": SYMBOLS,
        "on": many(row("a pair (variable, its value)", EXPRESSION, EXPRESSION), "pairs (variable, its value)"),
    },
    Through: {"start": one_of(Normal), "over": SYMBOL, "step": one_of(Normal)},
    Weighed: {
        "prior": one_of(Normal), "weight": EXPRESSION, "norm": optional(EXPRESSION), "on": SYMBOLS,
        "names": row("two names", WORDS, WORDS),
    },
    Diffused: {"drift": EXPRESSION, "g2": EXPRESSION, "rates": RATES, "constant": SYMBOLS},
    Pieces: {
        "uniform": SYMBOL,
        "pieces": many(row("a piece (expression, low, high)", EXPRESSION, EXPRESSION, EXPRESSION), "pieces"),
    },
    Line: {
        "why": WORDS, "expr": EXPRESSION, "eq": WORDS, "more": optional(EXPRESSION),
        "convex": optional(row("a pair (symbol, its value)", SYMBOL, EXPRESSION)), "primitive": optional(EXPRESSION),
        "change": optional(row("a pair (new variable, its expression)", SYMBOL, EXPRESSION)),
    },
    Wrong: {"answer": answer, "breaks": WORDS, "seen_in": TEXTS},
    Experiment: {
        "process": many(row("a pair (variable, how it is made)", SYMBOL, EXPRESSION), "pairs"),
        "checks": many(one_of(Residual, Mean, Chance), "checks"), "at": mapping(SYMBOL, ANY, "a point, as {a: 1}"),
        "normals": SYMBOLS, "uniforms": SYMBOLS, "steps": mapping(SYMBOL, WHOLE, "{i: how many}"), "twins": TEXTS,
        "size": WHOLE, "detects": mapping(WORDS, one_of(Size), "{field: Size(by, why)}"),
    },
    Size: {"by": EXPRESSION, "why": WORDS, "added": FLAG},
    Residual: {"of": EXPRESSION, "law": CALL, "given": EXPRESSIONS, "where": optional(EXPRESSION)},
    Mean: {"of": EXPRESSION, "value": CALL},
    Chance: {"of": EXPRESSION, "value": CALL, "given": EXPRESSIONS, "weigh": EXPRESSION},
})  # fmt: skip
STATEMENTS = (Equal, AtMost, Below, Tends, Improper, Induction, Law, Defined)
KIND = sort(f"one of {', '.join(get_args(Kind))}", lambda got: got in get_args(Kind))
OF_CLAIM: Mapping[str, Sort] = MappingProxyType({
    "name": WORDS, "title": WORDS, "kind": KIND, "says": CALL, "answer": answer,
    "proof": many(many(one_of(Line), "lines, as by(why, expr)"), "chains of lines"),
    "needs": TEXTS, "given": many(one_of(Below), "Below(lesser, greater) each"), "example": point, "printed_at": point,
    "convenience": mapping(WORDS, WORDS, "{the text of an assumption: why it is kept}"),
    "wrong": mapping(WORDS, one_of(Wrong), "{name: Wrong(answer, what it breaks)}"),
    "experiment": optional(one_of(Experiment)), "trust": TEXTS, "means": WORDS, "refutes": WORDS, "printed_in": TEXTS,
    "printed": optional(one_of(Equal, AtMost, Below, Tends)),
})  # fmt: skip


def check(claim: Any) -> None:
    """Refuse parts of the wrong type, all that there are.

    Raises:
        Malformed: a part of the claim is not what it should be, or a wrong answer has other fields than the answer.
    """
    faults = [fault for part, fits in OF_CLAIM.items() for fault in fits(getattr(claim, part), part)]
    if faults := faults or list(_of_wrongs(claim)):
        raise Malformed("\n".join(f"{claim.name}: {fault}" for fault in faults))


def _of_wrongs(claim: Any) -> Iterator[str]:
    """Refuse wrong answers with other fields than the answer has."""
    fields = _fields(claim.answer)
    for name, wrong in claim.wrong.items():
        if (got := _fields(wrong.answer)) != fields:
            yield f"wrong, {name}: expected the fields of the answer, {', '.join(fields)}, got {', '.join(got)}"


def _fields(of: Any) -> list[str]:
    return ["answer"] if is_expression(of) else [name for name, _ in leaves(of)]


def stated(says: Callable[[Any], Any], of: Any, name: str) -> tuple[Said, ...]:
    """Return the statements that `says` gives for an answer.

    Raises:
        Malformed: it gives something else, or fails.
    """
    try:
        got = says(of)
    except Exception as fault:
        why = f"{type(fault).__name__}: {fault}"
        raise Malformed(f"{name}: says: expected a statement for the answer {shown(of)}, got {why}") from fault
    said = (got,) if isinstance(got, STATEMENTS) else got
    if faults := list(_of_statements(said)):
        raise Malformed("\n".join(f"{name}: says: {fault}" for fault in faults))
    return said


def _of_statements(said: Any) -> Iterator[str]:
    if not isinstance(said, tuple) or not said:
        yield f"expected a statement, as Equal(left, right), or a tuple of them, got {shown(said)}"
        return
    for n, statement in enumerate(said, start=1):
        if type(statement) in STATEMENTS or not isinstance(statement, STATEMENTS):  # for others see `judge.kinds`
            yield from one_of(*STATEMENTS)(statement, f"statement {n}")
