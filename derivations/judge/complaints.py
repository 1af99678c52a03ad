"""What keeps a claim from being green, each fault in a sentence, by the part of the certificate that shows it."""

from collections.abc import Iterator

from derivations.form.claim import Claim
from derivations.judge.excused import excused
from derivations.judge.record import Certificate

LEAST_WRONG, LEAST_MUTANTS = 2, 8


def unproved(claim: Claim, found: Certificate) -> Iterator[str]:
    """A derivation that is printed must follow, with nothing left over but what is listed of this claim."""
    proof = found.proof
    fine = proof.verdict == "proved" or (proof.verdict == "consistent" and excused(claim.name, proof))
    if not fine:
        yield f"the derivation is not proved: {proof.reason}"


def rejected(found: Certificate) -> Iterator[str]:
    """Engines that refute the answer or a line of its derivation, or that had nothing to look at."""
    for e in found.engines:
        if e.detail.get("derivation"):  # whatever the answer is
            yield f"the derivation is not proved: {e.engine} refutes a line of it: {e.detail['derivation']}"
        if e.verdict == "refuted":
            yield f"{e.engine} refutes the answer: {e.reason} at {e.witness}"
        if e.verdict == "vacuous":
            yield f"{e.engine}: {e.reason}"


def accepted(claim: Claim, found: Certificate) -> Iterator[str]:
    """Wrong answers that no engine rejects; an experiment counts where it has its power and rejects its twins."""
    if len(claim.wrong) < LEAST_WRONG:
        yield f"expected at least {LEAST_WRONG} wrong answers, got {len(claim.wrong)}"
    for wrong in found.wrong:
        if not wrong["killed_by"]:
            yield f"wrong answer not rejected: {wrong['name']}"
    if claim.experiment is not None:
        yield from _twins(found, claim.experiment.twins)


def _twins(found: Certificate, twins: tuple[str, ...]) -> Iterator[str]:
    ran = next(e for e in found.engines if e.engine == "simulate")
    if ran.verdict == "not_evaluated":
        yield f"the experiment shows nothing: {ran.reason}"
    fired = {w["name"] for w in found.wrong if "simulate" in w["killed_by"]}
    if not fired:
        yield "the experiment rejects no wrong answer"
    yield from (f"the experiment does not reject its twin: {t}" for t in twins if t not in fired)


def unpinned(found: Certificate) -> Iterator[str]:
    """Mutants that no engine tells from the answer."""
    told = found.mutants
    if told["generated"] < LEAST_MUTANTS:
        yield f"expected at least {LEAST_MUTANTS} mutants, got {told['generated']}"
    yield from (f"mutant survived: {m}" for m in told["survived"])
    yield from (f"the statement does not pin its answer: {m} passes too" for m in told["passes"])
    yield from (f"the statement does not look at its answer's {f}: no mutant of it dies" for f in told["unseen"])


def stray(claim: Claim) -> Iterator[str]:
    for text in set(claim.convenience) - {a.text for a in claim.assumptions()}:
        yield f"no such assumption to mark as convenience: {text}"


def unrefuted(claim: Claim, found: Certificate) -> Iterator[str]:
    """The printed statement of a refuted claim must fail at its stored counterexample, as two engines see."""
    if claim.kind == "refuted" and found.printed.get("refuted_by") != ["enclose", "prove"]:
        yield f"expected the printed statement to fail at {found.printed.get('witness')}, by two engines"
