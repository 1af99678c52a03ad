"""The papers' data have each equation once, with a claim or a reason, and independent transcriptions agree."""

from dataclasses import replace
from pathlib import Path

import pytest
from sympy import Symbol

from derivations.catalogue import claims
from derivations.papers.covered import transcribed
from derivations.papers.latex import Unread, ours, read
from derivations.papers.ledger import in_order, ledger, missing
from derivations.papers.numbers import absent, each, repeated
from derivations.papers.paper import FOLDER, Equation, Paper, Part, paper, papers
from derivations.papers.paper import read as read_paper
from derivations.papers.sources import sources
from derivations.papers.transcription import compare, located
from derivations.symbols import eta, var

COMPARED = [(p, e, part) for p in papers().values() for e in p.equations for part in e.compared]


@pytest.mark.parametrize(
    ("work", "equation", "part"), COMPARED, ids=lambda x: x if isinstance(x, str) else getattr(x, "number", None)
)
def test_two_transcriptions_agree(work: Paper, equation: Equation, part: Part) -> None:
    comparison = compare(work, equation, part)
    assert comparison.verdict in ("proved", "consistent"), (work.name, equation.number, part.name, comparison)


def test_every_paper_is_complete() -> None:
    assert missing() == []
    for p in papers().values():
        assert p.bibliography["authors"] and p.bibliography["title"] and p.version, p.key
        for e in p.equations:
            if e.line:
                located(claims()[e.claim], f"proof {e.line}")


def test_every_number_of_luo_is_present() -> None:
    assert [e.number for e in paper("luo").equations if e.numbered] == [str(n) for n in range(1, 171)]


@pytest.mark.parametrize("work", papers())
def test_every_number_of_a_paper_is_a_row_or_is_listed_as_unrecorded(work: str) -> None:
    """This holds up to the last known number, each once; the ledger shows it in its place."""
    p = paper(work)
    rows = [e.number for e in p.equations if e.numbered]
    assert absent([*rows, *p.unrecorded], p.last) == [] == repeated([*rows, *p.unrecorded])
    shown = [e if isinstance(e, str) else e.number for e in in_order(p) if isinstance(e, str) or e.numbered]
    held = [one for number in shown for one in each(number)]
    assert held == sorted(held) and sorted(shown) == sorted([*rows, *p.unrecorded])
    totals = ledger(p, {})["totals"]
    assert totals["unrecorded"] == len(held) - sum(len(each(number)) for number in rows)


def test_numbers_that_rows_leave_out_are_counted() -> None:
    assert absent(["1", "4-6", "84a", "9"], 12) == ["2-3", "7-8", "10-12"]
    assert absent(["2.1", "2.4", "3.2"]) == ["2.2-2.3", "3.1"] and absent([], 2) == ["1-2"] and absent([]) == []
    assert repeated(["1-3", "3", "4"]) == ["3"]


def test_at_least_120_equations_are_transcribed_twice_and_160_more_in_part() -> None:
    states = [transcribed(e) for p in papers().values() for e in p.equations]
    assert states.count("twice") >= 120 and states.count("twice") + states.count("in part") >= 280


def test_an_equation_is_transcribed_in_part_where_its_parts_do_not_cover_it() -> None:
    _, e, part = _part("luo", "85", "variance")
    assert transcribed(e) == "twice"
    assert transcribed(replace(e, latex=r"\tilde\beta = 42")) == "in part"
    assert transcribed(replace(e, latex=e.latex + " + C_1")) == "in part"
    assert transcribed(replace(e, latex=e.latex.replace("t-1", "t-2"))) == "in part"  # an index is part of a name
    assert (
        transcribed(replace(e, parts=(*e.parts, replace(part, equals="")))) == "twice"
    )  # it occurs in a part that is compared
    assert transcribed(replace(e, parts=(replace(part, equals=""),))) == "once"


def test_omitted_arguments_of_a_network_are_covered_but_numbers_in_them_are_not() -> None:
    _, e, _ = _part("iddpm2021", "13", "mean")
    assert transcribed(e) == "twice"
    assert transcribed(replace(e, latex=e.latex.replace("x_t,t", "x_t,t/2"))) == "in part"


@pytest.mark.parametrize("mark", ["'", "^*", r"^{\prime}", r"^{\dagger}", "!", r"_\star"])
def test_a_mark_on_a_symbol_is_not_dropped(mark: str) -> None:
    p, e, part = _part("luo", "84", "variance")
    marked = replace(part, latex=part.latex.replace(r"\bar\alpha_t}", rf"\bar\alpha_t{mark}}}"))
    assert marked.latex != part.latex
    with pytest.raises(Unread, match="expected"):
        compare(p, e, marked)


def test_a_slope_in_an_absent_symbol_agrees_with_nothing() -> None:
    p, e, part = _part("luo", "84", "variance")
    for latex in (r"\alpha_t^7", part.latex):
        assert compare(p, e, replace(part, latex=latex, slope_in="n")).verdict == "not_evaluated"


def _part(work: str, number: str, name: str) -> tuple[Paper, Equation, Part]:
    p = paper(work)
    e = next(e for e in p.equations if e.number == number)
    return p, e, next(part for part in e.parts if part.name == name)


@pytest.mark.parametrize(
    ("right", "slip"),
    [
        (r"\bar\alpha_{t-1}", r"\bar\alpha_t"),
        (r"1-\alpha_t", r"1-\bar\alpha_t"),
        (r"1-\bar\alpha_t", r"1-\bar\alpha_{t-1}"),
    ],
)
def test_an_index_error_in_a_transcription_is_caught(right: str, slip: str) -> None:
    p, e, part = _part("luo", "84", "variance")
    assert compare(p, e, part).verdict == "proved" and right in part.latex
    assert compare(p, e, replace(part, latex=part.latex.replace(right, slip, 1))).verdict == "refuted"


def test_a_convention_that_merges_two_symbols_is_refused() -> None:
    p, e, part = _part("luo", "84", "variance")
    assert compare(p, e, replace(part, with_={r"\bar\alpha_{t-1}": "alpha"})).verdict == "refuted"
    with pytest.raises(Unread, match="expected symbols"):
        compare(p, e, replace(part, with_={r"\alpha_t": "nobody"}))


def test_equations_up_to_a_constant_are_compared_by_slopes() -> None:
    p, e, part = _part("luo", "77", "exponent up to a constant")
    assert compare(p, e, part).verdict == "proved"
    assert compare(p, e, replace(part, slope_in="")).verdict == "refuted"
    assert compare(p, e, replace(part, latex=part.latex.replace(r"\sqrt{\alpha_t}", r"\alpha_t"))).verdict == "refuted"


@pytest.mark.parametrize(
    ("latex", "result"),
    [(r"\frac{a}{b}", "alpha/beta"), (r"\log \frac{a}{b} - 1", "log(alpha/beta) - 1"),
     (r"\sqrt{1-a} b^2", "sqrt(1-alpha)*beta**2"),
     (r"\left(1-a\right)\left(1-b\right)", "(1-alpha)*(1-beta)"), (r"\exp\left(-a\right) b", "exp(-alpha)*beta")],
)  # fmt: skip
def test_latex_is_read(latex: str, result: str) -> None:
    from derivations.papers.latex import ours

    assert read(latex, {"a": "alpha", "b": "beta"}) - ours(result) == 0


@pytest.mark.parametrize("latex", [r"\frac{a}", r"a + \mathbb{E} b", r"a c", r"\nabla a", r"a = b"])
def test_latex_other_than_arithmetic_of_known_symbols_is_refused(latex: str) -> None:
    with pytest.raises(Unread):
        read(latex, {"a": "alpha", "b": "beta"})


def test_faults_of_the_data_are_named(tmp_path: Path) -> None:
    text = (FOLDER / "luo2022_v1.toml").read_text()
    for now, then, why in [
        ('number = "84"', 'number = "85"', "each number once, got 85 again"),
        ('claim = "kl.gauss"\n', "", r"\(86\): expected a claim, or why"),
        ('because = "definition"', 'because = "so"', r"\(1\): expected what it is, one of definition, .*, got 'so'"),
        ('is = "answer", under = "marginal"', 'under = "none"', r"\(135\): expected a charge of forms as words, or"),
        ('under = "normals"', 'under = "nobody"', "expected a convention of"),
        ('place = "text before (31)"', 'place = "text, before (31)"', "expected a comma in no place"),
        ('place = "text before (31)"', 'number = "30.5"', "expected the LaTeX of an equation, or a remark"),
        ('number = "84"', 'number = "83.5"', "expected each number as an equation or as unrecorded, got neither of 84"),
        ('short = "Luo"', 'short = "Luo"\nnumbered = 171', "got neither of 171"),
        ('short = "Luo"', 'short = "Luo"\nunrecorded = ["84"]', "expected a number once, .* got 84 again"),
        ('short = "Luo"', 'short = "Luo"\nunrecorded = ["many"]', "expected numbers as unrecorded, got 'many'"),
        ('claims = ["ddpm.forward"]', 'claims = ["cfg.rescale"]', "expected an equation of each claim that is read"),
    ]:
        file = tmp_path / "luo.toml"
        file.write_text(text.replace(now, then, 1))
        with pytest.raises(ValueError, match=why):
            read_paper(file)


def test_the_ledgers_totals_agree_with_its_rows() -> None:
    document = ledger(paper("luo2022"), {})
    assert (
        document["totals"]["covered"] == len(document["rows"])
        and len(document["rows"]) + len(document["uncovered"]) == 170
    )
    assert {"equation", "claim", "tag", "line", "verdict", "transcribed"} <= set(document["rows"][0])
    assert document["totals"]["twice"] == sum(r["transcribed"] == "twice" for r in document["rows"])
    assert "Luo v1 (84), (85), (93)" in [s.name for s in sources("ddpm.posterior")]


def test_a_symbol_is_known_by_its_names_and_a_claims_own_comes_first() -> None:
    own = Symbol("eta")
    assert ours("var") == ours("Sigma") == var and ours("eta") == eta != own
    assert ours("eta", frozenset({own})) == own
