"""The sources of a claim, from the papers' data alone; and a report's row with its sources and references by name."""

from typing import NamedTuple, cast

from derivations.judge.rows import ClaimRow, JudgedRow, SourceRow
from derivations.papers.further import ours
from derivations.papers.paper import Equation, Paper, papers
from derivations.papers.references import as_cited, cite, resolve, spans, unsure


class Source(NamedTuple):
    """A paper, the equations that state a claim or that it is about, and how the paper is to be read there."""

    paper: Paper
    main: tuple[Equation, ...]  # those that state it; else those in its proof; else those that it is about
    all: tuple[Equation, ...]
    states: bool  # whether the paper states the claim, or a step of its proof
    reading: str

    @property
    def equations(self) -> str:
        return spans(self.main)

    @property
    def name(self) -> str:
        """As it is cited in one line: "VDM v6 (25)"."""
        return cite(self.paper, self.main)

    @property
    def misprints(self) -> list[str]:
        """What is wrong with the equations that state it, as they are printed; of a false sentence, the claim says."""
        found: dict[str, list[Equation]] = {}
        for e in self.main if self.states else ():
            found.setdefault(e.misprint, []).append(e)
        return [f"{cite(self.paper, each)}: {wrong}" for wrong, each in found.items() if wrong]


def sources(claim: str) -> list[Source]:
    """The papers that state a claim or are about it, in the order of their years."""
    found = ((p, tuple(e for e in p.equations if claim in e.claims)) for p in papers().values())
    return [_source(p, equations, claim) for p, equations in found if equations]


def _source(paper: Paper, equations: tuple[Equation, ...], claim: str) -> Source:
    own = tuple(e for e in equations if e.claim == claim)
    main = tuple(e for e in own if not e.line) or own or equations
    return Source(paper, main, equations, bool(own), paper.reading(claim))


def sourced(row: JudgedRow) -> ClaimRow:
    """A row of a report with its sources, and with what it refers to by name instead of by key."""
    no = row["refuted"]
    cited = _by_word if row["own"] else as_cited
    said = {
        "sources": [_data(s) for s in sources(row["name"])],
        "ours": ours().get(row["name"]),
        "wrong": [{**w, "seen_in": [cited(place) for place in w["seen_in"]]} for w in row["wrong"]],
        "refuted": no and {**no, "printed_in": [cited(place) for place in no["printed_in"]]},
    }
    return cast(ClaimRow, {**row, **said})


def _by_word(place: str) -> str:
    """A place that a claim of one's own names, which no file of a paper confirms."""
    return f"{as_cited(place)} (by the author's word)"


def doubt(s: SourceRow) -> str:
    """Which of the equations of a source are not confirmed, as it is marked: " [not confirmed against the paper]"."""
    if s["confirmed"]:
        return ""
    ((_, places),) = resolve(f"{s['work']} {s['equations']}")
    return f" [{unsure([e for e in places if isinstance(e, Equation)])}]"


def _data(source: Source) -> SourceRow:
    paper = source.paper
    return {
        "work": paper.key,
        "name": source.name,
        "version": paper.version,
        "equations": source.equations,
        "all": spans(source.all),
        "states": source.states,
        "misprints": source.misprints,
        "misprint": source.states and all(e.is_wrong for e in source.main),
        "reading": source.reading or None,
        "confirmed": all(e.confirmed for e in source.main),
        "url": paper.bibliography["url"],
    }
