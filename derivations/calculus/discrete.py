"""A variance preserving process in discrete time: alpha^2 = alpha-bar, sigma^2 = 1 - alpha-bar, gamma = -log SNR."""

from typing import NamedTuple

from sympy import Expr, log

from derivations.notation.times import quantity, squared


class Row(NamedTuple):
    """One time of the process in VDM's letters."""

    alpha2: Expr
    sigma2: Expr
    gamma: Expr


def row(abar: Expr, index: str) -> Row:
    """Return the time at which alpha-bar is `abar`, its letters carrying this index."""
    alpha2, sigma2 = squared(f"alpha_{index}", abar), squared(f"sigma_{index}", 1 - abar)
    return Row(alpha2, sigma2, quantity(f"gamma_{index}", -log(alpha2 / sigma2)))


def step_variance(after: Row, before: Row) -> Expr:
    """Return sigma_ts^2, by the claim vdm.forward.transition."""
    return squared("sigma_ts", after.sigma2 - after.alpha2 / before.alpha2 * before.sigma2)
