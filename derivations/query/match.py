"""The verdict on one reading of a formula: candidates by value, put to the engines in turn, the most telling first."""

from collections.abc import Callable
from dataclasses import replace

from sympy import Expr

from derivations.catalogue import tags
from derivations.notation.printing import text
from derivations.query.apart import apart
from derivations.query.candidates.asked import LEAST_OPERATIONS, SMALLEST, Asked
from derivations.query.candidates.related import is_related
from derivations.query.candidates.search import Candidate, Index, agreeing, several
from derivations.query.index.described import size
from derivations.query.index.formulas import VARIANCES, WHOLE
from derivations.query.left.fitting import unfit
from derivations.query.left.moments import is_drawn, is_moment
from derivations.query.left.rates import SOLVED
from derivations.query.left.side import NO_LEFT, Left
from derivations.query.put import Found, place, put, right, rights
from derivations.query.question import Question
from derivations.query.standing import Stands
from derivations.query.things import is_of_another
from derivations.query.verdict import Verdict
from derivations.query.writing.echo import echoed
from derivations.syntax.build import evaluated

MEANT = "what stands on its left, by what the symbols mean"
# A side of a statement with a wrong answer in it is a wrong form from this many operations on. A smaller one, as
# sqrt(abar) x_0, is often right elsewhere: it is as common among right formulas as slips of such are (see slips.LEAST).
SMALL_SIDE = 5
Standings = Callable[[str], Stands]


def matched(asked: Asked, index: Index, only: str, stands: Standings, left: Left = NO_LEFT) -> Verdict:
    """Return the verdict on a formula; with `only`, against that claim alone, whatever the formula's size.

    What stands `left` of it, if that names claims, says which of them it is compared with first.
    """
    q = Question(asked, index, only, left)
    if not only and asked.is_number:
        reason = f"it is a number, {read_as(asked.raw)}, which matches nothing"
        return _by_meaning(q, stands) or Verdict("unknown", reason=reason)
    candidates = _candidates(q)
    right = [c for c in candidates if not c.entry["wrong"]]
    found = list(put(asked, several(c for c in right if q.fits(c))))
    if (verdict := _equal(q, found, stands) or _by_meaning(q, stands)) is not None:
        return verdict
    meant = (c for c in candidates if c.entry["wrong"] and _is_meant(c, q))  # one by one: each needs its claim
    found += put(asked, several(meant))
    if not (right or found or q.first) and asked.is_small:
        return Verdict("unknown", reason=f"a smaller piece matches nothing: expected {SMALLEST}")
    wrong, misplaced = _wrong(q, found), _misplaced(q, right)
    in_place = wrong is not None and wrong.claim in q.left.claims and "statement" not in wrong.part
    return (wrong if in_place else misplaced or wrong) or _undecided(found) or _unlike(q)


def _candidates(q: Question) -> list[Candidate]:
    """Return what agrees by value: for a small piece only an answer, since a symbol may happen to be a side."""
    found = agreeing(q.asked, q.index, q.first)
    if q.only:
        found = [c for c in found if c.claim == q.only and not c.is_derived]
    found = [c for c in found if not c.is_derived or q.left.takes(c.entry["where"])]
    if q.asked.law_of is not None:
        found = [c for c in found if is_drawn(c) and (q.fits(c) or not c.entry["wrong"])]
    if q.asked.is_matrix and not q.left.typed:
        found = [c for c in found if VARIANCES.fullmatch(c.entry["where"].partition(".")[2])]
    return _of_small(q, found) if q.asked.is_small else found


def _of_small(q: Question, found: list[Candidate]) -> list[Candidate]:
    """Return those of the candidates that a small piece may be."""
    if moments := [c for c in found if is_moment(q.left, c, q.index)]:
        return moments
    least = q.asked.is_name or size(q.asked.raw) < LEAST_OPERATIONS
    if q.first:
        found = [c for c in found if c.claim in q.first and c.entry["where"].startswith("answer")]
        return [c for c in found if not (least and c.entry["view"])]
    return [c for c in found if c.entry["where"] == "answer" and not (least or c.entry["wrong"])]


def _equal(q: Question, found: list[Found], stands: Standings) -> Verdict | None:
    first = next((f for f in found if not f.is_wrong and f.confirmed.verdict == "proved"), None)
    if first is None:
        return None
    standing = stands(first.candidate.claim)
    if not standing.standing:
        return Verdict("unknown", **place(first.candidate, q.index), reason=standing.reason)
    return replace(_said(first, q.index, standing), **_others(first.candidate, q))


def _by_meaning(q: Question, stands: Standings) -> Verdict | None:
    """An equation whose sides are equal by what their symbols mean, without any claim or by that of the left side."""
    if q.meaning is None or q.only not in ("", q.left.by):
        return None
    found = Verdict(
        "equal", part=MEANT, standing="by definition", confirmed_by=q.meaning.engines, using=q.meaning.using,
        where=q.meaning.where,
    )  # fmt: skip
    if not q.left.by:
        return found
    by, standing = {"claim": q.left.by, "tag": tags()[q.left.by], "part": SOLVED}, stands(q.left.by)
    if not standing.standing:
        return Verdict("unknown", **by, reason=standing.reason)
    sources = tuple(q.index[q.left.by]["sources"])
    return replace(found, **by, standing=standing.standing, proved_by=standing.engines, sources=sources)


def _misplaced(q: Question, candidates: list[Candidate]) -> Verdict | None:
    """A right formula after a left side that names another thing, or that is not understood."""
    others = [c for c in candidates if not c.entry["wrong"] and not q.fits(c)]
    found = next((f for f in put(q.asked, several(others)) if f.confirmed.verdict == "proved"), None)
    if found is None:
        return None
    where = place(found.candidate, q.index)
    if q.left.is_one and (said := _unlike(q)).kind == "different":
        return said
    why = unfit(q.left, found.candidate, q.is_of_shape)
    reason = f"the right side is {where['part'].rstrip(',')}; what stands on the left, {echoed(q.left.typed)}, is {why}"
    return Verdict("unknown", **where, reason=reason)


def _others(first: Candidate, q: Question) -> dict[str, tuple[str, ...]]:
    """Other claims that agree by value, of which the engines were not asked: right ones, and wrong forms."""
    agree = (c for c in agreeing(q.asked, q.index, q.first) if c.claim == q.only or not q.only)
    others = [c for c in several(agree) if c.claim != first.claim]
    right = tuple(c.claim for c in others if not c.entry["wrong"])
    return {"also": right, "also_wrong": tuple(_as_wrong(c) for c in others if c.entry["wrong"])}


def _as_wrong(c: Candidate) -> str:
    return f"{c.claim}, {c.entry['wrong']!r}"


def _said(f: Found, index: Index, standing: Stands) -> Verdict:
    c = f.candidate
    return Verdict(
        "equal",
        **place(c, index),
        standing=standing.standing,
        proved_by=standing.engines,
        confirmed_by=f.confirmed.engines,
        sources=tuple(c.entry["cited"] or index[c.claim]["sources"]),
        using=f.confirmed.using,
        where=f.confirmed.where,
    )


def _wrong(q: Question, found: list[Found]) -> Verdict | None:
    """A known wrong form, and where it differs from the right one."""
    for c, f in ((f.candidate, f) for f in found if f.is_wrong and _is_form(f)):
        told = q.index[c.claim]["wrong"][c.entry["wrong"]]
        meant, against = right(c, q.asked)
        if meant and against.verdict != "refuted":
            continue  # it may be right in this part
        where = {"wrong": c.entry["wrong"], "breaks": told["breaks"], "seen_in": tuple(told["seen_in"])}
        off = {"right": meant, "off": against.off, "at": against.at}
        return Verdict(
            "wrong_form", **place(c, q.index), using=f.confirmed.using, where=f.confirmed.where,
            confirmed_by=f.confirmed.engines, **where, **off,
        )  # fmt: skip
    return None


def _is_meant(c: Candidate, q: Question) -> bool:
    """Whether a formula is meant for what a wrong form is wrong of: by name, or as there is nothing else it may be."""
    if not q.only and is_of_another(q.left, c, q.asked.convention):
        return False
    if q.only or (q.left.claims and q.left.allows(c, q.index)) or _stands_for(c, q):
        return True
    if q.left.whole and not (q.left.is_known or q.left.claims):  # papers call another thing so
        return False
    if c.is_derived:  # the root of a wrong variance is no variance
        return False
    is_answer = c.entry["where"].startswith("answer") or c.entry["size"] > SMALL_SIDE
    return is_answer and not q.left.is_known and not is_related(q.asked, rights(c))


def _stands_for(c: Candidate, q: Question) -> bool:
    """Whether the right formula in its place would be what is typed on the left, which may not be a choice."""
    if not q.left.is_determined and c.entry["where"] != WHOLE:
        return False
    place = (c.entry["where"], c.entry["view"])
    right = (e for e in q.index[c.claim]["entries"] if (e["where"], e["view"]) == place and not e["wrong"])
    return any(q.fits(Candidate(c.claim, e)) for e in right)


def _is_form(f: Found) -> bool:
    """Whether it is that wrong form: to say so needs no proof, since nothing is called right."""
    return f.confirmed.verdict in ("proved", "consistent")


def _undecided(found: list[Found]) -> Verdict | None:
    """What agrees by value with a right formula, and is neither proved nor refuted."""
    for f in found:
        if f.confirmed.verdict in ("consistent", "unknown"):
            name = f.candidate.claim
            form = f", wrong form {f.candidate.entry['wrong']!r}," if f.is_wrong else ""
            reason = f"it agrees with {name}{form} at every point looked at, which is no proof: {f.confirmed.reason}"
            return Verdict("unknown", claim=name, tag=tags()[name], reason=reason)
    return None


def _unlike(q: Question) -> Verdict:
    """What no claim is known to have, although it may be a wrong form of something else than is meant."""
    wrong = tuple(_as_wrong(c) for c in several(agreeing(q.asked, q.index)) if c.entry["wrong"])
    said = apart(q)
    return replace(said, also_wrong=wrong) if said.kind == "unknown" else said


def read_as(raw: Expr) -> str:
    """The formula as it was read, in our symbols."""
    return text(evaluated(raw))
