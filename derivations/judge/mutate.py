"""Mutants of an answer: the slips that authors and programmers make, applied one at a time.

A sign, a dropped factor, a square for a root and a root for a square, s for t, alpha for
alpha-bar, beta for beta-tilde, a factor of two, an inverted ratio; and two fields that are wrong
together, both in sign or one in place of the other. Each must be rejected by an engine, or proved
to be the answer.
"""

from collections.abc import Iterator, Sequence
from itertools import combinations, zip_longest
from typing import Any

from sympy import Add, Expr, Function, Integer, Mul, Pow, Rational, Symbol, preorder_traversal, sqrt

from derivations.form.claim import Answer, Claim, leaves, with_leaf

Altered = tuple[str, Any]  # what was altered, and the resulting expression or answer
MOST = 16  # mutants kept for one answer, spread over its fields and kinds
ENOUGH, FEW = 8, 3  # below which slips in functions are added; for an answer that is a number, a symbol or a power
PAIRS = 10  # pairs of its fields that are altered together, the nearest first
CONFUSED = (  # names that are mistaken for one another
    ("alpha_s", "alpha_t"), ("sigma_s", "sigma_t"), ("gamma_s", "gamma_t"), ("alpha", "abar"),
    ("abar_s", "abar"), ("beta", "alpha"), ("alpha_ts", "alpha_t"), ("sigma_ts", "sigma_t"),
    ("alpha_ts", "alpha_s"), ("sigma_ts", "sigma_s"), ("z_t", "z_s"), ("x_t", "x_0"), ("x", "eps"),
    ("x_hat", "eps_hat"), ("s", "t"), ("t", "s"), ("gap", "gamma_t"), ("alpha_t", "sigma_t"),
    ("alpha_s", "sigma_s"), ("mu_1", "mu_2"),
)  # fmt: skip


def mutants(claim: Claim) -> dict[str, Answer]:
    """Return named altered answers without repeats: at most MOST of single fields, in turn, then pairs of fields."""
    streams = [_of_field(claim, field, _alter(leaf, claim)) for field, leaf in leaves(claim.answer)]
    further = [_of_field(claim, field, _of_functions(leaf)) for field, leaf in leaves(claim.answer)]
    altered: dict[str, Answer] = {}
    seen = {claim.answer}
    for most, some in ((MOST, streams), (FEW if simple(claim.answer) else ENOUGH, further)):
        for how, answer in _in_turn(some):
            if len(altered) >= most:
                break
            if answer not in seen:
                seen.add(answer)
                altered[how if how not in altered else f"{how}, elsewhere ({len(altered)})"] = answer
    return altered | {how: answer for how, answer in _together(claim.answer) if answer not in seen}


def simple(answer: Answer) -> bool:
    """Return whether an answer is a number, a symbol or a power of one: few slips can be made in it."""
    return all(e.is_number or e.as_base_exp()[0].is_Symbol for _, e in leaves(answer))


def _together(answer: Answer) -> Iterator[tuple[str, Answer]]:
    """Yield answers with two fields wrong together, whose errors may cancel where one alone would not."""
    fields = list(leaves(answer))
    pairs = sorted(combinations(range(len(fields)), 2), key=lambda p: p[1] - p[0])
    for (a, first), (b, second) in ((fields[i], fields[j]) for i, j in pairs[:PAIRS]):
        yield f"{a}: its sign, with that of {b}", with_leaf(with_leaf(answer, a, -first), b, -second)
        if first.free_symbols == second.free_symbols:
            yield f"{a}: taken for {b}, and {b} for it", with_leaf(with_leaf(answer, a, second), b, first)


def _of_field(claim: Claim, field: str, altered: Iterator[tuple[str, Expr]]) -> Iterator[Altered]:
    for how, e in altered:
        yield f"{field}: {how}", with_leaf(claim.answer, field, e)


def _in_turn(streams: Sequence[Iterator[Altered]]) -> Iterator[Altered]:
    """Yield one item of each stream, then the next of each, until all have ended."""
    for row in zip_longest(*streams):
        yield from (item for item in row if item is not None)


def _alter(leaf: Expr, claim: Claim) -> Iterator[tuple[str, Expr]]:
    """Return altered expressions, with the kinds interleaved so that a cut keeps some of each."""
    kinds = (_swaps(leaf, claim), _signs(leaf), _factors(leaf), _powers(leaf), _scales(leaf), _others(leaf, claim))
    return ((how, e) for how, e in _in_turn(kinds) if e != leaf)


def _swaps(leaf: Expr, claim: Claim) -> Iterator[tuple[str, Expr]]:
    by_name = {v.name: v for v in claim.symbols()}
    for a, b in CONFUSED:
        if a in by_name and b in by_name and leaf.has(by_name[a]):
            yield f"{b} for {a}", leaf.subs(by_name[a], by_name[b])
        if a in by_name and b in by_name and leaf.has(by_name[b]):
            yield f"{a} for {b}", leaf.subs(by_name[b], by_name[a])


def _signs(leaf: Expr) -> Iterator[tuple[str, Expr]]:
    yield "the whole sign", -leaf
    for e in _parts(leaf, Add):
        for term in e.args:
            yield f"sign of {term}", leaf.xreplace({e: e - 2 * term})  # type: ignore[operator]
    for v in sorted(leaf.free_symbols, key=str):
        if not v.is_positive:
            yield f"sign of {v}", leaf.subs(v, -v)


def _factors(leaf: Expr) -> Iterator[tuple[str, Expr]]:
    for e in _parts(leaf, Mul):
        for factor in e.args:
            if factor != -1:
                yield f"{factor} dropped", leaf.xreplace({e: Mul(*(a for a in e.args if a != factor))})
    for e in _parts(leaf, Add):
        for term in e.args:
            yield f"{term} dropped", leaf.xreplace({e: e - term})  # type: ignore[operator]


def _powers(leaf: Expr) -> Iterator[tuple[str, Expr]]:
    for e in _parts(leaf, Pow):
        base, exponent = e.args
        if exponent in (2, -2, Rational(1, 2), Rational(-1, 2)):
            other = exponent / 2 if exponent in (2, -2) else 2 * exponent  # type: ignore[operator]
            yield f"{e} as {base**other}", leaf.xreplace({e: base**other})  # type: ignore[operator]
        elif exponent.is_negative:
            yield f"{base} not divided by", leaf.xreplace({e: 1 / e})  # type: ignore[operator]
    for v in sorted(leaf.free_symbols, key=str):
        if isinstance(v, Symbol) and v.is_positive:
            yield f"{v} squared", leaf.subs(v, v**2)
            yield f"root of {v}", leaf.subs(v, sqrt(v))


def _scales(leaf: Expr) -> Iterator[tuple[str, Expr]]:
    yield "twice", 2 * leaf
    yield "half", leaf / 2
    yield "one more", leaf + 1
    yield "squared", leaf**2
    yield "inverted", 1 / leaf if leaf != 0 else Integer(1)


def _others(leaf: Expr, claim: Claim) -> Iterator[tuple[str, Expr]]:
    """Yield the symbols of the claim for a number or a symbol, which has few other slips."""
    if leaf.is_number or leaf.is_Symbol:
        yield "one less", leaf - 1
        yield from ((f"{v} for {leaf}", v) for v in claim.symbols() if v != leaf)


def _of_functions(leaf: Expr) -> Iterator[tuple[str, Expr]]:
    """Yield slips in functions, for an answer that has few others, such as exp(x)."""
    for e in _parts(leaf, (Function, Pow)):
        *base, inside = e.args if e.is_Pow else (e.func, e.args[0])  # of a power, the exponent
        for how, other in ((f"twice {inside}", 2 * inside), (f"half {inside}", inside / 2)):  # type: ignore[operator]
            yield f"{how} in {e}", leaf.xreplace({e: base[0] ** other if e.is_Pow else e.func(other, *e.args[1:])})
        yield f"{inside} for {e}", leaf.xreplace({e: inside})
    yield "one less", leaf - 1
    yield "three times", 3 * leaf
    yield "two more", leaf + 2


def _parts(leaf: Expr, kind: type | tuple[type, ...]) -> list[Expr]:
    parts = {e: None for e in preorder_traversal(leaf) if isinstance(e, kind)}
    return list(parts)[:6]  # type: ignore[arg-type]
