"""The squared error of v = alpha eps - sigma x in terms of those of x and eps, and the bound in v, on any path.

With d = alpha^2 + sigma^2, x_hat = (alpha z - sigma v_hat)/d and eps_hat = (sigma z + alpha v_hat)/d. The first factor
is d (SNR + 1), which is SNR + 1 only at d = 1. Flow matching has another v: on the straight path it is eps - x.
"""

from typing import NamedTuple

from sympy import Expr, Integer, Rational, sqrt

from derivations.calculus.along import gamma_slope, snr_slope
from derivations.claims.posterior.velocity import LINE, V
from derivations.form.claim import Below, Claim, Wrong, by
from derivations.form.statement import Equal
from derivations.notation.losses import SquaredError
from derivations.notation.process import Process
from derivations.notation.quantities import Quantity
from derivations.notation.values import QuantityAt

# isort: off
from derivations.symbols import (
    alpha_s, alpha_t, alpha_ts, dalpha, dgamma, dsigma, eps, n_1, n_2, sigma_s, sigma_t, sigma_ts, t, v, v_hat, x, y_s,
    y_t, z_t,
)  # fmt: skip

d = Quantity("d", (), alpha_t**2 + sigma_t**2)
Z = Quantity("z_t", (), LINE[z_t])
SQUARE = SquaredError(Quantity("v", (), LINE[v]), v_hat)


def by_v_hat(name: str, e: Expr) -> Quantity:
    """x_hat or eps_hat by v_hat, at z_t as it is made."""
    return Quantity(name, (v_hat,), e.xreplace({v: v_hat, z_t: Z}))


x_by_v, eps_by_v = by_v_hat("x_hat", V.x), by_v_hat("eps_hat", V.eps)
bound = -snr_slope / 2 * SquaredError(x, x_by_v)

# A step from y_s to y_t: the divergence of two normals of one variance, the posterior at x and at x_hat, with y_t = z_t
BEFORE, AFTER = (y_s, alpha_s * x + sigma_s * n_1), (y_t, alpha_ts * y_s + sigma_ts * n_2)
FORWARD = Process(BEFORE, AFTER, noise=(n_1, n_2), data=(x,))
STEP = (alpha_ts, alpha_t / alpha_s), (sigma_ts, sqrt(sigma_t**2 - alpha_t**2 / alpha_s**2 * sigma_s**2))
MU = Quantity("mu", (y_t, x), FORWARD.E(y_s, y_t))
VAR = QuantityAt(Quantity("sigma_Q^2", (), FORWARD.Var(y_s, y_t)), *STEP)
mu, mu_hat = QuantityAt(MU, (y_t, Z), *STEP), QuantityAt(MU, (y_t, Z), (x, x_by_v), *STEP)
step = SquaredError(mu, mu_hat) / (2 * VAR)

# The straight path, and flow matching's v = eps - x
flow_z = Quantity("z_line", (), (1 - t) * x + t * eps)
flow_x = Quantity("x_line", (v_hat,), flow_z - t * v_hat)
flow_eps = Quantity("eps_line", (v_hat,), flow_z + (1 - t) * v_hat)
FLOW = SquaredError(Quantity("u", (), eps - x), v_hat)


class InV(NamedTuple):
    """(v - v_hat)^2 over the squared error of x, and of eps; the bound's weights of it; the first two for eps - x."""

    x: Expr
    eps: Expr
    continuous: Expr
    discrete: Expr
    flow_x: Expr
    flow_eps: Expr


def says_v(a: InV) -> tuple[Equal, ...]:
    """v as it is made, x_hat and eps_hat by v_hat; the integrand over t; one step; eps - x."""
    return (
        Equal(SQUARE, a.x * SquaredError(x, x_by_v)),
        Equal(SQUARE, a.eps * SquaredError(eps, eps_by_v)),
        Equal(bound, a.continuous.subs(dgamma, gamma_slope) * SQUARE),
        Equal(step, a.discrete * SQUARE),
        Equal(FLOW, a.flow_x * SquaredError(x, flow_x)),
        Equal(FLOW, a.flow_eps * SquaredError(eps, flow_eps)),
    )


W = InV(
    x=(d / sigma_t) ** 2,
    eps=(d / alpha_t) ** 2,
    continuous=dgamma / 2 * alpha_t**2 / d**2,
    discrete=(alpha_s**2 / sigma_s**2 - alpha_t**2 / sigma_t**2) / 2 * sigma_t**2 / d**2,
    flow_x=1 / t**2,
    flow_eps=1 / (1 - t) ** 2,
)
SAYS = says_v(W)
STRAIGHT = {alpha_t: 1 - t, sigma_t: t}

loss_v = Claim(
    name="vdm.loss.v",
    title=(
        "(v - v_hat)^2 is d^2/sigma^2 times the squared error in x and d^2/alpha^2 times that in eps, with d = "
        "alpha^2 + sigma^2"
    ),
    kind="equality",
    needs=("vdm.param.v", "vdm.kl.single", "vdm.loss.continuous.eps", "path.rectified"),
    says=says_v,
    answer=W,
    given=(Below(t, Integer(1)), Below(alpha_t * sigma_s, alpha_s * sigma_t)),
    example={
        alpha_s: 3,
        sigma_s: 1,
        alpha_t: 1,
        sigma_t: 2,
        dalpha: -1,
        dsigma: 1,
        x: 1,
        eps: 2,
        v_hat: 1,
        t: Rational(1, 3),
    },
    convenience={
        "alpha_t sigma_s < alpha_s sigma_t": "the SNR falls; the identities also hold where it rises",
        "0 < alpha_s": "only its square occurs",
        "0 < sigma_t": "it follows from a falling SNR",
        "t < 1": "the identities of the flow also hold beyond t = 1",
        "0 < alpha_t": "as written eps-hat divides by alpha_t, which cancels",
        "0 < t": "as written the x-hat of the flow divides by t, which cancels",
    },
    proof=(
        (
            by("the squared error of v, with x_hat in terms of v_hat", SQUARE),
            by("x - x_hat = -sigma (v - v_hat)/d", SAYS[0][1], eq="pd2022 (9)"),
        ),
        (
            by("the squared error of v, with eps_hat in terms of v_hat", SQUARE),
            by("eps - eps_hat = alpha (v - v_hat)/d", SAYS[1][1]),
        ),
        (
            by("the integrand of the bound, in x", bound, eq="vdm2021 (16)"),
            by("-SNR' = gamma' alpha^2/sigma^2", SAYS[2][1]),
        ),
        (
            by("(mu - mu_hat)^2/(2 Sigma) of the posterior at x and x_hat", step, eq="vdm2021 (14)"),
            by("(SNR(s) - SNR(t))/2 on the error of x", SAYS[3][1]),
        ),
        (by("eps - x, x_hat = z - t v_hat", FLOW), by("x - x_hat = -t (eps - x - v_hat)", SAYS[4][1])),
        (by("eps - x, eps_hat = z + (1 - t) v_hat", FLOW), by("eps - eps_hat = (1 - t)(eps - x - v_hat)", SAYS[5][1])),
    ),
    wrong={
        "SNR + 1 on every path": Wrong(
            W._replace(x=alpha_t**2 / sigma_t**2 + 1, eps=sigma_t**2 / alpha_t**2 + 1),
            "right only if variance preserving; too small by the factor d where d > 1",
            ("web v-prediction code used on other paths",),
        ),
        "1/sigma^2 on every path": Wrong(
            W._replace(x=1 / sigma_t**2, eps=1 / alpha_t**2),
            "right only if variance preserving, or for eps - x on the straight path",
        ),
        "eps - x taken for alpha eps - sigma x": Wrong(
            W._replace(flow_x=W.x.subs(STRAIGHT), flow_eps=W.eps.subs(STRAIGHT)),
            "two targets share the name v: at t = 1/2 their losses differ by a factor of 4",
        ),
        "the bound's weight as if d = 1": Wrong(
            W._replace(
                continuous=dgamma / 2 * alpha_t**2,
                discrete=(alpha_s**2 * sigma_t**2 / sigma_s**2 - alpha_t**2) / 2,
            ),
            "it is no bound on variance-exploding and straight paths",
        ),
        "d for its square": Wrong(
            W._replace(continuous=dgamma / 2 * alpha_t**2 / d),
            "it is the weight for v/sqrt(d), the rotation without the stretch",
        ),
    },
    means="pointwise, for any alpha and sigma",
)

CLAIMS = (loss_v,)
