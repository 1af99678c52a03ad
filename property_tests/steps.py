"""Exact coefficients of a sampler's step at the drawn gammas."""

from collections.abc import Callable, Iterable

import torch
from flint import arb
from sympy import Expr

from derivations.arithmetic.ball import precision
from derivations.catalogue import claims
from property_tests.cases import at
from property_tests.exact import BITS, value
from property_tests.strategies import Gammas

U = 2.0**-53


def fill(expr: Expr, **numbers: float | arb) -> arb:
    """Return the value of an answer whose symbols are given by name."""
    return value(expr, {s: numbers[s.name] for s in expr.free_symbols})  # type: ignore[attr-defined]


def rows(drawn: Gammas) -> Iterable[dict[str, arb]]:
    for g, gap in zip(*map(torch.Tensor.tolist, drawn), strict=True):
        yield {s.name: v for s, v in at(g, gap).items()}


Trio = tuple[arb, arb, arb]


def by_eta(eta: float) -> Callable[[dict[str, arb]], Trio]:
    """Return the coefficients of z, x-hat and the noise from `ddim.eta`: its variance, and what it multiplies."""
    answer = claims()["ddim.eta"].answer

    def exact(q: dict[str, arb]) -> Trio:
        eps, var = fill(answer.eps, **q | {"eta": arb(eta)}), fill(answer.var, **q | {"eta": arb(eta)})
        with precision(BITS):
            kept = eps / q["sigma_t"]
            return kept, q["alpha_s"] - kept * q["alpha_t"], var.sqrt()

    return exact
