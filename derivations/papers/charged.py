"""The works that a claim of one's own names: a key is that of a work, and a place is one that its file has.

What has no form of a key, as "a blog", is its author's word. That a paper prints there what the claim says is so, too.
"""

import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from derivations.own.file import Unreadable
from derivations.own.loaded import claim_of, home
from derivations.papers.further import works
from derivations.papers.paper import papers
from derivations.papers.references import resolve

if TYPE_CHECKING:  # kept evidence is read without SymPy
    from derivations.form.claim import Claim

KEY = re.compile(r"[A-Za-z][A-Za-z-]*\d{4}[a-z]?")


def check(names: Iterable[str]) -> None:
    """Check what claims of one's own say of works.

    Raises:
        Unreadable: a key is of no work, or a place of none that the work's file has.
    """
    claims = [claim_of(name) for name in dict.fromkeys(names)]
    if found := [f"{_where(claim)}: {claim.name}: {fault}" for claim in claims for fault in faults(claim)]:
        raise Unreadable("\n".join(found))


def faults(claim: "Claim") -> Iterator[str]:
    """Yield what is wrong with the works that a claim names: who prints it, where a wrong form was seen, a line."""
    lines = (line.eq for chain in claim.proof for line in chain if line.eq)
    seen = (place for wrong in claim.wrong.values() for place in wrong.seen_in)
    for text in dict.fromkeys((*claim.printed_in, *seen, *lines)):
        keyed = [part.strip() for part in text.split(";") if _is_key(part.strip().partition(" ")[0])]
        for part in keyed:
            try:
                resolve(part)
            except ValueError as fault:
                yield f"{fault}, in {text!r}"


def _is_key(word: str) -> bool:
    return KEY.fullmatch(word) is not None or word in papers() or word in works()


def _where(claim: "Claim") -> str:
    file = home(claim.name)
    return file.where(claim.name) if file else claim.name
