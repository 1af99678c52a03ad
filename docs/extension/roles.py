"""The role `claim`: the name of a claim, with a link to its row in the table of claims."""

from docutils import nodes
from sphinx.addnodes import pending_xref
from sphinx.util.docutils import SphinxRole

from derivations.catalogue import claims, tags


def target(name: str) -> str:
    """Return the label of a claim's row, by its permanent tag."""
    return f"claim-{tags()[name].lower()}"


class ClaimRole(SphinxRole):
    """``:claim:`vdm.posterior.mean```, or {claim} in Markdown; the name of no claim is an error."""

    def run(self) -> tuple[list[nodes.Node], list[nodes.system_message]]:
        if self.text not in claims():
            message = f"claim: expected the name of a claim, got {self.text!r}"
            error = self.inliner.reporter.error(message, line=self.lineno)
            return [nodes.problematic(self.rawtext, self.rawtext)], [error]
        return [link(self.env.docname, self.text)], []


def link(page: str, name: str) -> pending_xref:
    """Return a link from ``page`` to the row of a claim."""
    return pending_xref(
        "",
        nodes.literal(text=name),
        refdomain="std",
        reftype="ref",
        reftarget=target(name),
        refdoc=page,
        refexplicit=True,
        refwarn=True,
    )
