"""What a formula is not that nothing agrees with: different from a formula that is meant, or merely unknown.

It is meant if the user names its claim, or types a left side that names it and says what it is; and where the formula
is a number of times an answer, or an answer but for one slip. Else no claim may carry it, and what comes nearest is
only mentioned.
"""

from collections.abc import Collection, Iterator, Mapping
from itertools import islice

from sympy import Abs, Expr, Pow, log

from derivations import symbols as o
from derivations.notation.printing import text
from derivations.query.candidates.asked import Asked
from derivations.query.candidates.nearest import Near as Nearest
from derivations.query.candidates.nearest import compared, nearest
from derivations.query.candidates.search import Candidate, Index, agreeing, may_mean, same, several
from derivations.query.candidates.slips import LEAST, LEAST_MEANT, slips
from derivations.query.index.relations import is_possible
from derivations.query.left.side import CHOSEN
from derivations.query.nearby import SHOWN, nearest_ones, reason, told
from derivations.query.put import confirmed, expression, place, view_of
from derivations.query.question import Question
from derivations.query.things import right_ones
from derivations.query.verdict import Near, Verdict
from derivations.query.writing.norms import VECTORS

OWNED = frozenset(map(str, (o.eta,)))  # letters of one choice: a formula with DDIM's eta is meant for its deviation


def apart(q: Question) -> Verdict:
    """Return the verdict on a formula that no claim is known to have."""
    near = list(_elsewhere(q)) or list(_meant(q)) or list(_things(q)) or list(_slipped(q))
    if near:
        first = near[0]
        return Verdict(
            "different", claim=first.claim, tag=first.tag, part=first.part, view=first.view, off=first.off, at=first.at,
            near=tuple(near),
        )  # fmt: skip
    others = nearest_ones(q, bool(q.first)) or list(_of_no_value(q))
    return Verdict("unknown", reason=reason(q, others), near=tuple(others))


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
        return [told(q, near) for near in _determined(q)] if q.left.is_determined else []
    where = q.left.claims if not q.only else {}
    found = nearest(q.asked, q.among, any_symbols=True)
    if not q.only:
        found = [n for n in found if n.candidate.entry["where"] in where[n.candidate.claim] and _covers(n, q.asked)]
    return [said for near in found[:SHOWN] if is_possible((said := told(q, near)).at)]


def _things(q: Question) -> Iterator[Near]:
    """Yield the formula of the thing that is named on the left, by the states that the one asked about is of."""
    if q.only or q.asked.raw.has(Abs) or not q.is_of_shape:
        return
    others = (compared(q.asked, c) for c in right_ones(q.asked, q.left, q.index))
    every = (told(q, near) for near in others if near is not None)
    yield from islice((near for near in every if is_possible(near.at)), 1)


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
        slipped = [told(q, near) for near in islice(meant, 1)]
        if slipped or not q.left.is_one:
            return slipped
    times = [n for n in nearest(q.asked, q.among) if n.ratio is not None and _is_of_some_size(n.candidate)]
    times = [n for n in times if n.candidate.entry["cited"] and not _has_many_factors(expression(n.candidate))]
    if times:
        return [told(q, near) for near in times[:SHOWN]]
    return [told(q, near) for near in islice(_one_away(q, q.among), 1)]


def _one_away(q: Question, among: Index, is_meant: bool = False) -> Iterator[Nearest]:
    """Yield what the formula is but for one slip, in no more symbols than that has: a law says that it is meant."""
    is_meant = is_meant or q.asked.law_of is not None
    for slip in slips(q.asked, is_meant):
        for c in agreeing(slip, q.index):
            fits = c.claim in among and _is_of_some_size(c, is_meant) and slip.primitive <= set(c.entry["primitive"])
            fits = fits and (q.asked.law_of is None or q.fits(c))
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
