"""One term of DDPM's loss in terms of the data, for t >= 2: half the fall of the SNR times a squared error.

The SNR falls at each step for all betas in (0, 1), as a step adds noise and scales the signal down.
"""

from sympy import Expr, Rational, S, Symbol, sqrt

from derivations.calculus.ddpm_step import at_data
from derivations.form.claim import Below, Claim, Wrong, by
from derivations.form.statement import Equal
from derivations.notation.process import Process
from derivations.notation.quantities import Quantity
from derivations.notation.values import At
from derivations.symbols import (
    abar,
    abar_s,
    n_1,
    n_2,
    nsr,
    odds,
    t,
    x_0,
    x_hat,
    x_s,
    x_t,
)  # fmt: skip

# -- in the data: Luo (99)-(110). alpha_t = abar / abar_s
step = abar / abar_s
STEPS = at_data(step, abar_s, 1 - step)
MEAN = STEPS.E(x_s, x_t)
DISTANCE = (MEAN - At(MEAN, (x_0, x_hat))) ** 2 / (2 * STEPS.Var(x_s, x_t))
ERROR = (x_0 - x_hat) ** 2
WEIGHT = (Quantity("SNR", (t - 1,), abar_s / (1 - abar_s)) - Quantity("SNR", (t,), abar / (1 - abar))) / 2
SIGMA2_Q = (1 - step) * (1 - abar_s) / (1 - abar)
PULL = abar_s * (1 - step) ** 2 / (1 - abar) ** 2
both, high, low = (1 - abar_s) * (1 - abar), abar_s * (1 - abar), abar * (1 - abar_s)

snr_weight = Claim(
    name="ddpm.snr.weight",
    title="In terms of x_0, the weight of one term of DDPM's loss is half the fall of the SNR in its step",
    kind="equality",
    needs=("ddpm.posterior", "vdm.kl.equal_variance"),
    says=lambda a: Equal(DISTANCE, a * ERROR),
    answer=WEIGHT,
    given=(Below(abar, abar_s), Below(abar_s, S.One)),
    convenience={
        "0 < abar": "alpha-bar_t = 0 is a zero terminal SNR, and the formula holds",
        "0 < abar_s": "alpha-bar is a square",
        "abar_s < 1": "t >= 2; without it there is no posterior, but the identity of rational functions holds",
        "abar < abar_s": "beta_t > 0; at beta_t = 0 both sides vanish",
    },
    example={abar_s: Rational(1, 2), abar: Rational(1, 4), x_0: 1, x_hat: 3, x_t: 1},
    means="one coordinate; for d see gauss.isotropic.reduction and gauss.isotropic.conditioning",
    proof=(
        (
            by(
                "squared distance of two posterior means, over twice their variance",
                DISTANCE,
                eq="luo2022 (92), (96)-(98)",
            ),
            by("the means differ by a multiple of x_0 - x_hat", PULL / (2 * SIGMA2_Q) * ERROR, eq="luo2022 (99)"),
            by("insert the variance", PULL / SIGMA2_Q / 2 * ERROR, eq="luo2022 (101)-(102)"),
            by("cancel", abar_s * (1 - step) / both / 2 * ERROR, eq="luo2022 (103)"),
            by("alpha-bar_{t-1} alpha_t = alpha-bar_t", (abar_s - abar) / both / 2 * ERROR, eq="luo2022 (104)"),
            by(
                "add and subtract alpha-bar_{t-1} alpha-bar_t",
                (high - low) / both / 2 * ERROR,
                eq="luo2022 (105)-(106)",
            ),
            by("split the fraction", (high / both - low / both) / 2 * ERROR, eq="luo2022 (107)"),
            by("cancel in each fraction", WEIGHT * ERROR, eq="luo2022 (108)-(110)"),
        ),
    ),
    wrong={
        "mean squared over variance": Wrong(
            WEIGHT * x_0**2,
            "right only at unit signal power: the squared mean of x_t contains x_0^2",
            ("luo2022 text before (109)",),
        ),
        "fall of alpha-bar": Wrong((abar_s - abar) / 2, "the noise is not divided out"),
        "SNR rising": Wrong(-WEIGHT, "t and t - 1 are exchanged, and the divergence is negative"),
        "squares forgotten": Wrong(
            abar_s * (1 - step) / (1 - abar) / (2 * SIGMA2_Q), "two squares are missing in (99)"
        ),
    },
)

# -- the SNR falls by itself: nsr = (1 - alpha-bar_{t-1}) / alpha-bar_{t-1}, odds = beta_t / alpha_t
MADE = Process(
    (x_s, sqrt(1 / (1 + nsr)) * x_0 + sqrt(nsr / (1 + nsr)) * n_1),
    (x_t, sqrt(1 / (1 + odds)) * x_s + sqrt(1 - 1 / (1 + odds)) * n_2),
    noise=(n_1, n_2),
    data=(x_0,),
)


def snr_of(time: Expr, process: Process, state: Symbol) -> Quantity:
    """The SNR at unit signal power."""
    return Quantity("SNR", (time,), At(process.E(state), (x_0, S.One)) ** 2 / process.Var(state))


before, after = snr_of(t - 1, MADE, x_s), snr_of(t, MADE, x_t)
rise = 1 / after - 1 / before
RISE = odds * (1 + nsr)

monotone = Claim(
    name="ddpm.snr.monotone",
    title=(
        "DDPM's SNR falls at each step, which adds the ratio of beta_t to alpha_t, over alpha-bar before it, to "
        "the inverse of the SNR"
    ),
    kind="equality",
    says=lambda a: (Equal(rise, a), Below(after, before)),
    answer=RISE,
    example={nsr: 1, odds: 3},
    proof=(
        (
            by("1/SNR of x_t minus 1/SNR of x_{t-1}, at unit power of x_0", rise),
            by("alpha-bar_{t-1} = 1/(1 + nsr), alpha_t = 1/(1 + odds)", (1 + nsr) * (1 + odds) - 1 - nsr),
            by("multiply out", RISE),
        ),
        (
            by("SNR(t)", after),
            by("adding to 1/SNR lowers the SNR", before, more=RISE / (nsr * (nsr + RISE))),
        ),
    ),
    wrong={
        "noise added, signal kept": Wrong(
            RISE / (1 + odds), "beta_t for beta_t/alpha_t: a step also shrinks the signal"
        ),
        "first step": Wrong(odds, "right only for noiseless x_{t-1}"),
        "SNR rising": Wrong(-RISE, "the SNR cannot rise for beta_t in (0, 1)"),
    },
)

CLAIMS = (snr_weight, monotone)
