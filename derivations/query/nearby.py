"""What comes nearest to a formula that no claim is known to have: by how much it differs, and where."""

from collections.abc import Mapping, Sequence

from sympy import Expr, Pow, Rational, S

from derivations.notation.printing import text
from derivations.query.candidates.asked import Asked
from derivations.query.candidates.nearest import Near as Nearest
from derivations.query.candidates.nearest import difference, nearest
from derivations.query.candidates.search import same
from derivations.query.index.relations import is_possible
from derivations.query.put import confirmed, expression, place, view_of
from derivations.query.question import Question
from derivations.query.verdict import Near
from derivations.syntax.build import evaluated

SHOWN = 3  # of those that come nearest


def nearest_ones(q: Question, any_symbols: bool) -> list[Near]:
    """Return what comes nearest: what it is a number of times first, even of another claim than the left side names."""
    found = nearest(q.asked, q.among, any_symbols)
    if q.left.claims and not q.only and not any(near.ratio for near in found):
        found = [*(near for near in nearest(q.asked, q.index) if near.ratio), *found]
    return [told(q, near) for near in _first_named(q, found)[:SHOWN]]


def _first_named(q: Question, found: Sequence[Nearest]) -> list[Nearest]:
    """Put first, of those that have the values of the nearest one, what is named on the left, or more papers print."""
    alike = [n for n in found if same(n.candidate.entry, found[0].candidate.entry)]
    if not alike:
        return list(found)
    first = max(alike, key=lambda n: (n.candidate.claim in q.left.whole, len(n.candidate.entry["cited"])))
    return [first, *(n for n in found if n is not first)]


def told(q: Question, near: Nearest) -> Near:
    """Say of a formula that comes near how far it is, where, and which number times it the one asked about is."""
    c = near.candidate
    e = expression(c)
    off, at = _seen(q, near, e)
    ratio, everywhere = "", False
    if near.ratio is not None:
        times = Rational(near.ratio.numerator, near.ratio.denominator) * e
        ratio, everywhere = str(near.ratio), confirmed(c, q.asked, times).verdict == "proved"
    return Near(
        **place(c, q.index), off=off, at=at, ratio=ratio, text=text(view_of(c)(e)),
        everywhere=everywhere,
    )  # fmt: skip


def _seen(q: Question, near: Nearest, e: Expr) -> tuple[str, Mapping[str, str]]:
    """Return by how much the two differ and where: at a point of the claim's domain, or of the universe."""
    said = confirmed(near.candidate, q.asked, e)
    if said.verdict == "refuted" and said.at and is_possible(said.at):
        return said.off, said.at
    off, *_ = difference(q.asked, near)
    return off, q.asked.at(near.point)


def _negative_root(e: Expr) -> str:
    """Say what stands under a root and is negative everywhere, if anything does."""
    roots = sorted((p.base for p in e.atoms(Pow) if p.exp in (S.Half, -S.Half)), key=str)
    for base in roots:
        known = [v for v in Asked(base).floats if v is not None]
        if known and max(known) < 0:
            return f": what stands under a root, {text(evaluated(base))}, is negative"
    return ""


def reason(q: Question, near: Sequence[Near]) -> str:
    """Say why nothing is known of a formula."""
    if not any(v is not None for v in q.asked.values):
        return "it has no value at any point that was tried" + _negative_root(q.asked.raw)
    if near and near[0].everywhere:
        first = near[0]
        times = f"{first.ratio} times {first.part.rstrip(',')} of {first.claim} everywhere"
        return f"it is {times}; a factor may be left out on purpose"
    if q.only:
        return f"no formula of {q.only} is like it"
    return "no claim is known to have it, which says nothing of whether it is right"
