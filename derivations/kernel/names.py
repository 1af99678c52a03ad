"""Identifiers of Coq for the symbols of a claim, one for each, none of which Coq or a script uses otherwise."""

import re
from collections.abc import Iterable

from sympy import Symbol

KEYWORDS = "as at cofix else end exists fix for forall fun if in let match mod return then using where with Prop Type"
GLOBALS = "R PI exp ln sqrt sin cos tan sinh cosh tanh atan Rabs Rmax Rmin Rpower RInt erf erfc is_derive S O I"
RESERVED = frozenset(f"{KEYWORDS} {GLOBALS}".split())
SCRIPTS = re.compile(r"(hyp|fact|square|form)\d+")  # what scripts call hypotheses


def identifiers(symbols: Iterable[Symbol]) -> dict[Symbol, str]:
    """Return an identifier for each symbol, in the order of their names."""
    found: dict[Symbol, str] = {}
    for v in sorted(symbols, key=lambda v: (v.name, str(sorted(v.assumptions0.items())))):
        name = _plain(v.name)
        while name in found.values():
            name += "_"
        found[v] = name
    return found


def _plain(name: str) -> str:
    name = re.sub(r"[^A-Za-z0-9_']", "_", name.replace("{", "").replace("}", ""))
    name = name if re.match(r"[A-Za-z]", name) else f"v{name}"
    return f"{name}_" if name in RESERVED or SCRIPTS.fullmatch(name) else name
