"""The engine `prove`: each proof line follows from the one above, and the ends meet the statement.

A line follows when the difference is zero in the normal form; when a line is larger, when what
it has more is manifestly non-negative; a limit, when the last line is continuous at its point; an
integral, when a given primitive has the integrand for its slope.
"""

from collections.abc import Iterator, Sequence
from itertools import islice, pairwise

from flint import arb
from sympy import Expr, Integral, S, Symbol, diff, zoo

from derivations.ball import Imprecise, Undefined, ball, precision, proper
from derivations.claim import Answer, Chain, Claim, Line
from derivations.domain import OUTER, points
from derivations.engines.enclose import at_equality
from derivations.engines.normal_form import Irreducible, vanishes
from derivations.engines.unique import unpinned
from derivations.statement import AtMost, Below, Equal, Point, Statement, Tends, sides
from derivations.verdict import Evidence, not_evaluated

Points = Sequence[Point]
ELSEWHERE = 12  # points of the domain, far ones among them, where signs seen at the stored point are looked at again
PIECES = 64  # of an interval of integration, on each of which a primitive must be finite


class Unproved(ArithmeticError):
    """A line that does not follow from the one above."""


def prove(claim: Claim, answer: Answer = None) -> Evidence:
    """Evidence on the claim's own answer: every line of every chain."""
    statements = claim.statements(answer)
    if len(claim.proof) != len(statements):
        reason = f"expected a chain for each of {len(statements)} statements, got {len(claim.proof)}"
        return not_evaluated("prove", reason)
    if vacuous := tautology(claim, statements):
        return Evidence("prove", "vacuous", vacuous)
    try:
        elsewhere = list(islice(points(claim, f"prove {claim.name}", far=OUTER), ELSEWHERE))
        for chain, said in zip(claim.proof, statements, strict=True):
            _meets(chain, said)
            _follows(chain, said, claim.example, elsewhere)
    except ArithmeticError as gap:  # Unproved, Irreducible, Clash, or no value: a line that was not followed
        return not_evaluated("prove", f"{type(gap).__name__}: {gap}")
    return Evidence("prove", "proved", points=sum(len(c) - 1 for c in claim.proof))


def tautology(claim: Claim, statements: tuple[Statement, ...]) -> str:
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
    last = chain[-1].expr.subs(said.var, 0) if isinstance(said, Tends) else chain[-1].expr
    if isinstance(said, Tends):
        return
    if last != right:
        raise Unproved(f"the proof ends with {last}, the statement with {right}")


def _follows(chain: Chain, said: Statement, at: Point, others: Points) -> None:
    here = dict(at)
    if isinstance(said, Tends):
        here.setdefault(said.var, S.One / 7)
        others = [{said.var: S.One / 7, **other} for other in others]
    for above, below in pairwise(chain):
        _line(above, below, here, strict=not isinstance(said, AtMost | Below), others=others)
    if isinstance(said, Tends):
        _limit(chain[-1].expr, said, here, others)
    if isinstance(said, Below) and not any(e.is_positive for e in _gaps(chain)):
        raise Unproved("no line of a strict inequality is manifestly larger than the one above")
    if isinstance(said, AtMost) and said.equal_at:
        case = at_equality(said)
        gaps = [e.subs(dict(said.equal_at), simultaneous=True) for e in _gaps(chain)]
        if not vanishes(case.lhs - case.rhs, here, others) and not all(vanishes(e, here, others) for e in gaps):
            raise Unproved(f"no equality at {dict(said.equal_at)}")
    if isinstance(said, AtMost) and said.only and (free := unpinned(chain, said.equal_at)):
        raise Unproved(f"equality elsewhere is not excluded: no line forces {', '.join(free)}")


def _gaps(chain: Chain) -> Iterator[Expr]:
    """What the lines that are no equalities have more than those above them."""
    for above, below in pairwise(chain):
        if below.more is not None or below.convex:
            yield below.expr - above.expr if below.more is None else below.more


def _line(above: Line, below: Line, at: Point, strict: bool, others: Points = ()) -> None:
    more = below.more
    if (more is not None or below.convex) and strict:
        raise Unproved(f"{below.why!r}: an equality has no room for more")
    if more is not None and below.convex:
        raise Unproved(f"{below.why!r}: expected what a line has more, or that it is convex, got both")
    if below.convex:
        _convex(below.expr - above.expr, *below.convex, at=at, others=others, why=below.why)
        return
    if more is not None and more.is_nonnegative is not True:
        raise Unproved(f"{below.why!r}: {more} is not manifestly non-negative")
    difference = below.expr - above.expr - (S.Zero if more is None else more)
    if below.primitive is not None:
        integral = _new_integral(above.expr, below.expr, below.why)
        difference = _integrated(integral, difference, below.primitive, (at, *others), below.why)
    if not vanishes(difference, at, others):
        raise Unproved(f"{below.why!r} does not follow")


def _new_integral(above: Expr, below: Expr, why: str) -> Integral:
    new = above.atoms(Integral) ^ below.atoms(Integral)
    if len(new) != 1:
        raise Unproved(f"{why!r}: expected one integral to appear or vanish, got {len(new)}")
    return new.pop()  # type: ignore[return-value]


def _integrated(integral: Integral, difference: Expr, primitive: Expr, places: Points, why: str) -> Expr:
    """The difference with its one new integral as a difference of the primitive, whose slope is the integrand."""
    body, var, low, high = proper(integral)
    with precision(256):
        ends = [(ball(low, at), ball(high, at)) for at in places]
        a, b = ends[0]
        for n in range(PIECES):  # finite balls over the whole interval: the primitive has no jump there
            ball(primitive, dict(places[0]) | {var: (a + (b - a) * n / PIECES).union(a + (b - a) * (n + 1) / PIECES)})
        shares = [arb("0.4142"), *(arb(k) / len(places) for k in range(1, len(places)))]
        inside = [dict(at) | {var: a + (b - a) * q} for at, (a, b), q in zip(places, ends, shares, strict=True)]
    if not vanishes(diff(primitive, var) - body, inside[0], inside[1:]):
        raise Unproved(f"{why!r}: the slope of {primitive} is not {body}")
    return difference.xreplace({integral: primitive.subs(var, high) - primitive.subs(var, low)})


def _convex(difference: Expr, var: Symbol, least: Expr, at: Point, others: Points, why: str) -> None:
    """A convex function is least where its slope vanishes; there it is zero."""
    slope = diff(difference, var)
    if var.is_positive and not least.is_nonnegative:
        raise Unproved(f"{why!r}: {least} is no place for {var} > 0 to be")
    for e in (difference, slope):
        if not vanishes(e.subs(var, least), at, others):
            raise Unproved(f"{why!r}: the difference or its slope is not 0 at {least}")
    if diff(slope, var).is_nonnegative is not True:
        raise Unproved(f"{why!r}: {diff(slope, var)} is not manifestly non-negative")


def _limit(last: Expr, said: Tends, at: Point, others: Points) -> None:
    if not all(continuous(last, said.var, point) for point in (at, *others)):
        raise Unproved(f"{last} is not continuous at {said.var} = 0")
    if not vanishes(last.subs(said.var, 0) - said.value, at, others):
        raise Unproved(f"the last line tends to {last.subs(said.var, 0)}, not {said.value}")


def continuous(e: Expr, var: Symbol, at: Point) -> bool:
    """Composed of functions continuous at var = 0: no vanishing denominator, root or logarithm."""
    if not e.has(var):
        return True
    if not all(continuous(a, var, at) for a in e.args):
        return False
    if e.is_Pow and e.args[0].has(var) and not (e.args[1].is_Integer and e.args[1].is_positive):
        return _positive_at(e.args[0].subs(var, 0), at, even=bool(e.args[1].is_Integer))
    name = type(e).__name__
    if name == "log":
        return _positive_at(e.args[0].subs(var, 0), at, even=False)
    return e.is_Add or e.is_Mul or e.is_Pow or e.is_Symbol or name in {"exp", "sin", "cos", "sinh", "cosh", "tanh"}


def _positive_at(value: Expr, at: Point, even: bool) -> bool:
    """Positive (or, under an integer power, not zero) at var = 0: manifestly so, or at the point."""
    if value.has(zoo) or value == 0:
        return False
    if value.is_positive:
        return True
    with precision(256):
        b = ball(value, {v: q for v, q in at.items() if v in value.free_symbols})
    return b > 0 or (even and b < 0)


def equal_by_proof(claim: Claim, answer: Answer) -> bool:
    """Whether an altered answer is equivalent: every statement's sides still agree, exactly."""
    try:
        return all(
            isinstance(said, Equal) and vanishes(said.lhs - said.rhs, claim.example)
            for said in claim.statements(answer)
        )
    except (Irreducible, Undefined, Imprecise, ArithmeticError):
        return False


def exactly_false(said: Statement, at: Point) -> bool:
    """Whether SymPy's exact arithmetic, and its own signs of closed numbers, see the statement fail."""
    left, right = (e.subs(dict(at)) for e in sides(said))
    if isinstance(said, Tends):  # what it tends to, where it is continuous; elsewhere nan, which is no number
        left = said.expr.subs(said.var, 0).subs(dict(at))
    excess = left - right
    if isinstance(said, Below):
        return bool(excess.is_nonnegative)
    return bool(excess.is_positive) if isinstance(said, AtMost) else bool(excess.is_nonzero)
