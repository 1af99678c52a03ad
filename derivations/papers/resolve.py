"""What a user means by a claim: a tag, a name, a prefix or a glob, in any case, or a paper's equation.

Every command asks here, so that what is found by one is found by all.
"""

from collections.abc import Iterable, Sequence
from contextlib import suppress
from difflib import get_close_matches
from fnmatch import fnmatchcase
from pathlib import Path
from typing import NamedTuple

from derivations.catalogue import Entry, Unknown, claims, tags, withdrawn
from derivations.own.meant import is_file
from derivations.own.meant import meant as of_files
from derivations.own.nearby import addresses
from derivations.papers.charged import check
from derivations.papers.citation import Citation, Unclear, cited, known, number_alone
from derivations.papers.paper import Equation, Paper, papers
from derivations.papers.references import cite, unsure

NEAR = 0.8  # of a name that may have been meant: "vdm.posterier"


class Carried(NamedTuple):
    """A claim and the equations that it carries, or that it is about."""

    entry: Entry
    equations: tuple[Equation, ...]
    carries: bool


def entry(name: str) -> Entry:
    return Entry(tags()[name], name)


def named(pattern: str) -> list[Entry]:
    """The claims of a tag, a name, a glob; else of a prefix.

    Raises:
        Unknown: the claim was withdrawn.
    """
    return exactly(pattern) or prefixed(pattern)


def exactly(pattern: str) -> list[Entry]:
    """The claims of a tag, a name or a glob."""
    wanted = pattern.strip().casefold()
    by_tag = {tag.casefold(): name for name, tag in tags().items()}
    name = by_tag.get(wanted, pattern.strip()).casefold()
    gone = {tag: name for name, tag in tags().items() if tag in withdrawn()}
    for tag, old in gone.items():
        if wanted in (tag.casefold(), old.casefold()):
            raise Unknown(f"{tag} ({old}) is {withdrawn()[tag]}")
    return [entry(n) for n in claims() if fnmatchcase(n.casefold(), name)]


def prefixed(pattern: str) -> list[Entry]:
    """The claims whose names begin so."""
    wanted = pattern.strip().casefold()
    return [entry(n) for n in claims() if wanted and n.casefold().startswith(wanted)]


def carried(citation: Citation) -> list[Carried]:
    """The claims that carry the equations of a citation, in the paper's order; then those that are about them."""
    by: dict[tuple[bool, str], list[Equation]] = {}
    for e in citation.equations:
        if e.claim:
            by.setdefault((True, e.claim), []).append(e)
        for other in e.others:
            by.setdefault((False, other), []).append(e)
    found = [Carried(entry(name), tuple(es), carries) for (carries, name), es in by.items()]
    return sorted(found, key=lambda c: not c.carries)


def everywhere(number: str) -> list[Citation]:
    """The equation of that number in every paper that has it."""
    found = []
    for key in papers():
        with suppress(Unclear):
            if (citation := cited(f"{key}, {number}")) is not None:
                found.append(citation)
    return found


def uncovered(citation: Citation) -> list[Equation]:
    """The equations that no claim carries."""
    return [e for e in citation.equations if e.uncovered]


def reason(p: Paper, e: Equation) -> str:
    """Why no claim carries an equation, and what is about it."""
    also = f"; {', '.join(e.others)} {'are' if len(e.others) > 1 else 'is'} about it" if e.others else ""
    checkable = " (a machine could check it)" if e.is_open else ""
    mark = f" [{why}]" if (why := unsure([e])) else ""
    return f"{cite(p, [e])}, {e.says}{mark}{checkable}: {e.uncovered}{also}{_wrong(e)}"


def _wrong(e: Equation) -> str:
    """What is printed wrong there; an erratum by the claim and the wrong form that it is."""
    names = ", ".join(f"{c.claim}: {form}" for c in e.charged for form in c.forms)
    told = f"it is an erratum ({names}), printed wrong: " if names else "misprint: "
    return f"; {told}{e.misprint}" if e.misprint else ""


def meant(pattern: str) -> list[Entry]:
    """The claims that are meant: "999C", "5bun", "vdm.posterior", "kl", "ddim.*", "Luo (84)", "luo 84-86", "luo".

    Raises:
        Unknown: there is no such claim, or nothing carries that equation.
        Unclear: several papers may be meant, or the paper has no such equation.
    """
    if found := named(pattern):
        return found
    if (citation := cited(pattern)) is None:
        raise Unknown(unknown(pattern))
    if found := [c.entry for c in carried(citation) if c.carries]:
        return found
    raise Unknown(f"no claim carries {'; '.join(reason(citation.paper, e) for e in uncovered(citation))}")


def all_meant(patterns: Sequence[str]) -> list[Entry]:
    """The claims of several patterns, each once; words that are one citation together are taken so: luo eq. 84.

    A pattern may be a file of claims, `my_claims.py`, or a claim of one, `my_claims.py::mine.mean`; it is executed.

    Raises:
        Unknown, Unclear: as `meant`.
        Unreadable: a file is no file of claims.
    """
    together = " ".join(patterns)
    own = of_files(filter(is_file, patterns))
    check(e.name for found in own.values() for e in found)
    if len(patterns) > 1 and not own and not all(map(named, patterns)) and cited(together):
        patterns = [together]
    return _once(found for pattern in patterns for found in own.get(pattern) or meant(pattern))


def _once(found: Iterable[Entry]) -> list[Entry]:
    return list(dict.fromkeys(found))


def unknown(pattern: str) -> str:
    """What is wrong with a pattern that finds nothing."""
    if not pattern.strip():
        return f"expected {EXPECTED}, got nothing"
    if number_alone(pattern):
        return f"expected the paper whose equation {pattern.strip()} is meant, as in 'vdm {pattern.strip()}'; {known()}"
    if Path(f"{pattern}.py").is_file():
        return f"expected {EXPECTED}, got {pattern!r}; did you mean the file {pattern}.py?"
    if own := addresses(pattern.strip()):
        return f"expected {EXPECTED}, got {pattern!r}; a claim of your own is named with its file: {' or '.join(own)}"
    near = tags_near(pattern) or get_close_matches(pattern.casefold(), [*claims(), *papers()], n=3, cutoff=NEAR)
    own = f"; a claim of your own is named with its file, FILE.py::{pattern.strip()}" if "." in pattern else ""
    hint = f"did you mean {' or '.join(near)}?" if near else f"{known()}; `udm find` searches by words{own}"
    return f"expected {EXPECTED}, got {pattern!r}; {hint}"


def tags_near(pattern: str) -> list[str]:
    """The tags, with their claims, that differ from a mistyped one in one place."""
    wanted = pattern.strip().upper()
    alike = ((n, t) for n, t in tags().items() if n in claims() and len(t) == len(wanted))
    return [f"{t} ({n})" for n, t in alike if sum(a != b for a, b in zip(t, wanted, strict=True)) == 1][:3]


EXPECTED = "a tag, a name, a prefix or a glob of the catalogue, or a paper's equation as 'luo 84'"
