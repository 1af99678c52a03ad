"""Weighted losses, and Min-SNR's weights as one of them.

A weighted loss is 1/2 int w(lambda) E (eps - eps_hat)^2 dlambda over log-SNR lambda = -gamma: VDM's (19) with
v = SNR, dv = v dlambda and v (x - x_hat)^2 = (eps - eps_hat)^2. With lambda drawn from a density p the weight is
w_t/(2 p); a uniform t draws lambda from p = 1/gamma'.

Min-SNR puts the weight min(SNR, clip) on (x - x_hat)^2. The same loss has another weight for each parameterization, as
x_hat - x = -(eps_hat - eps)/sqrt(SNR) = -(v_hat - v)/sqrt(1 + SNR), variance preserving.
"""

from typing import NamedTuple

from sympy import Abs, Expr, S, factor, sqrt

from derivations.calculus.along import gamma_slope
from derivations.claims.invariance.continuous import chain_rule
from derivations.form.claim import Below, Claim, Wrong, by
from derivations.form.statement import Equal, Tends
from derivations.notation.losses import SquaredError
from derivations.notation.quantities import Quantity

# isort: off
from derivations.symbols import (
    alpha_t, clip as CLIP, dalpha, dgamma_t, dsigma, eps, eps_hat, p_lam as density, score_hat, sigma_t, snr, tiny,
    v_hat, weight, x,
)  # fmt: skip

# -- weighted losses ------------------------------------------------------------------------------

x_hat_of_eps = Quantity("x_hat", (), (alpha_t * x + sigma_t * eps - sigma_t * eps_hat) / alpha_t)
error = SquaredError(x, x_hat_of_eps)
in_t = -chain_rule(weight * error) / 2  # the integrand over t: -d/dt of 1/2 int w_t err dv, at v = SNR(t)
per_density = -chain_rule(weight * error / density, "F_p") / (2 * gamma_slope)  # over lambda drawn from p


class Weighted(NamedTuple):
    """The integrand over t; over lambda; its average for lambda drawn from a density; and the weight at uniform t."""

    over_t: Expr
    over_lam: Expr
    drawn: Expr
    uniform: Expr


SQUARE = SquaredError(eps, eps_hat)
WEIGHTED = Weighted(
    over_t=weight * gamma_slope / 2 * SQUARE,
    over_lam=weight / 2 * SQUARE,
    drawn=weight / (2 * density) * SQUARE,
    uniform=2 / gamma_slope,
)

weighted = Claim(
    name="vdm.loss.weighted",
    title=(
        "A weight w_t of lambda weights (eps - eps_hat)^2 by gamma' w_t/2 at uniform t, and by w_t/(2 p) at lambda "
        "drawn from p; no weight is a weight of 2/gamma'"
    ),
    kind="equality",
    needs=("vdm.loss.continuous.eps", "vdm.loss.continuous.v"),
    says=lambda a: (
        Equal(in_t, a.over_t),
        Equal(in_t / gamma_slope, a.over_lam),
        Equal(per_density, a.drawn),
        Equal(SQUARE, -chain_rule(a.uniform * error, "F_1") / 2),
    ),
    answer=WEIGHTED,
    given=(Below(dalpha * sigma_t, alpha_t * dsigma),),
    example={alpha_t: 1, sigma_t: 1, dalpha: -1, dsigma: 1, x: 1, eps: 1, eps_hat: -1, weight: 1, density: 1},
    convenience={
        "dalpha sigma_t < dsigma alpha_t": "gamma rises; the identities also hold where it falls, but not where flat",
        "0 < alpha_t": "the identities also hold for a negative alpha_t",
        "0 < w_t": "the identities hold for any weight; a negative one makes no loss",
    },
    proof=(
        (
            by("the integral over v, which falls in t", in_t, eq="vdm2021 (19)"),
            by("x - x_hat = (sigma/alpha)(eps_hat - eps), SNR' = -gamma' SNR", WEIGHTED.over_t),
        ),
        (
            by("per unit of lambda", in_t / gamma_slope),
            by("dlambda = -gamma' dt", WEIGHTED.over_lam),
        ),
        (
            by("per unit of lambda, divided by the density", per_density),
            by("times p it is the integrand over lambda", WEIGHTED.drawn),
        ),
        (
            by("uniform t, no weight", SQUARE, eq="ddpm2020 (14)"),
            by("gamma' w_t/2 = 1", -chain_rule(WEIGHTED.uniform * error) / 2),
        ),
    ),
    wrong={
        "no weight is the bound": Wrong(WEIGHTED._replace(uniform=S.One), "L_simple is reported as a likelihood"),
        "weight without the slope": Wrong(
            WEIGHTED._replace(over_t=weight / 2 * SQUARE), "w(lambda_t) at uniform t is the loss of weight w_t/gamma'"
        ),
        "times the density": Wrong(
            WEIGHTED._replace(drawn=weight * density / 2 * SQUARE),
            "importance sampling multiplies where it should divide",
        ),
        "the half dropped": Wrong(
            WEIGHTED._replace(over_t=2 * WEIGHTED.over_t, over_lam=weight * SQUARE), "w_t = 1 is twice the bound"
        ),
    },
    means="pointwise, for any alpha, sigma and weight; integrals by change of variable",
)

# -- Min-SNR --------------------------------------------------------------------------------------


def least(a: Expr, b: Expr) -> Expr:
    """Return min(a, b): half of the sum minus the distance."""
    return (a + b - Abs(a - b)) / 2


# Variance preserving, by SNR: what a network says, and how far off the truth it is
alpha, sigma = Quantity("alpha_t", (), sqrt(snr / (1 + snr))), Quantity("sigma_t", (), sqrt(1 / (1 + snr)))
z = Quantity("z_t", (), alpha * x + sigma * eps)
x_of_eps, x_of_v, x_of_score = (
    Quantity("x_hat", (of,), by_output)
    for of, by_output in (
        (eps_hat, (z - sigma * eps_hat) / alpha),
        (v_hat, alpha * z - sigma * v_hat),
        (score_hat, (z + sigma**2 * score_hat) / alpha),
    )
)
v = Quantity("v", (), alpha * eps - sigma * x)


class MinSNR(NamedTuple):
    """Min-SNR's weight of the squared error of eps, of v and of the score; and its w(lambda) at a uniform t."""

    eps: Expr
    v: Expr
    score: Expr
    elbo: Expr


CLIPPED = Quantity("min", (snr, CLIP), least(snr, CLIP))
UNIFORM = Quantity("w_1", (), 2 / dgamma_t)  # the weight w_t of no weight at a uniform t
MIN = MinSNR(
    eps=CLIPPED / snr, v=CLIPPED / (1 + snr), score=CLIPPED / (snr * (1 + snr)), elbo=2 * CLIPPED / (snr * dgamma_t)
)


def low(e: Expr) -> Expr:
    """An SNR of tiny/(1 + tiny) of the clip, so that nothing is clipped; tiny -> 0 is the end where the SNR is zero."""
    return e.subs(snr, CLIP * tiny / (1 + tiny)).replace(Abs, lambda distance: Abs(factor(distance)))


def says_min(a: MinSNR) -> tuple[Equal | Tends, ...]:
    """State one loss in each parameterization; its weight relative to the bound's gamma'/2; and at zero SNR."""
    return (
        Equal(CLIPPED * SquaredError(x, x_of_eps), a.eps * (eps - eps_hat) ** 2),
        Equal(CLIPPED * SquaredError(x, x_of_v), a.v * (v - v_hat) ** 2),
        Equal(CLIPPED * SquaredError(x, x_of_score), a.score * (-eps / sigma - score_hat) ** 2),
        Equal(UNIFORM * CLIPPED * SquaredError(x, x_of_eps), a.elbo * (eps - eps_hat) ** 2),
        Tends(low(a.v), tiny, S.Zero),
        Tends(low(a.eps), tiny, S.One),
        Tends(low(a.score), tiny, S.One),
    )


def by_v(weight: Expr) -> MinSNR:
    """Return MIN with another weight of v."""
    return MIN._replace(v=weight)


SAYS = says_min(MIN)
STEPS = (
    by("x - x_hat = (eps_hat - eps)/sqrt(SNR)", SAYS[0][1]),
    by("x - x_hat = sigma (v_hat - v), sigma^2 = 1/(1 + SNR)", SAYS[1][1]),
    by("x - x_hat = -(sigma^2/alpha)(s_hat + eps/sigma)", SAYS[2][1]),
    by("the bound has gamma'/2 on the error of eps", SAYS[3][1]),
    by("below the clip", CLIP * tiny / (1 + tiny + CLIP * tiny)),
    by("below the clip", S.One),
    by("below the clip, sigma^2", (1 + tiny) / (1 + tiny + CLIP * tiny)),
)
DATA = "the weight min(SNR, c) on the error of x"
STARTS = (
    DATA,
    DATA,
    DATA,
    "the same weight at uniform t, where w_t = 2/gamma'",
    *(f"{kind} where nothing is clipped" for kind in ("v", "eps", "score")),
)
DIFFUSERS = "diffusers #5654", "diffusers #6307", "diffusers #8466", "kohya_ss #1555"

min_snr = Claim(
    name="minsnr.equiv",
    title=(
        "Variance preserving, Min-SNR's min(snr, clip) on x is min(snr, clip)/snr on eps and min(snr, clip)/(snr + "
        "1) on v"
    ),
    kind="equality",
    needs=("vdm.param.eps", "vdm.param.v", "vdm.loss.weighted"),
    says=says_min,
    answer=MIN,
    example={
        snr: 1,
        CLIP: 5,
        x: 1,
        eps: 2,
        eps_hat: 1,
        v_hat: 1,
        score_hat: 1,
        dgamma_t: 1,
    },
    convenience={
        "0 < clip": "a negative clip makes a negative weight, with the same conversions",
    },
    proof=tuple((by(why, e[0]), step) for why, e, step in zip(STARTS, SAYS, STEPS, strict=True)),
    wrong={
        "v clipped as SNR + 1": Wrong(
            by_v(least(snr + 1, CLIP) / (snr + 1)),
            "a v-network is trained on another loss, with weight 1 at SNR = 0, where x and v have weight 0",
            DIFFUSERS,
        ),
        "eps weight plus 1 on v": Wrong(by_v(CLIPPED / snr + 1), "the weight is large where the others are smallest"),
        "v weighted as eps": Wrong(by_v(CLIPPED / snr), "the factor SNR/(SNR + 1) is missing"),
        "score weighted as eps": Wrong(MIN._replace(score=CLIPPED / snr), "sigma^2 is missing"),
        "x's weight on eps": Wrong(
            MIN._replace(eps=CLIPPED), "steps of high SNR get c times the weight they should", ("web a public blog",)
        ),
        "not clipped": Wrong(
            MIN._replace(eps=CLIP / snr), "c/SNR without the minimum is unbounded as the SNR tends to 0"
        ),
        "max on the way": Wrong(
            MIN._replace(eps=(snr + CLIP + Abs(snr - CLIP)) / 2 / snr),
            "it is Max-SNR, which raises small SNRs and clips none",
            ("rin-pytorch #11",),
        ),
        "clip is the weight of the bound": Wrong(
            MIN._replace(elbo=CLIPPED), "it weights the error of x at uniform t, not the integrand of the bound"
        ),
    },
    trust=("min(a, b) = (a + b - |a - b|)/2",),
    means="symbolic SNR and clip, in either order",
)

CLAIMS = (weighted, min_snr)
