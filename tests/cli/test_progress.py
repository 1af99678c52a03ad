"""Long work is visible: a bar where a person watches, else a line a minute, and nothing of work that is short."""

import io

import pytest
import torch
from rich.console import Console

from udm.cli import console, progress
from udm.cli.terms import Examples
from udm.data import Array


@pytest.fixture
def shown(monkeypatch: pytest.MonkeyPatch) -> io.StringIO:
    """What standard error gets where nobody watches."""
    stream = io.StringIO()
    for module in (console, progress):
        monkeypatch.setattr(module, "err", Console(file=stream, force_terminal=False, width=200))
    return stream


def at(monkeypatch: pytest.MonkeyPatch, *seconds: float) -> None:
    times = iter(seconds)
    monkeypatch.setattr(progress, "monotonic", lambda: next(times))


def test_without_a_terminal_there_is_a_line_a_minute(shown: io.StringIO, monkeypatch: pytest.MonkeyPatch) -> None:
    at(monkeypatch, 0, 0, 59, 61, 100, 130)
    with progress.phase("training") as watch:
        for done in (0, 59, 61, 100, 130):
            watch(done, 3800, "2.5 bits/dim")
    assert shown.getvalue().splitlines() == [
        "udm: training  2.5 bits/dim: 61 of 3800, 1:02:19 left",
        "udm: training  2.5 bits/dim: 130 of 3800, 1:01:10 left",
    ]


def test_another_part_of_a_phase_has_a_time_of_its_own(shown: io.StringIO, monkeypatch: pytest.MonkeyPatch) -> None:
    at(monkeypatch, 0, 10, 20, 100, 200)
    with progress.phase("training") as watch:
        for done, total in ((5, 10), (10, 10), (0, 100), (50, 100)):
            watch(done, total)
    assert shown.getvalue().splitlines() == [
        "udm: training: 0 of 100, 0:00 left",
        "udm: training: 50 of 100, 1:40 left",
    ]


def test_short_work_prints_nothing_and_a_terminal_gets_a_bar(
    shown: io.StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    with progress.phase("evaluating") as watch:
        examples = Examples(Array("a", torch.zeros(5, 1, dtype=torch.int64), 2), "cpu", watch, progress.Deferred())
        assert [len(index) for index, _ in examples] == [5]
    assert shown.getvalue() == ""
    monkeypatch.setattr(progress, "err", Console(file=shown, force_terminal=True, width=100))
    with progress.phase("evaluating", keep=True) as watch:
        watch(3, 5, "words")
    assert "evaluating  words" in shown.getvalue() and "3/5" in shown.getvalue()
