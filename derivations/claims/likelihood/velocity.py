"""The probability flow in terms of v = alpha eps - sigma x, on any path, for the likelihood by an ODE solver.

With d = alpha^2 + sigma^2, z scales with sqrt(d), and z/sqrt(d) moves at (gamma'/2) alpha sigma d^(-3/2) v. The
log-density falls by the divergence of both; that of the scaling integrates to an end term, (1/2) log d.
"""

from typing import NamedTuple

from sympy import Expr, Function, Integer, diff, log, sqrt

from derivations.calculus.along import gamma_slope, slope
from derivations.claims.forward.sde import SDE
from derivations.claims.likelihood.flow import fokker_planck
from derivations.claims.sampling.flow import MADE, NOISY, flow
from derivations.form.claim import Claim, Wrong, by
from derivations.form.statement import Equal
from derivations.notation.quantities import Log, Quantity, Slope
from derivations.notation.slopes import SlopeBy
from derivations.notation.values import Standing
from derivations.symbols import alpha_t, dalpha, dgamma, dn, dsigma, dv, eps, q_x, sigma_t, t, v, x, z_t

n = Quantity("d", (), alpha_t**2 + sigma_t**2)
RATES = {dgamma: gamma_slope, dn: 2 * (alpha_t * dalpha + sigma_t * dsigma)}
V_MADE = (*MADE.items(), (v, alpha_t * eps - sigma_t * x))
z_of = Function("z")(t)
drawn = flow.subs(NOISY)  # the flow, by z and the noise that z shows
velocity = Standing(SlopeBy(z_t, t, (z_t, drawn)), *V_MADE)
in_unit = Standing(SlopeBy(z_t / sqrt(n), t, (z_t, drawn), (alpha_t, dalpha), (sigma_t, dsigma)), *V_MADE)
of_v = -(sigma_t * z_t + alpha_t * v) / (sigma_t * n)  # the score, -eps/sigma
of_v_slope = diff(of_v, z_t) + diff(of_v, v) * dv
falls = fokker_planck(SDE.f, SDE.g2, of_v, of_v_slope)  # d log p/dt
UNIT = Log(Quantity("p_u", (), q_x * Slope(z_of * sqrt(n), z_of)))  # log p of u = z/sqrt(d)


class ByV(NamedTuple):
    """dz/dt, d(z/sqrt d)/dt, d log p(z(t))/dt by the slope of v in z; the term added to log p so that only v occurs."""

    velocity: Expr
    unit: Expr
    density: Expr
    end: Expr

    def grows(self) -> Expr:
        """The rate of the end term."""
        return slope(self.end)


turning = dgamma / 2 * alpha_t * sigma_t / n  # the rate of the angle arctan(sigma/alpha)
K = ByV(
    velocity=dn / (2 * n) * z_t + turning * v,
    unit=turning / sqrt(n) * v,
    density=-dn / (2 * n) - turning * dv,
    end=log(n) / 2,
)


def made(e: Expr) -> Standing:
    """gamma' and d' by the path; z and v as they are made."""
    return Standing(e.subs(RATES), *V_MADE)


by_v = Claim(
    name="sde.pfode.v",
    title=(
        "In terms of v, the probability flow is (alpha alpha' + sigma sigma') z/d + gamma' alpha sigma v/(2d), "
        "with d = alpha^2 + sigma^2"
    ),
    kind="equality",
    needs=("sde.pfode.forms", "sde.likelihood.rate", "vdm.param.v"),
    says=lambda a: (
        Equal(velocity, made(a.velocity)),
        Equal(in_unit, made(a.unit)),
        Equal(falls, a.density.subs(RATES)),
        Equal(falls + a.grows(), (-turning * dv).subs(RATES)),
        Equal(UNIT, log(q_x) + a.end),
    ),
    answer=K,
    example={alpha_t: 4, sigma_t: 3, dalpha: -1, dsigma: 1, x: 1, eps: 1, z_t: 1, v: 1, dv: 1, q_x: 1},
    proof=(
        (
            by("the flow f z + g^2 eps/(2 sigma), at z = alpha x + sigma eps", velocity, eq="sde2021 (13)"),
            by("x = (alpha z - sigma v)/d, eps = (sigma z + alpha v)/d", made(K.velocity)),
        ),
        (
            by("the rate of z/sqrt(d) along the flow", in_unit),
            by("the growth of sqrt(d) cancels that of z", made(K.unit)),
        ),
        (
            by("the Fokker-Planck equation along the flow, with the score in terms of z and v", falls),
            by("minus the divergence of the velocity", K.density.subs(RATES), eq="sde2021 (39)"),
        ),
        (
            by("the rate of log p + (1/2) log d", falls + K.grows()),
            by("the rate of (1/2) log d is d'/(2d)", (-turning * dv).subs(RATES)),
        ),
        (
            by("log p of u = z/sqrt(d): p(z) dz/du", UNIT),
            by("dz/du = sqrt(d)", log(q_x) + K.end),
        ),
    ),
    wrong={
        "the variance preserving inverse on every path": Wrong(
            K._replace(velocity=dn / 2 * z_t + dgamma / 2 * alpha_t * sigma_t * v),
            "on variance-exploding and linear paths, x = alpha z - sigma v and eps are too large by the factor d",
            ("web v-prediction code used on other paths",),
        ),
        "the growth of d left out": Wrong(
            K._replace(velocity=turning * v, density=-turning * dv), "right only where alpha^2 + sigma^2 stays 1"
        ),
        "no half": Wrong(
            ByV(K.velocity + turning * v, 2 * K.unit, K.density - turning * dv, K.end),
            "gamma' stands for the slope of log(sigma/alpha), which is half of it",
        ),
        "the end term left out": Wrong(
            K._replace(end=Integer(0) * n), "log p of z/sqrt(d) is taken for that of z, off by (1/2) log(d_1/d_0)"
        ),
        "z/sqrt(d) moved as z is": Wrong(K._replace(unit=turning * v), "v has to be divided by sqrt(d), as z is"),
        "v the velocity": Wrong(
            K._replace(velocity=v, unit=v / sqrt(n), density=-dv),
            "true only in terms of the angle on the circle, or for flow matching's v, eps - x",
        ),
    },
    convenience={
        "0 < alpha_t": "a negative value leaves the identities true",
        "0 < sigma_t": "a negative value leaves the identities true",
    },
    means="one coordinate, pointwise, for any density with that score; the divergence of several is a sum (sde.plane)",
)

CLAIMS = (by_v,)
