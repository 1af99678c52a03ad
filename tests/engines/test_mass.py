"""Laws of finitely many values: their expectations are finite sums, and those of densities are not."""

import pytest
from sympy import S, log

from derivations.obligations.obligation import EXCHANGE
from derivations.obligations.owed import owed
from derivations.probability.density import Density, Marginal, finite
from derivations.probability.expectation import canonical
from derivations.probability.mass import Mass, is_finite_sum
from derivations.probability.mean import Mean
from derivations.symbols import x_1, x_2

Q, P, STEP = Mass("Q", x_1), Mass("P", x_1), Mass("Q", x_2, x_1)
q, step = Density("q", x_1), Density("q", x_2, x_1)
SUMS = {
    "one": Mean(log(Q / P), (x_1, Q)),
    "a chain": Mean(log(STEP), (x_1, Q), (x_2, STEP)),
    "a mixture": Mean(log(Q / P), (x_1, P / 2 + Q / 2)),
    "where a chain leads": Mean(log(STEP), (x_2, Marginal(x_2, x_1, STEP, Q))),
    "written out": Mean(Q * log(P), (x_1, S.One)),
}
INTEGRALS = {
    "one": Mean(log(q / P), (x_2, step), (x_1, q)),
    "a density first": Mean(log(STEP), (x_1, q), (x_2, step)),
    "a density last": Mean(log(step), (x_1, Q), (x_2, step)),
    "a finite law only in the body": Mean(log(P / Q), (x_1, q)),
    "a finite law of the same variable in an inner mean": Mean(log(q) + Mean(log(Q), (x_1, Q)), (x_1, q)),
    "a mixture with a density": Mean(log(P), (x_1, P / 2 + q / 2)),
    "a factor in the body": Mean(P * log(q), (x_1, q)),
    "a chain that begins with a density": Mean(log(P), (x_2, Marginal(x_2, x_1, STEP, q))),
}


def exchanges(m: Mean) -> bool:
    return any(o.relation == EXCHANGE for o in owed(m))


@pytest.mark.parametrize("name", SUMS)
def test_a_finite_sum_owes_no_exchange(name: str) -> None:
    assert is_finite_sum(SUMS[name])
    assert not exchanges(SUMS[name])


@pytest.mark.parametrize("name", INTEGRALS)
def test_an_integral_over_one_variable_does(name: str) -> None:
    assert exchanges(INTEGRALS[name])


def test_a_mass_has_a_capital_letter() -> None:
    with pytest.raises(ValueError, match="capital letter"):
        Mass("q", x_1)


def test_a_number_is_taken_out_of_the_logarithm_of_a_sum() -> None:
    halved, whole = Mean(log(P / 2 + Q / 2), (x_1, Q)), Mean(log(P + Q), (x_1, Q))
    assert canonical(halved) == canonical(whole) - log(2)
    assert finite(halved - whole + log(2)).equals(0)
    assert canonical(Mean(log(P + 2 * Q), (x_1, Q))) != canonical(whole)
