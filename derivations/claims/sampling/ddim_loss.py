"""DDIM's theorem 1: the bound at every eta is a weighted noise-prediction loss, but not with the printed weight.

Each divergence is of two normals of variance Sigma. Their means differ by x - x-hat in the signal and, with the
opposite sign, in the noise that it implies in z_t. The appendix drops the second. The true weights are squares that are
never 0.
"""

from typing import NamedTuple

from sympy import Expr, Integer, sqrt

from derivations.calculus.ddim import SHARED, WHOLE, rest, tilde_var
from derivations.calculus.step import alpha_t as product
from derivations.calculus.step import sigma2_t
from derivations.claims.sampling.ddim import Q
from derivations.form.claim import Below, Claim, Wrong, by
from derivations.form.statement import Equal
from derivations.notation.laws import LawName, MeansApart
from derivations.notation.quantities import Quantity
from derivations.notation.values import At
from derivations.symbols import (
    alpha_s,
    alpha_t,
    alpha_ts,
    eps,
    eps_hat,
    s,
    sigma_s,
    sigma_t,
    sigma_ts,
    t,
    var,
    x,
    z_s,
    z_t,
)

shown = Quantity("x", (), (z_t - sigma_t * eps) / alpha_t)  # z_t = alpha_t x + sigma_t eps
shown_hat = Quantity("x_hat", (), (z_t - sigma_t * eps_hat) / alpha_t)
term = MeansApart(
    LawName(Q.mean.subs(x, shown), var, "q", z_s, z_t, x), LawName(Q.mean.subs(x, shown_hat), var, "p", z_s, z_t)
)
error = (eps - eps_hat) ** 2
ancestral = {**WHOLE, var: tilde_var}
ddpm = At(term, *ancestral.items())
snr_s, snr_t = Quantity("SNR", (s,), alpha_s**2 / sigma_s**2), Quantity("SNR", (t,), product**2 / sigma2_t)


class Weight(NamedTuple):
    """The weight of (eps - eps-hat)^2 in one term of the bound; at the posterior variance, half of SNR(s)/SNR(t) - 1.

    `apart`, a sum of positive terms, is the difference of the two squares in the bracket, so no weight is 0.
    """

    any: Expr
    ancestral: Expr
    apart: Expr


W = Weight(
    any=(alpha_s * sigma_t / alpha_t - rest) ** 2 / (2 * var),
    ancestral=sigma_ts**2 / (2 * alpha_ts**2 * sigma_s**2),
    apart=var + (sigma_ts / alpha_ts) ** 2,
)
seen, fresh = SHARED.Var(alpha_s / alpha_t * z_t), SHARED.Var(z_s, z_t)
squares = At(seen - (SHARED.Var(z_s) - fresh), *WHOLE.items())  # z_t scaled, less what it shows of z_s


theorem = Claim(
    name="ddim.theorem1",
    title="DDIM's bound weights (eps - eps-hat)^2 by (alpha_s sigma_t/alpha_t - sqrt(sigma_s^2 - Sigma))^2/(2 Sigma)",
    kind="refuted",
    needs=("ddim.marginal", "vdm.kl.equal_variance", "vdm.param.eps"),
    refutes="a term of DDIM's bound weights (eps - eps-hat)^2 by 1/(2 Sigma alpha_t^2)",
    printed_in=("ddim2021 App. B (v), App. B (vi)",),
    printed=Equal(term, error / (2 * var * alpha_t**2)),
    printed_at={
        alpha_s: Integer(4),
        sigma_s: Integer(5),
        alpha_t: Integer(2),
        sigma_t: Integer(7),
        var: Integer(9),
        eps: Integer(2),
        eps_hat: Integer(1),
        z_t: Integer(1),
    },
    says=lambda a: (
        Equal(term, a.any * error),
        Equal(ddpm, a.ancestral * error),
        Equal((snr_s / snr_t - 1) / 2, a.ancestral),
        Equal(squares, a.apart),
    ),
    answer=W,
    given=(Below(var, sigma_s**2),),
    example={
        alpha_s: 4,
        sigma_s: 5,
        alpha_t: 2,
        sigma_t: 7,
        var: 9,
        alpha_ts: 2,
        sigma_ts: 1,
        eps: 2,
        eps_hat: 1,
        z_t: 1,
    },
    convenience={
        "0 < alpha_s": "the identity of the means holds for a signal of any size",
        "0 < sigma_ts": "at sigma_ts = 0 the term is 0/0",
        "0 < sigma_t": "only products with it occur",
    },
    proof=(
        (
            by(
                "half the squared distance of the means, over Sigma",
                (Q.mean.subs(x, shown) - Q.mean.subs(x, shown_hat)) ** 2 / (2 * var),
                eq="ddim2021 (7), (9)",
            ),
            by("x - x-hat = -sigma_t (eps - eps-hat)/alpha_t", W.any * error),
        ),
        (
            by("the same at the posterior variance", ddpm),
            by(
                "sqrt(sigma_s^2 - Sigma) = alpha_ts sigma_s^2/sigma_t, which gives DDPM's weight",
                W.ancestral * error,
                eq="ddpm2020 (12)",
            ),
        ),
        (
            by("half of SNR(s)/SNR(t) - 1", (snr_s / snr_t - 1) / 2),
            by("sigma_t^2 = sigma_ts^2 + alpha_ts^2 sigma_s^2", W.ancestral),
        ),
        (
            by("(alpha_s sigma_t/alpha_t)^2 - (sigma_s^2 - Sigma)", squares),
            by("alpha_s/alpha_t = 1/alpha_ts; both terms are positive", W.apart),
        ),
    ),
    wrong={
        "as printed": Wrong(
            W._replace(any=1 / (2 * var * alpha_t**2)),
            "x-hat also occurs in the noise direction, and alpha_s sigma_t is lost",
            ("ddim2021 App. B (v), App. B (vi)",),
        ),
        "factor 1 for the data": Wrong(
            W._replace(any=(sigma_t / alpha_t) ** 2 / (2 * var)),
            "the mean contains x by the factor alpha_s - alpha_t sqrt(sigma_s^2 - Sigma)/sigma_t",
            ("ddim2021 App. B (iv), App. B (v)",),
        ),
        "the direction left out": Wrong(
            W._replace(any=(alpha_s * sigma_t / alpha_t) ** 2 / (2 * var)),
            "the second occurrence of x-hat in the mean is ignored",
        ),
        "the direction added": Wrong(
            W._replace(any=(alpha_s * sigma_t / alpha_t + rest) ** 2 / (2 * var)),
            "the noise falls as the signal rises, so the terms have opposite signs",
        ),
        "the step left out of the bracket": Wrong(
            W._replace(apart=var), "the bracket would vanish with Sigma, and DDIM's step at eta = 0 would have no loss"
        ),
        "no half": Wrong(W._replace(any=2 * W.any), "a squared distance stands for a divergence"),
        "root for the square": Wrong(
            W._replace(any=sqrt(2 * var) * W.any), "it is divided by a standard deviation, not by a variance"
        ),
    },
    means="one term of the bound, any step and variance; one coordinate (gauss.isotropic.reduction)",
)

CLAIMS = (theorem,)
