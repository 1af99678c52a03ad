"""The errata as they are written down in `errata.toml`, one table each.

`claim` and `form` name the wrong form that the claim refutes, or its false sentence if the form is empty; `also` lists
forms of other claims in which the same sentence is wrong, as "ddpm.posterior: ratio inverted", or a claim alone for its
false sentence. `printed` has each place, by key as claims name it, with the LaTeX that stands there, or the words, in
English. `wrong` and `right` are what is printed and what is true, as arithmetic over the letters of `at`, the witness.
`relation` is what the source says of the two, if not that they are equal; then `right` is only the other side, and
`instead` says what is true. `of` says which quantity both are, where `words` do not.

What ties the arithmetic to the rest is at least one of three: `leaf`, the field of the claim's answer that has both;
`formula`, a part of what is printed, which a machine reads with `symbols`, and which is `wrong` over `times`; `words`,
which say what the numbers are where a sentence, a law or a mean over states is wrong. `besides` lists places that the
claim names too, and that do not count: their words are not at hand, or are true as they stand. `severity` is one of
`SEVERITIES`. An `[[uncounted]]` row is what is printed wrong and is no error of mathematics, or whose words are not at
hand: a typo, a name, a reading. It is listed, and not counted.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any

FILE = Path(__file__).with_name("errata.toml")
SEVERITIES: Mapping[str, str] = {
    "result": "who computes what is printed gets another number: a loss, a sample, a schedule or a probability",
    "derivation": "a step or a reason is false, and what it leads to stands, or stands for other reasons",
    "scope": "true under a condition that the source leaves out: for some data, in the mean, or in a limit",
}
RELATIONS = ("=", "<", "<=", ">")


@dataclass(frozen=True)
class Printed:
    """What stands at a place."""

    at: str
    text: str


@dataclass(frozen=True)
class Erratum:
    """One mathematical error, with its witness."""

    claim: str
    form: str  # empty for the false sentence of a claim
    printed: tuple[Printed, ...]
    wrong: str
    right: str
    at: Mapping[str, Fraction]
    severity: str
    also: tuple[tuple[str, str], ...] = ()
    of: str = ""  # the quantity
    relation: str = "="
    instead: str = ""
    leaf: str = ""
    formula: str = ""
    times: str = "1"
    symbols: Mapping[str, str] = field(default_factory=dict)
    words: str = ""
    besides: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        return f"{self.claim}: {self.form or 'its false sentence'}"

    @property
    def forms(self) -> tuple[tuple[str, str], ...]:
        """The wrong forms that it covers, by claim."""
        return ((self.claim, self.form), *self.also)


@dataclass(frozen=True)
class Uncounted:
    """What is printed wrong, and is no error of mathematics; or a charge whose words are not at hand."""

    why: str
    form: str = ""  # "CLAIM: FORM", if a claim has it among its wrong forms
    at: str = ""
    text: str = ""


@dataclass(frozen=True)
class Errata:
    """All errata, and what is recorded beside them."""

    errata: tuple[Erratum, ...]
    uncounted: tuple[Uncounted, ...]


@cache
def recorded() -> Errata:
    """Return what is written down in this folder."""
    return read(FILE.read_text())


def read(text: str) -> Errata:
    """Return the errata of a file's text.

    Raises:
        ValueError: a key that no erratum has, or a value of another form.
    """
    data = tomllib.loads(text)
    rows = tuple(Uncounted(**row) for row in data.get("uncounted", ()))
    return Errata(tuple(map(_erratum, data.get("erratum", ()))), rows)


def _erratum(row: Mapping[str, Any]) -> Erratum:
    told = dict(row)
    name = f"{told.get('claim')}: {told.get('form')}"
    try:
        told["printed"] = tuple(Printed(**one) for one in told.get("printed", ()))
        told["at"] = {letter: Fraction(str(value)) for letter, value in told.get("at", {}).items()}
        told["besides"] = tuple(told.get("besides", ()))
        told["also"] = tuple(_form(one) for one in told.get("also", ()))
        return Erratum(**told)
    except (TypeError, ValueError) as fault:
        raise ValueError(f"{FILE.name}: {name}: {fault}") from None


def _form(text: str) -> tuple[str, str]:
    """Return a claim and its form; a claim alone stands for its false sentence."""
    claim, _, form = text.partition(": ")
    return claim, form
