"""DDPM's chain in discrete time: x_t = sqrt(1 - beta_t) x_{t-1} + sqrt(beta_t) noise, each step with its own beta.

alpha_t = 1 - beta_t and alpha-bar_t is the product of the alphas so far. The marginal holds for every number of steps
by one symbolic step more: independent normal noises add their variances.
"""

from collections.abc import Sequence
from typing import NamedTuple

from sympy import Expr, Integer, Rational, Symbol, sqrt

from derivations.form.claim import Below, Claim, Wrong, by
from derivations.form.definition import Defined
from derivations.form.experiment import Experiment, Residual
from derivations.form.induction import Induction
from derivations.form.law import Law, Made
from derivations.form.statement import Equal, Point
from derivations.notation.chains import ChainMoment, with_steps
from derivations.notation.laws import log_law
from derivations.notation.process import Process
from derivations.probability.gaussian import Normal, law

# isort: off
from derivations.symbols import (
    abar, abar_s, beta, beta_s, eps, m_t, n_0, n_1, n_2, n_3, t, v_t, x_0, x_1, x_2, x_3, x_before, x_s, x_t,
)  # fmt: skip

ONE = Integer(1)


def step(z: Expr, own_beta: Expr, noise: Symbol) -> Expr:
    """One step of the chain, with a beta of its own."""
    return sqrt(1 - own_beta) * z + sqrt(own_beta) * noise


def chain(start: Expr, betas: Sequence[Expr], states: Sequence[Symbol]) -> tuple[tuple[Symbol, Expr], ...]:
    """Step by step from `start` through the states, with noise n_1, n_2, ..."""
    steps = zip((start, *states), states, betas, (n_1, n_2, n_3, n_0), strict=False)
    return tuple((z, step(before, own_beta, fresh)) for before, z, own_beta, fresh in steps)


# -- definition -------------------------------------------------------------------------------------

forward = Claim(
    name="ddpm.forward",
    kind="definition",
    says=lambda q: Defined("q", (x_t, x_s), q, by=(beta,)),
    answer=Normal(sqrt(1 - beta) * x_s, beta),
    given=(Below(beta, ONE),),
    example={beta: Rational(9, 25), x_s: 1, x_t: 1},
)

# -- the marginal -----------------------------------------------------------------------------------

MARGINAL = Normal(sqrt(abar) * x_0, 1 - abar)
NEXT = {abar: (1 - beta) * abar_s}  # alpha-bar_t by alpha-bar_{t-1}
ONCE = {abar: 1 - beta, abar_s: ONE}  # alpha-bar_t and alpha-bar_{t-1} at t = 1
LATER = {abar: (1 - beta) * abar, abar_s: abar}  # one step more
TWO = {abar: (1 - beta) * (1 - beta_s), abar_s: 1 - beta_s}  # two steps, the first with beta_s


def over(q: Normal, steps: dict[Symbol, Expr], of: Symbol) -> Expr:
    """The log-density after these steps."""
    return log_law(Normal(*(e.subs(steps, simultaneous=True) for e in q)), of)


def moments_of(start: Symbol) -> Normal:
    """The mean and the variance of x_t after any number of steps from a start, each step with its own beta."""
    made = x_before, step(x_before, beta, eps), eps
    return Normal(ChainMoment("E", x_t, start, made), ChainMoment("Var", x_t, start, made))


TWO_STEPS = Process((x_1, step(x_0, beta_s, n_1)), (x_2, step(x_1, beta, n_2)), noise=(n_1, n_2), data=(x_0,))
merged = with_steps(TWO_STEPS.log_q(x_2))
once = moments_of(x_0)
one_more = law(step(m_t + sqrt(v_t) * n_1, beta, n_2), (n_1, n_2))


def grown(q: Normal) -> Normal:
    """Return the law after one further step, from the law q before it."""
    return Normal(*(e.subs({m_t: q.mean, v_t: q.var}, simultaneous=True) for e in one_more))


def along(q: Normal, once: Normal, first: Point, later: Point, start: Expr = ONE) -> Induction:
    """The law q of x_t for every t from `start` on: there it is `once`, and each step makes one_more of it."""
    return Induction(
        value=q, held=(m_t, v_t), base=once, step=one_more, first=first, next=later,
        index=t, start=start, own=(beta,),
    )  # fmt: skip


def kept(product: Expr, variance: Expr) -> Expr:
    """log N(x_2; sqrt(product) x_0, variance)."""
    return log_law(Normal(sqrt(product) * x_0, variance), x_2)


BETAS = Rational(1, 10), Rational(1, 4), Rational(2, 5), Rational(1, 2)  # alpha-bar = 81/400
AT = {abar: Rational(81, 400), abar_s: Rational(81, 200), beta: Rational(1, 2), beta_s: Rational(2, 5)}
SMALL = (Below(beta, ONE), Below(beta_s, ONE), Below(abar, ONE))

marginal = Claim(
    name="ddpm.marginal",
    title="After t DDPM steps, each with its own beta, x_t is N(sqrt(alpha-bar_t) x_0, 1 - alpha-bar_t)",
    kind="induction",
    needs=("ddpm.forward", "vdm.forward.semigroup"),
    says=lambda q: (along(q, once, ONCE, LATER), Equal(merged, over(q, TWO, x_2))),
    answer=MARGINAL,
    given=SMALL,
    convenience={
        "0 < abar": "alpha-bar is a product of numbers between 0 and 1; the recursion of the variance holds without it",
        "abar < 1": "it keeps the variance positive; the recursion of the variance holds without it",
        "0 < abar_s": "alpha-bar_{t-1} occurs only in wrong answers",
    },
    example=AT | {x_0: 1, x_2: 2},
    means="induction over the steps, for any T; two steps are derived as in the papers",
    proof=(
        (
            by("scale the variance so far by 1 - beta, and add beta", grown(MARGINAL).var, eq="luo2022 (67)"),
            by("alpha-bar gains one factor", MARGINAL.var.subs(LATER), eq="ddpm2020 (4); luo2022 (68)-(70)"),
        ),
        (
            by("two steps, each with its own noise", merged, eq="luo2022 (61)-(63)"),
            by("independent noises add their variances", kept((1 - beta) * (1 - beta_s), (1 - beta) * beta_s + beta),
               eq="luo2022 (64)-(65)"),
            by("put beta = 1 - alpha for both steps", over(MARGINAL, TWO, x_2), eq="luo2022 (66)"),
        ),
    ),
    wrong={
        "beta eps for sqrt(beta) eps": Wrong(
            MARGINAL._replace(var=(1 - beta) * (1 - abar_s) + beta**2),
            "the last step has variance beta^2 and adds too little noise", ("note002 line 116",),
        ),
        "1 - alpha-bar for its root": Wrong(
            MARGINAL._replace(var=(1 - abar) ** 2), "the noise is scaled by its variance, not by its deviation"
        ),
        "standard deviation for variance": Wrong(
            MARGINAL._replace(var=sqrt(1 - abar)), "sqrt(1 - alpha-bar) stands where the variance should",
            ("diffusion-models-class #18",),
        ),
        "1 - beta for its root": Wrong(
            MARGINAL._replace(mean=abar * x_0), "unit variance is not preserved", ("note002 line 64",)
        ),
        "subscripts lost": Wrong(
            MARGINAL._replace(var=1 - (1 - beta) ** 2), "the square of one alpha stands for the product of two",
            ("note002 line 131",),
        ),
        "one minus a sum, for the product": Wrong(
            Normal(sqrt(abar_s - beta) * x_0, 1 - abar_s + beta), "the square of the scale turns negative in time"
        ),
        "product one factor short": Wrong(
            Normal(sqrt(abar_s) * x_0, 1 - abar_s), "the last step is left out: the index range ends at t - 1"
        ),
        "centred at the state before": Wrong(
            MARGINAL._replace(mean=x_0), "without the factor, the variance grows without bound",
            ("luo2022 second restriction",),
        ),
    },
    experiment=Experiment(
        process=(
            (abar_s, Rational(27, 40) * (1 - beta_s)),  # 9/10 * 3/4 by the first two steps
            (abar, abar_s * (1 - beta)),
            *chain(x_0, (*BETAS[:2], beta_s, beta), (x_1, x_2, x_3, x_t)),
        ),
        normals=(n_0, n_1, n_2, n_3),
        checks=(Residual(of=x_t, law=lambda q: q),),
        at={x_0: 2, beta: AT[beta], beta_s: AT[beta_s]},
        twins=("beta eps for sqrt(beta) eps", "1 - beta for its root", "product one factor short"),
    ),
)  # fmt: skip

# -- the merged noise -------------------------------------------------------------------------------


class Merged(NamedTuple):
    """The noise of two steps as one: its variance, and what it shares with the noise of each."""

    var: Expr
    with_first: Expr
    with_last: Expr


both = 1 - (1 - beta) * (1 - beta_s)  # the variance of two steps
noise = (sqrt((1 - beta) * beta_s) * n_1 + sqrt(beta) * n_2) / sqrt(both)
PAIR = (n_1, n_2)
SHARED = Process((eps, noise), noise=PAIR)
MERGED = Merged(var=ONE, with_first=sqrt((1 - beta) * beta_s / both), with_last=sqrt(beta / both))


def shares(of: Symbol) -> Expr:
    """Return the covariance of the merged noise with one of the two."""
    return with_steps(SHARED.Cov(eps, of))


merged_noise = Claim(
    name="ddpm.marginal.merged",
    title="The merged noise of two DDPM steps is a standard normal that is correlated with the noise of each step",
    kind="law",
    needs=("ddpm.forward",),
    says=lambda q: (
        Law(eps, Made(noise, PAIR), Normal(Integer(0), q.var)),
        Equal(shares(n_1), q.with_first),
        Equal(shares(n_2), q.with_last),
    ),
    answer=MERGED,
    given=(Below(beta, ONE), Below(beta_s, ONE)),
    example={beta: Rational(1, 2), beta_s: Rational(2, 5)},
    convenience={
        "0 < beta_s": "with a noiseless first step, the merged noise is that of the last step",
        "beta_s < 1": "the identities also hold for a first step of pure noise",
        "0 < beta": "with a noiseless last step, the merged noise is that of the first step",
        "beta < 1": "the identities also hold for a last step of pure noise",
    },
    proof=(
        (
            by("divide the two variances by their sum", with_steps(SHARED.Var(eps)), eq="luo2022 (64)"),
            by("their sum is (1 - beta) beta_s + beta", MERGED.var, eq="luo2022 (65)-(66)"),
        ),
        (by("read off its coefficient", shares(n_1), eq="luo2022 (63)"), by("combine the roots", MERGED.with_first)),
        (by("read off its coefficient", shares(n_2), eq="luo2022 (63)"), by("combine the roots", MERGED.with_last)),
    ),
    wrong={
        "independent of the two": Wrong(
            Merged(ONE, Integer(0), Integer(0)), "(64), an equality of laws, is read as one of random variables",
            ("luo2022 text before (61)",),
        ),
        "first and last exchanged": Wrong(
            Merged(ONE, MERGED.with_last, MERGED.with_first), "it is the earlier noise that is scaled down"
        ),
        "shares of variance": Wrong(
            Merged(ONE, MERGED.with_first**2, MERGED.with_last**2), "these add up to 1; covariances are their roots"
        ),
    },
)  # fmt: skip

CLAIMS = (forward, marginal, merged_noise)
