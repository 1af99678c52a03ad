"""The engine `prove` follows a derivation: each line follows from the one above, and the ends meet the statement.

A line follows if the normal form of the difference is zero; a larger line, if its stated excess is not negative; a
limit, if the last line is continuous at its point; an integral, if a given primitive is continuous and its slope is the
integrand. Every sign, denominator, root and logarithm that a line uses is an obligation, as are those of a walk over
the statement and its lines; if one is left over, the claim is consistent and not proved.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

from sympy import Add, Expr, Integral, S, Symbol, diff, nan, oo, zoo

from derivations.arithmetic.ball import Imprecise, Undefined, midway, proper
from derivations.engines.agree import at_equality
from derivations.engines.atoms import Irreducible
from derivations.engines.change import changed
from derivations.engines.discharge.settle import settle
from derivations.engines.needed import domain
from derivations.engines.normal_form import vanishes
from derivations.engines.tails import TERMS, Tails, name_near, name_tails
from derivations.engines.unique import unpinned
from derivations.form.claim import Answer, Chain, Claim, Line
from derivations.form.statement import AtMost, Below, Equal, Point, Statement, Tends, sides
from derivations.form.verdict import Evidence, not_evaluated
from derivations.obligations.ledger import Ledger
from derivations.obligations.obligation import Obligation, free_symbols
from derivations.obligations.owed import continuous, owed


class Unproved(ArithmeticError):
    """A line does not follow from the one above."""


def prove(claim: Claim, answer: Answer = None) -> Evidence:
    """Return evidence on an answer from every line of every chain and every obligation."""
    statements = claim.statements(answer)
    if len(claim.proof) != len(statements):
        reason = f"expected a chain for each of {len(statements)} statements, got {len(claim.proof)}"
        return not_evaluated("prove", reason)
    if vacuous := tautology(claim, statements):
        return Evidence("prove", "vacuous", vacuous)
    try:
        ledger = followed(claim, statements)
    except ArithmeticError as gap:  # Unproved, Irreducible, Clash or no value: a line does not follow
        return not_evaluated("prove", f"{type(gap).__name__}: {gap}")
    from derivations.engines.discharge.lemmas import lemmas  # a lemma is proved by this engine

    discharged = settle(claim, (*domain(claim), *ledger.entries), lambda: lemmas(claim))
    left = f"left over: {'; '.join(discharged.left)}" if discharged.left else ""
    lines = sum(len(c) - 1 for c in claim.proof)
    verdict = "consistent" if discharged.left else "proved"
    detail = {"obligations": discharged.record(), "statements": list(range(1, len(statements) + 1))}
    return Evidence("prove", verdict, left, points=lines, detail=detail)


def followed(claim: Claim, statements: Sequence[Statement]) -> Ledger:
    """Follow every line and return what the proof uses; raise `Unproved` where a line does not follow."""
    ledger = Ledger()
    for chain, statement in zip(claim.proof, statements, strict=True):
        _meets(chain, statement)
        ledger.near = statement.var if isinstance(statement, Tends) else None
        _follows(chain, statement, claim.example, ledger)
    return ledger


def tautology(claim: Claim, statements: Sequence[Statement]) -> str:
    """Return why a statement says nothing, or ''."""
    for statement in statements:
        left, right = sides(statement)
        if left == right:
            return f"both sides are the same expression: {left}, as soon as names are opened, so no line can be checked"
    return ""


def _meets(chain: Chain, statement: Statement) -> None:
    left, right = sides(statement)
    if len(chain) < 2:
        raise Unproved(f"expected a proof of at least 2 lines, got {len(chain)}")
    if chain[0].expr != left:
        raise Unproved(f"expected a proof that starts with {left}, got {chain[0].expr}")
    if not isinstance(statement, Tends) and chain[-1].expr != right:
        raise Unproved(f"expected a proof that ends with {right}, got {chain[-1].expr}")


def _follows(chain: Chain, statement: Statement, at: Point, ledger: Ledger) -> None:
    here = dict(at)
    if isinstance(statement, Tends):
        here.setdefault(statement.var, S.One / 7)
    for above, below in pairwise(chain):
        try:
            _line(above, below, here, strict=not isinstance(statement, AtMost | Below), ledger=ledger)
        except Unproved as gap:
            if isinstance(statement, Tends) and below.expr == statement.value:
                raise Unproved(
                    f"{gap}: lines of a limit are equal at every {statement.var}, got the limit itself"
                ) from gap
            raise
    if isinstance(statement, Tends):
        _limit(chain[-1].expr, statement, here, ledger)
    if isinstance(statement, Below):
        _strictly(chain, ledger)
    if isinstance(statement, AtMost) and statement.equal_at:
        _touches(chain, statement, here, ledger)


def _strictly(chain: Chain, ledger: Ledger) -> None:
    """Owe that the excesses of all lines together are positive."""
    more = [below.more for below in chain[1:] if below.more is not None]  # the first line has none above it
    if not more:
        raise Unproved("expected a line with a stated excess for a strict inequality, got none")
    ledger.add(Obligation(Add(*more), "> 0", "the excess of all lines"))


def _touches(chain: Chain, statement: AtMost, at: Point, ledger: Ledger) -> None:
    case = at_equality(statement)
    gaps = [e.subs(dict(statement.equal_at), simultaneous=True) for e in _gaps(chain)]
    if not vanishes(case.lhs - case.rhs, at, ledger) and not all(vanishes(e, at, ledger) for e in gaps):
        raise Unproved(f"expected equality at {dict(statement.equal_at)}, got a gap")
    if statement.only and (free := unpinned(chain, statement.equal_at)):
        raise Unproved(f"equality elsewhere is not excluded: no line forces {', '.join(free)}")


def _gaps(chain: Chain) -> Iterator[Expr]:
    """Yield by how much the lines that are no equalities exceed those above them."""
    for above, below in pairwise(chain):
        if below.more is not None or below.convex:
            yield below.expr - above.expr if below.more is None else below.more


def _line(above: Line, below: Line, at: Point, strict: bool, ledger: Ledger) -> None:
    more = below.more
    if (more is not None or below.convex) and strict:
        raise Unproved(f"{below.why!r}: expected no excess in an equality, got more or convex")
    if sum(part is not None for part in (more, below.convex, below.change)) > 1:
        raise Unproved(f"{below.why!r}: expected one of more, convex and change, got several")
    if below.convex:
        _convex(below.expr - above.expr, *below.convex, at=at, ledger=ledger, why=below.why)
        return
    if more is not None:
        ledger.add(Obligation(more, ">= 0", "the excess of a line"))
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
    """Replace the one new integral in the difference by the primitive at its ends, having checked its slope."""
    body, var, low, high = proper(integral)
    with ledger.over(var, low, high):
        for o in owed(primitive):  # it is continuous from end to end, so has no jump
            ledger.add(o)
        if not vanishes(diff(primitive, var) - body, {**at, var: midway(low, high, at)}, ledger):
            raise Unproved(f"{why!r}: expected a primitive with the slope {body}, got {primitive}")
    return difference.xreplace({integral: primitive.subs(var, high) - primitive.subs(var, low)})


def _convex(difference: Expr, var: Symbol, least: Expr, at: Point, ledger: Ledger, why: str) -> None:
    """Check that a difference is never negative: it is convex, and at `least` it and its slope vanish."""
    slope = diff(difference, var)
    for o in owed(least):  # the place must be real for the values there to mean anything
        ledger.add(o)
    for e in (difference, slope):
        if not vanishes(e.subs(var, least), at, ledger):
            raise Unproved(f"{why!r}: expected a difference and a slope that vanish at {least}, got {e}")
    for o in (*owed(difference), Obligation(diff(slope, var), ">= 0", "the second derivative of a convex line")):
        with ledger.over(var, least, var):
            ledger.add(o)


def _limit(line: Expr, statement: Tends, at: Point, ledger: Ledger) -> None:
    tails = next((t for t in _limits_of(line, statement.var) if _has_limit(t, statement.var)), None)
    if tails is None:
        raise Unproved(f"expected a last line continuous at {statement.var} = 0, got {line}")
    for o in tails.owed:
        ledger.add(o)
    there = {statement.var: S.Zero, **tails.limits}
    value = tails.expr.subs(there, simultaneous=True)
    near, ledger.near = ledger.near, None
    for o in owed(tails.expr):
        if free_symbols(o) & there.keys():
            here = o.expr.subs(there, simultaneous=True)
            ledger.add(replace(o, expr=here, why=f"{o.why} at {statement.var} = 0"))
    if not vanishes(value - statement.value, at, ledger):
        raise Unproved(f"expected a last line that tends to {statement.value}, got one that tends to {value}")
    ledger.near = near


def _limits_of(line: Expr, var: Symbol) -> Iterator[Tails]:
    """Yield the line with names for its tails; then also for what is left of functions beyond their first terms."""
    yield name_tails(line, var)
    yield from (name_near(line, var, terms) for terms in TERMS)


def _has_limit(tails: Tails, var: Symbol) -> bool:
    """Return whether what is named so is continuous where the variable is 0 and each name is at its limit."""
    there = {var: S.Zero, **tails.limits}
    value = tails.expr.subs(there, simultaneous=True)
    return not value.has(zoo, nan, oo) and all(continuous(tails.expr, v) for v in there)


def equal_by_proof(claim: Claim, answer: Answer) -> bool:
    """Return whether an altered answer is equivalent: every statement's sides still agree, exactly."""
    ledger = Ledger()
    try:
        agree = all(
            isinstance(statement, Equal) and vanishes(statement.lhs - statement.rhs, claim.example, ledger)
            for statement in claim.statements(answer)
        )
    except (Irreducible, Undefined, Imprecise, ArithmeticError):
        return False
    return agree and not settle(claim, ledger.entries).left


def _continuous_at(statement: Tends, at: Point) -> bool:
    """Return whether SymPy's exact arithmetic shows the expression continuous at 0, the other symbols at the point."""
    signs = ((o.relation, o.expr.subs(dict(at)).subs(statement.var, 0)) for o in owed(statement.expr))
    return continuous(statement.expr, statement.var) and all(
        e.is_nonzero if r == "!= 0" else e.is_positive for r, e in signs
    )


def exactly_false(statement: Statement, at: Point) -> bool:
    """Return whether SymPy's exact arithmetic, and its signs of closed numbers, show that the statement fails."""
    left, right = (e.subs(dict(at)) for e in sides(statement))
    if isinstance(statement, Tends):
        if not _continuous_at(statement, at):
            return False
        left = statement.expr.subs(statement.var, 0).subs(dict(at))
    excess = left - right
    if isinstance(statement, Below):
        return bool(excess.is_nonnegative)
    return bool(excess.is_positive) if isinstance(statement, AtMost) else bool(excess.is_nonzero)
