"""The table of the conventions in which `udm ask` reads formulas, with names that mean something else than ours do."""

import tomllib
from functools import cache
from typing import NamedTuple

from docutils import nodes
from sphinx.util.docutils import SphinxDirective

from derivations.notation.printing import text
from derivations.papers.paper import papers
from derivations.query.writing.conventions import FILE, Convention, conventions, listed, ours
from docs.extension.tables import Cell, table

SOME = 4  # names of a convention, as a sample


class Spoken(NamedTuple):
    """A convention, the papers that write so, and some of its names with what they mean in our symbols."""

    name: str
    papers: tuple[str, ...]
    names: tuple[tuple[str, str], ...]


def spoken() -> list[Spoken]:
    """Return the conventions in the order of their readings, without ours, which the page of notation has."""
    called = {paper.key: paper.name for paper in papers().values()}
    return [Spoken(c.name, tuple(called[key] for key in c.papers), _names(c)) for c in conventions()[:-1]]


def _names(convention: Convention) -> tuple[tuple[str, str], ...]:
    """Some names that mean something else among ours, one for each meaning; first those that the convention needs.

    Names of several arguments, which stand in tables of their own, are left out.
    """
    known, typed = ours().meanings, _typed()
    other = {name: m for name, m in convention.meanings.items() if m != known.get(name) and name in typed}
    ordered = sorted(other, key=lambda name: name not in convention.needs)
    first = {other[name]: name for name in reversed(ordered)}
    some = sorted(first.values(), key=ordered.index)[:SOME]
    return tuple((typed[name], text(other[name][0])) for name in some)


@cache
def _typed() -> dict[str, str]:
    """Return how the tables of conventions write each name."""
    tables = tomllib.loads(FILE.read_text())["convention"]
    return {listed(name): name for each in reversed(tables) for name in reversed(each["symbols"])}


class ConventionsDirective(SphinxDirective):
    """All conventions but ours, a row for each."""

    def run(self) -> list[nodes.Node]:
        return [table(("Convention", "Papers", "For instance"), map(self._cells, spoken()), (22, 30, 48))]

    def _cells(self, row: Spoken) -> list[Cell]:
        names: list[nodes.Node] = []
        for written, meant in row.names:
            code = row.name.startswith("code") and "\\" not in written
            shown = nodes.literal(text=written) if code else nodes.math(written, written)
            names += [nodes.Text(", " if names else ""), shown, nodes.Text(" is "), nodes.literal(text=meant)]
        return [[nodes.Text(row.name)], [nodes.Text(", ".join(row.papers))], names]
