"""What the tables and pages say of a verdict to a reader who is new: why it is not green, and what stands below."""

import pytest
from click.testing import Result
from typer.testing import CliRunner

from derivations.catalogue import claims
from derivations.papers.paper import papers
from udm.cli import verify
from udm.cli.app import app
from udm.cli.checked import off
from udm.cli.cite import origin
from udm.cli.console import INCOMPLETE
from udm.cli.head import cited

pytestmark = pytest.mark.xdist_group("verdicts")  # one worker judges them, once

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
    assert len(below) == 2 and below[1].startswith("P prove, F field")
    verify._legend({"totals": {"with_something_left": ["a.b"], "mutants_equivalent": 1}})
    assert "(=n): so many mutants are proved to be the answer itself; left over: a.b" in capsys.readouterr().out


def test_a_wrong_form_is_off_somewhere_or_seen_by_an_engine() -> None:
    row = {"name": "", "breaks": "", "seen_in": [], "killed_by": ["simulate"], "witness": {}, "off": ""}
    cases = (({}, "seen by simulate"), ({"off": "off by 2"}, "off by 2"), ({"killed_by": []}, "rejected by NO ENGINE"),
             ({"off": "off by 2", "witness": {"a": "1"}}, "off by 2 at a = 1"))  # fmt: skip
    for told, expected in cases:
        assert off({**row, **told}) == expected  # pyright: ignore[reportArgumentType]


def test_the_head_of_a_page_says_which_numbers_are_not_confirmed() -> None:
    assert cited("iddpm.cosine") == "stated in Improved DDPM v1 (17) [unconfirmed] · EDM v2 (238), (249)"
    unsure = {n for p in papers().values() for e in p.equations if not e.confirmed for n in e.claims}
    plain = [name for name in claims() if "unconfirmed" not in cited(name)]
    assert "vdm.posterior.mean" in plain and any("unconfirmed" in cited(name) for name in unsure)
    assert not any("unconfirmed" in cited(name) for name in set(claims()) - unsure)


def test_a_citation_ends_its_sentences_once() -> None:
    source = {"name": "X (1)", "states": True, "misprint": False, "misprints": ["X (1): it is a."], "confirmed": True}
    told = list(origin({"sources": [source], "ours": None}))  # pyright: ignore[reportArgumentType]
    assert told == ["Stated in X (1).", "Misprint in X (1): it is a."]
