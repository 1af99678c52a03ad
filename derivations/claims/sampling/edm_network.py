"""EDM's preconditioning: what a network is given and what it is trained on, so that both have variance 1.

The denoiser is D(x) = c_skip x + c_out F(c_in x), where x = y + noise of standard deviation sigma, and the data y have
the variance c, EDM's sigma_data^2. The network F then learns (y - c_skip x)/c_out. c_skip is the regression of y on x,
which makes c_out, and so what the errors of F are multiplied by, as small as it can be; the weight undoes c_out.
"""

from typing import NamedTuple

from sympy import Expr, Integer, sqrt

from derivations.form.claim import Claim, Wrong, by
from derivations.form.statement import Below, Equal
from derivations.notation.process import Process
from derivations.symbols import c, factor, n_0, n_1, sigma_t, x, z_t

NOISY = Process((x, sqrt(c) * n_0), (z_t, x + sigma_t * n_1), noise=(n_0, n_1))
WHOLE = c + sigma_t**2


class Network(NamedTuple):
    """The factors on the input, on the latent in the output and on the network's output, and the weight of the loss."""

    c_in: Expr
    c_skip: Expr
    c_out: Expr
    weight: Expr


A = Network(
    c_in=1 / sqrt(WHOLE),
    c_skip=c / WHOLE,
    c_out=sigma_t * sqrt(c) / sqrt(WHOLE),
    weight=WHOLE / (sigma_t**2 * c),
)


def left(skip: Expr) -> Expr:
    """The variance of what is left of the data for the network to learn."""
    return NOISY.Var(x - skip * z_t)


preconditioning = Claim(
    name="edm.preconditioning",
    title="EDM's c_in, c_skip and c_out give the network inputs and targets of variance 1, which do not correlate",
    kind="equality",
    needs=("gauss.isotropic.conditioning",),
    says=lambda a: (
        Equal(NOISY.Var(a.c_in * z_t), Integer(1)),
        Below(Integer(0), a.c_in),
        Equal(NOISY.Cov(x - a.c_skip * z_t, z_t), Integer(0)),
        Equal(left(factor) - left(a.c_skip), (factor - a.c_skip) ** 2 * NOISY.Var(z_t)),
        Equal(left(a.c_skip), a.c_out**2),
        Below(Integer(0), a.c_out),
        Equal(left(a.c_skip), 1 / a.weight),
    ),
    answer=A,
    example={c: 3, sigma_t: 1, factor: 1},
    convenience={
        "0 < factor": "any other factor leaves more, of either sign",
        "0 < c": "the data may be known, but then there is nothing to learn, and the weight is infinite",
        "0 < sigma_t": "where there is no noise there is nothing to learn, and the weight is infinite",
    },
    proof=(
        (
            by("the variance of the input", NOISY.Var(A.c_in * z_t)),
            by("Var(z_t) = c + sigma^2", Integer(1), eq="edm2022 (117)"),
        ),
        (by("zero", Integer(0)), by("a root of a positive number", A.c_in, more=A.c_in)),
        (
            by("the covariance of the target with the input", NOISY.Cov(x - A.c_skip * z_t, z_t)),
            by("c - c_skip (c + sigma^2)", Integer(0)),
        ),
        (
            by("what another factor leaves more", left(factor) - left(A.c_skip)),
            by("what is left does not correlate with z_t", (factor - A.c_skip) ** 2 * NOISY.Var(z_t)),
        ),
        (
            by("the variance of what is left", left(A.c_skip)),
            by("c sigma^2/(c + sigma^2)", A.c_out**2, eq="edm2022 (137)"),
        ),
        (by("zero", Integer(0)), by("a product of positive factors", A.c_out, more=A.c_out)),
        (
            by("the variance of what is left", left(A.c_skip)),
            by("c_out^2, which the weight undoes", 1 / A.weight, eq="edm2022 (144)"),
        ),
    ),
    wrong={
        "a variance in c_in": Wrong(A._replace(c_in=1 / WHOLE), "the input is divided by its variance"),
        "c_skip of the noise": Wrong(
            A._replace(c_skip=sigma_t**2 / WHOLE), "the share of the noise stands for that of the data"
        ),
        "sigma_data for its square in c_skip": Wrong(
            A._replace(c_skip=sqrt(c) / WHOLE), "a standard deviation is divided by a variance"
        ),
        "c_out without the root": Wrong(A._replace(c_out=sigma_t * sqrt(c) / WHOLE), "targets are too large"),
        "c_out as the data's deviation": Wrong(
            A._replace(c_out=sqrt(c)), "right only for much noise, where c_skip is near 0"
        ),
        "the weight without the square": Wrong(
            A._replace(weight=WHOLE / (sigma_t * sqrt(c))), "levels of noise are not weighted alike"
        ),
        "the weight of the input": Wrong(A._replace(weight=1 / WHOLE), "c_in^2 stands for 1/c_out^2"),
    },
    means="any data of variance c: only variances and covariances occur",
)

CLAIMS = (preconditioning,)
