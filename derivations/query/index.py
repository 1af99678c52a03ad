"""The index of formulas: all that the claims say, by value, so that what is asked about is found without any claim.

It is kept by the texts that it was made from, the papers' data among them; another catalogue makes it anew.
"""

from functools import cache
from hashlib import sha256
from typing import TYPE_CHECKING

from derivations.papers.index import Watch
from derivations.papers.paper import FOLDER
from derivations.query.parts import Parts
from derivations.query.universe import digest

if TYPE_CHECKING:  # what is kept is read without a claim
    from derivations.form.claim import Claim
    from derivations.query.described import Described


def index(watch: Watch = iter) -> "dict[str, Described]":
    """Return what the index has of each claim, by name. `watch` goes through the modules that have to be read."""
    return PARTS.all(watch)


def _described(claim: "Claim") -> "Described":
    from derivations.query.described import described

    return described(claim)


@cache
def _data() -> str:
    """The digest of the papers' data, by which views are made, and of the points at which there are values."""
    texts = b"\0".join(file.read_bytes() for file in sorted(FOLDER.glob("*.toml")))
    return sha256(texts + digest().encode()).hexdigest()


PARTS = Parts("formulas.json", "derivations.query.described", _described, _data)
