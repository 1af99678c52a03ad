"""A law, a mean or a variance on the left: of which variable it is, and given which others."""

import re
from collections.abc import Mapping

from derivations import symbols as o
from derivations.query.candidates.search import Candidate, Index
from derivations.query.index.formulas import DRAW
from derivations.query.index.lefts import as_written
from derivations.query.index.views import FRESH
from derivations.query.left.side import Left
from derivations.query.writing.guesses import GUESSES

# One by two names.
STATES: Mapping[str, str] = {str(a): str(b) for a, b in ((o.x_t, o.z_t), (o.x_s, o.z_s), (o.x_0, o.x))}
KNOWN = frozenset({"z_t", "z_s", "x", "eps"})  # what may be given
STEP = re.compile(r"answer\.(any|still|posterior|forward|by_\w+|\w+_by_score)")  # fields that are a whole step
MOMENTS = {"\\mathbbE": "mean", "E": "mean", "Var": "var", "\\mathbbV": "var", "\\Var": "var"}
_STATE = r"[xyz][^()|,;]*?(?:\([^()]*\))?"
# In Markdown a bar is written with a backslash.
_GIVEN = rf"\((?P<of>{_STATE})\\?\|(?P<given>{_STATE}(?:,{_STATE})*)\)"
MOMENT = re.compile(r"written: (?P<moment>\\mathbb[EV]|E|\\?Var)(?:_q)?" + _GIVEN)
LAW = re.compile(r"written: (?P<letter>[qp])(?:_(?:t|0t|\\theta|\\sigma|\\phi|\\alpha_i))?" + _GIVEN)


def is_moment(left: Left, c: Candidate, index: Index) -> bool:
    """Whether it is the mean or the variance that is written on the left, of the same law: given the same states."""
    field = c.entry["where"].partition(".")[2]
    found = MOMENT.fullmatch(as_written(left.typed))
    return found is not None and field == MOMENTS[found["moment"]] and _is_given_the_same(left, c, index, found)


def is_law(left: Left, c: Candidate, index: Index, of: str) -> bool:
    """Whether it is the law that is written on the left, or may be: `of` the same variable, given the same states.

    The true law q is not made of a network's guesses.
    """
    if is_step(c):
        return _is_of_step(left, c, STATES.get(of, of))
    one, drawn = STATES.get(of, of), _draws(c, index) or _drawn(c, index)  # an induction says no variable
    is_another = bool(of) and (one not in drawn or any(one in given for given in _on(c, index)))
    if c.entry["where"] != DRAW or is_another:
        return False
    if not left.typed or left.letter:
        return True
    found = LAW.fullmatch(as_written(left.typed))
    if found is None or (of and _state(left, found["of"]) != one):
        return False
    is_guessed = bool(GUESSES.intersection(c.entry["symbols"]))
    return not (found["letter"] == "q" and is_guessed) and _is_given_the_same(left, c, index, found)


def is_drawn(c: Candidate) -> bool:
    """Whether a formula is a draw: of the law that a claim has, or of a step with its own fresh noise."""
    return c.entry["where"] == DRAW or is_step(c)


def is_step(c: Candidate) -> bool:
    """Whether a formula is a step from z_t with fresh noise, by itself or by guesses: a law of z_s given z_t."""
    states = {STATES.get(v, v) for v in c.entry["symbols"]} & KNOWN
    is_whole = STEP.fullmatch(c.entry["where"]) is not None and not c.entry["view"].endswith(FRESH)
    is_of_it = states == {"z_t"} or bool(not states and GUESSES.intersection(c.entry["symbols"]))
    return is_whole and "n_1" in c.entry["symbols"] and is_of_it


def _is_of_step(left: Left, c: Candidate, of: str) -> bool:
    """Whether a step from z_t is the law that is written on the left: of z_s, by a network if it has guesses."""
    if of not in ("", "z_s"):
        return False
    if not left.typed or left.letter:
        return of == "z_s"
    found = LAW.fullmatch(as_written(left.typed))
    if found is None or _state(left, found["of"]) != "z_s":
        return False
    given = {_state(left, name) for name in found["given"].split(",")}
    return given == {"z_t"} and (found["letter"] == "p" or not GUESSES.intersection(c.entry["symbols"]))


def _is_given_the_same(left: Left, c: Candidate, index: Index, written: re.Match[str]) -> bool:
    given = {_state(left, name) for name in written["given"].split(",")}
    one = _state(left, written["of"])
    return one in _drawn(c, index) and one not in given and _on(c, index) == [given]


def _on(c: Candidate, index: Index) -> list[set[str]]:
    """The states that the mean of a law is made of, in the same view: of a step, which has none, those of its draw."""
    right = [e for e in index[c.claim]["entries"] if e["view"] == c.entry["view"] and not e["wrong"]]
    means = [e for e in right if e["where"] == "answer.mean"] or [e for e in right if e["where"] == DRAW]
    return [{STATES.get(v, v) for v in e["symbols"]} & KNOWN for e in means]


def _drawn(c: Candidate, index: Index) -> set[str]:
    """The variables that the laws of a claim are of, and those that papers write before its formulas."""
    return _draws(c, index) | {STATES.get(v, v) for v in index[c.claim]["lefts"]}


def _draws(c: Candidate, index: Index) -> set[str]:
    return {STATES.get(v, v) for v in index[c.claim]["draws"]}


def _state(left: Left, written: str) -> str:
    """A state as the conventions of a left side mean it, if they mean one."""
    return STATES.get(left.states.get(written, ""), left.states.get(written, written))
