"""Every claim, engine by engine: `pytest -k vdm.posterior.mean` validates one equation.

The engines run once for each claim; each test then checks one engine's verdict, one wrong answer's
counterexample, the mutants, or the assumptions. What `udm verify` has kept of exactly these sources and libraries, as
`make verify` does, is not made again, but for every twentieth claim, of which it is compared with what the engines find
now.
"""

import json
from functools import cache
from typing import Any

import pytest

from derivations.catalogue import claims, module_of
from derivations.form.verdict import SUPPORTS
from derivations.judge.certificate import Certificate, certify
from derivations.judge.digest import digest
from derivations.judge.store import Record, kept
from tests.support.reach import reached, written

PROVED = list(written())  # known before a claim is built
ANEW = PROVED[::20]


@cache
def evidence() -> dict[str, Record]:
    return kept(PROVED)


@cache
def certificate(name: str) -> Certificate:
    record = evidence().get(name)
    return made(name) if record is None else Certificate.of_record(record["certificate"])


@cache
def made(name: str) -> Certificate:
    return certify(claims()[name], digest(name))


def of(name: str, id: str) -> Any:
    """Return a parameter set marked with its claim, whose module one worker builds."""
    return pytest.param(name, id=id, marks=[pytest.mark.claim(name), pytest.mark.xdist_group(module_of(name))])


@pytest.mark.parametrize("name", [of(n, id=f"{n}-engines") for n in PROVED])
def test_each_engine_that_reaches_a_claim_supports_it(name: str) -> None:
    found = {e.engine: e for e in certificate(name).engines}
    for engine in written()[name]:
        assert found[engine].verdict in SUPPORTS, found[engine]
        assert found[engine].points > 0 or engine == "decide"


@pytest.mark.parametrize("name", [of(n, id=f"{n}-wrong") for n in PROVED])
def test_each_wrong_answer_is_rejected(name: str) -> None:
    rows = {row["name"]: row for row in certificate(name).wrong}
    assert rows.keys() == claims()[name].wrong.keys()
    assert [wrong for wrong, row in rows.items() if not row["killed_by"]] == [], "no engine rejects these"
    silent = [wrong for wrong, row in rows.items() if not row["off"] and row["killed_by"] != ["simulate"]]
    assert silent == []  # a statement of numbers alone fails at no point


@pytest.mark.parametrize("name", [of(n, id=f"{n}-mutants") for n in PROVED])
def test_no_mutant_survives(name: str) -> None:
    mutants = certificate(name).mutants
    assert mutants["generated"] >= 8
    assert mutants["survived"] == []
    assert mutants["killed"] + len(mutants["equivalent"]) == mutants["generated"]


@pytest.mark.parametrize("name", [of(n, id=f"{n}-green") for n in PROVED])
def test_a_claim_has_no_complaints(name: str) -> None:
    """This covers assumptions, the required engines, and the twins of experiments."""
    assert certificate(name).complaints == []
    expected = {"refuted"} if claims()[name].kind == "refuted" else SUPPORTS
    assert certificate(name).verdict in expected


@pytest.mark.parametrize("name", [of(n, id=f"{n}-reach") for n in PROVED])
def test_reach_is_as_written(name: str) -> None:
    """If reach changed on purpose, `python -m tests.support.reach` rewrites the table."""
    assert reached(certificate(name)) == written().get(name)


def test_the_table_names_every_claim() -> None:
    assert list(written()) == [name for name, c in claims().items() if not c.is_definition]


def apart_from_time(certificate: Certificate) -> dict[str, Any]:
    record = json.loads(json.dumps(certificate.record()))
    for part in (record, *record["engines"]):
        part.pop("seconds", None)
    return record


@pytest.mark.parametrize("name", [of(n, id=f"{n}-kept") for n in ANEW])
def test_what_is_kept_is_what_the_engines_find(name: str) -> None:
    assert apart_from_time(certificate(name)) == apart_from_time(made(name))
