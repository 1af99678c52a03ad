"""The posterior q(z_s | z_t, x) of a Gaussian diffusion, for s < t.

Bayes' rule multiplies two normals in z_s: precisions add, and means average by precision. One
identity between log-densities, normaliser included, settles the law; the mean and the variance
are derived a second time, by Gaussian conditioning on the joint law of (z_s, z_t).
"""

from sympy import Expr, sqrt

from derivations.claim import Claim, Source, Wrong, by
from derivations.experiment import Experiment, Residual
from derivations.gaussian import Normal, cov, law
from derivations.statement import Equal
from derivations.symbols import alpha_s, alpha_ts, n_1, n_2, sigma_s, sigma_ts, x, z_s, z_t

NOISE = (n_1, n_2)
made_s = alpha_s * x + sigma_s * n_1  # q(z_s | x)
made_t = alpha_ts * made_s + sigma_ts * n_2  # q(z_t | z_s)

alpha_t = alpha_ts * alpha_s
sigma2_t = sigma_ts**2 + alpha_ts**2 * sigma_s**2

bayes = (
    Normal(alpha_ts * z_s, sigma_ts**2).log_density(z_t)
    + Normal(alpha_s * x, sigma_s**2).log_density(z_s)
    - Normal(alpha_t * x, sigma2_t).log_density(z_t)
)
precision = alpha_ts**2 / sigma_ts**2 + 1 / sigma_s**2
pull = alpha_ts / sigma_ts**2 * z_t + alpha_s / sigma_s**2 * x

Q = Normal(
    mean=alpha_ts * sigma_s**2 / sigma2_t * z_t + alpha_s * sigma_ts**2 / sigma2_t * x,
    var=sigma_ts**2 * sigma_s**2 / sigma2_t,
)

EXAMPLE = {alpha_s: 4, sigma_s: 3, alpha_ts: 2, sigma_ts: 1, x: 1, z_s: 1, z_t: 1}
SIGNS = {
    "0 < alpha_s": "alpha_s = 0 (a zero terminal SNR) and a negative alpha_s leave the identity true",
    "0 < alpha_ts": "alpha_ts = 0 leaves it true: z_t then says nothing of z_s",
}
VDM = Source("kingma2021variational", "arXiv:2107.00630", "(23)-(25), appendix A", "the same symbols")
DDPM = Source("ho2020denoising", "arXiv:2006.11239v2", "(6)-(7)", "alpha_s^2 = alpha-bar_{t-1}, alpha_ts^2 = alpha_t")
LUO = Source("luo2022understanding", "arXiv:2208.11970v1", "(71)-(85)", "as DDPM")

posterior = Claim(
    name="vdm.posterior",
    title="The posterior q(z_s | z_t, x) is normal, by Bayes' rule, normaliser included",
    family="posterior",
    kind="law",
    needs=(),
    says=lambda q: Equal(bayes, q.log_density(z_s)),
    answer=Q,
    example=EXAMPLE,
    convenience=SIGNS,
    proof=(
        (
            by("Bayes' rule; given z_s, z_t does not depend on x", bayes, eq="VDM (23)"),
            by("complete the square", Normal(pull / precision, 1 / precision).log_density(z_s), eq="Luo (80)"),
            by("precision = sigma_t^2 / (sigma_ts^2 sigma_s^2)", Q.log_density(z_s), eq="Luo (84)"),
        ),
    ),
    wrong={
        "variance of the forward step": Wrong(
            Q._replace(var=sigma_ts**2), "ancestral samples are too noisy", ("common in code",)
        ),
        "standard deviation for variance": Wrong(
            Q._replace(var=sqrt(Q.var)), "noise scaled by the wrong power", ("motion-diffusion code citing Luo (84)",)
        ),
        "x scaled by alpha_t, not alpha_s": Wrong(Q._replace(mean=Q.mean.subs(x, alpha_ts * x)), "drift to zero"),
        "weights swapped": Wrong(
            Q._replace(mean=alpha_s * sigma_ts**2 / sigma2_t * z_t + alpha_ts * sigma_s**2 / sigma2_t * x),
            "the mean leaves the segment between its anchors",
        ),
    },
    experiment=Experiment(
        process=((z_s, made_s), (z_t, alpha_ts * z_s + sigma_ts * n_2)),
        normals=NOISE,
        checks=(Residual(of=z_s, law=lambda q: q, given=(z_t,)),),
    ),
    sources=(VDM, DDPM, LUO),
)


def conditioned(of: Expr, on: Expr, value: Expr) -> Normal:
    """Gaussian conditioning: the law of `of` given on = value, from how both are made."""
    a, b, c = law(of, NOISE), law(on, NOISE), cov(of, on, NOISE)
    return Normal(a.mean + c / b.var * (value - b.mean), a.var - c**2 / b.var)


CLAIMS = (posterior,)
