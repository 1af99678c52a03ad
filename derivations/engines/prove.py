"""The engine `prove`: each proof line follows from the one above, and the ends meet the statement.

A line follows when the difference is zero in the normal form; when a line is larger, when what it has more is not
negative; a limit, when the last line is continuous at its point; an integral, when a given primitive is continuous and
has the integrand for its slope. Every sign, denominator, root and logarithm that a line uses is an obligation, as are
those of a walk over the statement and its lines; with one left over, the claim is consistent and not proved.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

from sympy import Add, Expr, Integral, S, Symbol, diff, nan, oo, zoo

from derivations.arithmetic.ball import Imprecise, Undefined, midway, proper
from derivations.engines.agree import at_equality
from derivations.engines.change import changed
from derivations.engines.discharge.settle import settle
from derivations.engines.needed import domain
from derivations.engines.normal_form import Irreducible, vanishes
from derivations.engines.tails import settled
from derivations.engines.unique import unpinned
from derivations.form.claim import Answer, Chain, Claim, Line
from derivations.form.statement import AtMost, Below, Equal, Point, Statement, Tends, sides
from derivations.form.verdict import Evidence, not_evaluated
from derivations.obligations.obligation import Ledger, Obligation, continuous, free_symbols, owed


class Unproved(ArithmeticError):
    """A line that does not follow from the one above."""


def prove(claim: Claim, answer: Answer = None) -> Evidence:
    """Evidence on the claim's own answer: every line of every chain, and every obligation."""
    statements = claim.statements(answer)
    if len(claim.proof) != len(statements):
        reason = f"expected a chain for each of {len(statements)} statements, got {len(claim.proof)}"
        return not_evaluated("prove", reason)
    if vacuous := tautology(claim, statements):
        return Evidence("prove", "vacuous", vacuous)
    try:
        ledger = followed(claim, statements)
    except ArithmeticError as gap:  # Unproved, Irreducible, Clash, or no value: a line that was not followed
        return not_evaluated("prove", f"{type(gap).__name__}: {gap}")
    from derivations.engines.discharge.lemmas import lemmas  # a lemma is proved by this engine

    found = settle(claim, (*domain(claim), *ledger.entries), lambda: lemmas(claim))
    left = f"left over: {'; '.join(found.left)}" if found.left else ""
    lines = sum(len(c) - 1 for c in claim.proof)
    verdict = "consistent" if found.left else "proved"
    detail = {"obligations": found.record(), "statements": list(range(1, len(statements) + 1))}
    return Evidence("prove", verdict, left, points=lines, detail=detail)


def followed(claim: Claim, statements: Sequence[Statement]) -> Ledger:
    """What the proof uses; `Unproved` where a line does not follow."""
    ledger = Ledger()
    for chain, said in zip(claim.proof, statements, strict=True):
        _meets(chain, said)
        ledger.near = said.var if isinstance(said, Tends) else None
        _follows(chain, said, claim.example, ledger)
    return ledger


def tautology(claim: Claim, statements: Sequence[Statement]) -> str:
    """Why the statement says nothing, or ''."""
    for said in statements:
        left, right = sides(said)
        if left == right:
            return f"both sides are the same expression: {left}"
    return ""


def _meets(chain: Chain, said: Statement) -> None:
    left, right = sides(said)
    if len(chain) < 2 or chain[0].expr != left:
        raise Unproved(f"the proof starts with {chain[0].expr if chain else 'nothing'}, the statement with {left}")
    if not isinstance(said, Tends) and chain[-1].expr != right:
        raise Unproved(f"the proof ends with {chain[-1].expr}, the statement with {right}")


def _follows(chain: Chain, said: Statement, at: Point, ledger: Ledger) -> None:
    here = dict(at)
    if isinstance(said, Tends):
        here.setdefault(said.var, S.One / 7)
    for above, below in pairwise(chain):
        _line(above, below, here, strict=not isinstance(said, AtMost | Below), ledger=ledger)
    if isinstance(said, Tends):
        _limit(chain[-1].expr, said, here, ledger)
    if isinstance(said, Below):
        _strictly(chain, ledger)
    if isinstance(said, AtMost) and said.equal_at:
        _touches(chain, said, here, ledger)


def _strictly(chain: Chain, ledger: Ledger) -> None:
    """What all lines together have more is positive."""
    more = [below.more for below in chain[1:] if below.more is not None]  # the first line has none above it
    if not more:
        raise Unproved("no line of a strict inequality has more than the one above")
    ledger.add(Obligation(Add(*more), "> 0", "what the lines have more"))


def _touches(chain: Chain, said: AtMost, at: Point, ledger: Ledger) -> None:
    case = at_equality(said)
    gaps = [e.subs(dict(said.equal_at), simultaneous=True) for e in _gaps(chain)]
    if not vanishes(case.lhs - case.rhs, at, ledger) and not all(vanishes(e, at, ledger) for e in gaps):
        raise Unproved(f"no equality at {dict(said.equal_at)}")
    if said.only and (free := unpinned(chain, said.equal_at)):
        raise Unproved(f"equality elsewhere is not excluded: no line forces {', '.join(free)}")


def _gaps(chain: Chain) -> Iterator[Expr]:
    """What the lines that are no equalities have more than those above them."""
    for above, below in pairwise(chain):
        if below.more is not None or below.convex:
            yield below.expr - above.expr if below.more is None else below.more


def _line(above: Line, below: Line, at: Point, strict: bool, ledger: Ledger) -> None:
    more = below.more
    if (more is not None or below.convex) and strict:
        raise Unproved(f"{below.why!r}: an equality has no room for more")
    if sum(part is not None for part in (more, below.convex, below.change)) > 1:
        raise Unproved(f"{below.why!r}: expected one of more, convex and change, got several")
    if below.convex:
        _convex(below.expr - above.expr, *below.convex, at=at, ledger=ledger, why=below.why)
        return
    if more is not None:
        ledger.add(Obligation(more, ">= 0", "what a line has more"))
    if below.change is not None:
        changed(above.expr, below.expr, *below.change, at=at, ledger=ledger)
        return
    difference = below.expr - above.expr - (S.Zero if more is None else more)
    if below.primitive is not None:
        integral = _new_integral(above.expr, below.expr, below.why)
        difference = _integrated(integral, difference, below.primitive, at, ledger, below.why)
    if not vanishes(difference, at, ledger):
        raise Unproved(f"{below.why!r} does not follow")


def _new_integral(above: Expr, below: Expr, why: str) -> Integral:
    new = above.atoms(Integral) ^ below.atoms(Integral)
    if len(new) != 1:
        raise Unproved(f"{why!r}: expected one integral to appear or vanish, got {len(new)}")
    return new.pop()  # type: ignore[return-value]


def _integrated(integral: Integral, difference: Expr, primitive: Expr, at: Point, ledger: Ledger, why: str) -> Expr:
    """The difference with its one new integral as a difference of the primitive, whose slope is the integrand."""
    body, var, low, high = proper(integral)
    with ledger.over(var, low, high):
        for o in owed(primitive):  # continuous from end to end, so that it has no jump
            ledger.add(o)
        if not vanishes(diff(primitive, var) - body, {**at, var: midway(low, high, at)}, ledger):
            raise Unproved(f"{why!r}: the slope of {primitive} is not {body}")
    return difference.xreplace({integral: primitive.subs(var, high) - primitive.subs(var, low)})


def _convex(difference: Expr, var: Symbol, least: Expr, at: Point, ledger: Ledger, why: str) -> None:
    """What is convex all the way from the least place, where it and its slope vanish, is nowhere below 0."""
    slope = diff(difference, var)
    for o in owed(least):  # the place is real, or nothing was said of what happens there
        ledger.add(o)
    for e in (difference, slope):
        if not vanishes(e.subs(var, least), at, ledger):
            raise Unproved(f"{why!r}: the difference or its slope is not 0 at {least}")
    for o in (*owed(difference), Obligation(diff(slope, var), ">= 0", "the bend of what is called convex")):
        with ledger.over(var, least, var):
            ledger.add(o)


def _limit(line: Expr, said: Tends, at: Point, ledger: Ledger) -> None:
    tails = settled(line, said.var)
    for o in tails.owed:
        ledger.add(o)
    there = {said.var: S.Zero, **tails.limits}
    value = tails.expr.subs(there, simultaneous=True)
    if value.has(zoo, nan, oo) or not all(continuous(tails.expr, v) for v in there):
        raise Unproved(f"{line} is not continuous at {said.var} = 0")
    near, ledger.near = ledger.near, None
    for o in owed(tails.expr):
        if free_symbols(o) & there.keys():
            here = o.expr.subs(there, simultaneous=True)
            ledger.add(replace(o, expr=here, why=f"{o.why} at {said.var} = 0"))
    if not vanishes(value - said.value, at, ledger):
        raise Unproved(f"the last line tends to {value}, not {said.value}")
    ledger.near = near


def equal_by_proof(claim: Claim, answer: Answer) -> bool:
    """Whether an altered answer is equivalent: every statement's sides still agree, exactly."""
    ledger = Ledger()
    try:
        agree = all(
            isinstance(said, Equal) and vanishes(said.lhs - said.rhs, claim.example, ledger)
            for said in claim.statements(answer)
        )
    except (Irreducible, Undefined, Imprecise, ArithmeticError):
        return False
    return agree and not settle(claim, ledger.entries).left


def _continuous_at(said: Tends, at: Point) -> bool:
    """Whether SymPy's exact arithmetic sees the expression continuous at 0, the other symbols at the point."""
    signs = ((o.relation, o.expr.subs(dict(at)).subs(said.var, 0)) for o in owed(said.expr))
    return continuous(said.expr, said.var) and all(e.is_nonzero if r == "!= 0" else e.is_positive for r, e in signs)


def exactly_false(said: Statement, at: Point) -> bool:
    """Whether SymPy's exact arithmetic, and its own signs of closed numbers, see the statement fail."""
    left, right = (e.subs(dict(at)) for e in sides(said))
    if isinstance(said, Tends):
        if not _continuous_at(said, at):
            return False
        left = said.expr.subs(said.var, 0).subs(dict(at))
    excess = left - right
    if isinstance(said, Below):
        return bool(excess.is_nonnegative)
    return bool(excess.is_positive) if isinstance(said, AtMost) else bool(excess.is_nonzero)
