"""Directives that show rows as tables: symbols by family, what is taken on trust, what is left over, all claims."""

from collections.abc import Iterable, Sequence

from docutils import nodes
from sphinx.util.docutils import SphinxDirective

from derivations.catalogue import claims, families, family_of, tags
from derivations.papers.glossary import Term, glossary
from docs.extension.mixed import mixed
from docs.extension.roles import link, target
from docs.extension.rows import Believed, believed, left_over

Cell = Sequence[nodes.Node]
FEW = 6  # claims that a row names
CORE = "Several families"


def table(head: Sequence[str], rows: Iterable[Sequence[Cell]], widths: Sequence[int]) -> nodes.table:
    """Return a table of inline cells."""
    group = nodes.tgroup(cols=len(head))
    group += [nodes.colspec(colwidth=w) for w in widths]
    group += nodes.thead("", _row([[nodes.Text(text)] for text in head]))
    group += nodes.tbody("", *map(_row, rows))
    return nodes.table("", group, classes=["udm-table"])


def _row(cells: Sequence[Cell]) -> nodes.row:
    return nodes.row("", *(nodes.entry("", nodes.paragraph("", "", *cell)) for cell in cells))


def section(title: str, *content: nodes.Node) -> nodes.section:
    """Return a section, whose label follows from its title."""
    return nodes.section("", nodes.title(text=title), *content, ids=[nodes.make_id(title)], names=[title.lower()])


def links(page: str, names: Sequence[str], few: int | None = None) -> Cell:
    """Return links to claims between commas; where there are many, only the first ``few``, and how many there are."""
    shown = names if few is None or len(names) <= few + 1 else names[:few]
    cell: list[nodes.Node] = []
    for n, name in enumerate(shown):
        cell += [nodes.Text(", " if n else ""), link(page, name)]
    rest = len(names) - len(shown)
    return [*cell, nodes.Text(f" and {rest} more")] if rest else cell


class NotationDirective(SphinxDirective):
    """All symbols, a section for each file of them."""

    def run(self) -> list[nodes.Node]:
        head = ("Symbol", "In the terminal", "Meaning", "Domain", "Claims")
        return [
            section(
                CORE if family == "core" else family.capitalize(),
                table(head, (self._cells(term) for term in terms), (12, 14, 44, 10, 40)),
            )
            for family, terms in glossary().items()
        ]

    def _cells(self, term: Term) -> list[Cell]:
        symbols = [node for latex in term.latex for node in (nodes.Text(", "), nodes.math(latex, latex))][1:]
        names = [node for name in term.names for node in (nodes.Text(", "), nodes.literal(text=name))][1:]
        uses = links(self.env.docname, term.claims, FEW)
        return [symbols, names, mixed(term.meaning), [nodes.Text(term.domain)], uses]


class TrustDirective(SphinxDirective):
    """The analysis that claims take on trust, each with the claims that do."""

    def run(self) -> list[nodes.Node]:
        return [table(("Taken on trust", "Claims"), (self._cells(row) for row in believed()), (60, 40))]

    def _cells(self, row: Believed) -> list[Cell]:
        return [mixed(row.text), links(self.env.docname, row.claims)]


class LeftDirective(SphinxDirective):
    """The claims that leave an obligation over, with the reason."""

    def run(self) -> list[nodes.Node]:
        rows = (
            [links(self.env.docname, [row.name]), mixed(row.reason), [nodes.Text(str(row.expectations))]]
            for row in left_over()
        )
        return [table(("Claim", "What is left over", "Expectations"), rows, (30, 60, 10))]


class ClaimsDirective(SphinxDirective):
    """All claims by family, each with its tag and what it says."""

    def run(self) -> list[nodes.Node]:
        return [section(family.capitalize(), self._family(family)) for family in families()]

    def _family(self, family: str) -> nodes.table:
        names = [name for name in claims() if family_of(name) == family]
        found = table(("Tag", "Name", "Says", "Kind"), map(self._cells, names), (8, 34, 60, 12))
        (body,) = found.findall(nodes.tbody)
        for name, row in zip(names, body.findall(nodes.row), strict=True):
            if f"tag/{tags()[name]}/index" in self.env.found_docs:  # the claim has a page, which has its label
                row["ids"].append(f"row-{tags()[name].lower()}")
                continue
            row["ids"].append(target(name))
            self.env.domains.standard_domain.note_hyperlink_target(target(name), self.env.docname, target(name), name)
        return found

    def _cells(self, name: str) -> list[Cell]:
        claim = claims()[name]
        return [
            [nodes.literal(text=tags()[name])],
            [nodes.literal(text=name)],
            mixed(claim.heading),
            [nodes.Text(claim.kind)],
        ]
