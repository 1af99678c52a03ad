"""A child process answers within a limit of the processor's time, whatever the clock says."""

import os
from time import sleep

import pytest

from derivations.engines import child

pytestmark = pytest.mark.skipif(not child.available(), reason="processes can't be forked here")


def busy() -> int:
    while True:
        pass


def test_all_answers_come_in_turn() -> None:
    assert list(child.answers([lambda n=n: n * n for n in range(5)], seconds=5)) == [0, 1, 4, 9, 16]


def test_a_job_that_takes_too_much_ends_the_answers_before_it() -> None:
    assert list(child.answers([lambda: 1, busy, lambda: 3], seconds=1)) == [1]


def test_a_crash_ends_the_answers_at_once() -> None:
    assert list(child.answers([lambda: 1, lambda: os._exit(3)], seconds=1000)) == [1]


def test_the_clock_alone_ends_nothing_before_its_own_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    """A busy machine is one on which a child sleeps most of the time."""
    assert list(child.answers([lambda: sleep(1.5), lambda: 2], seconds=1)) == [None, 2]
    monkeypatch.setattr(child, "ASLEEP", 0.5)
    assert list(child.answers([lambda: sleep(60)], seconds=1)) == []
