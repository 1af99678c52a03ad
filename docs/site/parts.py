"""The parts that pages are made of, as nodes of docutils: sections, tables, formulas, links, text that folds away."""

import re
from collections.abc import Iterable, Sequence
from html import escape

from docutils import nodes
from sphinx.addnodes import pending_xref

from docs.extension.mathml import mathml
from docs.extension.mixed import mixed
from docs.extension.tables import Cell, table

DOLLARS = re.compile(r"\$([^$]+)\$")


def text(words: str) -> nodes.Text:
    """Return plain text."""
    return nodes.Text(words)


def code(words: str) -> nodes.literal:
    """Return text as it is typed."""
    return nodes.literal(text=words)


def para(*parts: nodes.Node, classes: Sequence[str] = ()) -> nodes.paragraph:
    """Return a paragraph."""
    return nodes.paragraph("", "", *parts, classes=list(classes))


def sentence(words: str) -> nodes.paragraph:
    """Return a paragraph of words and LaTeX."""
    return para(*mixed(words))


def formula(latex: str) -> nodes.math:
    """Return a formula within a sentence."""
    return nodes.math(latex, latex)


def display(latex: str) -> nodes.math_block:
    """Return a formula on lines of its own."""
    return nodes.math_block(latex, latex, nowrap=False, number=None, label=None)


def dollars(words: str) -> list[nodes.Node]:
    """Return a sentence whose formulas stand between dollars."""
    parts = DOLLARS.split(words)
    return [formula(part) if n % 2 else text(part) for n, part in enumerate(parts) if part]


def weight(latex: str) -> int:
    """Return how many letters a displayed formula takes on a page."""
    try:
        return len(mathml(latex, block=True))
    except ValueError:  # it is shown as it is typed
        return len(latex)


def displays(pairs: Iterable[tuple[str, str]]) -> list[nodes.Node]:
    """Return displayed formulas, each with the sentence that says what its names mean."""
    found: list[nodes.Node] = []
    for body, where in pairs:
        found += [display(body), *([para(*dollars(where))] if where else [])]
    return found


def page(title: Sequence[nodes.Node], name: str, *content: nodes.Node) -> nodes.section:
    """Return a page: its title and what stands below."""
    words = "".join(node.astext() for node in title)
    return nodes.section("", nodes.title("", "", *title), *content, ids=[nodes.make_id(name)], names=[words.lower()])


def part(title: str, *content: nodes.Node) -> nodes.section:
    """Return a section of a page, whose label follows from its title."""
    found = nodes.section("", nodes.title(text=title), *content)
    found["ids"], found["names"] = [nodes.make_id(title)], [title.lower()]
    return found


def bullets(items: Iterable[Sequence[nodes.Node]]) -> nodes.bullet_list:
    """Return a list of inline items."""
    return nodes.bullet_list("", *(nodes.list_item("", para(*item)) for item in items))


def field(name: str, *cell: nodes.Node) -> nodes.field:
    """Return a named line."""
    return nodes.field("", nodes.field_name(text=name), nodes.field_body("", para(*cell)))


def fields(*rows: nodes.field) -> nodes.container:
    """Return named lines set apart."""
    return nodes.container("", nodes.field_list("", *rows), classes=["udm-erratum"])


def folded(summary: str, *content: nodes.Node) -> list[nodes.Node]:
    """Return what opens at a click and in print, by HTML alone."""
    begin = nodes.raw("", f"<details><summary>{escape(summary)}</summary>", format="html")
    return [begin, *content, nodes.raw("", "</details>", format="html")]


def typed(words: str, language: str = "text") -> nodes.literal_block:
    """Return a block that is copied as it stands."""
    return nodes.literal_block(words, words, language=language)


def rows(head: Sequence[str], body: Iterable[Sequence[Cell]], widths: Sequence[int]) -> nodes.table:
    """Return a table."""
    return table(head, body, widths)


def outside(words: str, url: str) -> nodes.Node:
    """Return a link to a page elsewhere; without an address the words alone."""
    return nodes.reference("", words, refuri=url, internal=False) if url else text(words)


def equation(page_name: str, key: str, number: str, words: str) -> pending_xref:
    """Return a link to an equation on the page of its paper; the words alone where that page is not built."""
    return _to("ref", label(key, number), page_name, text(words), domain="std")


def label(key: str, number: str) -> str:
    """Return the label of an equation of a paper."""
    return nodes.make_id(f"eq {key} {number}")


def implementation(page_name: str, name: str) -> pending_xref:
    """Return a link to a function in the API; the name alone where that has no page."""
    return _to("implementation", name, page_name, code(name))


def _to(kind: str, target: str, page_name: str, shown: nodes.Node, domain: str = "") -> pending_xref:
    return pending_xref(
        "", shown, refdomain=domain, reftype=kind, reftarget=target, refdoc=page_name, refexplicit=True, refwarn=False
    )  # fmt: skip


def joined(items: Iterable[nodes.Node], by: str = ", ") -> list[nodes.Node]:
    """Return inline items with something between them."""
    found: list[nodes.Node] = []
    for item in items:
        found += [text(by), item] if found else [item]
    return found
