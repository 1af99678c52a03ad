"""Unadjusted Langevin steps on a normal law, the corrector of predictor-corrector sampling, and their bias.

z <- z + h score(z) + sqrt(2 h) n keeps a normal law normal. Each step scales the distance of its mean to the target's
by 1 - h/c; its variance tends to c/(1 - h/(2c)), not to c.
"""

from typing import NamedTuple

from sympy import Expr, Integer, S, sqrt

from derivations.form.claim import Claim, Wrong, by
from derivations.form.experiment import Experiment, Residual
from derivations.form.law import Law, Made
from derivations.form.statement import AtMost, Below, Equal
from derivations.notation.process import Process
from derivations.notation.quantities import Slope
from derivations.notation.steps import Drawn
from derivations.notation.values import At
from derivations.probability.gaussian import Normal, law
from derivations.symbols import c, h, mu_1, mu_2, n_0, n_1, n_2, omega, var, x, z_s, z_t

NOISE = (n_0, n_1)
TARGET = Process((x, mu_1 + sqrt(c) * n_2), noise=(n_2,))


def stepped(z: Expr, noise: Expr) -> Expr:
    """Return one Langevin step on the target."""
    return z + h * At(TARGET.score(x), (x, z)) + sqrt(2 * h) * noise


made = mu_2 + sqrt(var) * n_0
STEPPED = Process((z_t, made), (z_s, stepped(z_t, n_1)), noise=NOISE)
mean, variance = STEPPED.E(z_s), STEPPED.Var(z_s)
kept = Slope(mean, mu_2)  # of the distance between the means


class Corrected(NamedTuple):
    """Mean and variance after a step from N(mu_2, Sigma); the stationary variance, and its excess over c.

    And the sizes of step, for omega over the positive numbers, at which distances shrink.
    """

    mean: Expr
    var: Expr
    stays: Expr
    bias: Expr
    steady: Expr

    @property
    def law(self) -> Normal:
        return Normal(self.mean, self.var)

    def after(self, before: Normal) -> Normal:
        """Return the law after a step from another law."""
        here = {mu_2: before.mean, var: before.var}
        return Normal(self.mean.subs(here, simultaneous=True), self.var.subs(here, simultaneous=True))


shrink = 1 - h / c
A = Corrected(
    mean=mu_1 + shrink * (mu_2 - mu_1),
    var=shrink**2 * var + 2 * h,
    stays=2 * c**2 / (2 * c - h),
    bias=c * h / (2 * c - h),
    steady=2 * c * omega / (1 + omega),  # from 0 to 2c
)
turned = (1 - omega) / (1 + omega)  # from 1 to -1
large = At(kept, (h, 2 * c * (1 + omega)))


def stays(a: Corrected) -> At:
    """Return the variance after a step from the stationary one."""
    return At(variance, (var, a.stays))


def steady(a: Corrected) -> At:
    """Return the factor of the distance in a step of a size below 2c."""
    return At(kept, (h, a.steady))


gaussian = Claim(
    name="langevin.gaussian",
    title=(
        "Langevin steps on N(mu, c) bring mean and variance nearer to mu and to 2 c^2/(2c - h), more than c by c "
        "h/(2c - h), only for h < 2c"
    ),
    kind="law",
    needs=("vdm.param.score",),
    says=lambda a: (
        Law(z_s, Made(stepped(Drawn(STEPPED, z_t), n_1), NOISE), a.law),
        Equal(stays(a), a.stays),
        Equal(variance, a.stays + shrink**2 * (var - a.stays)),
        Equal(stays(a) - TARGET.Var(x), a.bias),
        Equal(steady(a), turned),
        Below(steady(a) ** 2, S.One),
        AtMost(S.One, large**2, {omega: S.Zero}, only=True),
        Below(TARGET.Var(x), a.stays.subs(h, a.steady)),
    ),
    answer=A,
    given=(Below(h, 2 * c),),
    example={c: 4, h: 1, mu_1: 1, mu_2: 2, var: 1, omega: 1},
    convenience={
        "0 < Sigma": "the identities also hold for a start at one point",
        "0 < c": "it follows from 0 < h < 2c",
        "0 < h": "at h = 0 nothing changes",
        "h < 2 c": "beyond it c/(1 - h/(2c)) is negative and distances grow, but the identities hold",
    },
    proof=(
        (
            by("the mean of z - h (z - mu)/c + noise", law(STEPPED.made(z_s), NOISE).mean),
            by("the distance to mu is scaled by 1 - h/c", A.mean),
        ),
        (by("z is scaled, and noise of variance 2h added", variance), by("scale by (1 - h/c)^2", A.var)),
        (
            by("a step from the stationary variance", stays(A)),
            by("1 - (1 - h/c)^2 = 2h/c (1 - h/(2c))", A.stays),
        ),
        (
            by("the variance after a step", variance),
            by(
                "its distance from the stationary variance is scaled by (1 - h/c)^2",
                A.stays + shrink**2 * (var - A.stays),
            ),
        ),
        (
            by("the stationary variance minus that of the target", stays(A) - c),
            by("the bias, of first order in h", A.bias),
        ),
        (by("the factor 1 - h/c for any size below 2c", steady(A)), by("(1 - omega)/(1 + omega)", turned)),
        (
            by("the square of the factor, by which the distance of variances is scaled", steady(A) ** 2),
            by(
                "it is below 1 for every such size",
                S.One,
                more=4 * omega / (1 + omega) ** 2,
            ),
        ),
        (
            by("one", S.One),
            by("the squared factor for sizes from 2c on", large**2, more=4 * omega * (1 + omega)),
        ),
        (
            by("the variance of the target", c),
            by("the stationary variance is c (1 + omega)", A.stays.subs(h, A.steady), more=c * omega),
        ),
    ),
    wrong={
        "unbiased": Wrong(
            A._replace(stays=c, bias=Integer(0)), "the target is stationary only with a Metropolis test, or as h -> 0"
        ),
        "at the mode": Wrong(
            A._replace(stays=Integer(0), bias=-c),
            "the score alone leads to a mode, but with noise the law keeps a spread",
            ("luo2022 text after (158), text after (161)",),
        ),
        "noise sqrt(h)": Wrong(
            A._replace(var=shrink**2 * var + h, stays=c**2 / (2 * c - h)),
            "the noise is halved, and samples gather at the mode",
        ),
        "noise 2h for its root": Wrong(A._replace(var=shrink**2 * var + 4 * h**2), "noise scaled by the wrong power"),
        "sign of the score": Wrong(
            A._replace(mean=mu_1 + (1 + h / c) * (mu_2 - mu_1)),
            "steps go away from the data, and the law spreads without bound",
        ),
        "shrunk once": Wrong(A._replace(var=shrink * var + 2 * h), "a variance is scaled by the square"),
        "stable for any h": Wrong(
            A._replace(steady=c * omega), "from h = 2c on, each step moves the mean farther away"
        ),
        "bias of twice the step": Wrong(A._replace(stays=c**2 / (c - h)), "1 - h/c stands for 1 - h/(2c)"),
    },
    experiment=Experiment(
        process=((z_s, stepped(made, n_1)), (z_t, stepped(z_s, n_2))),
        normals=(*NOISE, n_2),
        checks=(
            Residual(of=z_s, law=lambda a: a.law),
            Residual(of=z_t, law=lambda a: a.after(a.law)),
        ),
        twins=("noise sqrt(h)", "sign of the score", "shrunk once"),
    ),
    means="any normal target and start; one coordinate of an isotropic target, whose score involves no other",
)


CLAIMS = (gaussian,)
