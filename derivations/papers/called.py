"""What a paper is called: its key, its short name, its authors and year, its title, or its number at arXiv."""

import re
from collections.abc import Iterator
from functools import cache
from unicodedata import combining, normalize

from derivations.papers.paper import Paper, papers

TELLING = 3  # words of a title that name it
_FILLING = re.compile(r"\bet\s+al\b|\band\b|\bthe\b|\bpaper\b|&")


def folded(text: str) -> str:
    """Letters and digits alone, without accents or case: "DPM-Solver++" and "dpm solver pp" are the same name."""
    plain = "".join(c for c in normalize("NFKD", text.casefold()) if not combining(c))
    return re.sub(r"[^a-z0-9]", "", _FILLING.sub(" ", plain).replace("+", "p"))


def called(text: str, year: str = "") -> list[Paper]:
    """The papers that go by a name, in any case; an author's name may be that of several.

    A name is a key, with or without its year; a short name or a nickname; the first author, or all; a title, what
    stands before its colon, or its first words, three or more; a key of BibTeX as "ho2020denoising".
    """
    of_year = [p for p in papers().values() if not year or year in years(p)]
    name = folded(text)
    return [p for p in of_year if name in _names()[p.key]] or [p for p in of_year if _begins(p, text)]


def _begins(p: Paper, text: str) -> bool:
    """Whether its title begins with these words, of which there are so many that they are no other search."""
    asked, title = text.casefold().split(), p.bibliography["title"].casefold().split()
    return len(asked) >= TELLING and title[: len(asked)] == asked


def at_arxiv(number: str) -> Paper | None:
    """The paper with a number at arXiv, as "2006.11239"."""
    return next((p for p in papers().values() if p.bibliography.get("arxiv") == number), None)


def years(p: Paper) -> set[str]:
    """The year of its publication, and that in which it was put on arXiv."""
    return {str(p.bibliography["year"]), *(f"20{number[:2]}" for number in (p.bibliography.get("arxiv"),) if number)}


def citing(p: Paper) -> str:
    """How an author would cite it: "Ho et al. 2020, Denoising Diffusion Probabilistic Models"."""
    surnames = _surnames(p)
    by = f"{surnames[0]} et al." if len(surnames) > 2 else " and ".join(surnames)
    return f"{by} {p.bibliography['year']}, {p.bibliography['title']}"


@cache
def _names() -> dict[str, frozenset[str]]:
    return {p.key: frozenset(map(folded, names(p))) for p in papers().values()}


def names(p: Paper) -> Iterator[str]:
    """Yield all its names, as they are written; some may be the same."""
    title, surnames = p.bibliography["title"], _surnames(p)
    bare = p.key.rstrip("0123456789")
    for name in (bare, p.short, *p.nicknames, surnames[0], " ".join(surnames)):
        yield name
        yield from (f"{name} {year}" for year in years(p))
    yield from (title, title.partition(":")[0])
    yield from (f"{surnames[0]} {year} {re.split('[^A-Za-z]', title)[0]}" for year in years(p))


def _surnames(p: Paper) -> list[str]:
    return [author.split()[-1] for author in p.bibliography["authors"]]
