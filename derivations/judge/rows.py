"""What a certificate says of a claim, and a page, a citation and a report read: rows of plain data, by their names."""

from typing import Any, NotRequired, TypedDict

from derivations.form.verdict import EngineName, Verdict

Point = dict[str, str]  # symbols and their values, as text


class EngineRow(TypedDict):
    """What one engine looked at, and its verdict."""

    engine: EngineName
    verdict: Verdict
    points: int
    digits: int
    reason: str
    error: float
    detail: dict[str, Any]
    seconds: float


class Necessity(TypedDict):
    """What happens where an assumption fails: the claim is false, or undefined, and where."""

    kind: str
    at: Point
    fault: str


class AssumptionRow(TypedDict):
    """An assumption, and what happens without it, or why it is kept."""

    text: str
    stated: bool
    necessary: Necessity | None
    convenience: NotRequired[str]
    holds_beyond: NotRequired[Point | None]


class Witness(TypedDict):
    """A point at which something fails, and how far off it is."""

    witness: Point
    off: str


class WrongRow(Witness):
    """A wrong answer, who rejects it, and a point at which one of its statements fails, and a quantity of it is off."""

    statement: int  # as it is written, from 1; 0 where only engines' points are known
    of: str  # "the log density of z_s"; "" where the sides are compared as they are written

    name: str
    breaks: str
    seen_in: list[str]
    killed_by: list[EngineName]


class PrintedRow(Witness):
    """How the printed statement of a refuted claim fails."""

    refuted_by: list[str]


class MutantsRow(TypedDict):
    """How many altered answers there were, and what became of them."""

    generated: int
    killed: int
    simple: bool
    equivalent: int
    passes: int
    survived: int
    names: dict[str, list[str]]


class OwedRow(TypedDict):
    """A sign that something needs, and what discharged it."""

    text: str
    shown: str
    why: str
    by: str | None


class ObligationsRow(TypedDict):
    """All that a statement and its derivation owe."""

    total: int
    by: dict[str, int]
    left: list[str]
    each: list[OwedRow]


class RefutedRow(TypedDict):
    """A false sentence, who prints it, what is true instead and with which verdict, and how the sentence fails."""

    sentence: str
    printed_in: list[str]
    instead: str
    instead_is: Verdict
    witness: NotRequired[Point]
    off: NotRequired[str]
    refuted_by: NotRequired[list[EngineName]]


class SourceRow(TypedDict):
    """A paper at a version, its equations that state a claim or that it is about, and how it is to be read there."""

    work: str
    name: str
    version: str
    equations: str
    all: str
    states: bool
    misprint: bool  # whether all of these equations are printed wrong
    misprints: list[str]
    reading: str | None
    confirmed: bool
    url: str


class JudgedRow(TypedDict):
    """Everything known of one claim but for its sources, which are the papers' to say."""

    tag: str
    name: str
    title: str
    kind: str
    family: str
    own: str | None  # the file of a claim that is not of the catalogue
    verdict: Verdict
    green: bool
    engines: list[EngineRow]
    obligations: ObligationsRow
    assumptions: list[AssumptionRow]
    wrong: list[WrongRow]
    printed: PrintedRow | None
    refuted: RefutedRow | None
    mutants: MutantsRow | None
    lemmas: list[int]
    means: str
    trust: list[str]
    needs: list[str]
    implemented_by: list[str]
    digest: str
    complaints: list[str]


class ClaimRow(JudgedRow):
    """The same, with its sources, and with what it refers to by name instead of by key."""

    sources: list[SourceRow]
    ours: str | None
