"""What is kept of Coq's answers: stale is stale, axioms are on a list, the false was refused, what is left is said."""

import json
from dataclasses import replace
from typing import Any

import pytest
from sympy import Integer, Rational, sqrt

from derivations.catalogue import claims, tags
from derivations.form.claim import Below, Claim, by, leaves, with_leaf
from derivations.form.statement import AtMost, Equal
from derivations.judge.necessity.plain import Counterexample
from derivations.kernel import coq, engine, inhabited, kept
from derivations.kernel.axioms import MACHINE, REALS, foreign
from derivations.kernel.engine import kernel, signature
from derivations.kernel.exported import exported
from derivations.kernel.kept import LEFT, Record, fresh
from derivations.kernel.refused import FAILED, INTERVAL, negated, numeral, refusal
from derivations.kernel.sampled import FILE, faults
from derivations.kernel.stated import LINE, theorems
from derivations.kernel.told import PAGE, grouped, left, page
from derivations.kernel.ways import script
from tests.support.forged import replace as forged

FIRST, OTHERS = 0.86, 0.5  # of the equalities and inequalities of four families, in which a tenth are of all densities
CLAIM = "vdm.posterior.mean"
needs_coq = pytest.mark.skipif(not coq.installed(), reason="Coq is not installed: `make kernel` installs and runs it")


@pytest.fixture
def record() -> Record:
    return kept.kept()[tags()[CLAIM]]


def test_evidence_is_of_what_would_be_exported_now_or_stale(record: Record) -> None:
    claim, tag = claims()[CLAIM], tags()[CLAIM]
    assert fresh(claim, tag, record)
    assert kernel(claim, tag)["statements"] == list(range(1, len(claim.statements()) + 1))


def other_answer(claim: Claim) -> Claim:
    name, leaf = next(leaves(claim.answer))
    return forged(claim, answer=with_leaf(claim.answer, name, 2 * leaf))


def more_assumed(claim: Claim) -> Claim:
    return forged(claim, given=(*claim.given, Below(Integer(1), claim.symbols()[0])))


@pytest.mark.parametrize("change", [other_answer, more_assumed])
def test_evidence_of_another_claim_is_stale_and_signs_nothing(change: Any) -> None:
    found = kernel(change(claims()[CLAIM]), tags()[CLAIM])
    assert (found["verdict"], found["statements"]) == ("not_evaluated", [])
    assert found["reason"].startswith("stale") and "no kernel has checked it: stale" in signature(found)


def test_a_foreign_axiom_signs_nothing(monkeypatch: pytest.MonkeyPatch, record: Record) -> None:
    tag = tags()[CLAIM]
    monkeypatch.setattr(engine, "kept", lambda: {tag: {**record, "axioms": [*record["axioms"], "Top.easy"]}})
    assert kernel(claims()[CLAIM], tag)["statements"] == []
    monkeypatch.setattr(engine, "kept", dict)
    assert kernel(claims()[CLAIM], tag)["reason"] == "no file of it has been put to Coq"


def test_axioms_are_on_the_list_of_the_reals() -> None:
    assert {a for r in kept.kept().values() for a in r["axioms"]} <= REALS
    assert foreign(("Top.easy", "Classical_Prop.classic")) == ["Top.easy"]
    assert not REALS & MACHINE


def test_axioms_are_read_and_silence_is_none() -> None:
    printed = "Axioms:\nTop.easy : forall P, P\nClassical_Prop.classic\n  : forall P : Prop, P \\/ ~ P\n"
    assert coq.axioms(printed) == ("Classical_Prop.classic", "Top.easy")
    assert coq.axioms("Closed under the global context\n") == ()
    with pytest.raises(ValueError, match="expected a list of axioms"):
        coq.axioms("")


def test_a_theorem_in_whose_proof_there_was_an_error_is_not_accepted() -> None:
    session = "T_A_1 < Toplevel input, characters 0-5:\n> nra.\nError: x\nCoq < T_A_1 :\nCoq < T_A_2 :\n"
    assert coq.sound(session) == {"T_A_2"}


def test_enough_statements_are_accepted() -> None:
    (yes, of), (also, others) = grouped(kept.kept())
    assert yes >= FIRST * of and also >= OTHERS * others


def test_the_page_tells_the_figures_of_the_evidence() -> None:
    text = PAGE.read_text()
    assert page(kept.kept(), text) == text and "| posterior |" in text
    assert page({}, text) != text


def examples(**changed: Any) -> Any:
    return {**json.loads(inhabited.FILE.read_text()), **changed}


def test_the_assumptions_of_each_claim_are_satisfied_by_numbers() -> None:
    records, found = kept.kept(), examples()
    assert list(inhabited.missing(records, found)) == [] and len(found["claims"]) > 100
    strange = examples(axioms=[*found["axioms"], "Top.easy"])
    assert list(inhabited.missing(records, strange)) == ["the examples rest on Top.easy"]
    assert list(inhabited.missing(records, examples(accepted=False))) == ["the examples were refused"]
    fewer = list(inhabited.missing(records, examples(claims=found["claims"][1:])))
    assert fewer[0].startswith("stale") and fewer[1] == f"{found['claims'][0]} has no example"


def test_what_is_left_is_listed() -> None:
    records = kept.kept()
    assert LEFT.read_text().splitlines() == list(left(records))
    known = {tags()[name] for name in claims()}
    assert len(records.keys() & known) > 0.9 * len(known)  # a claim without one is signed by no kernel
    assert not any(part in r["proofs"] for r in records.values() for part in r["left"])
    assert not any("read back" in why for r in records.values() for why in r["left"].values())


def test_false_theorems_were_refused_and_negations_proved() -> None:
    sample = json.loads(FILE.read_text())
    assert list(faults(sample)) == []
    assert len(sample["corrupted"]) >= 20 and len(sample["wrong"]) >= 4
    assert all(any(f in one["because"] for f in FAILED) for one in (*sample["wrong"], *sample["corrupted"]))
    sample["wrong"][0]["refused"] = False
    sample["accepted"] = False
    sample["foreign"] = ["Top.easy"]
    sample["corrupted"] = sample["corrupted"][:19]
    assert len(list(faults(sample))) == 4


def test_numbers_are_written_out() -> None:
    assert [numeral(Rational(*q)) for q in ((3, 4), (-3, 4), (2, 1))] == ["(3 / 4)", "(- 3 / 4)", "(2)"]
    with pytest.raises(ValueError, match="expected a rational number"):
        numeral(sqrt(2))


def _first() -> Any:
    claim = claims()[CLAIM]
    return claim, theorems(claim, 1, "T_999C")[0]


@needs_coq
def test_coq_accepts_a_true_theorem_from_the_axioms_of_the_reals() -> None:
    claim, _ = _first()
    outcome = coq.compiled(exported(claim, "999C", {"1": "field"}))
    assert outcome.accepted and set(outcome.axioms) <= REALS
    assert not coq.compiled(exported(claim, "999C", {"1": "field"}), seconds=0.01).accepted


@needs_coq
@pytest.mark.parametrize("drop", [0, 1])
def test_coq_refuses_a_false_theorem_by_a_failing_tactic(drop: int) -> None:
    claim, theorem = _first()
    left, relation, right = theorem.conclusion
    false = replace(theorem, conclusion=(left, relation, right if drop else -right))
    false = replace(false, premises=false.premises[: 0 if drop else None])
    assert refusal("999C", "false", false, script(claim, 1, false, "field"))["refused"]


@needs_coq
def test_an_error_of_syntax_and_a_true_theorem_are_no_refusals() -> None:
    claim, theorem = _first()
    assert not refusal("999C", "syntax", theorem, "Proof. intros; fild. Qed.")["refused"]
    assert not refusal("999C", "true", theorem, script(claim, 1, theorem, "field"))["refused"]


@needs_coq
def test_numbers_that_break_an_assumption_are_refused() -> None:
    claim = claims()["vdm.kl.expm1"]
    true, false = (inhabited.example(claim, "0WF1", at) for at in (None, dict.fromkeys(claim.example, Integer(1))))
    assert coq.compiled(inhabited.text({"0WF1": true})).accepted
    assert not coq.compiled(inhabited.text({"0WF1": false})).accepted


@needs_coq
def test_the_negation_of_a_true_statement_is_not_proved() -> None:
    claim = claims()[CLAIM]
    at = Counterexample(dict(claim.example), "", 0.0, 1)
    assert not coq.compiled(INTERVAL + negated("N", claim.statements()[0], at).text).accepted


def test_what_is_signed_is_what_is_stated_now(record: Record) -> None:
    """Neither lines nor the list of what is left count: a statement without an accepted theorem is not signed."""
    claim, tag = claims()[CLAIM], tags()[CLAIM]
    every = list(range(1, len(claim.statements()) + 1))
    assert kept.signed(claim, tag, {**record, "left": {f"1{LINE}2": "no"}}) == every
    fewer = {part: way for part, way in record["proofs"].items() if not part.startswith("2")}
    assert kept.signed(claim, tag, {**record, "proofs": fewer, "left": {}}) == [n for n in every if n != 2]


def test_a_statement_that_was_added_is_not_signed(record: Record) -> None:
    claim, tag = claims()[CLAIM], tags()[CLAIM]
    x = claim.symbols()[0]
    more = forged(
        claim,
        says=lambda a: (*claim.says(a), Equal(x, x + 1)),
        proof=(*claim.proof, (by("the left side", x), by("the right", x + 1))),
    )
    found = kernel(more, tag)
    assert found["verdict"] != "proved" and found["of"] not in found["statements"]


@pytest.mark.parametrize("name", ["langevin.gaussian", "vdm.forward.sigma2_ts.positive", "ddim.sigma_hat"])
def test_the_premises_of_an_only_case_hold_there(name: str) -> None:
    """With 0 < omega among them, no case at omega = 0 would be one."""
    claim = claims()[name]
    only = [
        (t, t.conclusion)
        for number, s in enumerate(claim.statements(), start=1)
        if isinstance(s, AtMost) and s.only and s.equal_at
        for t in theorems(claim, number, "T_TAG")
        if "_only_" in t.name
    ]
    assert only
    for t, (v, _, q) in only:
        at = {**claim.example, v: q}
        for lesser, relation, greater in t.premises[:-1]:
            gap = (greater - lesser).subs(at, simultaneous=True)
            assert gap > 0 or (relation == "<=" and gap == 0), (t.name, lesser, relation, greater)
