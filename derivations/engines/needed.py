"""All obligations of a claim: of its statements, of every line of its proof, and those lost before.

What an expression owed before SymPy simplified it, and no longer shows, is still owed by the claim that it stands in:
see `derivations.obligations.kept`.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import pairwise, zip_longest

from sympy import Add, Expr, Symbol, diff, sympify

from derivations.form.base import Form, whole
from derivations.form.claim import Claim
from derivations.form.induction import Induction
from derivations.form.statement import AtMost, Statement, Tends
from derivations.obligations.kept import Loss
from derivations.obligations.lost import Key, key, shown
from derivations.obligations.obligation import Obligation, free_symbols
from derivations.obligations.owed import assumed, owed
from derivations.probability.expected import finite_laws


def domain(claim: Claim) -> tuple[Obligation, ...]:
    """Return the obligations of a claim: those of its statements, of its proof lines, and of what the lines rest on."""
    obligations: dict[Obligation, None] = {}
    for statement, chain in zip_longest(claim.goals(), claim.proof[: len(claim.goals())], fillvalue=()):
        parts = [*_sides(statement), *(line.expr for line in chain)]
        parts += [line.more for line in chain if line.more is not None]
        parts += [diff(a.expr - b.expr, b.convex[0], 2) for a, b in pairwise(chain) if b.convex]
        for o in (o for e in parts for o in owed(e)):
            near = statement.var if isinstance(statement, Tends) and statement.var in free_symbols(o) else None
            obligations[replace(o, near=near)] = None
    for o in (*_of_forms(claim), *_of_cases(claim), *_of_limits(claim), *_lost(claim, obligations)):
        obligations.setdefault(o)
    return tuple(obligations)


def _lost(claim: Claim, seen: Iterable[Obligation]) -> Iterator[Obligation]:
    """Yield the obligations lost while the claim was written, except those that it still shows elsewhere."""
    still = defaultdict[Symbol | None, set[Key]](set)  # an obligation for small h covers no other
    once = set[tuple[Key, Symbol | None]]()
    for o in seen:
        still[o.near].add(key(o))
    for limits, losses in claim.losses_by():
        for o, where in sorted(losses, key=_by_claim):
            near = next((v for v in limits if v in free_symbols(o)), None)
            if not shown(o, still[None] | still[near]) and (key(o), near) not in once:
                once.add((key(o), near))  # however many lines lost it
                yield replace(o, why=where if where == o.why else f"lost while built, {where}", near=near)


def _by_claim(loss: Loss) -> tuple[str, bool, str]:
    """Sort losses by what is lost, those in a line of a claim first."""
    return str(loss.what.expr), not loss.where.startswith("derivations"), str(loss)


def _of_forms(claim: Claim) -> Iterator[Obligation]:
    """Yield what forms need in addition: for their parts true as written, and signs, as of a weight."""
    for statement in claim.said():
        stated = [part.says for part in statement.parts()] if isinstance(statement, Form) else [statement]
        for law in (law for s in stated for e in s if isinstance(e, Expr) for law in finite_laws(e)):
            yield from (Obligation(weight, ">= 0", "a weight") for weight in law)
            yield Obligation(Add(*law), "> 0", "the sum of the weights")
    for form in (statement for statement in claim.said() if isinstance(statement, Form)):
        yield from (o for e in form.made_of() for o in owed(e))
        for statement in whole(form):
            yield from (o for e in _sides(statement) for o in owed(e) if not isinstance(statement, Tends))
        kept = (n for a in claim.assumptions() if isinstance(form, Induction) for n in form.keeps(a.greater - a.lesser))
        for need in (*form.needs(), *kept):
            yield from owed(need.expr)
            yield Obligation(need.expr, need.relation, need.why)


def _of_cases(claim: Claim) -> Iterator[Obligation]:
    """Yield what puts an equality case in the domain or on its edge, whatever values it leaves open."""
    for statement in (statement for statement in claim.statements() if isinstance(statement, AtMost)):
        case = dict(statement.equal_at)
        for a in claim.assumptions():
            lesser, greater = map(sympify, a)
            if (greater - lesser).free_symbols & case.keys():
                there = (side.subs(case, simultaneous=True) for side in (lesser, greater))
                yield from assumed(*there, f"{a.text}, or its edge, at an equality", ">= 0")


def _of_limits(claim: Claim) -> Iterator[Obligation]:
    """Yield what makes the assumptions on a limit's variable hold as it goes to 0."""
    for var in dict.fromkeys(statement.var for statement in claim.whole() if isinstance(statement, Tends)):
        for a in claim.given:
            lesser, greater = map(sympify, a)
            if (greater - lesser).has(var):
                yield from assumed(lesser.subs(var, 0), greater.subs(var, 0), f"assumed of {var}, which goes to 0")


def _sides(statement: Statement) -> Iterator[Expr]:
    """Yield both sides, and for an inequality both sides at its equality case and what that sets."""
    yield from (statement[0], statement.value) if isinstance(statement, Tends) else statement[:2]  # type: ignore[misc]
    if isinstance(statement, AtMost) and statement.equal_at:
        yield from (side.subs(dict(statement.equal_at), simultaneous=True) for side in statement[:2])
        yield from map(sympify, statement.equal_at.values())
