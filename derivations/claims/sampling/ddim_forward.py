"""DDIM's own forward process, and the reverse step sigma-hat, which does not belong to DDIM's family.

The law of z_t given z_s and x follows from the shared noise. It depends on x, so that the process is no Markov chain,
unless Sigma is the posterior variance. DDIM's sigma-hat takes the mean at that variance and adds the noise of the
forward step: more than the posterior's where sigma grows from s to t, as on every variance-preserving path, and only
there.
"""

from typing import NamedTuple

from sympy import Expr, Integer, sqrt

from derivations.calculus.ddim import NOISE, SHARED, WHOLE, made_t, noise_t, rest, signal_t, tilde_var
from derivations.calculus.step import given_t, sigma2_t
from derivations.claims.sampling.ddim import HERE, Q
from derivations.form.claim import Below, Claim, Wrong, by
from derivations.form.experiment import Experiment, Residual
from derivations.form.statement import AtMost, Equal
from derivations.notation.process import Process
from derivations.notation.quantities import Quantity, Slope
from derivations.notation.values import At
from derivations.probability.gaussian import Normal
from derivations.symbols import (
    alpha_s,
    alpha_t,
    alpha_ts,
    drop,
    n_1,
    n_2,
    omega,
    sigma_s,
    sigma_t,
    sigma_ts,
    std_t,
    var,
    x,
    z_s,
    z_t,
)


class Forward(NamedTuple):
    """q(z_t | z_s, x): the coefficients of z_s and x in its mean, and its variance; x's, made rational."""

    z: Expr
    x: Expr
    var: Expr
    open: Expr


A = Forward(
    z=sigma_t * sqrt(1 - var / sigma_s**2) / sigma_s,
    x=alpha_t - alpha_s * sigma_t * sqrt(1 - var / sigma_s**2) / sigma_s,
    var=sigma_t**2 * var / sigma_s**2,
    open=alpha_s**2 * sigma2_t * (var - tilde_var) / sigma_s**4,
)
mean, variance = SHARED.E(z_t, z_s), SHARED.Var(z_t, z_s)
of_z, of_x = Slope(mean, z_s), Slope(mean, x)
# alpha_t + alpha_s of_z, of which the difference is of_x
both = Quantity("rho", (), Slope(SHARED.E(z_t), x) + Slope(SHARED.E(z_s), x) * of_z)
rational = At(of_x * both, *WHOLE.items())  # x's coefficient times a positive number
CHAIN = (*WHOLE.items(), (var, tilde_var))  # what a Markov chain through z_s makes of them
apart = At(both, (sigma_s, sqrt(var + omega**2)))


forward = Claim(
    name="ddim.forward",
    title=("DDIM's forward step depends on x unless Sigma is the posterior variance: only then is it a Markov chain"),
    kind="equality",
    needs=("ddim.marginal", "vdm.posterior"),
    says=lambda a: (
        Equal(mean, a.z * z_s + a.x * x),
        Equal(variance, a.var),
        Equal(At(of_z, *CHAIN), alpha_ts),
        Equal(At(of_x, *CHAIN), Integer(0)),
        Equal(At(variance, *CHAIN), sigma_ts**2),
        Equal(rational, a.open),
        Below(Integer(0), apart),
    ),
    answer=A,
    given=(Below(var, sigma_s**2),),
    example=HERE | {z_s: 1, alpha_ts: 2, sigma_ts: 1, omega: 1},
    convenience={
        "0 < sigma_t": "at sigma_t = 0, z_t is alpha_t x",
        "0 < Sigma": "Sigma = 0 is the step without noise",
        "0 < alpha_ts": "alpha_ts stands for the root of its square",
        "0 < sigma_ts": "at sigma_ts = 0, z_t is alpha_ts z_s",
        "0 < omega": "only its square occurs",
    },
    proof=(
        (
            by("Gaussian conditioning of z_t on z_s", mean),
            by("the covariance is sigma_t sqrt(sigma_s^2 - Sigma)", A.z * z_s + A.x * x, eq="ddim2021 (8)"),
        ),
        (
            by("Var(z_t) - Cov(z_s, z_t)^2/Var(z_s)", variance),
            by("sigma_t^2 (1 - (sigma_s^2 - Sigma)/sigma_s^2)", A.var, eq="ddim2021 (8)"),
        ),
        (
            by("the coefficient of z_s at the posterior variance", At(of_z, *CHAIN)),
            by("sqrt(sigma_s^2 - Sigma) = alpha_ts sigma_s^2/sigma_t, which gives that of the Markov step", alpha_ts),
        ),
        (
            by("the coefficient of x at the posterior variance", At(of_x, *CHAIN)),
            by("alpha_t = alpha_ts alpha_s: the step does not depend on x", Integer(0)),
        ),
        (
            by("the variance there, sigma_t^2/sigma_s^2 times the posterior variance", At(variance, *CHAIN)),
            by("the variance of the Markov step", sigma_ts**2),
        ),
        (
            by("the coefficient of x, alpha_t - alpha_s (that of z_s), times the sum of the two terms", rational),
            by(
                "alpha_t^2 - alpha_s^2 sigma_t^2 (sigma_s^2 - Sigma)/sigma_s^4, 0 only at that variance",
                A.open,
            ),
        ),
        (
            by("zero", Integer(0)),
            by(
                "the sum, with sigma_s^2 = Sigma + omega^2, is positive: the product is 0 only where that of x is",
                apart,
                more=alpha_t + alpha_s * sigma_t * omega / (var + omega**2),
            ),
        ),
    ),
    wrong={
        "Markov for every Sigma": Wrong(
            Forward(alpha_t / alpha_s, Integer(0), sigma_t**2 - alpha_t**2 * sigma_s**2 / alpha_s**2, Integer(0)),
            "the marginals do not determine the joint law, and DDIM's process has another",
        ),
        "the noise of a step back": Wrong(
            A._replace(var=var), "Sigma is the variance of z_s given z_t, not of z_t given z_s"
        ),
        "z_s taken for its noise": Wrong(
            A._replace(z=sigma_t * rest / sigma_s), "z_s is divided by its standard deviation once, not twice"
        ),
    },
)

excess = Q.mean.subs({var: tilde_var, alpha_t: signal_t, sigma_t: noise_t})  # the mean of eta = 1 ...
LOUD = Process(
    (z_t, signal_t * x + noise_t * n_1), (z_s, excess + sigma_ts * n_2), noise=NOISE, data=(x,)
)  # ... with the noise of a forward step
loud = LOUD.Var(z_s)
too_much = Quantity("excess", (), sigma_ts**2 - tilde_var)


class Loud(NamedTuple):
    """The variance of z_s given x after such a step, and what it has too much."""

    var: Expr
    excess: Expr


# std_t is sigma_t; the root of the SNR falls by the factor 1 + drop, and sigma grows, or falls, by 1 + omega
STEP = drop * (2 + drop) / (1 + drop) ** 2  # sigma_ts^2/sigma_t^2
GROWS = {sigma_ts: std_t * sqrt(STEP), sigma_s: std_t / (1 + omega), alpha_ts: (1 + omega) / (1 + drop)}
SINKS = {sigma_ts: std_t * sqrt(STEP), sigma_s: std_t * (1 + omega), alpha_ts: 1 / ((1 + omega) * (1 + drop))}
more = sigma_ts**2 * (sigma2_t - sigma_s**2) / sigma2_t
grown, sunk = (At(too_much, *at.items()) for at in (GROWS, SINKS))
L = Loud(var=sigma_s**2 + more, excess=more)

hat = Claim(
    name="ddim.sigma_hat",
    title="DDIM's sigma-hat, the ancestral mean with noise sigma_ts^2, makes z_s too noisy exactly where sigma grows",
    kind="refuted",
    needs=("ddim.eta",),
    refutes="a step with DDIM's sigma-hat keeps the marginal of z_s given x, as DDIM's own steps do",
    printed=Equal(loud, sigma_s**2),
    printed_at={
        alpha_s: Integer(4),
        sigma_s: Integer(3),
        alpha_ts: Integer(1) / 2,
        sigma_ts: Integer(3),
        x: Integer(1),
    },
    says=lambda a: (
        Equal(loud, a.var),
        Equal(too_much, a.excess),
        Below(Integer(0), grown),
        AtMost(sunk, Integer(0), {omega: Integer(0)}, only=True),
    ),
    answer=L,
    example={alpha_s: 4, sigma_s: 3, alpha_ts: 2, sigma_ts: 1, x: 1, std_t: 2, drop: 1, omega: 1},
    convenience={
        "0 < alpha_ts": "only its square occurs",
        "0 < sigma_s": "only its square occurs",
        "0 < sigma_ts": "at sigma_ts = 0 there is no excess",
        "0 < std_t": "std_t is a common factor of both sides of the bounds",
    },
    proof=(
        (
            by("variances add", loud),
            by("the variance that comes from z_t, plus sigma_ts^2", alpha_ts**2 * sigma_s**4 / sigma2_t + sigma_ts**2),
            by("sigma_s^2 - alpha_ts^2 sigma_s^4/sigma_t^2 is the posterior variance", L.var),
        ),
        (
            by("beta minus beta-tilde", sigma_ts**2 - given_t.var),
            by("over a common denominator", L.excess),
        ),
        (
            by("zero", Integer(0)),
            by(
                "where sigma grows: sigma_ts^2 (1 - sigma_s^2/sigma_t^2)",
                grown,
                more=std_t**2 * STEP * omega * (2 + omega) / (1 + omega) ** 2,
            ),
        ),
        (
            by("where sigma falls", sunk),
            by("it is below zero: z_s has too little noise", Integer(0), more=std_t**2 * STEP * omega * (2 + omega)),
        ),
    ),
    wrong={
        "marginals kept": Wrong(Loud(sigma_s**2, Integer(0)), "true only of the posterior variance"),
        "excess of the whole step": Wrong(
            Loud(sigma_s**2 + sigma_ts**2, sigma_ts**2), "right only for eta = 0 with noise added"
        ),
    },
    experiment=Experiment(
        process=((z_t, made_t.subs(WHOLE)), (z_s, excess + sigma_ts * n_2)),
        at={alpha_s: 1, sigma_s: 1, alpha_ts: 1, sigma_ts: 1, x: 1},
        normals=NOISE,
        checks=(Residual(of=z_s, law=lambda a: Normal(alpha_s * x, a.var)),),
    ),
)

CLAIMS = (forward, hat)
