"""A certificate: everything the engines found of one claim, and whether that is enough.

The floor for a claim that is no definition: each statement looked at by two engines of different kind; a proof without
obligations left over; each of at least two wrong answers rejected; at least eight mutants, none surviving; assumptions
satisfiable, and each necessary or marked as convenience.
"""

from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from time import perf_counter
from typing import Any

from derivations.engines.enclose import enclose
from derivations.engines.field import field as finite_field
from derivations.engines.prove import equal_by_proof, prove
from derivations.form.claim import Answer, Claim, leaves
from derivations.form.known import judged_by
from derivations.form.statement import AtMost, Below
from derivations.form.verdict import MEANS, Evidence, Verdict, not_evaluated
from derivations.judge.excused import excused
from derivations.judge.hidden import hidden
from derivations.judge.mutate import mutants
from derivations.judge.necessity import necessities, unneeded
from derivations.judge.pins import pins, the_same
from derivations.judge.printed import printed
from derivations.judge.support import unsupported
from derivations.judge.well_formed import faults
from derivations.obligations.watch import watching

LEAST_WRONG, LEAST_MUTANTS, MUTANT_POINTS = 2, 8, 12


NONE: dict[str, Any] = {"total": 0, "by": dict.fromkeys(MEANS, 0), "left": [], "each": []}


@dataclass
class Certificate:
    """The record of one claim: deterministic but for `seconds`."""

    verdict: Verdict
    engines: list[Evidence] = field(default_factory=list)
    seconds: dict[str, float] = field(default_factory=dict)
    assumptions: list[dict[str, Any]] = field(default_factory=list)
    wrong: list[dict[str, Any]] = field(default_factory=list)
    mutants: dict[str, Any] = field(default_factory=dict)
    printed: dict[str, Any] = field(default_factory=dict)
    obligations: dict[str, Any] = field(default_factory=lambda: dict(NONE))
    lemmas: list[int] = field(default_factory=list)  # statements, by number from 1, that do not mention the answer
    complaints: list[str] = field(default_factory=list)

    @property
    def green(self) -> bool:
        return not self.complaints

    def record(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def of_record(cls, record: dict[str, Any]) -> "Certificate":
        return cls(**record | {"engines": [Evidence(**e) for e in record["engines"]]})


def certify(claim: Claim, digest: str, salt: str = "") -> Certificate:
    """Put every engine, wrong answer, mutant and assumption of the claim to the test."""
    with watching(False):
        return _certify(claim, digest, salt)


def _certify(claim: Claim, digest: str, salt: str) -> Certificate:
    found = Certificate("not_evaluated", complaints=faults(claim) or [*hidden(claim)])
    if found.complaints:
        return found
    if claim.is_definition:
        return Certificate("definition")
    for engine, job in _engines(claim, digest, salt).items():
        start = perf_counter()
        evidence = job()
        found.seconds[engine] = round(perf_counter() - start, 4)
        if evidence is not None:
            found.engines.append(evidence)
    found.engines = beside_proof(found.engines)
    found.obligations = _proof(found).detail.get("obligations", NONE)
    found.assumptions = necessities(claim)
    found.wrong = [_wrong(claim, name, digest) for name in claim.wrong]
    found.mutants = _mutants(claim)
    found.printed = printed(claim)
    known = pins(claim)
    found.lemmas = known.lemmas
    found.complaints = [*_complaints(claim, found), *known.complaints]
    found.verdict = _verdict(claim, found)
    return found


def beside_proof(engines: list[Evidence]) -> list[Evidence]:
    """No sample reaches a limit: where one is proved, a distance that does not shrink is not seen, and refutes not."""
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
    if claim.kind != "inequality" and not all(isinstance(said, AtMost | Below) for said in claim.statements(answer)):
        return None  # an equality is for the other engines; the solvers are slow on them
    from derivations.engines.decide import decide

    return decide(claim, answer)


def _simulate(claim: Claim, answer: Answer, digest: str, salt: str = "") -> Evidence | None:
    if claim.experiment is None:
        return None
    from derivations.engines.simulate import simulate

    return simulate(claim, answer, digest, salt)


def _wrong(claim: Claim, name: str, digest: str) -> dict[str, Any]:
    """Which engines reject a wrong answer, and the first counterexample."""
    wrong = claim.wrong[name]
    tried = [
        enclose(claim, wrong.answer, purpose="wrong"),
        finite_field(claim, wrong.answer),
        _decide(claim, wrong.answer),
    ]
    if claim.experiment and (not claim.experiment.twins or name in claim.experiment.twins):
        tried.append(_simulate(claim, wrong.answer, digest))
    killers = [e for e in tried if e is not None and e.verdict == "refuted"]
    witness = next((e for e in killers if e.witness), None)
    return {
        "name": name,
        "breaks": wrong.breaks,
        "seen_in": list(wrong.seen_in),
        "killed_by": [e.engine for e in killers],
        "witness": witness.witness if witness else {},
        "off": witness.reason if witness else "",
    }


def _mutants(claim: Claim) -> dict[str, Any]:
    """Each mutant is killed by a witness, or proved to be the answer, or passes for it, or survives."""
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
        else:
            survived.append(name)
    record = {"generated": len(altered), "killed": killed, "equivalent": equivalent}
    return record | {"passes": passes, "survived": survived, "unseen": sorted(unseen)}


def _complaints(claim: Claim, found: Certificate) -> list[str]:
    """Everything that keeps a claim from being green, each in a sentence."""
    said = [*unsupported(claim, found.engines), _unproved(claim, found), _underived(found)]
    for e in found.engines:
        if e.verdict == "refuted":
            said.append(f"{e.engine} refutes the answer: {e.reason} at {e.witness}")
        if e.verdict == "vacuous":
            said.append(f"{e.engine}: {e.reason}")
    said += [f"wrong answer not rejected: {w['name']}" for w in found.wrong if not w["killed_by"]]
    if len(claim.wrong) < LEAST_WRONG:
        said.append(f"expected at least {LEAST_WRONG} wrong answers, got {len(claim.wrong)}")
    if found.mutants["generated"] < LEAST_MUTANTS:
        said.append(f"expected at least {LEAST_MUTANTS} mutants, got {found.mutants['generated']}")
    said += [f"mutant survived: {m}" for m in found.mutants["survived"]]
    said += [f"the statement does not pin its answer: {m} passes too" for m in found.mutants["passes"]]
    said += [f"the statement does not look at its answer's {f}: no mutant of it dies" for f in found.mutants["unseen"]]
    said += unneeded(found.assumptions)
    said += [f"no such assumption to mark as convenience: {t}" for t in _stray(claim)]
    said += _twins(claim, found)
    if claim.kind == "refuted" and found.printed.get("refuted_by") != ["enclose", "prove"]:
        said.append(f"expected the printed statement to fail at {found.printed.get('witness')}, by two engines")
    return [s for s in said if s]


def _unproved(claim: Claim, found: Certificate) -> str:
    """A derivation that is printed must follow, with nothing left over but what is listed of this claim."""
    proof = _proof(found)
    fine = proof.verdict == "proved" or (proof.verdict == "consistent" and excused(claim.name, proof))
    return "" if fine else f"the derivation is not proved: {proof.reason}"


def _underived(found: Certificate) -> str:
    """A line that numbers see fail, or a primitive that is none: the derivation is wrong, whatever the answer is."""
    seen = next((e for e in found.engines if e.engine == "enclose"), None)
    fault = seen.detail.get("derivation", "") if seen else ""
    return f"the derivation is not proved: enclose refutes a line of it: {fault}" if fault else ""


def _proof(found: Certificate) -> Evidence:
    return next(e for e in found.engines if e.engine == "prove")


def _stray(claim: Claim) -> set[str]:
    return set(claim.convenience) - {a.text for a in claim.assumptions()}


def _twins(claim: Claim, found: Certificate) -> list[str]:
    """An experiment counts where it has its power, and once it has rejected a twin: all it names, or at least one."""
    if claim.experiment is None:
        return []
    ran = next(e for e in found.engines if e.engine == "simulate")
    blind = [f"the experiment shows nothing: {ran.reason}"] if ran.verdict == "not_evaluated" else []
    fired = {w["name"] for w in found.wrong if "simulate" in w["killed_by"]}
    silent = [t for t in claim.experiment.twins if t not in fired]
    none = [] if fired else ["the experiment rejects no wrong answer"]
    return blind + none + [f"the experiment does not reject its twin: {t}" for t in silent]


def _verdict(claim: Claim, found: Certificate) -> Verdict:
    verdicts = {e.verdict for e in found.engines}
    for bad in ("vacuous", "refuted"):
        if bad in verdicts:
            return bad  # type: ignore[return-value]
    if found.complaints:
        return "not_evaluated"
    if claim.kind == "refuted":
        return "refuted"
    return "proved" if _proof(found).verdict == "proved" else "consistent"  # whatever solvers say: they see no domain


def _green(claim: Claim) -> bool:
    """Whether the claim is green: what rests on a lemma asks for no less."""
    return certify(claim, f"lemma {claim.name}").green


judged_by(_green)
