"""A weighted loss as a mixture of bounds (Kingma and Gao, theorem 1).

L(t), the diffusion loss from t to 1 and the prior loss, falls at the rate gamma'/2 E (eps - eps_hat)^2. So the
integrand of the weighted loss is -w L' = w' L - (w L)'. Where w rises in t (falls in log SNR) that is a mixture
of L(t) over t, with an atom of w at t = 0. Min-SNR's weight of eps, where nothing is clipped, is w = 2/gamma':
under cosine, and with a clip of at least 1, it falls in t where log SNR < 0.
"""

from typing import NamedTuple

from sympy import Expr, Integral, S, cosh, exp, pi, tanh

from derivations.claims.invariance.continuous import FTC, L, chain_rule, left_by, linear
from derivations.claims.invariance.forms import W as SIMPLE
from derivations.claims.schedules.learned import sigmoid
from derivations.claims.training.min_snr import WEIGHTED, x_hat_of_eps
from derivations.form.claim import Claim, Wrong, by
from derivations.form.statement import Below, Equal
from derivations.notation.losses import SquaredError
from derivations.notation.quantities import Quantity, Slope
from derivations.notation.slopes import SlopeAt, SlopeBy
from derivations.notation.values import QuantityAt

# isort: off
from derivations.symbols import (
    alpha_t, bias, c, dalpha, dgamma_t, dsigma, dw, eps, eps_hat, gamma_0, gamma_1, gamma_t, below, lam, loss,
    sigma_t, t, weight, x,
)  # fmt: skip


# Any weight and any squared error: L(t) falls at half the error times -SNR'
SQUARE = SquaredError(x, x_hat_of_eps)
falls = SlopeBy(weight * loss, t, (weight, dw), (loss, chain_rule(SQUARE) / 2))  # (w L)'

# N(0, c) data, their regression on z_t, a linear gamma and the sigmoid weight
gamma = Quantity("gamma_lin", (t,), linear.body)  # gamma(t) is that of any path
lost = -Slope(exp(-gamma), t) / 2 * left_by(gamma)  # -L'
LOSS = Quantity("L", (t,), loss + L.value.subs(gamma_0, gamma))  # the prior's, and the loss from t on
WEIGHT = Quantity("w", (t,), sigmoid(bias + gamma))
rising = SlopeBy(Quantity("w", (gamma_t,), sigmoid(bias + gamma_t)), t, (gamma_t, dgamma_t))
in_lam = SlopeAt(Quantity("w_cos", (lam,), SIMPLE.cosine), lam, -below)


class Mixture(NamedTuple):
    """The integrand over t; the weights of L(0) and L(1); slopes of sigmoid's w in t and of Min-SNR's in log SNR."""

    inner: Expr
    start: Expr
    end: Expr
    sigmoid: Expr
    min_snr: Expr

    def at(self, field: Expr, time: Expr) -> Expr:
        """A field at a time, of the example."""
        if time == t:
            return field.subs({dw: Slope(WEIGHT, t), weight: WEIGHT, loss: LOSS}, simultaneous=True)
        return field.subs({weight: QuantityAt(WEIGHT, (t, time)), loss: QuantityAt(LOSS, (t, time))}, simultaneous=True)


M = Mixture(
    inner=dw * loss,
    start=weight,
    end=-weight,
    sigmoid=dgamma_t * sigmoid(bias + gamma_t) * sigmoid(-bias - gamma_t),
    min_snr=tanh(below / 2) / (2 * pi * cosh(below / 2)),
)


def says_mixture(a: Mixture) -> tuple[Equal | Below, ...]:
    """State the mixture in general; its ends for the example; a w that rises in t, and one that rises in log SNR."""
    return (
        Equal(falls, a.inner - WEIGHTED.over_t),
        Equal(
            Integral(WEIGHT * lost - a.at(a.inner, t), (t, 0, 1)),
            a.at(a.start * loss, S.Zero) + a.at(a.end * loss, S.One),
        ),
        Equal(rising, a.sigmoid),
        Below(S.Zero, rising),
        Equal(in_lam, a.min_snr),
        Below(S.Zero, in_lam),
    )


SAYS = says_mixture(M)

weighted_bound = Claim(
    name="vdm.loss.weighted.elbo",
    title=(
        "A weighted loss is the integral of w' L over t, plus w(0) L(0) and less w(1) L(1), L(t) the bound from t "
        "on: a mixture where w rises"
    ),
    kind="equality",
    needs=("vdm.loss.weighted", "vdm.loss.continuous.eps", "vdm.loss.weighted.simple"),
    says=says_mixture,
    answer=M,
    example={
        alpha_t: 1,
        sigma_t: 1,
        dalpha: -1,
        dsigma: 1,
        x: 1,
        eps: 1,
        eps_hat: -1,
        weight: 1,
        dw: 1,
        loss: 1,
        c: 1,
        gamma_0: -2,
        gamma_1: 2,
        gamma_t: 0,
        dgamma_t: 4,
        bias: 1,
        below: 1,
    },
    convenience={
        "0 < alpha_t": "alpha_t occurs only through its logarithmic slope and as a factor of x",
        "0 < w_t": "the identities hold for any weight; a negative one makes no loss",
        "0 < loss": "both sides are linear in L",
        "0 < c": "c is the variance of the data; at c = 0 they are one point, and the loss is 0",
    },
    proof=(
        (
            by("(w L)', by the product rule and the chain rule", SAYS[0][0]),
            by(
                "w' L minus w times the integrand of the bound",
                SAYS[0][1],
                eq="kg2023 section 4 (ii)",
            ),
        ),
        (
            by("the weighted loss minus the mixture", SAYS[1][0]),
            by("the integrand is -(w L)'", SAYS[1][1], primitive=-WEIGHT * LOSS),
        ),
        (by("w = S(b - lambda), lambda = -gamma", SAYS[2][0]), by("S' = S (1 - S)", M.sigmoid)),
        (
            by("zero", S.Zero),
            by("a product of positive factors", M.sigmoid, more=M.sigmoid),
            by("the slope of w", rising),
        ),
        (by("sech(lambda/2)/pi at lambda = -below", SAYS[4][0]), by("differentiate", M.min_snr)),
        (
            by("zero", S.Zero),
            by("a product of positive factors", M.min_snr, more=M.min_snr),
            by("the slope of w", in_lam),
        ),
    ),
    wrong={
        "ends with the other signs": Wrong(M._replace(start=-M.start, end=-M.end), "for w = 1 it is minus the bound"),
        "ends dropped": Wrong(
            M._replace(start=S.Zero, end=S.Zero), "for w = 1 it is 0, as the atom at t = 0 is the bound itself"
        ),
        "prior's end dropped": Wrong(
            M._replace(end=S.Zero), "w(1) L(1) is constant for the network, but not for a learned schedule"
        ),
        "w for its slope": Wrong(
            M._replace(inner=weight * loss), "bounds are averaged with weight w', which is 0 for the bound itself"
        ),
        "density of lambda for that of t": Wrong(
            M._replace(sigmoid=M.sigmoid / dgamma_t), "noise levels are drawn as if gamma' were 1"
        ),
        "any weight is a mixture": Wrong(
            M._replace(min_snr=-M.min_snr),
            "Min-SNR's w falls in t where lambda < 0: bounds get negative weights, and no bound is optimised",
            ("web a saying that Min-SNR and P2 and EDM are bounds with augmentation",),
        ),
    },
    trust=(
        FTC,
        "L(t) is KL(q(z_t..1 | x) || p(z_t..1)): up to the entropy of q(z_t | x), a bound for data noised to t",
    ),
    means="pointwise, for any path, weight and error, the slope of F; the ends for Gaussian data and a sigmoid weight",
)

CLAIMS = (weighted_bound,)
