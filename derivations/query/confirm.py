"""The engines' word on whether a formula is one of a claim's: an identity with a domain, put to them all.

Both are compared on the domain of the claim, as a view of it has it. The formula owes what it owes as it is written,
before anything is simplified.
"""

from collections.abc import Callable, Iterable, Mapping
from itertools import islice
from typing import Literal, NamedTuple

from sympy import Expr, S, Symbol, sympify

from derivations.arithmetic.ball import Imprecise, Place, Undefined, Unfinished, ball, precision
from derivations.engines.discharge.lemmas import lemmas
from derivations.engines.discharge.settle import settle
from derivations.engines.enclose import enclose, places
from derivations.engines.field import field
from derivations.engines.needed import domain
from derivations.engines.normal_form import vanishes
from derivations.form.claim import Claim
from derivations.form.statement import Below
from derivations.form.verdict import SUPPORTS
from derivations.notation.printing import text
from derivations.obligations.ledger import Ledger
from derivations.obligations.obligation import Obligation, changed
from derivations.obligations.owed import owed
from derivations.obligations.watch import watching
from derivations.query.candidates.simple import simple
from derivations.query.index.holes import is_analytic
from derivations.query.index.identity import Identity, identities
from derivations.query.index.views import View
from derivations.syntax.build import evaluated

Verdict = Literal["proved", "consistent", "refuted", "unknown"]
POINTS, BITS = 12, 512


class Confirmed(NamedTuple):
    """What the engines say: which ones hold the two equal, what is left to show, or where the two differ."""

    verdict: Verdict
    engines: tuple[str, ...] = ()
    reason: str = ""
    at: Mapping[str, str] = {}
    off: str = ""
    using: tuple[str, ...] = ()  # relations between symbols that it rests on
    where: tuple[str, ...] = ()  # what narrows the domain of the claim


def confirm(claim: Claim, mine: Expr, view: View, asked: Expr, given: Iterable[Below] = ()) -> Confirmed:
    """Return what the engines say of `asked` against an expression of the claim, both on the domain of the view.

    `given` narrows the domain of the claim, in its own symbols.
    """
    with watching(False):
        view = view._replace(given=(*view.given, *(Below(*(view(sympify(e)) for e in a)) for a in given)))
        found = Confirmed("unknown", reason="the claim's domain has no point in this view")
        for identity in identities(claim, view(mine), view, asked):
            found = judged(identity)
            if found.verdict in ("proved", "consistent"):
                break
            if found.verdict == "refuted" and (plain := _simply(identity, found)) is not None:
                found = plain
        return found


def _simply(identity: Identity, found: Confirmed) -> Confirmed | None:
    """The same by a point that a person can follow, unless what is wrong is that there is no value."""
    apart = None if found.off.startswith("undefined") else simple(identity)
    return None if apart is None else found._replace(at=apart.at, off=apart.off)


def judged(identity: Identity) -> Confirmed:
    """Put the identity to the engines: the ball arithmetic first, which refutes; then the field, then the proof."""
    whole = identity.claim
    using = tuple(f"{text(v)} = {text(e)}" for v, e in identity.put.put.items())
    told = {"using": using, "where": identity.where}
    if (fault := _apart(identity)) is not None:
        return fault._replace(**told)
    left, right = whole.statements()[0][:2]
    engines = []
    if left != right:
        seen = enclose(whole)
        if seen.verdict == "refuted":
            return Confirmed("refuted", reason=seen.reason, at=seen.witness, off=_off(seen.reason), **told)
        engines = [e.engine for e in (field(whole), seen) if e.verdict in SUPPORTS]
    try:
        over = _left(identity)
    except ArithmeticError as fault:
        return _unproved(engines, f"{type(fault).__name__}: {fault}")._replace(**told)
    holes = tuple(f"{text(o.expr)} != 0" for o in over if _is_hole(o, right))
    if rest := "; ".join(o.text for o in over if not _is_hole(o, right)):
        return _unproved(engines, f"left over: {rest}")._replace(**told)
    return Confirmed("proved", ("prove", *engines), **(told | {"where": (*identity.where, *holes)}))


def _unproved(engines: list[str], reason: str) -> Confirmed:
    return Confirmed("consistent" if engines else "unknown", tuple(engines), reason)


def _is_hole(o: Obligation, right: Expr) -> bool:
    """Whether it is a denominator of the formula alone: outside its zeros, which are thin, the two are equal."""
    alone = o.relation == "!= 0" and o.expr is not S.Zero and not any(o.expr == p.expr for p in owed(right))
    return alone and is_analytic(o.expr)


def _left(identity: Identity) -> list[Obligation]:
    """Return the obligations that nothing discharges, of an identity whose normal form is 0.

    Raises:
        ArithmeticError: it is not, as far as the normal form reaches.
    """
    whole, ledger = identity.claim, Ledger()
    left, right = whole.statements()[0][:2]
    if not vanishes(left - right, whole.example, ledger):
        raise ArithmeticError("the normal form of the difference is not 0")
    needed = dict.fromkeys((*domain(whole), *ledger.entries, *_owed(identity)))
    needed = [o for o in needed if (o.expr, o.relation) not in identity.settled]
    return [o for o, means in settle(whole, needed, lambda: lemmas(whole)).by.items() if means is None]


def _owed(identity: Identity) -> Iterable[Obligation]:
    """What the formula owes as it is written, in the symbols of the claim."""
    put: Callable[[Expr], Expr] = lambda e: evaluated(identity.put(e))  # noqa: E731
    return (o for written in owed(identity.raw) for o in changed(written, put))


def _apart(identity: Identity) -> Confirmed | None:
    """Where the formula as it is written has no value, or another one; None if no such point was met."""
    whole, put = identity.claim, identity.put.put
    right = whole.statements()[0][1]
    for at in islice(places(whole, "as it is written"), POINTS):
        try:
            with precision(BITS):
                gap = ball(identity.raw, _extended(at, put)) - ball(right, at)
        except (Imprecise, Unfinished):
            continue
        except Undefined as fault:
            return Confirmed("refuted", reason=f"undefined: {fault}", at=_named(at), off=f"undefined: {fault}")
        if not gap.contains(0):
            return Confirmed("refuted", reason="unequal", at=_named(at), off=gap.str(8, radius=False))
    return None


def _extended(at: Mapping[Symbol, Expr], put: Mapping[Symbol, Expr]) -> Place:
    """The point with the values of the symbols that are expressed."""
    return Place({**at, **{v: ball(e, at) for v, e in put.items()}})


def _named(at: Mapping[Symbol, Expr]) -> dict[str, str]:
    return {str(v): str(q) for v, q in sorted(at.items(), key=str)}


def _off(reason: str) -> str:
    return reason.removeprefix("off by ")
