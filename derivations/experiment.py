"""An experiment: a primitive process to run, and what a claim's answer predicts of it.

The process is told step by step, as a paper tells it, from standard normals `n_i`, uniforms
`u_i` and equally likely steps 1..T; it never contains the closed form that it tests. A check
names a statistic whose law under the answer is exact, or bounded without asymptotics.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from sympy import Expr, Symbol


class Residual(NamedTuple):
    """Given the answer, (of - mean)/sd is standard normal and independent of the `given` variables.

    Tested by its mean and by its product with each given variable (both exactly normal) and by
    its sum of squares (exactly chi-squared).
    """

    of: Expr
    law: Callable[[Any], Any]  # answer -> Normal
    given: tuple[Expr, ...] = ()


class Mean(NamedTuple):
    """The answer's value is the mean of `of`, whose standard deviation is at most `sd`.

    Tested by a median of block means, with Chebyshev's inequality: exact for any law with that sd.
    """

    of: Expr
    value: Callable[[Any], Expr]
    sd: float


class Chance(NamedTuple):
    """The answer's value is the probability that `of` is positive: a binomial count, exact."""

    of: Expr
    value: Callable[[Any], Expr]


Check = Residual | Mean | Chance


@dataclass(frozen=True, kw_only=True)
class Experiment:
    process: tuple[tuple[Symbol, Expr], ...]  # in order; each from noise, parameters and earlier ones
    checks: tuple[Check, ...]
    at: Mapping[Symbol, Any] = field(default_factory=dict)  # parameters; the claim's example if empty
    normals: tuple[Symbol, ...] = ()
    uniforms: tuple[Symbol, ...] = ()
    steps: Mapping[Symbol, int] = field(default_factory=dict)  # equally likely integers 1..T
    twins: tuple[str, ...] = ()  # wrong answers it must reject; all if empty
    size: int = 200_000
