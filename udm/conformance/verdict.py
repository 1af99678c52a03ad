"""The six verdicts on a formula of a target, the row that carries one, and the report of all rows."""

from collections import Counter
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

Verdict = Literal["exact", "weak", "convention", "wrong", "undefined", "not offered"]

MEANING: dict[Verdict, str] = {
    "exact": "within the bound of an error analysis, at all cases",
    "weak": "the formula is right, but digits are lost",
    "convention": "exact under one map of a fixed list, which makes every formula that it touches exact",
    "wrong": "another number, in float64 as well",
    "undefined": "NaN, infinity, an exception, or another length where there is an exact value",
    "not offered": "the target has nothing of this name, or nothing that can be called so",
}
VERDICTS: tuple[Verdict, ...] = tuple(MEANING)
ALARMS: frozenset[Verdict] = frozenset({"wrong", "undefined"})
RAN: frozenset[Verdict] = frozenset(VERDICTS) - {"not offered"}
_FIRST: tuple[Verdict, ...] = ("undefined", "wrong", "weak", "convention", "exact")


@dataclass(frozen=True)
class Row:
    """One check of one formula, at its worst case.

    Attributes:
        check: the name of the check; a formula of an adapter has its name.
        verdict: one of the six.
        claim: the name of the claim whose answer is the exact value, or "" for an identity or a property.
        tag: its permanent tag.
        source: where papers print it.
        dtype: of the numbers that were judged.
        max_ulp: the largest error of all cases, in units in the last place of `dtype`.
        case: the smallest case with this verdict.
        got: the target's number there.
        exact: the exact number there.
        explanation: why it has this verdict, in words.
        several: whether the check is run in several dtypes, each with a row.
        place: of the case, for a script.
        told_of: what a script has to know of its sampler.
    """

    check: str
    verdict: Verdict
    claim: str = ""
    tag: str = ""
    source: str = ""
    dtype: str = ""
    max_ulp: float | None = None
    case: str = ""
    got: str = ""
    exact: str = ""
    explanation: str = ""
    several: bool = False
    place: Any = None
    told_of: tuple[tuple[str, Any], ...] = ()

    @property
    def id(self) -> str:
        """Its name among all rows of a report, of the check, and the dtype of one that is run in several."""
        return f"{self.check}-{self.dtype}" if self.several else self.check

    def told(self) -> list[str]:
        """Return a fault in words, line by line: where, what is there, and what should be.

        Returns:
            Lines of text, one of where, with the verdict, then what is there beside what should be, and why.
        """
        place = ", ".join(filter(None, (self.check, self.dtype)))
        lines = [f"{self.verdict}: {place}{f': {self.case}' if self.case else ''}"]
        if self.got:
            lines.append(f"  exact {self.exact}, got {self.got}")
        lines.append(f"  {self.explanation}")
        if self.tag:
            source = f", {self.source}" if self.source else ""
            lines.append(f"  {self.tag} {self.claim}{source}; udm show {self.tag}")
        return lines

    def document(self) -> dict[str, Any]:
        """Return the row as data, without numbers that JSON has not.

        Returns:
            Its fields by name.
        """
        found = asdict(self)
        for name in ("several", "place", "told_of"):
            del found[name]
        if self.max_ulp is not None and not self.max_ulp < float("inf"):
            found["max_ulp"] = None
        return found


@dataclass(frozen=True)
class Report:
    """All rows of a target: what ran, of what exists.

    Args:
        target: its name.
        version: of its package, or "".
        config: the settings it was made with.
        rows: one for each check.
        said: what the target printed meanwhile.
        making: how a script makes the target, or None.
        command: runs the same checks again.
    """

    target: str
    version: str
    config: dict[str, Any]
    rows: tuple[Row, ...]
    said: str = field(default="", compare=False)
    making: Any = field(default=None, compare=False)
    command: str = field(default="", compare=False)

    @property
    def each(self) -> tuple[Row, ...]:
        """Return one row of each check; a file's has further ones, of its numbers that are off."""
        return tuple({row.id: row for row in reversed(self.rows)}.values())[::-1]

    @property
    def totals(self) -> dict[str, int]:
        """Return the number of checks of each verdict."""
        found = Counter(row.verdict for row in self.each)
        return {verdict: found[verdict] for verdict in VERDICTS}

    @property
    def ran(self) -> int:
        """Return the number of checks that were evaluated."""
        return sum(row.verdict in RAN for row in self.each)

    @property
    def alarms(self) -> tuple[Row, ...]:
        """Return the rows that are wrong or undefined."""
        return tuple(row for row in self.rows if row.verdict in ALARMS)

    @property
    def well(self) -> bool:
        """Return whether something was evaluated, and nothing of it is wrong or undefined."""
        return self.ran > 0 and not self.alarms

    @property
    def unordered(self) -> str:
        """Return why the order of a sampler that ran is not known, or ""."""
        row = next((row for row in self.rows if row.check == "sampler.order" and row.verdict == "not offered"), None)
        ran = any(one.verdict in RAN and one.check.startswith("sampler.") for one in self.rows)
        return f"{row.check} {row.verdict}: {row.explanation}" if row is not None and ran else ""

    def document(self) -> dict[str, Any]:
        """Return the report as data for JSON.

        Returns:
            What ``udm check --json`` prints.
        """
        return {
            "target": self.target,
            "version": self.version,
            "config": self.config,
            "checks": [row.document() for row in self.rows],
            "ran": self.ran,
            "exist": len(self.each),
            "totals": self.totals,
        }


def worst(verdicts: Any) -> Verdict:
    """Return the worst of some verdicts on what was evaluated.

    Raises:
        ValueError: there is none.
    """
    found = set(verdicts)
    for verdict in _FIRST:
        if verdict in found:
            return verdict
    raise ValueError("worst: expected at least one verdict on what was evaluated, got none")
