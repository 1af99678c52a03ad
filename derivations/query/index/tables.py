"""The index of formulas: all that the claims say, by value, so that what is asked about is found without any claim.

It is kept by the texts that it was made from, the papers' data among them; what these change is made anew.
"""

from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

from derivations.papers.index import Watch
from derivations.papers.paper import FOLDER
from derivations.query.index.parts import Made, Parts
from derivations.query.index.universe import digest

CONVENTIONS = Path(__file__).parents[1] / "writing" / "conventions.toml"

if TYPE_CHECKING:  # what is kept is read without a claim
    from derivations.form.claim import Claim
    from derivations.query.index.described import Described


def index(watch: Watch = iter) -> "dict[str, Described]":
    """Return what the index has of each claim, by name. `watch` goes through the modules that have to be read."""
    return PARTS.all(watch)


def _described(claim: "Claim") -> "Described":
    from derivations.query.index.described import described

    return described(claim)


def _digest(claim: "Claim") -> str:
    from derivations.query.index.digest import digest_of

    return digest_of(claim)


def _said(claim: str) -> str:
    from derivations.query.index.digest import said

    return said(claim)


@cache
def _data() -> str:
    """The digest of the papers' data and of conventions, by which views are made, and of the points of the values."""
    files = (*sorted(FOLDER.glob("*.toml")), CONVENTIONS)
    texts = b"\0".join(file.read_bytes() for file in files)
    return sha256(texts + digest().encode()).hexdigest()


PARTS = Parts("formulas.json", Made("derivations.query.index.digest", _described, _digest, _data, _said))
