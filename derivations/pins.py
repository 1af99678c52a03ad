"""Whether the statements of a claim pin its answer: no other answer near it satisfies them all.

To first order the statements are linear in changes of the answer, each at the arguments that it is looked at. A part
of the answer is pinned where its change must vanish at arguments that sweep an open set (as a closed form, it is then
known). All parts may change together: of a sum alone neither part is pinned. See `derivations.pinning`.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from flint import arb
from sympy import Expr

from derivations.claim import Answer, Claim, leaves
from derivations.engines.discharge.settle import settle
from derivations.engines.normal_form import vanishes
from derivations.forms.base import plain, whole
from derivations.obligation import Ledger
from derivations.pinning.complaints import complaints
from derivations.pinning.generic import EXACT, NO_VALUE, generic, value
from derivations.pinning.hole import Hole, Opener, Part, Traced, Untraceable, mentions, noises, stated, still, trace
from derivations.statement import Equal, Statement


@dataclass
class Pins:
    """The statements that do not mention the answer, by number from 1, and why the others do not pin it."""

    lemmas: list[int] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)


def pins(claim: Claim) -> Pins:
    """What the statements of a claim know of its answer."""
    why = ""
    for within in noises(claim):
        try:
            return _pins(claim, trace(claim, within))
        except Untraceable as fault:
            why = why or str(fault)
    return Pins([], [f"where the statement looks at its answer can't be traced: {why}"])


def _pins(claim: Claim, traced: Traced) -> Pins:
    known = told(traced, stated(claim))
    left = [h for h in traced.holes if h.part not in known]
    opened = Opener(traced.holes, known)
    if left and (why := _unlike(claim, traced, left, opened)):
        raise Untraceable(why)
    return Pins(lemmas(claim, traced), complaints(claim, traced, left, opened) if left else [])


def told(traced: Traced, own: Sequence[Statement]) -> set[Part]:
    """The parts that a statement says outright: one side is the part, and the other does not know the answer."""
    heads = {h.head(*h.symbols): h for h in traced.holes}
    found = set()
    for said, mine in zip(traced.said, own, strict=False):
        if isinstance(said, Equal) and isinstance(mine, Equal):
            for n, other in ((0, 1), (1, 0)):
                if (h := heads.get(said[n])) and (h.leaf, said[other]) == (mine[n], mine[other]):
                    found.add(h.part)
    return found


def lemmas(claim: Claim, traced: Traced) -> list[int]:
    """The statements that do not mention the answer, by number from 1: of those that engines check."""
    opened = ((whole(said), plain(said)) for said in claim.said())
    kept = [said in ones for all_, ones in opened for said in all_]
    checked = [said for said, keep in zip(traced.said, kept, strict=False) if keep]
    return [n for n, said in enumerate(checked, 1) if not mentions(said, traced.holes)]


def the_same(claim: Claim, answer: Answer) -> bool:
    """Whether another answer is the claim's own, field by field: to satisfy the statements does not make it so."""
    pairs, ledger = zip(leaves(claim.answer), leaves(answer), strict=True), Ledger()
    try:
        same = all(vanishes(own - other, claim.example, ledger) for (_, own), (_, other) in pairs)
    except ArithmeticError:
        return False
    return same and not settle(claim, ledger.entries).left


def _unlike(claim: Claim, traced: Traced, left: Sequence[Hole], opened: Opener) -> str:
    """How the sides of a trace, with its holes filled, differ from the claim's own: in form, and at a random point."""
    own = stated(claim)
    if [type(said) for said in traced.said] != [type(said) for said in own]:
        return "its answer decides what kind of statement is made of it"
    for mine, other in zip(own, traced.said, strict=True):
        for e, o in zip(mine, other, strict=True) if mentions(other, left) else ():
            if isinstance(e, Expr) and (filled := still(opened(o))) != e and not _agree(claim, filled, e):
                return f"with an unknown function in place of it a side is {filled}, not {e}"
    return ""


def _agree(claim: Claim, a: Expr, b: Expr) -> bool:
    for at in generic(claim, f"trace {claim.name}"):
        try:
            return bool(abs(value(a, at) - value(b, at)) < arb(2) ** (EXACT // 2))
        except NO_VALUE:
            continue
    return False
