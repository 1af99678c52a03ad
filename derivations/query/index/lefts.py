"""What papers write on the left of the formulas of a claim, so that a left side names the claims that it is of.

A name stands with the convention that it is of, and with what it means there, which other conventions may write too.
What is no name stands as it is written. A formula is named as a whole where nothing else stands on the right.
"""

import re
from collections.abc import Iterable, Iterator
from fractions import Fraction
from functools import cache, lru_cache
from itertools import chain
from typing import NamedTuple

from flint import arb
from sympy import Expr, expand

from derivations.papers.covered import stands_in
from derivations.papers.paper import Equation as Printed
from derivations.papers.paper import Paper, Part, papers
from derivations.query.index.universe import value
from derivations.query.writing.conventions import Convention, conventions, key_of
from derivations.query.writing.document import formulas
from derivations.query.writing.equation import Equation
from derivations.query.writing.resolve import resolved
from derivations.syntax.build import built, evaluated
from derivations.syntax.tree import Beside, Name, Node, Norm, Number, Power, Product, Sum, children
from derivations.syntax.unread import Unread

Places = dict[str, list[str]]  # where the claim has it, by the name
_FONTS = "math(?:rm|bf|bb|cal|sf|it)|text|operatorname|boldsymbol|bm"
_SET_OUT = re.compile(rf"\\[,;:!> ]|\\(?:left|right|(?:big|Big)g?[lrm]?|quad|qquad|{_FONTS})(?![a-zA-Z])|[\s{{}}*&]")
_SPELLED = (
    (r"\mid", "|"), (r"\vert", "|"), (r"\parallel", r"\|"), (r"\Vert", r"\|"), ("||", r"\|"), ("[", "("), ("]", ")"),
)  # fmt: skip


class Lefts(NamedTuple):
    """The left sides of a claim's formulas: of what has a formula in it, and of what is one as a whole."""

    of: Places
    whole: Places


def lefts(claim: str) -> Lefts:
    """Return the left sides of a claim's formulas, by name."""
    return _all().get(claim, Lefts({}, {}))


def names(own: Iterable[str], convention: Convention) -> Iterator[str]:
    """Yield a left side as papers of the convention name it, by each of its keys, and what it means."""
    for key in own:
        yield f"{convention.name}: {key}"
        several = convention.meanings.get(key, ())
        yield from map(str, several if len(several) == 1 else ())


def meanings(node: Node, convention: Convention, text: str) -> Iterator[str]:
    """Yield what a left side means in a convention, if each of its symbols means one thing there."""
    try:
        plain = resolved(node, convention, text)
        read = built(plain, lambda name: _only(convention.meanings[name.key]), text)
    except (Unread, KeyError):
        return
    yield str(evaluated(read))


def _only(several: tuple[Expr, ...]) -> Expr:
    first, *others = several
    if others:
        raise KeyError
    return first


def as_written(left: str) -> str:
    """Return a left side without what only sets it out: for one that is no name."""
    for sign, other in _SPELLED:
        left = left.replace(sign, other)
    return "written: " + _SET_OUT.sub("", left).replace("i<N", "i")  # where it holds is no part of a name


def keys(node: Node) -> Iterator[str]:
    """Yield the keys of what may be a name: f(x) and f."""
    if (key := key_of(node)) is not None:
        yield key
    if isinstance(node, Beside) and node.own is None and node.outer is None:
        yield node.name.key


@cache
def _all() -> dict[str, Lefts]:
    found: dict[str, Lefts] = {}
    for paper in papers().values():
        for equation in (e for e in paper.equations if e.claim and e.compared and not e.misprint):
            own = found.setdefault(equation.claim, Lefts({}, {}))
            for formula in formulas(equation.latex):
                _add(own, paper, equation, formula.formula)
    return found


def _add(own: Lefts, paper: Paper, equation: Printed, formula: str) -> None:
    """Add the names of the left side of an equation, for what of its claim stands on the right."""
    by = [c for c in conventions() if paper.key in c.papers]
    for node, left, right in _sides(formula):
        if _is_of_cases(equation, right):
            _note(own.whole, (*_named(node, by, left), as_written(left)), equation.compared[0].equals)
        for part in equation.compared:
            stands = stands_in(part.latex, right)
            is_all = (stands and _is_all(part.latex, right)) or any(_is_same(part.latex, right, c) for c in by)
            if stands and node is not None and not _is_at_an_end(paper, part):
                _note(own.of, (name for c in by for name in names(keys(node), c)), part.equals)
            if is_all and not part.slope_in and "0" not in part.with_.values():
                _note(own.whole, (*_named(node, by, left), as_written(left)), part.equals)


def _is_of_cases(equation: Printed, right: str) -> bool:
    """Whether the parts of an equation are the cases of a minimum, which is one formula of its claim."""
    places = [part.equals for part in equation.compared]
    return "\\min" in right and len(places) > 1 and len(set(places)) == 1


def _named(node: Node | None, by: Iterable[Convention], left: str) -> Iterator[str]:
    for c in by if node is not None else ():
        yield from names(keys(node), c)
        yield from meanings(node, c, left)


def _note(own: Places, by: Iterable[str], where: str) -> None:
    for name in by:
        if where not in own.setdefault(name, []):
            own[name].append(where)


def _is_all(part: str, right: str) -> bool:
    """Whether a part is the whole right side, but for the arguments of its names."""
    try:
        one, other = _tree(part), _tree(right)
    except Unread:
        return as_written(part) == as_written(right.rstrip(" .,;"))
    return _plain(one) == _plain(other)


def _is_same(part: str, right: str, convention: Convention) -> bool:
    """Whether a part is the whole right side by what the symbols mean in a convention, where it is not as written."""
    pairs = set(zip(_meanings(part, convention.name), _meanings(right, convention.name), strict=False))
    return any(expand(one - other) == 0 for one, other in pairs if not _differ(one, other))


def _differ(one: Expr, other: Expr) -> bool:
    """Whether two formulas have values that differ at a point, so that neither can be written as the other."""
    values = _valued(one), _valued(other)
    return None not in values and not values[0].overlaps(values[1])  # type: ignore[union-attr, arg-type]


@lru_cache(maxsize=1024)
def _valued(e: Expr) -> arb | None:
    return value(e, 0)


@lru_cache(maxsize=1024)  # a right side is read again for each part and each convention
def _tree(text: str) -> Node:
    """Return a formula as a tree."""
    return Equation(_in_tex(text)).side(0).node


def _in_tex(text: str) -> str:
    return text if "\\" in text else f"${text}$"


@lru_cache(maxsize=1024)
def _meanings(text: str, by: str) -> tuple[Expr, ...]:
    """Return what a formula means, by the first and the second meaning of each name that has several; or nothing."""
    (convention,) = (c for c in conventions() if c.name == by)
    try:
        return tuple(_read_in(text, convention, n) for n in (0, 1))
    except (Unread, KeyError):
        return ()


def _read_in(text: str, convention: Convention, n: int) -> Expr:
    """Return what a formula means, by the meaning of each name that has several, counted from 0, or its last one."""
    node = resolved(_tree(text), convention, _in_tex(text))
    return evaluated(built(node, lambda name: convention.meanings[name.key][: n + 1][-1], _in_tex(text)))


def _plain(node: Node) -> object:
    """Return a tree without places, its names without arguments, and a squared norm as a square."""
    match node:
        case Number(value):
            return value
        case Name(key=key):
            return key.partition("^{(")[0]
        case Beside(name=name, arguments=(Sum() as factor,), own=own, outer=outer):
            return _flat((_raised(_plain(name), own), _raised(_plain(factor), outer)))
        case Beside(name=name, own=own, outer=outer):
            return _raised(_plain(name), own if own is not None else outer)
        case Norm(of=of):
            return "Power", (_plain(of), Fraction(2))
        case Power(base=base, exponent=exponent):
            return "Power", (_plain(base), _plain(exponent))
        case Product(factors=parts):
            return _flat(map(_plain, parts))
    return type(node).__name__, getattr(node, "name", ""), tuple(map(_plain, children(node)))


def _raised(base: object, power: Node | None) -> object:
    return base if power is None else ("Power", (base, _plain(power)))


def _flat(factors: Iterable[object]) -> object:
    parts = (f[1] if isinstance(f, tuple) and f[0] == "Product" else (f,) for f in factors)
    return "Product", tuple(chain.from_iterable(parts))


def _is_at_an_end(paper: Paper, part: Part) -> bool:
    """Whether the paper has a special case of the claim, where one of its symbols is 0, which it may not be there."""
    return "0" in paper.conventions[part.under].claim.values()


def _sides(formula: str) -> Iterator[tuple[Node | None, str, str]]:
    """Yield the left side of an equality, as a tree if it can be read, and both sides as they are written."""
    try:
        equation = Equation(formula)
    except Unread:
        return
    if len(equation) == 2 and equation.relations and equation.relations[0].text == "=":
        yield read(equation, 0), equation.written(0), equation.written(1)


def read(equation: Equation, side: int) -> Node | None:
    """Return a side as a tree, if it can be read; a score is no name, but a law's, as it is written."""
    try:
        node = equation.side(side).node
    except Unread:
        return None
    return None if isinstance(node, Name) and node.key.startswith("\\nabla") else node
