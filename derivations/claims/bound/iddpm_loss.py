"""One term of the bound with improved DDPM's learned variance, and its slope in what the network says of the variance.

With Sigma = exp(v log beta + (1 - v) log beta-tilde) the ratio beta-tilde/Sigma is (beta-tilde/beta)^v. The hybrid loss
holds the mean fixed in this term, so it teaches v alone; the slope in v vanishes where Sigma is beta-tilde plus the
square of what the mean misses.
"""

from typing import NamedTuple

from sympy import Expr, Rational, exp, log

from derivations.calculus.divergence import closed, divergence
from derivations.form.claim import Claim, Wrong, by
from derivations.form.statement import Equal
from derivations.notation.laws import Divergence, LawName
from derivations.notation.quantities import Quantity, Slope
from derivations.probability.gaussian import Normal
from derivations.symbols import beta, beta_tilde, mu_1, mu_hat, n_1, v_mix, x_0, x_s, x_t


class Term(NamedTuple):
    """weight (mu_1 - mu_hat)^2 + constant, and the slope of both in v."""

    weight: Expr
    constant: Expr
    slope: Expr


MIXED = exp(v_mix * log(beta) + (1 - v_mix) * log(beta_tilde))
SIGMA = Quantity("Sigma_theta", (x_t,), MIXED)
q_t, p_t = Normal(mu_1, beta_tilde), Normal(mu_hat, SIGMA)
KL = Divergence(LawName(*q_t, "q", x_s, x_t, x_0), LawName(*p_t, "p", x_s, x_t), n_1)
RATIO, LONG = (beta_tilde / beta) ** v_mix, log(beta / beta_tilde)
MISSED = (mu_1 - mu_hat) ** 2
A = Term(
    weight=RATIO / (2 * beta_tilde),
    constant=(RATIO - 1 + v_mix * LONG) / 2,
    slope=LONG / 2 * (1 - RATIO * (1 + MISSED / beta_tilde)),
)

loss = Claim(
    name="iddpm.loss",
    title=(
        "With the learned variance a term of the bound is (r - 1 - log r)/2 + r (mu_1 - mu_hat)^2/(2 beta-tilde),"
        " r = (beta-tilde/beta)^v_mix"
    ),
    kind="expectation",
    needs=("kl.gauss", "iddpm.variance", "ddpm.loss.mu"),
    says=lambda a: (
        Equal(KL, a.weight * MISSED + a.constant),
        Equal(Slope(KL, v_mix), a.slope),
    ),
    answer=A,
    example={beta: 4, beta_tilde: 1, v_mix: Rational(1, 2), mu_1: 0, mu_hat: 1},
    convenience={"0 < v_mix": "v = 0 is beta-tilde itself; the network's v is between 0 and 1"},
    proof=(
        (
            by("q(x_{t-1} | x_t, x_0) against N(mu_theta, Sigma_theta)", divergence(q_t, p_t), eq="iddpm2021 (6)"),
            by("kl.gauss", closed(q_t, p_t)),
            by("beta-tilde/Sigma is (beta-tilde/beta)^v", A.weight * MISSED + A.constant, eq="iddpm2021 (15)"),
        ),
        (
            by("the slope of the term in v, the mean held", Slope(KL, v_mix)),
            by("Sigma has the slope Sigma log(beta/beta-tilde)", A.slope),
        ),
    ),
    wrong={
        "constant left out": Wrong(A._replace(constant=RATIO * 0), "the bound comes out too low unless v = 0"),
        "the weight of beta-tilde": Wrong(
            A._replace(weight=1 / (2 * beta_tilde)), "the squared error is divided by Sigma, not by beta-tilde"
        ),
        "the interpolation linear": Wrong(
            A._replace(weight=1 / (2 * (v_mix * beta + (1 - v_mix) * beta_tilde))),
            "the network's v mixes logarithms, not variances",
        ),
        "the sign of v": Wrong(
            A._replace(constant=(RATIO - 1 - v_mix * LONG) / 2), "the constant is negative for small v"
        ),
        "the slope without the error": Wrong(
            A._replace(slope=LONG / 2 * (1 - RATIO)), "v is then never raised for the mean's error"
        ),
    },
)

CLAIMS = (loss,)
