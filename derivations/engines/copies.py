"""Whether an experiment runs the answer itself: what is copied into a process is not tested by it.

A part of a line is a copy if it has the leaf's value at every place that is looked at, up to a constant factor and a
square or a root: other words for the same closed form are the same closed form. So is a closed form in several lines,
and one made of noise that drops out again: where z = a e^n, log(z) - n is log a.
"""

from collections.abc import Iterator
from functools import cache, lru_cache
from random import Random

from flint import arb
from sympy import Add, Expr, Mul, Piecewise, Rational, Symbol

from derivations.arithmetic.ball import ball, precision
from derivations.engines.sample import operations
from derivations.form.experiment import Check, Experiment

PLAIN = 3  # a leaf of fewer operations may occur in a process by right, and so may a part of a line
LARGEST = 100  # operations of a part of a line with all earlier lines written out
PLACES, TRIES = 3, 20
POWERS = (1, 2, -1, -2)  # of the part, or of the leaf
CLOSE = arb(2) ** -100


def copied(experiment: Experiment, leaf: Expr, check: Check) -> bool:
    """Return whether a line of the process, or what the check measures, contains the leaf, also as a part of it."""
    whole = leaf.xreplace(experiment.derived())
    return _copied(experiment, leaf, check) or (whole != leaf and _copied(experiment, whole, check))  # type: ignore[arg-type]


@lru_cache(maxsize=256)  # asked of the answer, of its fields and of every twin, which share most of these
def _copied(experiment: Experiment, leaf: Expr, check: Check) -> bool:
    if operations(leaf) < PLAIN:
        return False
    lines = list(dict.fromkeys(_lines(experiment, check)))
    noise = {*experiment.noise, *(v for v, _ in experiment.process)} - leaf.free_symbols
    nodes = dict.fromkeys(node for line in lines for node in _nodes(line, frozenset(noise)))
    nodes |= dict.fromkeys(_detours(experiment, check))
    return any(_part(leaf, node) or _same_value(leaf, node) for node in nodes if isinstance(node, Expr))


def contains(leaf: Expr, e: Expr) -> bool:
    """Return whether a part of an expression is the leaf, also in other words; a short leaf may occur by right."""
    return operations(leaf) >= PLAIN and any(
        _part(leaf, node) or _same_value(leaf, node) for node in dict.fromkeys(_nodes(e, frozenset()))
    )


def same(leaf: Expr, e: Expr) -> bool:
    """Return whether an expression has the leaf's own value at every place that is looked at."""
    if leaf == e or leaf.free_symbols != e.free_symbols:
        return leaf == e
    pairs = list(_values(leaf, e))
    with precision(256):
        return len(pairs) == PLACES and all(abs(p / q - 1) < CLOSE for p, q in pairs)


def _lines(experiment: Experiment, check: Check) -> Iterator[Expr]:
    """Yield the lines as they stand, and with what earlier lines make of parameters alone written out."""
    fixed = dict[Symbol, Expr]()
    for variable, made in (*experiment.process, (None, check.of)):
        whole = made.xreplace(fixed)
        yield from (made, whole)
        if variable is not None and not whole.free_symbols & _random(experiment):
            fixed[variable] = whole  # type: ignore[assignment]


def _detours(experiment: Experiment, check: Check) -> Iterator[Expr]:
    """Yield the parts of each line that stand for random variables, with all earlier lines written out."""
    every, noise = dict[Symbol, Expr](), set(experiment.noise)
    for variable, made in (*experiment.process, (None, check.of)):
        idle = frozenset(v for v in made.free_symbols if (own := every.get(v, v).free_symbols) and own <= noise)  # type: ignore[arg-type]
        parts = (e for e in _nodes(made, idle) if e.free_symbols & every.keys() and not e.has(Piecewise))
        yield from (e for e in (part.xreplace(every) for part in parts) if operations(e) <= LARGEST)  # type: ignore[misc]
        if variable is None or made.has(Piecewise):  # whose conditions SymPy would simplify
            continue
        if operations(opened := made.xreplace(every)) <= LARGEST:
            every[variable] = opened  # type: ignore[assignment]


def _random(experiment: Experiment) -> set[Symbol]:
    """Return the noise, and what is made of it."""
    moved = set(experiment.noise)
    for variable, made in experiment.process:
        moved |= {variable} if made.free_symbols & moved else set()
    return moved


def _nodes(e: Expr, noise: frozenset[Symbol]) -> Iterator[Expr]:
    """Yield the expression, what is not noise of a sum or product, and the same of all its parts."""
    yield e
    if isinstance(e, Add | Mul):
        yield e.func(*(a for a in e.args if not a.free_symbols & noise))
    for a in e.args:
        yield from _nodes(a, noise)  # type: ignore[arg-type]


def _part(leaf: Expr, node: Expr) -> bool:
    """Return whether the node is the leaf, a product with it, or a sum with a multiple of it."""
    if isinstance(leaf, Add) and isinstance(node, Add):
        terms, others = leaf.as_coefficients_dict(), node.as_coefficients_dict()
        ratios = {others[term] / c for term, c in terms.items()}
        return len(ratios) == 1 and 0 not in ratios
    return leaf == node or (isinstance(leaf, Mul) and isinstance(node, Mul) and {*leaf.args} <= {*node.args})


@lru_cache(maxsize=65536)  # the lines of one process have most parts in common
def _same_value(leaf: Expr, node: Expr) -> bool:
    """Return whether a power of the node is a constant times a power of the leaf, at random places."""
    if not leaf.free_symbols or not leaf.free_symbols <= node.free_symbols:
        return False
    if operations(node := _primitive(node)) < PLAIN:
        return False
    pairs = list(_values(leaf, node))
    if len(pairs) < PLACES:
        return False
    with precision(256):
        return any(_constant([b**m / a**k for a, b in pairs]) for m in POWERS for k in (1, 2))


@lru_cache(maxsize=65536)
def _primitive(node: Expr) -> Expr:
    """Return the expression without its constant factor and sign."""
    _, rest = node.as_independent(*node.free_symbols, as_Add=False)[1].as_content_primitive()
    return -rest if rest.could_extract_minus_sign() else rest


def _constant(ratios: list[arb]) -> bool:
    first, *others = ratios
    return all(abs(r / first - 1) < CLOSE for r in others)


@cache
def _values(leaf: Expr, node: Expr) -> tuple[tuple[arb, arb], ...]:
    """Return both values where both have one, at the first places of a sequence of their own."""
    rng, found = Random("copies"), list[tuple[arb, arb]]()
    for _ in range(TRIES):
        at = {v: Rational(rng.randint(200, 2000), 1000) for v in sorted(leaf.free_symbols | node.free_symbols, key=str)}
        try:
            with precision(256):
                pair = ball(leaf, at), ball(node, at)
        except (ArithmeticError, ValueError):
            continue
        if all(abs(value) > CLOSE for value in pair):
            found.append(pair)
        if len(found) == PLACES:
            break
    return tuple(found)
