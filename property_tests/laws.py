r"""Exact values of the bound for solvable laws, per coordinate, in nats: closed forms or rigorous quadrature, by Arb.

Everything follows from the mutual information I(x; z) = h(z) - h(z|x) at the two ends:

    diffusion = I(x; z_0) - I(x; z_1),   reconstruction = H(x) - I(x; z_0),   total = H(x) + KL(q(z_1) || N(0, 1)).

Nothing here comes from udm. Integrals stop at R; what lies beyond is bounded by hand and put into the ball.
"""

from collections.abc import Callable
from typing import NamedTuple

import torch
from flint import acb, arb

from derivations.arithmetic.ball import precision
from udm.laws import Gaussian, Mixture

BITS = 96
R = 13  # normal tails beyond: 1e-38


class Exact(NamedTuple):
    """The expected terms of the bound of one coordinate."""

    prior: float
    reconstruction: float
    diffusion: float

    @property
    def total(self) -> float:
        return sum(self)


def normal(y: acb | arb) -> acb | arb:
    return (-y * y / 2).exp() / (2 * arb.pi()).sqrt()


def above(y: arb) -> arb:
    """Return P(N > y)."""
    return (y / arb(2).sqrt()).erfc() / 2


def integral(f: Callable[[acb, bool], acb], low: arb, high: arb, beyond: arb) -> arb:
    """Return the integral over the line: [low, high] is computed, and the rest is known to lie in [0, beyond]."""
    found = acb.integral(f, acb(low), acb(high), rel_tol=arb(2) ** -50, abs_tol=arb(2) ** -50).real
    assert found.rad() < 1e-12 and beyond < 1e-12
    return found + beyond.union(arb(0))


class Points(NamedTuple):
    """A uniform law over exact numbers."""

    x: tuple[float, ...]

    def entropy(self) -> arb:
        return arb(len(self.x)).log()

    def second_moment(self) -> arb:
        return sum((arb(a) ** 2 for a in self.x), arb(0)) / len(self.x)

    def information(self, v: arb) -> arb:
        """Return log K - E log sum_j exp(-v/2 (x_k - x_j)^2 - sqrt(v) (x_k - x_j) N), where the logarithm is >= 0."""
        root, K = v.sqrt(), len(self.x)
        reach = root * (arb(max(self.x)) - arb(min(self.x)))

        def of(k: int) -> arb:
            away = [arb(self.x[k]) - arb(a) for j, a in enumerate(self.x) if j != k]

            def f(n: acb, analytic: bool) -> acb:
                return normal(n) * sum(((-d * root * (d * root / 2 + n)).exp() for d in away), acb(1)).log(
                    analytic=analytic
                )

            return integral(f, arb(-R), arb(R), 2 * (self.entropy() * above(arb(R)) + reach * normal(arb(R))))

        return self.entropy() - sum((of(k) for k in range(K)), arb(0)) / K

    def end(self, alpha: arb, sigma: arb) -> arb:
        return self.information((alpha / sigma) ** 2)


class Normals(NamedTuple):
    """A mixture of normal laws, given as rows of (weight, mean, std); a single row is a normal law."""

    rows: tuple[tuple[float, float, float], ...]

    def entropy(self) -> arb:
        return self.of(arb(1), arb(0))

    def second_moment(self) -> arb:
        return sum((arb(w) * (arb(m) ** 2 + arb(s) ** 2) for w, m, s in self.rows), arb(0))

    def of(self, alpha: arb, sigma: arb) -> arb:
        """h(alpha x + sigma eps)."""
        parts = [(arb(w), alpha * arb(m), ((alpha * arb(s)) ** 2 + sigma**2).sqrt()) for w, m, s in self.rows]
        if len(parts) == 1:
            return (2 * arb.pi() * arb(1).exp() * parts[0][2] ** 2).log() / 2

        def f(z: acb, analytic: bool) -> acb:
            q = sum((w * normal((z - m) / s) / s for w, m, s in parts), acb(0))
            return -q * q.log(analytic=analytic)

        far = max(float(abs(m).upper()) for _, m, _ in parts)
        wide, thin = max(float(s.upper()) for _, _, s in parts), min(float(s.lower()) for _, _, s in parts)
        c = abs((arb(thin) * (2 * arb.pi()).sqrt()).log())
        # beyond |z| = far + R wide: q <= U = normal(y) / thin, y = (|z| - far) / wide, and -q log q <= -U log U
        rest = 2 * arb(wide) / arb(thin) * (c * above(arb(R)) + (R * normal(arb(R)) + above(arb(R))) / 2)
        end = arb(far) + R * arb(wide)
        return integral(f, -end, end, rest)

    def end(self, alpha: arb, sigma: arb) -> arb:
        return self.of(alpha, sigma) - (2 * arb.pi() * arb(1).exp() * sigma**2).log() / 2


def exact(law: Points | Normals, gamma_0: float, gamma_1: float) -> Exact:
    """Return the terms of the bound with the best denoiser and decoder, on a variance-preserving path."""
    with precision(BITS):
        (a_0, s_0), (a_1, s_1) = (
            ((1 + arb(g).exp()) ** arb(-0.5), (1 + (-arb(g)).exp()) ** arb(-0.5)) for g in (gamma_0, gamma_1)
        )
        prior = (a_1**2 * law.second_moment() + s_1**2 - 1 - (s_1**2).log()) / 2
        i_0, i_1 = law.end(a_0, s_0), law.end(a_1, s_1)
        return Exact(*(float(a.mid()) for a in (prior, law.entropy() - i_0, i_0 - i_1)))


GRID = tuple(torch.linspace(-1, 1, 16, dtype=torch.float64).tolist())


NORMAL, MIXED = ((1.0, 0.5, 0.25),), ((0.25, -1.0, 0.25), (0.75, 0.5, 0.5))


def mixture() -> Mixture:
    w, m, s = (torch.tensor(column, dtype=torch.float64) for column in zip(*MIXED, strict=True))
    return Mixture(w, m[:, None], s[:, None])


def gaussian(*event: int) -> Gaussian:
    return Gaussian(torch.full(event, NORMAL[0][1]).double(), torch.full(event, NORMAL[0][2]).double())
