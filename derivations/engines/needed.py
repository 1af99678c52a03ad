"""All that a claim needs: the obligations of its statements, of every line of its proof, and of what was lost before.

What an expression owed before SymPy simplified it, and no longer shows, is owed by the claim that it stands in: see
`derivations.obligations.kept`.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import pairwise

from sympy import Add, Expr, diff

from derivations.form.base import Form, whole
from derivations.form.claim import Claim
from derivations.form.statement import AtMost, Statement, Tends
from derivations.obligations.lost import key, shown
from derivations.obligations.obligation import Obligation, free_symbols, owed
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
    for o in (*_of_forms(claim), *_lost(claim, found)):
        found.setdefault(o)
    return tuple(found)


def _lost(claim: Claim, seen: Iterable[Obligation]) -> Iterator[Obligation]:
    """What went while the claim was written, but for what it still shows elsewhere."""
    limits = {said.var for said in claim.statements() if isinstance(said, Tends)}
    still = {key(o) for o in seen}
    for o, where in sorted(claim.losses(), key=str):
        near = next((v for v in limits if v in free_symbols(o)), None)
        if not shown(o, still):
            yield replace(o, why=f"lost while built, {where}", near=near)


def _of_forms(claim: Claim) -> Iterator[Obligation]:
    """What forms need besides: their parts that are true as written, and signs, as of a variance or a weight."""
    for said in claim.said():
        stated = [part.says for part in said.parts()] if isinstance(said, Form) else [said]
        for law in (law for s in stated for e in s if isinstance(e, Expr) for law in finite_laws(e)):
            yield from (Obligation(weight, ">= 0", "a weight") for weight in law)
            yield Obligation(Add(*law), "> 0", "the sum of the weights")
    for form in (said for said in claim.said() if isinstance(said, Form)):
        for said in whole(form):
            yield from (o for e in _sides(said) for o in owed(e) if not isinstance(said, Tends))
        for need in form.needs():
            yield from owed(need.expr)
            yield Obligation(need.expr, need.relation, need.why)


def _sides(said: Statement) -> Iterator[Expr]:
    """Both sides, and both at the equality case of an inequality."""
    yield from (said[0], said.value) if isinstance(said, Tends) else said[:2]  # type: ignore[misc]
    if isinstance(said, AtMost) and said.equal_at:
        yield from (side.subs(dict(said.equal_at), simultaneous=True) for side in said[:2])
