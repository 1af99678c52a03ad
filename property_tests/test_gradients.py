"""The gradient of each coefficient by autograd equals the derivative of the claim's answer.

A derivative may cancel, so it is measured against the size of its terms: with f = prod f_k^{p_k}, df is a sum of
f p_k dlog f_k, and each of these is good to a few ulps. The size is taken from the exact derivatives in gamma_t at
fixed gamma_s and in gamma_s at fixed gamma_t, whose difference and sum the two gradients are.
"""

import pytest
import torch
from hypothesis import given
from sympy import Expr, exp, sqrt

from derivations import symbols as y
from property_tests.cases import CASES
from property_tests.conftest import Record
from property_tests.exact import value
from property_tests.strategies import BATCH, Gammas, gammas
from udm import Step

ULPS = 64  # of the size of the terms: chains of some ten operations, each differentiated to an ulp or two
NAMES = [n for n in CASES if "DDPM" not in n and "log-SNR" not in n]


def in_gammas(e: Expr) -> Expr:
    """Return the answer as a function of gamma_s and gamma_t on a variance-preserving path."""
    alpha = {a: 1 / sqrt(1 + exp(g)) for a, g in ((y.alpha_s, y.gamma_s), (y.alpha_t, y.gamma_t))}
    sigma = {a: 1 / sqrt(1 + exp(-g)) for a, g in ((y.sigma_s, y.gamma_s), (y.sigma_t, y.gamma_t))}
    kept = alpha[y.alpha_t] / alpha[y.alpha_s]
    step = {y.alpha_ts: kept, y.sigma_ts: sqrt(sigma[y.sigma_t] ** 2 - kept**2 * sigma[y.sigma_s] ** 2)}
    ddpm = {y.abar: alpha[y.alpha_t] ** 2, y.abar_s: alpha[y.alpha_s] ** 2, y.alpha: kept**2, y.beta: 1 - kept**2}
    plain = {y.x: 1, y.x_hat: 3, y.eps: 2, y.eps_hat: 5}
    return e.subs(step | ddpm).subs(alpha | sigma | plain)


@pytest.mark.parametrize(
    "name", [pytest.param(n, marks=pytest.mark.claim(CASES[n].claim), id=f"{CASES[n].claim}-{n}") for n in NAMES]
)
@given(drawn=gammas)
def test_gradients_equal_the_derivatives_of_the_answers(name: str, drawn: Gammas, measure: Record) -> None:
    closed = in_gammas(CASES[name].exact())
    leaves = [a.clone().requires_grad_() for a in drawn]
    CASES[name].of(Step.from_gamma(*leaves)).sum().backward()
    got = [(torch.zeros_like(a) if a.grad is None else a.grad).tolist() for a in leaves]
    worst = 0.0
    for g, h, by_gamma, by_gap in zip(*map(torch.Tensor.tolist, drawn), *got, strict=True):
        at = {
            y.gamma_t: value(y.gamma_t, {y.gamma_t: g}),
            y.gamma_s: value(y.gamma_t - y.gap, {y.gamma_t: g, y.gap: h}),
        }
        d_t, d_s = (value(closed.diff(v), at) for v in (y.gamma_t, y.gamma_s))
        size = float(abs(d_t) + abs(d_s) + abs(value(closed, at)))
        for mine, exact in ((by_gamma, d_t + d_s), (by_gap, -d_s)):
            worst = max(worst, float(abs(mine - exact)) / (size * 2.0**-52))
    measure(CASES[name].claim, f"gradient of {name}", torch.float64, worst, ULPS, BATCH)
