"""The judgement of a claim, in stages that each fill a part of its certificate and report complaints.

A claim that is no definition must have: for each statement two engines of different kind that look at it; a proof
without obligations left over; at least two wrong answers, each rejected; at least eight mutants, none surviving; and
satisfiable assumptions, each necessary or marked as a convenience.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from time import perf_counter
from typing import Any

from derivations.engines.enclose import enclose
from derivations.engines.exactly import equal_by_proof
from derivations.engines.field import field as finite_field
from derivations.engines.prove import prove
from derivations.form.claim import Answer, Claim, leaves
from derivations.form.known import judged_by
from derivations.form.statement import AtMost, Below
from derivations.form.typed import Malformed
from derivations.form.verdict import SUPPORTS, Evidence, Verdict, not_evaluated
from derivations.judge.compared import compared
from derivations.judge.complaints import accepted, rejected, stray, undefined, unpinned, unproved, unrefuted
from derivations.judge.filled import unfilled
from derivations.judge.hidden import hidden
from derivations.judge.mutate import mutants, simple
from derivations.judge.necessity.plain import counterexample
from derivations.judge.necessity.search import necessities, unneeded
from derivations.judge.pins import pins, the_same
from derivations.judge.printed import printed
from derivations.judge.record import Certificate, nothing_owed
from derivations.judge.rows import WrongRow
from derivations.judge.support import unsupported
from derivations.judge.well_formed import faults
from derivations.notation.names import text_of
from derivations.obligations.watch import watching

MUTANT_POINTS = 12
LAST_POINTS = 240  # of a mutant that nothing else has rejected, before it counts as surviving

__all__ = ["Certificate", "beside_proof", "certify"]


def certify(claim: Claim, digest: str, salt: str = "", until: str = "") -> Certificate:
    """Test the claim by every engine, with every wrong answer, mutant and assumption.

    With `until`, a regular expression, stop at the first complaint that it matches: no later stage can revoke one.
    """
    try:
        return _certified(claim, digest, salt, until)
    except Malformed as fault:
        return Certificate("not_evaluated", complaints=str(fault).splitlines())


def _certified(claim: Claim, digest: str, salt: str, until: str) -> Certificate:
    with watching(False):
        certificate = Certificate("not_evaluated", complaints=[*unfilled(claim)] or faults(claim) or [*hidden(claim)])
        if certificate.complaints:
            return certificate
        if claim.is_definition:
            return Certificate("definition")
        for complaints in _stages(claim, certificate, digest, salt):
            certificate.complaints += complaints
            if until and any(re.search(until, c) for c in certificate.complaints):
                break
        certificate.verdict = _verdict(claim, certificate)
    return certificate


def _stages(claim: Claim, certificate: Certificate, digest: str, salt: str) -> Iterator[Iterable[str]]:
    """Run each stage, which writes its part of the certificate, and yield its complaints."""
    yield from _judged(claim, certificate, digest, salt)
    certificate.wrong = [_wrong(claim, name, digest) for name in claim.wrong]
    yield accepted(claim, certificate)
    certificate.mutants = _mutants(claim)
    yield unpinned(certificate)
    certificate.assumptions = necessities(claim)
    yield (*unneeded(certificate.assumptions), *stray(claim))
    certificate.printed = printed(claim)
    yield unrefuted(claim, certificate)
    known = pins(claim)
    certificate.lemmas = known.lemmas
    yield known.complaints


def _judged(claim: Claim, certificate: Certificate, digest: str, salt: str) -> Iterator[Iterable[str]]:
    """Run the engines, the prover first, and yield their complaints."""
    for engine, job in _engines(claim, digest, salt).items():
        start = perf_counter()
        evidence = job()
        certificate.seconds[engine] = round(perf_counter() - start, 4)
        if evidence is not None:
            certificate.engines.append(evidence)
        if engine == "prove":
            certificate.obligations = certificate.proof.detail.get("obligations") or nothing_owed()
            yield unproved(claim, certificate)
    certificate.engines = beside_proof(certificate.engines)
    yield (*unsupported(claim, certificate.engines), *rejected(certificate))


def beside_proof(engines: list[Evidence]) -> list[Evidence]:
    """Let a proof of a limit outrank a distance that does not shrink, since no sample reaches a limit."""
    if not any(e.engine == "prove" and e.verdict == "proved" for e in engines):
        return engines
    unseen = "the limit is proved and is not seen: "
    return [not_evaluated(e.engine, unseen + e.reason) if e.detail.get("of a limit") else e for e in engines]


def _engines(claim: Claim, digest: str, salt: str) -> dict[str, Callable[[], Evidence | None]]:
    return {
        "prove": lambda: prove(claim),
        "field": lambda: finite_field(claim),
        "enclose": lambda: enclose(claim),
        "decide": lambda: _decide(claim),
        "simulate": lambda: _simulate(claim, None, digest, salt),
    }


def _decide(claim: Claim, answer: Answer = None) -> Evidence | None:
    if claim.kind != "inequality" and not all(
        isinstance(statement, AtMost | Below) for statement in claim.statements(answer)
    ):
        return None  # equalities are for the other engines, since solvers are slow on them
    from derivations.engines.decide import decide

    return decide(claim, answer)


def _simulate(claim: Claim, answer: Answer, digest: str, salt: str = "") -> Evidence | None:
    if claim.experiment is None:
        return None
    from derivations.engines.simulate import simulate

    return simulate(claim, answer, digest, salt)


def _wrong(claim: Claim, name: str, digest: str) -> WrongRow:
    """Return which engines reject a wrong answer, and the first counterexample."""
    wrong = claim.wrong[name]
    tried = [
        enclose(claim, wrong.answer, purpose="wrong"),
        finite_field(claim, wrong.answer),
        _decide(claim, wrong.answer),
    ]
    if claim.experiment and (not claim.experiment.twins or name in claim.experiment.twins):
        tried.append(_simulate(claim, wrong.answer, digest))
    killers = [e for e in tried if e is not None and e.verdict == "refuted"]
    return {
        "name": name,
        "breaks": wrong.breaks,
        "seen_in": list(wrong.seen_in),
        "killed_by": [e.engine for e in killers],
        **_witness(claim, name, killers),
    }


def _witness(claim: Claim, name: str, killers: list[Evidence]) -> dict[str, Any]:
    """A plain point where the wrong answer fails; else the first where an engine saw it fail, with a value if any."""
    valued = [e for e in killers if not undefined(e.reason)]
    found = counterexample(claim, claim.wrong[name].answer, name, further=not valued) if killers else None
    if found is not None:
        statement, of, letters = compared(claim, claim.wrong[name].answer, found.statement)
        at = {v: q for v, q in found.at.items() if v in letters}
        shown = {text_of(v): str(q) for v, q in at.items()}
        return {"witness": shown, "off": found.off, "statement": statement, "of": of}
    seen = next((e for e in (*valued, *killers) if e.witness), None)
    return {"witness": seen.witness if seen else {}, "off": seen.reason if seen else "", "statement": 0, "of": ""}


def _mutants(claim: Claim) -> dict[str, Any]:
    """Sort the mutants: killed by a witness, proved to be the answer, passing for it, or surviving."""
    killed, equivalent, passes, survived = 0, [], [], []
    altered, unseen = mutants(claim), {name for name, _ in leaves(claim.answer)}
    for name, answer in altered.items():
        if enclose(claim, answer, MUTANT_POINTS, "mutants").verdict == "refuted":
            killed += 1
            unseen.discard(name.split(":")[0])
        elif the_same(claim, answer):
            equivalent.append(name)
        elif equal_by_proof(claim, answer):
            passes.append(name)
        elif enclose(claim, answer, LAST_POINTS, "survivors").verdict == "refuted":  # in a small part of the domain
            killed += 1
            unseen.discard(name.split(":")[0])
        else:
            survived.append(name)
    record = {"generated": len(altered), "killed": killed, "equivalent": equivalent, "simple": simple(claim.answer)}
    return record | {"passes": passes, "survived": survived, "unseen": sorted(unseen)}


def _verdict(claim: Claim, certificate: Certificate) -> Verdict:
    verdicts = {e.verdict for e in certificate.engines}
    for bad in ("vacuous", "refuted"):
        if bad in verdicts:
            return bad  # type: ignore[return-value]
    if certificate.complaints:
        return "incomplete" if _followed(certificate) else "not_evaluated"
    if claim.kind == "refuted":
        return "refuted"
    return (
        "proved" if certificate.proof.verdict == "proved" else "consistent"
    )  # even if solvers prove it: they don't check that sides have values


def _followed(certificate: Certificate) -> bool:
    """Return whether the derivation is proved and another engine agrees, so that what is missing is something else."""
    agree = [e for e in certificate.engines if e.verdict in SUPPORTS]
    broken = [e for e in certificate.engines if e.detail.get("derivation")]
    return certificate.proof.verdict == "proved" and len(agree) > 1 and not broken


def _green(claim: Claim) -> bool:
    """Return whether the claim is green; a claim that rests on a lemma needs it to be."""
    return certify(claim, f"lemma {claim.name}").green


judged_by(_green)
