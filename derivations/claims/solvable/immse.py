"""The information I(x; z) grows with SNR at half the minimum mean squared error: dI/dv = mmse/2.

With z/sigma = y = sqrt(v) x + n and the density q(y, v), I(x; z) is the integral of -q log q minus a constant. For any
law of x, dq/dv = -d(q M)/dy / (2 sqrt(v)), M = E[x | y]: each x moves at the speed x/(2 sqrt(v)). The rate of
-q log q is then q Var(x | y)/2 and a slope in y, pointwise; integrated over y, dI/dv = mmse(v)/2. So for any function I
of SNR with that slope, on any path, the Bayes denoiser's continuous loss -1/2 int SNR' mmse(SNR(t)) dt is half the
integral of mmse over SNR, which is I at SNR_max minus I at SNR_min.
"""

from typing import NamedTuple

from sympy import Expr, Function, Integral, Piecewise, Rational, S, Symbol, diff, exp, log, sqrt

from derivations.calculus.along import snr_at
from derivations.form.claim import Claim, Wrong, by
from derivations.form.experiment import Experiment, Mean
from derivations.form.statement import Equal
from derivations.notation.losses import Information
from derivations.notation.places import Likelihood
from derivations.notation.process import Process
from derivations.notation.quantities import Quantity, Slope
from derivations.notation.slopes import SlopeBy
from derivations.probability.opening import opened
from derivations.probability.path import free, snr_of_t, unknown
from derivations.probability.smooth import smooth
from derivations.symbols import c, err, n_0, n_1, n_2, omega, q_x, snr, t, u_0, u_1, x, x_a, x_b, x_hat, z_t

y = z_t
root = sqrt(snr)

SNR, START, END = snr_at(t), snr_at(S.Zero), snr_at(S.One)

# Any law of x: the density of y and the mean of x, whose slopes follow from the error
Q, M = Function("q", positive=True), Function("M")
q, mean = Q(y, snr), M(y, snr)


class Rate(NamedTuple):
    """d(-q log q)/dv = rate + d(flux)/dy, with q = q_x, E[x | y] = x_hat and Var(x | y) = err."""

    rate: Expr

    def of(self, mmse: Expr, v: Expr) -> Expr:
        """dI/dv, the rate integrated over y: the mean of Var(x | y) is the mmse."""
        return self.rate.subs({q_x: 1, err: mmse, snr: v}, simultaneous=True)

    def mmse(self, v: Expr) -> Expr:
        """Return the mmse in terms of the slope of I, as the rate is a multiple of it."""
        return diff(INFORMATION(snr), snr).subs(snr, v) / self.of(S.One, v)

    @property
    def over_t(self) -> Integral:
        """The continuous loss of the Bayes denoiser, on any path."""
        return Integral(-Slope(SNR, t) / 2 * self.mmse(SNR), (t, 0, 1))

    @property
    def over_snr(self) -> Integral:
        """Half the integral of the mmse between the SNRs at the ends."""
        return Integral(self.mmse(snr) / 2, (snr, END, START))


# Any I(x; z) as a function of SNR; its gain along a path; Gaussian data of variance c, and z/sigma as y
INFORMATION = smooth("I")
GAINED = INFORMATION(START) - INFORMATION(END)
NORMAL = Process((x, sqrt(c) * n_0), (y, root * x + n_1), noise=(n_0, n_1))
normal = NORMAL.Var(x, y)
learnt_of_normal = Information(NORMAL, x, y)


R = Rate(rate=q_x * err / 2)
FLUX = q_x * x_hat * log(q_x) / (2 * root)  # -q log q, carried at the speed -x_hat/(2 sqrt(v))
UNKNOWN = unknown(R.over_t, GAINED)


slope_q, slope_m = (root * x_hat - y) * q_x, root * err
moved = -(slope_q * x_hat + q_x * slope_m) / (2 * root)
NAMES = {diff(q, snr): moved, diff(q, y): slope_q, diff(mean, y): slope_m}


def in_names(e: Expr) -> Expr:
    """Slopes by what they are: q in y by the score, M in y by the error, q in v by the motion of x."""
    return e.subs(NAMES).subs({q: q_x, mean: x_hat})


def flowing(flux: Expr) -> Expr:
    """The slope of a flux in y."""
    return in_names(diff(flux.subs({q_x: q, x_hat: mean}), y))


def whole(a: Rate) -> Expr:
    """The rate and the slope of the flux."""
    return a.rate + flowing(FLUX)


RISE = SlopeBy(-q * log(q), snr, (snr, S.One), (diff(q, snr), moved), (q, q_x))

# Two points of odds omega: the three facts, and all of it
far, near = (Likelihood(y, o, root, S.One) for o in (x_a, x_b))
two = Quantity("q_w", (y, snr), (omega * far + near) / (1 + omega))
two_mean = Quantity("M_w", (y, snr), (omega * far * x_a + near * x_b) / (omega * far + near))
two_var = Quantity("Var_w", (y, snr), omega * far * near * (x_a - x_b) ** 2 / (omega * far + near) ** 2)


def slope(e: Expr, v: Symbol) -> SlopeBy:
    """The slope of a product."""
    return SlopeBy(e, v, (v, S.One))


def of_two(e: Expr) -> Expr:
    """An expression in q_x, x_hat and err for two points."""
    return e.subs({q_x: two, x_hat: two_mean, err: two_var}, simultaneous=True)


# The experiment: x, what z says of it at two SNRs, and the squared error at one between them
def left_open(v: Expr, noise: Expr) -> Expr:
    """The entropy of x given z at SNR v, the chance of x = 1 by Bayes' rule."""
    chance = 1 / (1 + exp(-2 * sqrt(v) * (sqrt(v) * x + noise)))
    return -chance * log(chance) - (1 - chance) * log(1 - chance)


bayes = opened(two_mean).subs({x_a: 1, x_b: -1, omega: 1})

immse = Claim(
    name="vdm.immse",
    title=(
        "The slope of I(x; z_t) in SNR is half the mmse, so on any path the Bayes denoiser's continuous loss is "
        "I(SNR(0)) - I(SNR(1))"
    ),
    kind="equality",
    needs=("vdm.loss.continuous.v", "vdm.loss.invariance", "bayes.two_points"),
    says=lambda a: (
        Equal(RISE, whole(a)),
        Equal(Slope(two, snr), -slope(two * two_mean, y) / (2 * root)),
        Equal(Slope(two_mean, y), root * two_var),
        Equal(slope(-two * log(two), snr), of_two(a.rate) + slope(of_two(FLUX), y)),
        Equal(a.over_t, a.over_snr),
        Equal(a.over_snr, GAINED),
        Equal(Slope(learnt_of_normal, snr), a.of(normal, snr)),
    ),
    answer=R,
    example={snr: 4, q_x: 2, x_hat: 1, err: 3, z_t: 1, x_a: 1, x_b: -1, omega: 2, c: 1, **UNKNOWN},
    means="pointwise, for any law of x with these slopes, shown for two points; any path and any I(x; z) of SNR",
    trust=(
        "the flux q log q E[x | y] vanishes at infinity",
        "differentiation under the integral sign",
        "the three slopes for any law, as for two points: q, q E[x | y] and q E[x^2 | y] are sums over points",
    ),
    convenience={
        "0 < omega": "omega = 0 is one point, where both sides are 0",
        "0 < c": "c = 0 is data at one point",
        **free(UNKNOWN),
    },
    proof=(
        (
            by("the rate of -q log q, with dq/dv = -d(q M)/dy / (2 sqrt(v))", RISE),
            by(
                "the product rule, backwards",
                in_names(diff(q * mean * log(q), y)) / (2 * root)
                + (q_x * root * err + x_hat * (root * x_hat - y) * q_x - x_hat * (root * x_hat - y) * q_x) / (2 * root),
            ),
            by("d(q M)/dy - M dq/dy = q sqrt(v) Var(x | y)", whole(R)),
        ),
        (
            by("two points: the rate of the density", Slope(two, snr)),
            by("each point moves at the speed x/(2 sqrt(v))", -slope(two * two_mean, y) / (2 * root)),
        ),
        (
            by("two points: the slope of the mean", Slope(two_mean, y)),
            by("sqrt(v) Var(x | y)", root * two_var),
        ),
        (
            by("two points: the rate of -q log q", slope(-two * log(two), snr)),
            by("half the variance, and the slope of the flux", of_two(R.rate) + slope(of_two(FLUX), y)),
        ),
        (
            by("the continuous loss on any path", R.over_t, eq="vdm2021 (15)"),
            by("substitute v = SNR(t)", R.over_snr, eq="vdm2021 (18)", change=(snr, snr_of_t)),
        ),
        (
            by("half the integral of the mmse over SNR", R.over_snr),
            by("I' = mmse/2", GAINED, primitive=INFORMATION(snr)),
        ),
        (
            by("Gaussian data: I = log(1 + c v)/2", Slope(learnt_of_normal, snr)),
            by("mmse = c/(1 + c v)", c / (1 + c * snr) / 2),
            by("half of Var(x | z)", R.of(normal, snr)),
        ),
    ),
    wrong={
        "no half": Wrong(R._replace(rate=q_x * err), "it is twice the slope"),
        "the error of eps": Wrong(R._replace(rate=snr * q_x * err / 2), "dI/d log SNR is half the error of eps"),
        "a gain for a loss": Wrong(R._replace(rate=-R.rate), "information would fall with SNR"),
        "logarithm left out": Wrong(
            Rate(opened(RISE) - flowing(q_x * x_hat / (2 * root))),
            "it is the flux of q, not of -q log q, and the remainder depends on y",
        ),
    },
    experiment=Experiment(
        process=(
            (x, Piecewise((1, u_0 < Rational(1, 2)), (-1, True))),
            (snr, Rational(1, 4) + Rational(15, 4) * u_1),
            (z_t, sqrt(snr) * x + n_0),
            (err, 1 - bayes**2),  # the variance of x given z
        ),
        normals=(n_0, n_1, n_2),
        uniforms=(u_0, u_1),
        # what SNR 1/4 leaves open of x and 4 does not, and the rate at a uniform SNR between
        checks=(
            Mean(
                left_open(Rational(1, 4), n_2) - left_open(S(4), n_1),
                lambda a: Rational(15, 4) * a.rate.subs(q_x, 1),
            ),
        ),
        at={q_x: 1},
        twins=("no half", "the error of eps", "a gain for a loss"),
        size=150_000,
    ),
)

CLAIMS = (immse,)
