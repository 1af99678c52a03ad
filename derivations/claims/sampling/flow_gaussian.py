"""The probability flow of Gaussian data: every z is multiplied by the same factor.

The flow is linear, with half the rate of log(alpha^2 c + sigma^2), so that z is proportional to the root of alpha^2 c +
sigma^2. It has the marginals of the process, but under the flow z_s determines z_t.
"""

from typing import NamedTuple

from sympy import Expr, Integer, sqrt

from derivations.claims.forward.sde import FALLS
from derivations.claims.sampling.flow import moving
from derivations.form.base import plain
from derivations.form.claim import Claim, Wrong, by
from derivations.form.experiment import Experiment, Residual
from derivations.form.law import Law, Made
from derivations.form.statement import Below, Equal
from derivations.notation.process import Process
from derivations.notation.samplers import Along
from derivations.notation.steps import Drawn
from derivations.notation.values import At
from derivations.probability.gaussian import Normal, law
from derivations.symbols import (
    alpha_s,
    alpha_t,
    alpha_ts,
    c,
    dalpha,
    dsigma,
    n_0,
    n_1,
    n_2,
    s,
    sigma_s,
    sigma_t,
    sigma_ts,
    x,
    z_flow,
    z_s,
    z_t,
)

NOISE = (n_0, n_1)
data_var = alpha_t**2 * c + sigma_t**2  # of z_t, for data of variance c
made_t, made_s = (a * sqrt(c) * n_0 + b * n_1 for a, b in ((alpha_t, sigma_t), (alpha_s, sigma_s)))
DATA = Process((x, sqrt(c) * n_0), (z_t, alpha_t * x + sigma_t * n_1), noise=NOISE)
velocity = moving(DATA.score(z_t))  # at t


class Carry(NamedTuple):
    """The flow's velocity over z, and what it multiplies z_t by until s."""

    rate: Expr
    factor: Expr


moved = sqrt((alpha_s**2 * c + sigma_s**2) / data_var)
G = Carry(
    rate=(alpha_t * dalpha * c + sigma_t * dsigma) / data_var,
    factor=moved,
)
AT_T = ((alpha_s, alpha_t), (sigma_s, sigma_t))
AT_S = ((alpha_t, alpha_s), (sigma_t, sigma_s))


(CARRIED,) = plain(Law(z_s, Made(G.factor * made_t, NOISE), law(made_s, NOISE)))


def moves(a: Carry) -> Along:
    """The slope in s of the z_s that z_t is carried to."""
    return Along(a.factor * z_t, s, (alpha_s, dalpha), (sigma_s, dsigma))


def there(a: Carry) -> At:
    """The velocity at (s, z_s)."""
    return At(velocity, *AT_S, (z_t, a.factor * z_t))


def starts(a: Carry) -> Equal:
    """State that at s = t the carried z is z_t, and that its velocity is that of the flow there."""
    return Equal(velocity - At(moves(a), *AT_T), a.factor.subs(AT_T, simultaneous=True) * z_t - z_t)


START = starts(G)
FALLING = FALLS, Below(dalpha * sigma_s, dsigma * alpha_s)  # the SNR, at both times

gaussian = Claim(
    name="sde.pfode.gaussian",
    title="On Gaussian data the probability flow multiplies z by the ratio of the roots of alpha^2 c + sigma^2",
    kind="law",
    needs=("sde.pfode.forms",),
    says=lambda a: (
        Equal(velocity, a.rate * z_t),
        Equal(there(a), moves(a)),
        starts(a),
        Law(z_s, Made(a.factor * Drawn(DATA, z_t), NOISE), law(made_s, NOISE)),
    ),
    answer=G,
    given=FALLING,
    example={alpha_s: 3, sigma_s: 4, alpha_t: 5, sigma_t: 12, c: 1, dalpha: -1, dsigma: 1, z_t: 1},
    convenience={
        "0 < alpha_s": "only its square occurs",
        "0 < sigma_s": "only its square occurs",
        "0 < sigma_t": "only its square occurs",
        "0 < c": "c = 0 is data at one point, 0",
        "0 < alpha_t": "f = alpha'/alpha divides by alpha_t, which cancels in the sum",
        **{a.text: "where the SNR rises no diffusion has this flow, but the identities hold" for a in FALLING},
    },
    proof=(
        (
            by("the score of Gaussian data is -z/(alpha^2 c + sigma^2)", velocity),
            by("half the rate of log(alpha^2 c + sigma^2)", G.rate * z_t),
        ),
        (
            by("the flow at (s, z_s)", there(G)),
            by("the slope of a root", moves(G)),
        ),
        (by("the flow at t minus the slope of z_s there", START.lhs), by("z_s starts at z_t", START.rhs)),
        (by("the variance of z_t, carried to s", CARRIED.lhs), by("the variance of z_s", CARRIED.rhs)),
    ),
    wrong={
        "the reverse SDE's drift": Wrong(
            G._replace(rate=2 * G.rate - dalpha / alpha_t),
            "it is f z - g^2 score, twice the score term, with the noise left out",
        ),
        "variances for standard deviations": Wrong(
            G._replace(factor=moved**2), "it is the variance, not z, that grows by that ratio"
        ),
        "unit data": Wrong(
            Carry(Integer(0), Integer(1)), "nothing moves: right only for c = 1 on a variance-preserving path"
        ),
        "the ratio of the sigmas": Wrong(
            G._replace(factor=sigma_s / sigma_t), "right only for data at one point, c = 0"
        ),
        "the ratio inverted": Wrong(G._replace(factor=1 / moved), "it goes from s to t"),
    },
    experiment=Experiment(
        process=((z_t, made_t),),
        normals=NOISE,
        checks=(Residual(of=z_t, law=lambda a: Normal(Integer(0), law(made_s, NOISE).var / a.factor**2)),),
        twins=("variances for standard deviations", "unit data", "the ratio of the sigmas", "the ratio inverted"),
    ),
    means="Gaussian data of symbolic variance; the law carried from t to s must be that at s",
)

# The pair (z_s, z_t) of the chain, and the z_flow that the flow carries z_s to
MARKOV = Process(
    (x, sqrt(c) * n_0), (z_s, alpha_s * x + sigma_s * n_1), (z_t, alpha_ts * z_s + sigma_ts * n_2), noise=(*NOISE, n_2)
)
start, end = MARKOV.Var(z_s), MARKOV.Var(z_t)
PAIRED = Process(*MARKOV.steps, (z_flow, sqrt(end / start) * z_s), noise=MARKOV.noise)
chain_cov, flow_cov = PAIRED.Cov(z_s, z_t), PAIRED.Cov(z_s, z_flow)
flow_open = PAIRED.Var(z_flow - sqrt(end / start) * z_s)  # what the flow leaves open of z_flow given z_s


class Pair(NamedTuple):
    """Covariances of z_s and z_t by the process and by the flow, and the gap between their squares."""

    process: Expr
    flow: Expr
    gap: Expr


var_s = alpha_s**2 * c + sigma_s**2
J = Pair(process=alpha_ts * var_s, flow=sqrt(var_s * (alpha_ts**2 * var_s + sigma_ts**2)), gap=var_s * sigma_ts**2)

coupling = Claim(
    name="sde.pfode.coupling",
    title="On Gaussian data, z_s and z_t are perfectly correlated under the flow, and less than so under the process",
    kind="refuted",
    needs=("sde.pfode.gaussian", "vdm.forward.transition"),
    refutes="the probability flow has the joint law of the process, as it has its marginals",
    printed=Equal(chain_cov, flow_cov),
    printed_at={alpha_s: Integer(1), sigma_s: Integer(1), alpha_ts: Integer(1), sigma_ts: Integer(1), c: Integer(1)},
    says=lambda a: (
        Equal(chain_cov, a.process),
        Equal(flow_cov, a.flow),
        Equal(start * end, a.flow**2),
        Equal(start * end - chain_cov**2, a.gap),
        Below(flow_open, a.gap),
    ),
    answer=J,
    example={alpha_s: 1, sigma_s: 1, alpha_ts: 1, sigma_ts: 1, c: 1},
    convenience={
        "0 < alpha_s": "only its square occurs",
        "0 < alpha_ts": "at alpha_ts = 0 the process forgets z_s, and the flow does not",
        "0 < sigma_s": "only its square occurs",
        "0 < sigma_ts": "without noise the two are the same",
        "0 < c": "c = 0 is data at one point, 0",
    },
    proof=(
        (
            by("the covariance of z_s and alpha_ts z_s + noise", chain_cov),
            by("the noise is independent of z_s", J.process),
        ),
        (by("the covariance of z_s and its multiple", flow_cov), by("the multiple of Var(z_s)", J.flow)),
        (by("the product of both variances", start * end), by("the squared covariance of the flow", J.flow**2)),
        (
            by("the gap in Cauchy-Schwarz", start * end - chain_cov**2),
            by("Var(z_t | z_s) times Var(z_s)", J.gap),
        ),
        (
            by("Var(z_flow | z_s) under the flow is 0", Integer(0)),
            by("Var(z_t | z_s) times Var(z_s)", J.gap, more=J.gap),
        ),
    ),
    wrong={
        "one joint law": Wrong(
            J._replace(flow=alpha_ts * var_s, gap=Integer(0)), "equal marginals do not make equal joint laws"
        ),
        "the flow forgets too": Wrong(J._replace(flow=Integer(0)), "a flow is invertible, and forgets nothing"),
        "the process as a flow": Wrong(J._replace(process=J.flow), "noise makes the correlation less than 1"),
    },
    experiment=Experiment(
        process=((z_s, made_s), (z_t, alpha_ts * z_s + sigma_ts * n_2)),
        normals=(*NOISE, n_2),
        checks=(
            Residual(
                of=z_t, law=lambda a: Normal(a.process / var_s * z_s, (a.flow**2 - a.process**2) / var_s), given=(z_s,)
            ),
        ),
    ),
    means="Gaussian data of symbolic variance",
)

CLAIMS = (gaussian, coupling)
