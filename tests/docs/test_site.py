"""The site: a page for each tag, that agrees with what commands print; formulas without script; checks that fire."""

import json
import re
import warnings
from dataclasses import replace
from pathlib import Path

import pytest
from docutils import nodes
from pybtex.database import parse_string
from sphinx.cmd.build import build_main

from derivations.catalogue import Entry, claims, tags
from derivations.form.known import left
from derivations.form.numbers import in_numbers
from derivations.judge.digest import digest, digest_of
from derivations.judge.rows import ClaimRow, JudgedRow
from derivations.kernel.engine import kernel, signature
from derivations.papers.paper import papers
from docs.checks import accessibility
from docs.checks.__main__ import main
from docs.checks.pages import Page, dead, faults, page
from docs.extension.mathml import STRUT, mathml, shown
from docs.site import claim, evidence, history, records, sources
from docs.site.badge import badge, package
from docs.site.papers import docname, pieces, resting
from tests.support.shell import ROOT
from udm.cli.bibtex import tex
from udm.cli.cite import FORMATS, facts_of
from udm.cli.one import row_of
from udm.cli.page import sections
from udm.cli.release import Release, address, addressed
from udm.cli.standing import below_in_words, in_words

pytestmark = pytest.mark.xdist_group("docs")  # one worker loads the claims, and keeps their evidence
FEW = ("vdm.forward.marginal", "kl.gauss", "vdm.score.pathwise")  # a definition, a theorem, a refuted sentence
PAPER = "minsnr2023"


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a site of a few claims and one paper; what rests on them is left out, for it takes reading all claims."""
    folder, out = tmp_path_factory.mktemp("sources"), tmp_path_factory.mktemp("site")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("docs.site.extension.users", lambda name: [])
        sources.write(folder / "index.md", "# A few claims\n")
        sources.of_claims(folder, FEW)
        sources.of_papers(folder, [PAPER])
        with warnings.catch_warnings():
            for old in (DeprecationWarning, PendingDeprecationWarning):  # of Sphinx to its own extensions
                warnings.simplefilter("ignore", old)
            told = ["-W", "-q", "-b", "html", "-D", "suppress_warnings=ref.ref", "-c", str(ROOT / "docs")]
            assert build_main([*told, str(folder), str(out)]) == 0
        sources.beside(out, FEW)
    return out


def text_of(built: Path, name: str) -> str:
    return (built / "tag" / tags()[name] / "index.html").read_text()


@pytest.mark.parametrize("name", FEW)
def test_a_page_agrees_with_udm_show(built: Path, name: str) -> None:
    """What stands beside the page is what `udm show --json` prints, and the page has its parts."""
    row = row_of(Entry(tags()[name], name))
    beside = json.loads((built / "tag" / f"{tags()[name]}.json").read_text())
    assert {key: beside[key] for key in row} == json.loads(json.dumps(row))
    words = " ".join(page("p", text_of(built, name)).words.split())
    assert row["digest"] in words and in_words(row) in words and f"udm verify {row['tag']} --no-cache" in words
    assert [a["text"] for a in row["assumptions"] if a["text"] not in words] == []
    assert [w["breaks"] for w in row["wrong"] if "\\" not in w["breaks"] and w["breaks"] not in words] == []
    assert [step["why"] for chain in beside["proof"] for step in chain if _plain(step["why"], words)] == []
    assert [
        s["name"].split(",")[0] for s in row["sources"] if s["name"].split(",")[0].split(" (")[0] not in words
    ] == []
    assert text_of(built, name).count("<math") > len(beside["statement"])


ELSEWHERE = {"Where", "Replay"}  # the head of the page has the first, its citation the second


@pytest.mark.parametrize("name", (*FEW, "score.tweedie"))
def test_a_page_has_the_sections_of_udm_show(name: str) -> None:
    """Its headings are those of `udm show`; without what stands for the general case or in numbers it lacks some."""
    of = records.record(name)
    asked = {s.heading.partition(" for ")[0] for s in sections(of.claim, of.row) if s.lines}
    parts = [*claim.statement(of, "p"), *claim.generality(of), *claim.assumptions(of), *claim.derivation(of, "p"),
             *claim.wrong_forms(of, "p"), *evidence.engines(of), *evidence.implementation(of, "p"),
             *claim.sources_of(of, "p"), *claim.relations(of, "p", [])]  # fmt: skip
    titles = {title.astext().split(" 1 of ")[0] for part in parts for title in part.findall(nodes.title)}
    wanted = {heading.split(" 1 of ")[0] for heading in asked if " of " not in heading or " 1 of " in heading}
    assert wanted - titles == ELSEWHERE and "In general" in wanted
    assert wanted - (titles - {"In general"}) == ELSEWHERE | {"In general"}
    words = " ".join(part.astext() for part in parts)
    assert of.claim.means in words and [one for one in in_numbers(of.claim) if one not in words] == []


def test_a_page_says_which_statements_a_kernel_signed(built: Path) -> None:
    of = records.record("kl.gauss")
    signed = signature(kernel(of.claim, of.tag))
    assert " ".join(signed.split()) in " ".join(page("p", text_of(built, "kl.gauss")).words.split())


def _plain(why: str, words: str) -> bool:
    return "\\" not in why and " ".join(why.split()) not in words


def test_a_refuted_claim_says_what_is_false_before_what_is_true(built: Path) -> None:
    words = page("p", text_of(built, "vdm.score.pathwise")).words
    assert words.index("What is false") < words.index("What is true instead")
    assert "Refutes: grad log q(z_t) = -eps/sigma_t" in words and "Luo v1 (132)" in words


def test_pages_have_no_faults_and_fetch_nothing(built: Path) -> None:
    paths = [f"tag/{tags()[name]}/index.html" for name in FEW] + [f"paper/{PAPER}/index.html"]
    found = [page(path, (built / path).read_text()) for path in paths]
    assert faults(found, built) == []
    assert all("mathjax" not in (built / path).read_text().lower() for path in paths)


FAULTY = {
    "a dead link": ('<a href="b.html">b</a>', "dead link b.html"),
    "a link to no place": ('<a href="#c">c</a>', "dead link #c"),
    "an id twice": ('<p id="a"></p><p id="a"></p>', "two elements have the id a"),
    "a script from elsewhere": ('<script src="https://cdn.example/x.js"></script>', "fetched from elsewhere"),
    "an end tag too many": ("<p>a</div></p>", "End tag (div) seen too early"),
    "an internal key": ("<p>luo2022 (84)</p>", "an internal key is shown: luo2022 (84)"),
    "a value without a word": ("<p>verdict None</p>", "an internal key is shown: None"),
    "a large page": (f"<p>{'a' * 200_000}</p>", "over 200,000"),
}


@pytest.mark.parametrize("case", FAULTY)
def test_a_planted_fault_is_found(case: str) -> None:
    body, complaint = FAULTY[case]
    whole = "<!doctype html><html><head><title>t</title></head><body>{}</body></html>"
    (told,) = faults([page("tag/a.html", whole.format(body))])
    assert complaint in told
    assert faults([page("tag/a.html", whole.format('<p id="a">a</p><a href="#a">a</a>'))]) == []


def test_a_link_to_a_folder_leads_to_its_page() -> None:
    there = Page("tag/0C7K/index.html", 0, frozenset({"a"}), (), (), "")
    links = Page("find/index.html", 0, frozenset(), ("../tag/0C7K/", "../tag/0C7K/index.html#a"), (), "")
    assert dead([there, links]) == []
    assert dead([links]) == [f"find/index.html: dead link {to}" for to in links.links]


def test_every_tag_gets_a_source_withdrawn_ones_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sources, "gone", lambda: {"0AAA": ("a.b", "withdrawn: it is false")})
    sources.of_claims(tmp_path, claims())
    assert {f.parent.name for f in tmp_path.rglob("index.rst")} == {*tags().values(), "0AAA"}
    assert "withdrawn: it is false" in (tmp_path / "tag" / "0AAA" / "index.rst").read_text()


def test_a_paper_says_of_a_claim_what_below_it_leaves_something_over(monkeypatch: pytest.MonkeyPatch) -> None:
    name = next(name for name, tag in tags().items() if tag == "2UHF")
    over = sorted(set(records.below(name)) & left().keys())
    assert over and all(one in resting(name) for one in over) and resting(name).endswith("something over)")
    assert resting("kl.gauss") == ""
    need = records.below("vdm.posterior")[0]
    monkeypatch.setattr("docs.site.papers.left", lambda: {need: "a reason"})
    assert resting("vdm.posterior") == f" (it rests on {need}, which leaves something over)" and resting(need) == ""


def test_every_equation_of_a_paper_is_on_one_of_its_pages() -> None:
    luo = papers()["luo2022"]
    every = [e for piece in pieces(luo) for e in piece if not isinstance(e, str)]
    assert every == list(luo.equations) and len(pieces(luo)) > 1
    assert [docname(luo, n) for n in range(2)] == ["paper/luo2022/index", "paper/luo2022/2"]


def test_a_changed_statement_changes_the_digest_on_its_page() -> None:
    """The digest is of the claim that is built: the same claim with another answer has another."""
    one = claims()["vdm.posterior.variance"]
    known = {need: digest(need) for need in one.needs}
    wrong = next(iter(one.wrong.values())).answer
    assert digest_of(one, known) == digest(one.name) == records.record(one.name).row["digest"]
    assert digest_of(replace(one, answer=wrong), known) != digest(one.name)


FORMULAS = (r"\begin{aligned} a &= \tilde\mu_t \\ b &\le 1 \end{aligned}", r"\arg\min_\theta L", r"a &= b \\ c &= d")


@pytest.mark.parametrize("latex", FORMULAS)
def test_formulas_become_mathml(latex: str) -> None:
    found = mathml(latex, block=True)
    assert found.startswith("<math") and "\\" not in found and "columnalign" not in found


def test_a_bar_under_a_root_is_no_part_of_it() -> None:
    """The root that has the bar itself is set higher, and none else, for roots of alpha are told from it by that."""
    assert mathml(r"\sqrt{\alpha}").count(STRUT) == mathml(r"\bar\alpha + \sqrt{\alpha}").count(STRUT) == 0
    assert f"<msqrt>{STRUT}" in mathml(r"\frac{\sqrt{\bar\alpha_t}}{\sqrt{\alpha}}")
    nested = mathml(r"\sqrt{a + \sqrt{1 - \bar\alpha}} + \sqrt{\bar\beta + \sqrt{c}}")
    assert nested.count(STRUT) == 2 and nested.split("<msqrt>")[2].startswith(STRUT)
    assert nested.split("<msqrt>")[3].startswith(STRUT)


def test_formulas_that_are_wider_than_the_page_scroll_and_show_it(built: Path) -> None:
    css = (built / "_static" / "udm.css").read_text()
    (rule,) = re.findall(r"^\.udm-display, article p:has\(> math\) \{\n(.*?)^\}", css, re.DOTALL | re.MULTILINE)
    assert "overflow-x: auto" in rule and "scrollbar-width: thin" in rule and rule.count("no-repeat scroll") == 2
    every = text_of(built, "kl.gauss").count('<math display="block"')
    assert every == text_of(built, "kl.gauss").count('tabindex="0"><math display="block"') > 0


@pytest.mark.parametrize("latex", (r"\frac{a}{", r"\nosuchcommand x", "a^2^3"))
def test_a_formula_that_does_not_convert_is_shown_as_it_is_typed(latex: str) -> None:
    with pytest.raises(ValueError, match="expected LaTeX that converts to MathML"):
        mathml(latex)
    assert shown(latex).startswith('<code class="udm-unread">')


def test_every_formula_of_papers_converts() -> None:
    latex = {e.latex for p in papers().values() for e in p.equations if e.latex}
    assert len(latex) > 500 and all(mathml(one, block=True) for one in latex)


def test_bibtex_parses(built: Path) -> None:
    for name in FEW:
        found = parse_string((built / "tag" / f"{tags()[name]}.bib").read_text(), "bibtex")
        assert f"udm:{tags()[name]}" in found.entries and len(found.entries) >= 1
    with pytest.raises(Exception, match=r"(?i)syntax|expected"):
        parse_string("@misc{a, title = {b}", "bibtex")


def row(**told: object) -> JudgedRow:
    """Return a row with what the words of a verdict are made of."""
    engines = [{"engine": e, "verdict": "proved"} for e in ("prove", "enclose")]
    base = {"green": True, "verdict": "proved", "refuted": None, "complaints": [], "kind": "equality"}
    return {**base, "engines": engines, "obligations": {"left": []}, **told}  # pyright: ignore[reportReturnType]


def test_a_verdict_in_words_never_says_more_than_the_verdict() -> None:
    left = row(verdict="consistent", obligations={"left": ["a > 0"]})
    assert in_words(row()).startswith("Proved: ") and in_words(left).startswith("Consistent, not proved: ")
    assert in_words(row(green=False, complaints=["it lacks"])) == "Not established: it lacks"
    assert below_in_words({}) == "It rests on no other claim"
    assert below_in_words({"a": row()}) == "Everything that it rests on is proved or a definition: 1 proved claim"
    for weak in (left, row(green=False)):
        assert below_in_words({"a": row(), "b": weak}) == "It rests on 2 claims, of which b is not wholly proved"


def test_addresses_have_one_base(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("UDM_SITE", raising=False)
    assert addressed("0C7K") == "tag/0C7K/ of the site that `udm site` builds"
    monkeypatch.setenv("UDM_SITE", "https://checks.example/udm")
    assert address("0C7K") == addressed("0C7K") == "https://checks.example/udm/tag/0C7K/"
    assert r"\newcommand*{\udm@site}{https://checks.example/udm/}" in package()
    assert Release("1", "", "").words == "udm 1"
    assert Release("1", "ab", "2026-01-02", True).words == (
        "udm 1, commit ab of 2026-01-02, with changes that are not committed"
    )


def test_a_badge_is_never_green_for_a_claim_that_is_not() -> None:
    assert "proved" in badge("0C7K", "proved")
    assert "proved" not in badge("0C7K", "proved", green=False) and "not green" in badge("0C7K", "proved", green=False)


def test_the_history_of_a_tag_is_that_of_the_repository() -> None:
    assert any(event.what.startswith("tag given to vdm.posterior") for event in history._given().get("0C7K", [])) or (
        not history._log()
    )
    assert all(
        "vdm.posterior.mean" in e.what or "999C" in e.what for e in history._changes("999C", "vdm.posterior.mean")
    )
    assert history._changes("999C", "vdm.posterior.mean")


def test_accessibility_that_was_not_checked_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "index.html").write_text("<!doctype html><html><head><title>t</title></head><body></body></html>")
    assert main(tmp_path, tmp_path / "none.js", every=False) == 0
    assert "accessibility was NOT checked" in capsys.readouterr().out
    told = ("a (dark)", {"violations": [["color-contrast", "Elements must have contrast", 3, "p"]]})
    assert accessibility.violations([told]) == [
        "a (dark): color-contrast: Elements must have contrast, 3 times, first at p"
    ]
    (tmp_path / "empty").mkdir()
    assert main(tmp_path / "empty", tmp_path / "none.js", every=False) == 1


def test_citations_say_the_same_whatever_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    """Measurements of code, which a machine has or has not, are no part of a citation."""
    found = records.record("vdm.posterior.variance")
    measured = {"engine": "implement", "verdict": "consistent"}
    engines = [e for e in found.row["engines"] if e["engine"] != "implement"]
    rows: list[ClaimRow] = [{**found.row, "engines": each} for each in (engines, [*engines, measured])]  # pyright: ignore
    told = [{**facts_of(one), "formulas": found.cited["formulas"]} for one in rows]
    for write in FORMATS.values():
        assert write(told[0]) == write(told[1])  # pyright: ignore[reportArgumentType]


@pytest.mark.parametrize("shape", FORMATS)
def test_citations_say_what_stands_for_the_general_case(shape: str) -> None:
    found = records.record("kl.gauss")
    told = {**found.cited, "means": "only MEANT here"}
    assert "In general: only MEANT here." in FORMATS[shape](told)  # pyright: ignore[reportArgumentType]
    assert "MEANT" not in FORMATS[shape](found.cited) and "In general: " in FORMATS[shape](found.cited)


def test_what_is_typed_is_set_as_such_in_latex(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("UDM_SITE", raising=False)
    assert tex("a_1 of `udm site_2`, not ` alone") == r"a\_1 of \texttt{udm site\_2}, not ` alone"
    found = records.record("kl.gauss").cited
    for shape in ("latex", "bibtex"):
        assert "`" not in FORMATS[shape](found) and r"\texttt{udm site}" in FORMATS[shape](found)
    assert "`udm site`" in FORMATS["text"](found)
