"""Whether a formula of a claim is what stands on the left of an equation: what papers write there, or nobody's name.

A left side that names another thing, or that is not understood, makes no equation true by its right side alone. A name
with a letter of the field is no one's own, and has to be one that papers write, with all its scripts and arguments.
"""

import re

from sympy import Pow, S

from derivations import symbols as o
from derivations.query.candidates.search import Candidate, Index, same
from derivations.query.candidates.sides import LINKED as STATES_OF
from derivations.query.index.described import Described, Entry
from derivations.query.index.formulas import DRAW, WHOLE
from derivations.query.index.lefts import as_written
from derivations.query.index.matrices import MATRIX
from derivations.query.index.views import FRESH
from derivations.query.left.laws import unscored
from derivations.query.left.moments import STATES, STEP, is_moment
from derivations.query.left.side import Left
from derivations.query.writing.guesses import GUESSES, SEEN, THINGS

FORM = re.compile(r"answer\.by_")  # one quantity by the data, the noise or the score
NOISY = frozenset(map(str, (o.z_t, o.z_s, o.z_u)))
LOSS = re.compile(r"written: (?:[LJ]|\\ell)(?![a-zA-Z])")
LINKED = frozenset(map(str, STATES_OF))


def fits(left: Left, c: Candidate, index: Index) -> bool:
    """Whether a formula is what the left side names."""
    if left.is_foreign or left.without.intersection(c.entry["symbols"]):
        return False
    if not left.typed or any(_is_one(c.entry, where, index[c.claim]) for where in left.whole.get(c.claim, ())):
        return True
    if left.exprs and (_is_drawn(left, c, index) or _is_power(left, c.entry["where"])):
        return True
    return bool(left.letter) or is_moment(left, c, index)


def unfit(left: Left, c: Candidate, is_of_shape: bool) -> str:
    """Say why a right formula is not what stands on the left."""
    if not is_of_shape:
        return "a matrix, and the right side is a number" if left.shape == MATRIX else "a number, and not times I"
    if left.is_foreign:
        return "no symbol of this convention"
    if others := ", ".join(sorted(left.without.intersection(c.entry["symbols"]))):
        if (of := unscored(left.without, others)) is not None:
            return of
        if left.without != THINGS:
            return f"no guess, and has no {others}"
        of_law = "a network's guess" if left.exprs else "the rate in the flow of the law of the state alone"
        return f"{of_law}, which has no {others}"
    symbols = frozenset(c.entry["symbols"])
    if LOSS.match(as_written(left.typed)) and symbols & GUESSES and symbols & THINGS:
        return "a loss, which is an expectation of that, summed or integrated over time or not: it says none of these"
    is_read = left.exprs or left.is_known
    return "another thing" if is_read else "not known to be that, so that the equation is not checked"


def _is_one(e: Entry, where: str, of: Described) -> bool:
    """Whether a formula is the quantity that stands at a place of its claim: by value, or as another form of it."""
    if e["where"] == where or (FORM.match(e["where"]) and FORM.match(where)):
        return True
    there = [other for other in of["entries"] if other["where"] == where and not other["wrong"]]
    if any(same(e, other) for other in there):
        return True
    by = set(e["symbols"]) - LINKED  # the answer by the score, say, and the statement by the data
    return e["where"] == "answer" and where in ("left 1", "right 1") and any(by <= set(o["symbols"]) for o in there)


def _is_drawn(left: Left, c: Candidate, index: Index) -> bool:
    """Whether a state is drawn so: from a law of its own, in any view, or in a step that papers write after it."""
    states = {STATES.get(str(v), str(v)) for v in left.exprs} & NOISY
    states -= {STATES.get(v, v) for v in c.entry["symbols"]}  # none is made of itself
    if c.entry["where"] == DRAW:
        if GUESSES.intersection(c.entry["symbols"]) and SEEN.intersection(left.exprs):
            return False
        own = states & {STATES.get(v, v) for v in index[c.claim]["draws"]}
        return bool(own or (states and c.claim in left.claims))
    if c.entry["where"] in ("answer.place", WHOLE):
        return bool(states)
    is_noisy = "n_1" in c.entry["symbols"] or c.entry["view"].endswith(FRESH)
    is_whole = is_noisy or c.claim in left.whole or not FORM.match(c.entry["where"])  # or the mean of a step alone
    return bool(states and c.claim in left.claims and STEP.fullmatch(c.entry["where"]) and is_whole)


def _is_power(left: Left, where: str) -> bool:
    """Whether it is the root of what the answer calls so, as g is that of g2."""
    return any(isinstance(v, Pow) and v.exp == S.Half and where == f"root {v.base}" for v in left.exprs)
