"""The verdict on one reading of a formula: candidates by value, put to the engines in turn, the most telling first."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from typing import NamedTuple

from sympy import Expr, Integer

from derivations.catalogue import claims, tags
from derivations.form.claim import Claim
from derivations.form.statement import Below
from derivations.notation.printing import text
from derivations.obligations.watch import watching
from derivations.query.build import evaluated
from derivations.query.confirm import Confirmed, confirm
from derivations.query.described import size
from derivations.query.formulas import DRAW, drawn, formulas
from derivations.query.search import (
    LEAST_OPERATIONS,
    SMALLEST,
    Asked,
    Candidate,
    Index,
    agreeing,
    difference,
    nearest,
    several,
)
from derivations.query.search import Near as Nearest
from derivations.query.standing import Stands
from derivations.query.verdict import Near, Verdict, part_of
from derivations.query.views import View, views

TRIED = 8  # right candidates put to the engines
SHOWN = 3  # of those that come nearest
Standings = Callable[[str], Stands]


class Found(NamedTuple):
    """A candidate, and what the engines say of it."""

    candidate: Candidate
    confirmed: Confirmed

    @property
    def is_wrong(self) -> bool:
        return bool(self.candidate.entry["wrong"])


def matched(asked: Asked, index: Index, only: str, stands: Standings) -> Verdict:
    """Return the verdict on a formula; with `only`, against that claim alone, whatever the formula's size."""
    if not only and asked.is_small:
        return Verdict("unknown", reason=f"a smaller piece matches nothing: expected {SMALLEST}")
    if not only and asked.is_number:
        return Verdict("unknown", reason=f"it is a number, {read_as(asked.raw)}, which matches nothing")
    among = {only: index[only]} if only else index
    candidates = [c for c in agreeing(asked, among) if not (only and c.is_derived)]
    if asked.is_small:  # a symbol may happen to be a side, in some view
        candidates = [c for c in candidates if c.entry["where"].startswith("answer")]
        if asked.is_name or size(asked.raw) < LEAST_OPERATIONS:
            candidates = [c for c in candidates if not c.entry["view"]]
    found = list(_put(asked, several(candidates)))
    for said in (_equal, _wrong):
        if (verdict := said(asked, found, among, stands)) is not None:
            return verdict
    return _undecided(found) or _different(asked, among, only) or _unknown(asked, only)


def _put(asked: Asked, candidates: Iterable[Candidate]) -> Iterator[Found]:
    """Put candidates to the engines, right ones first, until one is proved."""
    tried = 0
    for c in candidates:
        is_wrong = bool(c.entry["wrong"])
        tried += not is_wrong
        if tried > TRIED and not is_wrong:
            continue
        yield (found := Found(c, _confirmed(c, asked, expression(c))))
        if found.confirmed.verdict == "proved":
            return


def _confirmed(c: Candidate, asked: Asked, e: Expr) -> Confirmed:
    claim = claims()[c.claim]
    law = drawn(claim.answer) if c.entry["where"] == DRAW else None
    draws = () if law is None else (Below(Integer(0), law.var),)  # it is no point
    return confirm(claim, e, view_of(c), asked.raw, draws)


def expression(c: Candidate) -> Expr:
    """The formula of a candidate, in its claim's own symbols."""
    return _formula(claims()[c.claim], c.entry["where"], c.entry["wrong"])


def _formula(claim: Claim, where: str, wrong: str = "") -> Expr:
    with watching(False):
        return next(f.expr for f in formulas(claim) if (f.where, f.wrong) == (where, wrong))


def view_of(c: Candidate) -> View:
    return next(v for v in views(claims()[c.claim]) if v.name == c.entry["view"])


# -- verdicts --------------------------------------------------------------------------------------


def _equal(asked: Asked, found: list[Found], index: Index, stands: Standings) -> Verdict | None:
    first = next((f for f in found if not f.is_wrong and f.confirmed.verdict == "proved"), None)
    if first is None:
        return None
    standing = stands(first.candidate.claim)
    if not standing.standing:
        return Verdict("unknown", **_place(first.candidate, index), reason=standing.reason)
    return replace(_said("equal", first, index, standing), **_others(first.candidate, asked, index))


def _others(first: Candidate, asked: Asked, index: Index) -> dict[str, tuple[str, ...]]:
    """Other claims that agree by value, of which the engines were not asked: right ones, and wrong forms."""
    others = [c for c in several(agreeing(asked, index)) if c.claim != first.claim]
    right = tuple(c.claim for c in others if not c.entry["wrong"])
    wrong = tuple(f"{c.claim}, {c.entry['wrong']!r}" for c in others if c.entry["wrong"])
    return {"also": right, "also_wrong": wrong}


def _said(kind: str, f: Found, index: Index, standing: Stands) -> Verdict:
    c = f.candidate
    return Verdict(
        kind,  # type: ignore[arg-type]
        **_place(c, index),
        standing=standing.standing,
        proved_by=standing.engines,
        confirmed_by=f.confirmed.engines,
        sources=tuple(c.entry["cited"] or index[c.claim]["sources"]),
        using=f.confirmed.using,
        where=f.confirmed.where,
    )


def _place(c: Candidate, index: Index) -> dict[str, str]:
    part = part_of(c.entry["where"], index[c.claim]["kind"])
    return {"claim": c.claim, "tag": tags()[c.claim], "part": part, "view": c.entry["says"]}


def _wrong(asked: Asked, found: list[Found], index: Index, stands: Standings) -> Verdict | None:
    """A known wrong form, and where it differs from the right one."""
    for f in (f for f in found if f.is_wrong and _is_form(f)):
        c = f.candidate
        told = index[c.claim]["wrong"][c.entry["wrong"]]
        right, against = _right(c, asked)
        if right and against.verdict != "refuted":
            continue  # it may be right in this part
        where = {"wrong": c.entry["wrong"], "breaks": told["breaks"], "seen_in": tuple(told["seen_in"])}
        off = {"right": right, "off": against.off, "at": against.at}
        return Verdict(
            "wrong_form", **_place(c, index), using=f.confirmed.using, where=f.confirmed.where,
            confirmed_by=f.confirmed.engines, **where, **off,
        )  # fmt: skip
    return None


def _is_form(f: Found) -> bool:
    """Whether it is that wrong form: to say so needs no proof, since nothing is called right."""
    return f.confirmed.verdict in ("proved", "consistent")


def _right(c: Candidate, asked: Asked) -> tuple[str, Confirmed]:
    """The formula that stands in the place of a wrong one, and what the engines say of it."""
    claim, view = claims()[c.claim], view_of(c)
    try:
        right = _formula(claim, c.entry["where"])
    except StopIteration:
        return "", Confirmed("unknown")
    return text(view(right)), _confirmed(c, asked, right)


def _undecided(found: list[Found]) -> Verdict | None:
    """What agrees by value and is neither proved nor refuted."""
    for f in found:
        if f.confirmed.verdict in ("consistent", "unknown"):
            name = f.candidate.claim
            form = f", wrong form {f.candidate.entry['wrong']!r}," if f.is_wrong else ""
            reason = f"it agrees with {name}{form} at every point looked at, which is no proof: {f.confirmed.reason}"
            return Verdict("unknown", claim=name, tag=tags()[name], reason=reason)
    return None


def _different(asked: Asked, index: Index, only: str) -> Verdict | None:
    apart = _apart(asked, index, only) or [
        _told(asked, near, index) for near in nearest(asked, index, bool(only))[:SHOWN]
    ]
    if not apart:
        return None
    first = apart[0]
    return Verdict(
        "different", claim=first.claim, tag=first.tag, part=first.part, view=first.view, off=first.off, at=first.at,
        near=tuple(apart),
    )  # fmt: skip


def _apart(asked: Asked, index: Index, only: str) -> list[Near]:
    """Right formulas that agree at the points of the universe, and differ elsewhere on their claim's domain."""
    found = []
    for c in several(c for c in agreeing(asked, index) if not c.entry["wrong"]):
        confirmed = _confirmed(c, asked, expression(c))
        if confirmed.verdict == "refuted":
            place = _place(c, index)
            found.append(Near(**place, off=confirmed.off, at=confirmed.at, text=text(view_of(c)(expression(c)))))
        if len(found) == SHOWN:
            break
    return found


def _told(asked: Asked, near: Nearest, index: Index) -> Near:
    c = near.candidate
    off, *_ = difference(asked, near)
    ratio = "" if near.ratio is None else str(near.ratio)
    return Near(**_place(c, index), off=off, at=asked.at(near.point), ratio=ratio, text=text(view_of(c)(expression(c))))


def _unknown(asked: Asked, only: str) -> Verdict:
    symbols = ", ".join(map(text, sorted(asked.raw.free_symbols, key=str)))
    if not any(v is not None for v in asked.values):
        return Verdict("unknown", reason="it has no value at any point that was tried")
    what = f"no formula of {only}" if only else "no right formula of the catalogue"
    return Verdict("unknown", reason=f"{what} is in the symbols {symbols}, or in nearly these")


def read_as(raw: Expr) -> str:
    """The formula as it was read, in our symbols."""
    return text(evaluated(raw))
