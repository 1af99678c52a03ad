"""What pytest collects of claims: for each, that it is green, and that each of its wrong answers is rejected."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest

from udm.testing.process import Fault, Subject, run

GREEN = "green"


def asked(config: pytest.Config, own: Iterable[Path]) -> list[Subject]:
    """Return the claims that `--claim` means.

    Raises:
        UsageError: it means none, or a file of claims is none.
    """
    from udm.testing import worker

    try:
        return run(config, worker.asked, list(config.getoption("claim") or ()), [str(path) for path in own])
    except Fault as fault:
        raise pytest.UsageError(str(fault)) from None


class Subjects(pytest.Collector):
    """The claims that the command line names."""

    def __init__(self, subjects: list[Subject], **options: Any) -> None:
        super().__init__(name="claims", nodeid="claims", **options)
        self.subjects = subjects

    def collect(self) -> Iterator[pytest.Collector]:
        for one in self.subjects:
            yield Checked.from_parent(self, name=one.name, nodeid=f"{one.tag} {one.name}", subject=one)


class ClaimsFile(pytest.File):
    """A file of claims outside the catalogue, which may need those of the files beside it."""

    def __init__(self, beside: Iterable[Path], **options: Any) -> None:
        super().__init__(**options)
        self.beside = [str(path) for path in beside if path != self.path]

    def collect(self) -> Iterator[pytest.Collector]:
        from udm.testing import worker

        try:
            subjects = run(self.config, worker.of_file, str(self.path), self.beside)
        except Fault as fault:
            raise self.CollectError(str(fault)) from None
        for one in subjects:
            yield Checked.from_parent(self, name=one.name, subject=one)


class Checked(pytest.Collector):
    """A claim, with its checks."""

    def __init__(self, subject: Subject, **options: Any) -> None:
        super().__init__(**options)
        self.subject = subject
        self.add_marker(pytest.mark.claim(subject.name))
        if self.config.pluginmanager.hasplugin("xdist"):
            self.add_marker(pytest.mark.xdist_group(subject.name))  # one worker judges it

    def collect(self) -> Iterator[pytest.Item]:
        yield Green.from_parent(self, name=GREEN)
        for name in self.subject.wrong:
            yield Rejected.from_parent(self, name=f"rejects[{name}]", wrong=name)


class NotSo(Exception):
    """What a judge complains of."""


class Check(pytest.Item):
    """A question about the evidence of a claim, which is the evidence that `udm verify` keeps."""

    parent: Checked

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.check = (self.subject.name, self.name)
        self.user_properties.append(("tag of a claim", f"{self.subject.tag} {self.subject.name}"))

    @property
    def subject(self) -> Subject:
        return self.parent.subject

    def evidence(self) -> dict[str, Any]:
        from udm.testing import worker

        return run(self.config, worker.judged, self.subject)

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        if isinstance(excinfo.value, NotSo | Fault):
            return f"{self.subject.tag} {self.subject.name}: {excinfo.value}"
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[Path, int, str]:
        return Path(self.subject.file), self.subject.line - 1, f"{self.subject.name} {self.name}"


class Green(Check):
    """The claim is green: no judge complains of it."""

    def runtest(self) -> None:
        row = self.evidence()
        if not row["green"]:
            raise NotSo("\n  ".join([f"not green ({row['verdict']})", *row["complaints"]]))


class Rejected(Check):
    """An engine rejects a wrong answer."""

    def __init__(self, wrong: str, **options: Any) -> None:
        super().__init__(**options)
        self.wrong = wrong

    def runtest(self) -> None:
        row = self.evidence()
        found = next((w for w in row["wrong"] if w["name"] == self.wrong), None)
        if found is None:  # judges stopped before they came to it
            raise NotSo("\n  ".join([f"wrong answer not looked at: {self.wrong}", *row["complaints"]]))
        if not found["killed_by"]:
            raise NotSo(f"wrong answer not rejected by any engine: {self.wrong} ({found['breaks']})")
