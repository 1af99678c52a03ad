"""Seconds of the processor by folder, file and test: `python -m pytest -n 2 --dist loadgroup -p tests.support.seconds`.

A test is charged with what its worker spends from its set-up to its end, and with the processes that it started and
waited for.
"""

import os
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

import pytest

from tests.support import forked

LARGEST = 40


def spent() -> float:
    """Return the seconds of the processor that this process, its children and what it had forked have had."""
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system + forked.spent()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Iterator[None]:
    began = spent()
    item.stash[BEGAN] = began
    return (yield)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[Any]) -> Iterator[None]:
    report: Any = yield
    if call.when == "teardown":
        report.user_properties.append((NAME, spent() - item.stash[BEGAN]))
    return report


BEGAN = pytest.StashKey[float]()
NAME = "processor"


class Sums:
    """What the controller adds up, of the reports of all workers."""

    def __init__(self) -> None:
        self.by_test: dict[str, float] = {}

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.when == "teardown":
            self.by_test[report.nodeid] = dict[str, Any](report.user_properties)[NAME]

    def pytest_terminal_summary(self, terminalreporter: Any) -> None:
        for title, depth in (("folder", 2), ("file", None)):
            self._print(terminalreporter, title, self._by(depth))
        self._print(terminalreporter, "test", self.by_test)
        terminalreporter.write_line(f"{sum(self.by_test.values()):8.1f} s in all tests, without collection")

    def _by(self, depth: int | None) -> dict[str, float]:
        sums = defaultdict[str, float](float)
        for test, seconds in self.by_test.items():
            parts = test.split("::")[0].split("/")
            sums["/".join(parts[:depth] if depth else parts)] += seconds
        return sums

    def _print(self, terminal: Any, title: str, sums: dict[str, float]) -> None:
        terminal.section(f"processor by {title}")
        for name, seconds in sorted(sums.items(), key=lambda row: -row[1])[:LARGEST]:
            terminal.write_line(f"{seconds:8.1f} s  {name}")


def pytest_configure(config: pytest.Config) -> None:
    if "PYTEST_XDIST_WORKER" not in os.environ:
        config.pluginmanager.register(Sums())
