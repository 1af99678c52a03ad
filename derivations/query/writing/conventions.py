"""What a written symbol means: the conventions of the field, each a map from keys to our symbols.

They are data, in `conventions.toml`; the last one is our own, made of the symbols. A name with several meanings in a
convention gives several readings.
"""

import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple

from sympy import Expr, Symbol, pi

from derivations import symbols
from derivations.notation.names import latex_of
from derivations.query.writing.equation import Equation
from derivations.syntax.build import built, evaluated
from derivations.syntax.keys import word
from derivations.syntax.tree import UNKNOWN, Beside, Name, Node, Number, Power
from derivations.syntax.unread import Unread

FILE = Path(__file__).with_name("conventions.toml")
OURS = "ours"


class Convention(NamedTuple):
    """A way of the field to write: for each key what it may mean, usually one thing, and functions by their letter."""

    name: str
    meanings: Mapping[str, tuple[Expr, ...]]
    functions: Mapping[str, str] = MappingProxyType({})
    papers: tuple[str, ...] = ()
    like: str = ""  # the convention that this one adds names to
    needs: frozenset[str] = frozenset()  # names of which one must occur: without them another convention reads it
    said: Mapping[tuple[str, Expr], str] = MappingProxyType({})  # in words, before what the papers say
    states: Mapping[Expr, str] = MappingProxyType({})  # names by the formulas that stand for them in brackets
    lefts: Mapping[str, Expr] = MappingProxyType({})  # what a letter on a left side is, however it is decorated
    family: str = ""  # the convention whose texts it reads in another way
    lacks: frozenset[str] = frozenset()  # names that it does not take over from the convention that it is like
    noted: Mapping[str, str] = MappingProxyType({})  # what a reader has to know of a name, wherever it is read


@cache
def _data() -> Mapping[str, Any]:
    return tomllib.loads(FILE.read_text())


@cache
def words() -> Mapping[str, str]:
    """Return what some names are in words, whatever the convention."""
    return MappingProxyType({listed(name): said for name, said in _data()["words"].items()})


@cache
def conventions() -> tuple[Convention, ...]:
    """Return all conventions, in the order in which their readings are listed; our own is the last."""
    found: dict[str, Convention] = {}
    for row in _data()["convention"]:
        found[row["name"]] = _convention(row, found)
    return (*found.values(), ours())


def family_of(name: str) -> str:
    """Return the name of the convention whose texts a convention reads, or else its own."""
    return next((family_of(c.family) for c in conventions() if c.name == name and c.family), name)


def _convention(row: Mapping[str, Any], before: Mapping[str, Convention]) -> Convention:
    meanings = {listed(name): tuple(map(own, _several(texts))) for name, texts in row["symbols"].items()}
    meanings |= {key: meant for key, meant in _applied(row) if key not in meanings}  # a bare name is told first
    inherited = before[row["like"]] if "like" in row else Convention("", {})
    lacks = frozenset(map(listed, row.get("lacks", ())))
    kept = {k: v for k, v in inherited.meanings.items() if k not in lacks}
    meant = {"\\pi": (pi,), **kept, **meanings}
    return Convention(
        row["name"],
        MappingProxyType(meant),
        MappingProxyType({**inherited.functions, **{listed(k): v for k, v in row.get("functions", {}).items()}}),
        (*inherited.papers, *row["papers"]),
        row.get("like", ""),
        frozenset(map(listed, row.get("needs", ()))),
        MappingProxyType({**inherited.said, **dict(_said(row.get("said", {}), meanings))}),
        MappingProxyType({**inherited.states, **dict(_states(row.get("states", {}), meant))}),
        MappingProxyType({**inherited.lefts, **{listed(k): own(v) for k, v in row.get("lefts", {}).items()}}),
        row.get("family", row.get("like", "")),
        lacks,
        MappingProxyType({**inherited.noted, **dict(_noted(row))}),
    )


def _applied(row: Mapping[str, Any]) -> Iterator[tuple[str, tuple[Expr, ...]]]:
    """Yield what names are of several arguments, as a network that is given a label, in all ways to write them."""
    for rule in row.get("applied", ()):
        meaning = (own(rule["is"]),)
        yield from ((listed(f"{name}({of})"), meaning) for name in rule["names"] for of in rule["of"])


def _noted(row: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield what a reader has to know of names, beside one or beside those of several arguments."""
    yield from ((listed(name), words) for name, words in row.get("noted", {}).items())
    for rule in (r for r in row.get("applied", ()) if "noted" in r):
        yield from ((listed(f"{name}({of})"), rule["noted"]) for name in rule["names"] for of in rule["of"])


def _said(
    row: Mapping[str, str | list[str]], meanings: Mapping[str, tuple[Expr, ...]]
) -> Iterator[tuple[tuple[str, Expr], str]]:
    """Yield what a convention says of its names, for each meaning of a name."""
    for name, texts in row.items():
        key = listed(name)
        for meaning, text in zip(meanings[key], _several(texts), strict=True):
            yield (key, meaning), text


def _states(row: Mapping[str, str], meanings: Mapping[str, tuple[Expr, ...]]) -> Iterator[tuple[Expr, str]]:
    """Yield the formulas of states, in our symbols, with the names of these."""
    for formula, name in row.items():
        node = Equation(formula).side(0).node
        yield evaluated(built(node, lambda part: meanings[part.key][0], formula)), listed(name)


def _several(texts: str | list[str]) -> list[str]:
    return [texts] if isinstance(texts, str) else texts


@cache
def ours() -> Convention:
    """Return our own symbols, by their names in text and in LaTeX."""
    meanings: dict[str, tuple[Expr, ...]] = {"\\pi": (pi,)}
    for key, symbol in _named():
        if symbol not in meanings.get(key, ()):
            meanings[key] = (*meanings.get(key, ()), symbol)
    for key in meanings:  # g^2 is a symbol of its own, and the square of another
        base, _, exponent = key.removesuffix("}").rpartition("^{")
        if base in meanings and exponent.isdigit():
            meanings[key] = (*meanings[key], *(m ** int(exponent) for m in meanings[base]))
    return Convention(OURS, MappingProxyType(meanings))


def _named() -> Iterator[tuple[str, Expr]]:
    """Yield our symbols by each key. Of several with one name it means the one that Python has by it, or else each."""
    numbers = {name: v for name, v in vars(symbols).items() if isinstance(v, Symbol) and v.is_real}
    for name, v in numbers.items():
        yield word(name), v
        if str(v) == name or str(v) not in numbers:
            yield word(str(v)), v
            yield from _in_latex(v)


def _in_latex(v: Symbol) -> Iterator[tuple[str, Expr]]:
    try:
        key = listed(latex_of(v))
    except Unread:
        return
    yield key, v


def own(text: str) -> Expr:
    """Return an expression of our symbols as it stands in a table."""
    node = Equation(text).side(0).node
    return built(node, lambda name: ours().meanings[name.key][0], text)


def listed(written: str) -> str:
    """Return the key of a name as it stands in a table: a symbol, a symbol of arguments, or a power of one of these.

    Raises:
        Unread: it is no name.
    """
    node = Equation(written).side(0).node
    if (key := key_of(node)) is None:
        raise Unread("a name", written, 0, len(written))
    return key


def key_of(node: Node) -> str | None:
    """Return the key of a node that a convention may list."""
    match node:
        case Name(key=key):
            return key
        case Beside(key=key) if UNKNOWN in key:
            return None
        case Beside(own=None, outer=None):
            return node.key
        case Beside(own=own, outer=outer) if own is None or outer is None:
            return powered(node.key, own or outer)  # type: ignore[arg-type]
        case Power(base=Name(key=key), exponent=exponent):
            return powered(key, exponent)
    return None


def powered(key: str, exponent: Node) -> str | None:
    """Return the key of a power that may be a symbol of its own: \\sigma_{t}^{2}."""
    return f"{key}^{{{exponent.value}}}" if isinstance(exponent, Number) else None


def extended(convention: Convention, added: Mapping[str, tuple[Expr, ...]]) -> Convention:
    """Return the convention with some meanings added, or changed: also those of the powers of the symbols."""
    kept = {k: v for k, v in convention.meanings.items() if k.rpartition("^{")[0] not in added}
    return convention._replace(meanings=MappingProxyType({**kept, **added}))
