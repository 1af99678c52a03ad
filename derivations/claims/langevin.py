"""Unadjusted Langevin steps, the corrector of predictor-corrector sampling, on a normal law: their bias and their size.

z <- z + h score(z) + sqrt(2 h) n keeps a normal law normal. Its mean is drawn to the target's by 1 - h/c a step; its
variance to c/(1 - h/(2c)), not to c. The size of a step is told by the ratio r of its drift to its noise.
"""

from typing import NamedTuple

from sympy import Expr, Integer, Rational, S, diff, sqrt

from derivations.claim import Claim, Source, Wrong, by
from derivations.experiment import Experiment, Residual
from derivations.forms.law import Law, Made
from derivations.gaussian import Normal, law
from derivations.statement import AtMost, Below, Equal
from derivations.symbols import alpha, c, h, mu_1, mu_2, n_0, n_1, n_2, r, s_1, s_2, var, w, z_s, z_t

NOISE = (n_0, n_1)
SONG = Source("song2021score", "arXiv:2011.13456v2", "(2), algorithms 2-5", "h = epsilon")
target = Normal(mu_1, c)


def stepped(z: Expr, noise: Expr) -> Expr:
    """One step of Langevin's process on the target."""
    return z + h * diff(target.log_density(z_t), z_t).subs(z_t, z) + sqrt(2 * h) * noise


made = mu_2 + sqrt(var) * n_0
moved = law(stepped(made, n_1), NOISE)


class Corrected(NamedTuple):
    """Mean and variance after a step from N(mu_2, var); the variance that stays, and what it has more than c.

    And the sizes of step, w over the positive numbers, by which all that is off shrinks.
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
        """The same, from another law."""
        here = {mu_2: before.mean, var: before.var}
        return Normal(self.mean.subs(here, simultaneous=True), self.var.subs(here, simultaneous=True))


shrink = 1 - h / c
A = Corrected(
    mean=mu_1 + shrink * (mu_2 - mu_1),
    var=shrink**2 * var + 2 * h,
    stays=2 * c**2 / (2 * c - h),
    bias=c * h / (2 * c - h),
    steady=2 * c * w / (1 + w),  # from 0 to 2c
)
turned = (1 - w) / (1 + w)  # from 1 to -1

gaussian = Claim(
    name="langevin.gaussian",
    title="Langevin steps on N(mu, c) bring mean and variance nearer to mu and c/(1 - h/(2c)) > c just for h < 2c",
    family="sampling",
    kind="law",
    needs=("vdm.param.score",),
    says=lambda a: (
        Law(z_s, Made(stepped(made, n_1), NOISE), a.law),
        Equal(moved.var.subs(var, a.stays), a.stays),
        Equal(moved.var - a.stays, shrink**2 * (var - a.stays)),
        Equal(moved.var.subs(var, a.stays) - c, a.bias),
        Equal(shrink.subs(h, a.steady), turned),
        Below(shrink.subs(h, a.steady) ** 2, S.One),
        AtMost(S.One, shrink.subs(h, 2 * c * (1 + w)) ** 2, {w: S.Zero}, only=True),
        Below(c, a.stays.subs(h, a.steady)),
    ),
    answer=A,
    given=(Below(h, 2 * c),),
    example={c: 4, h: 1, mu_1: 1, mu_2: 2, var: 1, w: 1},
    convenience={
        "0 < var": "a start at one point serves as well",
        "0 < c": "follows from 0 < h < 2c",
        "0 < h": "at h = 0 all stays",
        "h < 2*c": "beyond it c/(1 - h/(2c)) is no variance, and distances grow; the identities go on as numbers",
    },
    proof=(
        (by("of z - h (z - mu)/c + noise", moved.mean), by("the distance to mu shrinks by 1 - h/c", A.mean)),
        (by("z is shrunk, and noise of variance 2h added", moved.var), by("1 - h/c, squared", A.var)),
        (
            by("a step from the variance that stays", moved.var.subs(var, A.stays)),
            by("1 - (1 - h/c)^2 = 2h/c (1 - h/(2c))", A.stays),
        ),
        (
            by("how far off it is after a step", moved.var - A.stays),
            by("how far off it was, shrunk", shrink**2 * (var - A.stays)),
        ),
        (
            by("what it has more than the target", moved.var.subs(var, A.stays) - c),
            by("of first order in h", A.bias),
        ),
        (by("what a step of any size below 2c leaves of it", shrink.subs(h, A.steady)), by("(1 - w)/(1 + w)", turned)),
        (
            by("its square, by which the variance comes nearer", shrink.subs(h, A.steady) ** 2),
            by(
                "less than 1 for every such size: step by step all that was off shrinks by one factor",
                S.One,
                more=4 * w / (1 + w) ** 2,
            ),
        ),
        (
            by("what is kept", S.One),
            by("by a step from 2c on", shrink.subs(h, 2 * c * (1 + w)) ** 2, more=4 * w * (1 + w)),
        ),
        (by("the target's variance", c), by("what stays is c (1 + w)", A.stays.subs(h, A.steady), more=c * w)),
    ),
    wrong={
        "unbiased": Wrong(
            A._replace(stays=c, bias=Integer(0)), "only a Metropolis test, or h -> 0, makes the target stay"
        ),
        "at the mode": Wrong(
            A._replace(stays=Integer(0), bias=-c),
            "the score alone leads to a mode; with its noise the law stays spread",
            ("Luo, text after (158) and (161)",),
        ),
        "noise sqrt(h)": Wrong(
            A._replace(var=shrink**2 * var + h, stays=c**2 / (2 * c - h)), "half the noise: samples gather at the mode"
        ),
        "noise 2h for its root": Wrong(A._replace(var=shrink**2 * var + 4 * h**2), "noise scaled by the wrong power"),
        "sign of the score": Wrong(
            A._replace(mean=mu_1 + (1 + h / c) * (mu_2 - mu_1)), "away from the data: the law spreads for ever"
        ),
        "shrunk once": Wrong(A._replace(var=shrink * var + 2 * h), "a variance shrinks by the square"),
        "stable for any h": Wrong(A._replace(steady=c * w), "from h = 2c on each step sets the mean farther off"),
        "bias of twice the step": Wrong(A._replace(stays=c**2 / (c - h)), "1 - h/c for 1 - h/(2c)"),
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
    means="any normal target and start; one coordinate of an isotropic target, as its score has no other in it",
    sources=(SONG, Source("luo2022understanding", "arXiv:2208.11970v1", "(158)", "h = c")),
)


class Size(NamedTuple):
    """Step sizes for a ratio r of drift to noise: variance exploding, and with variance preserving's factor alpha."""

    ve: Expr
    vp: Expr


push, kick = s_1**2 + s_2**2, n_1**2 + n_2**2  # |score|^2 and |n|^2
Z = Size(ve=2 * r**2 * kick / push, vp=2 * alpha * r**2 * kick / push)


def drift(step: Expr) -> Expr:
    """The squared norm of what the score moves."""
    return (step * s_1) ** 2 + (step * s_2) ** 2


def noise(step: Expr) -> Expr:
    """The squared norm of what the noise moves."""
    return (sqrt(2) * n_1) ** 2 * step + (sqrt(2) * n_2) ** 2 * step


size = Claim(
    name="langevin.step_size",
    title="A step 2 (r |n|/|score|)^2 has a drift of r times its noise; with VP's factor alpha, r sqrt(alpha)",
    family="sampling",
    kind="equality",
    needs=("langevin.gaussian",),
    says=lambda a: (
        Equal(r**2 * noise(a.ve), drift(a.ve)),
        Equal(alpha * r**2 * noise(a.vp), drift(a.vp)),
        Equal(r**2 * noise(S.One), a.ve * push),
        Equal(alpha * r**2 * noise(S.One), a.vp * push),
    ),
    answer=Z,
    given=(Below(S.Zero, push),),
    example={r: Rational(1, 2), s_1: 2, s_2: 1, n_1: 1, n_2: 1, alpha: Rational(1, 4)},
    convenience={
        "0 < s_1**2 + s_2**2": "a score of 0 has no ratio to its noise",
        "0 < alpha": "alpha = 1 - beta_t is near 1",
        "0 < r": "at r = 0 there is no step",
    },
    proof=(
        (
            by("r^2 times the noise, squared", r**2 * noise(Z.ve), eq="SDE, algorithm 4"),
            by("is the drift, squared", drift(Z.ve)),
        ),
        (
            by("alpha r^2 times the noise, squared", alpha * r**2 * noise(Z.vp), eq="SDE, algorithm 5"),
            by("is the drift, squared", drift(Z.vp)),
        ),
        (
            by("r^2 times the noise, squared, of a step of 1", r**2 * noise(S.One)),
            by("is the drift, squared, over the step: no step has it too", 2 * r**2 * kick),
        ),
        (
            by("alpha r^2 times the noise, squared, of a step of 1", alpha * r**2 * noise(S.One)),
            by("is the drift, squared, over the step", 2 * alpha * r**2 * kick),
        ),
    ),
    wrong={
        "the norms inverted": Wrong(
            Size(2 * r**2 * push / kick, 2 * alpha * r**2 * push / kick), "large steps where the score is large"
        ),
        "norms not squared": Wrong(
            Size(2 * r * sqrt(kick / push), 2 * alpha * r * sqrt(kick / push)), "a length, where a step is its square"
        ),
        "no factor 2": Wrong(
            Size(r**2 * kick / push, alpha * r**2 * kick / push), "as for noise of variance h: a ratio r/sqrt(2)"
        ),
        "alpha squared": Wrong(
            Z._replace(vp=2 * alpha**2 * r**2 * kick / push), "the ratio falls to alpha r, not sqrt(alpha) r"
        ),
    },
    means="two coordinates stand for d",
    sources=(SONG._replace(equations="algorithms 4-5", convention="g = score, z = noise, alpha_i = 1 - beta_i"),),
)

CLAIMS = (gaussian, size)
