"""Objects of losses and likelihoods open to what they print, and define after "where" what the print leaves out."""

from sympy import Expr, Function, Rational, diff, expand, log, simplify, sqrt

from derivations.calculus.along import SNR_t, gamma_slope, slope, snr_slope
from derivations.notation.losses import Information, LawOf, MeanSquare, SquaredError
from derivations.notation.named import unnamed
from derivations.notation.outcomes import Average, Chance, Outcomes
from derivations.notation.places import Likelihood
from derivations.notation.printing import text
from derivations.notation.process import Process
from derivations.notation.quantities import Quantity
from derivations.notation.slopes import SlopeBy
from derivations.notation.values import At, QuantityAt
from derivations.notation.wheres import wheres
from derivations.probability.opening import opened
from derivations.symbols import alpha_t, c, dalpha, dsigma, n_0, n_1, sigma_t, snr, t, w, x, y, z_t

SEEN = Process((x, sqrt(c) * n_0), (y, x + n_1 / sqrt(snr)), noise=(n_0, n_1))
ONE_X = Process((y, x + n_1 / sqrt(snr)), noise=(n_1,), data=(x,))


def same(a: Expr, b: Expr) -> bool:
    return bool(simplify(opened(a) - opened(b)) == 0)


def test_a_slope_along_a_path_is_the_chain_rule() -> None:
    assert text(snr_slope) == "d/dt SNR(t)" and same(snr_slope, -SNR_t * gamma_slope)
    assert same(slope(alpha_t * sigma_t), dalpha * sigma_t + alpha_t * dsigma)
    f = Function("f")(t)
    named = SlopeBy(f**2, t, (t, Rational(1)), (diff(f, t), dalpha), (f, alpha_t))
    assert unnamed(named) == 2 * alpha_t * dalpha
    assert [text(e.left) for e in wheres(SlopeBy(x * y, t, (x, y * c)))] == ["d/dt x", "d/dt y"]


def test_a_value_is_the_quantity_with_its_symbols_replaced() -> None:
    mmse = Quantity("mmse", (snr,), SEEN.Var(x, y))
    later = QuantityAt(mmse, (snr, 4 * c))
    assert text(later) == "mmse(4 c)" and same(later, unnamed(mmse).subs(snr, 4 * c))
    assert text(At(mmse, (c, w))) == "mmse(snr)|_{c = w}" and same(At(mmse, (c, w)), unnamed(mmse).subs(c, w))


def test_mutual_information_and_errors_are_those_of_the_process() -> None:
    assert text(Information(SEEN, x, y)) == "I(x; y)" and same(Information(SEEN, x, y), log(1 + c * snr) / 2)
    error = SquaredError(x, c * y)
    assert text(MeanSquare(ONE_X, error)) == "E[(x - c y)^2 | x]"
    assert same(MeanSquare(ONE_X, error), ONE_X.E(error)) and expand(unnamed(error) - (x - c * y) ** 2) == 0


def test_a_law_at_values_is_the_conditional_law_there() -> None:
    law = LawOf(ONE_X, y, (x, w))
    assert text(law) == "q(y | x = w)" and law.normal == (w, 1 / snr)


def test_outcomes_are_weighted_by_bayes_rule() -> None:
    q_1, q_2 = (Likelihood(z_t, level, alpha_t, sigma_t) for level in (x, y))
    two = Outcomes(w, (x, q_1), (y, q_2))
    assert text(Average(w, two, z_t)) == "E[w | z_t]" and text(Chance(two, x, z_t)) == "p(w = x | z_t)"
    assert same(Average(w, two, z_t), x * Chance(two, x, z_t) + y * Chance(two, y, z_t))
    assert q_1.subs(x, c) == Likelihood(z_t, c, alpha_t, sigma_t) and text(q_1.xreplace({x: c})) == "q(z_t | c)"
