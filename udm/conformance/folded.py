"""A report for a reader: many rows of one check in one line, the kinds of checks that ran, and why rows are weak."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace

from udm.conformance.formulas import BY_NAME
from udm.conformance.verdict import MEANING, RAN, Report, Row

FEW = 3  # rows of one check that are shown one by one
KINDS = {"table": "tables", "function": "functions of t", "between": "functions of t and s", "setting": "weights",
         "free": "guidance", "sampler": "steps of its sampler", "law": "steps of its sampler", "grid": "timesteps",
         "tables": "state", "state": "state", "batch": "batches"}  # fmt: skip


def folded(rows: Sequence[Row]) -> Iterator[Row]:
    """Yield each row, and of many of one check the first and one line for all others, with the worst of these."""
    groups: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        groups[row.id].append(row)
    for first, *others in groups.values():
        yield first
        yield from others if len(others) <= FEW else [_together(others)]


def _together(rows: Sequence[Row]) -> Row:
    worst = max(rows, key=lambda row: -1.0 if row.max_ulp is None else row.max_ulp)
    told = Counter(row.explanation for row in rows)
    why = "; ".join(f"{words} of {number}" for words, number in told.items())
    case = f"{rows[0].case} to {rows[-1].case}, the worst at {worst.case}"
    return replace(worst, check=f"{worst.check}, {len(rows)} numbers", case=case, explanation=why)


def offered(report: Report) -> str:
    """Return which kinds of checks ran, how many of each, and which of them the target does not offer."""
    ran, every = Counter[str](), Counter[str]()
    for row in report.each:
        every[kind := _kind(row.check)] += 1
        ran[kind] += row.verdict in RAN
    has = ", ".join(f"{kind} {ran[kind]} of {count}" for kind, count in every.items() if ran[kind])
    lacks = ", ".join(kind for kind in every if not ran[kind])
    return f"offered: {has or 'nothing'}{f'; not offered: {lacks}' if lacks else ''}"


def _kind(check: str) -> str:
    return KINDS[BY_NAME[check].kind if check in BY_NAME else check.partition(".")[0]]


def legend(report: Report) -> Iterator[str]:
    """Yield what each verdict means that is given; and of weak rows, as each says it, why."""
    given = {row.verdict for row in report.each}
    for verdict, meaning in MEANING.items():
        if verdict in given:
            yield f"{verdict}: {meaning}{f': {_why_weak(report)}' if verdict == 'weak' else ''}"


def _why_weak(report: Report) -> str:
    """Return why rows are weak, as each says it, with the names of those that say the same."""
    groups: dict[str, list[str]] = defaultdict(list)
    for row in report.each:
        if row.verdict == "weak":
            groups[row.explanation.rpartition("; ")[2]].append(f"{row.check} {row.dtype}")
    return "; ".join(f"{why} ({', '.join(names)})" for why, names in groups.items())
