"""Steps of the forward process compose, and the latest latent makes the earlier ones irrelevant to the future.

The density of two steps is a normal in z_u times a normalised normal in z_t (Chapman-Kolmogorov); and by Gaussian
conditioning on how the process is made from noise, z_s has no weight once z_t is known.
"""

from sympy import Expr, Integer, Rational, sqrt

from derivations.claims.forward.process import STEP
from derivations.form.claim import Below, Claim, Wrong, by
from derivations.form.experiment import Experiment, Residual
from derivations.form.law import Given, Law, Through
from derivations.form.statement import Equal
from derivations.notation.laws import log_law
from derivations.notation.process import Process
from derivations.notation.times import squared
from derivations.probability.gaussian import Normal, given, law
from derivations.symbols import (
    alpha_s,
    alpha_t,
    alpha_ts,
    alpha_u,
    alpha_ut,
    n_0,
    n_1,
    n_2,
    n_3,
    sigma_s,
    sigma_t,
    sigma_ts,
    sigma_u,
    sigma_ut,
    x,
    z_0,
    z_s,
    z_t,
    z_u,
)

# -- steps compose ----------------------------------------------------------------------------------

first, second = Normal(alpha_ts * z_s, sigma_ts**2), Normal(alpha_ut * z_t, sigma_ut**2)
precision = 1 / sigma_ts**2 + alpha_ut**2 / sigma_ut**2
between = Normal((alpha_ts * z_s / sigma_ts**2 + alpha_ut * z_u / sigma_ut**2) / precision, 1 / precision)
BOTH = Normal(alpha_ut * alpha_ts * z_s, alpha_ut**2 * sigma_ts**2 + sigma_ut**2)
TWO_STEPS = Process(
    (z_t, alpha_ts * z_s + sigma_ts * n_1), (z_u, alpha_ut * z_t + sigma_ut * n_2), noise=(n_1, n_2), data=(z_s,)
)
two_steps = TWO_STEPS.log_step(z_u) + TWO_STEPS.log_step(z_t)


def between_marginals(e: Expr) -> Expr:
    """Replace each step's parameters by those that follow from the marginals at s, t and u."""
    here = {sigma_ts: sqrt(STEP.sigma2_ts), alpha_ts: STEP.alpha_ts}
    later = {alpha_s: alpha_t, sigma_s: sigma_t, alpha_t: alpha_u, sigma_t: sigma_u}
    there = {sigma_ut: sqrt(STEP.sigma2_ts.subs(later, simultaneous=True)), alpha_ut: alpha_u / alpha_t}
    return e.subs(here | there, simultaneous=True)


def fallen(a_s: Expr, s_s: Expr, a_t: Expr, s_t: Expr) -> Expr:
    """The variance of a step as a difference of squares, in factors."""
    return (a_s * s_t - a_t * s_s) * (a_s * s_t + a_t * s_s) / a_s**2


direct = squared("sigma_us", STEP.sigma2_ts.subs({alpha_t: alpha_u, sigma_t: sigma_u}))
FALLS = Below(alpha_t * sigma_s, alpha_s * sigma_t), Below(alpha_u * sigma_t, alpha_t * sigma_u)  # of alpha/sigma

semigroup = Claim(
    name="vdm.forward.semigroup",
    title="Chapman-Kolmogorov: the step from s to u is the step from s to t followed by the step from t to u",
    kind="law",
    needs=("vdm.forward.transition",),
    says=lambda q: (
        Law(z_u, Through(first, z_t, second), q),
        Equal(two_steps, log_law(q, z_u) + log_law(between, z_t)),
        Equal(direct, between_marginals(q.var)),
    ),
    answer=BOTH,
    given=FALLS,
    example={alpha_ts: 1, sigma_ts: 3, alpha_ut: 4, sigma_ut: 5, z_s: 1, z_t: 2, z_u: 1,
             alpha_s: 3, sigma_s: 1, alpha_t: 2, sigma_t: 2, alpha_u: 1, sigma_u: 3},
    convenience={
        "0 < alpha_ts": "scales that are 0 or negative compose in the same way",
        "0 < alpha_ut": "scales that are 0 or negative compose in the same way",
        "0 < alpha_u": "the identities also hold at alpha_u = 0 (no signal left)",
        "0 < sigma_s": "only its square occurs",
        "0 < sigma_t": "only its square occurs",
        "0 < sigma_u": "only its square occurs",
        "0 < alpha_s": "it follows from the fall of alpha/sigma",
        "0 < alpha_t": "it follows from the fall of alpha/sigma",
        **{a.text: "without it there is no step between these marginals, but the identity holds" for a in FALLS},
    },
    proof=(
        (
            by("the density of both steps", two_steps),
            by("complete the square in z_t; the factor in z_t integrates to 1",
               log_law(BOTH, z_u) + log_law(between, z_t)),
        ),
        (
            by("directly from s to u", direct, eq="vdm2021 (22)"),
            by("the variances of both steps in factors, each positive as alpha/sigma falls",
               (alpha_u / alpha_t) ** 2 * fallen(alpha_s, sigma_s, alpha_t, sigma_t)
               + fallen(alpha_t, sigma_t, alpha_u, sigma_u)),
            by("through t", between_marginals(BOTH.var)),
        ),
    ),
    wrong={
        "variances added as they are": Wrong(
            BOTH._replace(var=sigma_ts**2 + sigma_ut**2), "the second step does not scale the first noise"
        ),
        "second scale not squared": Wrong(
            BOTH._replace(var=alpha_ut * sigma_ts**2 + sigma_ut**2), "a variance is scaled as an amplitude"
        ),
        "steps in the other order": Wrong(
            BOTH._replace(var=sigma_ts**2 + alpha_ts**2 * sigma_ut**2), "the later noise is scaled by the earlier step"
        ),
        "scales added": Wrong(BOTH._replace(mean=(alpha_ut + alpha_ts) * z_s), "scales of successive steps multiply"),
    },
    experiment=Experiment(
        process=((z_s, 1 + 2 * n_1), (z_t, alpha_ts * z_s + sigma_ts * n_2), (z_u, alpha_ut * z_t + sigma_ut * n_3)),
        normals=(n_2, n_3, n_1),
        checks=(Residual(of=z_u, law=lambda q: q, given=(z_s,)),),
    ),
)  # fmt: skip

# -- and forget -------------------------------------------------------------------------------------

NOISE = (n_1, n_2, n_3)
made_s = alpha_s * x + sigma_s * n_1
made_t = alpha_ts * made_s + sigma_ts * n_2
made_u = alpha_ut * made_t + sigma_ut * n_3
THREE = Process(
    (z_s, made_s),
    (z_t, alpha_ts * z_s + sigma_ts * n_2),
    (z_u, alpha_ut * z_t + sigma_ut * n_3),
    noise=NOISE,
    data=(x,),
)
BOTH_SEEN = ((made_t, z_t), (made_s, z_s))
joint = given(made_u, BOTH_SEEN, NOISE)
partial = THREE.Cov(z_u, z_s) - THREE.Cov(z_u, z_t) * THREE.Cov(z_t, z_s) / THREE.Var(z_t)
LATEST = Normal(alpha_ut * z_t, sigma_ut**2)

markov = Claim(
    name="vdm.forward.markov",
    title="Given z_t, a later latent z_u depends neither on an earlier z_s nor on x",
    kind="law",
    needs=("vdm.forward.transition",),
    says=lambda q: (Law(z_u, Given(made_u, BOTH_SEEN, NOISE), q), Equal(partial, Integer(0))),
    answer=LATEST,
    example={alpha_s: 1, sigma_s: 1, alpha_ts: 2, sigma_ts: 1, alpha_ut: 3, sigma_ut: 1, x: 1, z_s: 2, z_t: 3},
    convenience={
        "0 < alpha_s": "the signal may have any size",
        "0 < alpha_ts": "the first step may have any scale",
        "0 < alpha_ut": "the second step may have any scale",
        "0 < sigma_ut": "only its square occurs",
        "0 < sigma_ts": "its sign does not matter; at 0 the pair (z_t, z_s) has no density to condition on",
        "0 < sigma_s": "at sigma_s = 0, z_s is alpha_s x: quotients are 0/0 as written, and tend to the same mean",
    },
    means="symbolic parameters; a normal law is determined by its two moments",
    trust=("Gaussian conditioning: what is jointly normal and uncorrelated is independent",),
    proof=(
        (
            by("Gaussian conditioning on (z_t, z_s)", joint.mean),
            by("the weight of z_s is zero", LATEST.mean, eq="vdm2021 (20)"),
        ),
        (
            by("Gaussian conditioning on (z_t, z_s)", joint.var),
            by("z_s explains none of the remaining variance", LATEST.var, eq="vdm2021 (20)"),
        ),
        (
            by("the covariance of z_u and z_s, given z_t and x", partial),
            by("all of it passes through z_t", Integer(0)),
        ),
    ),
    wrong={
        "given another latent than z_t": Wrong(
            Normal(alpha_ut * z_s, sigma_ut**2),
            "the latest latent is ignored",
            ("note004 line 44",),
        ),
        "given z_s alone": Wrong(
            Normal(alpha_ut * alpha_ts * z_s, alpha_ut**2 * sigma_ts**2 + sigma_ut**2), "z_t is ignored"
        ),
        "given x alone": Wrong(
            Normal(alpha_ut * alpha_ts * alpha_s * x, law(made_u, NOISE).var), "both latents are ignored"
        ),
        "the noise so far counted again": Wrong(
            LATEST._replace(var=sigma_ut**2 + alpha_ut**2 * sigma_ts**2),
            "the noise of a known z_t is counted as if it were still random",
        ),
    },
    experiment=Experiment(
        process=(
            (z_s, made_s),
            (z_t, alpha_ts * z_s + sigma_ts * n_2),
            (z_0, Rational(5, 3) * alpha_ut * z_t + Rational(4, 3) * sigma_ut * n_0),  # between t and u
            (z_u, Rational(3, 5) * (z_0 + sigma_ut * n_3)),  # 5/3 * 3/5 = 1, (16/9 + 1) * 9/25 = 1
        ),
        normals=(n_3, n_2, n_1, n_0),
        checks=(Residual(of=z_u, law=lambda q: q, given=(z_t, z_s)),),
    ),
)

CLAIMS = (semigroup, markov)
