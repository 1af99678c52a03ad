"""The continuous loss in terms of the score, and without its weight.

The loss 1/2 int w(lambda) E (eps - eps_hat)^2 dlambda over log-SNR lambda is the bound where w = 1. The unweighted loss
at uniform t has w = 2/gamma', since dt = dlambda/gamma'.
"""

from typing import NamedTuple

from sympy import Expr, Integer, Rational, cos, cosh, log, pi, sin, sqrt

from derivations.calculus.along import gamma_slope, slope, snr_slope
from derivations.claims.forward.sde import FALLS
from derivations.form.claim import Below, Claim, Wrong, by
from derivations.form.statement import Equal
from derivations.notation.losses import SquaredError
from derivations.notation.process import Process
from derivations.notation.quantities import Quantity, Slope

# isort: off
from derivations.symbols import (
    alpha_t, dalpha, dgamma, dsigma, eps, eps_hat, lam, n_1, score_hat, sigma_t,
    t, x, z_t,
)  # fmt: skip


# -- in terms of the score ------------------------------------------------------------------------

g2 = slope(sigma_t**2) - 2 * sigma_t**2 * slope(log(alpha_t))
g_squared = Quantity("g^2", (t,), g2)  # of the forward SDE
NOISY = Process((z_t, alpha_t * x + sigma_t * n_1), noise=(n_1,), data=(x,))
score = NOISY.score(z_t)
made_z = alpha_t * x + sigma_t * eps
x_hat_of_score = Quantity("x_hat", (), (made_z + sigma_t**2 * score_hat) / alpha_t)
loss_in_x = -snr_slope / 2 * SquaredError(x, x_hat_of_score)


class InScore(NamedTuple):
    """g^2, the score of q(z_t | x), and the integrand of the loss."""

    g2: Expr
    score: Expr
    integrand: Expr


S = InScore(
    g2=sigma_t**2 * dgamma,
    score=-eps / sigma_t,
    integrand=sigma_t**2 * dgamma / 2 * (score_hat + eps / sigma_t) ** 2,
)

in_score = Claim(
    name="vdm.loss.score",
    title="In terms of the score, the continuous loss weights the squared error of the score by half of g^2(t)",
    kind="equality",
    needs=("vdm.forward.sde", "vdm.param.score", "vdm.loss.continuous.eps"),
    says=lambda a: (
        Equal(g_squared, a.g2.subs(dgamma, gamma_slope)),
        Equal(score, a.score.subs(eps, (z_t - alpha_t * x) / sigma_t)),
        Equal(loss_in_x, a.integrand.subs(dgamma, gamma_slope)),
    ),
    answer=S,
    given=(FALLS,),
    example={alpha_t: 1, sigma_t: 1, dalpha: -1, dsigma: 1, x: 1, eps: 1, score_hat: 1, z_t: 1},
    convenience={
        "0 < alpha_t": "alpha_t occurs only through its logarithmic slope",
        FALLS.text: "where the SNR rises there is no forward SDE, but the identities hold",
    },
    proof=(
        (
            by("g^2 of the forward SDE", g2, eq="vdm2021 (37)"),
            by("gamma = log(sigma^2/alpha^2)", S.g2.subs(dgamma, gamma_slope)),
        ),
        (
            by("the slope of log N(alpha_t x, sigma_t^2) at z_t", score),
            by("z_t - alpha_t x = sigma_t eps", S.score.subs(eps, (z_t - alpha_t * x) / sigma_t)),
        ),
        (
            by("the loss in x", loss_in_x, eq="vdm2021 (16)"),
            by(
                "x - x_hat = -(sigma^2/alpha)(s_hat + eps/sigma)",
                -snr_slope * sigma_t**4 / alpha_t**2 / 2 * (score_hat + eps / sigma_t) ** 2,
            ),
            by("-SNR' = gamma' SNR", S.integrand.subs(dgamma, gamma_slope)),
        ),
    ),
    wrong={
        "g for its square": Wrong(
            S._replace(g2=sigma_t * sqrt(dgamma), integrand=S.integrand / sigma_t / sqrt(dgamma)), "the weight is g/2"
        ),
        "the half dropped": Wrong(S._replace(integrand=2 * S.integrand), "twice the bound"),
        "sigma^2 as the weight": Wrong(
            S._replace(integrand=sigma_t**2 / 2 * (score_hat + eps / sigma_t) ** 2), "it is the unweighted loss of eps"
        ),
        "eps for the score": Wrong(S._replace(score=eps / sigma_t), "samples move away from the data"),
    },
    means="pointwise, for any alpha and sigma",
)

# -- without its weight ---------------------------------------------------------------------------

angle = pi * t / 2
cosine = Quantity("lambda_cos", (t,), 2 * log(cos(angle) / sin(angle)))  # log SNR where alpha = cos(pi t/2)
straight = Quantity("lambda_line", (t,), 2 * log((1 - t) / t))  # ... where alpha = 1 - t, sigma = t


def uniform(lam_t: Expr) -> Expr:
    """The weight w = 2/gamma' of the loss at a uniform t, gamma = -lambda."""
    return 2 / -Slope(lam_t, t)


class Weight(NamedTuple):
    """w of the loss 1/2 int w E (eps - eps_hat)^2 dlambda: in general, for cosine, on the straight path."""

    general: Expr
    cosine: Expr
    straight: Expr


W = Weight(2 / dgamma, 1 / (pi * cosh(lam / 2)), 1 / (4 * cosh(lam / 4) ** 2))

x_hat_of_eps = Quantity("x_hat", (), (made_z - sigma_t * eps_hat) / alpha_t)
bound = -snr_slope / 2 * SquaredError(x, x_hat_of_eps)  # the integrand of the bound, over t
unweighted = SquaredError(eps, eps_hat)

simple = Claim(
    name="vdm.loss.weighted.simple",
    title=(
        "Unweighted (eps - eps_hat)^2 at uniform t is the loss with the weight two over gamma', for cosine the "
        "hyperbolic secant of half lambda, over pi"
    ),
    kind="equality",
    needs=("vdm.loss.continuous.eps", "schedule.cosine", "path.rectified"),
    says=lambda a: (
        Equal(unweighted, a.general.subs(dgamma, gamma_slope) * bound),
        Equal(uniform(cosine), a.cosine.subs(lam, cosine)),
        Equal(uniform(straight), a.straight.subs(lam, straight)),
    ),
    answer=W,
    given=(Below(t, Integer(1)), Below(dalpha * sigma_t, alpha_t * dsigma)),
    example={alpha_t: 1, sigma_t: 1, dalpha: -1, dsigma: 1, x: 1, eps: 1, eps_hat: -1, t: Rational(1, 3)},
    convenience={
        "dalpha sigma_t < dsigma alpha_t": "gamma rises; the identities also hold where it falls, but not where flat",
        "0 < alpha_t": "alpha_t occurs only through its logarithmic slope and as a factor of x",
        "0 < sigma_t": "the powers of sigma_t cancel",
        "0 < t": "at t = 0, gamma is infinite, but the weights have limits",
        "t < 1": "at t = 1, gamma is infinite, and beyond it log SNR is undefined, but the weights are defined",
    },
    proof=(
        (
            by("uniform t, no weight", unweighted, eq="ddpm2020 (14)"),
            by("the bound has gamma'/2", 2 / gamma_slope * gamma_slope / 2 * (eps - eps_hat) ** 2, eq="vdm2021 (17)"),
            by("the integrand of the bound", W.general.subs(dgamma, gamma_slope) * bound),
        ),
        (
            by("w = 2/gamma', gamma = -lambda", uniform(cosine)),
            by("gamma = 2 log tan(pi t/2)", 2 * sin(angle) * cos(angle) / pi),
            by("2 sin cos = 2/(tan + cot)", W.cosine.subs(lam, cosine)),
        ),
        (
            by("w = 2/gamma', gamma = -lambda", uniform(straight)),
            by("gamma = 2 log(t/(1 - t))", t * (1 - t)),
            by("t = 1/(1 + exp(lambda/2))", W.straight.subs(lam, straight)),
        ),
    ),
    wrong={
        "gamma' for its inverse": Wrong(
            W._replace(general=2 * dgamma), "the weight is large where the schedule is fast"
        ),
        "no weight is the bound": Wrong(W._replace(general=Integer(1)), "L_simple is reported as a likelihood"),
        "sech of lambda": Wrong(W._replace(cosine=1 / (pi * cosh(lam))), "the weight is too narrow"),
        "the density of lambda": Wrong(
            W._replace(cosine=W.cosine / 2),
            "sech(lambda/2)/(2 pi) is the density of lambda at uniform t, right for a loss without the 1/2",
        ),
    },
    means="pointwise, for any alpha and sigma; two schedules",
)

CLAIMS = (in_score, simple)
