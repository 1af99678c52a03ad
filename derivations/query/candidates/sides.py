"""Whether the sides of an equation agree with each other, by value at the points of the universe, in each convention.

A left side is compared where it has a value of its own: a symbol that others define at every path, as SNR(t) and
beta-tilde, or an expression in symbols that the right side has too. What a paper defines there by the equation, as a
mean or a state, is not compared.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from itertools import pairwise
from typing import NamedTuple

from sympy import Expr, Symbol, exp, sqrt

from derivations import symbols as o
from derivations.query.candidates.asked import Asked
from derivations.query.candidates.simple import Apart, simple
from derivations.query.index.identity import of_sides
from derivations.query.index.relations import DEFINED, PRIMITIVE, fewest
from derivations.query.reading import Reading, readings
from derivations.query.writing.conventions import conventions
from derivations.query.writing.echo import echoed
from derivations.query.writing.equation import Equation
from derivations.query.writing.marked import decorated
from derivations.syntax.build import evaluated
from derivations.syntax.unread import Unread

FIXED = frozenset((o.beta_tilde, o.abar, o.abar_s, o.alpha, o.beta, o.snr_s, o.snr_t, o.gap, o.dsnr))
LINKED = frozenset((o.x, o.x_0, o.eps, o.v, o.score, o.x_hat, o.eps_hat, o.v_hat, o.score_hat))
PRESERVING: Mapping[Symbol, Expr] = {
    o.alpha_s: 1 / sqrt(1 + exp(o.gamma_s)), o.alpha_t: 1 / sqrt(1 + exp(o.gamma_t)),
    o.sigma_s: 1 / sqrt(1 + exp(-o.gamma_s)), o.sigma_t: 1 / sqrt(1 + exp(-o.gamma_t)),
    o.alpha_ts: sqrt((1 + exp(o.gamma_s)) / (1 + exp(o.gamma_t))),
    o.sigma_ts: sqrt(1 - (1 + exp(o.gamma_s)) / (1 + exp(o.gamma_t))),
    o.snr_s: exp(-o.gamma_s), o.snr_t: exp(-o.gamma_t), o.abar_s: 1 / (1 + exp(o.gamma_s)),
    o.abar: 1 / (1 + exp(o.gamma_t)), o.alpha: (1 + exp(o.gamma_s)) / (1 + exp(o.gamma_t)),
}  # fmt: skip
NEXT: Mapping[Expr, Expr] = {o.z_t: o.z_s, o.x_t: o.x_s}  # the state that a step in code puts in the place of another
By = dict[str, list[Expr]]  # the readings of a side, by convention


class Compared(NamedTuple):
    """The conventions in which two sides differ, with what is said of these; those with a left side compared; its
    readings in each; and where and by how much the first right side is not it.
    """

    differing: Mapping[str, str]
    left: frozenset[str]
    lefts: Mapping[str, Sequence[Expr]] = {}
    apart: Mapping[str, Apart] = {}


def compared(formula: str, where: Mapping[str, str], right: Sequence[Reading]) -> Compared:
    """Compare the sides of an equation with each other, in each convention that reads them."""
    sides = sorted({r.side for r in right})
    if sides == [0]:
        return Compared({}, frozenset())
    read, text = [_by_convention(r for r in right if r.side == n) for n in sides], Equation(formula)
    found = dict[str, str]()
    for n, (one, other) in enumerate(pairwise(read)):
        for convention in one.keys() & other.keys():
            if not any(_agree(a, b) for a in one[convention] for b in other[convention]):
                found[convention] = _differ(text, sides[n], sides[n + 1])
    left, by, points = _left(formula, where, text.about()), set[str](), dict[str, Apart]()
    if not text.tex and any(text.written(text.about()) in r.names for r in right):
        left = {name: _next(of) if name.startswith("code") else of for name, of in left.items()}
    for convention in left.keys() & read[0].keys():
        every = [(a, b) for a in left[convention] for b in read[0][convention]]
        pairs = [(a, b) for a, b in every if _has_a_value(a, b)]
        by |= {convention} if pairs else set()
        if pairs == every and not any(_agree(a, b) for a, b in pairs):  # in each of the meanings of its names
            found[convention] = _differ(text, text.about(), sides[0])
            points |= {convention: point} if (point := _apart(*pairs[0])) is not None else {}
    return Compared(found, frozenset(by), left, points)


def _next(of: Sequence[Expr]) -> list[Expr]:
    """What a name of code is that is made of itself: the next state where it may be one, else what it is."""
    return [NEXT[e] for e in of if e in NEXT] or list(of)


def _apart(left: Expr, right: Expr) -> Apart | None:
    """Return a point at which the right side is not the left one, and by how much."""
    put = fewest(evaluated(left).free_symbols | evaluated(right).free_symbols)
    identity = of_sides(right, left, put)
    return None if identity is None else simple(identity)


def _left(formula: str, where: Mapping[str, str], side: int) -> By:
    """Return the readings of the left side: a convention that only adds names to another reads it as that does."""
    try:
        found = _by_convention(readings(formula, where, side=side, needs=False))
    except Unread:
        found = {}
    like = {c.name: found[c.like] for c in conventions() if c.name not in found and c.like in found and not c.lacks}
    return found | like | _decorated(formula, side, found.keys() | like.keys())


def _decorated(formula: str, side: int, known: Collection[str]) -> By:
    """Return what a left side is by its letter alone, in conventions that do not read it."""
    try:
        node = Equation(formula).side(side).node
    except Unread:
        return {}
    by = {c.name: decorated(node, c) for c in conventions() if c.lefts and c.name not in known}
    return {name: [meant] for name, meant in by.items() if meant is not None}


def _by_convention(read: Iterable[Reading]) -> By:
    found: By = {}
    for r in read:
        for name in r.convention.split(", "):
            found.setdefault(name, []).append(r.expr)
    return found


def _has_a_value(left: Expr, right: Expr) -> bool:
    """Whether a left side means something apart from this equation: a schedule, in other symbols alone, defines it."""
    if left in FIXED and not right.free_symbols & (DEFINED.keys() | set(PRIMITIVE)):
        return False
    known = FIXED if isinstance(left, Symbol) else FIXED | right.free_symbols
    return bool(left.free_symbols) and left.free_symbols <= (known | (right.free_symbols & {left}))


def _agree(one: Expr, other: Expr) -> bool:
    """Whether two sides have equal values wherever both have one; two without a point in common are not known to.

    Sides in different ones of what is linked to each other, as x and eps by z_t, are not compared; a path that
    preserves variance is enough, since papers say so elsewhere.
    """
    linked = [frozenset(str(v).removesuffix("_hat") for v in e.free_symbols & LINKED) for e in (one, other)]
    if linked[0] != linked[1] and all(linked):
        return True
    return Asked(one).agrees(Asked(other)) or Asked(preserving(one)).agrees(Asked(preserving(other)))


def preserving(e: Expr) -> Expr:
    """A formula where the path preserves variance, in gamma."""
    return e.xreplace(dict(PRESERVING))


def _differ(text: Equation, one: int, other: int) -> str:
    return f"{echoed(text.written(one))} is not {echoed(text.written(other))}"
