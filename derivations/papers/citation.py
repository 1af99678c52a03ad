"""A citation as people write it: "Luo et al. (2022), Eq. 84", "VDM v6 (13)", "Eq. (7) of DDPM", "ddpm section 3.2".

What may mean several papers is refused, with a list of them; so is a number that the paper does not have.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

from derivations.papers.called import at_arxiv, called, citing
from derivations.papers.numbering import PLACE, Place, matching, may_be_unrecorded, none_there
from derivations.papers.paper import Equation, Paper, papers
from derivations.papers.references import spans


class Unclear(ValueError):
    """A citation that may mean several things, or has a number that is not there."""


class Citation(NamedTuple):
    """Equations of a paper; all of them if no number is given."""

    paper: Paper
    equations: list[Equation]
    whole: bool


_NUMBER = r"#?\(?[A-Z]?\.?\d+(?:\.\d+)*[a-f]?'?\)?"
_EQ = r"(?:(?:eq|eqs|eqn|eqns|equation|equations|no|number|numbers)\b\.?\s*)"
_LIST = rf"{_EQ}?{_NUMBER}(?:(?:\s*(?:-|,|;|&|\bto\b|\bthrough\b|\band\b)\s*)+{_EQ}?{_NUMBER}|\s+{_NUMBER})*"
_IN_BRACKETS = re.compile(rf"\(({_EQ}[^()]*(?:\([^()]*\))?[^()]*)\)", re.I)  # "VDM (eq. 15)"
_REFERENCE = re.compile(rf"(?P<list>{_LIST})|(?P<place>{PLACE})", re.I)
_FIRST = re.compile(rf"(?P<at>{_EQ}?\(?{_LIST}|{PLACE})[\s,]*(?:\b(?:of|in|from|by)\b)?\s+(?P<work>.+)", re.I)
_ARXIV = re.compile(
    r"(?:https?://)?(?:arxiv\.org/(?:abs|pdf)/|arxiv\s*:?\s*)?\b(\d{4}\.\d{4,5})(v\d+)?(?:\.pdf)?(?![\d.])", re.I
)
_YEAR = re.compile(r"(?<![\w.])\(?((?:19|20)\d\d)[a-z]?\)?(?![\w.)-])")
_NEGATIVE = re.compile(r"(?:[A-Za-z.,]\s+|\()(-\d+)")
_VERSION = re.compile(r"(?<![0-9])(v\d+)(?![\w.])", re.I)


def cited(query: str) -> Citation | None:
    """What a citation means; nothing if it names no known paper.

    Raises:
        Unclear: it means several papers, another version, or an equation that the paper does not have.
    """
    text = _plain(query)
    text, version = _at_arxiv(text)
    if not version and (m := _VERSION.search(text)):
        text, version = _without(text, m), m[1].lower()
    for work, year, reference in _readings(text):
        if found := called(work, year):
            if m := _NEGATIVE.search(text):
                raise Unclear(f"expected the number of an equation, got {m[1]!r}")
            return _of(_one(found, work, reference), version, reference)
    return None


def number_alone(query: str) -> bool:
    """Whether it is the number of an equation, of no paper: "84", "eq. (7)"."""
    text = _plain(query)
    return bool(re.fullmatch(_LIST, text, re.I)) and not _ARXIV.search(text)


def _plain(query: str) -> str:
    """With one kind of dash, of bracket and of section sign, and no punctuation at its ends."""
    dashed = re.sub(r"[\u2010-\u2015\u2212]", "-", query).replace("\u00a7", " section ")
    rounded = dashed.translate(str.maketrans("[]{}", "()()")).strip(" \t\n,.;:")
    return _IN_BRACKETS.sub(r" \1", rounded)


def _at_arxiv(text: str) -> tuple[str, str]:
    """A number at arXiv gives way to the key of its paper; and the version that stands with it."""
    m = _ARXIV.search(text)
    if m is None:
        return text, ""
    if (p := at_arxiv(m[1])) is None:
        raise Unclear(f"no paper here is arXiv:{m[1]}; {known()}")
    return f"{text[: m.start()]} {p.key} {text[m.end() :]}".strip(), (m[2] or "").lower()


def _without(text: str, m: re.Match[str]) -> str:
    return re.sub(r"[\s,]+$", "", f"{text[: m.start()].rstrip()} {text[m.end() :].lstrip()}").strip()


def _readings(text: str) -> Iterator[tuple[str, str, str]]:
    """Work, year and reference, as the text may be divided: the longest name of a work first."""
    yield text, "", ""
    years: list[tuple[str, str]] = [(text, "")]
    if (m := _YEAR.search(text)) and re.search(r"\w", text[: m.start()]):
        years.insert(0, (_without(text, m), m[1]))
    for rest, year in years:
        if year:
            yield rest, year, ""
        for end in range(len(rest), 0, -1):
            reference = rest[end:].strip(" \t,:")
            if rest[end - 1] not in "(#" and reference and _is_reference(rest[:end], reference):
                yield rest[:end], year, reference
        if m := _FIRST.fullmatch(rest):
            yield m["work"], year, m["at"]


def _is_reference(work: str, text: str) -> bool:
    """Whether it is a number or the like, or what the work calls one of its places: "text after (85)"."""
    return bool(_REFERENCE.fullmatch(text)) or any(matching(p, Place(label=text)) for p in called(work))


def _one(found: list[Paper], work: str, reference: str) -> Paper:
    """The paper that is meant: of several by an author, the only one that has or may have what is asked for."""
    having = [p for p in found if _may_have(p, reference)]
    if len(having or found) == 1:
        return (having or found)[0]
    each = "".join(f"\n  {f'{p.key} {reference}'.strip()}  {citing(p)}{_there(p, reference)}" for p in found)
    raise Unclear(f"{work.strip(' ,')!r} may be {len(found)} papers; please say which, in one of these ways:{each}")


def _may_have(p: Paper, reference: str) -> bool:
    """Whether all of it is listed, or may be a number that is not written down."""
    places = _places(reference) if reference else []
    return all(matching(p, place) or may_be_unrecorded(p, place) for place in places)


def _there(p: Paper, reference: str) -> str:
    """What stands under that number, to choose by."""
    if not reference:
        return ""
    try:
        return "".join(f"; {spans([e])}: {e.says}" for e in _of(p, "", reference).equations)
    except Unclear as none:
        return f"; {none}"


def _of(p: Paper, version: str, reference: str) -> Citation:
    if version and version != p.version:
        raise Unclear(
            f"expected {p.name}, the version whose numbers are listed, got {version}: other versions number otherwise"
        )
    if not reference:
        return Citation(p, list(p.equations), whole=True)
    places = _places(reference)
    for place in places:
        if not matching(p, place):
            raise Unclear(none_there(p, place))
    wanted = {e.number for place in places for e in matching(p, place)}
    return Citation(p, [e for e in p.equations if e.number in wanted], whole=False)


def _places(reference: str) -> list[Place]:
    """Each number, range or section that is asked for."""
    if not _REFERENCE.fullmatch(reference):
        return [Place(label=reference)]
    if m := re.fullmatch(PLACE, reference.strip(), re.I):
        return [Place.of_label(m[0])]
    only = bool(re.search(rf"{_EQ}|\(", reference, re.I))
    plain = re.sub(rf"{_EQ}", " ", reference, flags=re.I)
    plain = re.sub(r"\s*(?:-|\bto\b|\bthrough\b)\s*", "-", re.sub(r"[()#]", " ", plain), flags=re.I)
    return [Place.of_number(one, only) for one in re.split(r"(?:[\s,;&]|\band\b)+", plain) if one]


def known() -> str:
    """The papers that may be named."""
    return f"the papers here are {', '.join(papers())}"
