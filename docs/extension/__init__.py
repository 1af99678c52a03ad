"""What the pages do not type: tables of symbols, conventions, errata, trust and claims, and links to claims.

The rows come from `derivations`, by the functions that the command line uses; nothing is evaluated but the stored
counterexamples of refuted claims.
"""

from sphinx.application import Sphinx
from sphinx.util.typing import ExtensionMetadata

from docs.extension.conventions import ConventionsDirective
from docs.extension.docstrings import linked, skipped, without_factories
from docs.extension.errata import ErrataDirective, MisprintsDirective, RefutedDirective
from docs.extension.mathml import display, inline
from docs.extension.names import resolved
from docs.extension.roles import ClaimRole
from docs.extension.tables import ClaimsDirective, LeftDirective, NotationDirective, TrustDirective
from docs.extension.written import written


def setup(app: Sphinx) -> ExtensionMetadata:
    """Register directives and the role, and link claims in docstrings."""
    app.add_html_math_renderer("mathml", (inline, None), (display, None))
    app.add_role("claim", ClaimRole())
    app.add_directive("notation", NotationDirective)
    app.add_directive("conventions", ConventionsDirective)
    app.add_directive("errata", ErrataDirective)
    app.add_directive("misprints", MisprintsDirective)
    app.add_directive("refuted", RefutedDirective)
    app.add_directive("trust-texts", TrustDirective)
    app.add_directive("left-over", LeftDirective)
    app.add_directive("claims", ClaimsDirective)
    app.connect("autodoc-process-docstring", linked)
    app.connect("autodoc-process-signature", without_factories)
    app.connect("autodoc-skip-member", skipped)
    app.connect("missing-reference", resolved)
    app.connect("html-page-context", written, priority=900)  # after the theme, which makes the navigation
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
