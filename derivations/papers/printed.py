"""The equations that state a claim as their papers print them, so that who knows the paper recognises the claim."""

from collections.abc import Collection, Iterator
from contextlib import suppress
from typing import NamedTuple

from derivations.papers.citation import Unclear, cited
from derivations.papers.paper import Equation, Paper
from derivations.papers.plain import plain
from derivations.papers.references import cite, unsure
from derivations.papers.sources import sources


class Printed(NamedTuple):
    """An equation of a paper."""

    paper: Paper
    equation: Equation

    @property
    def name(self) -> str:
        return cite(self.paper, [self.equation])

    @property
    def text(self) -> str:
        return plain(self.equation.latex)

    @property
    def marks(self) -> str:
        """What a reader has to know of it: that it is printed wrong, and whether it is confirmed."""
        told = ["printed wrong" if self.equation.is_wrong else "", unsure([self.equation])]
        return "".join(f" [{one}]" for one in told if one)


def printed(claim: str, asked: Collection[Equation] = ()) -> list[Printed]:
    """The equations that state a claim and are no remarks: those that were asked for, then right and confirmed ones."""
    found = [Printed(s.paper, e) for s in sources(claim) if s.states for e in s.all if _states(s.main, e, asked)]
    return sorted(found, key=lambda p: (not _among(p.equation, asked), p.equation.is_wrong, not p.equation.confirmed))


def _states(main: Collection[Equation], e: Equation, asked: Collection[Equation]) -> bool:
    return bool(e.latex) and (_among(e, main) or _among(e, asked))


def _among(e: Equation, some: Collection[Equation]) -> bool:
    return any(e is one for one in some)


def asked_for(patterns: Collection[str]) -> list[Equation]:
    """The equations that patterns name, together or each: luo 84."""
    return list(_asked_for(patterns))


def _asked_for(patterns: Collection[str]) -> Iterator[Equation]:
    for text in dict.fromkeys((" ".join(patterns), *patterns)):
        with suppress(Unclear):
            if (found := cited(text)) is not None and not found.whole:
                yield from found.equations
