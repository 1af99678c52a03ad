"""The check that a claim is well formed, made before any engine runs, for faults that engines can't see.

These are an answer left open, hidden assumptions of symbols, points outside the domain, a bound without its equality
case, the same wrong answer twice, or a theorem dressed up as a definition.
"""

import re
from collections.abc import Container, Iterator, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any

from sympy import Derivative, Expr, Integral, Rational, Symbol, sympify

from derivations.engines.discharge.settle import settle
from derivations.engines.needed import domain as definedness
from derivations.form import meanings, names, stepping
from derivations.form.capture import captures
from derivations.form.claim import Below, Claim, leaves
from derivations.form.definition import Defined
from derivations.judge import equality_cases, kinds, reach
from derivations.judge.titles import promises as titles
from derivations.obligations.owed import owed
from derivations.points.domain import Empty, holds, points

FIELDS = MappingProxyType({
    "the stored point": "example", "the point of the printed statement": "printed_at",
    "the point of the experiment": "experiment.at",
})  # fmt: skip
LONGEST = 4096  # bits of a number, some 1200 digits


def faults(claim: Claim) -> list[str]:
    """Return everything wrong with the form of a claim, one sentence each."""
    if long := _long(claim):
        return [long]  # with which engines would not end
    if claim.is_definition:
        return list(_defined(claim))
    if misshapen := kinds.faults(claim):
        return misshapen  # since its forms may not open
    shapes = (titles.faults, titles.asserting, reach.faults, names.faults, meanings.faults, stepping.faults, captures)
    checks = (*shapes, _everywhere, _open, _symbols, _assumed, _wrongs, _points, equality_cases.faults)
    return [fault for check in checks for fault in check(claim)]


def _long(claim: Claim) -> str:
    """The fault of a number of more digits than any formula of the field has, as 10^(10^6)."""
    parts = (
        claim.said(),
        claim.answer,
        claim.given,
        claim.proof,
        claim.printed,
        *(w.answer for w in claim.wrong.values()),
    )
    numbers = {q for e in names.expressions((*parts, claim.example)) for q in e.atoms(Rational)}
    longest = max((max(int(q.p).bit_length(), int(q.q).bit_length()) for q in numbers), default=0)
    return f"expected numbers of at most {LONGEST} bits, got one of {longest}" if longest > LONGEST else ""


def _defined(claim: Claim) -> Iterator[str]:
    """Refuse a definition that could state something, in a title or in a part that no engine looks at."""
    if claim.title:
        yield f"expected no title of a definition, which states nothing, got {claim.title!r}"
    own = (statement.name for statement in claim.said() if isinstance(statement, Defined))
    for text in (claim.name, *own, *(() if claim.means == Claim.means else (claim.means,))):
        if promised := titles.promises(text):
            yield f"expected a definition whose words state nothing, got {text!r} with {promised!r}"
    yield from names.faults(claim)
    defined = [statement.name for statement in claim.said() if isinstance(statement, Defined)]
    if len(set(defined)) < len(defined):
        yield f"expected each name once, got {', '.join(defined)}"
    used = {
        str(v) for statement in claim.said() if isinstance(statement, Defined) for v in (*statement.of, *statement.by)
    }
    if circle := sorted(used & set(defined)):
        yield f"expected definitions that don't use the names they define, got {', '.join(circle)}"
    for statement in claim.said():
        if type(statement) is Defined:
            yield from statement.faults()
        else:
            yield f"expected a new name for an expression, got {statement}"
            return
    yield from _meaningless(claim)
    unseen = ("proof", "needs", "convenience", "wrong", "experiment", "trust", "refutes", "printed")
    for part in unseen:
        if getattr(claim, part):
            yield f"expected a definition without {part}, which no engine looks at, got {getattr(claim, part)}"


def _meaningless(claim: Claim) -> Iterator[str]:
    """Refuse a right side without a value where the assumptions hold, and assumptions not needed for that."""
    owes = definedness(claim)
    if left := settle(claim, owes).left:
        yield f"expected a right side that has a value everywhere, got {'; '.join(left)}"
    for a in claim.given:
        fewer = replace(claim, given=tuple(b for b in claim.given if b != a))
        if not settle(fewer, owes).left:
            yield f"expected assumptions without which the right side has no value, got {a.text}"


EVERY = re.compile(r"\b(?:any|every|all|each|arbitrary|whatever|always)\b", re.IGNORECASE)
UNDER = re.compile(r"\b(?:vanish\w*|where|if|tends?|under)\b", re.IGNORECASE)


def _everywhere(claim: Claim) -> Iterator[str]:
    """Refuse a title that is of any function where the proof takes on trust that something vanishes at both ends."""
    by_parts = any(line.ends is not None for chain in claim.proof for line in chain)
    if by_parts and (word := EVERY.search(claim.title)) and not UNDER.search(claim.title):
        yield f"expected a title that says under what condition, as the ends are on trust, got {word[0]!r} without one"


def _open(claim: Claim) -> Iterator[str]:
    """Refuse an answer that still contains an integral or a slope: it restates the question."""
    for name, leaf in leaves(claim.answer):
        if leaf.has(Integral, Derivative):
            yield f"expected a closed form as the answer's {name}, got {leaf}"


def _symbols(claim: Claim) -> Iterator[str]:
    """Require symbols that are real or positive and no more, so that every assumption is listed and tested."""
    symbols = sorted({*claim.symbols(), *_of_proof(claim)}, key=str)
    for v in symbols:
        if v not in (Symbol(v.name, real=True), Symbol(v.name, positive=True)):
            yield f"expected a symbol that is real or positive and no more, got {v}: {v._assumptions_orig}"


def _of_proof(claim: Claim) -> Iterator[Symbol]:
    """Yield the symbols of proof lines and of what they rest on, including those of no statement."""
    for line in (line for chain in claim.proof for line in chain):
        for e in (line.expr, line.more, line.primitive, *(line.change or ()), *(line.convex or ()), *(line.ends or ())):
            yield from e.free_symbols if isinstance(e, Expr) else ()  # type: ignore[misc]


def _assumed(claim: Claim) -> Iterator[str]:
    """Require that an assumption has a value wherever those before it hold: log(u) < 3 does not imply u > 0."""
    for n, a in enumerate(claim.given):
        needed = [o for side in a for o in owed(sympify(side))]
        if needed and (left := settle(replace(claim, given=claim.given[:n]), needed).left):
            yield f"expected {a.text} to have a value wherever the assumptions before it hold, got {'; '.join(left)}"


def _wrongs(claim: Claim) -> Iterator[str]:
    answers = [claim.answer, *(w.answer for w in claim.wrong.values())]
    for n, (name, wrong) in enumerate(claim.wrong.items(), start=1):
        if wrong.answer in answers[1:n]:
            yield f"expected different wrong answers, got one that was named before: {name}"


def _points(claim: Claim) -> Iterator[str]:
    """Require that the stored points lie in the domain, and that the domain has random points."""
    if missing := [str(v) for v in claim.symbols() if v not in claim.example]:
        point = ", ".join(f"{v}: {claim.example.get(v, '...')}" for v in claim.symbols())
        yield f"the stored point lacks {', '.join(missing)}: expected a number for each symbol, example={{{point}}}"
        return
    yield from _broken("the stored point", claim, claim.example)
    if claim.printed is not None:
        yield from _broken("the point of the printed statement", claim, claim.printed_at)
    if claim.experiment is not None:
        at = {v: Rational(q) for v, q in claim.experiment.at.items()}
        made = claim.experiment.derived()
        yield from _broken("the point of the experiment", claim, at, claim.convenience, made)
    try:
        next(points(claim, f"some point of {claim.name}"))
    except Empty as empty:
        yield str(empty)


def _broken(
    what: str, claim: Claim, at: Mapping[Symbol, Expr], but: Container[str] = (), made: Mapping[Symbol, Expr] = {}
) -> Iterator[str]:
    """Refuse assumptions violated at the point, or undecided there for want of a symbol, except those in `but`.

    What is made of other symbols has the value that they give it.
    """
    named = [(a.text, Below(a.lesser.xreplace(made), a.greater.xreplace(made))) for a in claim.assumptions()]
    about = [(name, a) for name, a in named if name not in but and not _symbols_of(a).isdisjoint(at)]
    for name, a in about:
        if missing := sorted(map(str, _symbols_of(a) - at.keys())):
            yield f"{what} lacks {', '.join(missing)}, without which {name} may fail there"
    if broken := [(name, a) for name, a in about if _symbols_of(a) <= at.keys() and not holds(a, dict(at))]:
        got = ", ".join(f"{v} = {at[v]}" for v in sorted({v for _, a in broken for v in _symbols_of(a)}, key=str))
        yield f"{what} violates {', '.join(name for name, _ in broken)}: `{FIELDS[what]}` has {got}"


def _symbols_of(a: Below) -> set[Any]:
    return set().union(*(sympify(e).free_symbols for e in a))
