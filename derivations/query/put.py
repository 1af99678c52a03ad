"""Candidates put to the engines, in turn: each with its claim's formula, in the view that it was found in."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from sympy import Expr, Integer

from derivations.catalogue import claims, tags
from derivations.form.claim import Claim
from derivations.form.statement import Below
from derivations.notation.printing import text
from derivations.query.candidates.asked import Asked
from derivations.query.candidates.search import Candidate, Index
from derivations.query.confirm import Confirmed, confirm
from derivations.query.index.formulas import DRAW, drawn, formulas
from derivations.query.index.views import View, views
from derivations.query.verdict import part_of

TRIED = 8  # right candidates put to the engines


class Found(NamedTuple):
    """A candidate, and what the engines say of it."""

    candidate: Candidate
    confirmed: Confirmed

    @property
    def is_wrong(self) -> bool:
        return bool(self.candidate.entry["wrong"])


def put(asked: Asked, candidates: Iterable[Candidate]) -> Iterator[Found]:
    """Put candidates to the engines, right ones first, until one is proved."""
    tried = 0
    for c in candidates:
        is_wrong = bool(c.entry["wrong"])
        tried += not is_wrong
        if tried > TRIED and not is_wrong:
            continue
        yield (found := Found(c, confirmed(c, asked, expression(c))))
        if found.confirmed.verdict == "proved":
            return


def confirmed(c: Candidate, asked: Asked, e: Expr) -> Confirmed:
    """What the engines say of the formula against an expression of the candidate's claim."""
    claim = claims()[c.claim]
    law = drawn(claim.answer) if c.entry["where"] == DRAW else None
    draws = () if law is None else (Below(Integer(0), law.var),)  # it is no point
    return confirm(claim, e, view_of(c), asked.raw, draws)


def right(c: Candidate, asked: Asked) -> tuple[str, Confirmed]:
    """The formula that stands in the place of a wrong one, and what the engines say of it."""
    e = _of_the_same(c, _formulas(claims()[c.claim], c.entry["where"]))
    return ("", Confirmed("unknown")) if e is None else (text(view_of(c)(e)), confirmed(c, asked, e))


def rights(c: Candidate) -> Iterator[Expr]:
    """Yield the right formulas of the claim of a wrong one, in the view that it was found in: no derivation's."""
    found = [f for f in formulas(claims()[c.claim]) if not f.wrong and not f.where.startswith("proof")]
    yield from (view_of(c)(f.expr) for f in found)


def expression(c: Candidate) -> Expr:
    """The formula of a candidate, in its claim's own symbols."""
    e = _of_the_same(c, _formulas(claims()[c.claim], c.entry["where"], c.entry["wrong"]))
    assert e is not None, c
    return e


def _of_the_same(c: Candidate, there: Iterable[Expr]) -> Expr | None:
    """Return of the formulas at a place the one in the symbols of the candidate; else the first."""
    found, view = list(there), view_of(c)
    of_same = (e for e in found if sorted(map(str, view(e).free_symbols)) == c.entry["symbols"])
    return next(of_same, found[0] if found else None)


def _formulas(claim: Claim, where: str, wrong: str = "") -> Iterator[Expr]:
    """Yield what stands at a place: several formulas where a step is added to states of several names."""
    yield from (f.expr for f in formulas(claim) if (f.where, f.wrong) == (where, wrong))


def place(c: Candidate, index: Index) -> dict[str, str]:
    """Say where a formula of the index stands: claim, tag, part and view."""
    part = part_of(c.entry["where"], index[c.claim]["kind"])
    return {"claim": c.claim, "tag": tags()[c.claim], "part": part, "view": c.entry["says"]}


def view_of(c: Candidate) -> View:
    """The view that a candidate was found in."""
    return next(v for v in views(claims()[c.claim]) if v.name == c.entry["view"])
