"""A long DDPM chain: when its variance is preserved, and when x_T tends to N(0, 1).

The variance is preserved only for data of unit variance. The chain forgets its start when alpha-bar tends to 0, and
many small steps alone do not make it do so.
"""

from typing import NamedTuple

from sympy import Expr, Integer, Rational, sqrt

from derivations.claims.forward.ddpm import MARGINAL, NEXT, ONE, TWO, chain, step
from derivations.form.claim import Below, Claim, Wrong, by
from derivations.form.experiment import Experiment, Residual
from derivations.form.statement import Equal, Tends
from derivations.notation.chains import Product, with_steps
from derivations.notation.laws import log_law
from derivations.notation.process import Process
from derivations.notation.times import function, quantity
from derivations.notation.values import At
from derivations.probability.gaussian import Normal
from derivations.symbols import (
    abar,
    abar_s,
    beta,
    beta_s,
    i,
    m,
    n,
    n_0,
    n_1,
    n_2,
    n_3,
    odds,
    omega,
    tiny,
    var,
    x_0,
    x_1,
    x_2,
    x_s,
    x_t,
)

# -- variance ---------------------------------------------------------------------------------------

START = x_0, sqrt(var) * n_0  # stands for data of variance `Sigma`: second moments are all that is used
VARIANCE = abar * var + 1 - abar
TWO_STEPS = Process(START, (x_1, step(x_0, beta_s, n_1)), (x_2, step(x_1, beta, n_2)), noise=(n_0, n_1, n_2))
ONE_MORE = Process(
    START, (x_s, sqrt(abar_s) * x_0 + sqrt(1 - abar_s) * n_1), (x_t, step(x_s, beta, n_2)), noise=(n_0, n_1, n_2)
)
var_s = abar_s * var + 1 - abar_s


def toward_one(product: Expr) -> Expr:
    """Return 1 + product (Sigma - 1), the variance by its distance from 1."""
    return 1 + product * (var - 1)


# alpha-bar below 1, by its odds; data of a variance above 1, and below
ABAR = quantity("abar", 1 / (1 + odds))
WIDER = {abar: ABAR, var: 1 + omega}
NARROWER = {abar: ABAR, var: 1 / (1 + omega)}
ONE_STEP = Process(START, (x_1, step(x_0, beta, n_1)), noise=(n_0, n_1))


def data_with(variance: Expr) -> At:
    """The variance of data, where it is this."""
    return At(TWO_STEPS.Var(x_0), (var, variance))


TURNED = odds * omega / (1 + odds)

variance = Claim(
    name="ddpm.marginal.variance",
    title="Var(x_t) - 1 = alpha-bar_t (Var(x_0) - 1): only data of unit variance keep their variance",
    kind="refuted",
    needs=("ddpm.forward",),
    refutes="DDPM's process preserves variance, whatever the data",
    printed_in=("luo2022 text before (31)",),
    printed=Equal(with_steps(ONE_STEP.Var(x_1)), ONE_STEP.Var(x_0)),
    printed_at={beta: Rational(1, 2), var: 4},
    says=lambda q: (
        Equal(with_steps(TWO_STEPS.Var(x_2)), q.subs(TWO, simultaneous=True)),
        Equal(with_steps(ONE_MORE.Var(x_t)), q.subs(NEXT, simultaneous=True)),
        Below(q.subs(WIDER, simultaneous=True), data_with(WIDER[var])),
        Below(data_with(NARROWER[var]), q.subs(NARROWER, simultaneous=True)),
    ),
    answer=VARIANCE,
    given=(Below(beta, ONE), Below(beta_s, ONE), Below(abar_s, ONE)),
    example={beta: Rational(1, 2), beta_s: Rational(2, 5), abar_s: Rational(4, 5), var: 4, odds: 1, omega: 1},
    convenience={
        "0 < beta": "the recursion holds for any beta in [0, 1]",
        "0 < beta_s": "the recursion holds for any beta in [0, 1]",
        "0 < abar_s": "the recursion also holds at alpha-bar = 0",
        "0 < Sigma": "the recursion also holds for a point mass",
        "beta < 1": "the recursion holds for any beta in [0, 1]",
        "beta_s < 1": "the recursion holds for any beta in [0, 1]",
        "abar_s < 1": "the recursion also holds at alpha-bar = 1, before the first step",
    },
    means="one symbolic induction step, for any T; any data with a second moment, coordinate by coordinate",
    proof=(
        (
            by("two steps, each with its own noise", TWO_STEPS.Var(x_2)),
            by("each step scales the distance from 1 by 1 - beta", toward_one((1 - beta) * (1 - beta_s))),
            by("expand", VARIANCE.subs(TWO, simultaneous=True)),
        ),
        (
            by("one further step", ONE_MORE.Var(x_t)),
            by("scale by 1 - beta, and add beta", (1 - beta) * var_s + beta),
            by("the distance from 1 is scaled by 1 - beta", toward_one((1 - beta) * abar_s), eq="sde2021 (26)"),
            by("expand", VARIANCE.subs(NEXT, simultaneous=True)),
        ),
        (
            by("data of variance 1 + omega, after any number of steps", VARIANCE.subs(WIDER, simultaneous=True)),
            by("the variance of the data is larger", data_with(WIDER[var]), more=TURNED),
        ),
        (
            by("data of variance below 1", data_with(NARROWER[var])),
            by(
                "their variance after any number of steps is larger",
                VARIANCE.subs(NARROWER, simultaneous=True),
                more=TURNED / (1 + omega),
            ),
        ),
    ),
    wrong={
        "preserved, whatever the data": Wrong(
            var, "variance 4 becomes 5/2 in one step of beta = 1/2", ("luo2022 text before (31)",)
        ),
        "one, whatever the data": Wrong(ONE, "true only at unit variance, or once alpha-bar is 0"),
        "the noise left out": Wrong(abar * var, "only the signal's share is left"),
        "multiplied for convolved": Wrong(
            var * (1 - abar) / (var + 1 - abar),
            "the densities of data and noise are multiplied, not convolved",
            ("note002 line 161",),
        ),
        "data not scaled": Wrong(var + 1 - abar, "the densities are convolved, but x_0 is not scaled down"),
        "root of alpha-bar": Wrong(sqrt(abar) * var + 1 - abar, "an amplitude stands for a variance"),
    },
    experiment=Experiment(
        process=(
            (abar, Rational(27, 40) * (1 - beta)),  # 9/10 * 3/4 by the first two steps
            (x_0, sqrt(var) * n_0),
            *chain(x_0, (Rational(1, 10), Rational(1, 4), beta), (x_1, x_2, x_t)),
        ),
        normals=(n_0, n_1, n_2, n_3),
        checks=(Residual(of=x_t, law=lambda q: Normal(Integer(0), q)),),
        at={var: 4, beta: Rational(2, 5)},
        twins=("preserved, whatever the data", "one, whatever the data", "the noise left out"),
    ),
)

# -- the limit --------------------------------------------------------------------------------------


class Telescope(NamedTuple):
    """With beta_t = (t + 1)^-2: alpha-bar_n / alpha-bar_m, and the mean and variance that x_n tends to."""

    ratio: Expr
    mean: Expr
    var: Expr


@function("beta", i)
def beta_of(step_number: Expr) -> Expr:
    """Betas that fall too fast: their sum is finite."""
    return 1 / (step_number + 1) ** 2


@function("ratio", m, n)
def telescope(first: Expr, last: Expr) -> Expr:
    """alpha-bar_last / alpha-bar_first for these betas."""
    return (first + 1) * (last + 2) / ((first + 2) * (last + 1))


def marginal_at(product: Expr) -> Normal:
    """DDPM's marginal where alpha-bar is `product`."""
    return Normal(*(e.subs(abar, product) for e in MARGINAL))


FAR = quantity("abar", telescope(Integer(0), 1 / tiny))  # alpha-bar_n at n = 1/tiny
near = (1 + 2 * tiny) / (2 * (1 + tiny))
HALF = Telescope(ratio=telescope(m, n), mean=x_0 / sqrt(2), var=Rational(1, 2))
NOISE = Normal(Integer(0), ONE)
forgotten = log_law(marginal_at(tiny**2), x_t)

limit = Claim(
    name="ddpm.marginal.limit",
    title=(
        "x_T tends to N(0, 1) as alpha-bar_T tends to 0; with beta(i) = 1/(i + 1)^2, alpha-bar_T tends to 1/2 "
        "instead"
    ),
    kind="refuted",
    needs=("ddpm.marginal",),
    refutes="as T tends to infinity, x_T becomes a standard normal, whatever the betas",
    printed_in=("note002 line 57",),
    printed=Tends(log_law(marginal_at(quantity("abar", near)), x_t), tiny, log_law(NOISE, x_t)),
    printed_at={x_0: 1, x_t: 0, tiny: 0},
    says=lambda q: (
        Equal(Product(1 - beta_of(i), i, m + 1, m + 2), q.ratio.subs(n, m + 2)),
        Equal(telescope(m, n) * (1 - beta_of(n + 1)), q.ratio.subs(n, n + 1)),
        Tends(marginal_at(FAR).mean, tiny, q.mean),
        Tends(marginal_at(FAR).var, tiny, q.var),
        Tends(forgotten, tiny, log_law(NOISE, x_t)),
    ),
    answer=HALF,
    example={m: 1, n: 3, x_0: 1, x_t: 1},
    convenience={"0 < m": "the product also holds from the start, m = 0", "0 < n": "the product also holds at n = 0"},
    means=(
        "one symbolic induction step for alpha-bar_n, any n; limits by continuity in tiny, the inverse of n or the "
        "root of alpha-bar"
    ),
    trust=("Scheffe's lemma: densities that converge at each point converge in law",),
    proof=(
        (
            by("the two steps after step m", Product(1 - beta_of(i), i, m + 1, m + 2)),
            by("each factor is k (k + 2) / (k + 1)^2", telescope(m, m + 2)),
        ),
        (
            by("the quotient so far, times the factor of one further step", telescope(m, n) * (1 - beta_of(n + 1))),
            by("that factor is (n + 1)(n + 3) / (n + 2)^2", telescope(m, n + 1)),
        ),
        (
            by("after n = 1/tiny steps from x_0", marginal_at(FAR).mean),
            by("multiply numerator and denominator by tiny", sqrt(near) * x_0),
        ),
        (
            by("after n = 1/tiny steps from x_0", marginal_at(FAR).var),
            by("multiply numerator and denominator by tiny", 1 - near),
        ),
        (
            by("the marginal with alpha-bar = tiny^2", forgotten, eq="ddpm2020 (4)"),
            by("its mean is tiny x_0, its variance 1 - tiny^2", log_law(marginal_at(tiny**2), x_t)),
        ),
    ),
    wrong={
        "exactly Gaussian noise in the limit": Wrong(
            HALF._replace(mean=Integer(0), var=ONE), "half of the power of x_0 is still there",
            ("note002 line 57",),
        ),
        "product from the step before": Wrong(
            HALF._replace(ratio=telescope(m - 1, n)), "one factor too many: the index range starts at m, not m + 1",
            ("web public posts",),
        ),
        "one minus the sum": Wrong(
            HALF._replace(ratio=1 - 1 / (m + 1) + 1 / (n + 1)), "betas are multiplied, not added"
        ),
    },
    experiment=Experiment(  # three steps after the m-th
        process=(
            (n, m + 3),
            *chain(x_0, tuple(beta_of(m + number) for number in (1, 2, 3)), (x_1, x_2, x_t)),
        ),
        normals=(n_1, n_2, n_3),
        checks=(Residual(of=x_t, law=lambda q: marginal_at(q.ratio)),),
        at={x_0: 2, m: 1},
        twins=("one minus the sum",),
    ),
)  # fmt: skip

CLAIMS = (variance, limit)
