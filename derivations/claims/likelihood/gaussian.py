"""The likelihood by the probability flow in closed form, on Gaussian data N(0, c).

With V(t) the variance of z(t), z(t) is proportional to sqrt(V), and the divergence is half the rate of log V. From data
to noise log p_0(x) = log p_1(z_1) + int div F dt; flow matching counts time from noise to data, with the opposite sign.
"""

from typing import NamedTuple

from sympy import Expr, Integer, Integral, Rational, S, exp, log, sqrt

from derivations.claims.likelihood.flow import z
from derivations.form.claim import Claim, Wrong, by
from derivations.form.statement import Equal
from derivations.notation.laws import LawName, LogDensityAt, log_law
from derivations.notation.process import Process
from derivations.notation.quantities import Log, Quantity, Slope
from derivations.notation.values import At, QuantityAt
from derivations.probability.gaussian import Normal
from derivations.symbols import beta_min, c, eps, n_0, n_1, omega, t, x, x_0

# -- Gaussian data, the whole path ----------------------------------------------------------------

NOISE = (n_0, n_1)


class Flow(NamedTuple):
    """The path z(t) through the datum x, and the integral of the divergence over t from 0 to 1."""

    path: Expr
    integral: Expr


# VP with beta(t) linear, from beta_min to beta_min + omega
BETA = Quantity("beta", (t,), beta_min + omega * t)
abar_t = Quantity("abar", (t,), exp(-beta_min * t - omega * t**2 / 2))
NOISING = Process((x_0, sqrt(c) * n_0), (z, sqrt(abar_t) * x_0 + sqrt(1 - abar_t) * n_1), noise=NOISE)
V = Quantity("V", (t,), 1 + (c - 1) * abar_t)
abar_end = abar_t.subs(t, 1)
V_end = V.subs(t, 1)
vp_drift = Quantity("F", (z, t), -BETA / 2 * z - BETA / 2 * NOISING.score(z))
VP = Flow(path=x * sqrt(V / c), integral=log(V_end / c) / 2)


def path(a: "Flow | Back", time: Expr = t) -> Expr:
    """The path through x, by name, at a time."""
    whole = Quantity("z", (t,), a.path)
    return whole if time == t else QuantityAt(whole, (t, time))


def log_data(a: Flow) -> Expr:
    """log p_1(z(1)) + the integral of the divergence."""
    return At(NOISING.log_q(z), (z, path(a, S.One)), (t, S.One)) + a.integral


LOG_DATA = log_law(Normal(S.Zero, c), x, name="p_0")
INTEGRAL = Integral(Slope(vp_drift, z), (t, 0, 1))

likelihood = Claim(
    name="sde.likelihood",
    title=(
        "On Gaussian data, log p_0(x) is the log-density at the flow's end plus the integral of the flow's divergence"
    ),
    kind="equality",
    needs=("sde.likelihood.rate", "schedule.beta_linear"),
    says=lambda a: (
        Equal(Slope(path(a), t), QuantityAt(vp_drift, (z, path(a)))),
        Equal(INTEGRAL, a.integral),
        Equal(Log(Slope(path(a, S.One), x)), a.integral),
        Equal(LOG_DATA, log_data(a)),
    ),
    answer=VP,
    example={beta_min: Rational(1, 10), omega: 2, c: 4, t: Rational(1, 3), x: 1},
    means="one coordinate of Gaussian data (sde.plane: several), symbolic variance and a symbolic beta linear in time",
    convenience={
        "0 < beta_min": "the identities hold for beta of either sign",
        "0 < omega": "omega = 0 is a constant beta",
        "0 < t": "the path starts at t = 0",
    },
    proof=(
        (
            by("the slope of z(t)", Slope(path(VP), t)),
            by("V' = -beta (V - 1)", x * sqrt(V / c) * -BETA * (V - 1) / (2 * V)),
            by("the probability flow with the score -z/V", QuantityAt(vp_drift, (z, path(VP)))),
        ),
        (
            by("the divergence along the path, which is the same at every z", INTEGRAL, eq="sde2021 (39)"),
            by("it is half the rate of log V", VP.integral, primitive=log(V) / 2),
        ),
        (
            by("the logarithm of the slope of z(1) in x", Log(Slope(path(VP, S.One), x))),
            by("for a linear flow it is the integral of the divergence", VP.integral),
        ),
        (
            by("the density of the data", LOG_DATA),
            by("z(1)^2/V(1) = x^2/c", log_data(VP), eq="sde2021 (39)"),
        ),
    ),
    wrong={
        "sign of the integral": Wrong(
            VP._replace(integral=-VP.integral), "it is the sign for a flow from noise to data, log p_1 - int div F"
        ),
        "no half": Wrong(VP._replace(integral=log(V_end / c)), "the rate of log V stands for that of log sqrt(V)"),
        "density of the noise alone": Wrong(
            VP._replace(integral=Integer(0) * c), "the determinant of the change of variables is left out"
        ),
        "divergence of f z alone": Wrong(
            VP._replace(integral=log(abar_end) / 2), "the divergence of the score term is left out"
        ),
        "the SDE's mean for the flow": Wrong(
            VP._replace(path=x * sqrt(abar_t)), "the mean of q(z_t | x) is not where the flow takes x"
        ),
    },
)

# -- Gaussian data, the straight path -------------------------------------------------------------

STRAIGHT = Process((x_0, sqrt(c) * n_0), (eps, n_1), (z, (1 - t) * eps + t * x_0), noise=NOISE)  # t = 1 is data
W = Quantity("V", (t,), (1 - t) ** 2 + t**2 * c)


class Back(NamedTuple):
    """The path through x at t = 1, and the integral of the divergence over t from 0 to 1."""

    path: Expr
    integral: Expr


u = Quantity("u", (z, t), STRAIGHT.E(x_0, z) - STRAIGHT.E(eps, z))  # the velocity: regression on where the path is
FM = Back(path=x * sqrt(W / c), integral=log(c) / 2)
DIVERGENCE = Integral(Slope(u, z), (t, 0, 1))
LOG_FM = log_law(Normal(S.Zero, c), x, name="p_1")


def log_of_x(a: Back) -> Expr:
    """log p_0(z(0)) - the integral of the divergence."""
    return LogDensityAt(LawName(S.Zero, S.One, "p_0"), path(a, S.Zero)) - a.integral


flow = Claim(
    name="fm.likelihood",
    title=(
        "On Gaussian data, with time from noise to data, log p_1(x) is the log-density of the noise less the "
        "integral of the flow's divergence"
    ),
    kind="equality",
    needs=("sde.likelihood.rate", "path.rectified"),
    says=lambda a: (
        Equal(Slope(path(a), t), QuantityAt(u, (z, path(a)))),
        Equal(DIVERGENCE, a.integral),
        Equal(Log(Slope(path(a, S.Zero), x)), -a.integral),
        Equal(LOG_FM, log_of_x(a)),
    ),
    answer=FM,
    example={c: 4, t: Rational(1, 3), x: 1},
    means="one coordinate of Gaussian data (sde.plane: several), symbolic variance, on the straight path",
    convenience={"0 < t": "the path starts at t = 0"},
    proof=(
        (
            by("the slope of the path through x", Slope(path(FM), t)),
            by("V'/2 = t c - (1 - t)", x * (t * c - (1 - t)) / sqrt(c * W)),
            by("the regression of x - eps on z", QuantityAt(u, (z, path(FM))), eq="fm2023 (8)"),
        ),
        (
            by("the divergence along the path", DIVERGENCE),
            by("it is half the rate of log V", FM.integral, primitive=log(W) / 2),
        ),
        (
            by("the logarithm of the slope of z(0) in x", Log(Slope(path(FM, S.Zero), x))),
            by("minus the integral of the divergence", -FM.integral),
        ),
        (
            by("the density of the data", LOG_FM),
            by("z(0)^2 = x^2/c, and half of log c", log_of_x(FM)),
        ),
    ),
    wrong={
        "the diffusion's sign of time": Wrong(
            FM._replace(integral=-FM.integral),
            "time is taken from data to noise, which changes the signs of velocity and integral",
        ),
        "straight marginal path": Wrong(
            FM._replace(path=x * ((1 - t) / sqrt(c) + t)),
            "conditional paths are straight, but those of the marginal flow are not",
        ),
        "density of the noise alone": Wrong(
            FM._replace(integral=Integer(0) * c), "the determinant of the change of variables is left out"
        ),
        "no half": Wrong(
            FM._replace(integral=log(c)), "the determinant is that of variances, not of standard deviations"
        ),
    },
)

CLAIMS = (likelihood, flow)
