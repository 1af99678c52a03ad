"""The page of a paper: its equations in order, as they are printed, with claim and verdict or why there is none."""

from collections.abc import Iterator

from docutils import nodes
from sphinx.util.docutils import SphinxDirective

from derivations.errata.places import slip_or_error
from derivations.form.known import left
from derivations.papers.ledger import CONFIRMED, counted, in_order, ledger, needed
from derivations.papers.ledger import row as row_of
from derivations.papers.numbers import bracketed
from derivations.papers.paper import Equation, Paper, papers
from docs.extension.mixed import mixed
from docs.extension.roles import link
from docs.site import parts
from docs.site.records import below, judged
from udm.cli.standing import listed

FULL = 90_000  # letters of MathML on a page: with the rest of the page it stays below 200 kB
Place = Equation | str


def pieces(paper: Paper) -> list[list[Place]]:
    """Return the equations of a paper, a list for each page that they take."""
    found, size = list[list[Place]]([[]]), 0
    for e in in_order(paper):
        weight = 600 + (0 if isinstance(e, str) or not e.latex else parts.weight(e.latex))
        if size + weight > FULL and found[-1]:
            found, size = [*found, []], 0
        found[-1].append(e)
        size += weight
    return found


def docname(paper: Paper, n: int) -> str:
    """Return the document of the n-th page of a paper, from 0."""
    return f"paper/{paper.key}/index" if n == 0 else f"paper/{paper.key}/{n + 1}"


def resting(name: str) -> str:
    """Return which claims that a claim rests on leave something over, as the graph shows; empty if none does."""
    over = sorted(set(below(name)) & left().keys())
    return f" (it rests on {listed(over)}, which leave{'s' if len(over) == 1 else ''} something over)" if over else ""


class PaperDirective(SphinxDirective):
    """``paper-page:: luo2022 0``: the first page of a paper."""

    required_arguments = 2

    def run(self) -> list[nodes.Node]:
        paper, n = papers()[self.arguments[0]], int(self.arguments[1])
        rows = {name: judged(name) for e in paper.equations for name in needed(e)}
        every = pieces(paper)
        by = paper.bibliography
        title = by["title"] + (f", page {n + 1} of {len(every)}" if n else "")
        lead = self._lead(paper, counted(ledger(paper, rows)["totals"])) if n == 0 else []
        entries = [self._entry(paper, e, rows) for e in every[n]]
        return [parts.page([parts.text(title)], f"paper {paper.key}", *lead, *entries, *self._further(paper, every, n))]

    def _lead(self, paper: Paper, count: str) -> list[nodes.Node]:
        by = paper.bibliography
        who = f"{', '.join(by['authors'])}, {by['year']}; cited here as {paper.name}: "
        checked = f"How numbers and forms were confirmed: {paper.checked or 'the file of the paper does not say'}"
        return [
            parts.para(parts.text(who), parts.outside(by["url"], by["url"]), parts.text(".")),
            parts.para(parts.text(f"{count}. {CONFIRMED}.")),
            parts.para(parts.text(checked)),
        ]

    def _entry(self, paper: Paper, e: Place, rows: dict) -> nodes.Node:
        if isinstance(e, str):
            return parts.para(parts.text(f"{bracketed(e)}: not recorded here."))
        found = nodes.container(
            "", *self._told(paper, e, rows), classes=["udm-equation"], ids=[parts.label(paper.key, e.number)]
        )
        name = parts.label(paper.key, e.number)
        self.env.domains.standard_domain.note_hyperlink_target(name, self.env.docname, name, e.cited)
        return found

    def _told(self, paper: Paper, e: Equation, rows: dict) -> Iterator[nodes.Node]:
        r = row_of(paper, e, rows)
        yield parts.para(nodes.strong(text=e.cited), parts.text(" "), *mixed(e.says))
        if e.latex:
            yield parts.display(e.latex)
        yield parts.para(*self._carrier(e, r), parts.text("" if e.confirmed else " Not confirmed against the paper."))
        if e.misprint:
            yield parts.para(nodes.strong(text=f"{slip_or_error(e).capitalize()}: "), *mixed(e.misprint))

    def _carrier(self, e: Equation, r: dict) -> list[nodes.Node]:
        page = self.env.docname
        if "place" in r:
            return [parts.text("About it: "), *parts.joined(link(page, name) for name in r["claims"]), parts.text(".")]
        if "why" in r:
            return [parts.text("No claim: "), *mixed(r["why"]), parts.text("." if r["why"][-1:] != "." else "")]
        line = f", line {r['line']} of its derivation" if r["line"] and not r["refutes"] else ""
        twice = {"twice": "transcribed twice", "in part": "in part transcribed twice"}.get(
            r["transcribed"], "transcribed once"
        )
        refutes = f" (of what is true instead: the claim refutes {r['refutes']})" if r["refutes"] else ""
        return [
            parts.text(f"{r['tag']} "),
            link(page, r["claim"]),
            parts.text(f"{line}: {r['verdict']}{refutes}{resting(r['claim'])}; {twice}."),
        ]

    def _further(self, paper: Paper, every: list[list[Place]], n: int) -> list[nodes.Node]:
        if len(every) == 1:
            return []
        names = [f"{k + 1}" if k else "index" for k in range(len(every))]
        found = [
            nodes.strong(text=f"page {k + 1}")
            if k == n
            else nodes.reference("", f"page {k + 1}", refuri=f"{name}.html")
            for k, name in enumerate(names)
        ]
        return [parts.para(parts.text("This paper: "), *parts.joined(found))]


class PapersDirective(SphinxDirective):
    """All papers, each with how much of it claims carry."""

    def run(self) -> list[nodes.Node]:
        head = ("Paper", "Equations", "Carried", "Could be checked", "Transcribed twice", "Printed wrong")
        return [parts.rows(head, map(self._cells, papers().values()), (45, 11, 11, 11, 11, 11))]

    def _cells(self, paper: Paper) -> list[parts.Cell]:
        t = ledger(paper, {})["totals"]
        numbers = (t["equations"], t["covered"], t["open"], t["twice"], t["misprints"])
        title = f"{paper.bibliography['title']} ({paper.name})"
        return [
            [nodes.reference("", title, refuri=f"{paper.key}/index.html")],
            *([parts.text(str(n))] for n in numbers),
        ]
