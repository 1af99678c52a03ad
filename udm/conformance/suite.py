"""Checks of a target as tests of somebody's own suite: one test for each check, with expected failures that are strict.

Only pytest is needed, and the plugin that comes with udm; the target is run in the process of the tests.
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from functools import cache
from typing import Any, NamedTuple

from udm.conformance.verdict import ALARMS, Report, Row

RAN = "ran"  # the test that something was evaluated at all


class Expected(NamedTuple):
    """Why a check is expected to fail.

    Args:
        reason: in words.
        link: to the thread about it, or "".
    """

    reason: str
    link: str = ""

    def __str__(self) -> str:
        return f"{self.reason} ({self.link})" if self.link else self.reason


class Disagreement(AssertionError):
    """A formula is wrong or undefined."""


class One:
    """One check of a target, which is run when it is called; the target is checked once for all of its tests."""

    is_check_of_udm = True  # by which the plugin knows it without loading this module

    def __init__(self, id: str, report: Callable[[], Report], expected: bool) -> None:
        self.id, self.report, self.expected = id, report, expected
        self.properties: list[tuple[str, str]] = []

    def __call__(self) -> None:
        """Run the check.

        Raises:
            Disagreement: it is wrong or undefined.
            AssertionError: it was expected to be, and has not run; or nothing at all has.
        """
        import pytest

        if self.id == RAN:
            assert self.report().ran, "expected something that could be checked, got nothing that was evaluated"
            return
        row = next(row for row in self.report().rows if row.id == self.id)
        if row.verdict == "not offered":
            assert not self.expected, f"{self.id}: expected to fail, and did not run: {row.explanation}"
            pytest.skip(f"{self.id}: {row.explanation}")
        self.properties = [(f"udm {name}", str(value)) for name, value in row.document().items() if value]
        if row.tag:
            self.properties += [("claim", row.claim), ("tag of a claim", f"{row.tag} {row.claim}")]
        if row.verdict in ALARMS:
            raise Disagreement("\n".join(row.told()))

    def __repr__(self) -> str:
        return self.id


def parametrize_with_claims(
    target: Any,
    settings: Mapping[str, Any] | None = None,
    *,
    expected: Mapping[str, Expected | str] | None = None,
    steps: Sequence[int] = (),
    only: Collection[str] = (),
    seconds: float = 60.0,
) -> Any:
    """Run a test once for each check of a target; its argument ``check`` is called without arguments.

    Args:
        target: as of :func:`check`.
        settings: as of :func:`check`.
        expected: why checks are expected to fail, by their names, such as ``"sampler.marginal"``, or by name and
            dtype, ``"add_noise-bfloat16"``. One that passes, or does not run, is a failure.
        steps: as of :func:`check`.
        only: the names of the checks; all if none.
        seconds: the time that each may take.

    Returns:
        A decorator of a test.

    Raises:
        ValueError: there is no check of a name.
    """
    import pytest

    excused = {name: why if isinstance(why, Expected) else Expected(why) for name, why in (expected or {}).items()}
    checks = list(_checks(only))
    known = {name for row in checks for name in (row.check, row.id)}
    unknown = sorted((excused.keys() | set(only)) - known)
    if unknown:
        raise ValueError(f"parametrize_with_claims: expected names of checks, got {', '.join(unknown)}")
    report = _report(target, settings, steps, only, seconds)
    params: list[Any] = [pytest.param(One(RAN, report, False), id=RAN)]
    for row in checks:
        why = excused.get(row.id, excused.get(row.check))
        marks = [pytest.mark.claim(row.claim)] if row.claim else []
        marks += [pytest.mark.xfail(reason=str(why), raises=Disagreement, strict=True)] if why else []
        params.append(pytest.param(One(row.id, report, why is not None), id=row.id, marks=marks))
    return pytest.mark.parametrize("check", params)


def _checks(only: Collection[str]) -> Iterator[Row]:
    from udm.conformance.run import blank

    return (row for row in blank() if not only or row.check in only)


def _report(target: Any, settings: Any, steps: Any, only: Any, seconds: float) -> Callable[[], Report]:
    @cache
    def report() -> Report:
        from udm.conformance import check

        return check(target, settings, steps=steps, only=only, seconds=seconds)

    return report
