"""The digest of a claim: of its statement, assumptions and answer, and of all they are defined by.

Definitions are inlined in the two sides of a statement, so a changed definition changes the
sides; the digests of the claims it needs are folded in as well. Names, titles, prose and sources
stay outside: a better name does not make evidence stale.
"""

import re
from functools import cache
from graphlib import TopologicalSorter
from hashlib import sha256
from pathlib import Path

from sympy import srepr

from derivations.catalogue import claims
from derivations.claim import Answer, Claim, leaves

LENGTH = 16
IMPORT = re.compile(r"^from derivations\.claims(?:\.| import )(\w+)", re.MULTILINE)


def _texts(parts: tuple[object, ...]) -> list[str]:
    return [srepr(sorted(p.items(), key=str)) if isinstance(p, dict) else srepr(p) for p in parts]


def content(claim: Claim, answer: Answer = None) -> list[str]:
    """What the digest is of, as canonical text."""
    said = [t for statement in claim.statements(answer) for t in (type(statement).__name__, *_texts(statement))]
    given = [t for a in claim.assumptions() for t in _texts(a)]
    filled = [srepr(e) for _, e in leaves(claim.answer if answer is None else answer)]
    printed = _texts(claim.printed) if claim.printed is not None else []
    return [claim.kind, *said, *given, *filled, *printed]


def digest_of(claim: Claim, known: dict[str, str]) -> str:
    """The digest of a claim, given those of the claims it needs."""
    text = "\n".join([*content(claim), *(known[n] for n in sorted(claim.needs))])
    return sha256(text.encode()).hexdigest()[:LENGTH]


@cache
def digest(name: str) -> str:
    """The digest of a claim of the catalogue; of the claims it needs, no more are read than these."""
    claim = claims()[name]
    return digest_of(claim, {need: digest(need) for need in claim.needs})


def digests() -> dict[str, str]:
    """The digest of every claim of the catalogue."""
    return {name: digest(name) for name in TopologicalSorter({n: c.needs for n, c in claims().items()}).static_order()}


@cache
def engine_digest() -> str:
    """A digest of the code that judges: engines, mutants, form of the claim; not the claims."""
    root = Path(__file__).parent
    files = [f for f in sorted(root.rglob("*.py")) if "claims" not in f.parts]
    return sha256(b"\0".join(f.read_bytes() for f in files)).hexdigest()[:LENGTH]


@cache
def module_digest(module: str) -> str:
    """A digest of a claim module's text and of all it imports: proofs and experiments are in no statement."""
    texts = (_source(name) for name in sorted(_imported(module)))
    return sha256("\0".join(texts).encode()).hexdigest()[:LENGTH]


@cache
def _source(module: str) -> str:
    return (Path(__file__).parent / "claims" / f"{module}.py").read_text()


def _imported(module: str) -> set[str]:
    """The module and the claim modules that it imports, and those that they import."""
    found, ahead = set(), {module}
    while ahead:
        found |= ahead
        ahead = {name for m in ahead for name in IMPORT.findall(_source(m))} - found
    return found
