"""The divergence of two normal laws, KL(q || p) = E_q[log q - log p], and its closed form."""

from sympy import Expr, log, sqrt

from derivations.probability.expected import Expected
from derivations.probability.gaussian import Normal
from derivations.symbols import n_1


def log_ratio(q: Normal, p: Normal, z: Expr) -> Expr:
    """Return the log-ratio of two normals at z."""
    return q.log_density(z) - p.log_density(z)


def mean_log_ratio(q: Normal, p: Normal) -> Expected:
    """Return KL(q || p) = E_q[log q - log p]."""
    return Expected(log_ratio(q, p, q.mean + sqrt(q.var) * n_1), n_1)


def divergence(q: Normal, p: Normal) -> Expr:
    """Return E_q[log q - log p], computed from the moments of a standard normal."""
    return mean_log_ratio(q, p).opened()


def closed(q: Normal, p: Normal) -> Expr:
    """Return the closed form of KL(q || p) in one coordinate, Luo (86)."""
    return (log(p.var / q.var) - 1 + q.var / p.var + (p.mean - q.mean) ** 2 / p.var) / 2
