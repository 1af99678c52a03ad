"""What a citation, and the page of what a verdict rests on, say of a claim: rows of plain data, by their names."""

from typing import TypedDict

from derivations.form.verdict import Verdict
from derivations.judge.rows import RefutedRow, SourceRow


class Lines(TypedDict):
    """Formulas as lines of text, and as displays in LaTeX, each with what its names mean."""

    text: list[str]
    latex: list[tuple[str, str]]


class Fields(TypedDict):
    """The fields of an answer, each with its formula, or letters with their meaning; in text or in LaTeX."""

    text: list[tuple[str, str]]
    latex: list[tuple[str, str]]


class Foremost(TypedDict):
    """The first line of a statement, which of a refuted claim is the false one; "" where a title says more."""

    text: str
    latex: str
    of: int  # how many statements there are


class FromPaper(TypedDict):
    """An equation that states a claim, as its paper prints it."""

    work: str
    place: str
    marks: str  # that it is printed wrong, or not confirmed
    text: str
    latex: str


class Formulas(TypedDict):
    """The formulas of a claim; a false statement only of a refuted one."""

    false: Lines
    statement: Lines
    answer: Fields
    symbols: Fields  # letters that no line defines, each with its meaning in words
    foremost: Foremost  # what stands for all in a line


class Cited(TypedDict):
    """What every citation says; in BibTeX there is no more."""

    tag: str
    name: str
    title: str
    digest: str
    version: str
    commit: str  # empty where it is not known
    date: str  # of the commit
    release: str  # version, commit and day in words
    address: str
    assumptions: list[str]
    means: str  # what stands for the general case
    trust: list[str]
    verdict: Verdict
    verdict_in_words: str
    engines: list[str]
    wrong_rejected: int
    sources: list[SourceRow]
    as_printed: list[FromPaper]  # those that were asked for first
    printed_wrong: list[str]  # what is wrong with equations that state it, where others of their paper are right
    ours: str | None
    replay: str
    year: str
    refuted: RefutedRow | None


class Written(Cited):
    """The same, with the formulas."""

    formulas: Formulas


class Trusted(TypedDict):
    """What a verdict asks its reader to believe, in the order of a page."""

    tag: str
    name: str
    in_one_sentence: str
    verdict: Verdict
    refuted: RefutedRow | None
    holds_in_general_by: str
    obligations_left_over: list[str]
    claims_below_with_something_left: list[str]
    definitions: list[str]
    claims: list[str]
    analysis_on_trust: list[str]
    false_without: list[str]
    undefined_without: list[str]
    convenience: dict[str, str]
    transcribed_from: list[str]
    proof_kernel: list[str]
    code_that_ran: list[str]
    never_called: list[str]
    called_though_avoided: list[str]
    libraries: dict[str, str]
