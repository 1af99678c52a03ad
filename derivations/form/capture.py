"""Bound variables that a substitution could capture: with s for t in the integral of s t over s, SymPy makes s^2.

No symbol may be both bound and free in one expression of a claim, and what is substituted (an equality case, the end
of a primitive, a change of variable, a value of a random variable) may have no symbol that is bound where it goes.
"""

from collections.abc import Iterator
from itertools import zip_longest

from sympy import Basic, Expr, Integral, Symbol, sympify

from derivations.form.base import Form
from derivations.form.claim import Chain, Claim, leaves
from derivations.form.statement import AtMost, Statement
from derivations.probability.expected import Expected


def captures(claim: Claim) -> Iterator[str]:
    """Yield each symbol of a claim that is bound where it is free or may be substituted, one sentence each."""
    stated = [part.says for statement in claim.said() if isinstance(statement, Form) for part in statement.parts()]
    stated += [statement for statement in claim.said() if not isinstance(statement, Form)]
    for e in (e for statement in (*stated, *claim.statements()) for e in _of_statement(statement)):
        yield from _both(e, e.free_symbols)
    for e in (e for chain in (*claim.proof, *_expecting(claim)) for e in _of_chain(chain)):
        yield from _both(e, e.free_symbols)
    for statement, chain in zip_longest((*claim.goals(), *stated), claim.proof, fillvalue=()):
        yield from _put(statement, chain)
    for _, leaf in leaves(claim.answer):
        yield from _both(leaf, leaf.free_symbols)


def _expecting(claim: Claim) -> Iterator[Chain]:
    """Yield the lines as they are written that show an expectation, which the proof has written out."""
    for chain in claim.shown["proof"]:
        yield tuple(line for line in chain if line.expr.has(Expected))


def _of_statement(statement: Statement | tuple[()]) -> list[Expr]:
    return [e for e in statement if isinstance(e, Expr)]


def _of_chain(chain: Chain) -> list[Expr]:
    return [e for line in chain for e in (line.expr, line.more, line.primitive) if e is not None]


def _both(e: Expr, free: set[Symbol]) -> Iterator[str]:
    for v in sorted(_own(e) & free, key=str):
        yield f"expected a bound variable of its own, got {v}, which is free too, in {e}: rename the bound one"
    for x in e.atoms(Integral, Expected):
        for v in sorted(_over(x) & _own(x.args[0]), key=str):
            yield f"expected a bound variable of its own, got {v}, which is bound twice, in {x}: rename the inner one"
    for x in e.atoms(Expected):
        free_in_laws = {s for _, law in x.finite for pair in law for part in pair for s in part.free_symbols}
        for v in sorted(free_in_laws & set(x.over), key=str):
            yield f"expected values and weights without random variables, got {v} in {x}"


def _own(e: Basic) -> set[Symbol]:
    """Return the variables of the integrals and of the expectations over stated laws."""
    return set().union(*map(_over, e.atoms(Integral, Expected)))


def _over(x: Basic) -> set[Symbol]:
    return set(x.over) if isinstance(x, Expected) else {limit[0] for limit in x.limits}  # type: ignore[attr-defined]


def _put(statement: Statement | tuple[()], chain: Chain) -> Iterator[str]:
    sides = _of_statement(statement)
    if isinstance(statement, AtMost):
        there = {s for value in statement.equal_at.values() for s in sympify(value).free_symbols}
        for e in (*sides, *_of_chain(chain)):
            yield from _both(e, there)
    free = {s for line in chain for s in line.expr.free_symbols}
    for line in chain:
        if line.primitive is not None:
            yield from _both(line.primitive, free)
        if line.change is not None:
            new, inside = line.change
            for x in (x for x in line.expr.atoms(Integral) if x.limits[0][0] == new):
                yield from _both(x.function, inside.free_symbols)
