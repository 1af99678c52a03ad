"""Directives of the pages to browse: all claims to search, the graph, the symbols, what is counted, tags withdrawn."""

from collections import Counter

from docutils import nodes
from sphinx.util.docutils import SphinxDirective

from derivations.catalogue import claims, tags
from derivations.judge.report import totals
from derivations.papers.glossary import Term, families, glossary
from derivations.papers.sources import sources
from docs.extension.mixed import mixed
from docs.extension.roles import link
from docs.site import parts
from docs.site.graph import MARKS, MEANINGS, drawn, laid_out
from docs.site.history import gone
from docs.site.records import below, rows
from docs.site.search import data
from udm.cli.standing import below_in_words


class FinderDirective(SphinxDirective):
    """A row for each claim: tag, sentence, name, verdict and equations; a script narrows them down as one types."""

    def run(self) -> list[nodes.Node]:
        head = ("Tag", "Says", "Verdict", "Equations")
        found = parts.rows(head, map(self._cells, claims()), (8, 50, 14, 28))
        found["classes"].append("udm-finder")
        (body,) = found.findall(nodes.tbody)
        for name, entry in zip(claims(), body.findall(nodes.row), strict=True):
            entry["ids"].append(f"find-{tags()[name].lower()}")
        return [found, nodes.raw("", data(), format="html")]

    def _cells(self, name: str) -> list[parts.Cell]:
        row = rows()[name]
        no = row["refuted"]
        words = row["title"] if no is None else f"Refutes: {no['sentence']}. True instead: {row['title']}"
        says = [*mixed(words), parts.text(" "), parts.code(name)]
        where = "; ".join(s.name for s in sources(name))
        return [[to_tag(self.env.docname, name)], says, [parts.text(row["verdict"])], [parts.text(where)]]


def to_tag(page: str, name: str) -> nodes.Node:
    """Return a link to a claim, by its tag."""
    found = link(page, name)
    found.children = []
    found += parts.code(tags()[name])
    return found


class GraphDirective(SphinxDirective):
    """The drawing, what its signs mean, and the same as a table."""

    def run(self) -> list[nodes.Node]:
        count = Counter(node.standing for node in laid_out())
        legend = parts.bullets(
            [parts.text(f"{MARKS[k].strip()} {count[k]} of {len(claims())}: {words}.")] for k, words in MEANINGS.items()
        )
        box = f'<div class="udm-display" role="group" aria-label="Graph of claims" tabindex="0">{drawn()}</div>'
        table = parts.rows(("Claim", "Rests on", "Everything below it"), map(self._cells, claims()), (20, 45, 35))
        return [legend, nodes.raw("", box, format="html"), parts.part("The same in words", table)]

    def _cells(self, name: str) -> list[parts.Cell]:
        page = self.env.docname
        needs = parts.joined(to_tag(page, need) for need in claims()[name].needs)
        words = below_in_words({n: rows()[n] for n in below(name)})
        return [[to_tag(page, name)], needs or [parts.text("nothing")], [parts.text(words)]]


class SymbolsDirective(SphinxDirective):
    """``symbols-of:: posterior``: the symbols of a family, each with all claims that use it."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        terms = glossary()[self.arguments[0]]
        return [parts.rows(("Symbol", "Meaning", "Claims"), map(self._cells, terms), (16, 40, 44))]

    def _cells(self, term: Term) -> list[parts.Cell]:
        symbols = parts.joined(parts.formula(latex) for latex in term.latex)
        uses = parts.joined(to_tag(self.env.docname, name) for name in term.claims)
        return [symbols, mixed(term.meaning), uses or [parts.text("none")]]


class NumbersDirective(SphinxDirective):
    """What was checked of all claims; each share is a share of the whole."""

    def run(self) -> list[nodes.Node]:
        t = totals(list(rows().values()))
        every, stated = t["claims"], t["claims"] - t["definitions"]
        assumed, wrongs = sum(t["assumptions"].values()), t["wrong_answers"]
        lines = [
            ("Claims that are green", t["green"], every),
            ("Statements proved with nothing left over; of a refuted claim, of what is true instead",
             t["proved_with_nothing_left"], stated),
            ("Definitions, which state nothing", t["definitions"], every),
            *((f"Claims with the verdict {verdict}", n, every) for verdict, n in t["verdicts"].items()),
            *((f"Obligations discharged by {means}", n, t["obligations"]) for means, n in t["obligations_by"].items()),
            ("Obligations left over", t["obligations_left"], t["obligations"]),
            *((f"Assumptions: {kind}", n, assumed) for kind, n in t["assumptions"].items()),
            ("Wrong forms rejected", t["wrong_answers_rejected"], wrongs),
            ("Altered answers rejected", t["mutants_killed"], t["mutants"]),
            ("Altered answers proved to be the answer", t["mutants_equivalent"], t["mutants"]),
            ("Altered answers that survived", t["mutants_survived"], t["mutants"]),
        ]  # fmt: skip
        cells = ([[parts.text(what)], [parts.text(f"{n:,} of {all_of:,}")]] for what, n, all_of in lines)
        rate = sum(e["error"] for r in rows().values() for e in r["engines"] if e["engine"] == "simulate")
        alarm = f"A run with fresh seeds of chance rejects some right answer with probability at most {rate:.1e}."
        return [parts.rows(("What", "How many of all"), cells, (70, 30)), parts.para(parts.text(alarm))]


class WithdrawnDirective(SphinxDirective):
    """The tags whose claims were withdrawn, each with the reason."""

    def run(self) -> list[nodes.Node]:
        if not gone():
            return [parts.sentence("No claim was withdrawn so far.")]
        return [parts.bullets(self._item(tag, name, why) for tag, (name, why) in gone().items())]

    def _item(self, tag: str, name: str, why: str) -> list[nodes.Node]:
        to = nodes.reference("", "", nodes.literal(text=tag), refuri=f"../tag/{tag}/index.html")
        return [to, parts.text(" "), parts.code(name), parts.text(f": {why}")]


def symbol_families() -> list[str]:
    """Return the families that have symbols of their own."""
    return [family for family in families() if glossary()[family]]
