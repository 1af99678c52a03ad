"""Whether a formula of a claim is what stands on the left of an equation: what papers write there, or nobody's name.

A left side that names another thing, or that is not understood, makes no equation true by its right side alone. A name
with a letter of the field is no one's own, and has to be one that papers write, with all its scripts and arguments.
"""

import re
from collections.abc import Mapping

from sympy import Pow, S

from derivations import symbols as o
from derivations.query.described import Described, Entry
from derivations.query.formulas import DRAW
from derivations.query.lefts import as_written
from derivations.query.named import Left
from derivations.query.search import Candidate, Index, same
from derivations.query.sides import LINKED as STATES_OF

# One by two names.
STATES: Mapping[str, str] = {str(a): str(b) for a, b in ((o.x_t, o.z_t), (o.x_s, o.z_s), (o.x_0, o.x))}
KNOWN = frozenset({"z_t", "z_s", "x", "eps"})  # what may be given
MOMENTS = {"\\mathbbE": "mean", "E": "mean", "Var": "var", "\\mathbbV": "var", "\\Var": "var"}
MOMENT = re.compile(
    r"written: (?P<moment>\\mathbb[EV]|E|\\?Var)(_q)?\((?P<of>[xz](_[a-z0-9](-1)?)?)\|(?P<given>[^()|]+)\)"
)
FORM = re.compile(r"answer\.by_")  # one quantity by the data, the noise or the score
NOISY = frozenset(map(str, (o.z_t, o.z_s, o.z_u)))
STEP = re.compile(r"answer\.(any|still|posterior|forward|by_\w+|\w+_by_score)")  # fields that are a whole step
LINKED = frozenset(map(str, STATES_OF))


def fits(left: Left, c: Candidate, index: Index) -> bool:
    """Whether a formula is what the left side names."""
    if left.without.intersection(c.entry["symbols"]):
        return False
    if not left.typed or any(_is_one(c.entry, where, index[c.claim]) for where in left.whole.get(c.claim, ())):
        return True
    if left.exprs and (_is_drawn(left, c, index) or _is_power(left, c.entry["where"])):
        return True
    return bool(left.letter) or _is_moment(left, c, index)


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
    if c.entry["where"] == DRAW:
        own = states & {STATES.get(v, v) for v in index[c.claim]["draws"]}
        return bool(own or (states and c.claim in left.claims))
    if c.entry["where"] == "answer.place":
        return bool(states)
    return bool(states and c.claim in left.claims and STEP.fullmatch(c.entry["where"]))


def _is_moment(left: Left, c: Candidate, index: Index) -> bool:
    """Whether it is the mean or the variance that is written on the left, of the same law: given the same states."""
    field = c.entry["where"].partition(".")[2]
    if (found := MOMENT.fullmatch(as_written(left.typed))) is None or field != MOMENTS[found["moment"]]:
        return False
    of, given = index[c.claim], {_state(left, name) for name in found["given"].split(",")}
    means = [e for e in of["entries"] if (e["where"], e["view"], e["wrong"]) == ("answer.mean", c.entry["view"], "")]
    on = [{STATES.get(v, v) for v in e["symbols"]} & KNOWN for e in means]
    drawn = {STATES.get(v, v) for v in (*of["draws"], *of["lefts"])}
    one = _state(left, found["of"])
    return one in drawn and one not in given and on == [given]


def _state(left: Left, written: str) -> str:
    """A state as the conventions of a left side mean it, if they mean one."""
    return STATES.get(left.states.get(written, ""), left.states.get(written, written))


def _is_power(left: Left, where: str) -> bool:
    """Whether it is the root of what the answer calls so, as g is that of g2."""
    return any(isinstance(v, Pow) and v.exp == S.Half and where == f"root {v.base}" for v in left.exprs)
