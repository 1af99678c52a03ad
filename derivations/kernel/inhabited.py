"""The premises of each claim's theorems, satisfied by numbers: if none satisfy them, a theorem says nothing.

The numbers are those of the claim's example, written out. The file rests on `interval` where a premise has a function.
"""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TypedDict

from sympy import Symbol, sympify

from derivations.catalogue import claims, tags
from derivations.form.claim import Claim
from derivations.kernel import coq
from derivations.kernel.axioms import foreign_to_intervals
from derivations.kernel.exported import digest
from derivations.kernel.kept import Record
from derivations.kernel.names import identifiers
from derivations.kernel.refused import INTERVAL, numeral
from derivations.kernel.stated import assumed
from derivations.kernel.terms import Beyond, term

FILE = Path(__file__).with_name("inhabited.json")
EACH = 20  # seconds for a sentence
NO_PREMISES = "it has no premises"


class Inhabited(TypedDict):
    """What Coq said of the file, which claims it is of, and why others are not in it."""

    coq: str
    digest: str
    accepted: bool
    axioms: list[str]
    claims: list[str]
    left: dict[str, str]


def example(claim: Claim, tag: str, at: Mapping[Symbol, object] | None = None) -> str:
    """Return the statement that numbers satisfy the assumptions of a claim, with its proof: those of its example."""
    given, place = assumed(claim), dict(claim.example) if at is None else dict(at)
    variables = sorted({v for r in given for side in r[::2] for v in side.free_symbols}, key=lambda v: v.name)  # type: ignore[union-attr]
    names = identifiers(variables)
    said = " /\\\n  ".join(f"{term(low, names)} < {term(high, names)}" for low, _, high in given)
    numbers = ", ".join(numeral(sympify(place[v])) for v in variables)
    return (
        f"Example E_{tag} : exists {' '.join(names[v] for v in variables)} : R,\n  {said}.\n"
        f"Proof. exists {numbers}; repeat split; first [lra | interval]. Qed.\n"
    )


def examples(records: Mapping[str, Record]) -> tuple[dict[str, str], dict[str, str]]:
    """Return the examples of all claims of which Coq accepts a theorem, by tag, and why some have none."""
    found, left, known = {}, {}, {tags()[name]: claim for name, claim in claims().items()}
    for tag in (tag for tag, record in sorted(records.items()) if record["proofs"] and tag in known):
        if not known[tag].assumptions():
            left[tag] = NO_PREMISES
            continue
        try:
            found[tag] = example(known[tag], tag)
        except (Beyond, KeyError, ValueError) as reason:
            left[tag] = str(reason)
    return found, left


def text(found: Mapping[str, str]) -> str:
    """Return the file of examples."""
    names = ", ".join(f"E_{tag}" for tag in found)
    return f"{INTERVAL}{''.join(found.values())}Definition all := ({names}).\nPrint Assumptions all.\n"


def inhabited(records: Mapping[str, Record]) -> Inhabited:
    """Have Coq check the examples; one that it does not accept is left out, and named."""
    found, left = examples(records)
    outcome = coq.compiled(text(found))
    if not outcome.accepted:
        yes = coq.accepted(INTERVAL, ((f"E_{tag}", one) for tag, one in found.items()), EACH)
        left |= {tag: "Coq does not accept it" for tag in found if f"E_{tag}" not in yes}
        found = {tag: one for tag, one in found.items() if tag not in left}
        outcome = coq.compiled(text(found))
    return Inhabited(
        coq=coq.version(),
        digest=digest(text(found)),
        accepted=outcome.accepted,
        axioms=list(outcome.axioms),
        claims=list(found),
        left=left,
    )


def missing(records: Mapping[str, Record], kept: Inhabited) -> Iterator[str]:
    """Yield what is wrong with a kept answer: it was refused, is of other examples, or lacks a claim."""
    found, left = examples(records)
    if strange := foreign_to_intervals(tuple(kept["axioms"])):
        yield f"the examples rest on {', '.join(strange)}"
    if not kept["accepted"]:
        yield "the examples were refused"
    if kept["digest"] != digest(text({tag: one for tag, one in found.items() if tag in kept["claims"]})):
        yield "stale: the examples that Coq accepted are not what would be exported now"
    yield from (f"{tag} has no example" for tag in found if tag not in kept["claims"])
    yield from (f"{tag} has no numbers: {why}" for tag, why in left.items() if why != NO_PREMISES)


def write(kept: Inhabited, file: Path = FILE) -> None:
    file.write_text(json.dumps(kept, indent=1) + "\n")
