"""Progressive coding of Gaussian data: what has been sent when z_t is known, and what is then missing of x.

With the best denoiser and steps without end, the bits that were sent are the information on x in z_t. Half the mmse,
integrated over SNR, is what each further stretch costs. The curve of both is the least rate at which a normal variable
can be told with that squared error.
"""

from typing import NamedTuple

from sympy import Expr, Integral, Rational, log, sqrt

from derivations.claims.invariance.continuous import FTC
from derivations.claims.solvable.gaussian import NOISE
from derivations.form.claim import Claim, Wrong, by
from derivations.form.statement import Below, Equal
from derivations.notation.losses import Information
from derivations.notation.process import Process
from derivations.notation.values import At
from derivations.probability.opening import opened
from derivations.symbols import c, mse, mu_1, n_1, snr, snr_max, snr_min, x, z_bar

n_0 = NOISE[0]
SEEN = Process((x, mu_1 + sqrt(c) * n_0), (z_bar, x + n_1 / sqrt(snr)), noise=NOISE)  # on the path with alpha = 1
SENT, MISSING = Information(SEEN, x, z_bar), SEEN.Var(x, z_bar)
STRETCH = Integral(MISSING / 2, (snr, snr_min, snr_max))
AT_ERROR = At(SENT, (snr, 1 / mse - 1 / c))
LEFT_AT_ERROR = At(MISSING, (snr, 1 / mse - 1 / c))


class Code(NamedTuple):
    """The squared error and the rate at an SNR, the rate of a stretch, and that at which an error is reached."""

    error: Expr
    rate: Expr
    stretch: Expr
    needed: Expr


A = Code(
    error=c / (1 + c * snr),
    rate=log(1 + c * snr) / 2,
    stretch=log((1 + c * snr_max) / (1 + c * snr_min)) / 2,
    needed=log(c / mse) / 2,
)

coding = Claim(
    name="coding.gaussian",
    title="On Gaussian data of variance c the information on x in z_t is log(c/mse)/2 where the mmse is mse",
    kind="equality",
    needs=("bayes.gaussian", "vdm.immse"),
    says=lambda a: (
        Equal(MISSING, a.error),
        Equal(SENT, a.rate),
        Equal(STRETCH, a.stretch),
        Equal(AT_ERROR, a.needed),
        Equal(LEFT_AT_ERROR, mse),
    ),
    answer=A,
    given=(Below(mse, c),),
    example={c: 2, mu_1: 1, snr: 2, snr_min: Rational(1, 2), snr_max: 4, mse: Rational(1, 2)},
    convenience={
        "0 < c": "it follows from 0 < mse < c",
        "0 < snr": "at SNR = 0 the variance of z/alpha is infinite; the rate tends to 0 and the error to c",
        "0 < snr_min": "the formula also holds at SNR_min = 0",
        "0 < snr_max": "as at SNR_min",
        "mse < c": "at mse = c nothing is sent, and the rate is 0",
    },
    proof=(
        (
            by("the variance of x given z/alpha", MISSING),
            by("1/(1/c + SNR)", A.error),
        ),
        (
            by("half the log ratio of the variances of z/alpha, over all and given x", opened(SENT)),
            by("(c + 1/SNR) SNR = 1 + c SNR", A.rate),
        ),
        (
            by("half the mmse, integrated over SNR", opened(STRETCH)),
            by("its primitive is log(1 + c SNR)/2", A.stretch, primitive=log(1 + c * snr) / 2),
        ),
        (
            by("the information at SNR = 1/mse - 1/c", opened(AT_ERROR)),
            by("1 + c SNR = c/mse there", A.needed),
        ),
        (
            by("the mmse there", LEFT_AT_ERROR),
            by("c/(c/mse)", mse),
        ),
    ),
    wrong={
        "no half": Wrong(
            A._replace(rate=2 * A.rate, stretch=2 * A.stretch, needed=2 * A.needed),
            "the rate of a complex coordinate, which is two",
        ),
        "z_t for the prediction": Wrong(
            A._replace(error=1 / snr), "the error of z_t/alpha itself, which is not shrunk to the mean"
        ),
        "the error of eps": Wrong(
            A._replace(error=c * snr / (1 + c * snr)), "it rises with SNR, where what is missing of x falls"
        ),
        "what is left to send": Wrong(
            A._replace(stretch=-A.stretch), "summed from the data's end, the rate falls as more is sent"
        ),
        "the deviation for the variance": Wrong(
            A._replace(needed=log(c / mse)), "a root mean squared error stands in the place of its square"
        ),
    },
    trust=(FTC,),
    means="one coordinate; independent ones add their rates, and their errors are averaged",
)

CLAIMS = (coding,)
