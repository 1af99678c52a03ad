"""What the documentation generates: formulas in sentences, rows of symbols, errata, trust, and links to claims."""

import pytest
from docutils import nodes

from derivations.catalogue import claims
from derivations.form.known import left
from derivations.papers.errata import misprints, refuted, refuted_of, works
from derivations.papers.glossary import declarations, glossary
from derivations.papers.paper import papers
from derivations.query.writing.conventions import conventions
from docs.extension.conventions import SOME, spoken
from docs.extension.docstrings import linked, skipped, without_factories
from docs.extension.mixed import mixed, parts
from docs.extension.names import defined
from docs.extension.rows import believed, left_over
from docs.extension.written import written
from udm import Marginal

pytestmark = pytest.mark.xdist_group("docs")  # one worker imports the claims, once

SENTENCES = {
    "no formula, E[x | z] and x_0": [(False, "no formula, E[x | z] and x_0")],
    r"the covariance is \sigma_t^2 I": [(False, "the covariance is"), (True, r"\sigma_t^2"), (False, "I")],
    r"given q(x_t \mid x_{t-1}, x_{t+1}), not": [
        (False, "given"),
        (True, r"q(x_t \mid x_{t-1}, x_{t+1})"),
        (False, ", not"),
    ],
    r"\alpha + \beta, twice": [(True, r"\alpha + \beta"), (False, ", twice")],
    r"a bracket (that opens \alpha": [(False, "a bracket (that opens"), (True, r"\alpha")],
}


@pytest.mark.parametrize("sentence", SENTENCES)
def test_formulas_in_sentences_are_set_as_mathematics(sentence: str) -> None:
    assert list(parts(sentence)) == SENTENCES[sentence]
    assert "".join(node.astext() for node in mixed(sentence)) == sentence
    assert any(isinstance(node, nodes.math) for node in mixed(sentence)) == ("\\" in sentence)


def test_symbols_have_meaning_domain_and_claims() -> None:
    rows = {name: term for terms in glossary().values() for term in terms for name in term.names}
    assert rows["alpha_ts"].latex == (r"\alpha_{t|s}",)
    assert rows["z_s"].latex == ("z_{s}", "z_{t}", "z_{u}")
    assert rows["alpha_ts"].domain == "positive"
    assert "vdm.posterior.mean" in rows["alpha_ts"].claims
    assert rows["beta"].meaning == "DDPM's beta_t, the variance of the step to t"
    assert set(rows["abar"].claims) <= set(claims())


def test_every_file_of_symbols_is_in_the_glossary() -> None:
    from derivations.papers.glossary import FOLDER

    assert set(glossary()) == {file.stem for file in FOLDER.glob("*.py")} - {"__init__"}


def test_a_symbol_without_a_meaning_is_refused() -> None:
    good = '(a,) = real("a")  # a length\n# widths\nb, c = positive("b c")\n'
    assert [d.meaning for d in declarations(good)] == ["a length", "widths"]
    with pytest.raises(ValueError, match="expected a comment with the meaning of b, c, got none"):
        list(declarations(good.replace("# widths\n", "\n")))


def test_the_errata_are_those_of_papers_and_claims() -> None:
    rows = refuted()
    assert [row.name for row in rows] == [name for name, c in claims().items() if c.kind == "refuted"]
    assert all(row.off.startswith("off by ") and row.at for row in rows)
    luo = papers()["luo2022"]
    assert "vdm.elbo1.consistency" in {row.name for row in refuted_of(luo, rows)}
    assert {p.key for p in papers().values() if any(e.misprint for e in p.equations)} <= {p.key for p in works()}
    assert sum(len(misprints(p)) for p in works()) == sum(
        bool(e.misprint) for p in papers().values() for e in p.equations
    )


def test_the_conventions_are_shown_by_what_they_mean_otherwise_than_we_do() -> None:
    rows = {row.name: row for row in spoken()}
    assert [*rows] == [c.name for c in conventions() if c.name != "ours"]
    assert all(0 < len(row.names) <= SOME for row in rows.values())
    assert (r"\alpha_t", "alpha") in rows["DDPM"].names and (r"\alpha_t", "abar") in rows["DDIM"].names
    assert rows["DDIM"].papers == ("DDIM v4",)


def test_the_page_of_trust_is_that_of_the_claims() -> None:
    assert {row.text for row in believed()} == {text for claim in claims().values() for text in claim.trust}
    assert [row.name for row in left_over()] == list(left())
    assert all(row.expectations > 0 for row in left_over())


def test_docstrings_link_their_claims() -> None:
    lines = ["Source: VDM.", "", "Claim: vdm.posterior, nobody", ""]
    linked(None, "function", "f", None, None, lines)
    assert lines == ["**Source:** VDM.", "", "**Claim:** :claim:`vdm.posterior`, ``nobody``", "", ""]


@pytest.mark.parametrize("default", ["<factory>", "<function <lambda>>", "<built-in function iter>"])
def test_defaults_without_a_text_in_python_are_dots(default: str) -> None:
    shown = without_factories(None, "class", "C", None, None, f"(a: int = {default}, *, b: int = 1)", "C")
    assert shown == ("(a: int = ..., *, b: int = 1)", "C")
    assert without_factories(None, "class", "C", None, None, None, None) == (None, None)


def test_fields_of_named_tuples_are_documented_by_the_tuple() -> None:
    assert skipped(None, "class", "alpha", Marginal.alpha, False, None) is True
    assert skipped(None, "class", "snr", Marginal.snr, False, None) is None


def test_public_names_lead_to_where_things_are_defined() -> None:
    assert defined("udm.posterior") == "udm.process.posterior"
    assert defined("udm.schedule.Cosine") == "udm.schedule.cosine.Cosine"
    assert defined("derivations.ask") == "derivations.query.ask.ask"
    assert [defined(name) for name in ("udm.nothing", "udm.nowhere.x", "torch.exp", "posterior")] == [None] * 4


def test_what_sphinx_writes_is_made_reachable_and_valid() -> None:
    """Lists of definitions without terms and headings of no level are faults of accessibility."""
    signature = '<dl>\n<dd><em class="sig-param">a</em>,</dd>\n</dl>'
    context = {"body": f'<pre>x</pre>{signature}<dl>\n<dt>b</dt>\n<dd>c</dd>\n</dl><p role="heading">d</p>'}
    written(None, "", "", context, None)
    assert '<pre tabindex="0">' in context["body"] and 'role="heading" aria-level="2"' in context["body"]
    assert '<span class="udm-parameter"><em class="sig-param">a</em>,</span>' in context["body"]
    assert "<dt>b</dt>\n<dd>c</dd>" in context["body"]
