"""All that a claim needs: the obligations of its statements, of every line of its proof, and of what was lost before.

What an expression owed before SymPy simplified it, and no longer shows, is owed by the claim that it stands in: see
`derivations.obligations.kept`.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import pairwise

from sympy import Add, Expr, Symbol, diff, sympify

from derivations.form.base import Form, whole
from derivations.form.claim import Claim
from derivations.form.induction import Induction
from derivations.form.statement import AtMost, Statement, Tends
from derivations.obligations.lost import Key, key, shown
from derivations.obligations.obligation import Obligation, assumed, free_symbols, owed
from derivations.probability.expected import finite_laws


def domain(claim: Claim) -> tuple[Obligation, ...]:
    """The obligations of a claim: of its statements, of every line of its proof, and of what the lines rest on."""
    found: dict[Obligation, None] = {}
    for n, said in enumerate(claim.statements()):
        chain = claim.proof[n] if n < len(claim.proof) else ()
        parts = [*_sides(said), *(line.expr for line in chain)]
        parts += [line.more for line in chain if line.more is not None]
        parts += [diff(a.expr - b.expr, b.convex[0], 2) for a, b in pairwise(chain) if b.convex]
        for o in (o for e in parts for o in owed(e)):
            near = said.var if isinstance(said, Tends) and said.var in free_symbols(o) else None
            found[replace(o, near=near)] = None
    for o in (*_of_forms(claim), *_of_cases(claim), *_of_limits(claim), *_lost(claim, found)):
        found.setdefault(o)
    return tuple(found)


def _lost(claim: Claim, seen: Iterable[Obligation]) -> Iterator[Obligation]:
    """What went while the claim was written, but for what it still shows elsewhere."""
    still = defaultdict[Symbol | None, set[Key]](set)  # what is shown to be needed for small h covers nothing else
    for o in seen:
        still[o.near].add(key(o))
    for limits, losses in claim.losses_by():
        for o, where in sorted(losses, key=str):
            near = next((v for v in limits if v in free_symbols(o)), None)
            if not shown(o, still[None] | still[near]):
                yield replace(o, why=f"lost while built, {where}", near=near)


def _of_forms(claim: Claim) -> Iterator[Obligation]:
    """What forms need besides: their parts that are true as written, and signs, as of a variance or a weight."""
    for said in claim.said():
        stated = [part.says for part in said.parts()] if isinstance(said, Form) else [said]
        for law in (law for s in stated for e in s if isinstance(e, Expr) for law in finite_laws(e)):
            yield from (Obligation(weight, ">= 0", "a weight") for weight in law)
            yield Obligation(Add(*law), "> 0", "the sum of the weights")
    for form in (said for said in claim.said() if isinstance(said, Form)):
        yield from (o for e in form.made_of() for o in owed(e))
        for said in whole(form):
            yield from (o for e in _sides(said) for o in owed(e) if not isinstance(said, Tends))
        kept = (n for a in claim.assumptions() if isinstance(form, Induction) for n in form.keeps(a.greater - a.lesser))
        for need in (*form.needs(), *kept):
            yield from owed(need.expr)
            yield Obligation(need.expr, need.relation, need.why)


def _of_cases(claim: Claim) -> Iterator[Obligation]:
    """An equality case lies in the domain or on its edge, whatever the values that it does not set."""
    for said in (said for said in claim.statements() if isinstance(said, AtMost)):
        case = dict(said.equal_at)
        for a in claim.assumptions():
            lesser, greater = map(sympify, a)
            if (greater - lesser).free_symbols & case.keys():
                there = (side.subs(case, simultaneous=True) for side in (lesser, greater))
                yield from assumed(*there, f"{a.text}, or its edge, at an equality", ">= 0")


def _of_limits(claim: Claim) -> Iterator[Obligation]:
    """What is assumed of a limit's variable holds as it goes to 0."""
    for var in dict.fromkeys(said.var for said in claim.whole() if isinstance(said, Tends)):
        for a in claim.given:
            lesser, greater = map(sympify, a)
            if (greater - lesser).has(var):
                yield from assumed(lesser.subs(var, 0), greater.subs(var, 0), f"assumed of {var}, which goes to 0")


def _sides(said: Statement) -> Iterator[Expr]:
    """Both sides, and both at the equality case of an inequality."""
    yield from (said[0], said.value) if isinstance(said, Tends) else said[:2]  # type: ignore[misc]
    if isinstance(said, AtMost) and said.equal_at:
        yield from (side.subs(dict(said.equal_at), simultaneous=True) for side in said[:2])
        yield from map(sympify, said.equal_at.values())
