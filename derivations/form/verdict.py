"""Verdicts, and the evidence that an engine returns.

The absence of red is never green: unknown, skipped, timed out and NaN are `not_evaluated`. A claim whose derivation
follows, but which lacks something else, is `incomplete`.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

Verdict = Literal["proved", "consistent", "refuted", "definition", "not_evaluated", "incomplete", "vacuous"]
EngineName = Literal["prove", "field", "enclose", "decide", "simulate", "implement"]
Means = Literal["sympy", "solvers", "arb", "lemma", "line"]  # what discharges an obligation
MEANS: tuple[Means, ...] = ("sympy", "solvers", "arb", "lemma", "line")
SUPPORTS: frozenset[Verdict] = frozenset({"proved", "consistent"})


@dataclass(frozen=True)
class Evidence:
    """What one engine shows about one answer; it holds no time and no path, so equal runs give equal records."""

    engine: EngineName
    verdict: Verdict
    reason: str = ""
    points: int = 0
    digits: int = 0
    witness: dict[str, str] = field(default_factory=dict)
    error: float = 0.0  # chance of this verdict on a wrong (field) or right (simulate) answer
    detail: dict[str, Any] = field(default_factory=dict)

    def record(self) -> dict[str, Any]:
        return asdict(self)


def reasons(statements: int, lost: Mapping[int, str]) -> str:
    """Return why statements, by number from 1, were not looked at; without the number if there is only one."""
    if statements == 1:
        return "; ".join(lost.values())
    numbers: dict[str, list[int]] = {}
    for n, reason in lost.items():
        numbers.setdefault(reason, []).append(n)
    pairs = ((ns, reason) for reason, ns in numbers.items())
    return "; ".join(f"statement{'s' if len(ns) > 1 else ''} {', '.join(map(str, ns))}: {why}" for ns, why in pairs)


def not_evaluated(engine: EngineName, reason: str) -> Evidence:
    return Evidence(engine, "not_evaluated", reason)
