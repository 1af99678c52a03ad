"""What guidance is not: the scores of a diffusion; and what rescaling its output does.

The densities p(z_t | c)^(1+w) p(z_t)^(-w) of the noise levels are not one density, noised: Gaussian data show it. CFG
rescale brings the standard deviation of the guided output part of the way to the conditional one's, and its mean along:
down where the guided output is the louder one, else up.
"""

from typing import NamedTuple

from sympy import Expr, Integer, Rational, S, Symbol

from derivations.form.claim import Claim, Wrong, by
from derivations.form.statement import AtMost, Below, Equal
from derivations.notation.chains import LogLaw
from derivations.notation.densities import InversePrecision
from derivations.notation.process import Process
from derivations.notation.quantities import LawName, Quantity, Slope
from derivations.notation.samplers import Evaluated
from derivations.symbols import gap, mu_1, mu_2, n_0, positive, r, real, share, sigma_t, var_1, w, x, z_t

# p(x | c) = N(mu_1, var_1) and p(x) = N(0, var_1 + gap), alpha = 1
noise2 = sigma_t**2


LABEL = Symbol("c")  # by its name only


def guided_var(z: Symbol, extra: Expr) -> InversePrecision:
    """The variance of p(z | c)^(1 + w) p(z)^-w, at noise of that variance."""
    cond = LogLaw(LawName(mu_1, var_1 + extra, "p", z, LABEL), z)
    plain = LogLaw(LawName(S.Zero, var_1 + gap + extra, "p", z), z)
    return InversePrecision((1 + w) * cond - w * plain, z)


class Families(NamedTuple):
    """The variance of the guided law at a noise level, of the guided data noised to it, and their difference."""

    guided: Expr
    noised: Expr
    gap: Expr


A, B = var_1 + noise2, var_1 + gap + noise2
N = Families(
    guided=A * B / (B + w * gap),
    noised=var_1 * (var_1 + gap) / (var_1 + gap + w * gap) + noise2,
    gap=w * (1 + w) * gap**2 * noise2 / ((B + w * gap) * (var_1 + gap + w * gap)),
)
guided, data = guided_var(z_t, noise2), guided_var(x, S.Zero)

not_diffusion = Claim(
    name="cfg.not_a_diffusion",
    title="Gaussian data: at each noise level the guided law is narrower than the guided data, noised",
    kind="refuted",
    needs=("cfg.eps",),
    refutes="guided scores are the scores of a diffusion: that of the guided data",
    printed=Equal(guided, data + noise2),
    printed_at={var_1: Integer(1), gap: Integer(1), w: Integer(1), sigma_t: Integer(1)},
    says=lambda a: (
        Equal(guided, a.guided),
        Equal(data, a.noised - noise2),
        Equal(data - guided, a.gap - noise2),
        Below(guided, a.noised),
    ),
    answer=N,
    example={var_1: 1, gap: 1, w: 1, sigma_t: 1},
    convenience={
        "0 < gap": "a label that says nothing leaves p(z): no guidance",
        "0 < w": "at w = 0 it is the conditional diffusion itself",
        "0 < sigma_t": "without noise there is one level only",
        "0 < var_1": "data at one point stay one, until they are noised",
    },
    proof=(
        (
            by("one over (1 + w)/A - w/B", guided),
            by("(1 + w) B - w A = B + w gap, B = A + gap", N.guided),
        ),
        (by("the same without noise", data), by("over a common denominator, less the noise", N.noised - noise2)),
        (
            by("their difference, without the noise", data - guided),
            by("of the first order in w, with it", N.gap - noise2),
        ),
        (by("guided at the noise level", guided), by("guided without noise, and noised to it", N.noised, more=N.gap)),
    ),
    wrong={
        "a diffusion of the guided data": Wrong(
            N._replace(guided=N.noised, gap=Integer(0)),
            "true at w = 0, or without noise",
        ),
        "variances extrapolated": Wrong(
            N._replace(guided=(1 + w) * A - w * B), "precisions extrapolate, and scores: variances don't"
        ),
        "gap of the other sign": Wrong(N._replace(gap=-N.gap), "the guided law is the narrower one at every level"),
    },
    means="Gaussian data of symbolic variances: one family that is none is enough",
)


class Rescaled(NamedTuple):
    """What the guided output is multiplied by, and its standard deviation and mean thereafter."""

    factor: Expr
    std: Expr
    mean: Expr


pos, cfg = positive("std_pos std_cfg")  # standard deviations of the conditional output and of the guided one
x_cfg, x_final = real("x_cfg x_final")
LOUDER, QUIETER = {cfg: pos + gap, share: 1 / (1 + r)}, {pos: cfg + gap}  # the guided output, by `gap`
mixture = share * (x_cfg * pos / cfg) + (1 - share) * x_cfg
RESCALED = Process((x_cfg, mu_2 + cfg * n_0), (x_final, mixture), noise=(n_0,))
final, mean, variance = Quantity("x_final", (x_cfg,), mixture), RESCALED.E(x_final), RESCALED.Var(x_final)
multiple = Slope(final, x_cfg)
louder, quieter = Evaluated(multiple, *LOUDER.items()), Evaluated(multiple, *QUIETER.items())
shared = RESCALED.Cov(x_final, x_cfg)
factor = share * pos / cfg + 1 - share
R = Rescaled(factor=factor, std=share * pos + (1 - share) * cfg, mean=factor * mu_2)

rescale = Claim(
    name="cfg.rescale",
    title="CFG rescale multiplies by share std_pos/std_cfg + 1 - share: less than 1 just where std_pos < std_cfg",
    kind="equality",
    needs=("cfg.eps",),
    says=lambda a: (
        Equal(final, a.factor * x_cfg),
        Equal(variance, a.std**2),
        Equal(mean, a.mean),
        Equal(shared, a.std * cfg),  # of the two roots of the variance
        Below(Integer(0), louder),
        Below(louder, Integer(1)),
        AtMost(Integer(1), quieter, {gap: Integer(0)}, only=True),
    ),
    answer=R,
    example={share: Rational(1, 2), pos: 1, cfg: 2, gap: 1, r: 1, mu_2: 1, x_cfg: 1},
    convenience={"0 < share": "share = 0 leaves the output as it is"},
    proof=(
        (
            by("the rescaled output and the guided one, mixed", final.meaning(), eq="zsnr2024 (15)-(16)"),
            by("both are multiples of the guided one", R.factor * x_cfg),
        ),
        (by("its variance", variance), by("the multiple, times std_cfg, squared", R.std**2)),
        (by("its mean", mean.opened()), by("the same multiple", R.mean)),
        (by("its covariance with the guided output", shared), by("the multiple of std_cfg^2", R.std * cfg)),
        (
            by("nothing", Integer(0)),
            by(
                "the guided output is the louder one, and share < 1",
                louder,
                more=(pos + r * (pos + gap)) / ((1 + r) * (pos + gap)),
            ),
        ),
        (
            by("the guided output is the louder one", louder),
            by("share (1 - std_pos/std_cfg) more", Integer(1), more=gap / ((1 + r) * (pos + gap))),
        ),
        (
            by("no change", Integer(1)),
            by(
                "the guided output is no louder: share (std_pos/std_cfg - 1) more",
                quieter,
                more=share * gap / cfg,
            ),
        ),
    ),
    wrong={
        "ratio inverted": Wrong(
            Rescaled(share * cfg / pos + 1 - share, share * cfg**2 / pos + (1 - share) * cfg, mu_2),
            "louder by the ratio, not quieter",
        ),
        "variances for standard deviations": Wrong(
            R._replace(factor=share * pos**2 / cfg**2 + 1 - share), "overcorrects: less than the conditional's spread"
        ),
        "share the other way": Wrong(
            R._replace(std=(1 - share) * pos + share * cfg), "share = 0 would rescale in full"
        ),
        "mean kept": Wrong(
            R._replace(mean=mu_2), "nothing is subtracted before the division: the brightness moves, too"
        ),
    },
    means="the standard deviation of the law of a coordinate stands for that of a sample's pixels",
)

CLAIMS = (not_diffusion, rescale)
