"""The information's slope in SNR for any density of the data: half the minimum mean squared error.

With y = sqrt(v) x + n the density of y is the integral of q(x) N(y; sqrt(v) x, 1) over x. Under the integral its slope
in the SNR v is that of a flow, and by parts the entropy of y rises as half the mean variance of x given y: so does the
information, which is that entropy less the noise's.
"""

from typing import NamedTuple

from sympy import Expr, Rational, diff, exp, log, sqrt

from derivations.form.claim import Claim, Wrong, by
from derivations.form.statement import Equal
from derivations.notation.named import unnamed
from derivations.notation.quantities import Quantity, Slope
from derivations.probability.gaussian import Normal
from derivations.probability.whole import REGULAR, Whole, line_density, vanishing

# isort: off
from derivations.symbols import snr, x, z_t
from sympy import S

y = z_t
q = line_density("q")
JOINT = q(x) * exp(Normal(sqrt(snr) * x, S.One).log_density(y))
total, first, second = (Whole(x**n * JOINT, x) for n in range(3))
DENSITY = Quantity("q_y", (y, snr), total)
ENTROPY = Quantity("h", (snr,), Whole(-total * log(total), y))
FLUX = first * log(total) / (2 * sqrt(snr))  # of -q log q


class Any(NamedTuple):
    """The slopes in SNR of the density, in which each x moves at the speed x/(2 sqrt(v)), and of the entropy."""

    flow: Expr
    slope: Expr


MASS = first / (2 * sqrt(snr))  # how much passes y
A = Any(flow=-diff(MASS, y), slope=Whole(second - first**2 / total, y) / 2)

immse_any = Claim(
    name="immse.any",
    title="The slope of the entropy in SNR is half the mean variance of the datum given the latent",
    kind="equality",
    says=lambda a: (Equal(Slope(DENSITY, snr), a.flow), Equal(Slope(ENTROPY, snr), a.slope)),
    answer=A,
    example={v: Rational(n, 2) for n, v in enumerate(sorted(unnamed(DENSITY).free_symbols, key=str), 1)},
    convenience={
        "0 < snr": "only quotients by sqrt(v) need it",
        "0 < q.var": "the variance of the normal density that stands for q where engines need numbers",
    },
    proof=(
        (
            by("the slope of the density in SNR", Slope(DENSITY, snr)),
            by("under the integral, each x moves at the speed x/(2 sqrt(v))", A.flow),
        ),
        (
            by("the slope of the entropy", Slope(ENTROPY, snr)),
            by("the density's slope, times minus its logarithm and 1", Whole(diff(MASS, y) * (log(total) + 1), y)),
            by("by parts", -Whole(MASS * diff(log(total), y), y), ends=(-MASS * (log(total) + 1), y)),
            by("the score of y, by Tweedie's formula", Whole(MASS * (y - sqrt(snr) * first / total), y)),
            by("by parts, the mean of y less that of x", A.slope, ends=(MASS, y)),
        ),
    ),
    trust=(REGULAR, vanishing(-MASS * (log(total) + 1), y), vanishing(MASS, y)),
    means="for densities on the line with these integrals, whose ends vanish; looked at for normal ones",
    wrong={
        "no half": Wrong(A._replace(slope=2 * A.slope), "it is twice the slope"),
        "a flow against it": Wrong(A._replace(flow=-A.flow), "x is spread out by a growing SNR"),
        "the second moment": Wrong(A._replace(slope=Whole(second, y) / 2), "the mean given y is subtracted, squared"),
        "of log SNR": Wrong(A._replace(slope=snr * A.slope), "it is the slope in the logarithm of SNR"),
    },
)

CLAIMS = (immse_any,)
