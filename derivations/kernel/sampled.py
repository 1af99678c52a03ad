"""The sample of false theorems that Coq has to refuse, and of negations that it has to accept, from every family."""

import json
from collections.abc import Iterator, Mapping
from itertools import islice
from pathlib import Path
from typing import TypedDict

from derivations.catalogue import claims, families, family_of
from derivations.kernel.axioms import foreign_to_intervals
from derivations.kernel.coq import compiled
from derivations.kernel.kept import Record
from derivations.kernel.refused import INTERVAL, Negation, Refusal, of_corruptions, of_wrong, refusal

FILE = Path(__file__).with_name("refused.json")
EACH = 2  # claims of a family, with one wrong answer each
DROPPED = "without "
KINDS = ("a sign", " for ", DROPPED)  # of corruptions
CORRUPTED = 7  # of each kind


class Sample(TypedDict):
    """What was refused, and which negations were proved, from which axioms."""

    wrong: list[Refusal]
    corrupted: list[Refusal]
    negations: list[str]
    accepted: bool
    axioms: list[str]
    foreign: list[str]
    message: str


def sampled(records: Mapping[str, Record]) -> Sample:
    """Have Coq refuse the sample, and prove the negations, one file with all of them."""
    wrong, negations = _wrong(records)
    text = "".join(n.text for n in negations)
    names = ", ".join(n.name for n in negations)
    outcome = compiled(f"{INTERVAL}{text}Definition all := ({names}).\nPrint Assumptions all.\n")
    return Sample(
        wrong=wrong,
        corrupted=list(_corrupted(records)),
        negations=[n.name for n in negations],
        accepted=outcome.accepted,
        axioms=list(outcome.axioms),
        foreign=foreign_to_intervals(outcome.axioms),
        message=outcome.message,
    )


def _wrong(records: Mapping[str, Record]) -> tuple[list[Refusal], list[Negation]]:
    refusals, negations = [], []
    for family in families():
        of = ((tag, r) for tag, r in records.items() if family_of(r["name"]) == family)
        for tag, name, found in list(_first(of))[:EACH]:
            refusals.append(refusal(tag, name, *found[:2]))
            negations.append(found[2])
    return refusals, negations


def _first(of: Iterator[tuple[str, Record]]) -> Iterator[tuple[str, str, tuple]]:
    """Yield the first wrong answer of each claim that fails at a plain point."""
    left = EACH
    for tag, record in of:
        claim = claims()[record["name"]]
        for name in claim.wrong if left else ():
            if (found := of_wrong(claim, tag, name, record["proofs"])) is not None:
                left -= 1
                yield tag, name, found
                break


def _corrupted(records: Mapping[str, Record]) -> Iterator[Refusal]:
    """Yield the refusals of corruptions, as many of each kind, at most one of a kind for a claim."""
    for kind in KINDS:
        found = (one for tag, record in records.items() if (one := _first_refused(tag, record, kind)) is not None)
        yield from islice(found, CORRUPTED)


def _first_refused(tag: str, record: Record, kind: str) -> Refusal | None:
    """Return the first refusal of a kind; an assumption without which a theorem is still proved is not needed."""
    for how, theorem, proof in of_corruptions(claims()[record["name"]], tag, record["proofs"]):
        if kind in how:
            got = refusal(tag, how, theorem, proof)
            if got["refused"] or kind != DROPPED:
                return got
    return None


def faults(sample: Sample) -> Iterator[str]:
    """Yield what is wrong with a sample: something false that was not refused, a negation that was not proved."""
    for one in (*sample["wrong"], *sample["corrupted"]):
        if not one["refused"]:
            yield f"{one['tag']} with {one['how']} was not refused by a failing tactic: {one['because']}"
    if not sample["accepted"]:
        yield f"a negation was not proved: {sample['message']}"
    if sample["foreign"]:
        yield f"the negations rest on {', '.join(sample['foreign'])}"
    if len(sample["corrupted"]) < 20:
        yield f"expected at least 20 corruptions, got {len(sample['corrupted'])}"


def write(sample: Sample, file: Path = FILE) -> None:
    file.write_text(json.dumps(sample, indent=1) + "\n")
