"""A primitive must not jump, an improper integral is a limit, and an integral without a value is never refuted."""

from typing import Any

import pytest
from sympy import Expr, Integer, Integral, Rational, S, Symbol, atan, cos, erf, exp, log, oo, pi, sin, sqrt, tan

from derivations.engines.enclose import enclose
from derivations.engines.prove import prove
from derivations.form.base import plain
from derivations.form.claim import Below, Claim, Wrong, by
from derivations.form.improper import improper
from derivations.form.statement import Equal
from tests.support.forged import a, b, c, claim, h
from tests.support.judged import green, red_for

v, t = Symbol("v", real=True), Symbol("t", real=True)


# -- a primitive, over the interval of every place --------------------------------------------------------


def by_primitive(body: Expr, ends: tuple[Expr, Expr], value: Expr, primitive: Expr, **changes: Any) -> Claim:
    """Return a claim about c times an integral, by a primitive."""
    left, right = c * Integral(body, (t, *ends)), c * value
    symbols = left.free_symbols | right.free_symbols
    usual: dict[str, Any] = {
        "proof": ((by("the integral", left), by("a primitive", right, primitive=primitive)),),
        "example": {s: Integer(n) for n, s in enumerate(sorted(symbols, key=str), 1)},
        "convenience": {f"0 < {s}": "kept" for s in symbols},
        "wrong": {"twice": Wrong(2 * right, ""), "one more": Wrong(right + 1, "")},
    }
    return claim(left, right, **usual | changes)


KEPT = {"0 < b": "kept", "0 < c": "kept"}
TURNING = 1 / (5 + 4 * cos(t / 8)), (S.Zero, b), 16 * atan(tan(b / 16) / 3) / 3, 16 * atan(tan(t / 16) / 3) / 3
PRIMITIVES = {
    "before its jump": by_primitive(
        *TURNING, given=(Below(b, Integer(20)),), convenience=KEPT | {"b < 20": "no jump before 8 pi"}
    ),
    "of an exponential": by_primitive(exp(-a * t), (S.Zero, b), (1 - exp(-a * b)) / a, -exp(-a * t) / a),
    "of a steep bump": by_primitive(
        1 / (1 + (a * t) ** 2), (-b, b), 2 * atan(a * b) / a, atan(a * t) / a
    ),
}  # fmt: skip
u = Symbol("u", positive=True)
JUMPING = {
    "a variable taken for positive": (
        claim(
            c * Integral(sqrt(u**2), (u, -b, b)), 0 * c, kind="equality",
            proof=((by("", c * Integral(sqrt(u**2), (u, -b, b))), by("", 0 * c, primitive=u**2 / 2)),),
        ),
        "left over: -b >= 0",
    ),
    "past its jump": (
        by_primitive(*TURNING, given=(Below(b, Integer(60)),), convenience=KEPT | {"b < 60": "kept"}),
        "enclose refutes|not seen to be continuous",
    ),
    "at its pole": (
        by_primitive(1 / cos(t) ** 2, (S.One, 1 + b), tan(1 + b) - tan(1), tan(t)),
        "refutes|Unfinished|not seen to be continuous",
    ),
    "another slope": (
        by_primitive(exp(-a * t), (S.Zero, b), (1 - exp(-a * b)) / a, exp(-a * t) / a),
        "enclose refutes a line of it: the slope of",
    ),
    "another slope, the same difference": (
        by_primitive(t, (-b, b), S.Zero, t**3 - b**2 * t),
        "enclose refutes a line of it: the slope of",
    ),
    "through a logarithm's end": (
        by_primitive(1 / t, (-b, 2 * b), log(2), log(t**2) / 2), "Unfinished|not seen to be continuous|not evaluated"
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", PRIMITIVES)
def test_a_continuous_primitive_is_green(name: str) -> None:
    green(PRIMITIVES[name])


@pytest.mark.parametrize("name", JUMPING)
def test_a_wrong_primitive_goes_red(name: str) -> None:
    red_for(*JUMPING[name])


def test_a_jump_is_detected_by_numbers_alone() -> None:
    """The quadrature and the primitive disagree from b = 8 pi on, whatever the proof says."""
    assert enclose(JUMPING["past its jump"][0]).verdict != "consistent"


# -- improper integrals ---------------------------------------------------------------------------------


def tail(body: Expr, over: tuple[Symbol, Expr, Expr], value: Expr, primitive: Expr, singular: Any = None) -> Claim:
    """Return a claim about an integral to infinity, or to a singular end, by a primitive and its limit."""

    def form(q: Expr) -> Any:
        return improper(body, over, q, h, singular)

    (limit,) = plain(form(value))
    low, high = form(value).ends()
    last = primitive.subs(v, high) - primitive.subs(v, low)
    symbols = body.free_symbols | value.free_symbols | over[1].free_symbols | over[2].free_symbols
    names = sorted((s for s in symbols if s.is_positive), key=str)
    return claim(
        a, value, says=form, proof=((by("short of the end", limit[0]), by("a primitive", last, primitive=primitive)),),
        example={s: Integer(n) for n, s in enumerate(names, 1)}, convenience={f"0 < {s}": "kept" for s in names},
        wrong={"twice": Wrong(2 * value, ""), "one more": Wrong(value + 1, "")},
    )  # fmt: skip


IMPROPER = {
    "exp(-v) to infinity": tail(a * exp(-b * v), (v, S.Zero, oo), a / b, -a * exp(-b * v) / b),
    "a moment": tail(a * v * exp(-b * v), (v, S.Zero, oo), a / b**2, -a * (v / b + 1 / b**2) * exp(-b * v)),
    "half a normal": tail(a * exp(-(v**2)), (v, S.Zero, oo), a * sqrt(pi) / 2, a * sqrt(pi) * erf(v) / 2),
    "from minus infinity": tail(a * exp(b * v), (v, -oo, S.Zero), a / b, a * exp(b * v) / b),
    "a Cauchy tail": tail(a / (1 + v**2), (v, S.Zero, oo), a * pi / 2, a * atan(v)),
    "a power": tail(a / v**2, (v, b, oo), a / b, -a / v),
    "a root at its end": tail(a / sqrt(b - v), (v, S.Zero, b), 2 * a * sqrt(b), -2 * a * sqrt(b - v), "high"),
}
DIVERGENT = {
    "1/v to infinity": (tail(a / v, (v, b, oo), a / b, a * log(v)), "not proved"),
    "a swing": (tail(a * sin(b * v), (v, S.Zero, oo), a / b, -a * cos(b * v) / b), "not proved"),
    "another value": (tail(a * exp(-b * v), (v, S.Zero, oo), 2 * a / b, -a * exp(-b * v) / b), "enclose refutes"),
    "growing": (tail(a * exp(b * v), (v, S.Zero, oo), a / b, a * exp(b * v) / b), "not proved"),
    "both ends": (tail(exp(-(v**2)) * a, (v, -oo, oo), a * sqrt(pi), a * sqrt(pi) * erf(v) / 2), "expected one end"),
    "neither end": (tail(a * exp(-b * v), (v, S.Zero, c), a / b, -a * exp(-b * v) / b), "expected one end"),
    "an end that hides the variable": (tail(a * exp(-b * v), (v, S.Zero, oo), a * h, -a * exp(-b * v)), "of its own"),
}


@pytest.mark.parametrize("name", IMPROPER)
def test_an_improper_integral_is_a_limit(name: str) -> None:
    green(IMPROPER[name])


@pytest.mark.parametrize("name", ["1/v to infinity", "growing"])
def test_a_divergent_integral_is_not_refuted(name: str) -> None:
    assert enclose(DIVERGENT[name][0]).verdict == "not_evaluated"


@pytest.mark.parametrize("name", DIVERGENT)
def test_a_faulty_improper_integral_goes_red(name: str) -> None:
    red_for(*DIVERGENT[name])


@pytest.mark.parametrize(
    ("left", "value"),
    [
        (Integral(exp(-v), (v, 0, oo)), Integer(1)),
        (Integral(1 / sqrt(v), (v, 0, 1)), Integer(2)),
        (Integral(log(v), (v, 0, 1)), Integer(-1)),
        (Integral(1 / v, (v, 1, oo)), Rational(3)),
        (Integral(1 / v, (v, 0, 1)), Rational(3)),
    ],
    ids=str,
)
def test_an_integral_without_a_form_is_never_refuted(left: Expr, value: Expr) -> None:
    """Three of these statements are true, and calling an integral undefined would refute them."""
    stated = claim(a * left, a * value, says=lambda q: Equal(a * left, q))
    for engine in (enclose, prove):
        evidence = engine(stated)
        assert evidence.verdict == "not_evaluated", evidence
    red_for(stated, "limit of proper ones")
