"""A Gaussian given any number of others is what it is given them one after the other."""

from collections.abc import Sequence

import pytest
from sympy import Expr, expand, symbols

from derivations.probability.gaussian import Normal, cov, given, mean

n, m, k, j = NOISE = symbols("n m k j", real=True)
values = symbols("v_1 v_2 v_3", real=True)
OF = 2 * n + 3 * m + 5 * k
ON = (n + 7 * j, m + 2 * k, k + 3 * n + 2)


def one_by_one(of: Expr, on: Sequence[tuple[Expr, Expr]]) -> Normal:
    """Condition on the first, which takes its share out of all the others, and then on these."""
    if not on:
        return Normal(mean(of, NOISE), cov(of, of, NOISE))
    (v, value), *others = on

    def without(e: Expr) -> Expr:
        return e - cov(e, v, NOISE) / cov(v, v, NOISE) * (v - value)

    return one_by_one(without(of), [(without(e), x) for e, x in others])


@pytest.mark.parametrize("count", [1, 2, 3])
def test_given_some_is_given_one_after_the_other(count: int) -> None:
    on = list(zip(ON, values, strict=True))[:count]
    one, other = given(OF, on, NOISE), one_by_one(OF, on)
    assert expand(one.mean - other.mean) == 0 and expand(one.var - other.var) == 0


@pytest.mark.parametrize("on", [(n - n,), (n, 2 * n + 1), (n, m, n + m), (n, n, m)])
def test_what_follows_from_the_others_is_no_condition(on: tuple[Expr, ...]) -> None:
    with pytest.raises(ValueError, match="none follows from the others"):
        given(OF, list(zip(on, values, strict=False)), NOISE)
