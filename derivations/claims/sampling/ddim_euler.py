"""DDIM's step beside Euler's step of the probability flow in the variance: the two differ in the second order.

For the latent over sqrt(alpha-bar), whose noise has the standard deviation L, DDIM steps by the change of L, and the
probability flow by half the change of L^2 times minus the score, which is -eps/L.
"""

from typing import NamedTuple

from sympy import Expr, Rational, S, sqrt

from derivations.form.claim import Claim, Wrong, by
from derivations.form.statement import AtMost, Below, Equal
from derivations.notation.quantities import Quantity
from derivations.symbols import abar, abar_s, eps_hat

NOISE, NOISE_S = (sqrt((1 - a) / a) for a in (abar, abar_s))  # per sqrt(alpha-bar)
SCORE = -eps_hat / NOISE
IMPLICIT = Quantity("implicit", (abar_s,), (NOISE_S - NOISE) * eps_hat)
EULER = Quantity("flow", (abar_s,), -(NOISE_S**2 - NOISE**2) / 2 * SCORE)


class Steps(NamedTuple):
    """Euler's step, and what is left of it after DDIM's, both over eps_hat."""

    euler: Expr
    apart: Expr


A = Steps(
    euler=((1 - abar_s) / abar_s - (1 - abar) / abar) * sqrt(abar / (1 - abar)) / 2,
    apart=(NOISE_S - NOISE) ** 2 / (2 * NOISE),
)

euler = Claim(
    name="ddim.euler",
    title=(
        "Euler's step of the probability flow less DDIM's is eps_hat times the square of the step over twice the noise"
    ),
    kind="equality",
    needs=("ddim.forms",),
    says=lambda a: (
        Equal(EULER, a.euler * eps_hat),
        Equal(EULER - IMPLICIT, a.apart * eps_hat),
        AtMost(S.Zero, A.apart, {abar_s: abar}),
    ),
    answer=A,
    given=(Below(abar, S.One), Below(abar_s, S.One)),
    example={abar: Rational(1, 4), abar_s: Rational(1, 2), eps_hat: 1},
    convenience={"0 < abar": "a share of the variance", "0 < abar_s": "a share of the variance"},
    proof=(
        (
            by("half the change of the variance, times minus the score", EULER, eq="ddim2021 (15)"),
            by("the score by the noise", A.euler * eps_hat),
        ),
        (
            by("the difference of the two", EULER - IMPLICIT),
            by("a difference of squares, less twice the noise times a difference", A.apart * eps_hat),
        ),
        (by("zero", S.Zero), by("a square", A.apart, more=A.apart)),
    ),
    wrong={
        "the same step": Wrong(A._replace(apart=S.Zero), "they agree to the first order of the step only"),
        "over the noise after the step": Wrong(
            A._replace(apart=(NOISE_S - NOISE) ** 2 / (2 * NOISE_S)), "the score is taken before the step"
        ),
        "no half": Wrong(A._replace(euler=2 * A.euler), "it is the drift of the reverse process, with its noise"),
    },
)

CLAIMS = (euler,)
