"""The file of a claim: what its theorems need, each theorem with its proof, and a question for the axioms in use."""

from collections.abc import Collection, Iterator, Mapping
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

from derivations.arithmetic.memory import once
from derivations.form.claim import Claim
from derivations.kernel.stated import Theorem, lines, theorems
from derivations.kernel.terms import Beyond
from derivations.kernel.ways import FURTHER, TANGENT, WAYS, script, suffix

PRELUDE, MORE, TOUCHING, INTEGRAL, ERROR = (
    Path(__file__).with_name(f"{name}.v") for name in ("prelude", "further", "tangent", "integral", "erf")
)
REQUIRED = "From Coq Require Import Reals Lra Psatz.\nOpen Scope R_scope.\n"
ANALYSIS = "From Coquelicot Require Import Coquelicot.\n"


class Stated(NamedTuple):
    """A theorem, and the statement that it belongs to, by its number from 1."""

    number: int
    theorem: Theorem


def stated(claim: Claim, tag: str) -> tuple[list[Stated], dict[str, str]]:
    """Return the theorems of a claim, and for each statement that has none, by its number, why."""
    return once(claim, ("theorems", tag), lambda: _stated(claim, tag))


def _stated(claim: Claim, tag: str) -> tuple[list[Stated], dict[str, str]]:
    found: list[Stated] = []
    left: dict[str, str] = {}
    if claim.is_definition:
        return [], {}
    for number in range(1, len(claim.statements()) + 1):
        try:
            of = theorems(claim, number, f"T_{tag}")
            assert all(t.text for t in of)
            found += [Stated(number, t) for t in (*_lines(claim, number, tag), *of)]
        except Beyond as reason:
            left[str(number)] = str(reason)
    return found, left


def _lines(claim: Claim, number: int, tag: str) -> Iterator[Theorem]:
    """Yield those lines of a derivation that have a term."""
    for line in lines(claim, number, f"T_{tag}"):
        with suppress(Beyond):
            assert line.text
            yield line


def opening(theorems: list[Theorem], ways: Collection[str] = WAYS) -> str:
    """Return what stands above the theorems, for the ways in which they are proved."""
    errors = any("erf" in t.text for t in theorems)
    analysis = errors or any("RInt" in t.text for t in theorems)
    needed = {
        PRELUDE: True,
        MORE: not FURTHER.isdisjoint(ways),
        TOUCHING: not TANGENT.isdisjoint(ways),
        INTEGRAL: errors or (analysis and "primitive" in ways),
        ERROR: errors,
    }
    required = REQUIRED.replace("Open", f"{ANALYSIS}Open", 1) if analysis else REQUIRED
    return "\n".join((required, *(file.read_text() for file, yes in needed.items() if yes)))


def exported(claim: Claim, tag: str, proofs: Mapping[str, str]) -> str:
    """Return the file of a claim, with those theorems of which it is known how they are proved."""
    found, _ = stated(claim, tag)
    proved = [s for s in found if suffix(s.theorem) in proofs]
    return "\n".join(
        (*_head(claim, tag), opening([s.theorem for s in proved], proofs.values()), *_body(claim, tag, proved, proofs))
    )


def _head(claim: Claim, tag: str) -> Iterator[str]:
    title = claim.heading.replace("(*", "( *").replace("*)", "* )").replace('"', "'")
    yield f"(* {tag} {claim.name}: {title}"
    yield "   Each theorem is a statement that udm's engines judge; its premises are the claim's assumptions. *)\n"


def _body(claim: Claim, tag: str, proved: list[Stated], proofs: Mapping[str, str]) -> Iterator[str]:
    for number, theorem in proved:
        yield f"{theorem.text}\n{script(claim, number, theorem, proofs[suffix(theorem)])}\n"
    names = ", ".join(s.theorem.name for s in proved)
    yield f"Definition all_{tag} := ({names}).\nPrint Assumptions all_{tag}.\n" if proved else ""


def digest(text: str) -> str:
    return sha256(text.encode()).hexdigest()
