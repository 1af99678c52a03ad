"""DDPM's chain x_{t-1} -> x_t: at fixed data x_0, or on Gaussian data of variance c."""

from collections.abc import Sequence

from sympy import Expr, Symbol, sqrt

from derivations.notation.process import Process
from derivations.notation.quantities import Quantity
from derivations.symbols import abar_s, alpha, c, n_0, n_1, n_2, x_0, x_s, x_t

AT = "the index s for t - 1 and none for t"
BETA = Quantity("beta", (), 1 - alpha)
ABAR = Quantity("abar", (), alpha * abar_s)


def steps(keep: Expr = alpha, kept: Expr = abar_s, noise: Expr = BETA) -> Sequence[tuple[Symbol, Expr]]:
    """Make x_{t-1} with alpha-bar_{t-1} = kept, then x_t with alpha_t = keep and noise of variance beta_t."""
    return (x_s, sqrt(kept) * x_0 + sqrt(1 - kept) * n_1), (x_t, sqrt(keep) * x_s + sqrt(noise) * n_2)


def at_data(keep: Expr = alpha, kept: Expr = abar_s, noise: Expr = BETA) -> Process:
    """Return the chain at fixed x_0."""
    return Process(*steps(keep, kept, noise), noise=(n_1, n_2), data=(x_0,), phrase=AT)


CHAIN = at_data()
ON_NORMAL_DATA = Process((x_0, sqrt(c) * n_0), *steps(), noise=(n_0, n_1, n_2), phrase=AT)
