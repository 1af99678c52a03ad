"""The check that a stub has been filled: until then its only complaint is what it lacks."""

from collections.abc import Iterator, Mapping
from dataclasses import fields
from typing import Any

from sympy import Basic

from derivations.form.claim import Claim
from derivations.form.unfilled import TO_FILL, TO_SAY

ORDER = ("title", "kind", "statement", "answer", "example", "convenience", "proof", "wrong")


def unfilled(claim: Claim) -> Iterator[str]:
    """Yield one complaint that names all parts which still have what a stub has in their place."""
    parts = {f.name: getattr(claim, f.name) for f in fields(claim) if f.name not in ("says", "shown", "kept")}
    parts["statement"] = claim.said()
    found = [name for name, part in parts.items() if _to_fill(part)]
    if found:
        listed = sorted(found, key=lambda name: (ORDER.index(name) if name in ORDER else len(ORDER), name))
        yield f"not filled: {', '.join(listed)}: put what you claim in place of {TO_FILL}"


def _to_fill(part: Any) -> bool:
    """Return whether the symbol or the word is somewhere in a part, however deep."""
    if isinstance(part, str):
        return TO_SAY in part
    if isinstance(part, Basic):
        return part.has(TO_FILL)
    if isinstance(part, Mapping):
        return any(_to_fill(one) for pair in part.items() for one in pair)
    if isinstance(part, tuple | list):
        return any(map(_to_fill, part))
    names = getattr(part, "__dataclass_fields__", ())
    return any(_to_fill(getattr(part, name)) for name in names)
