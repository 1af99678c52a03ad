"""The first question from Python says why it takes long, once; a search of what is kept says nothing."""

import logging
from collections.abc import Sequence

import pytest

from derivations.query import ask as asking
from derivations.query.ask import ask
from derivations.query.standing import Stands
from derivations.query.waiting import checking, reading

pytestmark = pytest.mark.xdist_group("query")  # which builds the index once


def test_modules_are_read_after_one_word(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING, "udm"):
        assert list(reading(["a", "b"])) == ["a", "b"]
        checking("ddpm.posterior")
    first, second = (r.getMessage() for r in caplog.records)
    assert "the claims of 2 modules into an index" in first and "kept" in first and "ddpm.posterior" in second


def test_each_quarter_of_many_modules_is_said(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING, "udm"):
        assert len(list(reading([str(n) for n in range(40)]))) == 40
    said = [r.getMessage() for r in caplog.records]
    assert len(said) == 4 and [s.partition(": ")[2] for s in said[1:]] == [
        f"{n} of 40 modules are read" for n in (10, 20, 30)
    ]


@pytest.mark.parametrize("missing", [(), ("forward.ddpm",)])
def test_a_question_says_so_only_where_an_index_is_made(
    missing: Sequence[str], caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = asking.index()

    def made(watch: asking.Watch) -> object:
        return [kept for _ in [*(watch(missing) if missing else ()), None]][-1]

    monkeypatch.setattr(asking, "index", made)
    monkeypatch.setattr(asking, "within", lambda _, job: job())
    monkeypatch.setattr(asking._Job, "stands", lambda self, name: Stands("proved", ("prove",)))
    with caplog.at_level(logging.WARNING, "udm"):
        assert ask(r"1 - \beta_t").read
    assert len(caplog.records) == len(missing)
