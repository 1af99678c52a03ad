"""The engine `field` compares both sides of each equality in a prime field, at random points (Schwartz-Zippel).

Sides that agree with free atoms (see `prime`) agree a fortiori. A non-zero difference of *algebraic* sides proves that
they differ; with logarithms or exponentials it only means "not shown".

A difference of degree D (counted, generously) with k roots passes one point by chance at most D 4^k / 2^60: its
norm over the roots' signs has degree D 2^k, and a share 2^-k of points has all roots. `error` is for all POINTS.
"""

from math import log2
from random import Random
from typing import NamedTuple

from sympy import Expr

from derivations.arithmetic.ball import Imprecise, Undefined, Unfinished
from derivations.engines.degree import degree
from derivations.engines.prime import Beyond, Place, Reject, memory
from derivations.form.claim import Answer, Claim
from derivations.form.statement import Equal, Point
from derivations.form.verdict import Evidence, not_evaluated, reasons

POINTS = 4
TRIES = 400
LARGEST = 1e-12  # with a larger chance of passing by accident, nothing was shown


class Passed(NamedTuple):
    """An equality that held: the degree of its difference, its roots, and the chance that it held by accident."""

    degree: int
    roots: int
    error: float


def field(claim: Claim, answer: Answer = None, count: int = POINTS) -> Evidence:
    """Return evidence by exact arithmetic at random points of random prime fields, each equality by itself."""
    seen: dict[int, Passed] = {}
    lost: dict[int, str] = {}
    statements = claim.statements(answer)
    for n, statement in enumerate(statements, start=1):
        if not isinstance(statement, Equal):
            lost[n] = "an inequality or a limit has no value in a field"
            continue
        try:
            outcome = _passed(statement, Random(f"field {claim.name} {n}"), claim.example, count)
        except (Beyond, Undefined, Imprecise, Unfinished) as limit:
            lost[n] = str(limit)
            continue
        if isinstance(outcome, Evidence):
            return outcome
        seen[n] = outcome
    why = reasons(len(statements), lost)
    return _evidence(seen, why, count) if seen else not_evaluated("field", why)


def _passed(equality: Equal, rng: Random, orient: Point, count: int) -> "Passed | Evidence":
    """Return the record of an equality that held at `count` places, or its refutation; raise Beyond otherwise."""
    factored, done, place = memory(frozenset(orient.items())), 0, None
    for _ in range(TRIES):
        place = Place(rng, orient, factored)
        try:
            if (place.value(equality.lhs) - place.value(equality.rhs)) % place.p:
                return _unequal(place, done)
        except Reject:
            continue
        done += 1
        if done == count:
            return _chance(equality, place, count)
    raise Beyond(f"expected {count} points where all roots exist, got {done} in {TRIES} tries")


def _chance(equality: Equal, place: Place, count: int) -> Passed:
    top, roots = degree(equality.lhs) + degree(equality.rhs), place.roots()
    passed = Passed(top, roots, _power(top, 2 * roots - 60, count))
    if passed.error > LARGEST:
        raise Beyond(f"a difference of degree {top} with {roots} roots passes with chance {passed.error:.1g}")
    return passed


def _power(top: int, exponent: int, count: int) -> float:
    """Return (top 2^exponent)^count, which is at most 1, however large the numbers are."""
    return 2.0 ** min(0.0, count * (log2(top) + exponent)) if top else 0.0


def _evidence(seen: dict[int, Passed], why: str, count: int) -> Evidence:
    """Return evidence for the equalities that held, and why the other statements were not looked at."""
    top, roots = max(passed.degree for passed in seen.values()), max(passed.roots for passed in seen.values())
    detail = {"degree": top, "roots": roots, "statements": list(seen)}
    error = sum(passed.error for passed in seen.values())
    return Evidence("field", "consistent", why, points=count, digits=18, error=error, detail=detail)


def _unequal(place: Place, done: int) -> Evidence:
    if not place.algebraic:
        raise Beyond("the sides differ with free atoms, which proves no difference")
    witness = {str(v): f"{pow(r, 2, place.p)} mod {place.p}" for v, r in place.values.items() if isinstance(v, Expr)}
    return Evidence("field", "refuted", "non-zero in F_p", points=done + 1, witness=witness)
