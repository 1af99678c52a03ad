"""What is written down of a paper: bibliography, symbols and their map into ours, equations and their parts."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

BECAUSE: Mapping[str, str] = {  # what an equation is that no claim carries; a machine could check the last two
    "definition": "a definition, a model, an objective or another choice",
    "algorithm": "an algorithm",
    "remark": "a remark, an empirical statement or an approximation",
    "code": "of released code",
    "step": "a step of a derivation that no claim's proof goes through: a machine could check it",
    "open": "a statement that a machine could check and that no claim has",
}


@dataclass(frozen=True)
class Part:
    """A closed form in LaTeX. `equals` says where the claim has it: "answer.var", "proof 1.3", "left 1" or "right 1".

    `under` names the convention by which the paper's symbols are ours; `with_` changes it for this part. What is
    printed up to a constant is compared by its slope in one of our symbols, `slope_in`.
    """

    name: str
    latex: str
    equals: str = ""
    under: str = ""
    with_: Mapping[str, str] = field(default_factory=dict)
    slope_in: str = ""


@dataclass(frozen=True)
class Charge:
    """What a claim says that the equation prints wrong, and where the equation has it: see `charges`.

    `forms` are wrong forms of the claim, "" its false sentence. `latex` has the printed form, or both sides of an
    equation; each is the name of a part, or LaTeX. An equation is the false sentence multiplied by `times`, as may be
    the right side alone, with `equals` "sentence".
    """

    claim: str
    forms: tuple[str, ...]
    latex: tuple[str, ...] = ()
    equals: str = ""  # the place of the form in the claim: "answer.var", "right 1", "sentence"
    under: str = ""
    with_: Mapping[str, str] = field(default_factory=dict)
    times: str = ""
    words: str = ""  # why no reader reads it


@dataclass(frozen=True)
class Convention:
    """How a paper's symbols are written in ours.

    Where a claim is more general than the paper, `claim` says what its symbols are there, as alpha_s = sqrt(abar_s)
    where a path preserves variance; and `domain` names a claim in whose domain the two are compared.
    """

    symbols: Mapping[str, str]
    claim: Mapping[str, str] = field(default_factory=dict)
    domain: str = ""


@dataclass(frozen=True)
class Equation:
    """An equation as it is printed, under its number; or another place of the paper, by what it is called."""

    number: str
    says: str
    latex: str = ""
    parts: tuple[Part, ...] = ()
    claim: str = ""
    others: tuple[str, ...] = ()  # further claims about it: special cases, consequences, other forms
    line: str = ""  # of the claim's proof, "1.3" is the third line of the first chain; empty for the statement itself
    chains: str = ""  # "1, 2", where a claim has several statements: the derivations of those that carry it
    uncovered: str = ""  # why no claim carries it
    because: str = ""  # the same in a word, of `BECAUSE`
    confirmed: bool = False  # number and form agree with a text of the paper, not with the ledger alone
    misprint: str = ""  # what is wrong with it as it is printed
    charged: tuple[Charge, ...] = ()  # the wrong forms that claims say were seen in it
    stands: bool = False  # whether it is true as printed all the same: what is wrong is a sign, or text beside it
    numbered: bool = True

    @property
    def cited(self) -> str:
        """The place as it is cited, "(84)" or "section 4.1"."""
        return f"({self.number})" if self.numbered else self.number

    @property
    def is_wrong(self) -> bool:
        """Whether the equation itself is printed wrong."""
        return bool(self.misprint) and not self.stands

    @property
    def is_open(self) -> bool:
        """Whether a machine could check it and no claim does."""
        return self.because in ("open", "step")

    @property
    def is_remark(self) -> bool:
        """Whether it is a remark in words, which no transcription is asked of."""
        return not self.latex

    @property
    def claims(self) -> tuple[str, ...]:
        """The claim that carries it, and all others about it."""
        return (self.claim, *self.others) if self.claim else self.others

    @property
    def compared(self) -> tuple[Part, ...]:
        """The parts that are compared with the claim, which are what is transcribed twice."""
        return tuple(p for p in self.parts if p.equals)


@dataclass(frozen=True)
class Reading:
    """How the paper is to be read in some claims: what their symbols are in it, what is special, what is left out."""

    text: str
    claims: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class Paper:
    """A paper at a version."""

    key: str
    version: str
    short: str
    bibliography: Mapping[str, Any]
    symbols: Mapping[str, str]
    conventions: Mapping[str, Convention]
    equations: tuple[Equation, ...]
    readings: tuple[Reading, ...] = ()
    last: int | None = None  # the last number of the paper, where that is known; 0 where nothing is numbered
    unrecorded: tuple[str, ...] = ()  # numbers of the paper whose equations are not written down here, as "38-59"
    checked: str = ""  # against which copies numbers and forms were checked, and how numbers were found
    nicknames: tuple[str, ...] = ()  # what else it is called: "ADM", "classifier-free guidance"

    @property
    def name(self) -> str:
        """The paper as it is cited, "DDPM v2"."""
        return f"{self.short} {self.version}"

    def equation(self, number: str) -> Equation | None:
        return next((e for e in self.equations if e.number == number), None)

    def reading(self, claim: str) -> str:
        """How it is to be read in that claim; empty where it needs no note."""
        return "; ".join(r.text for r in self.readings if claim in r.claims)
