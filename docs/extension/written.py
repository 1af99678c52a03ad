"""What Sphinx writes of a page, made reachable by keys and lighter, as the event html-page-context wants it."""

import re
from typing import Any

MARKED = re.compile(r'<span class="pre">([^<]*)</span>')  # around each word of code, for one rule of a style sheet
HEADING = 'role="heading"'
BLANK = '<span class="w"> </span>'
PARAMETERS = re.compile(r"<dl>\n((?:<dd>.*</dd>\n)+)</dl>")
SIGN = re.compile(r'<span class="[pno]">([^<]*)</span>')  # around brackets and names, which have no colour of their own


def written(app: Any, page: str, template: str, context: dict[str, Any], doctree: Any) -> None:
    """Let a block of code that is wider than the page be scrolled by keys, and drop marks that no style needs.

    The captions of the navigation are headings, which have to say of which level.
    """
    if "furo_navigation_tree" in context:
        context["furo_navigation_tree"] = context["furo_navigation_tree"].replace(HEADING, f'{HEADING} aria-level="2"')
    if "body" in context:
        body = context["body"].replace("<pre>", '<pre tabindex="0">').replace(BLANK, " ")
        body = body.replace(HEADING, f'{HEADING} aria-level="2"')
        context["body"] = SIGN.sub(r"\1", MARKED.sub(r"\1", PARAMETERS.sub(_lines, body)))


def _lines(found: re.Match[str]) -> str:
    """The parameters of a signature on lines of their own: Sphinx writes a list of definitions without terms."""
    return found[1].replace("<dd>", '<span class="udm-parameter">').replace("</dd>", "</span>")
