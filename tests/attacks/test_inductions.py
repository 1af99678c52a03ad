"""An induction shows what is checked of it: forged ones are refused for their own reasons, their twins are green."""

from typing import Any

import pytest
from sympy import Expr, Integer, S, Symbol, exp, pi, sqrt

from derivations.form.claim import Claim
from derivations.form.induction import Induction, induction
from derivations.form.statement import Equal
from derivations.notation.chains import ChainMoment
from derivations.notation.places import Likelihood, PointsScore
from derivations.notation.process import Process
from derivations.notation.quantities import Quantity, Slope
from tests.support.forged import a, b, c, n, replace, stated, x
from tests.support.judged import green, red_for

s, t, k, mass = (Symbol(name, positive=True) for name in ("s", "t", "k", "mass"))
m, z, point, V, x_t, x_0, before = (Symbol(v, real=True) for v in ("m", "z", "y", "V", "x_t", "x_0", "x_{t-1}"))
COUNT: dict[str, Any] = {"first": {t: S.One}, "next": {t: t + 1}}


def counted(value: Any, base: Expr, step: Expr, **changes: Any) -> Claim:
    made = {"held": V, "base": base, "step": step, **COUNT, **changes}
    return stated(lambda q: induction(value=q, **made), value, "induction")


def beside(claim: Claim, *others: Any) -> Claim:
    """Return a claim with further statements that nothing proves."""
    return replace(claim, says=lambda q: (*plainly(claim.says(q)), *others))


def plainly(said: Any) -> tuple[Any, ...]:
    return said if isinstance(said, tuple) and not hasattr(said, "_fields") else (said,)


# -- an object calls an induction only if its process makes the step --------------------------------------


def walk(kind: str, step: Expr, start: Symbol = x_0) -> ChainMoment:
    return ChainMoment(kind, x_t, start, (before, step, n))


SPREAD = walk("Var", before + s * n)
DRIFT = walk("E", before + a + s * n)
HELD = counted(t * s**2, SPREAD, V + s**2)
STEPS = {
    "a walk whose variance grows twice as fast": (
        counted((2 * t - 1) * s**2, SPREAD, V + 2 * s**2), "the step that the process makes of Var(x_t | x_0), V + s^2"
    ),
    "a mean that drifts twice as fast": (
        counted(x_0 + (2 * t - 1) * a, DRIFT, V + 2 * a), "the step that the process makes of E[x_t | x_0], V + a"
    ),
    "a walk that begins at another index": (
        counted((t - 4) * s**2, SPREAD, V + s**2, first={t: Integer(5)}), "counted by its own index, from its first"
    ),
    "a walk that is counted by another index": (
        counted(k * s**2, SPREAD, V + s**2, first={k: S.One}, next={k: k + 1}), "counted by its own index"
    ),
    "a walk that ends at its start": (
        counted(t * s**2, walk("Var", before + s * n, Symbol("x_1", real=True)), V + s**2), "from its first"
    ),
    "a walk where nothing starts": (
        beside(counted(t * a, a, V + a), Equal(SPREAD, s**2)), "where an induction starts alone"
    ),
    "a walk beside its start": (beside(HELD, Equal(2 * SPREAD, 2 * s**2)), "where an induction starts alone"),
    "a walk at the next": (
        counted(t * a, a, V + a, first={t: S.One, k: S.One}, next={t: t + 1, k: SPREAD}), "where an induction starts"
    ),
    "a part of a base": (counted((t + 1) * s**2, 2 * SPREAD, V + s**2), "where an induction starts alone"),
}  # fmt: skip


@pytest.mark.parametrize("name", STEPS)
def test_a_step_that_a_process_does_not_make_is_refused(name: str) -> None:
    red_for(*STEPS[name])


def test_a_step_that_a_process_makes_is_green() -> None:
    green(HELD)
    green(counted(x_0 + t * a, DRIFT, V + a))


def test_a_step_of_a_chain_is_linear_and_from_the_state_before() -> None:
    with pytest.raises(ValueError, match="linear in"):
        walk("Var", before**2 + n)
    with pytest.raises(ValueError, match="from the state before it"):
        walk("Var", before + x_t * n)


# the score of n points, each at its own place
ONE = Likelihood(z, point, a, b)
SCORE = PointsScore(ONE, k, mass)
DENSITY = exp(-((z - a * point) ** 2) / (2 * b**2)) / (sqrt(2 * pi) * b)
BY_MASS = {"first": {x: point, mass: ONE}, "next": {x: (mass * x + ONE * point) / (mass + ONE), mass: mass + ONE}}
POINTS: dict[str, Any] = {"index": k, "own": (point,)} | BY_MASS
GROWN = (mass * V + ONE * Slope(Quantity("log p", (), -((z - a * point) ** 2) / (2 * b**2)), z)) / (mass + ONE)


def score(step: Expr = GROWN, of: Expr = SCORE, **changes: Any) -> Claim:
    return counted((a * x - z) / b**2, of, step, **POINTS | changes)


SCORES = {
    "points that weigh half": (score((mass * V - ONE * z / b**2) / (mass + ONE)), "the step that the process makes"),
    "a mass that counts twice": (
        score(next={**BY_MASS["next"], mass: mass + 2 * ONE}), "expected mass to be first q(z | y) and next mass + q"
    ),
    "one point again and again": (score(own=()), "expected y among a step's own parameters"),
    "the noise of each point": (score(own=(point, b)), "of a process whose steps are alike, got b"),
    "another count": (score(of=PointsScore(ONE, c, mass)), "counted by its own index"),
}  # fmt: skip


@pytest.mark.parametrize("name", SCORES)
def test_a_score_of_other_points_is_refused(name: str) -> None:
    red_for(*SCORES[name])


def test_a_score_of_points_at_a_number_is_refused() -> None:
    with pytest.raises(ValueError, match="a point by a symbol"):
        PointsScore(Likelihood(z, S.Zero, a, b), k, mass)


# -- what is held fixed does not look as if it moved --------------------------------------------------


def named(name: str) -> Symbol:
    return Symbol(name, real=True)


N_T, CALLED = Symbol("n_t", positive=True), Quantity("V_t", (), 2 * a)
MOVED = {
    "steps of two that show as one": (
        counted(a * t, a, V + 2 * a, next={t: t + 2}, index=t), "expected an index t that is t + 1"
    ),
    "an index between whole numbers": (
        counted(a * (t + S.Half), a, V + a, first={t: S.Half}), "to start at a whole number, got 1/2"
    ),
    "a start that is no number": (
        counted(a * k, a, V + a, first={k: S.One}, next={k: k + 1}, index=t, start=b / 2), "a whole number, got b/2"
    ),
    "a start that is something else": (
        counted(a * k, a, V + a, first={k: S.One}, next={k: k + 1}, index=t, start=a), "a whole number, got a"
    ),
    "a start that is the index": (
        counted(a * k, a, V + a, first={k: S.One}, next={k: k + 1}, index=t, start=t), "a whole number, got t"
    ),
    "an index that the check holds fixed": (
        counted(k * t, t, V + t, first={k: S.One}, next={k: k + 1}, index=t), "without the index t, got t"
    ),
    "a parameter that moves in the value": (counted(t * c, c, V + c, own=(c,)), "a value without a step's own"),
    "what is counted, as a step's own": (
        counted(t * a + k - k, a, V + a, own=(V,)), "a step's own that nothing else counts, got V"
    ),
    "a constant named after the index": (counted(t * named("c_t"), named("c_t"), V + named("c_t")), "got c_t"),
    "a constant named after the next": (
        counted(t * named("c_{t+1}"), named("c_{t+1}"), V + named("c_{t+1}")), "got c_{t+1}"
    ),
    "a constant at two indices": (counted(t * named("c_ts"), named("c_ts"), V + named("c_ts")), "got c_ts"),
    "a constant called as the value": (counted(a * t + named("V_t"), a + named("V_t"), V + a), "got V_t"),
    "a constant called as the value at 2": (counted(a * t + named("V_2"), a + named("V_2"), V + a), "got V_2"),
    "two that are one at each index": (
        counted(a * t * N_T, a, V + a, first={t: S.One, N_T: S.One}, next={t: t + 1, N_T: N_T}, own=()), "got n_t"
    ),
    "an object called as the value": (counted(a * t + CALLED, a + CALLED, V + a), "a name of its own for an object"),
}  # fmt: skip


@pytest.mark.parametrize("name", MOVED)
def test_what_is_held_fixed_but_looks_moving_is_refused(name: str) -> None:
    red_for(*MOVED[name])


TWINS = {
    "steps of two, counted apart": counted(a * k, a, V + 2 * a, first={k: S.One}, next={k: k + 2}, index=t),
    "a constant": counted(t * c, c, V + c),
    "a constant with another index": counted(t * named("c_u"), named("c_u"), V + named("c_u")),
    "any start": counted(a * k, a, V + a, first={k: S.One}, next={k: k + 1}, index=t, start=s + 1),
    "another start": counted(a * k, a, V + a, first={k: S.One}, next={k: k + 1}, index=t, start=Integer(5)),
    "a slope that is known at every index": counted(c * (2 * t - 1), Slope(c * z + t, z), V + 2 * c),
    "a variance that stands still": counted(
        s**2 * (2 * t - 1), Process((x, s * m), noise=(m,)).Var(x + t), V + 2 * s**2
    ),
}


@pytest.mark.parametrize("name", TWINS)
def test_the_twin_of_a_fixed_quantity_is_green(name: str) -> None:
    green(TWINS[name])


def test_an_object_without_a_process_calls_no_induction() -> None:
    from derivations.form.reading import readings
    from derivations.notation.printing import text

    for name in ("a slope that is known at every index", "a variance that stands still"):
        said = TWINS[name].written()[0]
        assert isinstance(said, Induction) and [text(r.left) for r in readings(said)] == ["V_t", "V_1", "V_{t+1}"]
