"""The check that the statements of a claim pin its answer: no other answer satisfies them all.

To first order the statements are linear in changes of the answer, each at the arguments at which it is looked at. A
part of the answer is pinned if its change must vanish at arguments that sweep an open set (since it is a closed form,
it is then known). All parts may change together: a sum alone pins none of its parts. See `derivations.judge.pinning`.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from flint import arb
from sympy import Expr, sympify

from derivations.engines.discharge.settle import settle
from derivations.engines.normal_form import vanishes
from derivations.form.base import checked, whole
from derivations.form.claim import Answer, Claim, leaves
from derivations.form.induction import Induction
from derivations.form.statement import Equal, Statement
from derivations.judge.kinds import varied
from derivations.judge.pinning.complaints import complaints
from derivations.judge.pinning.generic import EXACT, NO_VALUE, generic, value
from derivations.judge.pinning.hole import (
    Hole,
    Opener,
    Part,
    Traced,
    Untraceable,
    mentions,
    noises,
    stated,
    still,
    trace,
)
from derivations.obligations.ledger import Ledger


@dataclass
class Pins:
    """The statements that do not mention the answer, by number from 1, and why the others don't pin it."""

    lemmas: list[int] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)


def pins(claim: Claim) -> Pins:
    """Return what the statements of a claim determine about its answer."""
    why = ""
    for within in noises(claim):
        try:
            return _pins(claim, trace(claim, within))
        except Untraceable as fault:
            why = why or str(fault)
    return Pins([], [f"expected to see where the statement looks at its answer, which can't be traced: {why}"])


def _pins(claim: Claim, traced: Traced) -> Pins:
    known = given_outright(traced, stated(claim)) | given_by_induction(claim)
    left = [h for h in traced.holes if h.part not in known]
    opened = Opener(traced.holes, known, traced.bound)
    if left and (why := _unlike(claim, traced, left, opened)):
        raise Untraceable(why)
    return Pins(lemmas(claim, traced), complaints(claim, traced, left, opened) if left else [])


def given_outright(traced: Traced, own: Sequence[Statement]) -> set[Part]:
    """Return the parts that a statement gives outright: one side is the part, and the other is free of the answer."""
    heads = {h.head(*h.symbols): h for h in traced.holes}
    outright = set()
    for statement, mine in zip(traced.statements, own, strict=False):
        if isinstance(statement, Equal) and isinstance(mine, Equal):
            for n, other in ((0, 1), (1, 0)):
                if (h := heads.get(statement[n])) and (h.leaf, statement[other]) == (mine[n], mine[other]):
                    outright.add(h.part)
    return outright


def given_by_induction(claim: Claim) -> set[Part]:
    """Return the fields that an induction counts: its base and its step determine them, one index after another.

    That its base and step are free of the answer is a matter of its form; here the index goes on for ever.
    """
    other = varied(claim.answer)
    new = dict(leaves(other))
    found = set()
    for mine, its in zip(claim.said(), claim.said(other), strict=True):
        if isinstance(mine, Induction) and isinstance(its, Induction) and _goes_on(mine):
            pairs = list(zip(mine.value, its.value, strict=True))
            found |= {(name, "") for name, leaf in leaves(claim.answer) if (leaf, new[name]) in pairs}
    return found


def _goes_on(said: Induction) -> bool:
    """Return whether the index grows by a number at each step."""
    steps = [sympify(e) - v for v, e in said.next.items()]
    return all(step.is_nonnegative and step.is_number for step in steps) and any(step.is_positive for step in steps)


def lemmas(claim: Claim, traced: Traced) -> list[int]:
    """Return the statements that do not mention the answer, by number from 1 among those that engines check."""
    opened = [whole(statement) for statement in claim.said()]
    kept = [s in ones for all_, ones in zip(opened, checked(claim.said(), opened), strict=True) for s in all_]
    looked = [statement for statement, keep in zip(traced.statements, kept, strict=False) if keep]
    return [n for n, statement in enumerate(looked, 1) if not mentions(statement, traced.holes)]


def the_same(claim: Claim, answer: Answer) -> bool:
    """Return whether another answer is the claim's own, field by field; satisfying the statements is not enough."""
    pairs, ledger = zip(leaves(claim.answer), leaves(answer), strict=True), Ledger()
    try:
        same = all(vanishes(own - other, claim.example, ledger) for (_, own), (_, other) in pairs)
    except ArithmeticError:
        return False
    return same and not settle(claim, ledger.entries).left


def _unlike(claim: Claim, traced: Traced, left: Sequence[Hole], opened: Opener) -> str:
    """Return how a trace with its holes filled differs from the claim, in form and at a random point, or ''."""
    own = stated(claim)
    if [type(statement) for statement in traced.statements] != [type(statement) for statement in own]:
        return "its answer decides what kind of statement is made of it"
    for mine, other in zip(own, traced.statements, strict=True):
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
