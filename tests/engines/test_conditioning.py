"""Conditioning a Gaussian on several variables at once equals conditioning on them one after the other."""

from collections.abc import Sequence

import pytest
from sympy import Expr, expand, symbols

from derivations.probability.gaussian import Normal, cov, given, mean

n, m, k, j = NOISE = symbols("n m k j", real=True)
values = symbols("v_1 v_2 v_3", real=True)
OF = 2 * n + 3 * m + 5 * k
ON = (n + 7 * j, m + 2 * k, k + 3 * n + 2)


def one_by_one(of: Expr, on: Sequence[tuple[Expr, Expr]]) -> Normal:
    """Condition on the first, which changes all the others, and then on the rest."""
    if not on:
        return Normal(mean(of, NOISE), cov(of, of, NOISE))
    (v, value), *others = on

    def without(e: Expr) -> Expr:
        return e - cov(e, v, NOISE) / cov(v, v, NOISE) * (v - value)

    return one_by_one(without(of), [(without(e), x) for e, x in others])


@pytest.mark.parametrize("count", [1, 2, 3])
def test_conditioning_at_once_equals_conditioning_one_by_one(count: int) -> None:
    on = list(zip(ON, values, strict=True))[:count]
    one, other = given(OF, on, NOISE), one_by_one(OF, on)
    assert expand(one.mean - other.mean) == 0 and expand(one.var - other.var) == 0


@pytest.mark.parametrize("on", [(n - n,), (n, 2 * n + 1), (n, m, n + m), (n, n, m)])
def test_a_variable_determined_by_the_others_cannot_be_conditioned_on(on: tuple[Expr, ...]) -> None:
    with pytest.raises(ValueError, match="none follows from the others"):
        given(OF, list(zip(on, values, strict=False)), NOISE)
