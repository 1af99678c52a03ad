"""The report of a run, as data: one row for each claim, totals, and the suite's false-alarm rate."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, cast

from derivations.catalogue import OWN, family_of, tags
from derivations.form.verdict import MEANS
from derivations.judge import store
from derivations.judge.implemented import implemented_by
from derivations.judge.refutation import refutation
from derivations.judge.rows import JudgedRow
from derivations.own.loaded import home

if TYPE_CHECKING:  # kept rows are reported without SymPy
    from derivations.form.claim import Claim
    from derivations.judge.certificate import Certificate

Row = dict[str, Any]


def row(claim: "Claim", certificate: "Certificate") -> JudgedRow:
    """Return everything known about one claim, for `--json`."""
    return today(lasting(claim, certificate))


def today(lasting: Mapping[str, Any]) -> JudgedRow:
    """Complete a row with what no certificate holds: the claim's tag, and what udm implements and has measured."""
    name, measured = lasting["name"], store.measured(lasting["name"], lasting["digest"])
    engines = [*lasting["engines"], *([measured] if measured else [])]
    own = home(name)
    known = {
        "tag": OWN if own else tags()[name],
        "family": OWN if own else family_of(name),
        "own": own and own.shown,
        "engines": engines,
        "implemented_by": implemented_by().get(name, []),
    }
    return cast(JudgedRow, {**lasting, **known})


def lasting(claim: "Claim", certificate: "Certificate", digest: str | None = None) -> Row:
    """Return the part of a row that follows from the claim and its certificate, and is kept with it.

    The digest is the claim's own, unless it is given.
    """
    return {
        "tag": "",
        "name": claim.name,
        "title": claim.heading,
        "kind": claim.kind,
        "verdict": certificate.verdict,
        "green": certificate.green,
        "engines": engines(certificate),
        "obligations": {k: certificate.obligations[k] for k in ("total", "by", "left", "each")},
        "assumptions": certificate.assumptions,
        "wrong": certificate.wrong,
        "printed": certificate.printed or None,
        "refuted": refutation(claim, certificate),
        "mutants": mutants(certificate),
        "lemmas": certificate.lemmas,
        "means": claim.means,
        "trust": list(claim.trust),
        "needs": list(claim.needs),
        "implemented_by": [],
        "digest": store.digest(claim.name) if digest is None else digest,
        "complaints": certificate.complaints,
    }


def mutants(certificate: "Certificate") -> dict[str, Any] | None:
    """Return counts, and the names of mutants that are the answer, pass for it or survive; None for a definition."""
    m = certificate.mutants
    if not m:
        return None
    counts = {"generated": m["generated"], "killed": m["killed"], "simple": m["simple"]}
    named = {k: len(m[k]) for k in ("equivalent", "passes", "survived")}
    return counts | named | {"names": {k: m[k] for k in named}}


def engines(certificate: "Certificate") -> list[dict[str, Any]]:
    """Return one entry for each engine; `implement` is added from the files that property_tests write."""
    return [
        {k: e.record()[k] for k in ("engine", "verdict", "points", "digits", "reason", "error", "detail")}
        | {"seconds": certificate.seconds.get(e.engine, 0.0)}
        for e in certificate.engines
    ]


def report(rows: Sequence[Row]) -> dict[str, Any]:
    """Return the report of the whole run. The denominator of every share is all claims chosen."""
    now = [today(row) for row in rows]
    return {"claims": now, "totals": totals(now), "false_alarm_rate": false_alarm_rate(now)}


def _wholly_proved(row: Mapping[str, Any]) -> bool:
    """Return whether the claim is green and its statement, for a refuted claim the repaired one, is proved."""
    proof = next((e for e in row["engines"] if e["engine"] == "prove"), None)
    return bool(row["green"] and proof and proof["verdict"] == "proved" and not row["obligations"]["left"])


def totals(rows: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    altered = [r["mutants"] for r in rows if r["mutants"]]
    assumed = [a for r in rows for a in r["assumptions"]]
    owed = [r["obligations"] for r in rows]
    return {
        "claims": len(rows),
        "green": sum(r["green"] for r in rows),
        "verdicts": dict(sorted(Counter(r["verdict"] for r in rows).items())),
        "families": dict(Counter(r["family"] for r in rows)),
        "engines": dict(sorted(Counter(e["engine"] for r in rows for e in r["engines"]).items())),
        "definitions": sum(r["kind"] == "definition" for r in rows),
        "proved_with_nothing_left": sum(map(_wholly_proved, rows)),
        "with_something_left": [r["name"] for r in rows if r["obligations"]["left"]],
        "obligations": sum(o["total"] for o in owed),
        "obligations_by": {means: sum(o["by"][means] for o in owed) for means in MEANS},
        "obligations_left": sum(len(o["left"]) for o in owed),
        "assumptions": kinds(assumed),
        "assumptions_stated": kinds([a for a in assumed if a["stated"]]),
        "wrong_answers": sum(len(r["wrong"]) for r in rows),
        "wrong_answers_rejected": sum(bool(w["killed_by"]) for r in rows for w in r["wrong"]),
        "mutants": sum(m["generated"] for m in altered),
        "mutants_killed": sum(m["killed"] for m in altered),
        "mutants_equivalent": sum(m["equivalent"] for m in altered),
        "mutants_passed": sum(m["passes"] for m in altered),
        "mutants_survived": sum(m["survived"] for m in altered),
        "lemmas": sum(len(r["lemmas"]) for r in rows),
    }


def kinds(assumptions: Sequence[Mapping[str, Any]]) -> dict[str, int]:
    """Return how many assumptions the claim is false without, undefined without, or keeps for convenience."""
    counts = Counter(a["necessary"]["kind"] if a["necessary"] else "convenience" for a in assumptions)
    return {kind: counts[kind] for kind in ("false", "undefined", "convenience")}


def false_alarm_rate(rows: Sequence[Mapping[str, Any]]) -> float:
    """Return the chance that a run with fresh seeds rejects some right answer, summed over the Monte Carlo checks."""
    return sum(e["error"] for r in rows for e in r["engines"] if e["engine"] == "simulate")
