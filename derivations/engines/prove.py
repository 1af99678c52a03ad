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

from derivations.arithmetic.ball import midway, proper
from derivations.engines import gaps
from derivations.engines.agree import at_equality
from derivations.engines.change import changed
from derivations.engines.derivation import until_limit
from derivations.engines.discharge.settle import settle
from derivations.engines.ends import slope_over, untrusted
from derivations.engines.gaps import Off, Unproved
from derivations.engines.needed import domain
from derivations.engines.normal_form import vanishes
from derivations.engines.tails import TERMS, Tails, name_near, name_tails
from derivations.engines.unique import unpinned
from derivations.form.base import Said
from derivations.form.claim import Chain, Claim, Line
from derivations.form.law import Law
from derivations.form.statement import AtMost, Below, Equal, Point, Statement, Tends, sides
from derivations.form.verdict import Evidence, not_evaluated
from derivations.obligations.ledger import Ledger
from derivations.obligations.obligation import Obligation, free_symbols
from derivations.obligations.owed import continuous, owed
from derivations.probability.expected import Expected


def prove(claim: Claim) -> Evidence:
    """Return evidence on the answer from every line of every chain and every obligation."""
    statements, goals = claim.statements(), claim.goals()
    if len(claim.proof) != len(goals):
        return not_evaluated("prove", gaps.chains(claim, statements))
    if untold := untrusted(claim):
        return not_evaluated("prove", untold)
    if vacuous := tautology(claim):
        return Evidence("prove", "vacuous", vacuous)
    try:
        ledger = followed(claim, goals)
    except Unproved as gap:
        return not_evaluated("prove", gap.told(claim) if isinstance(gap, Off) else str(gap))
    except ArithmeticError as gap:  # Irreducible, Clash or no value: a line does not follow
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
    for n, (chain, statement) in enumerate(zip(claim.proof, statements, strict=True), start=1):
        _meets(chain, statement, f"statement {n}: " if len(statements) > 1 else "")
        ledger.near = statement.var if isinstance(statement, Tends) else None
        _follows(chain, statement, claim.example, ledger)
    return ledger


def tautology(claim: Claim) -> str:
    """Return why a statement says nothing, or ''. One of which a side was computed from a process says that."""
    for said, statement in claim.opened():
        left, right = sides(statement)
        if left == right and not _computed(said):
            return (
                f"both sides are the same expression: {left}, as soon as names are opened, so no line can be checked: "
                "state it of what it follows from, as the variance of a process or the slope of a function; or, if "
                "SymPy made the sides equal while they were written, write the answer in another form"
            )
    return ""


def _computed(said: Said) -> bool:
    """Return whether a side as it is stated is a law or an expectation, which opens by a computation."""
    if isinstance(said, Law):
        return True
    return isinstance(said, Equal) and said.lhs != said.rhs and any(side.has(Expected) for side in said)


def _meets(chain: Chain, statement: Statement, of: str) -> None:
    left, right = sides(statement)
    if len(chain) < 2:
        raise Unproved(
            f"{of}expected a proof of at least 2 lines, got {len(chain)}: its first line is the left side, {left}, and "
            f"its last the right side, {right}"
        )
    if chain[0].expr != left:
        raise Unproved(f"{of}expected a proof that starts with {left}, got {chain[0].expr}")
    if not isinstance(statement, Tends) and chain[-1].expr != right:
        raise Unproved(f"{of}expected a proof that ends with {right}, got {chain[-1].expr}")


def _follows(chain: Chain, statement: Statement, at: Point, ledger: Ledger) -> None:
    here, lines = dict(at), chain
    if isinstance(statement, Tends):
        here.setdefault(statement.var, S.One / 7)
        lines = until_limit(chain, statement)
    for above, below in pairwise(lines):
        _line(above, below, here, strict=not isinstance(statement, AtMost | Below), ledger=ledger)
    if isinstance(statement, Tends):
        _limit(lines[-1].expr, statement, here, ledger)
    if isinstance(statement, Below):
        _strictly(chain, ledger)
    if isinstance(statement, AtMost) and statement.equal_at:
        _touches(chain, statement, here, ledger)


def _strictly(chain: Chain, ledger: Ledger) -> None:
    """Owe that the excesses of all lines together are positive."""
    more = [below.more for below in chain[1:] if below.more is not None]  # the first line has none above it
    if not more:
        raise Unproved(
            "expected a line with a stated excess for a strict inequality, got none: by(why, expr, more=...), where "
            "`more` is by how much the line exceeds the one above, and is seen to be positive"
        )
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
    if sum(part is not None for part in (more, below.convex, below.change, below.ends)) > 1:
        raise Unproved(f"{below.why!r}: expected one of more, convex, change and ends, got several")
    if below.convex:
        _convex(below.expr - above.expr, *below.convex, at=at, ledger=ledger, why=below.why)
        return
    if more is not None:
        ledger.add(Obligation(more, ">= 0", "the excess of a line"))
    if below.change is not None:
        changed(above.expr, below.expr, *below.change, at=at, ledger=ledger)
        return
    excess = S.Zero if more is None else more
    difference = below.expr - above.expr - excess
    if below.ends is not None:
        difference -= slope_over(*below.ends)
    if below.primitive is not None:
        integral = _new_integral(above.expr, below.expr, below.why)
        difference = _integrated(integral, difference, below.primitive, at, ledger, below.why)
    if not vanishes(difference, at, ledger):
        raise Off(above, below, excess, may_exceed=not strict)


def _new_integral(above: Expr, below: Expr, why: str) -> Integral:
    new = above.atoms(Integral) ^ below.atoms(Integral)
    if len(new) != 1:
        raise Unproved(
            f"{why!r}: expected one integral to appear or vanish, where `primitive` is given, got {len(new)}: the line "
            "above has the integral, and the line itself its value in its place, or the other way round"
        )
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
            there, what = e.subs(var, least), "difference" if e == difference else "slope"
            expected = f"expected a difference of the lines and a slope of it that vanish at {var} = {least}"
            raise Unproved(f"{why!r}: {expected}, got {there}: the {what} is {e}")
    for o in (*owed(difference), Obligation(diff(slope, var), ">= 0", "the second derivative of a convex line")):
        with ledger.over(var, least, var):
            ledger.add(o)


def _limit(line: Expr, statement: Tends, at: Point, ledger: Ledger) -> None:
    tails = next((t for t in _limits_of(line, statement.var) if _has_limit(t, statement.var)), None)
    if tails is None:
        raise Unproved(
            f"expected a line before the limit that is continuous at {statement.var} = 0, or a quotient whose first "
            f"terms are known there, got {line}: put a line below it that is divided by {statement.var}, or that has "
            "powers as exp of a logarithm"
        )
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
        to = f"expected a line before the limit that tends to {statement.value}"
        raise Unproved(f"{to}, got one that tends to {value}: {line}")
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
