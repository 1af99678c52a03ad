"""What a formula is not that nothing agrees with: different from a formula that is meant, or merely unknown.

It is meant if the user names its claim, or types a left side that names it and says what it is; and where the formula
is a number of times an answer, or an answer but for one slip. Else no claim may carry it, and what comes nearest is
only mentioned.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import islice

from sympy import Abs, Expr, Pow, Rational, S, log

from derivations import symbols as o
from derivations.notation.printing import text
from derivations.query.candidates.asked import Asked
from derivations.query.candidates.nearest import Near as Nearest
from derivations.query.candidates.nearest import compared, difference, nearest
from derivations.query.candidates.search import Candidate, Index, agreeing, may_mean, same, several
from derivations.query.candidates.slips import LEAST, LEAST_MEANT, slips
from derivations.query.confirm import Confirmed
from derivations.query.index.lefts import as_written
from derivations.query.index.matrices import MATRIX, NUMBER
from derivations.query.index.relations import is_possible
from derivations.query.left.fitting import fits
from derivations.query.left.moments import is_law
from derivations.query.left.side import CHOSEN, Left
from derivations.query.meaning import same as by_meaning
from derivations.query.put import confirmed, expression, place, view_of
from derivations.query.things import right_ones
from derivations.query.verdict import Near, Verdict
from derivations.query.writing.norms import VECTORS
from derivations.syntax.build import evaluated

SHOWN = 3  # of those that come nearest
OWNED = frozenset(map(str, (o.eta,)))  # letters of one choice: a formula with DDIM's eta is meant for its deviation


@dataclass(frozen=True)
class Question:
    """A formula, and what it is asked about: of whom, and after which left side."""

    asked: Asked
    index: Index
    only: str
    left: Left

    @cached_property
    def meaning(self) -> Confirmed | None:
        """The proof that it is its left side by what the symbols mean, if it is and is not the same text."""
        of_law, is_one = self.asked.law_of is not None, as_written(self.left.typed) == as_written(self.asked.written)
        if of_law or is_one or not self.is_of_shape:
            return None
        is_defined = any(sign in self.asked.written for sign in ("\\prod", "cumprod"))
        # a name of code for a formula with a variance in it, which is no other name of that variance
        formulas = {e for e in self.left.exprs if self.left.is_known and len(e.free_symbols) > 1}
        raw, by = self.asked.raw, self.asked.convention
        found = (by_meaning(e, raw, by, is_defined or e in formulas) for e in self.left.exprs)
        return next((proof for proof in found if proof is not None), None)

    def fits(self, c: Candidate) -> bool:
        """Whether a formula of a claim is what the left side names, also where the claim itself is named."""
        if self.asked.law_of is not None:
            return is_law(self.left, c, self.index, self.asked.law_of)
        return self.is_of_shape and (fits(self.left, c, self.index) or self.meaning is not None)

    @property
    def is_of_shape(self) -> bool:
        """Whether both sides are numbers, or both are matrices; I without a left side is that of a covariance."""
        return self.left.shape in ("", MATRIX if self.asked.is_matrix else NUMBER)

    @property
    def first(self) -> Collection[str]:
        """The claims that are meant: their formulas come first."""
        return (self.only,) if self.only else self.left.claims

    @property
    def among(self) -> Index:
        """The claims whose formulas it may be said not to be."""
        return {name: self.index[name] for name in self.first} if self.first else self.index


def apart(q: Question) -> Verdict:
    """Return the verdict on a formula that no claim is known to have."""
    near = list(_elsewhere(q)) or list(_meant(q)) or list(_things(q)) or list(_slipped(q))
    if near:
        first = near[0]
        return Verdict(
            "different", claim=first.claim, tag=first.tag, part=first.part, view=first.view, off=first.off, at=first.at,
            near=tuple(near),
        )  # fmt: skip
    others = _nearest(q, bool(q.first)) or list(_of_no_value(q))
    return Verdict("unknown", reason=_reason(q, others), near=tuple(others))


def _of_no_value(q: Question) -> Iterator[Near]:
    """Yield what a formula without a value at any point is but for one slip, as a quotient that is turned round."""
    if any(v is not None for v in q.asked.values):
        return
    there = (c for slip in slips(q.asked, q.left.is_known) for c in agreeing(slip, q.among))
    c = next((c for c in there if _is_of_some_size(c) and (q.fits(c) or not q.left.is_known)), None)
    if c is not None:
        yield Near(**place(c, q.index), off="", at={}, text=text(view_of(c)(expression(c))))


def _elsewhere(q: Question) -> Iterator[Near]:
    """Yield right formulas that agree at the points of the universe, and differ elsewhere on their claim's domain.

    What is clipped, as min(beta, 0.999), is no slip in what it is where it is not clipped.
    """
    if q.asked.raw.has(Abs):
        return
    found = (c for c in several(agreeing(q.asked, q.index, q.first)) if not c.entry["wrong"])
    for c in (c for c in found if c.claim == q.only or not q.only):
        if (said := confirmed(c, q.asked, expression(c))).verdict == "refuted" and is_possible(said.at):
            shown = text(view_of(c)(expression(c)))
            yield Near(**place(c, q.index), off=said.off, at=said.at, text=shown)


def _meant(q: Question) -> list[Near]:
    """Return what the user names, if it can be compared: in symbols that the formula has, and more perhaps."""
    if not (q.only or q.left.is_one):
        return [_told(q, near) for near in _determined(q)] if q.left.is_determined else []
    where = q.left.claims if not q.only else {}
    found = nearest(q.asked, q.among, any_symbols=True)
    if not q.only:
        found = [n for n in found if n.candidate.entry["where"] in where[n.candidate.claim] and _covers(n, q.asked)]
    return [told for near in found[:SHOWN] if is_possible((told := _told(q, near)).at)]


def _things(q: Question) -> Iterator[Near]:
    """Yield the formula of the thing that is named on the left, by the states that the one asked about is of."""
    if q.only or q.asked.raw.has(Abs) or not q.is_of_shape:
        return
    others = (compared(q.asked, c) for c in right_ones(q.asked, q.left, q.index))
    told = (_told(q, near) for near in others if near is not None)
    yield from islice((near for near in told if is_possible(near.at)), 1)


def _determined(q: Question) -> list[Nearest]:
    """Return the one formula that the name on the left has by the states that the formula is of, where it has one."""
    for places in (q.left.claims, q.left.whole):
        own = list(_of_the_same(q, places))
        if own and all(same(own[0].entry, c.entry) for c in own) and (near := compared(q.asked, own[0])) is not None:
            return [near]
    return []


def _of_the_same(q: Question, places: Mapping[str, Collection[str]]) -> Iterator[Candidate]:
    """Yield the formulas at some places that are of the same states as the one asked about, and of as many symbols."""
    states = frozenset(map(str, VECTORS))
    for c in (Candidate(name, e) for name in places for e in q.index[name]["entries"] if not e["wrong"]):
        of = states.intersection(c.entry["symbols"])
        is_there = c.entry["where"] in places[c.claim] and may_mean(q.asked, c.entry)
        if is_there and of and of == states & q.asked.symbols and q.asked.primitive <= set(c.entry["primitive"]):
            yield c


def _covers(near: Nearest, asked: Asked) -> bool:
    return asked.primitive <= set(near.candidate.entry["primitive"])


def _slipped(q: Question) -> list[Near]:
    """Return answers that the formula is a number of times, and such that it is but for one slip.

    A left side that may be drawn says only that what would be right after it, but for the slip, is meant.
    """
    if q.asked.raw.has(Abs):  # clipped on purpose
        return []
    if q.left.is_known:
        is_chosen = any(v.free_symbols <= CHOSEN for v in q.left.exprs)  # any other may be chosen as well
        if is_chosen and not q.left.is_one and not OWNED & q.asked.symbols:
            return []
        meant = (n for n in _one_away(q, q.index, True) if q.fits(n.candidate))
        told = [_told(q, near) for near in islice(meant, 1)]
        if told or not q.left.is_one:
            return told
    times = [n for n in nearest(q.asked, q.among) if n.ratio is not None and _is_of_some_size(n.candidate)]
    times = [n for n in times if n.candidate.entry["cited"] and not _has_many_factors(expression(n.candidate))]
    if times:
        return [_told(q, near) for near in times[:SHOWN]]
    return [_told(q, near) for near in islice(_one_away(q, q.among), 1)]


def _one_away(q: Question, among: Index, is_meant: bool = False) -> Iterator[Nearest]:
    """Yield what the formula is but for one slip, in no more symbols than that has."""
    for slip in slips(q.asked, is_meant):
        for c in agreeing(slip, q.index):
            fits = c.claim in among and _is_of_some_size(c, is_meant) and slip.primitive <= set(c.entry["primitive"])
            if fits and (near := _compared(q, c)) is not None:
                yield near


def _compared(q: Question, c: Candidate) -> Nearest | None:
    """How a candidate differs, also where the formula has a value at no point of the universe, as the engines say."""
    if any(v is not None for v in q.asked.values):
        return compared(q.asked, c)
    said = confirmed(c, q.asked, expression(c))
    is_seen = said.verdict == "refuted" and said.at and not said.off.startswith("undefined")
    return Nearest(c, 1.0, None, 0) if is_seen else None


def _has_many_factors(e: Expr) -> bool:
    """Whether it is often written with another factor: a logarithm, or a squared error, whose half may stand apart."""
    return e.has(log) or any(p.exp == 2 and p.base.is_Add and p.free_symbols & VECTORS for p in e.atoms(Pow))


def _is_of_some_size(c: Candidate, is_meant: bool = False) -> bool:
    e, least = c.entry, LEAST_MEANT if is_meant else LEAST
    return not e["wrong"] and e["where"].startswith(("answer", "right")) and e["size"] >= least


def _nearest(q: Question, any_symbols: bool) -> list[Near]:
    """Return what comes nearest: what it is a number of times first, even of another claim than the left side names."""
    found = nearest(q.asked, q.among, any_symbols)
    if q.left.claims and not q.only and not any(near.ratio for near in found):
        found = [*(near for near in nearest(q.asked, q.index) if near.ratio), *found]
    return [_told(q, near) for near in _first_named(q, found)[:SHOWN]]


def _first_named(q: Question, found: Sequence[Nearest]) -> list[Nearest]:
    """Put first, of those that have the values of the nearest one, what is named on the left, or more papers print."""
    alike = [n for n in found if same(n.candidate.entry, found[0].candidate.entry)]
    if not alike:
        return list(found)
    first = max(alike, key=lambda n: (n.candidate.claim in q.left.whole, len(n.candidate.entry["cited"])))
    return [first, *(n for n in found if n is not first)]


def _told(q: Question, near: Nearest) -> Near:
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


def _reason(q: Question, near: Sequence[Near]) -> str:
    if not any(v is not None for v in q.asked.values):
        return "it has no value at any point that was tried" + _negative_root(q.asked.raw)
    if near and near[0].everywhere:
        first = near[0]
        times = f"{first.ratio} times {first.part.rstrip(',')} of {first.claim} everywhere"
        return f"it is {times}; a factor may be left out on purpose"
    if q.only:
        return f"no formula of {q.only} is like it"
    return "no claim is known to have it, which says nothing of whether it is right"
