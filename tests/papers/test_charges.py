"""What claims charge papers with is what the papers print, by the engines; a false charge is caught."""

from dataclasses import replace

import pytest

from derivations.catalogue import claims
from derivations.papers.charges import compare, idle, unanswered
from derivations.papers.ledger import ledger, row
from derivations.papers.paper import Charge, Equation, Paper, paper, papers
from tests.support.shell import ROOT
from udm.cli.ledger import _lines

PRINTED = [(p, e, c) for p in papers().values() for e in p.equations for c in e.charged if c.latex]


@pytest.mark.parametrize(
    ("work", "equation", "charge"), PRINTED, ids=lambda x: getattr(x, "number", None) or getattr(x, "claim", None)
)
def test_what_is_charged_is_printed(work: Paper, equation: Equation, charge: Charge) -> None:
    comparison = compare(work, equation, charge)
    assert comparison.verdict in ("proved", "consistent"), (work.name, equation.number, charge.claim, comparison)


def test_every_charge_says_where_it_is_printed_and_nothing_else_does() -> None:
    assert {name: found for name, claim in claims().items() if (found := unanswered(claim))} == {}
    assert idle() == []
    assert len(PRINTED) >= 23


IN_WORDS = {  # nothing checks these: the list may only shrink
    ("ddim2021", "2", "vdm.vlb.bound"): 1, ("luo2022", "45", "vdm.elbo1.consistency"): 2,
    ("luo2022", "22", "vae.samples"): 1,
}  # fmt: skip


def test_charges_in_words_are_few_and_the_ledger_and_the_readme_count_them() -> None:
    documents = [ledger(p, {}) for p in papers().values()]
    rows = [(d["work"], r) for d in documents for part in ("rows", "uncovered", "remarks") for r in d[part]]
    charges = [(work, r, c) for work, r in rows for c in r["charges"]]
    words = {(work, r.get("equation"), c["claim"]): len(c["forms"]) for work, r, c in charges if c["words"]}
    assert words == IN_WORDS and all(c["words"] for *_, c in charges if c["words"] is not None)
    every, unchecked = (sum(d["totals"][name] for d in documents) for name in ("charges", "charges_in_words"))
    assert (every, unchecked) == (sum(len(c["forms"]) for *_, c in charges), sum(IN_WORDS.values()))
    readme = " ".join((ROOT / "README.md").read_text().split())
    assert f"for {every - unchecked} of {every} such charges; the other {unchecked} are put in words" in readme


def test_the_page_of_a_ledger_marks_a_charge_in_words() -> None:
    for number, marked in (("2", True), ("7", False)):
        e = next(e for e in paper("ddim2021").equations if e.number == number)
        lines = [str(line) for line in _lines(e, row(paper("ddim2021"), e, {}), 9)]
        assert any("charged in words, which nothing" in line for line in lines) is marked


def test_a_charge_that_no_row_answers_is_named() -> None:
    claim = claims()["path.ve"]
    form = claim.wrong["started from a point"]._replace(seen_in=("sde2021 (29)",))
    planted = replace(claim, wrong={**claim.wrong, "started from a point": form})
    assert unanswered(planted) == ["sde2021 (29): path.ve, started from a point"]
    prose = form._replace(seen_in=("luo2022 text after (85)",))
    assert unanswered(replace(claim, wrong={**claim.wrong, "started from a point": prose})) == []


def _charge(work: str, number: str, claim: str) -> tuple[Paper, Equation, Charge]:
    p = paper(work)
    e = next(e for e in p.equations if e.number == number)
    return p, e, next(c for c in e.charged if c.claim == claim)


def test_a_planted_false_charge_is_refuted() -> None:
    """Score SDE (31) does not print the variance from a point, with which it was once charged."""
    p, e, charge = _charge("sde2021", "31", "path.ve")
    assert compare(p, e, charge).verdict == "proved"
    assert compare(p, e, replace(charge, forms=("started from a point",))).verdict == "refuted"
    assert compare(p, e, replace(charge, forms=("variance linear in time",))).verdict == "refuted"
    for at in ("135", "142"):
        p, e, charge = _charge("luo2022", at, "vdm.posterior.mean.score")
        slip = replace(
            e, parts=tuple(replace(q, latex=q.latex.replace("1-\\alpha_t", "1-\\bar\\alpha_t")) for q in e.parts)
        )
        assert slip != e and compare(p, slip, charge).verdict == "refuted"


def test_an_equation_with_another_meaning_than_the_false_sentence_is_refuted() -> None:
    p, e, charge = _charge("luo2022", "151", "vdm.score.pathwise")
    for latex in (
        ("g_t", r"\frac{1}{\sqrt{1-\bar\alpha_t}} \epsilon_0"),
        ("g_t", r"-\epsilon_0"),
        ("x_t", "right side"),
    ):
        assert compare(p, e, replace(charge, latex=latex)).verdict == "refuted"
    p, e, charge = _charge("ddim2021", "App. B (vi)", "ddim.theorem1")
    assert compare(p, e, replace(charge, latex=(r"1 / \left( 2 d \sigma_t^2 \right)",))).verdict == "refuted"
    sentence = next(c for c in e.charged if c.equals == "sentence")
    assert compare(p, e, sentence).verdict == "proved"
    for times in ("1/(eps - eps_hat)", "2/(eps - eps_hat)**2"):
        assert compare(p, e, replace(sentence, times=times)).verdict == "refuted"
    p, e, charge = _charge("luo2022", "142", "vdm.score.pathwise")
    assert compare(p, e, charge).verdict == "proved"
    for times in ("-16*sigma_t/15", "16*sqrt(alpha_t**2 + sigma_t**2)/15"):
        assert compare(p, e, replace(charge, times=times)).verdict == "refuted"


def test_what_is_right_is_no_wrong_form() -> None:
    """Score SDE (31) at s = 0 with the variance (29) there: what is printed is then the answer."""
    p, e, charge = _charge("sde2021", "31", "path.ve")
    right = compare(p, e, replace(charge, latex=("variance of (30) by (29)",)))
    assert right.verdict == "refuted"
    claim = claims()["path.ve"]
    assert dict(claim.wrong)[charge.forms[0]].answer.sigma2_ts != claim.answer.sigma2_ts


def test_a_form_that_the_claim_does_not_have_is_an_error() -> None:
    p, e, charge = _charge("sde2021", "31", "path.ve")
    for slip in (replace(charge, forms=("nothing",)), replace(charge, equals="answer.nothing")):
        with pytest.raises(ValueError, match="expected answer, answer"):
            compare(p, e, slip)
