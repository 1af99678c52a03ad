"""A formula read in every convention in which each of its symbols has a meaning.

Nothing is evaluated, and nothing is passed over: what is not understood is refused, with its place. An equation is
split at its equality signs; the sides after the first are read, and the left side is kept as text.
"""

from collections.abc import Iterator, Mapping, Sequence
from itertools import product
from math import prod
from types import MappingProxyType
from typing import NamedTuple

from sympy import Expr

from derivations.query.index.lefts import keys
from derivations.query.index.matrices import is_matrix
from derivations.query.writing.advice import advised
from derivations.query.writing.conventions import Convention, conventions, extended, listed, ours
from derivations.query.writing.equation import Equation, Side
from derivations.query.writing.guided import are_of_one, is_mixed
from derivations.query.writing.lacking import lacking
from derivations.query.writing.norms import SAID, without_vectors
from derivations.query.writing.resolve import resolved
from derivations.query.writing.words import said
from derivations.syntax.build import built
from derivations.syntax.keys import subject
from derivations.syntax.tree import Law, Name, Node, Norm, walk
from derivations.syntax.unread import Unread

__all__ = ["Reading", "Unread", "readings"]
CHOICES = 32  # of meanings, in one convention


class Reading(NamedTuple):
    """A side of a formula in one convention.

    `expr` is in symbols of `derivations.symbols` and is built unevaluated, so that `owed(expr)` lists all that it
    needs; `derivations.syntax.build.evaluated` lets SymPy simplify it. `names` says for each written symbol what it was
    read as. `written` is the text of the side, `left` that of the left side of an equation, and `side` counts the
    sides after the first equality sign from 1; it is 0 where there is none. A side that `is_matrix` has a factor I, for
    which 1 stands in `expr`. A normal law is read as a draw of it: `law_of` is the variable that it is of, "" where
    none is written, and None where there is no law.
    """

    convention: str
    expr: Expr
    names: Mapping[str, str]
    written: str = ""
    left: str = ""
    side: int = 0
    is_matrix: bool = False
    law_of: str | None = None


def readings(
    formula: str, where: Mapping[str, str] | None = None, side: int | None = None, needs: bool = True
) -> tuple[Reading, ...]:
    """Return the readings of each right side of the formula, or of one side only: 0 is the left one.

    Without `needs` a convention also reads a side that has none of the names that it needs: another side has one.
    A name on the left is one that is needed on the right too: v = ... is the velocity of those who write v.
    In x_0 \\approx \\hat x_0 = ... the left side is \\hat x_0.

    `where` adds names, or changes what they mean: {"w": "beta**2/(2*var)"}, in our symbols or in those of the
    convention that the formula is read in.

    Raises:
        Unread: a piece that is not understood, or no convention has a meaning for every symbol.
    """
    try:
        return _sides(formula, where or {}, side, needs)
    except Unread as fault:
        raise advised(fault) from None


def _sides(formula: str, where: Mapping[str, str], side: int | None, needs: bool) -> tuple[Reading, ...]:
    equation = Equation(formula)
    last = len(equation) - 1
    if side is not None and not 0 <= side <= last:
        raise Unread(f"a side from 0 to {last}", formula, 0, len(formula))
    about = equation.about()
    sides = range(min(about + 1, last), last + 1) if side is None else (side,)
    left = equation.written(about) if last else ""
    there = _keys_of(equation, about) if last and side is None else frozenset[str]()
    return tuple(
        r._replace(left=left, side=n) for n in sides for r in _readings(equation.side(n), formula, where, needs, there)
    )


def _keys_of(equation: Equation, side: int) -> frozenset[str]:
    """Return the keys of the name that is all of a side, with its arguments and without; none for anything else."""
    try:
        return frozenset(keys(equation.side(side).node))
    except Unread:
        return frozenset()


def _readings(side: Side, text: str, where: Mapping[str, str], needs: bool, there: frozenset[str]) -> Iterator[Reading]:
    """Yield the readings of one side. Those that agree are one, of several conventions; `there` is the left side."""
    found: dict[tuple[Expr, bool, str | None], Reading] = {}
    faults: dict[str, Unread] = {}
    for convention in conventions():
        try:
            known_by, is_named = _with(convention, where), bool(convention.needs & there)
            for read in _read(side, known_by if needs and not is_named else known_by._replace(needs=frozenset()), text):
                key = read.expr, read.is_matrix, read.law_of
                if is_named and not _is_read_by(convention.like, found.get(key)) and not _has(read, convention):
                    continue  # a name on the left alone is no reason to read the right side otherwise
                known = found.setdefault(key, read)
                by = known.convention.split(", ")
                if convention.name not in by and (convention.like not in by or _is_other(convention, there)):
                    found[key] = known._replace(convention=", ".join((*by, convention.name)))
        except Unread as fault:
            faults[convention.name] = fault
    if not found:
        raise lacking(side.node, text, faults, {listed(name) for name in where})
    yield from found.values()


def _is_read_by(name: str, known: Reading | None) -> bool:
    """Whether a convention reads a side so."""
    return known is not None and name in known.convention.split(", ")


def _has(read: Reading, convention: Convention) -> bool:
    """Whether a name that the convention needs was read."""
    return any(key in convention.needs for key in map(_listed, read.names))


def _listed(written: str) -> str:
    try:
        return listed(written)
    except Unread:
        return ""


def _is_other(convention: Convention, there: frozenset[str]) -> bool:
    """Whether a convention means another thing by the left side than the one that it adds names to."""
    like = next(c for c in conventions() if c.name == convention.like)
    return any(convention.meanings.get(key) != like.meanings.get(key) for key in there)


def _read(side: Side, convention: Convention, text: str) -> Iterator[Reading]:
    """Yield the readings of a side in one convention: several where a symbol has several meanings in it."""
    node = resolved(side.node, convention, text)
    if convention.needs and not convention.needs & {n.key for n in walk(node) if isinstance(n, Name)}:
        raise Unread(f"a symbol that only {convention.name} has", text, *side.span)
    names = {n.key: text[n.span.at : n.span.end] for n in walk(node) if isinstance(n, Name)}
    for meanings in _choices(names, convention, text, side):
        chosen = dict(zip(names, meanings, strict=True))
        if is_mixed(chosen.values()) and not are_of_one(names.values()):
            raise Unread("networks and scores of one state and of one label, and laws of one letter", text, *side.span)
        norms = {text[n.span.at : n.span.end]: SAID for n in walk(node) if isinstance(n, Norm)}
        if norms:
            without_vectors(node, chosen, text)
        expr = built(node, lambda name: chosen[name.key], text)  # noqa: B023 called at once
        told = {names[key]: said(key, e, convention) for key, e in chosen.items()} | norms
        yield Reading(
            convention.name, expr, MappingProxyType(told), side.written,
            is_matrix=is_matrix(node, chosen, text), law_of=_law_of(node, convention, text),
        )  # fmt: skip


def _law_of(node: Node, convention: Convention, text: str) -> str | None:
    """Return the variable of a normal law, "" if none is written; None where there is no law."""
    if not isinstance(node, Law) or node.of is None:
        return "" if isinstance(node, Law) else None
    meanings = convention.meanings[node.of.key] if isinstance(node.of, Name) else ()
    if len(meanings) != 1:
        raise Unread("the variable of a law", text, *node.of.span)
    return str(meanings[0])


def _choices(names: Mapping[str, str], convention: Convention, text: str, side: Side) -> list[tuple[Expr, ...]]:
    """Return the meanings to read with: none in which two symbols would be one, as \\epsilon and \\epsilon_t."""
    several = [convention.meanings[key] for key in names]
    if prod(map(len, several)) > CHOICES:
        raise Unread(f"at most {CHOICES} readings in one convention", text, *side.span)
    choices = list(product(*several))
    choices = [c for c in choices if _consistent(dict(zip(names, c, strict=True)), convention)]
    if not choices:
        raise Unread(f"one meaning of each symbol and of its powers in {convention.name}", text, *side.span)
    apart = [choice for choice in choices if not _one(names, choice)]
    if not apart:
        one, other = _one(names, choices[0]) or ("", "")
        raise Unread(f"other symbols, as {one} and {other} are one in {convention.name}", text, *side.span)
    return apart


def _consistent(meanings: Mapping[str, Expr], convention: Convention) -> bool:
    """Return whether a power is that of its symbol, and a letter of one meaning with an argument has it without one."""
    for key, meaning in meanings.items():
        base, _, exponent = key.removesuffix("}").rpartition("^{")
        if base in meanings and exponent.isdigit() and meaning != meanings[base] ** int(exponent):
            return False
        letter = key.partition("(")[0]
        same = convention.meanings.get(letter) == convention.meanings[key]
        if same and meanings.get(letter, meaning) != meaning:
            return False
    return True


def _one(names: Mapping[str, str], meanings: Sequence[Expr]) -> tuple[str, str] | None:
    """Return two symbols of one formula that would mean the same, if there are any."""
    first: dict[Expr, str] = {}
    for key, meaning in zip(names, meanings, strict=True):
        if (other := first.setdefault(meaning, key)) != key and subject(other) != subject(key):
            return names[other], names[key]
    return None


def _with(convention: Convention, where: Mapping[str, str]) -> Convention:
    """Return the convention with names added, each of the convention's symbols or of ours: of both, where it can be."""
    return extended(convention, {listed(name): _meanings(text, convention) for name, text in where.items()})


def _meanings(text: str, convention: Convention) -> tuple[Expr, ...]:
    side = Equation(text).side(0)
    found: dict[Expr, None] = {}
    fault: Unread | None = None
    for one in (convention, ours()):
        try:
            found |= dict.fromkeys(r.expr for r in _read(side, one, text) if r.law_of is None)
        except Unread as known:
            fault = known
    if not found and fault is not None:
        raise fault
    return tuple(found)
