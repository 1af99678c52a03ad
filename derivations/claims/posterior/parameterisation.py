"""What a network may predict: x, eps or the score, and the conversions between them.

All follow from z_t = alpha_t x + sigma_t eps:

    eps = (z - alpha x)/sigma,    score = grad log q(z | x) = -eps/sigma.

The score of the marginal q(z) is the mean of these given z. So the conversions hold between the
*predictions* of one optimal network, but not between its score and the true noise of a sample.
"""

from typing import NamedTuple

from sympy import Expr, Integer, sqrt

from derivations.calculus.step import FORWARD, sigma2_t
from derivations.calculus.step import alpha_t as product
from derivations.claims.posterior.bayes import NEEDS
from derivations.form.claim import Claim, Wrong, by
from derivations.form.statement import Equal
from derivations.notation.process import Process
from derivations.notation.quantities import Quantity
from derivations.notation.steps import Drawn
from derivations.symbols import (
    alpha_s,
    alpha_t,
    alpha_ts,
    c,
    eps,
    n_0,
    n_1,
    n_2,
    score,
    sigma_s,
    sigma_t,
    sigma_ts,
    x,
    z_t,
)

# One latent, made in two steps: its noise in one piece
one_noise = (alpha_ts * sigma_s * n_1 + sigma_ts * n_2) / sqrt(sigma2_t)
IN_ONE = Process(*FORWARD.steps, (eps, one_noise), noise=FORWARD.noise, data=FORWARD.data)
drawn_eps = Drawn(IN_ONE, eps)
NAMES = {alpha_t: Quantity("alpha_t", (), product), sigma_t: sqrt(sigma2_t)}
MADE = {z_t: Drawn(IN_ONE, z_t), eps: drawn_eps} | NAMES
PROCESS = {alpha_s: 4, sigma_s: 3, alpha_ts: 2, sigma_ts: 1}
HERE = PROCESS | dict.fromkeys((x, eps, n_1, n_2), Integer(1))


class Noise(NamedTuple):
    """eps from (z_t, x), and x from (z_t, eps)."""

    eps: Expr
    x: Expr

    def made(self) -> "Noise":
        """Return both at the latent as the process makes it."""
        return Noise(self.eps.xreplace(MADE), self.x.xreplace(MADE))


E = Noise(eps=(z_t - alpha_t * x) / sigma_t, x=(z_t - sigma_t * eps) / alpha_t)

noise = Claim(
    name="vdm.param.eps",
    title="The noise in z_t is eps = (z_t - alpha_t x)/sigma_t, of variance 1, and x = (z_t - sigma_t eps)/alpha_t",
    kind="equality",
    needs=NEEDS,
    says=lambda a: (
        Equal(drawn_eps, a.made().eps),
        Equal(Drawn(IN_ONE, x), a.made().x),
        Equal(IN_ONE.Var(a.eps.xreplace(NAMES)), Integer(1)),
    ),
    answer=E,
    example=HERE,
    convenience={
        "0 < sigma_s": "if one step is noiseless, the noise of the other remains",
        "0 < sigma_ts": "if one step is noiseless, the noise of the other remains",
        "0 < alpha_s": "without signal z_t does not determine x; with z_t written out in x, the division cancels",
        "0 < alpha_ts": "without signal z_t does not determine x; with z_t written out in x, the division cancels",
    },
    proof=(
        (
            by("the noise of both steps, in units of sigma_t", drawn_eps),
            by("z_t minus its mean alpha_t x", E.made().eps, eq="vdm2021 (30)"),
        ),
        (
            by("the data", Drawn(IN_ONE, x)),
            by("z_t minus its noise, in units of alpha_t", E.made().x, eq="vdm2021 (10); ddpm2020 (15)"),
        ),
        (
            by("z_t minus its mean, in units of sigma_t", IN_ONE.Var(E.eps.xreplace(NAMES))),
            by("variances add", (alpha_ts**2 * sigma_s**2 + sigma_ts**2) / sigma2_t),
            by("eps is standard normal", Integer(1)),
        ),
    ),
    wrong={
        "x divided by sigma_t": Wrong(
            E._replace(x=(z_t - sigma_t * eps) / sigma_t),
            "alpha_t is taken for sqrt(1 - alpha_t^2)",
            ("vdm-colab alpha from b",),
        ),
        "x not divided by alpha_t": Wrong(E._replace(x=z_t - sigma_t * eps), "right only for variance-exploding paths"),
        "sigma_t^2 for sigma_t": Wrong(
            Noise((z_t - alpha_t * x) / sigma_t**2, (z_t - sigma_t**2 * eps) / alpha_t),
            "the variance scales the noise, not its root",
        ),
        "eps added": Wrong(E._replace(x=(z_t + sigma_t * eps) / alpha_t), "the noise is doubled"),
        "the latent before, for x": Wrong(
            E._replace(x=(z_t - sigma_ts * eps) / alpha_ts),
            "x-hat is taken for a prediction of x_{t-1}, not of x_0",
            ("web a public study note",),
        ),
    },
)

grad = FORWARD.score(z_t)
drawn_grad = Drawn(IN_ONE, grad)

# Gaussian data of variance c: the score of the marginal, and what is known of x at z_t
ON_NORMAL_DATA = Process((x, sqrt(c) * n_0), *FORWARD.steps, noise=(n_0, *FORWARD.noise))
marginal = ON_NORMAL_DATA.score(z_t)
seen = ON_NORMAL_DATA.E(x, z_t)
seen_eps = E.eps.xreplace(NAMES | {x: seen})


class Score(NamedTuple):
    """The score of q(z_t | x) by (z_t, x) and by eps, and eps by the score."""

    by_x: Expr
    by_eps: Expr
    eps: Expr


S = Score(by_x=(alpha_t * x - z_t) / sigma_t**2, by_eps=-eps / sigma_t, eps=-sigma_t * score)

scored = Claim(
    name="vdm.param.score",
    title=(
        "grad log q(z_t | x) = (alpha_t x - z_t)/sigma_t^2, which is minus eps/sigma_t; for N(0, c) data, its mean "
        "given z_t is grad log q(z_t)"
    ),
    kind="equality",
    needs=("vdm.param.eps",),
    says=lambda a: (
        Equal(grad, a.by_x.xreplace(NAMES)),
        Equal(drawn_grad, a.by_eps.xreplace(MADE)),
        Equal(drawn_eps, a.eps.xreplace(MADE | {score: drawn_grad})),
        Equal(marginal, a.by_x.xreplace(NAMES | {x: seen})),
        Equal(marginal, a.by_eps.xreplace(NAMES | {eps: seen_eps})),
    ),
    answer=S,
    example=HERE | {z_t: Integer(1), c: Integer(1)},
    convenience={
        "0 < alpha_s": "the score is -eps/sigma_t at any scale",
        "0 < alpha_ts": "the score is -eps/sigma_t at any scale",
        "0 < sigma_s": "if one step is noiseless, the noise of the other remains",
        "0 < sigma_ts": "if one step is noiseless, the noise of the other remains",
        "0 < c": "c = 0 is data at one point, 0",
    },
    proof=(
        (
            by("the slope of a normal log-density", grad),
            by("differentiate the square", S.by_x.xreplace(NAMES), eq="vdm2021 (31)"),
        ),
        (
            by("at z_t as the process makes it", drawn_grad),
            by("alpha_t x - z_t is minus its noise", S.by_eps.xreplace(MADE), eq="vdm2021 (31)"),
        ),
        (
            by("the noise of both steps, in units of sigma_t", drawn_eps),
            by("minus sigma_t times the score", S.eps.xreplace(MADE | {score: drawn_grad})),
        ),
        (
            by("the slope of log N(0, alpha_t^2 c + sigma_t^2)", marginal),
            by(
                "Tweedie's formula for Gaussian data",
                S.by_x.xreplace(NAMES | {x: seen}),
                eq="luo2022 (133)",
            ),
        ),
        (
            by("the slope of log N(0, alpha_t^2 c + sigma_t^2)", marginal),
            by(
                "the mean of the noise, given z_t",
                S.by_eps.xreplace(NAMES | {eps: seen_eps}),
                eq="luo2022 (149)-(151)",
            ),
        ),
    ),
    wrong={
        "sign": Wrong(Score(-S.by_x, -S.by_eps, -S.eps), "steps away from the data", ("sde2021 App. F (iii)",)),
        "sigma_t for sigma_t^2": Wrong(S._replace(by_x=(alpha_t * x - z_t) / sigma_t), "that is -eps, not the score"),
        "sigma_t^2 for sigma_t": Wrong(S._replace(by_eps=-eps / sigma_t**2), "the score is divided by sigma_t twice"),
        "alpha_t dropped": Wrong(S._replace(by_x=(x - z_t) / sigma_t**2), "right only for variance-exploding paths"),
    },
    means="symbolic parameters; the marginal, for Gaussian data of symbolic variance",
)

CLAIMS = (noise, scored)
