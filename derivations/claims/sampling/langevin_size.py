"""The size of a Langevin step, as predictor-corrector sampling sets it: by r_snr, its drift over its noise."""

from typing import NamedTuple

from sympy import Expr, Rational, S, sqrt

from derivations.form.claim import Below, Claim, Wrong, by
from derivations.form.statement import Equal
from derivations.notation.samplers import SquaredNorm
from derivations.symbols import alpha, n_1, n_2, r_snr, s_1, s_2


class Size(NamedTuple):
    """Sizes for a ratio r_snr of drift to noise: variance exploding, and with variance preserving's factor alpha."""

    ve: Expr
    vp: Expr


push, kick = SquaredNorm(S.One, "score", s_1, s_2), SquaredNorm(S.One, "n", n_1, n_2)
Z = Size(ve=2 * r_snr**2 * kick / push, vp=2 * alpha * r_snr**2 * kick / push)


def drift(step: Expr) -> SquaredNorm:
    """The squared norm of what the score moves."""
    return SquaredNorm(step, "score", s_1, s_2)


def noise(step: Expr) -> Expr:
    """The squared norm of what the noise sqrt(2 step) n moves."""
    return 2 * step * kick


# r_snr times the noise of a step of 1, and with the factor sqrt(alpha)
UNIT, UNIT_VP = (SquaredNorm(e, "n", n_1, n_2) for e in (sqrt(2) * r_snr, sqrt(2 * alpha) * r_snr))

size = Claim(
    name="langevin.step_size",
    title=(
        "A Langevin step in which r_snr is the ratio of drift to noise has the size 2 r_snr^2 ||n||^2/||score||^2; "
        "VP's scales r_snr by sqrt(alpha)"
    ),
    kind="equality",
    needs=("langevin.gaussian",),
    says=lambda a: (
        Equal(drift(a.ve), r_snr**2 * noise(a.ve)),
        Equal(drift(a.vp), alpha * r_snr**2 * noise(a.vp)),
        Equal(UNIT / push, a.ve),
        Equal(UNIT_VP / push, a.vp),
    ),
    answer=Z,
    given=(Below(S.Zero, push),),
    example={r_snr: Rational(1, 2), s_1: 2, s_2: 1, n_1: 1, n_2: 1, alpha: Rational(1, 4)},
    convenience={
        "0 < s_1^2 + s_2^2": "for a score of 0 the size is undefined",
        "0 < alpha": "alpha = 1 - beta_t is near 1",
        "0 < r_snr": "at r_snr = 0 there is no step",
    },
    proof=(
        (
            by("the squared norm of the drift", drift(Z.ve)),
            by("r_snr^2 times the squared norm of the noise", r_snr**2 * noise(Z.ve), eq="sde2021 Algorithm 1"),
        ),
        (
            by("the squared norm of the drift", drift(Z.vp)),
            by(
                "alpha r_snr^2 times the squared norm of the noise",
                alpha * r_snr**2 * noise(Z.vp),
                eq="sde2021 Algorithm 1",
            ),
        ),
        (
            by("r_snr^2 times the squared norm of the noise of a step of 1, over that of its drift", UNIT / push),
            by("the step, since the drift grows with its square and the noise with itself", Z.ve),
        ),
        (
            by(
                "alpha r_snr^2 times the squared norm of the noise of a step of 1, over that of its drift",
                UNIT_VP / push,
            ),
            by("the step", Z.vp),
        ),
    ),
    wrong={
        "the norms inverted": Wrong(
            Size(2 * r_snr**2 * push / kick, 2 * alpha * r_snr**2 * push / kick),
            "steps are large where the score is large",
        ),
        "norms not squared": Wrong(
            Size(2 * r_snr * sqrt(kick / push), 2 * alpha * r_snr * sqrt(kick / push)),
            "a length stands where its square should",
        ),
        "no factor 2": Wrong(
            Size(r_snr**2 * kick / push, alpha * r_snr**2 * kick / push),
            "it is right for noise of variance h, and makes the ratio r_snr/sqrt(2)",
        ),
        "alpha squared": Wrong(
            Z._replace(vp=2 * alpha**2 * r_snr**2 * kick / push), "the ratio becomes alpha r_snr, not sqrt(alpha) r_snr"
        ),
    },
    means="two coordinates stand for d",
)

CLAIMS = (size,)
