"""The rate of a state on the left, dx/dt, after which the flow stands, and the mean of what made a state.

The flow is of the law of the state alone, and of no datum; so is that mean, which the score of this law gives.
"""

import re
from collections.abc import Collection, Mapping

from sympy import Symbol

from derivations import symbols as o
from derivations.query.index.lefts import as_written
from derivations.query.left.moments import STATES
from derivations.query.writing.guesses import GUESSES, THINGS

FLOWS: Mapping[str, tuple[str, ...]] = {
    "sde.pfode": ("answer",), "sde.pfode.forms": ("answer.by_eps", "answer.by_x", "answer.by_score"),
}  # fmt: skip
TWEEDIE = "score.tweedie"
SOLVED = "statement 1, solved for the mean given the state"
_STATE = r"[xz](?:_(?P<{0}>[a-z])|\((?P<{0}_>[a-z])\))?"
_RATE = re.compile(rf"written: (?:\\[dt]?frac)?d(?P<of>{_STATE.format('at')})/?d(?P<time>[a-z])")
_MEAN = re.compile(
    r"written: (?:\\mathbbE|E)(?:_q)?"
    r"\((?P<of>[xy](?:_0|\(0\))?|\\(?:var)?epsilon(?:_0|_t)?)\\?\|(?P<given>[xz](?:_[a-z]|\(t\))?)\)"
)
_VELOCITY = re.compile(r"written: (?:u(?:_t)?|v)")
_MEANT: Mapping[str, Symbol] = {str(o.x): o.x_hat, str(o.x_0): o.x_hat}


def flows(written: str, states: Mapping[str, str]) -> Mapping[str, tuple[str, ...]]:
    """Return where claims have the flow, if the rate of a noisy state is written, by its own time; else nothing."""
    found = _RATE.fullmatch(written)
    if found is None or (found["at"] or found["at_"] or "t") != found["time"]:
        return {}
    return FLOWS if _is_noisy(found["of"], states) else {}


def mean_of(written: str, states: Mapping[str, str], right: Mapping[str, str]) -> Symbol | None:
    """Return the guess that is the mean of the data, or of the noise, given a noisy state, if that is written.

    It is so in the symbols of the law of the state alone: on the `right` stands its score, and no guess or thing else.
    """
    found = _MEAN.fullmatch(written)
    if found is None or not _is_noisy(found["given"], states) or not _is_of_scores(right):
        return None
    return o.eps_hat if "epsilon" in found["of"] else _MEANT.get(states.get(found["of"], ""))


def is_of_pair(left: str) -> bool:
    """Whether a velocity is that of one pair of a datum and a noise: no network's, nor the mean of those at a place."""
    return _VELOCITY.fullmatch(as_written(left)) is not None


def _is_noisy(written: str, states: Mapping[str, str]) -> bool:
    return STATES.get(states.get(written, ""), states.get(written, "")) == str(o.z_t)


def _is_of_scores(right: Mapping[str, str]) -> bool:
    """Whether all that is guessed, or made of data, among names with their meanings is the score of a law of one."""
    said = {name: meaning.partition(", ")[0] for name, meaning in right.items()}
    own: Collection[str] = [name for name, symbol in said.items() if symbol in GUESSES | THINGS]
    return bool(own) and all(said[n] == str(o.score_hat) and n.lstrip().startswith("\\nabla") for n in own)
