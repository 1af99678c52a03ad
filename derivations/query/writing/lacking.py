"""Why no convention reads a formula: the piece that none knows, or what each of the nearest ones lacks."""

from collections.abc import Container, Mapping

from derivations.query.writing.conventions import conventions
from derivations.syntax.tree import Beside, Name, Node, Span, walk
from derivations.syntax.unread import Unread

NEAREST = 3  # conventions that are named


def lacking(node: Node, text: str, faults: Mapping[str, Unread], given: Container[str]) -> Unread:
    """Return the one refusal of several, of which each is by a convention; what is `given` by the user none lacks."""
    missing = {name: _missing(node, name, given) for name in faults}
    if known := [name for name, names in missing.items() if not names]:  # all its symbols, but not this use of them
        return faults[known[0]]
    if everywhere := set.intersection(*missing.values()):
        at, end = min(everywhere)
        return Unread("a symbol that some convention has", text, at, end)
    nearest = sorted(missing, key=lambda name: len(missing[name]))[:NEAREST]
    lacks = (f"{name} lacks {', '.join(text[at:end] for at, end in sorted(missing[name]))}" for name in nearest)
    at, end = min(missing[nearest[0]])
    return Unread(f"symbols of one convention ({'; '.join(lacks)})", text, at, end)


def _missing(node: Node, name: str, given: Container[str]) -> set[Span]:
    """Return the places of the names that the convention does not know."""
    convention = next(c for c in conventions() if c.name == name)
    known = {**convention.meanings, **convention.functions}
    beside = {n.name.span: n.key for n in walk(node) if isinstance(n, Beside)}
    names = [n for n in walk(node) if isinstance(n, Name)] + [n.name for n in walk(node) if isinstance(n, Beside)]
    names = [n for n in names if n.key not in given and beside.get(n.span, "") not in given]
    return {n.span for n in names if n.key not in known and beside.get(n.span, "") not in known}
