"""Two transcriptions of an equation compared: the paper's, read from its LaTeX, and the claim's.

Their difference is zero in a normal form, or lies in a ball around zero at random points of the claim's domain; a ball
without zero shows that one of them is not what the other one is.
"""

from itertools import islice
from typing import NamedTuple

from sympy import Expr

from derivations.arithmetic.ball import Imprecise, Undefined, Unfinished, ball, precision
from derivations.catalogue import claims
from derivations.engines.normal_form import vanishes
from derivations.form.claim import Claim, leaves
from derivations.form.statement import sides
from derivations.form.verdict import Verdict
from derivations.notation.named import unnamed
from derivations.obligations.ledger import Ledger
from derivations.papers.latex import ours, read
from derivations.papers.paper import Convention, Equation, Paper, Part
from derivations.points.domain import points
from derivations.probability.opening import opened

PLACES = "expected answer, proof m.n, left n or right n"
POINTS, BITS, SMALL = 12, 512, 2.0**-200


class Compared(NamedTuple):
    """Whether the two agree, and where they do not."""

    verdict: Verdict
    detail: str = ""


def compare(paper: Paper, equation: Equation, part: Part) -> Compared:
    """The part as the paper prints it, against what the claim has.

    Raises:
        ValueError: the part can't be read, or the claim has nothing of that name.
    """
    claim = claims()[equation.claim]
    convention = paper.conventions[part.under]
    theirs = read(part.latex, {**convention.symbols, **part.with_}, claim.symbols())
    mine = special(claim, located(claim, part.equals), convention)
    if part.slope_in:
        by = ours(part.slope_in)
        if not (by in theirs.free_symbols and by in mine.free_symbols):
            return Compared("not_evaluated", f"expected {by} on both sides of a slope in it, got {theirs} and {mine}")
        theirs, mine = theirs.diff(by), mine.diff(by)
    return agree(claims()[convention.domain] if convention.domain else claim, theirs, mine)


def special(claim: Claim, e: Expr, convention: Convention) -> Expr:
    """What the claim says where the paper speaks: its symbols as the convention has them."""
    names = {str(v): v for v in (*claim.symbols(), *e.free_symbols)}
    put = {names[k]: ours(v, frozenset(claim.symbols())) for k, v in convention.claim.items() if k in names}
    return e.xreplace(put) if put else e


def located(claim: Claim, where: str) -> Expr:
    """An expression of a claim: "answer", "answer.var", "proof 1.3", "left 1", "right 1"; numbers count from 1.

    Raises:
        ValueError: the claim has no such part.
    """
    kind, _, at = where.replace("answer.", "answer ").partition(" ")
    try:
        if kind == "answer":
            return dict(leaves(claim.answer))[at or "answer"]
        if kind == "proof":
            chain, line = map(int, at.split("."))
            return opened(unnamed(claim.proof[chain - 1][line - 1].expr))
        if kind in ("left", "right"):
            return sides(claim.statements()[int(at) - 1])[kind == "right"]
    except (KeyError, IndexError, ValueError) as fault:
        raise ValueError(f"{claim.name}: {PLACES}, got {where!r}: {fault}") from None
    raise ValueError(f"{claim.name}: {PLACES}, got {where!r}")


def agree(claim: Claim, theirs: Expr, mine: Expr) -> Compared:
    """Whether two expressions are the same on the domain of a claim."""
    if foreign := sorted(str(v) for v in (theirs - mine).free_symbols - set(claim.symbols())):
        return Compared("not_evaluated", f"expected symbols of {claim.name}, got {', '.join(foreign)}")
    try:
        if vanishes(theirs - mine, claim.example, Ledger()):
            return Compared("proved")
    except ArithmeticError:
        pass
    return _at_points(claim, theirs - mine)


def _at_points(claim: Claim, gap: Expr) -> Compared:
    seen = 0
    for at in islice(points(claim, f"transcription of {claim.name}"), 4 * POINTS):
        try:
            with precision(BITS):
                value = ball(gap, at)
        except (Undefined, Imprecise, Unfinished):
            continue
        if not value.contains(0):
            return Compared("refuted", f"off by {value.str(8, radius=False)} at {at}")
        seen += bool(value.rad() < SMALL)
        if seen == POINTS:
            return Compared("consistent", f"{POINTS} points")
    return Compared("not_evaluated", f"{seen} of {POINTS} points could be evaluated")
