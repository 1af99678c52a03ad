"""Guided scores are not the scores of a diffusion; and the effect of CFG rescale.

The densities p(z_t | y)^(1+w) p(z_t)^(-w) at the noise levels are not those of one noised density, as Gaussian data
show. CFG rescale brings the standard deviation of the guided output part of the way to that of the conditional one, and
scales its mean as well: down where the guided output has the larger deviation, otherwise up.
"""

from typing import NamedTuple

from sympy import Expr, Integer, Rational, S, Symbol

from derivations.form.claim import Claim, Wrong, by
from derivations.form.statement import AtMost, Below, Equal
from derivations.notation.laws import LawName, LogDensityAt
from derivations.notation.modes import InverseCurvature
from derivations.notation.process import Process
from derivations.notation.quantities import Quantity, Slope
from derivations.notation.values import At

# isort: off
from derivations.symbols import (
    apart, left, mu_1, mu_2, n_0, share, sigma_t, spread, std_cfg as cfg, std_pos as pos, var_1, w, x, x_cfg,
    x_final, y, z_t,
)  # fmt: skip

# p(x | y) = N(mu_1, Sigma_1) and p(x) = N(0, Sigma_1 + spread), alpha = 1
noise2 = sigma_t**2


def guided_var(z: Symbol, extra: Expr) -> InverseCurvature:
    """The variance of p(z | y)^(1 + w) p(z)^-w, at noise of that variance."""
    cond = LogDensityAt(LawName(mu_1, var_1 + extra, "p", z, y), z)
    plain = LogDensityAt(LawName(S.Zero, var_1 + spread + extra, "p", z), z)
    return InverseCurvature((1 + w) * cond - w * plain, z)


class Families(NamedTuple):
    """The variance of the guided law at a noise level, of the guided data noised to it, and their difference."""

    guided: Expr
    noised: Expr
    gap: Expr


A, B = var_1 + noise2, var_1 + spread + noise2
N = Families(
    guided=A * B / (B + w * spread),
    noised=var_1 * (var_1 + spread) / (var_1 + spread + w * spread) + noise2,
    gap=w * (1 + w) * spread**2 * noise2 / ((B + w * spread) * (var_1 + spread + w * spread)),
)
guided = guided_var(z_t, noise2)
data = guided_var(x, S.Zero)
noised = Quantity("v_t", (), data + noise2)

not_diffusion = Claim(
    name="cfg.not_a_diffusion",
    title="On Gaussian data, the guided law at each noise level is narrower than the guided data with that noise",
    kind="refuted",
    needs=("cfg.eps",),
    refutes="guided scores are the scores of a diffusion: that of the guided data",
    printed=Equal(guided, data + noise2),
    printed_at={var_1: Integer(1), spread: Integer(1), w: Integer(1), sigma_t: Integer(1)},
    says=lambda a: (
        Equal(guided, a.guided),
        Equal(noised, a.noised),
        Equal(noised - guided, a.gap),
        Below(guided, a.noised),
    ),
    answer=N,
    example={var_1: 1, spread: 1, w: 1, sigma_t: 1},
    convenience={
        "0 < spread": "at spread = 0 the label carries no information, and there is no guidance",
        "0 < w": "at w = 0 it is the conditional diffusion itself",
        "0 < sigma_t": "without noise there is only one level",
        "0 < Sigma_1": "at Sigma_1 = 0 the conditional data are one point",
    },
    proof=(
        (
            by("the inverse of (1 + w)/A - w/B", guided),
            by("(1 + w) B - w A = B + w spread, with B = A + spread", N.guided),
        ),
        (by("the same without noise, and the noise", noised), by("over a common denominator", N.noised)),
        (
            by("the difference of the two", noised - guided),
            by("over a common denominator", N.gap),
        ),
        (by("the variance of the guided law", guided), by("that of the noised guided data", N.noised, more=N.gap)),
    ),
    wrong={
        "a diffusion of the guided data": Wrong(
            N._replace(guided=N.noised, gap=Integer(0)),
            "true only at w = 0, or without noise",
        ),
        "variances extrapolated": Wrong(
            N._replace(guided=(1 + w) * A - w * B), "precisions and scores are extrapolated, but not variances"
        ),
        "difference of the other sign": Wrong(
            N._replace(gap=-N.gap), "it is the guided law that is narrower at every level"
        ),
    },
    means="Gaussian data of symbolic variances, which is enough for a counterexample",
)


class Rescaled(NamedTuple):
    """The factor of the guided output, and its standard deviation and mean after rescaling."""

    factor: Expr
    std: Expr
    mean: Expr


LOUDER, QUIETER = {cfg: pos + apart, share: 1 / (1 + left)}, {pos: cfg + apart}  # the guided output, by `apart`
mixture = share * (x_cfg * pos / cfg) + (1 - share) * x_cfg
RESCALED = Process((x_cfg, mu_2 + cfg * n_0), (x_final, mixture), noise=(n_0,))
final, mean, variance = Quantity("x_final", (x_cfg,), mixture), RESCALED.E(x_final), RESCALED.Var(x_final)
multiple = Slope(final, x_cfg)
louder, quieter = At(multiple, *LOUDER.items()), At(multiple, *QUIETER.items())
shared = RESCALED.Cov(x_final, x_cfg)
factor = share * pos / cfg + 1 - share
R = Rescaled(factor=factor, std=share * pos + (1 - share) * cfg, mean=factor * mu_2)

rescale = Claim(
    name="cfg.rescale",
    title=(
        "CFG rescale multiplies by share std_pos/std_cfg + 1 - share, less than 1 only where std_cfg is that of a "
        "wider law than std_pos"
    ),
    kind="equality",
    needs=("cfg.eps",),
    says=lambda a: (
        Equal(final, a.factor * x_cfg),
        Equal(variance, a.std**2),
        Equal(mean, a.mean),
        Equal(shared, a.std * cfg),  # of the two roots of the variance
        Below(Integer(0), louder),
        Below(louder, Integer(1)),
        AtMost(Integer(1), quieter, {apart: Integer(0)}, only=True),
    ),
    answer=R,
    example={share: Rational(1, 2), pos: 1, cfg: 2, apart: 1, left: 1, mu_2: 1, x_cfg: 1},
    proof=(
        (
            by("the mixture of the rescaled and the guided output", final.meaning(), eq="zsnr2024 (15)-(16)"),
            by("both are multiples of the guided output", R.factor * x_cfg),
        ),
        (by("its variance", variance), by("the square of the factor times std_cfg", R.std**2)),
        (by("its mean", mean.opened()), by("the same factor", R.mean)),
        (by("its covariance with the guided output", shared), by("the factor times std_cfg^2", R.std * cfg)),
        (
            by("zero", Integer(0)),
            by(
                "the factor where std_cfg is larger, and share < 1",
                louder,
                more=(pos + left * (pos + apart)) / ((1 + left) * (pos + apart)),
            ),
        ),
        (
            by("the factor where std_cfg is larger", louder),
            by("add share (1 - std_pos/std_cfg)", Integer(1), more=apart / ((1 + left) * (pos + apart))),
        ),
        (
            by("one", Integer(1)),
            by(
                "where std_cfg is not larger, add share (std_pos/std_cfg - 1)",
                quieter,
                more=share * apart / cfg,
            ),
        ),
    ),
    wrong={
        "ratio inverted": Wrong(
            Rescaled(share * cfg / pos + 1 - share, share * cfg**2 / pos + (1 - share) * cfg, mu_2),
            "the standard deviation is increased by the ratio, not reduced",
        ),
        "variances for standard deviations": Wrong(
            R._replace(factor=share * pos**2 / cfg**2 + 1 - share),
            "it overcorrects, to less than the spread of the conditional output",
        ),
        "share reversed": Wrong(R._replace(std=(1 - share) * pos + share * cfg), "share = 0 would rescale in full"),
        "mean kept": Wrong(
            R._replace(mean=mu_2), "no mean is subtracted before the division, so the brightness changes too"
        ),
    },
    means="the standard deviation of the law of a coordinate stands for that of a sample's pixels",
)

CLAIMS = (not_diffusion, rescale)
