"""Claims as files of Coq: terms that are read back as they were, theorems, files without axioms, and their command."""

import re
from dataclasses import replace
from pathlib import Path

import pytest
from sympy import Abs, Expr, Integral, Max, Rational, Symbol, cosh, erf, erfc, erfinv, exp, log, pi, sqrt, srepr

from derivations.catalogue import claims, tags
from derivations.kernel import stated
from derivations.kernel.corrupted import corruptions
from derivations.kernel.exported import digest, exported
from derivations.kernel.names import identifiers
from derivations.kernel.reading import Reader, Unread, theorem
from derivations.kernel.stated import Theorem, theorems
from derivations.kernel.terms import Beyond, term
from tests.support.command import document, udm

x, y = Symbol("x", real=True), Symbol("y", positive=True)
t = Symbol("t", real=True)
NAMES = {x: "x", y: "y", t: "t"}
TERMS = {
    x + y: "x + y",
    x - 2 * y: "x - 2 * y",
    -x / (2 * y): "- x / (2 * y)",
    (x + 1) ** 2 / y**3: "(1 + x) ^ 2 / y ^ 3",
    Rational(-3, 4) * x: "- 3 * x / 4",
    1 / sqrt(y): "1 / sqrt y",
    sqrt(y) ** 3: "sqrt y ^ 3",
    y ** Rational(1, 3): "Rpower y (1 / 3)",
    y**x: "Rpower y x",
    exp(-x) * log(y): "exp (- x) * ln y",
    exp(1) + pi: "exp 1 + PI",
    Abs(x) + Max(x, y, 1): "Rabs x + Rmax (Rmax 1 x) y",
    cosh(x / 2): "cosh (x / 2)",
    erf(x / 2) + erfc(y): "erf (x / 2) + erfc y",
    Integral(x * t, (t, 0, y)): "RInt (fun t => t * x) 0 y",
}
SAMPLE = ("vdm.posterior.mean", "vdm.kl.expm1", "ddpm.posterior", "log.tangent", "vdm.gamma.monotone", "path.subvp")


@pytest.mark.parametrize("e", TERMS, ids=str)
def test_a_term_is_as_one_would_write_it_and_is_read_back_exactly(e: Expr) -> None:
    assert term(e, NAMES) == TERMS[e]
    assert srepr(Reader(TERMS[e], {name: v for v, name in NAMES.items()}).sum()) == srepr(e)


def test_what_has_no_term_is_refused() -> None:
    with pytest.raises(Beyond, match="erfinv has no term"):
        term(erfinv(x), NAMES)
    with pytest.raises(Beyond, match="z has no identifier"):
        term(Symbol("z") + 1, NAMES)
    with pytest.raises(Beyond, match="z has no identifier"):
        term(Integral(x, (Symbol("z"), 0, 1)), NAMES)


def test_identifiers_are_distinct_and_none_is_a_word_of_coq() -> None:
    alike = [
        Symbol("a", real=True),
        Symbol("a", positive=True),
        Symbol("R"),
        Symbol("end"),
        Symbol("q_{t|s}"),
        Symbol("hyp1"),
    ]
    found = identifiers(alike)
    assert len(set(found.values())) == len(alike)
    assert {found[Symbol("R")], found[Symbol("end")], found[Symbol("hyp1")]} == {"R_", "end_", "hyp1_"}
    assert all(re.fullmatch(r"[A-Za-z][A-Za-z0-9_']*", name) for name in found.values())


@pytest.mark.parametrize(
    "text", ["Axiom a : x = x.", "Theorem a : x = .", "Theorem a : x = x. Axiom", "Theorem a : x > x."]
)
def test_a_text_that_is_no_theorem_is_not_read(text: str) -> None:
    with pytest.raises((Unread, KeyError)):
        theorem(text, {"x": x})


@pytest.mark.parametrize("name", SAMPLE)
def test_each_statement_is_read_back_as_the_engines_judge_it(name: str) -> None:
    claim = claims()[name]
    for number, statement in enumerate(claim.statements(), start=1):
        first, *_ = theorems(claim, number, "T_X")
        _, read = theorem(first.text, {text: v for v, text in first.names.items()})
        assert [srepr(side) for side in read[-1][::2]] == [srepr(side) for side in statement[:2]]  # type: ignore[arg-type]
        assumed = {(srepr(a.lesser), srepr(a.greater)) for a in claim.assumptions()}
        assert {(srepr(low), srepr(high)) for low, _, high in read[:-1]} <= assumed


def test_a_theorem_that_would_be_read_back_as_another_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    true = Theorem("T_X_1", (x, y), ((x, "<", y),), (x + y, "=", y + x))
    assert true.text == "Theorem T_X_1 : forall (x y : R),\n  x < y ->\n  x + y = x + y."
    monkeypatch.setattr(stated, "term", lambda e, names: term(e, names).replace("x + y", "x - y"))
    with pytest.raises(Beyond, match="not read back"):
        _ = replace(true, name="T_X_2").text


def test_an_assumption_about_other_symbols_is_left_out_and_any_other_is_a_premise() -> None:
    claim = claims()["vdm.kl.expm1"]
    (statement,) = theorems(claim, 1, "T_0WF1")
    assert "gamma_s < gamma_t ->" in statement.text
    assert all(v in statement.variables for r in statement.premises for v in (r[2] - r[0]).free_symbols)


@pytest.mark.parametrize("name", SAMPLE)
def test_a_file_has_no_axiom_of_ours_and_asks_for_those_of_coq(name: str) -> None:
    claim, tag = claims()[name], tags()[name]
    proofs = {"1": "sign" if claim.kind == "inequality" else "field"}
    text = exported(claim, tag, proofs)
    assert not re.search(
        r"\b(Axiom|Admitted|admit|Parameter|Hypothesis|Variable|Conjecture)s?\b", text.split("*)", 1)[1]
    )
    assert f"Theorem T_{tag}_1 :" in text and text.rstrip().endswith(f"Print Assumptions all_{tag}.")
    assert digest(text) == digest(exported(claim, tag, proofs))


def test_corruptions_differ_from_the_theorem_and_are_of_each_kind() -> None:
    (true,) = theorems(claims()["vdm.kl.single"], 2, "T_8B2U")
    found = list(corruptions(true))
    assert all(one.theorem != true for one in found)
    assert {"a sign", "sigma_s for sigma_t"} <= {one.how for one in found}
    assert sum(one.how.startswith("without ") for one in found) == len(true.premises)


def test_the_command_writes_a_file_a_claim(tmp_path: Path) -> None:
    told = document("export", "coq", "999C", "vdm.kl.single", "--out", str(tmp_path))
    assert [one["tag"] for one in told["files"]] == ["999C", "8B2U"]
    for one in told["files"]:
        text = Path(one["file"]).read_text()
        assert f"T_{one['tag']}_1 :" in text and one["theorems"] > 0


def test_a_run_to_export_is_one() -> None:
    refused = udm("export", "run", "999C")
    assert refused.exit_code == 2 and "expected one run or checkpoint, got run and 999C" in refused.output


def test_a_claim_without_theorems_has_no_file_and_the_reason_is_in_words(tmp_path: Path) -> None:
    told = document("export", "coq", "langevin.mean", "999C", "--out", str(tmp_path))
    without, with_ = sorted(told["files"], key=lambda row: row["theorems"])
    assert without["file"] is None and [f.name for f in tmp_path.iterdir()] == [Path(with_["file"]).name]
    assert set(without["left"].values()) == {"an integral over the line of any density has no term"}
