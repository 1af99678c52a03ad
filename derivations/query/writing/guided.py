"""What guidance mixes is of one state and of one label: those of two of them are no mixture of a paper."""

import re
from collections.abc import Iterable

from sympy import Expr

from derivations import symbols as o

MIXED = frozenset((o.eps_c, o.eps_u, o.score_c, o.score_u, o.grad))  # what is mixed, or a part of it by Bayes' rule
_SET_OUT = re.compile(r"\\(?:left|right|[,;:! ])(?![a-zA-Z])|[{}\s]")
_SPELLED = (("\\mid", "|"), ("\\vert", "|"), ("[", "("), ("]", ")"))
_OF = re.compile(r"(?:\\(?:var)?epsilon|\\log(?P<law>[pq]))(?:_\\?[A-Za-z]+)?(?:\^\\?[A-Za-z]+)?\((?P<of>[^()]*)\)")


def are_of_one(texts: Iterable[str]) -> bool:
    """Whether all networks and densities that are written are of one state and one label, and laws of one letter."""
    found = [m for text in texts for m in _OF.finditer(_bare(text))]
    of = {v for m in found for v in re.split(r"[|,;]", m["of"])}
    states, labels = {v for v in of if v[:1] in "xz" and v}, of & {"c", "y"}
    return max(len(states), len(labels), len({m["law"] for m in found} - {None})) <= 1


def is_mixed(meanings: Iterable[Expr]) -> bool:
    """Whether something of guidance is among what the names of a formula mean."""
    return not MIXED.isdisjoint(meanings)


def _bare(text: str) -> str:
    for sign, other in _SPELLED:
        text = text.replace(sign, other)
    return _SET_OUT.sub("", text)
