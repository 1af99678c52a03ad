"""The check of the equality cases of bounds: each has one, which sets what it may, in the domain or on its edge."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import product

from sympy import Add, Expr, Symbol, sympify

from derivations.arithmetic.ball import Imprecise, Undefined, Unfinished, ball, precision
from derivations.engines.discharge.settle import settle
from derivations.engines.normal_form import vanishes
from derivations.form.claim import Below, Claim
from derivations.form.statement import AtMost
from derivations.obligations.ledger import Ledger
from derivations.obligations.obligation import Obligation, Relation
from derivations.obligations.owed import owed
from derivations.probability.density import TWO, Density, Positive, at

KEYS = (Symbol, Density, Positive)  # what an equality case may set


def faults(claim: Claim) -> Iterator[str]:
    """Require an equality case for each bound, in the domain or on its edge."""
    for statement in claim.statements():
        if isinstance(statement, AtMost) and not statement.equal_at:
            yield f"expected an equality case, got a bound without one: {statement.lesser} <= {statement.greater}"
        if isinstance(statement, AtMost) and (mixed := _mixed(statement)):
            yield f"expected an equality case free of the symbols that it sets, got {', '.join(mixed)}"
        if isinstance(statement, AtMost) and (made := [str(v) for v in statement.equal_at if not isinstance(v, KEYS)]):
            yield f"expected an equality case that sets symbols or densities, got {', '.join(made)}"
            continue
        if isinstance(statement, AtMost):
            yield from _unlawful(statement, claim)
        bare = isinstance(statement, AtMost) and all(isinstance(v, Symbol) for v in statement.equal_at)
        if bare and (far := [a.text for a in claim.assumptions() if _beyond(a, statement, claim)]):
            yield f"the equality case {dict(statement.equal_at)} is outside the domain: {', '.join(far)}"


def _unlawful(statement: AtMost, claim: Claim) -> Iterator[str]:
    """Refuse a density in an equality case that is none on two states, somewhere in the domain; and a positive function
    that is not positive there.
    """
    for what, value in statement.equal_at.items():
        if isinstance(what, Density):
            for given in _states(what.given):
                if not _sum_to_1([at(value, {what.of: n, **given}) for n in TWO], claim):
                    yield f"expected a density for {what} in an equality case, got {value}"
        elif type(what) is Positive:
            values = [at(value, states) for states in _states([v for v in what.args if isinstance(v, Symbol)])]
            if settle(claim, _signed(values, "> 0", "a value of a positive function")).left:
                yield f"expected a positive function for {what} in an equality case, got {value}"


def _states(variables: Sequence[Symbol]) -> Iterator[dict[Symbol, int]]:
    return (dict(zip(variables, run, strict=True)) for run in product(TWO, repeat=len(variables)))


def _sum_to_1(chances: Sequence[Expr], claim: Claim) -> bool:
    """Return whether chances are shown to sum to 1 all over the domain, none of them negative."""
    ledger = Ledger()
    try:
        whole = vanishes(Add(*chances, -1), claim.example, ledger)
    except ArithmeticError:
        return False
    return whole and not settle(claim, [*ledger.entries, *_signed(chances, ">= 0", "a chance")]).left


def _signed(values: Iterable[Expr], sign: Relation, why: str) -> Iterator[Obligation]:
    """Yield that these values have a sign, and what they need in order to be values."""
    for e in map(sympify, values):
        yield from owed(e)
        yield Obligation(e, sign, why)


def _mixed(statement: AtMost) -> list[str]:
    """Return the symbols that the equality case both sets and uses: x = y, y = x is really one condition."""
    return [
        str(v) for v in statement.equal_at if any(e.has(v) for e in statement.equal_at.values() if isinstance(e, Expr))
    ]


def _beyond(a: Below, statement: AtMost, claim: Claim) -> bool:
    """Return whether lesser > greater at the stored point, moved to the equality case."""
    gap = (a.greater - a.lesser).subs(dict(statement.equal_at), simultaneous=True)
    try:
        with precision(256):
            return bool(ball(gap, claim.example) < 0)
    except (Undefined, Imprecise, Unfinished):
        return False
