"""Limits of unknown smooth functions near a place: Taylor's polynomial, whose last coefficient may be 0."""

from dataclasses import replace

import pytest
from sympy import Expr, S, Symbol, diff, sqrt

from derivations.engines.prove import prove
from derivations.form.claim import by
from derivations.form.statement import Tends
from derivations.probability.smooth import smooth
from tests.support.forged import stated

x, y = (Symbol(name, real=True) for name in ("x", "y"))
h = Symbol("h", positive=True)
f, g = smooth("f"), smooth("g")
F, F1, F2 = (diff(f(x), x, n) for n in range(3))


def tends(e: Expr, to: Expr) -> bool:
    claim = stated(lambda a: Tends(e, h, a), to, "limit")
    return prove(replace(claim, proof=((by("as it stands", e), by("the limit", to)),))).verdict == "proved"


TRUE = {
    "a slope": ((f(x + h) - f(x)) / h, F1),
    "a faster one": ((f(x + 3 * h) - f(x)) / h, 3 * F1),
    "a bend": ((f(x + h) - 2 * f(x) + f(x - h)) / h**2, F2),
    "of a function of a function": (
        (f(g(x + h)) - f(g(x))) / h,
        diff(f(x), x).xreplace({x: g(x)}) * diff(g(x), x),
    ),
    "a square": ((f(x + h**2) - f(x)) / h, S.Zero),
}
FALSE = {
    "a slope": (TRUE["a slope"][0], -F1),
    "a faster one": (TRUE["a faster one"][0], F1),
    "a bend": (TRUE["a bend"][0], F2 / 2),
    "of a function of a function": (TRUE["of a function of a function"][0], F1 * diff(g(x), x)),
    "a square": (TRUE["a square"][0], F1),
    "another place": ((f(x + h) - f(y)) / h, F1),
    "no small place": ((f(x + 1 / h) - f(x)) * h, F1),
    "a root": ((f(x + sqrt(h)) - f(x)) / h, F1),
    "a ratio of slopes that may be 0": ((f(x + h) - f(x)) / (f(x + 2 * h) - f(x)), S.Half),
}


@pytest.mark.parametrize("name", TRUE)
def test_a_limit_follows(name: str) -> None:
    assert tends(*TRUE[name])


@pytest.mark.parametrize("name", FALSE)
def test_another_does_not(name: str) -> None:
    assert not tends(*FALSE[name])
