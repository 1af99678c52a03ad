"""The change of L_T when every step is halved, L_2T - L_T.

In a step from t back to s, halved at t', the half next to s takes the error at t' in place of the one
at t. So the loss changes by half the fall of the SNR over that half times the change of the error, and falls where
the error at t' is smaller. It need not be: for Gaussian data and their Bayes denoiser the loss rises at any x near
the mean, once the SNRs at t' and t multiply to less than 1.
"""

from typing import NamedTuple

from sympy import Expr, S, sqrt

from derivations.claims.bound.discrete import GRID
from derivations.form.claim import Claim, Wrong, by
from derivations.form.statement import Below, Equal
from derivations.notation.quantities import Quantity
from derivations.notation.values import At
from derivations.probability.expected import moments
from derivations.probability.opening import opened

# isort: off
from derivations.symbols import T, dsnr, err, err_m, fall, gain, i, n_1, s, snr_m, snr_s, snr_t, t, t_new as middle, x


class Doubling(NamedTuple):
    """The new time in the i-th step, and the loss of the halved step minus that of the whole one."""

    middle: Expr
    change: Expr


def loss(start: Expr, end: Expr, fall_of_snr: Expr, error_at_end: Expr) -> Quantity:
    """The loss of a step from `end` back to `start`."""
    return Quantity("L", (start, end), fall_of_snr / 2 * error_at_end)


whole = loss(s, t, snr_s - snr_t, err)
halves = loss(s, middle, snr_s - snr_m, err_m) + loss(middle, t, snr_m - snr_t, err)
END = Quantity("t", (2 * i - 1, 2 * T), GRID.t.subs({i: 2 * i - 1, T: 2 * T}, simultaneous=True))
CHANGE = Doubling(middle=i / T - 1 / (2 * T), change=(snr_s - snr_m) * (err_m - err) / 2)

doubling = Claim(
    name="vdm.loss.discrete.doubling",
    title=(
        "A midpoint m in a step changes its loss by (err_m - err) (SNR_s - SNR_m)/2; steps twice as many have the "
        "midpoints i/T - 1/(2T)"
    ),
    kind="equality",
    needs=("vdm.loss.discrete.snr", "vdm.loss.discrete.unbiased"),
    says=lambda a: (
        Equal(END, a.middle),
        Equal(halves - whole, a.change),
    ),
    answer=CHANGE,
    example={T: 2, i: 1, snr_s: 4, snr_m: 2, snr_t: 1, err: 3, err_m: 2},
    means="each of T steps, hence their sum, for any T and any denoiser that both losses share",
    convenience={
        **{
            f"0 < {e}": "an SNR is a ratio of powers; the identity holds for any numbers" for e in (snr_s, snr_m, snr_t)
        },
        "0 < i": "i numbers a step; the identity holds for any i",
    },
    proof=(
        (
            by("the end of step 2i - 1 of 2T", END),
            by("half a step before t", CHANGE.middle),
        ),
        (
            by("steps 2i - 1 and 2i of 2T, minus step i of T", halves - whole),
            by("the second half has the same error at t", (snr_s - snr_m) / 2 * err_m - (snr_s - snr_m) / 2 * err),
            by("collect", CHANGE.change, eq="vdm2021 App. F"),
        ),
    ),
    wrong={
        "sign": Wrong(CHANGE._replace(change=-CHANGE.change), "it is L_T - L_2T"),
        "the other half": Wrong(
            CHANGE._replace(change=(snr_m - snr_t) * (err_m - err) / 2),
            "it takes the fall over the half whose error did not change",
        ),
        "no half": Wrong(CHANGE._replace(change=2 * CHANGE.change), "twice the change"),
        "a quarter step": Wrong(CHANGE._replace(middle=i / T - 1 / (4 * T)), "no step of 2T ends there"),
    },
)

# -- when halving helps: SNR(s) = SNR(t') + fall, SNR(t') = SNR(t) + dsnr, err(t) = err(t') + gain
coarse = loss(s, t, fall + dsnr, err_m + gain)
fine = loss(s, middle, fall, err_m) + loss(middle, t, dsnr, err_m + gain)
GAIN = fall * gain / 2

refine = Claim(
    name="vdm.loss.discrete.refine",
    title="Halving a step lowers the loss where the error at its midpoint is below the error at its end",
    kind="equality",
    needs=("vdm.loss.discrete.doubling",),
    says=lambda a: (Equal(coarse - fine, a), Below(fine, coarse)),
    answer=GAIN,
    example={fall: 2, dsnr: 1, gain: 1, err_m: 2},
    means="each step, hence the sum over steps; also in the mean over data, whose errors are then mean errors",
    convenience={"0 < dsnr": "the fall over the second half does not matter"},
    proof=(
        (by("the loss of one step, whole minus halved", coarse - fine), by("vdm.loss.discrete.doubling", GAIN)),
        (
            by("the loss of the two halves", fine),
            by("add what halving gains where the error falls, to get the loss of the whole", coarse, more=GAIN),
        ),
    ),
    wrong={
        "the whole fall": Wrong(GAIN * (fall + dsnr) / fall, "it also counts the half whose error did not change"),
        "rises": Wrong(-GAIN, "the VLB, which rises, is taken for the loss", ("note004 line 140",)),
        "no half": Wrong(2 * GAIN, "twice the gain"),
    },
)


# -- that it is not so for each x: data N(0, 1), their Bayes denoiser, any path with SNR v = alpha^2 (sigma = 1)
def error(v: Expr) -> Expr:
    """E (x - x_hat)^2 over the noise, for x_hat = E[x | z] = alpha z / (alpha^2 + sigma^2)."""
    return Quantity("err", (v,), moments((x - sqrt(v) * (sqrt(v) * x + n_1) / (v + 1)) ** 2, n_1))


def collected(v: Expr) -> Expr:
    """Return the error in collected form."""
    return (x**2 + v) / (1 + v) ** 2


loss_1 = Quantity("L_1", (x,), (snr_s - snr_t) / 2 * error(snr_t))
loss_2 = Quantity("L_2", (x,), (snr_s - snr_m) / 2 * error(snr_m) + (snr_m - snr_t) / 2 * error(snr_t))
rise = loss_2 - loss_1
RISE = (
    (snr_s - snr_m) * (snr_m - snr_t) / 2
    * (1 - snr_m * snr_t - x**2 * (2 + snr_m + snr_t))
    / ((1 + snr_m) ** 2 * (1 + snr_t) ** 2)
)  # fmt: skip

# at the mean of the data, with SNRs at t' and t that multiply to less than 1; at any x, to more than 1
RISES = {x: S.Zero, snr_t: 1 / (1 + gain), snr_m: S.One, snr_s: 1 + fall}
FALLS = {snr_t: S.One, snr_m: 1 + gain, snr_s: 1 + gain + fall}
up, down = At(rise, *RISES.items()), At(rise, *FALLS.items())

unconditional = Claim(
    name="vdm.loss.discrete.refine.unconditional",
    title="For standard normal data and their Bayes denoiser L_2(x) - L_1(x) takes both signs",
    kind="refuted",
    needs=("vdm.loss.discrete.doubling",),
    says=lambda a: (
        Equal(rise, a),
        Below(S.Zero, up),
        Below(down, S.Zero),
    ),
    answer=RISE,
    refutes="twice the steps lower the loss, L_2(x) < L_1(x), for every x",
    printed_in=("note004 line 141",),
    printed=Below(loss_2, loss_1),
    printed_at={snr_s: S(4), snr_m: S.One, snr_t: S.One / 4, x: S.Zero},
    example={snr_s: 4, snr_m: 2, snr_t: 1, x: 1, fall: 1, gain: 1},
    means="one step, with symbolic SNRs and x; a step of any T is the same",
    convenience={
        **{
            f"0 < {e}": "SNRs are positive; the identity of rational functions holds without it"
            for e in (snr_s, snr_m, snr_t)
        }
    },
    proof=(
        (
            by("the loss of two steps minus that of one, by moments of the noise", opened(rise)),
            by("vdm.loss.discrete.doubling", (snr_s - snr_m) * (error(snr_m) - error(snr_t)) / 2),
            by(
                "the error at SNR v is (x^2 + v)/(1 + v)^2", (snr_s - snr_m) / 2 * (collected(snr_m) - collected(snr_t))
            ),
            by("over a common denominator: positive for x^2 (2 + SNR(t') + SNR(t)) < 1 - SNR(t') SNR(t)", RISE),
        ),
        (
            by("zero", S.Zero),
            by(
                "at x = 0, SNR(t') = 1 and SNR(t) < 1",
                RISE.subs(RISES, simultaneous=True),
                more=fall * gain**2 / (8 * (2 + gain) ** 2),
            ),
            by("as above", up),
        ),
        (
            by("at SNR(t) = 1", down),
            by("at any x, SNR(t') > 1 and SNR(t) = 1", RISE.subs(FALLS, simultaneous=True)),
            by("it is below zero", S.Zero, more=fall * gain * (gain + x**2 * (4 + gain)) / (8 * (2 + gain) ** 2)),
        ),
    ),
    wrong={
        "mean over the data": Wrong(
            -(snr_s - snr_m) * (snr_m - snr_t) / 2 / ((1 + snr_m) * (1 + snr_t)),
            "always negative: right for the average over x, not for each x",
            ("note004 line 141",),
        ),
        "error decreasing in SNR": Wrong(
            (snr_s - snr_m) / 2 * (1 / (1 + snr_m) - 1 / (1 + snr_t)) * (1 + x**2) / 2,
            "it takes the mean error, which does decrease with the SNR",
        ),
        "at x = 0": Wrong(RISE.subs(x, 0), "right only at the mean of the data"),
    },
)

CLAIMS = (doubling, refine, unconditional)
