"""A user's own claims at the command line: judged as the catalogue's are, and never mistaken for them."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from derivations.form.claim import Claim
from derivations.form.statement import Equal
from derivations.judge import store
from derivations.own import loaded
from derivations.papers import charged
from derivations.papers.sources import sourced
from tests.support.forged import a, b, claim
from tests.support.own import GREEN, NAME, SLIP, UNPROVED, written
from udm.cli.app import app


@pytest.fixture(autouse=True)
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setenv("UDM_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("COLUMNS", "120")
    monkeypatch.chdir(tmp_path)
    yield tmp_path
    loaded.forget()


def udm(*args: str, status: int = 0) -> str:
    run = CliRunner().invoke(app, list(args))
    assert run.exit_code == status, run.output
    return run.output


def test_a_true_claim_is_green_and_marked_as_own(place: Path) -> None:
    written(place)
    page = udm("verify", "my_claims.py")
    assert "my_claims.py: claims of your own, not of the catalogue" in page
    assert f"own  {NAME}  proved   PFE      2/2    16/16" in page and "1 of 1 claims green" in page
    assert "own wrong: no cross term: off by 4 at a = 1, b = 2" in page


def test_a_slip_is_refuted_with_a_counterexample(place: Path) -> None:
    written(place, SLIP)
    page = udm("verify", "my_claims.py", status=1)
    assert f"own  {NAME}  refuted" in page and "0 of 1 claims green" in page
    assert "'expand' does not follow" in page and "enclose refutes the answer: off by" in page


def test_a_claim_without_a_derivation_is_not_green(place: Path) -> None:
    written(place, UNPROVED)
    assert "expected a chain for each of 1 statements, got 0" in udm("verify", "my_claims.py", status=1)


def test_json_names_the_file_of_own_claims(place: Path) -> None:
    written(place)
    (row,) = json.loads(udm("verify", "my_claims.py", "--json"))["claims"]
    assert (row["tag"], row["name"], row["own"], row["green"]) == ("own", NAME, "my_claims.py", True)
    rows = json.loads(udm("verify", "my_claims.py", "log.tangent", "--json"))["claims"]
    assert [(r["name"], r["own"]) for r in rows] == [("log.tangent", None), (NAME, "my_claims.py")]


def test_evidence_is_kept_until_the_file_changes(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    written(place)
    udm("verify", "my_claims.py")
    monkeypatch.setattr("derivations.judge.verify.judged", lambda *_: pytest.fail("judged again"))
    assert "1 of 1 claims green" in udm("verify", f"my_claims.py::{NAME}")
    assert len(list((place / "cache" / "certificates").iterdir())) == 1
    written(place, SLIP)
    loaded.load(["my_claims.py"])
    assert store.kept([NAME]) == {}


def test_a_change_on_disk_makes_evidence_stale(place: Path) -> None:
    path = written(place)
    udm("verify", "my_claims.py")
    assert store.kept([NAME]).keys() == {NAME}
    path.write_text(SLIP)
    assert store.kept([NAME]) == {}


def test_many_claims_are_judged_by_workers(place: Path) -> None:
    for n in range(4):
        written(place, (SLIP if n == 3 else GREEN).replace("mine", f"mine{n}"), f"{n}.py")
    page = udm("verify", *(f"{n}.py" for n in range(4)), "--workers", "2", status=1)
    assert "3 of 4 claims green" in page and "own mine3.square: enclose refutes" in page


def test_a_page_names_the_file_of_an_own_claim(place: Path) -> None:
    written(place)
    page = udm("show", f"my_claims.py::{NAME}")
    assert f"\nown  {NAME}  " in page and "(a + b)^2 = a^2 + 2 a b + b^2" in page
    assert "your own, not of the catalogue; equality; my_claims.py:9; digest" in page
    assert f"udm verify my_claims.py::{NAME} --no-cache" in page and "seen in a blog" in " ".join(page.split())
    assert "my_claims.py, a file that is not of the catalogue" in udm("trust", "my_claims.py")


def test_what_an_own_claim_says_of_sources_is_its_authors_word(place: Path) -> None:
    by_word = "by the author's word, compared with no paper: "
    for file, name, text in (("0.py", "mine0", GREEN), ("1.py", "mine1", GREEN.replace(', ("a blog",)', ""))):
        written(place, text.replace("mine", name), file)
        page = udm("show", f"{file}::{NAME.replace('mine', name)}")
        assert (by_word in page) is ("a blog" in text)


@pytest.mark.parametrize(
    ("place_named", "why"),
    [
        ("bogus1999", "expected a key of a paper or of further.toml, got 'bogus1999'"),
        ("luo2022 (999)", "expected an equation or a place of luo2022, got '(999)'"),
        ("luo2022 (45); bogus1999 (3)", "got 'bogus1999'"),
    ],
)
def test_an_own_claim_names_works_and_places_that_there_are(place: Path, place_named: str, why: str) -> None:
    written(place, GREEN.replace("a blog", place_named))
    for command in ("verify", "show", "trust"):
        assert why in " ".join(udm(command, "my_claims.py", status=2).split()), command
    written(place, GREEN.replace("a blog", "luo2022 (45)"))
    page = " ".join(udm("show", f"my_claims.py::{NAME}").split())
    assert "seen in Luo v1 (45) (by the author's word)" in page


def test_who_prints_a_false_sentence_of_ones_own_is_the_authors_word() -> None:
    def of(*where: str) -> Claim:
        return claim(kind="refuted", refutes="it is so", printed=Equal(a, b), printed_in=where)

    assert list(charged.faults(of("luo2022 (45)", "a talk"))) == []
    (unknown,) = charged.faults(of("bogus1999 (3)"))
    (nowhere,) = charged.faults(of("luo2022 (999)"))
    assert "got 'bogus1999'" in unknown and "a place of luo2022, got '(999)'" in nowhere
    row: Any = {"name": "mine.false", "own": "mine.py", "wrong": [], "refuted": {"printed_in": ["luo2022 (45)"]}}
    assert sourced(row)["refuted"] == {"printed_in": ["Luo v1 (45) (by the author's word)"]}
    assert sourced({**row, "own": None})["refuted"] == {"printed_in": ["Luo v1 (45)"]}


def test_an_own_claim_cannot_be_cited(place: Path) -> None:
    written(place)
    refused = udm("cite", "my_claims.py", status=2)
    assert f"expected a claim of the catalogue, whose tag a reader can look up, got your own {NAME}" in refused
    assert f"`udm show my_claims.py::{NAME}` shows it" in refused


@pytest.mark.parametrize("command", ["verify", "show", "trust"])
@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("x = (", "my_claims.py:1: expected Python, got a syntax error"),
        ('"""Nothing."""', "my_claims.py: expected a claim, found none"),
        (None, "my_claims.py: expected a file of claims, found none"),
    ],
)
def test_another_file_than_one_of_claims_is_a_usage_error(
    command: str, text: str | None, message: str, place: Path
) -> None:
    if text is not None:
        written(place, text)
    assert message in udm(command, "my_claims.py", status=2)


def test_a_prediction_that_fails_is_a_complaint_with_its_line(place: Path) -> None:
    more = "    experiment=Experiment(process=((x, n),), normals=(n,), checks=(Mean(x, lambda q: q.no),)),\n)\n"
    text = GREEN.replace("import Claim", "import Experiment, Mean, real, Claim")
    text = text.replace("SQUARE =", 'n, x = real("n x")\nSQUARE =', 1).rstrip()[:-1] + more
    written(place, text)
    other = GREEN[GREEN.index("square = ") :].replace("mine.square", "mine.other").replace("square = ", "other = ")
    written(place, f"{text}\n{other}")
    page = udm("verify", "my_claims.py", status=1)
    assert "own mine.square: my_claims.py:22: AttributeError" in page and "1 of 2 claims green" in page
    assert "my_claims.py:22: AttributeError" in udm("show", "my_claims.py", status=2)


def test_a_claim_that_cannot_be_built_is_not_green_and_the_others_are_judged(place: Path) -> None:
    broken = GREEN.replace("Equal((a + b) ** 2, q)", "Equal((a + b) ** 2, q.no)")
    others = [
        GREEN[GREEN.index("square = ") :].replace("mine.square", f"mine.{n}").replace("square = ", f"{n} = ")
        for n in ("second", "third", "fourth")
    ]
    written(place, "\n".join([broken, *others, "none = Claim(name='mine.none', kind=7)"]))
    for more in ((), ("--workers", "2")):  # in this process, or in others
        page = udm("verify", "my_claims.py", "--no-cache", *more, status=1)
        assert "3 of 5 claims green" in page
        assert "own mine.square: my_claims.py:12: mine.square: says: expected a statement" in page
        assert "own mine.none: my_claims.py:" in page
    rows = {r["name"]: r for r in json.loads(udm("verify", "my_claims.py", "--json", status=1))["claims"]}
    assert (rows[NAME]["verdict"], rows[NAME]["green"], rows["mine.second"]["green"]) == ("not_evaluated", False, True)
    for command in ("show", "trust"):
        assert "my_claims.py:12: mine.square: says: expected" in udm(command, f"my_claims.py::{NAME}", status=2)
    assert "(a + b)^2" in udm("show", "my_claims.py::mine.second")


def test_help_says_that_the_file_is_executed() -> None:
    for command in ("verify", "show", "trust"):
        assert "executed" in udm(command, "--help")


BOUND = '''"""A bound by the tangent of the logarithm, with Python's integers wherever a number stands."""

from sympy import log

from derivations.authoring import AtMost, Claim, Wrong, by
from derivations.symbols import u

bound = Claim(
    name="mine.bound",
    title="The tangent of the logarithm at 1 and the logarithm",
    kind="inequality",
    needs=("log.tangent",),
    says=lambda q: (AtMost(log(u), q, {u: 1}, only=True), AtMost(0, q - log(u), {u: 1}, only=True)),
    answer=u - 1,
    example={u: 2},
    proof=(
        (by("the logarithm", log(u)), by("log.tangent at w = 1", u - 1, convex=(u, 1))),
        (by("nothing", 0), by("the same", u - 1 - log(u), convex=(u, 1))),
    ),
    wrong={"slope 2": Wrong(2 * (u - 1), "negative below 1"), "nothing": Wrong(0, "negative above 1")},
)
'''


def test_integers_of_python_are_numbers_and_claims_of_the_catalogue_are_needed(place: Path) -> None:
    written(place, BOUND)
    assert "1 of 1 claims green" in udm("verify", "my_claims.py")
    assert "log.tangent" in udm("trust", "my_claims.py")


def test_trust_is_printed_even_if_the_prover_breaks(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    written(place)
    monkeypatch.setattr("derivations.judge.certificate.prove", lambda *_: 1 // 0)
    monkeypatch.setattr("derivations.judge.trace.prove", lambda *_: 1 // 0)
    assert "the engines broke: ZeroDivisionError" in udm("verify", "my_claims.py", status=1)
    assert "asks you to believe" in udm("trust", "my_claims.py", status=1)


def test_a_name_that_is_a_file_without_its_ending_is_explained(place: Path) -> None:
    written(place)
    assert "did you mean the file my_claims.py?" in udm("verify", "my_claims", status=2)
    assert "did you mean" not in udm("verify", "no_claims", status=2)


@pytest.mark.parametrize("command", ["show", "cite", "trust", "verify"])
def test_the_name_of_an_own_claim_is_answered_with_its_file(command: str, place: Path) -> None:
    written(place)
    written(place, "name = 'mine.square'  # of something else", "other.py")
    (place / "folder").mkdir()
    written(place / "folder", GREEN.replace("mine.square", "mine.other"))
    told = f"a claim of your own is named with its file: my_claims.py::{NAME}\n"
    assert told in udm(command, NAME, status=2), "the other file imports nothing of udm"
    assert "its file: folder/my_claims.py::mine.other\n" in udm(command, "mine.other", status=2)
    assert "named with its file, FILE.py::mine.nothing" in udm(command, "mine.nothing", status=2)
    assert "your own" not in udm(command, "nothing", status=2)


def test_a_page_of_several_claims_says_why_one_is_not_green(place: Path) -> None:
    second = (
        UNPROVED[UNPROVED.index("square = ") :].replace("mine.square", "mine.other").replace("square = ", "other = ")
    )
    written(place, f"{GREEN}\n{second}")
    page = udm("show", "my_claims.py", status=1)
    assert (
        page.count("not green:") == 1
        and "not green: the derivation is not proved: expected a chain for each of 1" in page
    )
    assert "see the complaints" not in page


def test_tables_have_no_trailing_blanks(place: Path) -> None:
    written(place)
    lines = udm("verify", "my_claims.py").splitlines()
    assert any(line.startswith("tag  name") for line in lines) and [x for x in lines if x != x.rstrip()] == []


COMPLAINTS = {  # a change of the good file, and what the complaint says to do
    "no point": ("example={a: 1, b: 2},", "", r"the stored point lacks a, b: .* example=\{a: \.\.\., b: \.\.\.\}"),
    "half a point": ("example={a: 1, b: 2},", "example={b: 2},", r"lacks a: .* example=\{a: \.\.\., b: 2\}"),
    "a point outside": ("{a: 1, b: 2}", "{a: -1, b: 2}", "violates 0 < a: `example` has a = -1"),
    "no reason": ('"0 < a": "true for any a", ', "", r'say why it is kept, convenience=\{"0 < a": "..."\}, or'),
    "a reason for nothing": ('"0 < a":', '"a < 0":', "a < 0: expected one of the claim's, 0 < a, 0 < b"),
    "no chain": ("proof=((", "needs=((", r"needs 1: expected|write proof=\(\(by\(why, left side\)"),
    "a wrong one that is right": ("Wrong(a**2 + b**2,", "Wrong((a + b)**2,", "no engine found a point where"),
    "one wrong answer": ('"one cross term": Wrong(a**2 + a * b + b**2, "half of it is lost"),', "", "as wrong="),
    "the kind": ('kind="equality"', 'kind="law"', "; a claim with this one has the kind equality"),
    "the lines alone": ("proof=((by", "proof=(by", "expected|chain"),
}  # fmt: skip


@pytest.mark.parametrize("case", COMPLAINTS)
def test_a_complaint_says_what_to_do(case: str, place: Path) -> None:
    old, new, expected = COMPLAINTS[case]
    assert GREEN.count(old) == 1
    written(place, GREEN.replace(old, new))
    run = CliRunner().invoke(app, ["verify", "my_claims.py", "--workers", "1"])
    assert run.exit_code in (1, 2) and re.search(expected, " ".join(run.output.split())), run.output
