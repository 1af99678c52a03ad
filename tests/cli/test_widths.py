"""No line of a page is wider than the terminal: `verify`, `cite` and `trust` of every claim, and their complaints."""

import json
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import pytest
from typer.testing import CliRunner

from derivations.catalogue import claims
from derivations.engines.needed import domain
from derivations.form.claim import Claim
from derivations.form.verdict import Evidence
from derivations.judge.record import Certificate, nothing_owed
from derivations.judge.report import lasting, report, today
from derivations.judge.rows import ClaimRow
from derivations.own import loaded
from derivations.papers.sources import sourced
from udm.cli import cite, cited, trust, verify
from udm.cli.app import app
from udm.cli.console import WIDTH, hung
from udm.cli.shortened import LONG, SHORTENED, legend, shortened

pytestmark = pytest.mark.xdist_group("every claim")  # one worker builds all claims
ENGINES = ("prove", "field", "enclose", "decide", "simulate")
LEFT = "may be split into parts and its integrals exchanged (general densities)"


@cache
def row_of(name: str) -> ClaimRow:
    """Return the row of a claim as if all its wrong forms failed at the stored point and all obligations were left."""
    claim = claims()[name]
    at = {str(v): str(q) for v, q in claim.example.items()}
    fails = {"witness": at, "off": "off by 0.123", "refuted_by": ["enclose"]}
    certificate = Certificate(
        "refuted" if claim.kind == "refuted" else "consistent",
        engines=[Evidence(e, "consistent", detail={"statistics": 1, "smallest_p": 0.5}) for e in ENGINES],  # pyright: ignore[reportArgumentType]
        assumptions=[
            {"text": a.text, "stated": True, "necessary": None, "convenience": "true for any"}
            for a in claim.assumptions()
        ],
        wrong=[
            {
                "statement": 0,
                "of": "the log density of x_s",
                "name": name,
                "breaks": w.breaks,
                "seen_in": list(w.seen_in),
                "killed_by": ["enclose"],
                "witness": at,
                "off": "off by 0.123",
            }
            for name, w in claim.wrong.items()
        ],
        printed=fails if claim.printed is not None else {},
        obligations={**nothing_owed(), "left": [f"{o.expr} {LEFT}" for o in domain(claim)[:9]]},
    )
    return sourced(today(lasting(claim, certificate)))


def _verify(claim: Claim, row: ClaimRow) -> None:
    document = report([dict(row)])
    verify._tables(document["claims"])
    verify._wrongs(document["claims"], few=True)
    verify._green(document["totals"], 1.0)
    verify._legend(document)
    verify._totals(document)


def _cite(claim: Claim, row: ClaimRow) -> None:
    print(cite.in_text(cite._written(cite.facts_of(row))))


def _short(claim: Claim, row: ClaimRow) -> None:
    said = cited.in_text(cite._written(cite.facts_of(row)))
    assert claim.title == "" or (row["tag"] in said and row["digest"] in said)
    print(f"{said}\n\n\n\n\n")


def _trust(claim: Claim, row: ClaimRow) -> None:
    trust._page(trust.facts_of(claim, row))


@pytest.fixture(autouse=True)
def still(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A terminal of a hundred columns, no evidence, and no engine that runs."""
    monkeypatch.setenv("COLUMNS", str(WIDTH))
    monkeypatch.setenv("UDM_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(trust, "traced", lambda _: (["sympy.core", "sympy.simplify (fraction)"], set()))
    yield
    loaded.forget()


@pytest.mark.parametrize("page", [_verify, _cite, _short, _trust])
def test_no_page_of_a_claim_is_wider_than_the_terminal(
    page: Callable[[Claim, ClaimRow], None], capsys: pytest.CaptureFixture[str]
) -> None:
    wide, printed = {}, 0
    for name, claim in claims().items():
        page(claim, row_of(name))
        lines = capsys.readouterr().out.splitlines()
        printed += len(lines)
        if over := [line for line in lines if len(line) > WIDTH]:
            wide[name] = over
    assert wide == {} and printed > 4 * len(claims())


# -- complaints ------------------------------------------------------------------------------------

BIG = '''"""A power that is multiplied out with a slip."""

from derivations.authoring import Claim, Equal, Wrong, by, positive

a, b, k, sigma = positive("a b k sigma")
POWER = (a + b + k + sigma) ** 6
OFF = POWER.expand() + a**3 * b

power = Claim(
    name="mine.power",
    title="",
    kind="equality",
    says=lambda answer: Equal(POWER, answer),
    answer=OFF,
    example={a: 1, b: 2, k: 1, sigma: 3},
    proof=((by("the power", POWER), by("expand", OFF)),),
    wrong={"nothing": Wrong(a, "all is lost"), "one term": Wrong(b, "all is lost")},
)
'''


def udm(*args: str) -> str:
    run = CliRunner().invoke(app, list(args))
    assert run.exit_code == 1, run.output
    return run.stdout  # what is waited for is told beside it


def test_the_formulas_of_a_complaint_are_shortened_and_json_has_them_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "my_claims.py").write_text(BIG)
    monkeypatch.chdir(tmp_path)
    page, one = udm("verify", "my_claims.py"), udm("show", "my_claims.py")
    for lines in (page.splitlines(), one.splitlines()):
        assert max(map(len, lines)) <= WIDTH
    plain = " ".join(page.split())
    assert "+ [...] minus the one above, (a + b + k + sigma)**6, is 2.0000 at a = 1, b = 2, k = 1, sigma = 3" in plain
    assert plain.count(SHORTENED) == 1 and "sigma**6" not in plain
    (row,) = json.loads(udm("verify", "my_claims.py", "--json"))["claims"]
    whole = next(c for c in row["complaints"] if "does not follow" in c)
    assert len(whole) > 1000 and "sigma**6 minus the one above" in whole
    assert "sigma**6 minus the one above" in " ".join(udm("show", "my_claims.py", "--full").split())


def test_prose_and_short_formulas_are_not_shortened() -> None:
    prose = "expected a line before the limit that is continuous at h = 0, or a quotient, got nothing: " * 9
    assert shortened(prose) == prose and legend([prose]) == []
    short = " + ".join(["a*b"] * 30)
    assert len(short) <= LONG and shortened(f"the line {short} is off") == f"the line {short} is off"
    long = " + ".join(["a*b", "sigma"] * 30)
    told = shortened(f"the line {long} minus the one above, {long}, is 2 at a = 1")
    assert told.startswith("the line a*b + sigma + a*b") and told.endswith("[...] is 2 at a = 1")
    assert told.count("[...]") == 2 and "minus the one above, a*b" in told and legend([long]) == [SHORTENED]


def test_a_word_wider_than_a_page_is_broken_but_for_the_name_of_a_file() -> None:
    assert max(map(len, hung(f"the sum {'a*b' * 60} is", WIDTH))) <= WIDTH
    file = f"/tmp/{'folder/' * 20}my_claims.py::mine.mean"
    assert f"    {file}" in hung(f"the claim of {file} is red", WIDTH, 0)[1]
