"""`udm ask`: its output, its JSON document, its exit status, and the equations of a document."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from derivations.catalogue import claims
from derivations.query import ask as asking
from derivations.query.index.described import described
from derivations.query.standing import Stands
from udm.cli.app import app

NAMES = ("ddpm.posterior", "ddpm.marginal", "vdm.posterior.variance")
RIGHT = r"\frac{(1-\bar\alpha_{t-1})\beta_t}{1-\bar\alpha_t}"
WRONG = r"\frac{(1-\bar\alpha_t)\beta_t}{1-\bar\alpha_{t-1}}"
DRAW = r"\sqrt{\alpha_t} x_0 + \sqrt{1-\alpha_t} \epsilon"


@pytest.fixture(scope="module")
def few() -> dict[str, Any]:
    return {name: described(claims()[name]) for name in NAMES}


@pytest.fixture(autouse=True)
def index(few: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    """An index of some claims, all of which are green."""
    monkeypatch.setattr(asking, "index", lambda watch: few)
    monkeypatch.setattr(asking._Job, "stands", lambda self, name: Stands("proved", ("prove", "field", "enclose")))


def ask(*arguments: str, status: int) -> str:
    result = CliRunner().invoke(app, ["ask", "--limit", "120", *arguments])
    assert result.exit_code == status, result.output
    return " ".join(result.stdout.split()) if "--json" not in arguments else result.stdout


def document(*arguments: str, status: int) -> dict[str, Any]:
    return json.loads(ask("--json", *arguments, status=status))


def test_an_answer_is_recognised_in_other_symbols() -> None:
    page = ask(RIGHT, status=0)
    assert page.startswith("equal 5BUN ddpm.posterior: var in the answer (proved: prove, field, enclose)")
    assert "read as beta (1 - abar_s) / (1 - abar), in the symbols of DDPM" in page
    assert "with abar = abar_s alpha; beta = 1 - alpha" in page and "DDPM v2 (7)" in page
    assert "Checked with udm" in page and "equals var in the answer of ddpm.posterior (5BUN), as in DDPM v2 (7)" in page


def test_a_wrong_form_is_named_with_what_it_breaks() -> None:
    page = ask(rf"\tilde\beta_t = {WRONG}", status=1)
    assert page.startswith("wrong form 5BUN ddpm.posterior: 'ratio inverted' in var in the answer")
    assert r"not equal \tilde\beta_t is not" in page
    equation = rf"`\tilde\beta_t = {WRONG}` (in the symbols of DDPM)"
    assert f"{equation} is a known wrong form" in page, "what is quoted is what was compared, the left side too"
    for told in (
        "breaks a variance above beta_t",
        "seen in web a public blog",
        "right (1 - abar_s) (1 - alpha)",
        "off by",
    ):
        assert told in page


def test_each_reading_has_its_verdict() -> None:
    """Right in DDIM's symbols, and wrong in DDPM's."""
    found = {row["convention"]: row for row in document(DRAW, status=0)["readings"]}
    assert (found["DDIM"]["verdict"], found["DDIM"]["claim"]) == ("equal", "ddpm.marginal")
    assert found["DDPM"]["verdict"] == "different" and found["DDPM"]["off"] and found["DDPM"]["at"]


def test_the_json_document_has_what_a_program_needs() -> None:
    told = document(RIGHT, status=0)
    assert (told["formula"], told["equal"], told["unread"]) == (RIGHT, True, None)
    row = told["readings"][0]
    assert row.keys() >= {"convention", "verdict", "claim", "tag", "proved_by", "off", "at", "read_as", "using"}
    assert (row["tag"], row["proved_by"]) == ("5BUN", ["prove", "field", "enclose"])
    wrong = document(WRONG, status=1)["readings"][0]
    assert (wrong["verdict"], wrong["wrong"]) == ("wrong_form", "ratio inverted") and wrong["at"] and wrong["off"]


def test_a_formula_that_cannot_be_read_is_unknown() -> None:
    assert ask(r"\frac{\foo}{\beta_t}", status=1).startswith("unknown expected ")
    told = document(r"\beta_t + \foo", status=1)
    assert told["readings"] == [] and "foo" in told["unread"] and told["read_as"] is None


def test_a_claim_may_be_named_and_symbols_added() -> None:
    assert ask(RIGHT, "--as", "5P6N", status=0).startswith("equal 5P6N vdm.posterior.variance: the answer")
    named = r"\frac{(1-r_1)\beta_t}{1-\bar\alpha_t}"
    assert ask(named, "--where", "r_1=abar_s", status=0).startswith("equal 5BUN")
    assert "different" in ask(RIGHT, "--as", "ddpm.marginal", status=1)


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ((), "expected a formula or --file, got neither"),
        (("x", "--file", "y"), "got both"),
        (("x", "--where", "w"), "expected --where NAME=FORMULA, got 'w'"),
        (("x", "--as", "no.such.claim"), "no.such.claim"),
        (("--file", "no such file.tex"), "expected --file a file that can be read, got no such file.tex: No such file"),
    ],
)
def test_faults_of_the_caller_are_usage_errors(arguments: tuple[str, ...], told: str) -> None:
    result = CliRunner().invoke(app, ["ask", *arguments])
    assert result.exit_code == 2 and told in " ".join(result.stderr.split()), result.stderr


def test_a_document_is_read_equation_by_equation(tmp_path: Path) -> None:
    draft = tmp_path / "draft.tex"
    text = (
        rf"\begin{{equation}}\label{{eq:var}} \tilde\beta_t = {RIGHT}. \end{{equation}}",
        rf"\[ \tilde\beta_t = {WRONG} \]",
        r"\[ \mathbb{E}[x] \]",
    )
    draft.write_text("\n".join(text))
    told = document("--file", str(draft), status=1)
    assert [row["line"] for row in told["equations"]] == [1, 2, 3]
    assert [row["equal"] for row in told["equations"]] == [True, False, False]
    assert told["totals"] == {"equal": 1, "wrong_form": 1, "different": 0, "unknown": 0, "unread": 1}
    page = ask("--file", str(draft), status=1)
    assert "line 1 (eq:var)" in page and "unread" in page and "1 equal, 1 wrong_form" in page
    assert "wrong form 5BUN" in page  # with a gap
    draft.write_text(text[0])
    assert ask("--file", str(draft), status=0).endswith("1 equal, 0 wrong_form, 0 different, 0 unknown, 0 unread")


def test_equations_beside_each_other_are_judged_one_by_one() -> None:
    both = rf"\tilde\beta_t = {RIGHT}, \quad \alpha_t = 1-\beta_t"
    assert ask(both, status=0).endswith("2 equal, 0 wrong_form, 0 different, 0 unknown, 0 unread")
    told = document(both.replace("1-\\beta_t", "1+\\beta_t"), status=1)
    assert told["formula"].endswith("1+\\beta_t") and [row["equal"] for row in told["equations"]] == [True, False]


def test_help_loads_no_mathematics() -> None:
    code = "import sys, udm.cli.app; assert not {'sympy', 'flint', 'derivations'} & set(sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True)


def test_an_equation_whose_sides_differ_is_false_though_a_claim_has_its_right_side() -> None:
    page = ask(rf"1-\bar\alpha_t = {RIGHT}", status=1)
    assert page.startswith("unknown 5BUN") and r"not equal 1-\bar\alpha_t is not" in page
    assert "the equation is false" in page
    assert r"what stands on the left, Q, is taken for its name" in ask(rf"Q = {RIGHT}", status=0)


@pytest.mark.parametrize("empty", ["", "  \n"])
def test_an_empty_formula_is_refused(empty: str) -> None:
    result = CliRunner().invoke(app, ["ask", empty])
    assert result.exit_code == 2 and "expected a formula, got an empty text" in result.output
