"""`udm errata` as a user meets it: all errata, those of a work, as data, and what is refused."""

import json

import pytest
from typer.testing import CliRunner, Result

from derivations.errata import record
from udm.cli.app import app

KEYS = {"claim", "tag", "seen_in", "wrong", "right", "witness", "severity", "mechanical"}


def udm(*args: str) -> Result:
    return CliRunner().invoke(app, list(args), env={"COLUMNS": "100"})


def test_data() -> None:
    run = udm("errata", "--json")
    assert run.exit_code == 0, run.output
    document = json.loads(run.stdout)
    assert len(document["errata"]) == len(record.recorded().errata)
    assert all(set(e) >= KEYS and e["seen_in"] and e["witness"]["off"] for e in document["errata"])
    assert {type(e["mechanical"]) for e in document["errata"]} == {bool}


def test_the_page_of_a_work() -> None:
    run = udm("errata", "note004")
    assert run.exit_code == 0, run.output
    assert "0WF1  vdm.kl.expm1: exp(gap - 1)\n  study note 004, line 131: " in run.stdout
    assert "14.7781121979 against 38.1710738464" in run.stdout
    assert max(map(len, run.stdout.splitlines())) <= 100


def test_a_work_without_errata_is_said_in_one_sentence() -> None:
    run = udm("errata", "vdm")
    assert run.exit_code == 0 and run.stdout == "0 errata; 1 slip, which does not count\n"


@pytest.mark.parametrize(
    ("args", "says"), [(["nobody"], "expected a paper or note000"), (["luo", "84"], "expected a work alone")]
)
def test_what_is_no_work_is_refused(args: list[str], says: str) -> None:
    run = udm("errata", *args)
    assert run.exit_code == 2 and says in run.output.replace("\n", " ")


def test_a_witness_that_shows_nothing_ends_with_status_1(monkeypatch: pytest.MonkeyPatch) -> None:
    text = record.FILE.read_text().replace(
        'right = "(eps - eps_hat)**2*(exp(-gamma_s + gamma_t) - 1)/2"', 'right = "X"'
    )
    slip = text.replace('"X"', '"(eps - eps_hat)**2*exp(-gamma_s + gamma_t - 1)/2"')
    assert slip != record.FILE.read_text()
    monkeypatch.setattr("udm.cli.errata.recorded", lambda: record.read(slip))
    run = udm("errata", "--json")
    assert run.exit_code == 1 and "vdm.kl.expm1: exp(gap - 1): expected a point at which" in run.output
