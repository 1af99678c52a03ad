"""Certificates: the record of one claim, with the evidence of each engine and what keeps it from being green."""

from dataclasses import asdict, dataclass, field
from typing import Any

from derivations.form.verdict import MEANS, Evidence, Verdict
from derivations.judge.rows import AssumptionRow, WrongRow


def nothing_owed() -> dict[str, Any]:
    """The record of no obligations."""
    return {"total": 0, "by": dict.fromkeys(MEANS, 0), "left": [], "each": []}


@dataclass
class Certificate:
    """The record of one claim, deterministic except for `seconds`."""

    verdict: Verdict
    engines: list[Evidence] = field(default_factory=list)
    seconds: dict[str, float] = field(default_factory=dict)
    assumptions: list[AssumptionRow] = field(default_factory=list)
    wrong: list[WrongRow] = field(default_factory=list)
    mutants: dict[str, Any] = field(default_factory=dict)
    printed: dict[str, Any] = field(default_factory=dict)
    obligations: dict[str, Any] = field(default_factory=nothing_owed)
    lemmas: list[int] = field(default_factory=list)  # statements, by number from 1, that do not mention the answer
    complaints: list[str] = field(default_factory=list)

    @property
    def green(self) -> bool:
        return not self.complaints

    def record(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def of_record(cls, record: dict[str, Any]) -> "Certificate":
        return cls(**record | {"engines": [Evidence(**e) for e in record["engines"]]})

    @property
    def proof(self) -> Evidence:
        return next(e for e in self.engines if e.engine == "prove")
