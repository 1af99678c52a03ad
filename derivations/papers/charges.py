"""Charges: what claims say that papers print wrong, held against the papers' own LaTeX.

A wrong form names the equations in which it was seen, and a false sentence those that print it. The row of such an
equation says where it prints that form: the engines compare the two, and the printed one may not be the right answer,
since then nothing is wrong with it. What no reader reads is `words`, with the reason; a remark has words alone.
"""

from collections.abc import Iterator
from dataclasses import replace
from typing import NamedTuple

from sympy import Expr

from derivations.catalogue import claims
from derivations.form.claim import Claim, leaves
from derivations.form.statement import sides
from derivations.papers.latex import ours, read
from derivations.papers.paper import Charge, Equation, Paper, papers
from derivations.papers.references import resolve
from derivations.papers.transcription import Compared, agree, special

SENTENCE = ""  # the form of a charge that is of the claim's false sentence
PLACES = "expected answer, answer.FIELD, right n, or sentence"


class Made(NamedTuple):
    """A charge as a claim makes it: the claim, its wrong form or its false sentence, and the equation."""

    claim: str
    form: str
    paper: Paper
    equation: Equation

    def __str__(self) -> str:
        return f"{self.paper.key} {self.equation.cited}: {self.claim}, {self.form or 'its false sentence'}"


def made(claim: Claim) -> Iterator[Made]:
    """The charges that a claim makes against papers."""
    seen = [(form, place) for form, wrong in claim.wrong.items() for place in wrong.seen_in]
    for form, place in [*seen, *((SENTENCE, place) for place in claim.printed_in)]:
        for r in resolve(place):
            if isinstance(r.work, Paper):
                yield from (Made(claim.name, form, r.work, e) for e in r.places if isinstance(e, Equation))


def unanswered(claim: Claim) -> list[str]:
    """The charges against equations whose rows do not say where they print it."""
    return [str(one) for one in made(claim) if not one.equation.is_remark and not _answers(one)]


def _answers(one: Made) -> bool:
    return any(c.claim == one.claim and one.form in c.forms for c in one.equation.charged)


def idle() -> list[str]:
    """What rows say that they print, and no claim charges them with."""
    known = {(one.paper.key, one.equation.number, one.claim, one.form) for c in claims().values() for one in made(c)}
    return [
        f"{p.key} {e.cited}: {c.claim}, {form or 'its false sentence'}"
        for p in papers().values()
        for e in p.equations
        for c in e.charged
        for form in c.forms
        if (p.key, e.number, c.claim, form) not in known
    ]


def compare(paper: Paper, equation: Equation, charge: Charge) -> Compared:
    """What the paper prints, against the form that it is charged with.

    Raises:
        ValueError: it can't be read, or the claim has no such form.
    """
    claim, convention = claims()[charge.claim], paper.conventions[charge.under]
    theirs = _printed(equation, charge, {**convention.symbols, **charge.with_}, claim)
    mine = special(claim, _charged(claim, charge), convention)
    domain = claims()[convention.domain] if convention.domain else claim
    found = agree(domain, theirs, mine)
    if found.verdict in ("proved", "consistent") and (right := _right(claim, charge, theirs, paper)):
        return Compared("refuted", f"{right} is the right answer")
    return found


def _printed(e: Equation, charge: Charge, symbols: dict[str, str], claim: Claim) -> Expr:
    """The printed form; of an equation, its left side less its right."""
    known = {part.name: part.latex for part in e.parts}
    first, *rest = (read(known.get(one, one), symbols, claim.symbols()) for one in charge.latex)
    return first - rest[0] if rest else first


def _charged(claim: Claim, charge: Charge) -> Expr:
    if charge.times or charge.equals == "sentence":  # an equation, or one side: of the sentence, or a multiple of it
        left, right = _sentence(claim)
        times = ours(charge.times or "1", frozenset(claim.symbols()))
        return (right if charge.equals == "sentence" else left - right) * times
    try:
        return _located(replace(claim, answer=claim.wrong[charge.forms[0]].answer), charge.equals)
    except (KeyError, IndexError, ValueError) as fault:
        raise ValueError(f"{claim.name}, {charge.forms[0]!r}: {PLACES}, got {charge.equals!r}: {fault}") from None


def _sentence(claim: Claim) -> tuple[Expr, Expr]:
    if claim.printed is None:
        raise ValueError(f"{claim.name}: expected a false sentence, got none")
    return sides(claim.printed)


def _located(claim: Claim, where: str) -> Expr:
    """What a claim has there: a field of its answer, or the right side of a statement."""
    kind, _, at = where.replace("answer.", "answer ").partition(" ")
    if kind == "right":
        return sides(claim.statements()[int(at) - 1])[1]
    return dict(leaves(claim.answer))[at or "answer"]


def _right(claim: Claim, charge: Charge, theirs: Expr, paper: Paper) -> str:
    """The place of the right answer that says the same as the paper, which there may not be."""
    convention = paper.conventions[charge.under]
    if charge.times or charge.equals == "sentence":
        return ""  # the sentence is refuted by the claim itself
    domain = claims()[convention.domain] if convention.domain else claim
    for where in (charge.equals, *(f"answer.{name}" for name, _ in leaves(claim.answer) if name != "answer")):
        if agree(domain, theirs, special(claim, _located(claim, where), convention)).verdict in (
            "proved",
            "consistent",
        ):
            return where
    return ""
