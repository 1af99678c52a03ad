"""The graph of claims as a drawing without script: each claim beside those that it rests on, with its standing.

A claim stands one column to the right of the furthest claim that it needs. Within a column it stands near those.
"""

from functools import cache
from html import escape
from typing import NamedTuple

from derivations.catalogue import claims, tags
from docs.site.records import below, rows
from udm.cli.standing import below_in_words, in_words

WIDE, HIGH, BOX, LINE = 380, 26, 330, 18  # of a column, of a row, of a box and its height
ROUNDS = 4  # sweeps that draw claims near to what they rest on


class Node(NamedTuple):
    """A claim in the drawing: its column, its row, and what is known of it and of all that it rests on."""

    name: str
    column: int
    row: float
    standing: str


@cache
def columns() -> dict[str, int]:
    """Return how many claims deep each claim rests."""
    found: dict[str, int] = {}

    def depth(name: str) -> int:
        if name not in found:
            found[name] = max((depth(need) + 1 for need in claims()[name].needs), default=0)
        return found[name]

    return {name: depth(name) for name in claims()}


def standing(name: str) -> str:
    """Return "proved" where a claim and everything below it is, "weak" where only it is, else its own verdict."""
    known = rows()
    own = known[name]["verdict"] if known[name]["green"] else "red"
    firm = all(known[n]["green"] and not known[n]["obligations"]["left"] for n in below(name))
    return own if firm or own in ("red", "consistent") else "weak"


def laid_out() -> list[Node]:
    """Return the claims with their places."""
    depth = columns()
    order: dict[str, float] = {name: float(k) for k, name in enumerate(claims())}
    for _ in range(ROUNDS):
        near = {name: _centre(claims()[name].needs, order, order[name]) for name in order}
        for column in set(depth.values()):
            those = sorted((name for name in order if depth[name] == column), key=near.__getitem__)
            order |= {name: float(k) for k, name in enumerate(those)}
    return [Node(name, depth[name], order[name], standing(name)) for name in claims()]


def _centre(needs: tuple[str, ...], order: dict[str, float], own: float) -> float:
    return sum(order[n] for n in needs) / len(needs) if needs else own


def drawn(to: str = "../tag/") -> str:
    """Return the drawing as SVG, each claim with a link to its page and its standing in words."""
    places = {node.name: node for node in laid_out()}
    width = (max(n.column for n in places.values()) + 1) * WIDE
    height = (max(n.row for n in places.values()) + 1) * HIGH + 10
    lines = "".join(_line(places[need], node) for node in places.values() for need in claims()[node.name].needs)
    boxes = "".join(_box(node, to) for node in places.values())
    return (
        f'<svg class="udm-graph" role="group" aria-labelledby="graph-title" viewBox="0 0 {width} {height:.0f}" '
        f'width="{width}" height="{height:.0f}"><title id="graph-title">The claims, each with what it rests on to its '
        f'left; the table below says the same in words</title><g class="edges">{lines}</g>{boxes}</svg>'
    )


def _line(a: Node, b: Node) -> str:
    x, y, u, v = a.column * WIDE + BOX, a.row * HIGH + LINE / 2 + 5, b.column * WIDE, b.row * HIGH + LINE / 2 + 5
    return f'<path d="M{x} {y:.0f}C{x + 24} {y:.0f} {u - 24} {v:.0f} {u} {v:.0f}"/>'


def _box(node: Node, to: str) -> str:
    tag, row = tags()[node.name], rows()[node.name]
    words = f"{node.name}: {in_words(row)}. {below_in_words({n: rows()[n] for n in below(node.name)})}."
    x, y = node.column * WIDE, node.row * HIGH + 5
    return (
        f'<a href="{to}{tag}/index.html" tabindex="-1" aria-hidden="true"><g class="udm-node udm-{node.standing}">'
        f"<title>{escape(words)}</title>"
        f'<rect x="{x}" y="{y:.0f}" width="{BOX}" height="{LINE}" rx="4"/>'
        f'<text x="{x + 6}" y="{y + 13:.0f}">{tag}{MARKS[node.standing]} {node.name}</text></g></a>'
    )


MARKS = {"proved": " ✓", "refuted": " ✗", "definition": " :=", "consistent": " ~", "weak": " ?", "red": " !"}
MEANINGS = {
    "proved": "proved, and so is everything that it rests on",
    "refuted": "a printed sentence is refuted, and what is true instead is proved, with everything that this rests on",
    "definition": "a definition",
    "consistent": "all that was looked at agrees, and its derivation leaves something over",
    "weak": "green itself, but something that it rests on leaves something over",
    "red": "not green",
}
