"""The normal law, given by its moments, and linear-Gaussian processes, given by their noise.

A process is an expression linear in independent standard normals: `alpha_s*x + sigma_s*n_1`.
Its moments are read off the coefficients, so that its law follows from its construction.
"""

from collections.abc import Sequence
from typing import NamedTuple

from sympy import Add, Expr, Integer, Matrix, Symbol, expand, log, pi


class Normal(NamedTuple):
    """N(mean, var) in one coordinate; isotropic laws are sums over coordinates."""

    mean: Expr
    var: Expr

    def log_density(self, z: Expr) -> Expr:
        return -((z - self.mean) ** 2 / self.var + log(2 * pi * self.var)) / 2


def mean(made: Expr, noise: Sequence[Symbol]) -> Expr:
    return made.subs(dict.fromkeys(noise, 0))


def linear(made: Expr, noise: Sequence[Symbol]) -> dict[Symbol, Expr]:
    """Return the coefficient of each standard normal.

    Raises:
        ValueError: the expression is not linear in them, so its law is not normal.
        TypeError: the noise is no sequence.
    """
    if isinstance(noise, Expr):
        raise TypeError(f"expected the noise in a tuple, as ({noise},), got {noise!r}")
    terms: dict[Symbol, list[Expr]] = {n: [] for n in noise}
    for term in Add.make_args(expand(made)):
        if term.free_symbols.isdisjoint(noise):
            continue
        coefficient, n = term.as_independent(*noise, as_Add=False)
        if n not in terms:
            raise ValueError(f"expected an expression linear in {', '.join(map(str, noise))}, got {made}")
        terms[n].append(coefficient)  # type: ignore[index]
    return {n: Add(*coefficients) for n, coefficients in terms.items()}


def cov(a: Expr, b: Expr, noise: Sequence[Symbol]) -> Expr:
    """Return the covariance of two expressions linear in independent standard normals."""
    first, second = linear(a, noise), linear(b, noise)
    return sum((first[n] * second[n] for n in noise), Integer(0))


def law(made: Expr, noise: Sequence[Symbol]) -> Normal:
    var = cov(made, made, noise)  # first, since it looks at the noise
    return Normal(mean(made, noise), var)


def given(of: Expr, on: Sequence[tuple[Expr, Expr]], noise: Sequence[Symbol]) -> Normal:
    """Condition a Gaussian: return the law of `of` given that others have the values beside them.

    Raises:
        ValueError: one of the others follows from the rest, or has no noise.
    """
    if isinstance(on, Expr):
        raise TypeError(f"expected pairs of a variable and its value in a tuple, got {on!r}")
    if len(on) == 1:
        ((other, value),) = on
        a, b, c = law(of, noise), law(other, noise), cov(of, other, noise)
        _random(b.var, on)
        return Normal(a.mean + c / b.var * (value - b.mean), a.var - c**2 / b.var)
    if len(on) > 2:
        return _given_many(of, on, noise)
    (a, value_a), (b, value_b) = on
    aa, ab, bb = cov(a, a, noise), cov(a, b, noise), cov(b, b, noise)
    oa, ob, det = cov(of, a, noise), cov(of, b, noise), aa * bb - ab**2
    _random(det, on)
    on_a, on_b = (oa * bb - ob * ab) / det, (ob * aa - oa * ab) / det
    shifted = mean(of, noise) + on_a * (value_a - mean(a, noise)) + on_b * (value_b - mean(b, noise))
    return Normal(shifted, cov(of, of, noise) - on_a * oa - on_b * ob)


def _given_many(of: Expr, on: Sequence[tuple[Expr, Expr]], noise: Sequence[Symbol]) -> Normal:
    """The same for three variables and more, by the inverse of their covariance."""
    each = [v for v, _ in on]
    covariance = Matrix(len(on), len(on), lambda i, j: cov(each[i], each[j], noise))
    _random(det := covariance.det(), on)
    with_of = Matrix([cov(of, v, noise) for v in each])
    adjugate = covariance.adjugate()
    off = Matrix([value - mean(v, noise) for v, value in on])
    shift, gain = (
        (adjugate * with_of).dot(off),
        (adjugate * with_of).dot(with_of),
    )  # matrices are not watched: no quotient in one
    return Normal(mean(of, noise) + shift / det, cov(of, of, noise) - gain / det)


def _random(det: Expr, on: Sequence[tuple[Expr, Expr]]) -> None:
    if expand(det) == 0:
        given_ = ", ".join(str(v) for v, _ in on)
        raise ValueError(f"expected to be given variables of which none follows from the others, got {given_}")
