"""Small claims for tests: one harmless identity, and builders of claims from two sides or any form.

A test changes one part of such a claim and sees a judge refuse it; the unchanged claim is the harmless twin.
"""

import dataclasses
from types import SimpleNamespace
from typing import Any

from sympy import Expr, Integer, Rational, Symbol, expand, symbols

from derivations.form.base import plain, whole
from derivations.form.claim import Below, Claim, Wrong, by
from derivations.form.experiment import Experiment, Residual
from derivations.form.statement import Equal, Tends

a, b, c, h = symbols("a b c h", positive=True)
x, n, v, w = symbols("x n v w", real=True)
AT = {a: Integer(2), b: Integer(1), c: Integer(1)}
REALS = {x: Integer(1), Symbol("y", real=True): Integer(1)}
LEFT, RIGHT = (a + b) ** 2 / (a * c), expand((a + b) ** 2) / (a * c)
q = a**2 - 70 * a + 1001  # negative only for 20.03 < a < 49.97
thin = (a - 30) * (a - 30 - Rational(1, 10**4))


def claim(left: Expr = LEFT, right: Any = RIGHT, **changes: Any) -> Claim:
    """Return the claim left = right, proved in one line, every assumption kept for convenience."""
    kept = {f"0 < {s}": "kept" for s in sorted(left.free_symbols | right.free_symbols, key=str) if s.is_positive}
    usual: dict[str, Any] = {
        "name": "attack", "title": "", "kind": "equality",
        "says": lambda q: Equal(left, q), "answer": right, "proof": ((by("the left", left), by("so", right)),),
        "example": {s: q for s, q in AT.items() if s in left.free_symbols | right.free_symbols}, "convenience": kept,
        "wrong": {"one": Wrong(a, "all"), "other": Wrong(b, "all")},
    }  # fmt: skip
    return Claim(**usual | changes)


def simulated(at: dict[Any, Any], **changes: Any) -> Claim:
    check = Residual(x, lambda q: SimpleNamespace(mean=Integer(0), var=q))
    run = Experiment(process=((x, n * (a + b)),), checks=(check,), normals=(n,), at=at)
    return claim((a + b) ** 2, expand((a + b) ** 2), experiment=run, **changes)


def equation(left: Expr, right: Expr, *given: Below, through: Expr | None = None, **changes: Any) -> Claim:
    """Return the claim left = right, proved in one line or through a third expression, at a stored point."""
    lines = (by("the left", left), *((by("through", through),) if through is not None else ()), by("so", right))
    free = left.free_symbols | right.free_symbols | (set() if through is None else through.free_symbols)
    free |= {v for g in given for v in g.lesser.free_symbols | g.greater.free_symbols}
    kept = {f"0 < {v}": "kept" for v in free if v.is_positive} | {g.text: "kept" for g in given}
    at = {v: value for v, value in (AT | REALS | changes.pop("example", {})).items() if v in free}
    wrong = {"one": Wrong(right + 1, "all"), "other": Wrong(2 * right, "all")}
    return claim(left, right, proof=(lines,), given=given, convenience=kept, example=at, wrong=wrong, **changes)


def stated(says: Any, answer: Expr, kind: str, *given: Below, primitive: Expr | None = None, **changes: Any) -> Claim:
    """Return a claim of this kind, each statement proved in one line, at 2, 1, 3, 5, ... for its symbols."""
    statements = says(answer)
    lines = plain(statements)
    free = {v for s in (*whole(statements), *given) for e in s if isinstance(e, Expr) for v in e.free_symbols}
    free -= {s.var for s in lines if isinstance(s, Tends) and not any((g.greater - g.lesser).has(s.var) for g in given)}
    at = {v: Integer(q) for v, q in zip(sorted(free, key=str), (2, 1, 3, 5, 7, 4, 6, 8, 9), strict=False)}
    chains = tuple((by("", s[0]), by("", s[-1] if isinstance(s, Tends) else s[1], primitive=primitive)) for s in lines)
    usual: dict[str, Any] = {
        "kind": kind, "says": says, "answer": answer, "given": given, "proof": chains, "example": at,
        "convenience": {f"0 < {v}": "kept" for v in free if v.is_positive} | {g.text: "kept" for g in given},
        "wrong": {"one more": Wrong(answer + 1, "all"), "thrice": Wrong(3 * answer + 2, "all")},
    }  # fmt: skip
    return claim(LEFT, RIGHT, **usual | changes)


def law(mean: Any, var: Any) -> Any:
    return SimpleNamespace(mean=Integer(0) + mean, var=Integer(0) + var)


def replace(thing: Any, **changes: Any) -> Any:
    """A claim or a part of it, changed; the other parts of a claim as they are written, in named objects."""
    written = dict(thing.shown) if isinstance(thing, Claim) else {}
    return dataclasses.replace(thing, **written | changes)
