"""A bug report, ready to be posted: what is wrong in one sentence, a script that shows it, the equation, the claim."""

import re
from collections.abc import Iterator, Sequence

from derivations.notation.tex import latex
from udm.conformance import exact as reference
from udm.conformance.alone import Ran, ran
from udm.conformance.formulas import BY_NAME
from udm.conformance.script import head, script
from udm.conformance.verdict import ALARMS, Report, Row

Shown = tuple[str, str]
NOTHING: Shown = ("", "")
PRINTED = re.compile(r"^got (.*), exact (.*)$", re.MULTILINE)
LAND = {
    "sampler.marginal": r"z_s = \alpha_s x_0 + \sigma_s \epsilon",
    "sampler.x0": r"x_0 = (z_t - \sigma_t \epsilon) / \alpha_t",
}


def markdown(report: Report) -> str:
    """Return a report in Markdown: one section for each check that is wrong or undefined, dtypes of one together.

    Scripts are run, and only those are shown that print another number than the exact one.
    """
    alarms = {row.check: row for row in reversed(report.alarms)}
    rows = [row for row in report.rows if alarms.get(row.check) is row]
    if not rows:
        return f"# {report.target}: nothing is wrong\n\n{_ran(report)}\n"
    sections = (
        line for row, made in zip(rows, shown(report, rows), strict=True) for line in _section(report, row, made)
    )
    return "\n".join([f"# {_title(report)}\n", *sections, _ran(report)]) + "\n"


def _title(report: Report) -> str:
    version = f" {report.version}" if report.version else ""
    settings = ", ".join(f"{key}={value}" for key, value in report.config.items())
    count = len({row.check for row in report.alarms})
    made = f"{report.target}{version}{f' ({settings})' if settings else ''}"
    return f"{made}: {count} formula{'s' if count > 1 else ''} off"


def _ran(report: Report) -> str:
    ran = f"{report.ran} of {len(report.each)} checks of `udm check` ran."
    return f"{ran} Of its sampler: {report.unordered}." if report.unordered else ran


def _section(report: Report, row: Row, shown: Shown) -> Iterator[str]:
    yield f"## `{row.check}`: {_sentence(row)}\n"
    if row.got:
        yield f"Expected {row.exact}, got {row.got}{f' ({row.case})' if row.case else ''}.\n"
    made, printed = shown
    if made:
        yield f"```python\n{made}```\n\nIt prints:\n\n```text\n{printed}\n```\n"
    else:
        yield f"To see it: `{report.command}`.\n"
    yield from _equation(row)


def _sentence(row: Row) -> str:
    return f"{row.verdict}. {row.explanation}" if row.explanation else row.verdict


def _equation(row: Row) -> Iterator[str]:
    if not row.claim:
        return
    formula = BY_NAME.get(row.check)
    written = latex(formula.part(reference.answer(row.claim))) if formula else LAND.get(row.check, "")
    if written:
        yield f"Expected{f', {formula.says}' if formula else ''}:\n\n$$\n{written}\n$$\n"
    source = f" It is printed in {row.source}." if row.source else ""
    yield f"Claim {row.tag} (`{row.claim}`).{source}\n"


def shown(report: Report, rows: Sequence[Row]) -> list[Shown]:
    """Return for each row a script that shows its fault, and what it prints; both empty if none that is known does."""
    made = [script(report.making, row) if report.making else "" for row in rows]
    found = iter(ran(head(report.making) if report.making else "", [one for one in made if one]))
    return [_showing(one, row, next(found)) if one else NOTHING for one, row in zip(made, rows, strict=True)]


def _showing(made: str, row: Row, done: Ran) -> Shown:
    if done.code is None:
        return NOTHING
    said = done.out.strip().splitlines()[-1:] or done.err.strip().splitlines()[-1:]
    printed = said[0] if said else ""
    found = PRINTED.match(printed)
    fits = row.got and found is not None and _other(*found.groups())
    raised = done.code != 0 and row.verdict == "undefined" and printed.partition(":")[0] in row.explanation
    return (made, printed) if fits or raised else NOTHING


def _other(got: str, exact: str) -> bool:
    try:
        return abs(float(got) - float(exact)) > 1e-6 * max(1.0, abs(float(exact))) or "nan" in got
    except ValueError:
        return got != exact


def badge(report: Report) -> dict[str, object]:
    """Return what shields.io shows of a report: how many checks are right of how many ran.

    Returns:
        Its endpoint's document.
    """
    bad = sum(row.verdict in ALARMS for row in report.each)
    message = f"{report.ran - bad} of {report.ran} right" if report.ran else "nothing ran"
    colour = "lightgrey" if not report.ran else "red" if bad else "brightgreen"
    return {"schemaVersion": 1, "label": "formulas (udm)", "message": message, "color": colour}
