"""Why no convention reads a formula: the piece that none knows, or what each of the nearest ones lacks."""

from collections.abc import Mapping

from derivations.query.conventions import conventions
from derivations.query.tree import Beside, Name, Node, walk
from derivations.query.unread import Unread

NEAREST = 3  # conventions that are named
A_SYMBOL = "a symbol of "


def lacking(node: Node, faults: Mapping[str, Unread]) -> Unread:
    """Return the one refusal of several, of which each is by a convention."""
    other = [fault for fault in faults.values() if not fault.expected.startswith(A_SYMBOL)]
    if other and len({(fault.expected, fault.at) for fault in other}) == 1:
        return other[0]
    first = next(iter(faults.values()))
    missing = {name: _missing(node, name, fault) for name, fault in faults.items()}
    everywhere = set.intersection(*(set(names) for names in missing.values()))
    if everywhere:
        at, end = min(everywhere)
        return Unread("a symbol that some convention has", first.text, at, end)
    nearest = sorted(missing, key=lambda name: len(missing[name]))[:NEAREST]
    lacks = (f"{name} lacks {', '.join(first.text[at:end] for at, end in sorted(missing[name]))}" for name in nearest)
    at, end = min(missing[nearest[0]])
    return Unread(f"symbols of one convention ({'; '.join(lacks)})", first.text, at, end)


def _missing(node: Node, name: str, fault: Unread) -> set[tuple[int, int]]:
    """Return the places of what the convention does not know."""
    convention = next(c for c in conventions() if c.name == name)
    known = {**convention.meanings, **convention.functions}
    applied = {n.name.span for n in walk(node) if isinstance(n, Beside) and n.key in known}
    names = [n for n in walk(node) if isinstance(n, Name) and n.span not in applied]
    names += [n.name for n in walk(node) if isinstance(n, Beside) and n.key not in known]
    return {(fault.at, fault.end)} | {tuple(n.span) for n in names if n.key not in known}  # type: ignore[misc]
