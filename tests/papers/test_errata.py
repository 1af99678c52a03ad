"""Errata: each fails at its witness, is linked to claim and source, and is counted once; each check is seen to fire."""

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest

from derivations.errata import places
from derivations.errata.distinct import repeated, same
from derivations.errata.evaluated import Undefined, apart, evaluated, shown
from derivations.errata.faults import faults
from derivations.errata.linked import unlinked
from derivations.errata.listing import listing, mechanical, row
from derivations.errata.places import errata_at, printed_wrong, slip_or_error
from derivations.errata.record import Errata, Erratum, Printed, Uncounted, read, recorded
from derivations.errata.witness import witness
from derivations.papers.paper import paper, papers
from derivations.papers.resolve import reason

ROOT = Path(__file__).parents[2]
FLOOR = 66  # of the count: a reviewer withdrew eleven that were choices, readings or one error twice
pytestmark = pytest.mark.xdist_group("every claim")  # one worker builds all claims


def one(claim: str, form: str) -> Erratum:
    return next(e for e in recorded().errata if (e.claim, e.form) == (claim, form))


def test_there_are_as_many_as_there_were_and_none_has_a_fault() -> None:
    errata = recorded().errata
    assert list(faults(errata)) == []
    assert len(errata) >= FLOOR
    assert sum(map(mechanical, errata)) >= 18


def test_errata_are_what_claims_charge_sources_with() -> None:
    assert list(unlinked(recorded())) == []


def test_the_readme_has_the_count() -> None:
    assert f"counts {len(recorded().errata)} mathematical errors" in (ROOT / "README.md").read_text()


EXPM1 = ("vdm.kl.expm1", "exp(gap - 1)")


def slips() -> Iterator[tuple[Erratum, str]]:
    """Errata with one fault, each with the complaint."""
    e = one(*EXPM1)
    yield replace(e, wrong=e.right), "expected a point at which"
    yield replace(e, wrong="(eps - eps_hat)**2*(exp(gamma_t)/exp(gamma_s) - 1)/2"), "expected a point at which"
    yield replace(e, at={**e.at, "eps_hat": e.at["eps"]}), "expected a point at which"
    yield replace(e, at={**e.at, "other": Fraction(1)}), "expected a point of the letters of both forms, got other"
    yield replace(e, printed=(Printed("note004 line 1", "x"),)), "expected a place of note004"
    yield replace(e, printed=(Printed("nobody2020 (1)", "x"),)), "expected a key of a paper"
    yield replace(e, printed=()), "expected a place that prints it"
    yield replace(e, printed=(Printed("note004 line 131", " "),)), "expected what is printed at note004 line 131"
    yield replace(e, severity="grave"), "expected a severity of result"
    yield replace(e, claim="vdm.nothing"), "expected a claim of the catalogue"
    yield replace(e, relation="<"), "with `instead` where it is not ="
    yield replace(e, formula=r"\beta"), "expected a formula that stands in what is printed"
    yield replace(e, formula="", leaf=""), "expected a leaf, a formula or words"
    yield replace(e, of=""), "expected of which quantity both numbers are"


@pytest.mark.parametrize(("slip", "complaint"), [*slips()], ids=lambda x: x if isinstance(x, str) else "")
def test_a_fault_is_named(slip: Erratum, complaint: str) -> None:
    assert list(faults([one(*EXPM1)])) == []
    assert any(complaint in fault for fault in faults([slip]))


def test_a_duplicate_is_rejected_whatever_its_letters_and_its_place() -> None:
    e = one(*EXPM1)
    elsewhere = (Printed("web a public blog", "the same"),)
    renamed = replace(
        e,
        form="again",
        printed=elsewhere,
        wrong="(a - b)**2*exp(v - u - 1)/2",
        right="(b - a)**2*(exp(v)/exp(u) - 1)/2",
    )
    assert same(e, renamed)
    assert any("the same but for the names of letters" in fault for fault in repeated([e, renamed]))
    other = replace(renamed, right="(b - a)**2*(exp(v)/exp(u) - 1)/3")
    assert list(repeated([e, other])) == []
    sentence = replace(other, printed=e.printed)
    assert any("expected a sentence of its own" in fault for fault in repeated([e, sentence]))


def linked(*errata: Erratum) -> list[str]:
    """What is wrong with the links of some errata alone; that others are missing is not of interest."""
    return [fault for fault in unlinked(Errata(errata, ())) if "got neither" not in fault]


def test_a_link_that_does_not_hold_is_named() -> None:
    e = one(*EXPM1)
    assert linked(e) == []
    assert "expected as wrong what is printed" in " ".join(linked(replace(e, times="(eps - eps_hat)**2")))
    assert "expected as right what the claim has" in " ".join(linked(replace(e, right="2*(eps - eps_hat)**2")))
    assert "expected as wrong what the claim has" in " ".join(linked(replace(e, wrong="2", formula="")))
    assert "expected a form that a claim charges" in " ".join(linked(replace(e, form="squared distance dropped")))
    assert "expected the places of its claims" in " ".join(linked(replace(e, besides=("note004 line 44",))))
    more = replace(e, printed=(*e.printed, Printed("note004 line 44", "x")))
    assert "expected the places of its claims" in " ".join(linked(more))


def test_a_charge_in_neither_list_is_named() -> None:
    whole = recorded()
    rest = Errata(tuple(e for e in whole.errata if (e.claim, e.form) != EXPM1), whole.uncounted)
    assert list(unlinked(rest)) == [
        f"{EXPM1[0]}, {EXPM1[1]}: expected an erratum, or a reason why it is not counted, got neither"
    ]
    stale = Errata(whole.errata, (*whole.uncounted, Uncounted("a typo", "vdm.kl.expm1: nothing")))
    assert "expected a form that a claim charges a source with" in " ".join(unlinked(stale))


def test_the_witness_of_luo_45_is_that_of_two_states() -> None:
    """By hand: log(3^(3/4)/2) on the left, log(3^(1/2)/2) on the right."""
    found = witness(one("vdm.elbo1.consistency", "the law before for the bridge"))
    assert found.at == {"k": "3/4"}
    assert found.right == "0.130812035941" and found.wrong == "-0.143841036226"


def test_a_relation_fails_where_it_is_certainly_false() -> None:
    e = one("kl.gauss.nonnegative", "always strictly positive")
    assert e.relation == ">" and witness(e).off == "0"
    with pytest.raises(ValueError, match="expected a point at which"):
        witness(replace(e, at={**e.at, "m_1": Fraction(1)}))


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1/3 + 1/6", "1/2"),
        ("sqrt(9/4)", "3/2"),
        ("exp(0) + log(1)", "1"),
        ("2**-2", "1/4"),
        ("sqrt(2)**2", "2.00000000000"),
    ],
)
def test_values_by_hand(text: str, value: str) -> None:
    assert shown(evaluated(text, {})) == value


@pytest.mark.parametrize("text", ["1/0", "log(0)", "sqrt(-1)", "0**-1", "log(-2)"])
def test_what_has_no_value_is_undefined(text: str) -> None:
    with pytest.raises(Undefined):
        evaluated(text, {})


@pytest.mark.parametrize("text", ["x", "__import__('os')", "1.5", "x.y", "exp(1, 2)", "1 if 1 else 2"])
def test_what_is_no_arithmetic_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="expected arithmetic"):
        evaluated(text, {})


def test_what_may_be_equal_is_not_apart() -> None:
    assert not apart(evaluated("sqrt(2)*sqrt(3)", {}), evaluated("sqrt(6)", {}))
    assert apart(evaluated("sqrt(2)*sqrt(3)", {}), evaluated("sqrt(6) + 1/10**30", {}))


def test_a_file_with_an_unknown_key_is_refused() -> None:
    with pytest.raises(ValueError, match=r"errata\.toml: a: b: .*unexpected"):
        read('[[erratum]]\nclaim = "a"\nform = "b"\nunknown = 1')


def test_the_errata_of_a_work_are_those_that_name_it() -> None:
    luo = listing(paper("luo2022"))
    assert 13 <= len(luo["errata"]) < len(listing()["errata"])
    assert all(any(place.startswith("Luo") for place in e["seen_in"]) for e in luo["errata"])
    assert any(slip["at"] == "Luo v1 (20)" for slip in luo["recorded"])


def test_a_formula_that_a_machine_reads_is_told_from_words() -> None:
    assert row(one(*EXPM1))["mechanical"] and row(one("path.ve", "all noise from the start"))["mechanical"]
    assert not row(one("ddpm.marginal", "1 - beta for its root"))["mechanical"]


def test_what_errata_count_is_printed_wrong_and_a_slip_is_a_misprint(monkeypatch: pytest.MonkeyPatch) -> None:
    every = [e for p in papers().values() for e in p.equations if e.misprint]
    counted = {e["at"] for row in listing()["errata"] for e in row["printed"]}
    luo = {e.number: e for e in papers()["luo2022"].equations}
    assert "Luo v1 (22)" in counted and slip_or_error(luo["22"]) == slip_or_error(luo["169"]) == "printed wrong"
    assert slip_or_error(luo["84"]) == slip_or_error(luo["161"]) == "misprint"
    assert {slip_or_error(e) for e in every} == {"printed wrong", "misprint"}
    told = list(printed_wrong("cfg.eps", whole=False))
    assert told and told[0].startswith("printed wrong in Luo v1 (168)-(170): the left side")
    monkeypatch.setattr(places, "_places", dict)
    assert [one.replace("misprint", "printed wrong", 1) for one in printed_wrong("cfg.eps", whole=False)] == told


def test_an_erratum_that_no_claim_carries_is_named_in_the_reason() -> None:
    """And nothing else is: `reason` knows an erratum by what is charged, for papers know nothing of errata."""
    open_ = [(p, e) for p in papers().values() for e in p.equations if e.uncovered]
    named = {e.cited for p, e in open_ if "it is an erratum" in reason(p, e)}
    assert named == {e.cited for _, e in open_ if errata_at(e)} and "(22)" in named
    (luo,) = (reason(p, e) for p, e in open_ if (p.key, e.number) == ("luo2022", "22"))
    assert "(vae.samples: a sum for the average), printed wrong: the sum over the L samples" in luo
    assert all(e.misprint in reason(p, e) for p, e in open_)
    assert "misprint" not in " ".join(reason(p, e) for p, e in open_ if not e.misprint)
