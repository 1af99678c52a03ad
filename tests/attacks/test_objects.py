"""Named objects that show one thing and open to another are refused, and their harmless twins are green."""

from collections.abc import Callable
from typing import NamedTuple

import pytest
from sympy import Expr, Integer, Matrix, S, Symbol, expand, sqrt

from derivations.notation.chains import Cumulants
from derivations.notation.laws import Divergence, LawName
from derivations.notation.losses import Information, MeanSquare, SquaredError
from derivations.notation.named import unnamed
from derivations.notation.plane import PlaneDivergence, PlaneNormal
from derivations.notation.printing import text
from derivations.notation.process import Process
from derivations.notation.quantities import Quantity, Slope
from derivations.notation.samplers import Along
from derivations.notation.slopes import SlopeAt, SlopeBy
from derivations.notation.times import ChainRate
from derivations.notation.wheres import wheres
from tests.support.forged import a, b, c, equation, n, x
from tests.support.judged import green, red_for

y, m, k, da, dalpha = (Symbol(s, real=True) for s in ("y", "m", "k", "da", "dalpha"))
t, alpha_t, sigma_t = (Symbol(s, positive=True) for s in ("t", "alpha_t", "sigma_t"))
up = Symbol("up", positive=True)


class Attack(NamedTuple):
    """An object that is refused, the reason, and the nearest object that is accepted."""

    make: Callable[[], Expr]
    match: str
    twin: Expr


def plane(mean: Expr) -> PlaneNormal:
    return PlaneNormal(Matrix([mean, S.Zero]), Matrix([[a, 0], [0, b]]), ("m", "S"))


# -- what is not linear in the noise has no normal law ------------------------------------------------

MADE = Process((y, a * x + b * n), noise=(n,), data=(x,))
BENT = Process((y, a * x + b * n + b * n**2), noise=(n,), data=(x,))
TWO = Process((x, a * n), (y, x + b * m), noise=(n, m))
SHARED = Process((x, a * n), (y, x + b * n), noise=(n,))
LAWS = {
    "the variance of a square": Attack(lambda: MADE.Var(y**2), "linear in n", MADE.Var(2 * y)),
    "a covariance with a square": Attack(lambda: MADE.Cov(y, y**2), "linear in n", MADE.Cov(y, 3 * y)),
    "a square, given another": Attack(lambda: TWO.E(x**2, y), "linear in n, m", TWO.E(c * x, y)),
    "a product, given one of the two": Attack(lambda: TWO.E(x * y, y), "linear in n, m", TWO.E(x - y, y)),
    "the score of a bent step": Attack(lambda: BENT.score(y), "linear in n", MADE.score(y)),
    "its log-density": Attack(lambda: BENT.log_q(y), "linear in n", MADE.log_q(y)),
    "its step": Attack(lambda: BENT.log_step(y), "linear in n", MADE.log_step(y)),
    "a step whose noise is in what it is made from": Attack(
        lambda: SHARED.log_step(y), "noise in the step of y that is not in x", TWO.log_step(y)
    ),
    "its cumulants": Attack(lambda: Cumulants(BENT, y, c), "linear in n", Cumulants(MADE, y, c)),
    "cumulants at what is random": Attack(lambda: Cumulants(MADE, y, y), "not random", Cumulants(MADE, y, c)),
    "what a square tells": Attack(
        lambda: Information(Process((x, a * n), (y, x**2 + b * m), noise=(n, m)), x, y), "linear in n, m",
        Information(TWO, x, y),
    ),
    "the error of a square": Attack(
        lambda: MeanSquare(MADE, SquaredError(y, y**2)), "linear in n", MeanSquare(MADE, SquaredError(y, c * y))
    ),
    "noise that is positive": Attack(
        lambda: Process((y, sqrt(up**2)), noise=(up,)).Var(y), "any real number", Process((y, n), noise=(n,)).Var(a * y)
    ),
    "noise of a divergence in its laws": Attack(
        lambda: Divergence(LawName(n, a), LawName(S.Zero, b), n), "laws without n",
        Divergence(LawName(x, a), LawName(S.Zero, b), n),
    ),
    "noise of a divergence in the plane": Attack(
        lambda: PlaneDivergence(plane(n), plane(x), n, m), "laws without", PlaneDivergence(plane(y), plane(x), n, m)
    ),
}  # fmt: skip

# -- slopes of what does not move, or moves at a rate that is not shown -------------------------------

SNR, OF_T = Quantity("SNR", (t,), alpha_t**2 / sigma_t**2), Quantity("SNR", (t,), a * t**2)
MIXED = Quantity("f", (t,), alpha_t * t)
SLOPES = {
    "a slope in what is not there": Attack(lambda: Slope(SNR, t), "none of alpha_t, sigma_t", Slope(OF_T, t)),
    "a slope beside what is named after it": Attack(lambda: Slope(MIXED, t), "none of alpha_t", Slope(OF_T, t)),
    "a slope at a value": Attack(lambda: SlopeAt(SNR, t, a), "none of alpha_t, sigma_t", SlopeAt(OF_T, t, b)),
    "a slope at 0": Attack(
        lambda: SlopeAt(SNR, t, S.Zero, 2), "none of alpha_t, sigma_t", SlopeAt(OF_T, t, S.Zero, 2)
    ),
    "a chain rule without one of two": Attack(
        lambda: ChainRate(SNR, t, {alpha_t: x}), "none of sigma_t", ChainRate(SNR, t, {alpha_t: x, sigma_t: y})
    ),
    "the same of an expression": Attack(
        lambda: SlopeBy(alpha_t * sigma_t, t, (alpha_t, x)), "none of sigma_t", SlopeBy(alpha_t * a, t, (alpha_t, x))
    ),
    "a variable that runs": Attack(
        lambda: SlopeBy(a * (t + b) ** 2, t, (t, Integer(7))), "t to move at the rate 1",
        SlopeBy(a * (t + b) ** 2, t, (t, S.One)),
    ),
    "a number by another name": Attack(
        lambda: SlopeBy(a**2, a, (Integer(2), Integer(3))), "a symbol, or an unknown function", SlopeBy(a**2, a)
    ),
    "a clock that runs": Attack(
        lambda: Along(alpha_t * (x + alpha_t), alpha_t, (alpha_t, dalpha), (x, y)), "alpha_t to move at the rate 1",
        Along(alpha_t * (x + alpha_t), alpha_t, (x, y)),
    ),
}  # fmt: skip
REFUSED = LAWS | SLOPES


@pytest.mark.parametrize("name", REFUSED)
def test_an_object_that_shows_one_thing_and_opens_to_another_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match=REFUSED[name].match):
        unnamed(REFUSED[name].make())


@pytest.mark.parametrize("name", REFUSED)
def test_the_twin_opens_and_shows_what_it_is_of(name: str) -> None:
    twin = REFUSED[name].twin
    assert unnamed(twin) != twin and text(twin)


TWINS = {
    "a variance": ((a + c) * MADE.Var(y), a * b**2 + c * b**2),
    "a covariance": ((a + c) * MADE.Cov(y, 3 * y), 3 * a * b**2 + 3 * c * b**2),
    "a slope": ((a + c) * Slope(Quantity("f", (a,), b * a**2), a), 2 * a**2 * b + 2 * a * b * c),
}


@pytest.mark.parametrize("name", TWINS)
def test_a_claim_of_the_twin_is_green(name: str) -> None:
    green(equation(*TWINS[name]))


# -- rates are shown, all of them ---------------------------------------------------------------------


def shown(e: Expr) -> list[str]:
    return [f"{text(w.left)} = {text(w.right)}" for w in wheres(e) if w.right is not None]


def test_every_rate_is_shown_and_constants_are_named() -> None:
    assert shown(SlopeBy(alpha_t * (alpha_t + b), t, (alpha_t, dalpha * x))) == [
        "d/dt alpha_t = dalpha x",
        "d/dt b = 0",
    ]
    assert shown(ChainRate(SNR, t, {alpha_t: x, sigma_t: y}))[:2] == ["d/dt alpha_t = x", "d/dt sigma_t = y"]
    assert shown(Along(x * (x + a), t, (x, Integer(5)))) == ["dx/dt = 5", "da/dt = 0"]
    assert shown(Slope(Quantity("f", (t,), a * b), t)) == ["d/dt a = 0", "d/dt b = 0", "f(t) = a b"]
    assert shown(SlopeBy(a, t)) == ["d/dt a = 0"] and shown(SlopeBy(a * b, a)) == []
    assert unnamed(SlopeBy(t * alpha_t, t, (alpha_t, x))) == alpha_t + t * x, "and the variable itself moves"


def test_a_symbol_has_one_rate_in_a_statement() -> None:
    halves = SlopeBy(a * b, t, (a, da)) - SlopeBy(a * b, t, (b, dalpha))
    red_for(
        equation(halves * (c + 1), expand(unnamed(halves) * (c + 1))), "expected one meaning of a name, got 2 of d/dt"
    )
