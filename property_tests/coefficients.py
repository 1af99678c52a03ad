"""Errors in ulps of the coefficients of a step, compared with their claims' answers."""

import torch

from property_tests.cases import CASES, at
from property_tests.exact import DTYPES, value, worst
from property_tests.strategies import Gammas
from udm import Step

BOUND = {torch.float64: 8.0}  # ulps; 1 in every narrower type


def errors(name: str, drawn: Gammas, got: torch.Tensor | None = None) -> dict[torch.dtype, float]:
    """Return, for each dtype, the largest error in ulps of a coefficient, computed eagerly unless values are given."""
    exact = [value(CASES[name].exact(), at(*pair)) for pair in zip(*map(torch.Tensor.tolist, drawn), strict=True)]
    made = CASES[name].of(Step.from_gamma(*drawn)) if got is None else got
    return {dtype: worst(made.to(dtype).tolist(), exact, dtype) for dtype in DTYPES}
