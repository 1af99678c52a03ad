"""The extension of Sphinx that makes pages of claims and papers; it does nothing where no source asks for one."""

from docutils import nodes
from sphinx.addnodes import pending_xref
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.util.docutils import SphinxDirective
from sphinx.util.typing import ExtensionMetadata

from derivations.catalogue import claims
from docs.extension.mixed import mixed
from docs.extension.names import defined
from docs.extension.roles import target
from docs.site import claim, evidence, parts
from docs.site.browse import FinderDirective, GraphDirective, NumbersDirective, SymbolsDirective, WithdrawnDirective
from docs.site.papers import PaperDirective, PapersDirective
from docs.site.records import Record, record, users


class ClaimDirective(SphinxDirective):
    """``claim-page:: vdm.posterior``: all that is known of a claim."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        name = self.arguments[0]
        if name not in claims():
            raise self.error(f"claim-page: expected the name of a claim, got {name!r}")
        of, page = record(name), self.env.docname
        found = parts.page(_title(of), target(name), *claim.head(of), *_body(of, page))
        self.env.domains.standard_domain.note_hyperlink_target(target(name), page, target(name), name)
        return [found]


def _title(of: Record) -> list[nodes.Node]:
    no = of.row["refuted"]
    return [parts.text(f"{of.tag}: "), *mixed(f"Refutes: {no['sentence']}" if no else of.row["title"])]


def _body(of: Record, page: str) -> list[nodes.Node]:
    return [
        *claim.statement(of, page),
        *claim.generality(of),
        *claim.assumptions(of),
        *claim.derivation(of, page),
        *claim.wrong_forms(of, page),
        *evidence.engines(of),
        *evidence.implementation(of, page),
        *claim.sources_of(of, page),
        *claim.relations(of, page, users(of.name)),
        evidence.past(of),
        evidence.citations(of, page),
    ]


def implemented(app: Sphinx, env: BuildEnvironment, node: pending_xref, shown: nodes.TextElement) -> nodes.Node | None:
    """Resolve a link to code: to its place in the API, or to no place where it has none, which is no fault."""
    if node.get("reftype") != "implementation":
        return None
    name, python = node["reftarget"], env.domains.python_domain
    known = python.resolve_xref(env, node["refdoc"], app.builder, "obj", defined(name) or name, node, shown)
    return known or shown


def setup(app: Sphinx) -> ExtensionMetadata:
    """Register the directives."""
    for name, directive in {
        "claim-page": ClaimDirective,
        "paper-page": PaperDirective,
        "papers": PapersDirective,
        "finder": FinderDirective,
        "graph-of-claims": GraphDirective,
        "symbols-of": SymbolsDirective,
        "numbers": NumbersDirective,
        "withdrawn-tags": WithdrawnDirective,
    }.items():
        app.add_directive(name, directive)
    app.connect("missing-reference", implemented)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
