"""The divergence of two normal laws, KL(q || p) = E_q[log q - log p], and its closed form."""

from sympy import Expr, log, sqrt

from derivations.probability.expected import Expected
from derivations.probability.gaussian import Normal
from derivations.symbols import n_1


def log_ratio(q: Normal, p: Normal, z: Expr) -> Expr:
    """The log-ratio of two normals at z."""
    return q.log_density(z) - p.log_density(z)


def mean_log_ratio(q: Normal, p: Normal) -> Expected:
    """KL(q || p) = E_q[log q - log p]."""
    return Expected(log_ratio(q, p, q.mean + sqrt(q.var) * n_1), n_1)


def divergence(q: Normal, p: Normal) -> Expr:
    """E_q[log q - log p], from the moments of a standard normal."""
    return mean_log_ratio(q, p).opened()


def closed(q: Normal, p: Normal) -> Expr:
    """Luo (86) in one coordinate."""
    return (log(p.var / q.var) - 1 + q.var / p.var + (p.mean - q.mean) ** 2 / p.var) / 2
