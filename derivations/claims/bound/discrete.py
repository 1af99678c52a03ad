"""The loss of a T-step diffusion, L_T(x) = sum over i of KL_i, and its estimate from one random step.

The i-th step runs from t = i/T back to s = (i-1)/T. A sum is T times a mean, by induction over its
terms; one uniform step is therefore unbiased with the factor T.
"""

from typing import NamedTuple

from sympy import Expr, S, exp

from derivations.claims.bound.step import DISTANCE, FALLS, POINT, STEP
from derivations.form.claim import Claim, Wrong, by
from derivations.form.experiment import Experiment, Mean
from derivations.form.induction import Induction, induction
from derivations.form.statement import Equal
from derivations.notation.quantities import Quantity

# isort: off
from derivations.symbols import T, estimate, gamma_0, gamma_1, i, kappa, mean, n, sum_so_far as L, t, x


class Discrete(NamedTuple):
    """A term of the mean, and the factor that makes of a mean over n terms their sum."""

    term: Expr
    factor: Expr


def sums(a: Discrete) -> tuple[Equal, Induction]:
    """A term of the sum; and the sum of n divergences, a factor times `mean`, the mean of n terms.

    A uniform draw from n + 1 terms is with chance n/(n + 1) a uniform draw from the first n.
    """
    grown = (n * mean + a.term) / (n + 1)
    return Equal(DISTANCE, a.term), induction(
        value=a.factor * mean, held=L, base=DISTANCE, step=L + DISTANCE,
        first={n: S.One, mean: a.term}, next={n: n + 1, mean: grown},
    )  # fmt: skip


LOSS = Discrete(term=STEP, factor=n)

snr = Claim(
    name="vdm.loss.discrete.snr",
    title=(
        "For every T, the sum of T divergences is half of T times the mean of (SNR(s) - SNR(t)) times the squared error"
    ),
    kind="induction",
    needs=("vdm.kl.single", "vdm.vlb.decomposition"),
    says=sums,
    answer=LOSS,
    given=(FALLS,),
    example=POINT | {n: 3, mean: 2},
    means="induction over the number of steps, each with its own s and t, for any T",
    trust=("the mean over z_t commutes with the finite sum",),
    convenience={
        "0 < alpha_s": "alpha may have either sign",
        "0 < alpha_t": "alpha_t = 0 is a zero terminal SNR, and the formula holds",
        "0 < sigma_s": "only its square occurs",
        "0 < sigma_t": "only its square occurs",
        "0 < n": "n is a number of terms; the identity holds for every n other than -1",
        FALLS.text: "without it there is no step from s to t, but the identity holds",
    },
    proof=(
        (by("a divergence", DISTANCE), by("vdm.kl.single", STEP, eq="vdm2021 (13)")),
        (by("the first divergence", DISTANCE), by("vdm.kl.single", STEP, eq="vdm2021 (13)")),
        (
            by("n terms and one more", n * mean + DISTANCE, eq="vdm2021 (12)"),
            by("vdm.kl.single", n * mean + STEP),
            by("n + 1 times the mean of n + 1 terms", (n + 1) * ((n * mean + STEP) / (n + 1)), eq="vdm2021 (13)"),
        ),
    ),
    wrong={
        "factor dropped": Wrong(
            LOSS._replace(factor=S.One),
            "a mean stands for a sum: too small by the factor T beside the other terms",
            ("luo2022 text before (100)",),
        ),
        "one term too few": Wrong(LOSS._replace(factor=n - 1), "Luo's factor for t = 2 ... T is used with T terms"),
        "no half": Wrong(LOSS._replace(term=2 * STEP), "twice the loss"),
        "time reversed": Wrong(LOSS._replace(term=-STEP), "SNR(t) - SNR(s) makes the loss negative"),
    },
)


class Grid(NamedTuple):
    """The ends of the i-th step, and the factor on one uniform draw of i from 1 ... T."""

    s: Expr
    t: Expr
    factor: Expr


def gamma_at(time: Expr) -> Expr:
    """A schedule with log SNR linear in time, of any slope."""
    return gamma_0 + (gamma_1 - gamma_0) * time


def snr_at(time: Expr) -> Expr:
    """The SNR by this schedule."""
    return exp(-gamma_at(time))


def error_at(time: Expr) -> Expr:
    """An error exponential in time, at any rate."""
    return exp(kappa * time)


def weight(a: Grid) -> Expr:
    """The drawn step's fall of the SNR times the error at its end, times its chance and the factor."""
    return a.factor * CHANCE * (snr_at(a.s) - snr_at(a.t)) * error_at(a.t)


CHANCE = Quantity("p_i", (), 1 / T)  # of each step
RISE = (gamma_1 - gamma_0) / T  # of gamma in each step
LOST = 1 - exp(-RISE)  # the share of its SNR that each step loses: gamma is linear
FIRST, NEXT = snr_at(S.Zero) * LOST * error_at(1 / T), snr_at(i / T) * LOST * error_at((i + 1) / T)


def covers(a: Grid) -> tuple[Equal, Equal, Induction]:
    """The sum of the first i terms is `estimate`, what draws of the first i steps are worth on average.

    Gamma is T - i + 1 steps below its upper end where the i-th begins, and T - i where it ends.
    """
    first, more = (weight(Grid(*(e.subs(i, j) for e in a))) for j in (1, i + 1))
    by_steps = induction(
        value=estimate, held=L, base=FIRST, step=L + NEXT,
        first={i: S.One, estimate: first}, next={i: i + 1, estimate: estimate + more},
    )  # fmt: skip
    begins, ends = (
        Quantity("gamma", (Quantity(name, (), time),), after(left))
        for name, time, left in (("s_i", GRID.s, T - i + 1), ("t_i", GRID.t, T - i))
    )
    return Equal(begins, gamma_at(a.s)), Equal(ends, gamma_at(a.t)), by_steps


def after(steps: Expr) -> Expr:
    """Gamma so many equal steps below its upper end."""
    return gamma_1 - steps * RISE


GRID = Grid((i - 1) / T, i / T, T)
SPANS = (
    "induction over the steps, any T; SNR and error exponential in t at any rates, which span all functions on a grid"
)
EIGHT = 8


def term_at(s: Expr, t: Expr) -> Expr:
    """A term of the loss whose squared error is t^2."""
    return (snr_at(s) - snr_at(t)) / 2 * t**2


unbiased = Claim(
    name="vdm.loss.discrete.unbiased",
    title=(
        "For an error exponential in t, a uniform step i of 1 ... T, from s = (i-1)/T to t = i/T with the factor T, "
        "estimates L_T without bias"
    ),
    kind="induction",
    needs=("vdm.loss.discrete.snr",),
    says=covers,
    answer=GRID,
    example={T: 8, i: 3, gamma_0: -1, gamma_1: 1, kappa: 1, estimate: 2},
    means=SPANS,
    proof=(
        (by("gamma before the i-th of T equal steps", after(T - i + 1)), by("gamma at (i - 1)/T", gamma_at(GRID.s))),
        (by("gamma after the i-th step", after(T - i)), by("gamma at i/T", gamma_at(GRID.t))),
        (
            by("the first term: gamma rises by (gamma_1 - gamma_0)/T, and the error is that at 1/T", FIRST),
            by("probability 1/T times the factor T", weight(Grid(S.Zero, 1 / T, T))),
        ),
        (
            by("i terms and one more", estimate + NEXT),
            by(
                "the step from i/T to (i + 1)/T, with probability 1/T and factor T",
                estimate + weight(Grid(i / T, (i + 1) / T, T)),
            ),
        ),
    ),
    convenience={"0 < i": "i numbers a step; the identity holds for any i"},
    wrong={
        "factor dropped": Wrong(GRID._replace(factor=S.One), "it estimates L_T / T"),
        "factor T - 1": Wrong(
            GRID._replace(factor=T - 1),
            "unbiased for the T - 1 steps t = 2 ... T, not for T: Luo's (100) leaves out t = 1",
        ),
        "steps from 0 to T - 1": Wrong(
            Grid((i - 2) / T, (i - 1) / T, T),
            "the first step has s = -1/T, outside the schedule, and the step to t = 1 is never drawn",
            ("web a public implementation of VDM",),
        ),
        "steps twice as long": Wrong(GRID._replace(s=(i - 2) / T), "overlapping steps count the fall of the SNR twice"),
    },
    experiment=Experiment(
        process=((t, i / T), (x, (i - 1) / T)),
        steps={i: EIGHT},
        at={T: EIGHT, gamma_0: -1, gamma_1: 1},
        checks=(
            Mean(
                of=term_at(x, t),
                value=lambda a: sum((term_at(a.s, a.t).subs(i, j) / a.factor for j in range(1, EIGHT + 1)), S.Zero),
            ),
        ),
        twins=("factor dropped", "factor T - 1", "steps from 0 to T - 1"),
    ),
)


CLAIMS = (snr, unbiased)
