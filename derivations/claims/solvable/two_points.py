"""Bayes-optimal denoising of data on two points, -1 and 1.

If they are equally likely, E[x | z] = tanh(alpha z/sigma^2). At x = 1, with v = SNR, z/sigma is sqrt(v) + n. The mmse
is E[1 - tanh(v + sqrt(v) n)], and the information is E[log 2 - log(1 + exp(-2v - 2 sqrt(v) n))].
"""

from typing import NamedTuple

from sympy import Expr, Piecewise, Rational, S, cosh, exp, log, sinh, sqrt, tanh

from derivations.form.claim import Claim, Wrong, by
from derivations.form.experiment import Chance, Experiment, Mean
from derivations.form.statement import Equal
from derivations.notation.outcomes import Average, Outcomes
from derivations.notation.places import Likelihood
from derivations.notation.quantities import Log, Quantity, Slope
from derivations.notation.values import At, QuantityAt
from derivations.probability.opening import opened
from derivations.symbols import alpha_t, n_1, omega, other, sigma_t, snr, u_0, x, z_t


def seen(level: Expr) -> Likelihood:
    """The density q(z_t | x)."""
    return Likelihood(z_t, level, alpha_t, sigma_t)


ONE = S.One
q_plus, q_minus = seen(ONE), seen(-ONE)
q_two = Quantity("q", (z_t,), (omega * q_plus + q_minus) / (1 + omega))  # the odds of 1 to -1 are omega
WEIGHED = (ONE, omega * q_plus), (-ONE, q_minus)  # by Bayes' rule
X = Outcomes(x, *WEIGHED)
mean_two = Average(x, X, z_t)
at_one = alpha_t + sigma_t * n_1  # z, seen from x = 1
UNIT = (sigma_t, ONE)  # of sigma: SNR = alpha^2
BY_SNR = {snr: alpha_t**2}
FAR = (omega, ONE), (z_t, alpha_t + n_1), UNIT


class Two(NamedTuple):
    """E[x | z], Var(x | z), the score; at x = 1, equally likely: error and information at noise n."""

    mean: Expr
    var: Expr
    score: Expr
    left: Expr
    info: Expr


tilt = alpha_t * z_t / sigma_t**2 + log(omega) / 2
T = Two(
    mean=tanh(tilt),
    var=1 / cosh(tilt) ** 2,
    score=(alpha_t * tanh(tilt) - z_t) / sigma_t**2,
    left=1 - tanh(snr + sqrt(snr) * n_1),
    info=log(2) - log(1 + exp(-2 * snr - 2 * sqrt(snr) * n_1)),
)
INFO = At(Log(q_plus) - Log(q_two), *FAR)  # log q(z | x)/q(z) at x = 1
# at z and -z together: it is even
ERRORS = At(q_plus * (1 - mean_two) ** 2 + q_minus * (1 + mean_two) ** 2, (omega, ONE), UNIT)
SHARES = At(q_plus * (1 - mean_two) + q_minus * (1 + mean_two), (omega, ONE), UNIT)


def folded(a: Two) -> At:
    """Return the error at x = 1 at z and at -z, weighted by the density q(z | x = 1) of each."""
    error = Quantity("e", (z_t,), q_plus * a.left.subs(BY_SNR).subs(n_1, z_t - alpha_t))
    return At(error + QuantityAt(error, (z_t, -z_t)), UNIT)


denoised = opened(mean_two)
variance = Average(
    (x - Average(other, Outcomes(other, *WEIGHED), z_t)) ** 2, X, z_t
)  # other is bound within, as x is outside
AT_EQUAL = {omega: ONE, alpha_t: Rational(3, 5), sigma_t: Rational(6, 5)}

two_points = Claim(
    name="bayes.two_points",
    title=(
        "For x of 1 or -1 at odds omega, E[x | z_t] is tanh(alpha z/sigma^2 + log(omega)/2); for even odds and "
        "sigma = 1 the mmse is the mean of 1 - tanh(alpha^2 + alpha n)"
    ),
    kind="expectation",
    needs=("vdm.forward.marginal",),
    says=lambda a: (
        Equal(mean_two, a.mean),
        Equal(variance, a.var),
        Equal(Slope(Log(q_two), z_t), a.score),
        Equal(1 - At(mean_two, *FAR), a.left.subs(BY_SNR)),
        Equal(ERRORS, folded(a)),
        Equal(INFO, a.info.subs(BY_SNR)),
    ),
    answer=T,
    example={alpha_t: 4, sigma_t: 3, omega: 4, z_t: 1, n_1: 1},
    means="two points of symbolic odds omega; the mmse, pointwise in pairs of opposite z, for equal probabilities",
    convenience={
        "0 < alpha_t": "at alpha_t = 0 the mean is the prior mean",
        "0 < omega": "omega is the odds of two points; the formulas are analytic in omega, and hold beyond 0",
    },
    proof=(
        (
            by("Bayes' rule: a mean of the two points", opened(mean_two)),
            by("divide by the root of the product", sinh(tilt) / cosh(tilt)),
            by("a hyperbolic tangent", T.mean),
        ),
        (by("the variance of two points", opened(variance)), by("1 - tanh^2", T.var)),
        (by("the slope of the mixture's log-density", Slope(Log(q_two), z_t)), by("Tweedie's formula", T.score)),
        (
            by("1 - E[x | z] at x = 1, with equal probabilities", opened(1 - At(mean_two, *FAR))),
            by("the hyperbolic tangent at alpha z = v + sqrt(v) n", T.left.subs(BY_SNR)),
        ),
        (
            by("the squared errors at z and -z, twice q(z) (1 - E[x | z]^2)", opened(ERRORS)),
            by(
                "the term of each point is its density times 1 -+ E[x | z]",
                opened(SHARES),
            ),
            by("at x = 1, z/sigma = sqrt(v) + n, so alpha z/sigma^2 = v + sqrt(v) n", folded(T)),
        ),
        (
            by("log q(z | x)/q(z) at x = 1", INFO),
            by("2/(1 + exp(-2 alpha z/sigma^2))", T.info.subs(BY_SNR)),
        ),
    ),
    wrong={
        "regression": Wrong(
            T._replace(mean=alpha_t * z_t / (alpha_t**2 + sigma_t**2)),
            "it is the best linear denoiser, and the Bayes denoiser is not linear",
        ),
        "z/sigma in the tanh": Wrong(
            T._replace(mean=tanh(alpha_t * z_t / sigma_t + log(omega) / 2)),
            "it is too flat where sigma < 1, and too steep elsewhere",
        ),
        "log-odds not halved": Wrong(
            T._replace(mean=tanh(alpha_t * z_t / sigma_t**2 + log(omega))), "tanh takes half of the log-odds"
        ),
        "equal probabilities": Wrong(
            T._replace(mean=tanh(alpha_t * z_t / sigma_t**2)), "the odds of the prior are ignored"
        ),
        "z at its mean": Wrong(
            T._replace(left=1 - tanh(snr) + 0 * n_1), "the function at the mean noise stands for its mean"
        ),
        "log 2 alone": Wrong(
            T._replace(info=log(2) + 0 * n_1),
            "it is all the information on x, reached only as the SNR tends to infinity",
        ),
        "half the exponent": Wrong(
            T._replace(info=log(2) - log(1 + exp(-snr - sqrt(snr) * n_1))), "right for points at distance 1, not 2"
        ),
    },
    experiment=Experiment(
        process=(
            (x, Piecewise((1, u_0 < omega / (1 + omega)), (-1, True))),
            (z_t, alpha_t * x + sigma_t * n_1),
        ),
        normals=(n_1,),
        uniforms=(u_0,),
        at=AT_EQUAL,
        # the error of the best denoiser is uncorrelated with it: E (x - E[x | z])^2 = E x (x - E[x | z]), x^2 = 1
        checks=(
            Chance(x, lambda a: (1 + a.mean) / 2, given=(z_t,), weigh=tanh(z_t)),
            Mean(1 - x * denoised, lambda a: a.left.subs(snr, alpha_t**2 / sigma_t**2)),
            Mean(1 - x * denoised, lambda a: a.var),
        ),
        twins=("z at its mean",),
    ),
    trust=("an integral over the line is one over pairs z and -z",),
)

CLAIMS = (two_points,)
