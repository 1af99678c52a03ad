"""Named objects that would print another law, place, variable or weight than they open to are refused, or show it."""

from collections.abc import Callable
from typing import NamedTuple

import pytest
from sympy import Basic, Expr, Function, Integer, Rational, S, Symbol, diff, exp, pi, sqrt

from derivations.calculus.step import FORWARD
from derivations.form.induction import Induction, induction
from derivations.form.law import Law, Weighed
from derivations.form.reading import readings
from derivations.notation.chains import LawCumulants, Product
from derivations.notation.densities import AnyDensity, DensityDivergence, DensityMean, OnTwoStates
from derivations.notation.fokker_planck import DensityRate
from derivations.notation.laws import CrossEntropy, Divergence, LawName, LogDensityAt, MeansApart
from derivations.notation.lettered import Jump, Reversed
from derivations.notation.levels import LevelPosterior, Odds
from derivations.notation.losses import MeanSquare, SquaredError
from derivations.notation.modes import Mode
from derivations.notation.named import unnamed
from derivations.notation.outcomes import Average, Chance, Outcomes
from derivations.notation.places import Likelihood, PointsScore
from derivations.notation.printing import latex, text
from derivations.notation.process import Process
from derivations.notation.quantities import Quantity
from derivations.notation.scores import TiltedScore
from derivations.notation.slopes import SlopeAt
from derivations.notation.times import Function as OfTime
from derivations.notation.times import FunctionAt
from derivations.notation.values import At, QuantityAt, Standing
from derivations.notation.wheres import wheres
from derivations.probability.chances import is_law
from derivations.probability.density import Density, Marginal, Positive
from derivations.probability.gaussian import Normal
from derivations.symbols import alpha_t, sigma_t, z_s, z_t
from derivations.symbols import x as datum
from tests.support.forged import a, b, c, equation, n, stated, v, w, x
from tests.support.judged import green, red_for

y, m, V, z = (Symbol(s, real=True) for s in ("y", "m", "V", "z"))
s, t = (Symbol(name, positive=True) for name in ("s", "t"))
p = Function("p", positive=True)(z)
P, Q = AnyDensity("p", z), AnyDensity("q", z)
LAW = LawName(a * x, b, "q", z, x)
LAW_P = LawName(x, b, "p", z)
TWO = Outcomes(w, (x, a), (y, b))
MADE = Process((z, a * x + b * n), noise=(n,), data=(x,))
LEVELS, ERROR = Process((z, x + n), noise=(n,), data=(x,)), SquaredError(z, a * x)
QZ, STEP, F = Density("q", z), Density("q", y, z), Positive("f", z)


class Attack(NamedTuple):
    """An object that is refused, the reason, and the nearest object that is accepted."""

    make: Callable[[], Basic]
    match: str
    twin: Callable[[], Expr]


REFUSED = {
    "a log-density at another variable": Attack(
        lambda: LogDensityAt(LAW, y), "the variable that q", lambda: LogDensityAt(LAW, z)
    ),
    "cumulants of another variable": Attack(
        lambda: LawCumulants(LAW, y, v), "the variable that q", lambda: LawCumulants(LAW, z, v)
    ),
    "cumulants at what is random": Attack(
        lambda: LawCumulants(LAW, z, z), "not random", lambda: LawCumulants(LAW, z, x)
    ),
    "a law by its own variable": Attack(
        lambda: LawName(a * z, b, "q", z, x), "free of its own variable z", lambda: LogDensityAt(LAW, z)
    ),
    "the mode of what is not quadratic": Attack(
        lambda: Mode(-a * z**4, z), "quadratic in z", lambda: Mode(-a * z**2 + b * z, z)
    ),
    "a chance of what is no outcome": Attack(lambda: Chance(TWO, z), "one of the outcomes", lambda: Chance(TWO, x)),
    "a chance given what weighs nothing": Attack(
        lambda: Chance(TWO, x, z), "weights without z", lambda: Chance(Outcomes(w, (x, a + z**2), (y, b)), x, z)
    ),
    "an average given what weighs nothing": Attack(
        lambda: Average(w, TWO, v), "weights without v", lambda: Average(w, Outcomes(w, (x, a + v**2), (y, b)), v)
    ),
    "a likelihood whose scale is made of the data": Attack(
        lambda: Likelihood(z_t, y, alpha_t * datum, sigma_t), "without x", lambda: Likelihood(z_t, y, alpha_t, sigma_t)
    ),
    "a score that is none": Attack(
        lambda: DensityRate(P, z, x, S(2), p, ((x, Integer(5), P),), ()), "expected a score of p",
        lambda: DensityRate(P, z, x, S(2), p, ((x, diff(p, z) / p, P),), ((p, a),)),
    ),
    "the score of another density": Attack(
        lambda: DensityRate(P, z, x, S(2), p, ((x, diff(p, z) / p, Q),), ()), "expected a score of q",
        lambda: DensityRate(P, z, x, S(2), p, ((x, diff(p, z) / p, P),), ((p, a),)),
    ),
    "a density that does not bend": Attack(
        lambda: DensityRate(P, z, x, S(2), p, (), ((diff(p, z, 2), S.Zero),)), "a symbol for",
        lambda: DensityRate(P, z, x, S(2), p, (), ((diff(p, z, 2), y),)),
    ),
    "a density of another variable": Attack(
        lambda: DensityRate(P, y, x, S(2), p, (), ()), "a density of y", lambda: DensityRate(P, z, x, S(2), p, (), ())
    ),
    "the mean of a square that is no error": Attack(
        lambda: MeanSquare(MADE, z**2), "squared error of an estimate, got z", lambda: MeanSquare(MADE, ERROR)
    ),
    "the mean of a product": Attack(
        lambda: MeanSquare(MADE, z * v), "squared error of an estimate", lambda: MeanSquare(MADE, ERROR)
    ),
    "odds of a level to itself": Attack(
        lambda: Odds(LEVELS, z, (a * (b + 1), a * b + a)), "expected two levels", lambda: Odds(LEVELS, z, (a, b))
    ),
    "a product to between whole numbers": Attack(
        lambda: Product(a + v, v, S.One, Rational(7, 2)), "larger by a whole number, got 1 to 7/2",
        lambda: Product(a + v, v, S.Half, Rational(7, 2)),
    ),
    "a product downwards": Attack(
        lambda: Product(a + v, v, S(5), S(2)), "larger by a whole number", lambda: Product(a + v, v, c, c + 1)
    ),
    "a product to itself": Attack(
        lambda: Product(a + v, v, v, v + 1), "ends without v", lambda: Product(a + v, v, c, c + 1)
    ),
    "a slope between first and second": Attack(
        lambda: SlopeAt(a * x**3, x, b, Rational(3, 2)), "a whole number from 1, got 3/2",
        lambda: SlopeAt(a * x**3, x, b, 2),
    ),
    "a slope of order 0": Attack(
        lambda: SlopeAt(a * x**3, x, b, 0), "a whole number from 1", lambda: SlopeAt(a * x**3, x, b)
    ),
    "a value that has in it what it is the value of": Attack(
        lambda: Standing(MADE.Var(z), (a, 2 * a)), "without a, got a = 2", lambda: Standing(MADE.Var(z), (a, 2 * c))
    ),
    "two values that are exchanged": Attack(
        lambda: Standing(MADE.Var(z), (a, b), (b, a)), "without a, b", lambda: Standing(MADE.Var(z), (a, c))
    ),
    "a value that no name shows": Attack(
        lambda: QuantityAt(Quantity("W", (), a**2 + b), (a, 2 * a)), "without a, got a = 2",
        lambda: QuantityAt(Quantity("W", (a,), a**2 + b), (a, 2 * a)),
    ),
    "a mean where its variable has a value": Attack(
        lambda: At(MADE.E(z), (z, S(3))), "depends on, got one of z", lambda: At(MADE.E(z), (x, S(3)))
    ),
    "a variance where its noise has a value": Attack(
        lambda: At(MADE.Var(z), (n, S(3))), "depends on, got one of n", lambda: At(MADE.Var(z), (a, S(3)))
    ),
    "an average where its outcome has a value": Attack(
        lambda: At(Average(w, TWO), (w, S(3))), "depends on, got one of w", lambda: At(Average(w, TWO), (x, S(3)))
    ),
    "a mean over another variable": Attack(
        lambda: OnTwoStates(DensityMean(F, (z, Density("q", y)))), "expected a density of z",
        lambda: OnTwoStates(DensityMean(F, (z, QZ))),
    ),
    "a jump by densities of two letters": Attack(
        lambda: OnTwoStates(Jump(Density("p", y, z), QZ)), "of one letter and a step from it",
        lambda: OnTwoStates(Jump(Density("q", y, z), QZ)),
    ),
    "a jump from another variable": Attack(
        lambda: OnTwoStates(Jump(Density("q", y, x), QZ)), "of one letter and a step from it",
        lambda: OnTwoStates(Jump(Density("q", y, z), QZ)),
    ),
    "a jump that depends on more": Attack(
        lambda: OnTwoStates(Jump(Density("q", y, z, x), QZ)), "a step that depends on z alone",
        lambda: OnTwoStates(Jump(Density("q", y, z), QZ)),
    ),
    "the rule of Bayes over another density": Attack(
        lambda: OnTwoStates(Reversed(STEP, QZ, Density("q", y))), "expected the integral of q\\(y \\| z\\) q\\(z\\)",
        lambda: OnTwoStates(Reversed(STEP, QZ, Marginal(y, z, STEP, QZ))),
    ),
    "a divergence from a density of another variable": Attack(
        lambda: OnTwoStates(DensityDivergence(z, QZ, Density("p", y))), "expected a density of z",
        lambda: OnTwoStates(DensityDivergence(z, QZ, Density("p", z))),
    ),
    "a divergence of laws of two variables": Attack(
        lambda: Divergence(LAW, LawName(x, b, "p", y), n), "laws of one variable", lambda: Divergence(LAW, LAW_P, n)
    ),
    "the same at one variance": Attack(
        lambda: MeansApart(LAW, LawName(x, b, "p", y)), "laws of one variable", lambda: MeansApart(LAW, LAW_P)
    ),
    "a cross-entropy of laws of two variables": Attack(
        lambda: CrossEntropy(LAW, LawName(x, b, "p", y)), "laws of one variable", lambda: CrossEntropy(LAW, LAW_P)
    ),
    "a density that is held fixed": Attack(
        lambda: TiltedScore(P * Q, z, (P, a, x)), "none of {q", lambda: TiltedScore(P * Q, z, (P, a, x), (Q, b, y))
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_an_object_that_prints_another_law_than_it_opens_to_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match=REFUSED[name].match):
        unnamed(REFUSED[name].make())


@pytest.mark.parametrize("name", REFUSED)
def test_the_twin_of_a_misleading_object_opens(name: str) -> None:
    twin = REFUSED[name].twin()
    assert unnamed(twin) != twin and text(twin) and latex(twin)


# -- what is shown is what is opened ------------------------------------------------------------------


def shown(e: Expr) -> list[str]:
    return [f"{text(w.left)} = {text(w.right)}" if w.right is not None else text(w.left) for w in wheres(e)]


def test_a_function_at_a_place_is_its_definition_there() -> None:
    assert unnamed(FunctionAt("gamma", (s,), (t,), b * t)) == b * s
    branches = OfTime("gamma", lambda u: b * u if u == t else (a + b) * u**3, t)
    assert unnamed(branches(s)) == b * s and shown(branches(s)) == ["gamma(t) = b t"]
    swapped = OfTime("B", lambda u, w: a * u + b * w, s, t)
    assert unnamed(swapped(t, s)) == a * t + b * s


def test_a_mean_on_two_states_shows_that_it_has_two() -> None:
    q, f = Density("q", z), Positive("f", z)
    mean = DensityMean(f, (z, q))
    assert text(OnTwoStates(mean)) == "(E_q(z)[f(z)] on two states)" and text(mean) == "E_q(z)[f(z)]"
    assert "two states" in latex(OnTwoStates(mean))
    assert shown(mean) == [] and text(DensityMean(f, (z, Density("g", z)))) == "E_g(z)[f(z)]"


def test_a_mean_over_a_chain_is_by_its_joint_density_and_any_other_by_each_law() -> None:
    chain, apart = ((z, QZ), (y, STEP)), ((z, QZ), (y, Density("q", y)))
    joint, two = (DensityMean(F + Positive("g", y), *laws) for laws in (chain, apart))
    assert text(joint) == "E_q(z, y)[f(z) + g(y)]" and shown(joint) == ["q(z, y) = q(z) q(y | z)"]
    assert text(two) == "E_{z ~ q(z), y ~ q(y)}[f(z) + g(y)]" and shown(two) == []
    assert "q(z, y)" in latex(joint) and "z \\sim q(z), y \\sim q(y)" in latex(two)
    mixed = DensityMean(F, (z, QZ), (y, Density("p", y, z)))
    assert text(mixed) == "E_{z ~ q(z), y ~ p(y | z)}[f(z)]"


def test_a_marginal_of_two_letters_is_shown_as_an_integral() -> None:
    one, two = (Marginal(y, z, STEP, root) for root in (QZ, Density("p", z)))
    assert (text(one), text(two)) == ("q(y)", "[integral of q(y | z) p(z) dz]")
    assert shown(one) == ["q(y) = integral of q(y | z) q(z) dz"] and shown(two) == []


def test_a_density_made_of_others_is_defined_by_them() -> None:
    jump = Jump(STEP, Density("q", z, x))
    back = Reversed(STEP, Density("q", z, x), jump)
    assert text(jump) == "q(y | x)" and shown(jump) == ["q(y | x) = integral of q(y | z) q(z | x) dz"]
    assert text(back) == "q(z | y, x)" and shown(back)[0] == "q(z | y, x) = q(y | z) q(z | x) / q(y | x)"
    assert is_law(z, unnamed(back)) and is_law(y, unnamed(jump))


def test_a_density_that_is_known_is_shown() -> None:
    rate = DensityRate(P, z, -z, S(2), exp(-(z**2) / 2) / sqrt(2 * pi), (), ())
    assert unnamed(rate).expand() == 0 and shown(rate) == ["p(z) = exp(-1/2 z^2) / sqrt(2 pi)"]
    assert text(c * rate) == "c (-d/dz [-z p(z)] + d^2/dz^2 [1 p(z)])"


def test_names_of_slopes_are_shown() -> None:
    rate = DensityRate(P, z, x, S(2), p, (), ((diff(p, z, 2), y), (p, a)))
    assert shown(rate) == ["y = d^2/dz^2 p(z)", "a = p(z)"]


def test_the_weight_of_an_outcome_that_is_listed_twice_is_the_sum() -> None:
    assert unnamed(Chance(Outcomes(w, (x, a), (x, b), (y, c)), x)) == (a + b) / (a + b + c)


def test_levels_that_are_listed_twice_count_together() -> None:
    half = 1 / (1 + exp(Rational(1, 2) - z) / 2)
    assert (unnamed(LevelPosterior(LEVELS, z, S.One, S.One, S.Zero)) - half).subs(z, Rational(1, 3)).equals(0)
    same = LevelPosterior(LEVELS, z, a * (b + 1), a * b + a, S.Zero)
    assert (unnamed(same) - unnamed(LevelPosterior(LEVELS, z, a * b + a, a * (b + 1), S.Zero))).expand() == 0
    assert unnamed(Chance(Outcomes(w, (a * (b + 1), a), (a * b + a, b), (y, c)), a * b + a)) == (a + b) / (a + b + c)


def test_noise_that_depends_on_the_place_is_differentiated() -> None:
    slopes = ((diff(p, z, 2), V), (diff(p, z), y), (p, a))
    bent, even = (DensityRate(P, z, S.Zero, g2, p, (), slopes) for g2 in (z**2, S(2)))
    assert (unnamed(bent) - (a + 2 * z * y + z**2 * V / 2)).expand() == 0 and unnamed(even) == V
    by_score = DensityRate(P, z, S.Zero, v**2, p, ((v, diff(p, z) / p, P),), slopes)
    assert (unnamed(by_score) - diff(diff(p, z) ** 2 / p, z, 2).subs(slopes) / 2).expand() == 0
    by_value = DensityRate(P, z, a * z, S.Zero, p, (), slopes)
    assert (unnamed(by_value) + a**2 + 2 * a * y * z).expand() == 0, "a is p(z), whose slope is y"
    at = {V: S(3), z: S.One, a: S.One, y: S(2)}
    green(equation((1 + even) * (b + c), b + c + b * V + c * V, example=at))
    red_for(equation(c * (1 + bent), (c + c * z**2 * V / 2).expand(), example=at), "enclose refutes the answer")


def test_a_symbol_beside_an_object_where_it_has_another_value_is_refused() -> None:
    for there in (Standing(MADE.Var(z), (b, c)), QuantityAt(Quantity("W", (), b**2), (b, c))):
        red_for(equation(b * (a + there), a * b + b * c**2), "expected b = c wherever b stands")
        green(equation(a * (a + there), a**2 + a * c**2))


def test_means_by_one_name_are_over_one_law() -> None:
    u = Symbol("u", real=True)
    pair = [((z, QZ), (y, STEP), (u, Density("q", u, given))) for given in (z, y)]
    first, second = (OnTwoStates(DensityMean(F + Positive("g", u), *laws)) for laws in pair)
    meant = (c * unnamed(first - second)).expand()
    red_for(equation(c * (first - second), meant), "one meaning of a name, got 2 of q(z, y, u)")


def test_a_prior_and_its_posterior_have_names_of_their_own() -> None:
    prior = Normal(S.Zero, a)
    weighed = {"one name": Weighed(prior, c * z), "two": Weighed(prior, c * z, names=("q", "p"))}
    made = {k: stated(lambda q, how=how: Law(z, how, Normal(q, a)), a * c, "law") for k, how in weighed.items()}
    red_for(made["one name"], "expected one meaning of a name, got q(z) for")
    green(made["two"])


def test_the_score_of_points_is_that_of_one_point_wherever_it_opens_for_one() -> None:
    assert text(PointsScore(Likelihood(z_t, y, alpha_t, sigma_t), n, m)) == "grad_z_t log q(z_t | y)"


def test_a_level_is_shown_in_the_variance_too() -> None:
    spread = Process((z_t, datum + (datum**2 + 1) * n), noise=(n,), data=(datum,))
    at_a, at_b = (exp(-((z_t - e) ** 2) / (2 * (e**2 + 1) ** 2)) / (e**2 + 1) for e in (a, b))
    at = {a: S.One, b: S(2), z_t: Rational(1, 3)}
    wanted = {LevelPosterior(spread, z_t, a, b): at_a / (at_a + at_b), Odds(spread, z_t, (a, b)): at_a / at_b}
    for e, value in wanted.items():
        assert datum not in unnamed(e).free_symbols and (unnamed(e) - value).subs(at).equals(0)


def test_a_convex_function_has_no_mode() -> None:
    top, slope = (a + b) ** 2, a + b
    red_for(equation(top * Mode(c * z**2 - 2 * slope * c * z, z), (a**2 + 2 * a * b + b**2) * (a + b)), "-2*c > 0")
    green(equation(top * Mode(-c * z**2 + 2 * slope * c * z, z), (a**2 + 2 * a * b + b**2) * (a + b)))


# -- inductions are called by what moves with the index -----------------------------------------------


def named_by(base: Expr) -> list[str]:
    value = unnamed(base) + m * a
    said: Induction = induction(value=value, held=V, base=base, step=V + a, first={m: S.Zero}, next={m: m + 1})
    return [text(r.left) for r in readings(said)]


def test_an_object_that_does_not_move_with_the_index_calls_no_induction() -> None:
    assert named_by(FORWARD.Var(z_s)) == ["V_m", "V_0", "V_{m+1}"]
    assert named_by(Quantity("W", (m,), b)) == ["V_m", "V_0", "V_{m+1}"], "it is defined where it starts alone"
