"""Each claim has a place in a paper or a reason why not, and every reference is to a place that exists."""

import ast
import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest
from sympy import Dummy
from typer.testing import CliRunner

from derivations.catalogue import claims
from derivations.form.claim import Claim
from derivations.form.parts import with_leaf
from derivations.judge.implemented import TAGGED, _files, _nodes, implemented_by
from derivations.papers import further
from derivations.papers.further import ours, works
from derivations.papers.ledger import coverage, ledger, row
from derivations.papers.paper import Equation, Paper, paper, papers
from derivations.papers.record import BECAUSE
from derivations.papers.references import named, resolve, spans
from derivations.papers.sources import sourced, sources
from udm.cli.app import app
from udm.cli.cite import origin
from udm.cli.ledger import _carrier

STATED = {e.claim for p in papers().values() for e in p.equations}


def charges(claim: Claim) -> Iterator[str]:
    """Return all places that a claim names as printing or containing something false."""
    yield from claim.printed_in
    yield from (place for w in claim.wrong.values() for place in w.seen_in)


def citations(claim: Claim) -> Iterator[str]:
    """Return the equations that the lines of a claim's proof cite."""
    yield from (line.eq for chain in claim.proof for line in chain if line.eq)


def places(references: Iterable[str]) -> list[tuple[Paper, Equation]]:
    resolved = (r for text in references for r in resolve(text) if isinstance(r.work, Paper))
    return [(r.work, e) for r in resolved for e in r.places if isinstance(r.work, Paper) and isinstance(e, Equation)]


def test_every_claim_has_a_place_in_a_paper_and_every_paper_a_version() -> None:
    assert [name for name in claims() if not sources(name)] == []
    assert all(p.version[0] == "v" and p.version[1:].isdigit() for p in papers().values())
    assert all(p.bibliography["url"].endswith(p.version) for p in papers().values())


def unstated(name: str, stated: set[str]) -> bool:
    """Return whether no paper states the claim, though it is no definition, no refuted reading and not ours."""
    return not claims()[name].is_definition and claims()[name].kind != "refuted" and name not in stated | ours().keys()


def test_a_claim_that_no_paper_states_is_ours_for_a_reason() -> None:
    assert [name for name in claims() if unstated(name, STATED)] == []
    assert unstated("vdm.posterior.mean", STATED - {"vdm.posterior.mean"})
    assert ours().keys() <= set(claims()) and all(ours().values())
    assert sorted(ours().keys() & STATED) == []


def strangers(claim: Claim) -> list[str]:
    """Return the places that a claim refers to and whose rows don't name it."""
    return [f"{p.key} {e.cited}" for p, e in places((*charges(claim), *citations(claim))) if claim.name not in e.claims]


def test_every_place_that_a_claim_refers_to_exists_and_names_it() -> None:
    assert {name: strangers(claim) for name, claim in claims().items() if strangers(claim)} == {}
    wrong = replace(claims()["kl.gauss"], printed_in=("luo2022 (87)",))
    assert strangers(wrong) == ["luo2022 (87)"]


def drifted(p: Paper, e: Equation) -> bool:
    """Return whether the line of the proof that a row names fails to cite the row's equation."""
    chain, line = map(int, e.line.split("."))
    return (p, e) not in places(filter(None, [claims()[e.claim].proof[chain - 1][line - 1].eq]))


def test_the_line_of_a_proof_that_carries_an_equation_cites_it() -> None:
    steps = [(p, e) for p in papers().values() for e in p.equations if e.line]
    assert [f"{p.key} {e.cited}" for p, e in steps if drifted(p, e)] == []
    assert len(steps) >= 80 and drifted(paper("luo"), replace(steps[0][1], line="1.1"))


def misled(p: Paper, e: Equation) -> bool:
    """Return whether a row names a derivation that is not there, or none of those that cite the row's equation."""
    proof, named = claims()[e.claim].proof, {int(n) for n in e.chains.split(", ")}
    cited = [[(q, x.number) for q, x in places(line.eq for line in chain if line.eq)] for chain in proof]
    citing = {n for n, found in enumerate(cited, start=1) if (p, e.number) in found}
    return not named <= set(range(1, len(proof) + 1)) or (bool(citing) and not named & citing)


@cache
def standing(claim: str, field: str) -> frozenset[int]:
    """Return the numbers of the statements in which a field of the answer stands; none where their number changes."""
    own = claims()[claim]
    one, other = (
        c.statements() for c in (own, replace(own, answer=with_leaf(own.answer, field, Dummy(positive=True))))
    )
    pairs = enumerate(zip(one, other, strict=True), start=1) if len(one) == len(other) else ()
    return frozenset(n for n, (said, changed) in pairs if said != changed)


def elsewhere(e: Equation) -> list[str]:
    """Return the parts of a row that are compared with what stands in none of the derivations that it names."""
    named = {int(n) for n in e.chains.split(", ")}
    places = ((part.name, *part.equals.partition(".")[::2]) for part in e.compared if part.equals.startswith("answer."))
    return [name for name, _, field in places if (at := standing(e.claim, field)) and not at & named]


def test_what_a_row_is_compared_with_stands_in_the_derivations_that_it_names() -> None:
    several = [(p, e) for p in papers().values() for e in p.equations if e.chains]
    assert {f"{p.key} {e.cited}": found for p, e in several if (found := elsewhere(e))} == {}
    by_number = {e.number: e for e in paper("vdm").equations}
    assert elsewhere(by_number["33"]) == [] and elsewhere(replace(by_number["33"], chains="2")) == ["variance"]


def undivided(p: Paper) -> list[str]:
    """Return the equations whose claims have several derivations, of which none is named; a false sentence has none."""
    rows = (e for e in p.equations if e.claim and not (e.is_remark or e.line or e.chains))
    several = (e for e in rows if not claims()[e.claim].is_definition and len(claims()[e.claim].proof) > 1)
    return [e.cited for e in several if not any("" in c.forms for c in e.charged)]


@pytest.mark.parametrize("work", ["ddpm2020", "iddpm2021", "ddim2021", "vdm2021", "luo2022"])
def test_each_equation_of_the_five_papers_names_its_derivations(work: str) -> None:
    p = paper(work)
    assert undivided(p) == []
    carried = next(e for e in p.equations if e.chains)
    rows = tuple(replace(e, chains="") if e is carried else e for e in p.equations)
    assert undivided(replace(p, equations=rows)) == [carried.cited]


def test_the_derivations_that_carry_an_equation_cite_it() -> None:
    """DDIM (14) is the slope of EDM's claim, not its Euler or Heun step."""
    several = [(p, e) for p in papers().values() for e in p.equations if e.chains]
    assert [f"{p.key} {e.cited}" for p, e in several if misled(p, e)] == []
    by_number = {e.number: e for e in paper("ddim").equations}
    assert by_number["14"].chains == "1" and not any(e.line for _, e in several) and len(several) > 30
    assert misled(paper("ddim"), replace(by_number["8"], chains="3")), "which (8) is not cited in"
    assert misled(paper("ddim"), replace(by_number["14"], chains="4")), "which is not there"


def test_what_a_refuted_claim_charges_is_a_misprint() -> None:
    charged = places(place for claim in claims().values() for place in claim.printed_in)
    assert charged and [f"{p.key} {e.cited}" for p, e in charged if not e.misprint] == []


def test_every_place_of_other_works_is_cited() -> None:
    references = [r for claim in claims().values() for text in charges(claim) for r in resolve(text)]
    cited = [(r.work.key, place) for r in references for place in r.places]
    assert [(w.key, p) for w in works().values() for p in w.places if (w.key, p) not in cited] == []


def test_only_the_papers_files_mark_numbers_as_unconfirmed() -> None:
    root = Path(further.__file__).parents[1]
    files = [f for f in root.rglob("*.py") if "unconfirmed" in f.read_text()]
    assert [f.name for f in files] == []


@pytest.mark.parametrize(
    ("text", "means"),
    [
        ("luo2022 (71)-(73), text after (85); ddpm2020 (7)", "Luo v1 (71)-(73), text after (85); DDPM v2 (7)"),
        ("ddpm2020 (6)-(7)", "DDPM v2 (6), (7)"),
        ("note002 line 57", "study note 002, line 57"),
        ("web many pages", "many pages"),
    ],
)
def test_a_reference_is_read_and_printed(text: str, means: str) -> None:
    assert named(text) == means


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("luo2022 (171)", r"a place of luo2022, got '\(171\)'"),
        ("luo2022 84", "a place of luo2022, got '84'"),
        ("luo2023 (84)", "a key of a paper or of further.toml, got 'luo2023'"),
        ("note002 line 1", "a place of note002, .* got 'line 1'"),
    ],
)
def test_a_reference_to_nothing_is_refused(text: str, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        resolve(text)


def test_equations_in_a_row_are_one_span() -> None:
    p = paper("dpm2022")
    assert spans([e for e in p.equations if e.number in ("3.3", "3.4", "3.5", "section 3.1")]) == (
        "section 3.1, (3.3)-(3.5)"
    )


ROW = {
    "name": "vdm.score.pathwise",
    "own": None,
    "refuted": {"sentence": "", "printed_in": ["luo2022 (132), (142)"], "instead_is": "proved"},
    "wrong": [{"name": "sign", "seen_in": ["note002 line 57", "luo2022 (133)"]}],
}


def test_a_row_has_its_sources_and_names_for_keys() -> None:
    row = sourced(ROW)
    luo = next(s for s in row["sources"] if s["work"] == "luo2022")
    assert (luo["name"], luo["confirmed"], luo["states"]) == ("Luo v1 (132)", True, True)
    assert row["wrong"][0]["seen_in"] == ["study note 002, line 57", "Luo v1 (133)"]
    assert row["refuted"]["printed_in"] == ["Luo v1 (132), (142)"]
    unconfirmed = next(s for s in sourced(ROW | {"name": "iddpm.cosine"})["sources"] if s["work"] == "iddpm2021")
    assert not unconfirmed["confirmed"] and unconfirmed["reading"].startswith("angle = pi / (2 (1 + s))")


def test_the_ledger_names_what_refutes_a_misprint() -> None:
    rows = {"vdm.score.pathwise": ROW | {"verdict": "refuted", "green": True}}
    by_number = {r["equation"]: r for r in ledger(paper("luo"), rows)["rows"]}
    assert by_number["142"]["misprint"] and by_number["142"]["refuted_by"] == ["vdm.score.pathwise"]
    assert by_number["133"]["refuted_by"] == ["vdm.score.pathwise: sign"]
    assert by_number["84"]["misprint"] and by_number["84"]["refuted_by"] == []


def test_only_what_prints_a_false_sentence_is_refuted() -> None:
    """A line of the proof belongs to what is true instead, and has the verdict on that."""
    rows = {"vdm.score.pathwise": ROW | {"verdict": "refuted", "green": True}}
    by_number = {r["equation"]: r for r in ledger(paper("luo"), rows)["rows"]}
    assert (by_number["132"]["verdict"], by_number["132"]["refutes"]) == ("refuted", None)
    assert (by_number["131"]["verdict"], by_number["131"]["refutes"]) == ("proved", "(132), (142)")
    assert _carrier(by_number["131"]).endswith("score.pathwise: proved (line 1.2 of a claim that refutes (132), (142))")
    unsure = {**ROW, "refuted": {**ROW["refuted"], "printed_in": [], "instead_is": "consistent"}}
    rows = {"vdm.score.pathwise": unsure | {"verdict": "refuted", "green": True}}
    row = next(r for r in ledger(paper("luo"), rows)["rows"] if r["equation"] == "131")
    assert (row["verdict"], row["refutes"]) == ("consistent", "a tempting reading")


@pytest.mark.parametrize(
    ("now", "then", "why"),
    [
        ('kind = "note"', 'kind = "rumour"', "expected a kind of"),
        ('version = "sha256 38603c0f"', "", "expected a version"),
    ],
)
def test_faults_of_other_works_are_named(
    now: str, then: str, why: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "further.toml"
    file.write_text(further.FILE.read_text().replace(now, then, 1))
    monkeypatch.setattr(further, "FILE", file)
    works.cache_clear()
    try:
        with pytest.raises(ValueError, match=why):
            works()
    finally:
        works.cache_clear()


def test_a_reason_why_no_claim_carries_an_equation_is_its_own() -> None:
    """Each reason names what is missing, instead of saying that it is not done yet."""
    reasons = [e.uncovered for p in papers().values() for e in p.equations if e.uncovered]
    assert reasons and [r for r in reasons if re.search(r"\byet\b|^no claim carries it$", r)] == []


def test_a_false_sentence_is_not_stated_by_the_paper_that_prints_it() -> None:
    places = {"misprint": True, "states": True}, {"misprint": False, "states": True}
    luo = {"work": "luo2022", "name": "Luo v1 (132)", "confirmed": True}
    lead = [next(origin({"sources": [{**luo, **p}], "ours": None})) for p in places]
    assert lead == ["Printed wrong in Luo v1 (132) of 2022.", "Stated in Luo v1 (132) of 2022."]


def test_a_misprint_among_the_equations_that_state_a_claim_is_said() -> None:
    (luo,) = (s for s in sources("ddpm.posterior") if s.paper.key == "luo2022")
    assert any(m.startswith("Luo v1 (84): ") for m in luo.misprints)
    assert not any(s.misprints for s in sources("ddpm.posterior") if s.paper.key == "ddpm2020")
    (alike,) = (s.misprints for s in sources("ddpm.loss.eps") if s.paper.key == "luo2022")
    assert [m.partition(": ")[0] for m in alike] == ["Luo v1 (145)-(147)", "Luo v1 (148)"], "one fault is said once"
    page = CliRunner().invoke(app, ["show", "5BUN"]).stdout
    assert "misprint in Luo v1 (84): " in page
    assert "Misprint in Luo v1 (84): " in CliRunner().invoke(app, ["cite", "5BUN"]).stdout


def test_an_equation_without_a_claim_says_what_it_is() -> None:
    """What a machine could check is counted apart from definitions, algorithms and remarks."""
    rows = [e for p in papers().values() for e in p.equations if e.uncovered]
    assert {e.because for e in rows} == set(BECAUSE)
    totals = ledger(paper("ddim"), {})["totals"]
    assert totals["open"] == sum(e.is_open for e in paper("ddim").equations) > 0
    words = re.compile(r"a definition|an algorithm|a remark|an empirical|of the released code")
    assert [e.cited for e in rows if e.is_open and words.match(e.uncovered)] == []


OTHERWISE = {  # names that cite an equation and implement another claim by it
    "udm.sample.encode.ddim_inverse": "the inverse of the step (12)",
    "udm.sample.sampler.Euler": "the flow (1) in z/alpha and sigma/alpha",
    "udm.schedule.betas.Betas": "of (4), what alpha-bar is",
    "udm.schedule.betas.Betas.cosine": "of (17), the betas",
}


def unclaimed(name: str, doc: str) -> list[str]:
    """Return the equations that a docstring cites one by one, and the claims that carry them and that it omits."""
    source = " ".join("".join(re.findall(r"Source: (.*?)(?:\n\n|\Z)", doc, re.DOTALL)).split())
    given = {c for found in TAGGED.finditer(doc) for c in re.split(r"[,\s]+", found["names"])}
    of = {p.bibliography["arxiv"]: p for p in papers().values() if "arxiv" in p.bibliography}
    cited = [
        (of[a[1]], part) for part in source.split(";") if (a := re.search(r"(\d{4}\.\d{4,5})", part)) and a[1] in of
    ]
    missing = []
    for p, part in cited:
        numbers = re.findall(r"(?<!-)\((\d+)\)(?!-)", part)
        missing += [
            f"{name}: {e.cited} is {e.claim}" for e in p.equations if e.number in numbers and e.claim not in given
        ]
    return [one for one in missing if given and not one.endswith("is ")]


def test_what_cites_an_equation_names_the_claim_that_carries_it() -> None:
    """`udm show "ddim 12"` lists what implements it; a docstring that has another claim alone is reported."""
    nodes = [
        (name, ast.get_docstring(node) or "")
        for path, inside in _files("udm")
        for name, node in _nodes(ast.parse(path.read_text()), ".".join(("udm", *inside.with_suffix("").parts)))
    ]
    assert [one for name, doc in nodes if name not in OTHERWISE for one in unclaimed(name, doc)] == []
    assert all(unclaimed(name, doc) for name, doc in nodes if name in OTHERWISE), "no exception is needed"
    assert {"udm.sample.sampler.DDIM", "udm.sample.step.ddim"} <= set(implemented_by()["ddim.step"])
    planted = "Source: Song et al., arXiv 2010.02502v4, eq. (12) and (16).\n\nClaim: ddim.marginal, ddim.eta"
    assert unclaimed("f", planted) == ["f: (12) is ddim.step"]
    assert unclaimed("f", planted.replace("ddim.marginal,", "ddim.step,\n    ddim.marginal,")) == []


def test_ledgers_pages_and_tables_count_the_same_rows_as_not_confirmed() -> None:
    for p in papers().values():
        rows = [row(p, e, {}) for e in p.equations]
        marked, told = sum(not r["confirmed"] for r in rows), coverage(p)
        totals = ledger(p, {})["totals"]
        assert totals["not_confirmed"] == marked
        assert sum(map(int, re.findall(r"(\d+) of \d+ (?:equations|remarks)(?! carried)", told))) == marked, told
    luo = papers()["luo2022"]
    assert "0 of 170 equations and 18 of 18 remarks" in coverage(luo) and "No copy of the paper itself" in luo.checked
