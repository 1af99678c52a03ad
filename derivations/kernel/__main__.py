"""`python -m derivations.kernel`: have Coq check the files of all claims, and write what it accepted beside this file.

How a theorem is proved is looked for anew only where its claim has changed, or with --anew.
"""

import os
import sys
from argparse import ArgumentParser
from collections.abc import Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor, as_completed
from time import time

from derivations.catalogue import Entry, claims, select, tags
from derivations.form.claim import Claim
from derivations.kernel import coq
from derivations.kernel.axioms import foreign
from derivations.kernel.exported import digest, exported
from derivations.kernel.inhabited import inhabited, missing
from derivations.kernel.inhabited import write as keep_examples
from derivations.kernel.kept import Record, fresh, kept, write
from derivations.kernel.plan import guessed, planned
from derivations.kernel.sampled import faults, sampled
from derivations.kernel.sampled import write as keep
from derivations.kernel.told import told

Plan = tuple[dict[str, str], dict[str, str]]  # the way of each theorem, and why what is left is


def checked(name: str, anew: bool) -> tuple[str, Record]:
    """Return the record of a claim, made by Coq now: with the proofs that are known, or guessed; else looked for."""
    claim, tag = claims()[name], tags()[name]
    before = None if anew else kept().get(tag)
    proofs, left = {}, {}
    for proofs, left in _tries(claim, tag, before):  # noqa: B007
        text = exported(claim, tag, proofs)
        outcome = coq.compiled(text) if proofs else coq.NOTHING
        if outcome.accepted and not foreign(outcome.axioms):
            break
    else:
        proofs, left, text, outcome = {}, dict.fromkeys({**left, **proofs}, "the file is refused"), "", coq.NOTHING
    return tag, Record(
        name=name,
        digest=digest(text),
        coq=coq.version(),
        axioms=list(outcome.axioms),
        seconds=round(outcome.seconds, 1),
        proofs=proofs,
        left=left,
    )


def _tries(claim: Claim, tag: str, before: Record | None) -> Iterator[Plan]:
    """Yield proofs to try and what they leave: those before; a guess, with lines and without; what a search finds."""
    if before is not None and fresh(claim, tag, before):
        yield before["proofs"], before["left"]
    yield from (guess for lines in (True, False) if (guess := guessed(claim, tag, lines))[0])
    yield planned(claim, tag, before["proofs"] if before else {})
    yield planned(claim, tag, {})


def main() -> int:
    parser = ArgumentParser(prog="python -m derivations.kernel", description=__doc__)
    parser.add_argument("patterns", nargs="*", help="tags, names, prefixes or globs; all claims if none")
    parser.add_argument("--anew", action="store_true", help="look for all proofs anew")
    parser.add_argument("--stale", action="store_true", help="leave alone what is fresh")
    options = parser.parse_args()
    if not coq.installed():
        print("expected Coq, found no coqc: `make kernel` installs it", file=sys.stderr)
        return 2
    began, names = time(), [e.name for e in select(options.patterns) if not (options.stale and _whole(e))]
    records = dict(kept()) if options.patterns or options.stale else {}
    with ProcessPoolExecutor(os.cpu_count()) as pool:
        running = [pool.submit(checked, name, options.anew) for name in names]
        for done in as_completed(running):
            tag, record = done.result()
            records[tag] = record
            write(kept() | records)  # as far as it has come
    write(records)
    print("\n".join(told(records)))
    found = [] if options.patterns else _refused(records)
    spent = sum(r["seconds"] for r in records.values())
    print("\n".join((*found, f"{len(names)} claims in {time() - began:.0f} s, of which `coqc` took {spent:.0f} s")))
    return 1 if found else 0


def _whole(entry: Entry) -> bool:
    """Return whether the record of a claim is of what would be exported now."""
    record = kept().get(entry.tag)
    return record is not None and fresh(entry.claim, entry.tag, record)


def _refused(records: Mapping[str, Record]) -> list[str]:
    """Put the sample of false theorems to Coq, keep what it said, and return what is wrong."""
    found = sampled(records)
    keep(found)
    count = len(found["wrong"]), len(found["corrupted"]), len(found["negations"])
    print("{} wrong answers and {} corrupted theorems refused, {} negations proved".format(*count))
    numbers = inhabited(records)
    keep_examples(numbers)
    print(f"the assumptions of {len(numbers['claims'])} claims satisfied by numbers")
    return [*faults(found), *missing(records, numbers)]


if __name__ == "__main__":
    sys.exit(main())
