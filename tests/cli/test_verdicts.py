"""What the tables and pages say of a verdict to a reader who is new: why it is not green, and what stands below."""

from pathlib import Path

import pytest
from click.testing import Result
from typer.testing import CliRunner

from derivations.catalogue import claims
from derivations.form.base import whole
from derivations.form.claim import Claim
from derivations.form.law import Law
from derivations.form.verdict import Evidence
from derivations.judge.certificate import _witness
from derivations.judge.compared import compared
from derivations.judge.necessity.plain import Counterexample, counterexample
from derivations.papers.paper import papers
from derivations.papers.references import NOT_CONFIRMED
from udm.cli import verify
from udm.cli.app import app
from udm.cli.checked import off, said
from udm.cli.cite import origin
from udm.cli.cited import papers as papers_of
from udm.cli.console import INCOMPLETE
from udm.cli.head import cited

pytestmark = pytest.mark.xdist_group("every claim")  # one worker builds all claims

OWN = '''"""The square of a sum."""

from derivations.authoring import Claim, Equal, Wrong, by, positive

a, b = positive("a b")
SQUARE = a**2 + 2 * a * b + b**2
square = Claim(
    name="mine.square", title="The square of a sum is a^2 + 2 a b + b^2", kind="equality", answer=SQUARE,
    says=lambda answer: Equal((a + b) ** 2, answer), example={a: 1, b: 2}, CONVENIENCE
    proof=((by("the square", (a + b) ** 2), by("expand", SQUARE)),),
    wrong={
        "no cross term": Wrong(a**2 + b**2, "right only where a b = 0"),
        "one cross term": Wrong(a**2 + a * b + b**2, "half of it is lost"),
    },
)
'''
KEPT = 'convenience={"0 < a": "true for any a", "0 < b": "true for any b"},'


@pytest.fixture(scope="module")
def verified(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Result]:
    """The same claim with its conveniences, and without them."""
    found, folder = {}, tmp_path_factory.mktemp("own")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("UDM_CACHE", str(folder))
        for name, kept in (("whole", KEPT), ("lacking", "")):
            (file := folder / f"{name}.py").write_text(OWN.replace("CONVENIENCE", kept))
            found[name] = CliRunner().invoke(app, ["verify", str(file)], env={"COLUMNS": "100"})
    return found


def test_a_claim_that_lacks_only_a_convenience_is_incomplete(verified: dict[str, Result]) -> None:
    lacking = " ".join(verified["lacking"].stdout.split())
    assert verified["lacking"].exit_code == 1 and "0 of 1 claims green (1 incomplete)" in lacking
    assert INCOMPLETE in lacking and "nor marked as convenience: 0 < a" in lacking
    assert verified["whole"].exit_code == 0 and "1 of 1 claims green (1 proved)" in verified["whole"].stdout


def test_a_table_of_few_claims_has_a_short_foot(verified: dict[str, Result], capsys: pytest.CaptureFixture) -> None:
    below = verified["whole"].stdout.partition("claims green")[2].strip().splitlines()
    assert len(below) == 3 and below[1].startswith("P prove, F field")
    verify._legend({"totals": {"with_something_left": ["a.b"], "mutants_equivalent": 1}})
    foot = " ".join(capsys.readouterr().out.split())
    assert "(=n): so many mutants are proved to be the answer itself; left over: a.b" in foot


def test_a_wrong_form_is_off_somewhere_or_seen_by_an_engine() -> None:
    row = {"name": "", "breaks": "", "seen_in": [], "killed_by": ["simulate"], "witness": {}, "off": ""}
    cases = (({}, "seen by simulate"), ({"off": "off by 2"}, "off by 2"), ({"killed_by": []}, "rejected by NO ENGINE"),
             ({"off": "off by 2", "witness": {"a": "1"}}, "off by 2 at a = 1"))  # fmt: skip
    for told, expected in cases:
        assert off({**row, **told}) == expected  # pyright: ignore[reportArgumentType]


def test_the_head_of_a_page_says_which_numbers_are_not_confirmed() -> None:
    assert cited("iddpm.cosine") == f"stated in Improved DDPM v1 (17) [{NOT_CONFIRMED}] · EDM v2 (238), (249)"
    unsure = {n for p in papers().values() for e in p.equations if not e.confirmed for n in e.claims}
    plain = [name for name in claims() if NOT_CONFIRMED not in cited(name)]
    assert "vdm.posterior.mean" in plain and any(NOT_CONFIRMED in cited(name) for name in unsure)
    assert not any(NOT_CONFIRMED in cited(name) for name in set(claims()) - unsure)


def test_a_citation_ends_its_sentences_once() -> None:
    source = {"work": "ddpm2020", "name": "X (1)", "states": True, "misprint": False, "confirmed": True}  # fmt: skip
    told = list(origin({"sources": [source], "printed_wrong": ["misprint in X (1): it is a."], "ours": None}))  # pyright: ignore[reportArgumentType]
    assert told == ["Stated in X (1) of 2020.", "Misprint in X (1): it is a."]


def test_a_short_citation_names_no_paper_that_prints_the_claim_wrong_beside_one_that_states_it() -> None:
    right = {"work": "ddpm2020", "name": "X (1)", "states": True, "misprint": False, "confirmed": True}
    wrong = {**right, "work": "ddim2021", "name": "Y (2)", "misprint": True}
    said = {"as_printed": [], "ours": None}
    assert papers_of({**said, "sources": [wrong, right]}) == "Stated in X (1) of 2020"  # pyright: ignore[reportArgumentType]
    assert papers_of({**said, "sources": [wrong]}) == "Printed wrong in Y (2) of 2021"  # pyright: ignore[reportArgumentType]


def test_a_point_is_one_of_the_statement_that_is_printed_and_says_which_quantity_of_a_law_is_off() -> None:
    """Of every wrong form: the printed statement fails at the point, which has each of its letters and no other."""
    laws = 0
    for claim in claims().values():
        for name, wrong in claim.wrong.items():
            if (found := counterexample(claim, wrong.answer, name)) is None:
                continue
            number, of, _ = compared(claim, wrong.answer, found.statement)
            law = isinstance(claim.said(wrong.answer)[number - 1], Law)
            assert (bool(of), found.off.startswith("off by -")) == (law, False), (claim.name, name)
            row = _witness(claim, name, [Evidence("enclose", "refuted", "off by 1")]) if law else None
            assert row is None or (row["statement"], row["of"]) == (number, of)
            assert fails(claim, name, number, found), (claim.name, name)
            laws += law
    assert laws > 5


def fails(claim: Claim, name: str, number: int, found: Counterexample) -> bool:
    """Whether a part of the statement with this number, with the wrong answer, is false at the point."""
    parts = whole(claim.said(claim.wrong[name].answer)[number - 1])
    return claim.statements(claim.wrong[name].answer)[found.statement - 1] in parts


def test_another_statement_than_the_one_that_fails_is_reported() -> None:
    claim, name = claims()["vdm.posterior.mean"], "weights swapped"
    found = counterexample(claim, claim.wrong[name].answer, name)
    assert found is not None and fails(claim, name, 3, found) and not fails(claim, name, 1, found)
    assert said(claim, name, 3).startswith("E[z_s | x] = E[") and said(claim, name).startswith("E[z_s | z_t, x]")
    row = _witness(claim, name, [Evidence("enclose", "refuted", "off by 1")])
    assert (row["statement"], row["of"], "z_t" in row["witness"]) == (3, "", False)
    other = _witness(claim, "sigma_t^2 for sigma_s^2", [Evidence("enclose", "refuted", "off by 1")])
    assert (other["statement"], "z_t" in other["witness"]) == (1, True)
    law = {"killed_by": ["enclose"], "off": "off by 0.756", "witness": {"a": "1"}, "of": "the log density of x_s"}
    assert off(law) == "the log density of x_s off by 0.756 at a = 1"  # type: ignore[arg-type]
    assert off(law | {"of": "", "off": "off by -2"}) == "off by 2 at a = 1"  # type: ignore[arg-type]


def test_the_foot_names_a_command_that_shows_the_claims() -> None:
    """Claims of one's own have no tag: they are shown by their file, or by file and name where it has several."""
    catalogue, own, more = ({"own": file} for file in (None, "my.py", "more.py"))
    for rows, told in (
        ([catalogue], "TAG"), ([own], "my.py"), ([own, own], "my.py::NAME"), ([catalogue, own, more, more],
         "TAG or my.py or more.py::NAME"),
    ):  # fmt: skip
        assert verify._which({"claims": rows}) == told


def test_letters_that_a_file_declares_have_no_meanings_of_the_catalogue(tmp_path: Path) -> None:
    """`a` is another thing in the catalogue; a letter that the file takes from there keeps its meaning."""
    file = tmp_path / "mine.py"
    file.write_text(OWN.replace("CONVENIENCE", KEPT))
    assert "Symbols" not in CliRunner().invoke(app, ["show", str(file)]).stdout
    taken = OWN.replace("CONVENIENCE", KEPT).replace("positive\n\na, b = positive(\"a b\")", "positive\n\n"
        "from derivations.symbols import alpha_s as a\n\n(b,) = positive(\"b\")")  # fmt: skip
    file.write_text(taken.replace("a^2 + 2 a b + b^2", "alpha_s^2 + 2 alpha_s b + b^2").replace("0 < a", "0 < alpha_s"))
    page = CliRunner().invoke(app, ["show", str(file)]).stdout
    assert "alpha_s: what the data are multiplied by" in page and "\n  b: " not in page
