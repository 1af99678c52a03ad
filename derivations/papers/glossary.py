"""The symbols of the claims as data: how each is written, its domain, its meaning, and the claims that use it.

The meaning stands beside the declaration in `derivations/symbols`, as a comment at its end or on the line above.
"""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Literal, NamedTuple

from sympy import Symbol

from derivations import symbols
from derivations.catalogue import ORDER, claims
from derivations.notation.printing import latex

FOLDER = Path(symbols.__file__).parent
DOMAINS: dict[str, Literal["real", "positive", "no number"]] = {
    "real": "real",
    "positive": "positive",
    "label": "no number",
}


class Declaration(NamedTuple):
    """One line of a file of symbols: the names in Python, the function that declares them, and their meaning."""

    names: tuple[str, ...]
    domain: Literal["real", "positive", "no number"]
    meaning: str


class Term(NamedTuple):
    """A symbol, or several with one meaning; and the names of the claims whose statements have one of them."""

    names: tuple[str, ...]  # in print: "alpha_ts"
    latex: tuple[str, ...]
    domain: Literal["real", "positive", "no number"]
    meaning: str
    claims: tuple[str, ...]


def declarations(source: str) -> Iterator[Declaration]:
    """Yield what the text of a file of symbols declares, in its order.

    Raises:
        ValueError: if a declaration has no comment at its end or on the line above.
    """
    lines = source.splitlines()
    for node in ast.parse(source).body:
        match node:
            case ast.Assign(targets=[ast.Tuple(elts=left)], value=ast.Call(func=ast.Name(id=kind))) if kind in DOMAINS:
                names = tuple(ast.unparse(name) for name in left)
                yield Declaration(names, DOMAINS[kind], _meaning(lines, node.lineno, names))


def _meaning(lines: list[str], number: int, names: tuple[str, ...]) -> str:
    _, beside, meaning = lines[number - 1].partition("  # ")
    above = lines[number - 2].removeprefix("# ") if number > 1 and lines[number - 2].startswith("# ") else ""
    if not (found := meaning if beside else above):
        raise ValueError(f"derivations.symbols: expected a comment with the meaning of {', '.join(names)}, got none")
    return found


def families() -> tuple[str, ...]:
    """Return the names of the files of symbols: what several families share, then one family after the other."""
    return ("core", *(name for name in ORDER if (FOLDER / f"{name}.py").exists()))


@cache
def meanings() -> dict[str, Declaration]:
    """Return what declares each symbol, by its print: "alpha_ts"; without the claims, which take long to read."""
    every = (d for family in families() for d in declarations(_source(family)))
    return {getattr(symbols, name).name: d for d in every for name in d.names}


def glossary() -> dict[str, list[Term]]:
    """Return the symbols by file, in the order in which they are declared."""
    users = _users()
    return {family: [_term(d, users) for d in declarations(_source(family))] for family in families()}


def _source(family: str) -> str:
    return (FOLDER / f"{family}.py").read_text()


def _term(d: Declaration, users: dict[Symbol, list[str]]) -> Term:
    declared: list[Symbol] = [getattr(symbols, name) for name in d.names]
    used = dict.fromkeys(name for symbol in declared for name in users.get(symbol, ()))
    ordered = tuple(name for name in claims() if name in used)
    return Term(tuple(s.name for s in declared), tuple(map(latex, declared)), d.domain, d.meaning, ordered)


def _users() -> dict[Symbol, list[str]]:
    """Map each symbol to the claims whose opened statements, or assumptions, have it."""
    users: dict[Symbol, list[str]] = {}
    for name, claim in claims().items():
        for symbol in claim.symbols():
            users.setdefault(symbol, []).append(name)
    return users
