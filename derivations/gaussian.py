"""The normal law, by its moments, and linear-Gaussian processes, by their noise.

A process is an expression linear in independent standard normals: `alpha_s*x + sigma_s*n_1`.
Its moments are read off the coefficients, so a law is computed from how it is made.
"""

from collections.abc import Sequence
from typing import NamedTuple

from sympy import Expr, Integer, Symbol, expand, log, pi

from derivations.statement import Equal


class Normal(NamedTuple):
    """N(mean, var) in one coordinate; isotropic laws are sums over coordinates."""

    mean: Expr
    var: Expr

    def log_density(self, z: Expr) -> Expr:
        return -((z - self.mean) ** 2 / self.var + log(2 * pi * self.var)) / 2


def mean(made: Expr, noise: Sequence[Symbol]) -> Expr:
    return made.subs(dict.fromkeys(noise, 0))


def cov(a: Expr, b: Expr, noise: Sequence[Symbol]) -> Expr:
    """Covariance of two expressions linear in independent standard normals."""
    pairs = [(expand(a).coeff(n), expand(b).coeff(n)) for n in noise]
    return sum((p * q for p, q in pairs), Integer(0))


def law(made: Expr, noise: Sequence[Symbol]) -> Normal:
    return Normal(mean(made, noise), cov(made, made, noise))


def same_law(a: Normal, b: Normal) -> tuple[Equal, Equal]:
    """Two normals are one law when their two moments agree."""
    return Equal(a.mean, b.mean), Equal(a.var, b.var)
