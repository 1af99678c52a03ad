"""The complaints that keep a claim from being green, one sentence each, by the part of the certificate at fault."""

import re
from collections.abc import Iterator

from derivations.form.claim import Claim
from derivations.judge.excused import excused
from derivations.judge.mutate import ENOUGH, FEW
from derivations.judge.record import Certificate

LEAST_WRONG, LEAST_MUTANTS = 2, ENOUGH
SAYS_SO = re.compile(r"\bundefined\b|\bno (real )?value\b|\bnot (defined|real)\b")
SURVIVED = "no point was found where the statement is false with this in the answer's place: it may say too little"
LEAST_OF_SIMPLE = FEW  # mutants, where an answer has no more: mutants are all made that there are


def undefined(reason: str) -> bool:
    """Return whether an engine rejects an answer for want of a value, where it may be right wherever it has one."""
    return reason.startswith("undefined")


def unproved(claim: Claim, certificate: Certificate) -> Iterator[str]:
    """Require a derivation that follows, with nothing left over but what is listed for this claim."""
    proof = certificate.proof
    fine = proof.verdict == "proved" or (proof.verdict == "consistent" and excused(claim.name, proof))
    if not fine:
        yield f"the derivation is not proved: {proof.reason}"


def rejected(certificate: Certificate) -> Iterator[str]:
    """Complain of engines that refute the answer or a line of its derivation, or that had nothing to look at."""
    for e in certificate.engines:
        if e.detail.get("derivation"):  # whatever its verdict on the answer
            yield f"the derivation is not proved: {e.engine} refutes a line of it: {e.detail['derivation']}"
        if e.verdict == "refuted":
            yield f"{e.engine} refutes the answer: {e.reason} at {e.witness}"
        if e.verdict == "vacuous" and e.engine != "prove":  # of which `unproved` complains
            yield f"{e.engine}: {e.reason}"


def accepted(claim: Claim, certificate: Certificate) -> Iterator[str]:
    """Complain of wrong answers that no engine rejects, and of an experiment without power or with surviving twins."""
    if len(claim.wrong) < LEAST_WRONG:
        yield (
            f"expected at least {LEAST_WRONG} wrong answers, got {len(claim.wrong)}: mistakes that people make, as "
            "wrong={name: Wrong(answer, what it breaks), ...}"
        )
    for wrong in certificate.wrong:
        if not wrong["killed_by"]:
            yield (
                f"wrong answer not rejected: {wrong['name']}: no engine found a point where the statement is false "
                "with it in the answer's place: it may be right, or an assumption or a slack bound may let it pass"
            )
        elif undefined(wrong["off"]) and not SAYS_SO.search(wrong["breaks"]):
            at = ", ".join(f"{v} = {q}" for v, q in wrong["witness"].items())
            yield (
                f"wrong answer not seen to be different: {wrong['name']}: expected a point where it has a value that "
                f"breaks the statement, or `breaks` to say that it is undefined, got {wrong['off']} at {at}"
            )
    if claim.experiment is not None:
        yield from _twins(certificate, claim.experiment.twins)


def _twins(certificate: Certificate, twins: tuple[str, ...]) -> Iterator[str]:
    ran = next(e for e in certificate.engines if e.engine == "simulate")
    if ran.verdict == "not_evaluated":
        yield f"the experiment shows nothing: {ran.reason}"
    fired = {w["name"] for w in certificate.wrong if "simulate" in w["killed_by"]}
    if not fired:
        yield "the experiment rejects no wrong answer"
    yield from (f"the experiment does not reject its twin: {t}" for t in twins if t not in fired)


def unpinned(certificate: Certificate) -> Iterator[str]:
    """Complain of mutants that no engine distinguishes from the answer."""
    mutants = certificate.mutants
    least = LEAST_OF_SIMPLE if mutants["simple"] else LEAST_MUTANTS
    if mutants["generated"] < least:
        yield (
            f"expected at least {least} mutants, got {mutants['generated']}: they are made from the answer by changes "
            "of its signs, numbers and symbols, so state one that has more of these"
        )
    yield from (f"mutant survived: {m}: {SURVIVED}" for m in mutants["survived"])
    yield from (f"the statement does not pin its answer: {m} passes too" for m in mutants["passes"])
    yield from (f"the statement does not look at its answer's {f}: no mutant of it dies" for f in mutants["unseen"])


def stray(claim: Claim) -> Iterator[str]:
    assumed = [a.text for a in claim.assumptions()]
    for text in sorted(set(claim.convenience) - set(assumed)):
        yield (
            f"no such assumption to mark as convenience: {text}: expected one of the claim's, "
            f"{', '.join(assumed) or 'which makes none'}; symbols of `positive` that its statement has are assumed so"
        )


def unrefuted(claim: Claim, certificate: Certificate) -> Iterator[str]:
    """Require that the printed statement of a refuted claim fails at its stored counterexample, by two engines."""
    if claim.kind == "refuted" and certificate.printed.get("refuted_by") != ["enclose", "prove"]:
        yield f"expected the printed statement to fail at {certificate.printed.get('witness')}, by two engines"
