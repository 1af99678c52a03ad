"""Bayes-optimal denoising of Gaussian data N(m, c): regression on z_t.

It gives E[x | z_t], and with it eps_hat and the score, and Var(x | z_t) = c/(1 + c SNR).
"""

from typing import NamedTuple

from sympy import Expr, sqrt

from derivations.form.claim import Claim, Wrong, by
from derivations.form.experiment import Experiment, Residual
from derivations.form.law import Law, Weighed
from derivations.form.statement import Equal
from derivations.notation.laws import log_law
from derivations.notation.process import Process
from derivations.notation.quantities import Quantity
from derivations.probability.gaussian import Normal
from derivations.symbols import alpha_t, c, mu_1, n_0, n_1, sigma_t, x, z_t

NOISE = (n_0, n_1)
data = mu_1 + sqrt(c) * n_0
MADE = Process((x, data), (z_t, alpha_t * x + sigma_t * n_1), noise=NOISE)
OF_X = Process((z_t, alpha_t * x + sigma_t * n_1), noise=(n_1,), data=(x,))
by_bayes = Weighed(MADE.law(x), OF_X.log_q(z_t), MADE.log_q(z_t), on=(z_t,))
seen = MADE.E(x, z_t)
eps_hat = Quantity("eps_hat", (z_t,), (z_t - alpha_t * seen) / sigma_t)
score = MADE.score(z_t)
total = alpha_t**2 * c + sigma_t**2


class Denoiser(NamedTuple):
    """Mean and variance of x given z_t; mean of the noise given z_t; score of z_t."""

    mean: Expr
    var: Expr
    eps: Expr
    score: Expr


D = Denoiser(
    mean=mu_1 + alpha_t * c / total * (z_t - alpha_t * mu_1),
    var=c * sigma_t**2 / total,
    eps=sigma_t / total * (z_t - alpha_t * mu_1),
    score=-(z_t - alpha_t * mu_1) / total,
)

bayes = MADE.log_q(x) + OF_X.log_q(z_t) - MADE.log_q(z_t)

gaussian = Claim(
    name="bayes.gaussian",
    title="For data N(mu, c), E[x | z_t] = mu + alpha c (z_t - alpha mu)/(alpha^2 c + sigma^2)",
    kind="law",
    needs=("vdm.forward.marginal",),
    says=lambda d: (
        Law(x, by_bayes, Normal(d.mean, d.var)),
        Equal(eps_hat, d.eps),
        Equal(score, d.score),
    ),
    answer=D,
    example={alpha_t: 4, sigma_t: 3, c: 1, mu_1: 2, x: 1, z_t: 1},
    means="linear-Gaussian model, symbolic mean and variance; one coordinate (gauss.isotropic.conditioning)",
    convenience={"0 < alpha_t": "at alpha_t = 0, z_t carries no information, and the mean is m"},
    proof=(
        (
            by("Bayes' rule: log q(x) + log q(z_t | x) - log q(z_t)", bayes),
            by("complete the square in x", log_law(Normal(seen, D.var), x)),
            by("cov(x, z_t) = alpha c", log_law(Normal(D.mean, D.var), x)),
        ),
        (
            by("the mean of the noise (z_t - alpha x)/sigma", eps_hat),
            by("put E[x | z_t] in, and collect z_t - alpha m", D.eps),
        ),
        (by("the slope of the marginal's log-density", score), by("its variance is alpha^2 c + sigma^2", D.score)),
    ),
    wrong={
        "mean left out": Wrong(
            D._replace(mean=alpha_t * c / total * z_t), "it shrinks to 0, not to the mean of the data"
        ),
        "not shrunk": Wrong(D._replace(mean=z_t / alpha_t), "its error is 1/SNR, larger than Var(x | z_t)"),
        "a sample's score": Wrong(
            D._replace(score=-(z_t - alpha_t * mu_1) / sigma_t**2),
            "it is the score of q(z_t | x) at x = m, not of the marginal",
        ),
        "the error of eps": Wrong(D._replace(var=alpha_t**2 * c / total), "the error of eps is SNR times that of x"),
        "sign of eps": Wrong(D._replace(eps=-D.eps), "eps_hat is -sigma times the score, not sigma times"),
    },
    experiment=Experiment(
        process=((x, data), (z_t, alpha_t * x + sigma_t * n_1)),
        normals=NOISE,
        checks=(Residual(x, lambda d: Normal(d.mean, d.var), given=(z_t,)),),
        twins=("mean left out", "not shrunk", "the error of eps"),
    ),
)

CLAIMS = (gaussian,)
