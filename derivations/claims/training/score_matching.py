"""Score matching for any density: explicit, implicit and denoising losses differ by what no network changes.

By parts, the mean of a network times the score is minus the mean of its slope: so the squared error to the unknown
score is a mean without it and a constant, Fisher's information. Denoising matches the score given the datum instead:
the slope of the kernel, integrated over the data, is that of the marginal.
"""

from typing import NamedTuple

from sympy import Expr, Rational, diff, exp, log

from derivations.form.claim import Claim, Wrong, by
from derivations.form.statement import Equal
from derivations.notation.line_means import LineMean
from derivations.notation.named import unnamed
from derivations.notation.quantities import Quantity, Slope
from derivations.probability.gaussian import Normal
from derivations.probability.smooth import smooth
from derivations.probability.whole import REGULAR, Whole, line_density, vanishing
from derivations.symbols import alpha_t, sigma_t, x, z_t

p, s = line_density("p"), smooth("s")
SCORE = Slope(log(p(x)), x)
EXPLICIT = LineMean((s(x) - SCORE) ** 2, p(x))
BENT = LineMean(-Slope(Slope(log(p(x)), x), x), p(x))


class Implicit(NamedTuple):
    """The loss without the score, and what it lacks."""

    loss: Expr
    information: Expr


A = Implicit(loss=LineMean(s(x) ** 2 + 2 * Slope(s(x), x), p(x)), information=LineMean(SCORE**2, p(x)))
BY_PARTS, AT_ENDS = 2 * s(x) * p(x), diff(p(x), x)

implicit = Claim(
    name="score.implicit",
    title="The squared error to a score is a mean of the network's square and slope, and Fisher's information",
    kind="equality",
    says=lambda a: (Equal(EXPLICIT, a.loss + a.information), Equal(BENT, a.information)),
    answer=A,
    example={v: Rational(n, 2) for n, v in enumerate(sorted(unnamed(EXPLICIT).free_symbols, key=str), 1)},
    convenience={"0 < p.var": "the variance of the normal density that stands for p where engines need numbers"},
    proof=(
        (
            by("the squared error, with the unknown score", EXPLICIT, eq="luo2022 (157)"),
            by(
                "by parts, twice the mean of s times the score is minus twice that of s'",
                A.loss + A.information,
                ends=(BY_PARTS, x),
            ),
        ),
        (
            by("minus the mean slope of the score", BENT),
            by("p (log p)'' is p'' less p times the square of the score", A.information, ends=(AT_ENDS, x)),
        ),
    ),
    trust=(REGULAR, vanishing(BY_PARTS, x), vanishing(AT_ENDS, x)),
    means="for any density on the line and any network, smooth and with these integrals; looked at for normal ones",
    wrong={
        "no factor 2": Wrong(
            A._replace(loss=LineMean(s(x) ** 2 + Slope(s(x), x), p(x))), "half of the square belongs to half of it"
        ),
        "sign of the slope": Wrong(
            A._replace(loss=LineMean(s(x) ** 2 - 2 * Slope(s(x), x), p(x))), "the sign of an integral by parts is lost"
        ),
        "slope forgotten": Wrong(A._replace(loss=LineMean(s(x) ** 2, p(x))), "it would be least at s = 0"),
        "information forgotten": Wrong(A._replace(information=0 * p(x)), "the losses differ by a constant"),
    },
)

# The datum, the noisy variable, and its density
q = line_density("q")
KERNEL = Quantity("k_t", (z_t, x), exp(Normal(alpha_t * x, sigma_t**2).log_density(z_t)))
MARGINAL = Quantity("q_t", (z_t,), Whole(q(x) * KERNEL, x))
m, score = MARGINAL, Slope(log(MARGINAL), z_t)
given = (alpha_t * x - z_t) / sigma_t**2  # the score given the datum
DENOISING = Quantity("DSM", (), Whole(Whole(q(x) * KERNEL * (s(z_t) - given) ** 2, x), z_t))
MARGINAL_LOSS = Quantity("ESM", (), Whole(m * (s(z_t) - score) ** 2, z_t))
TO_SCORE = Quantity("rest", (), Whole(Whole(q(x) * KERNEL * (given - score) ** 2, x), z_t))
first, second = (Whole(x**n * q(x) * KERNEL, x) for n in (1, 2))


class Denoised(NamedTuple):
    """What the denoising loss has besides: the mean variance of the datum given the noisy one, over sigma^4."""

    gap: Expr


D = Denoised(gap=Whole(alpha_t**2 * (second - first**2 / m), z_t) / sigma_t**4)

denoising = Claim(
    name="score.denoising",
    title="Denoising score matching is score matching at the marginal density, and a gap that is free of the network",
    kind="equality",
    needs=("score.tweedie",),
    says=lambda d: (Equal(DENOISING - MARGINAL_LOSS, d.gap), Equal(TO_SCORE, d.gap)),
    answer=D,
    example={v: Rational(n, 2) for n, v in enumerate(sorted(unnamed(DENOISING).free_symbols, key=str), 1)}
    | {sigma_t: 1},
    convenience={
        "0 < q.var": "the variance of the normal density that stands for q where engines need numbers",
        "0 < alpha_t": "the sign of alpha_t does not matter",
        "0 < sigma_t": "without noise there is no score given the datum",
    },
    proof=(
        (
            by("the two losses", DENOISING - MARGINAL_LOSS, eq="ddim2021 (48)"),
            by("the slope of the marginal is the integral of the score given the datum", D.gap),
        ),
        (by("the loss of the score itself", TO_SCORE), by("its mean is that of the score given the datum", D.gap)),
    ),
    trust=(REGULAR,),
    means="for any density of the data on the line and any network, with these integrals; looked at for normal ones",
    wrong={
        "no gap": Wrong(Denoised(0 * D.gap), "the score given the datum varies about the score"),
        "the variance of the data": Wrong(
            Denoised(Whole(alpha_t**2 * second, z_t) / sigma_t**4), "the mean given z_t is subtracted"
        ),
        "over sigma^2": Wrong(Denoised(D.gap * sigma_t**2), "it is the gap of the noise's prediction"),
    },
)

CLAIMS = (implicit, denoising)
