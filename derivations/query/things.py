"""The formula of a claim for a thing that is named on the left, the data, the noise, v or the score, by some states.

Which of a claim's formulas that is, the symbols say: by what they mean it is what stands on the left. So what stands
there instead is compared with it, and a wrong form of another thing is no wrong form of this one.
"""

from collections.abc import Iterator
from itertools import islice

from sympy import Expr, Symbol

from derivations.query.candidates.asked import Asked
from derivations.query.candidates.search import Candidate, Index, may_mean
from derivations.query.candidates.sides import LINKED
from derivations.query.left.side import Left
from derivations.query.meaning import same
from derivations.query.put import expression, view_of
from derivations.query.writing.norms import VECTORS

TRIED = 6  # formulas of the same states, of which the symbols are asked what they are
STATES = frozenset(map(str, VECTORS))


def thing(left: Left) -> Symbol | None:
    """Return the thing that a left side means, if it means one."""
    first, *others = left.exprs or (None,)
    return first if isinstance(first, Symbol) and first in LINKED and not others else None


def right_ones(asked: Asked, left: Left, index: Index) -> Iterator[Candidate]:
    """Yield formulas of what is named on the left, by the states that the formula is of and by no fewer symbols."""
    named = thing(left)
    if named is None:
        return
    own = STATES & asked.symbols
    first = left.claims.keys() | left.whole.keys()
    found = sorted(_of_states(asked, own, index), key=lambda c: (c.claim not in first, *_rank(c)))
    for c in islice(found, TRIED):
        if is_thing(named, c, asked.convention):
            yield c


def is_thing(named: Symbol, c: Candidate, convention: str) -> bool:
    """Whether a right formula is the thing, by what the symbols mean."""
    return same(named, _seen(c), convention) is not None


def is_of_another(left: Left, wrong: Candidate, convention: str) -> bool:
    """Whether a wrong form is one in the place of another thing than is named on the left."""
    named, place = thing(left), wrong.entry["where"]
    if named is None or not place.startswith("answer."):
        return False
    there = Candidate(wrong.claim, {**wrong.entry, "wrong": ""})
    return bool(_seen(there).free_symbols & VECTORS) and not is_thing(named, there, convention)


def _seen(c: Candidate) -> Expr:
    return view_of(c)(expression(c))


def _of_states(asked: Asked, own: frozenset[str], index: Index) -> Iterator[Candidate]:
    for c in (Candidate(name, e) for name, of in index.items() for e in of["entries"] if not e["wrong"]):
        of_same = own and own == STATES.intersection(c.entry["symbols"]) and c.entry["where"].startswith("answer")
        if of_same and asked.primitive <= set(c.entry["primitive"]) and may_mean(asked, c.entry):
            yield c


def _rank(c: Candidate) -> tuple[bool | int, ...]:
    """The symbols of the claim before views, what papers print before what they do not, the shorter first."""
    return bool(c.entry["view"]), not c.entry["cited"], c.entry["size"]
