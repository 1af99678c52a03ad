"""Directives of the page of errata: errors with witnesses, misprints paper by paper, and refuted sentences."""

from docutils import nodes
from sphinx.util.docutils import SphinxDirective

from derivations.errata.listing import Row, listing
from derivations.errata.record import SEVERITIES
from derivations.papers.errata import Misprint, Refuted, misprints, refuted, refuted_of, works
from derivations.papers.paper import Paper
from derivations.papers.references import NOT_CONFIRMED
from docs.extension.mixed import mixed
from docs.extension.roles import link
from docs.extension.tables import Cell, links, section


def field(name: str, cell: Cell) -> nodes.field:
    """Return a named line of an entry."""
    return nodes.field("", nodes.field_name(text=name), nodes.field_body("", nodes.paragraph("", "", *cell)))


class ErrataDirective(SphinxDirective):
    """The mathematical errors that count, each with its witness."""

    def run(self) -> list[nodes.Node]:
        rows = listing()["errata"]
        count = nodes.paragraph("", f"At present there are {len(rows)}.")
        meanings = [field(name, [nodes.Text(says)]) for name, says in SEVERITIES.items()]
        return [count, nodes.field_list("", *meanings), *map(self._entry, rows)]

    def _entry(self, row: Row) -> nodes.container:
        name = nodes.Text(f": {row['form'] or 'its false sentence'}")
        tag = nodes.literal(text=row["tag"])
        head = nodes.paragraph("", "", tag, nodes.Text(" "), link(self.env.docname, row["claim"]), name)
        fields = [
            *(field(one["at"], [nodes.literal(text=one["text"], classes=["printed"])]) for one in row["printed"]),
            *([field("Of", mixed(row["of"]))] if row["of"] else []),
            field("Wrong", [nodes.literal(text=row["wrong"])]),
            field("Right", [nodes.literal(text=row["right"])]),
            field("Witness", [nodes.Text(_witness(row))]),
            field("Severity", [nodes.Text(row["severity"])]),
        ]
        return nodes.container("", head, nodes.field_list("", *fields), classes=["udm-erratum"])


def _witness(row: Row) -> str:
    found = row["witness"]
    at = ", ".join(f"{letter} = {value}" for letter, value in found["at"].items()) or "no letters"
    where = f", where {row['words']}" if row["words"] else ""
    return f"{found['wrong']} against {found['right']} at {at}{where}"


class MisprintsDirective(SphinxDirective):
    """A section for each paper that prints something wrong, in the order of the paper."""

    def run(self) -> list[nodes.Node]:
        rows = refuted()
        return [self._paper(p, refuted_of(p, rows)) for p in works()]

    def _paper(self, paper: Paper, false: list[Refuted]) -> nodes.section:
        by = paper.bibliography
        reference = nodes.reference("", f"{by['title']} ({paper.version})", refuri=by["url"])
        lead = nodes.paragraph("", "", reference, nodes.Text(f", {by['year']}"))
        found = section(f"{paper.name}", lead, *(self._entry(row) for row in misprints(paper)))
        if false:
            names = [row.name for row in false]
            refutations = links(self.env.docname, names)
            found += nodes.paragraph("", "", nodes.Text("Sentences refuted by a counterexample: "), *refutations)
        return found

    def _entry(self, row: Misprint) -> nodes.container:
        place = row.place if row.confirmed else f"{row.place}, {NOT_CONFIRMED}"
        head = nodes.paragraph("", "", nodes.strong(text=place), nodes.Text(": "), *mixed(row.says))
        shown = [nodes.math_block(row.latex, row.latex, nowrap=False, number=None, label=None)] if row.latex else []
        fields = [field("Wrong", mixed(row.wrong))]
        if row.claims:
            fields.append(field("Claims", links(self.env.docname, row.claims)))
        return nodes.container("", head, *shown, nodes.field_list("", *fields), classes=["udm-erratum"])


class RefutedDirective(SphinxDirective):
    """Every false sentence with a point at which it fails."""

    def run(self) -> list[nodes.Node]:
        return [self._entry(row) for row in refuted()]

    def _entry(self, row: Refuted) -> nodes.container:
        who = "; ".join(row.printed_in) or "a tempting reading, charged to nobody"
        at = ", ".join(f"{name} = {value}" for name, value in row.at)
        head = nodes.paragraph("", "", nodes.literal(text=row.tag), nodes.Text(" "), link(self.env.docname, row.name))
        fields = [
            field("False", mixed(row.sentence)),
            field("Printed in", mixed(who)),
            field("Fails", [nodes.Text(f"{row.off} at {at}")]),
            field("True instead", mixed(row.instead)),
        ]
        return nodes.container("", head, nodes.field_list("", *fields), classes=["udm-erratum"])
