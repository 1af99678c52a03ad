"""What is said of a formula in one reading: equal, a known wrong form, different, or unknown, and of what.

Equal is said only where the engines prove it of a formula of a claim that is green; a wrong form is proved to be that
form; different has a point with both values. All else is unknown, with the reason.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

LEFT = "what stands on its left"  # in the place of a part of a claim
Kind = Literal["equal", "wrong_form", "different", "unknown"]
Standing = Literal["proved", "consistent", "by definition", ""]


@dataclass(frozen=True)
class Near:
    """A formula that the asked one is not: of which claim, by how much they differ, and where."""

    claim: str
    tag: str
    part: str
    off: str
    at: Mapping[str, str]
    ratio: str = ""  # the number that the one is of the other, if it is one
    everywhere: bool = False  # whether the engines prove that, on the whole domain
    text: str = ""
    view: str = ""


@dataclass(frozen=True)
class Verdict:
    """A verdict on a formula as it was read."""

    kind: Kind
    claim: str = ""
    tag: str = ""
    part: str = ""  # "the answer", "line 2 of its derivation"
    view: str = ""  # how the claim is to be read, where it is not in its own symbols
    standing: Standing = ""  # of the claim
    proved_by: tuple[str, ...] = ()  # the engines in favour of the claim
    confirmed_by: tuple[str, ...] = ()  # the engines in favour of the formula being the claim's
    sources: tuple[str, ...] = ()
    using: tuple[str, ...] = ()
    where: tuple[str, ...] = ()
    also: tuple[str, ...] = ()  # other claims that have a formula of the same values
    also_wrong: tuple[str, ...] = ()  # claims that have a known wrong form of the same values
    wrong: str = ""
    breaks: str = ""
    seen_in: tuple[str, ...] = ()
    right: str = ""
    off: str = ""
    at: Mapping[str, str] = field(default_factory=dict)
    near: tuple[Near, ...] = ()
    reason: str = ""

    def record(self) -> dict[str, Any]:
        """For `--json`."""
        lists = ("proved_by", "confirmed_by", "sources", "using", "where", "also", "also_wrong", "seen_in")
        plain = {k: list(getattr(self, k)) for k in lists}
        texts = ("claim", "tag", "part", "view", "standing", "wrong", "breaks", "right", "off", "reason")
        return {
            "verdict": self.kind,
            **{k: getattr(self, k) or None for k in texts},
            **plain,
            "at": dict(self.at) or None,
            "near": [n.__dict__ | {"at": dict(n.at)} for n in self.near],
        }


@dataclass(frozen=True)
class Read:
    """A formula as it was read in some conventions that mean the same by it, and what is said of it."""

    conventions: tuple[str, ...]
    written: str
    left: str
    side: int
    read_as: str
    names: Mapping[str, str]
    verdict: Verdict
    shift: str = ""  # the step that was written where t is read: "t+1"


@dataclass(frozen=True)
class Answer:
    """All that is said of a formula, the best reading first."""

    formula: str
    read: tuple[Read, ...]
    differing: Mapping[str, str] = field(default_factory=dict)  # by convention, the sides that are not each other

    @property
    def is_equal(self) -> bool:
        """Whether in one convention each right side is equal to what a claim has, and no two sides differ."""
        equal = [
            {c for r in self.read if r.side == n and r.verdict.kind == "equal" for c in r.conventions}
            for n in {r.side for r in self.read}
        ]
        return bool(frozenset.intersection(*map(frozenset, equal)) - self.differing.keys()) if equal else False

    @property
    def false(self) -> str:
        """What is not what, where the first side that is read is equal to what a claim has, and another one is not."""
        if not self.read or self.is_equal or self.read[0].verdict.kind != "equal":
            return ""
        first = self.read[0].conventions
        return self.differing[first[0]] if first and self.differing.keys() >= set(first) else ""

    def __str__(self) -> str:
        head = [f"the equation is false: {self.false}"] if self.false else []
        return "\n".join(
            [*head, *(f"{r.verdict.kind} {r.verdict.claim}, read by {', '.join(r.conventions)}" for r in self.read)]
        )


def part_of(where: str, kind: str) -> str:
    """Say in words where a formula of a claim stands: "answer.var", "right 2", "proof 1.3"."""
    place, _, at = where.replace("answer.", "answer ").partition(" ")
    if place == "answer":
        words = {"": "the answer", "draw": "a draw of the law, mean + sqrt(var) times fresh noise,"}
        return words.get(at, f"{at} in the answer")
    if place == "whole":
        return "a state and the step in the answer,"
    if place in ("root", "square"):
        return f"the {place} of {at} in the answer"
    if place == "proof":
        chain, _, line = at.partition(".")
        return f"line {line} of derivation {chain}"
    side = {"left": "smaller", "right": "greater"}[place] if kind == "inequality" else place
    return f"the {side} side of statement {at}"
