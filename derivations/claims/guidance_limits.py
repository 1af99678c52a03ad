"""What guidance is not: the scores of a diffusion; and what rescaling its output does.

The densities p(z_t | c)^(1+w) p(z_t)^(-w) of the noise levels are not one density, noised: Gaussian data show it. CFG
rescale brings the standard deviation of the guided output part of the way to the conditional one's, and its mean along:
down where the guided output is the louder one, else up.
"""

from typing import NamedTuple

from sympy import Expr, Integer, Rational, Symbol, diff

from derivations.claim import Claim, Wrong, by
from derivations.claims.guidance_free import HO, LIN, LUO
from derivations.gaussian import Normal, law
from derivations.statement import AtMost, Below, Equal
from derivations.symbols import gap, mu_1, mu_2, n_0, positive, r, share, sigma_t, var_1, w, z_t

# p(x | c) = N(mu_1, var_1) and p(x) = N(0, var_1 + gap), alpha = 1
noise2 = sigma_t**2


def tilted(extra: Expr) -> Expr:
    """The precision of p(z | c)^(1 + w) p(z)^-w, at noise of that variance."""
    cond, plain = Normal(mu_1, var_1 + extra), Normal(Integer(0), var_1 + gap + extra)
    return -diff((1 + w) * cond.log_density(z_t) - w * plain.log_density(z_t), z_t, 2)


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
guided, noised = 1 / tilted(noise2), 1 / tilted(Integer(0)) + noise2

not_diffusion = Claim(
    name="cfg.not_a_diffusion",
    title="Gaussian data: at each noise level the guided law is narrower than the guided data, noised",
    family="sampling",
    kind="refuted",
    needs=("cfg.eps",),
    refutes="guided scores are the scores of a diffusion: that of the guided data",
    printed=Equal(guided, noised),
    printed_at={var_1: Integer(1), gap: Integer(1), w: Integer(1), sigma_t: Integer(1)},
    says=lambda a: (
        Equal(guided, a.guided),
        Equal(noised, a.noised),
        Equal(noised - guided, a.gap),
        Below(a.guided, a.noised),
    ),
    answer=N,
    example={var_1: 1, gap: 1, w: 1, sigma_t: 1},
    convenience={
        "0 < gap": "a label that tells nothing leaves p(z): no guidance",
        "0 < w": "at w = 0 it is the conditional diffusion itself",
        "0 < sigma_t": "without noise there is one level only",
        "0 < var_1": "data at one point stay one, until they are noised",
    },
    proof=(
        (
            by("one over (1 + w)/A - w/B", guided),
            by("(1 + w) B - w A = B + w gap, B = A + gap", N.guided),
        ),
        (by("the same without noise, and the noise", noised), by("over a common denominator", N.noised)),
        (
            by("their difference", noised - guided),
            by("of the first order in w", N.gap),
        ),
        (by("guided at the noise level", N.guided), by("guided without noise, and noised to it", N.noised, more=N.gap)),
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
    sources=(HO, LUO),
)


class Rescaled(NamedTuple):
    """What the guided output is multiplied by, and its standard deviation and mean thereafter."""

    factor: Expr
    std: Expr
    mean: Expr

    def where(self, at: dict[Symbol, Expr]) -> Expr:
        """The factor at these standard deviations."""
        return self.factor.subs(at, simultaneous=True)


pos, cfg = positive("std_pos std_cfg")  # standard deviations of the conditional output and of the guided one
LOUDER, QUIETER = {cfg: pos + gap, share: 1 / (1 + r)}, {pos: cfg + gap}  # the guided output, by `gap`
output = mu_2 + cfg * n_0
final = share * (output * pos / cfg) + (1 - share) * output
after = law(final, (n_0,))
factor = share * pos / cfg + 1 - share
R = Rescaled(factor=factor, std=share * pos + (1 - share) * cfg, mean=factor * mu_2)

rescale = Claim(
    name="cfg.rescale",
    title="CFG rescale multiplies by share std_pos/std_cfg + 1 - share: less than 1 just where std_pos < std_cfg",
    family="sampling",
    kind="equality",
    needs=("cfg.eps",),
    says=lambda a: (
        Equal(final, a.factor * output),
        Equal(after.var, a.std**2),
        Equal(a.factor * cfg, a.std),
        Equal(after.mean, a.mean),
        Below(Integer(0), a.std.subs(LOUDER, simultaneous=True)),
        Below(Integer(0), a.where(LOUDER)),
        Below(a.where(LOUDER), Integer(1)),
        AtMost(Integer(1), a.where(QUIETER), {gap: Integer(0)}, only=True),
    ),
    answer=R,
    example={share: Rational(1, 2), pos: 1, cfg: 2, gap: 1, r: 1, mu_2: 1, n_0: 1},
    convenience={"0 < share": "share = 0 leaves the output as it is"},
    proof=(
        (
            by("the rescaled output and the guided one, mixed", final, eq="Lin et al. (15)-(16)"),
            by("both are multiples of the guided one", R.factor * output),
        ),
        (by("its variance", after.var), by("the multiple, times std_cfg, squared", R.std**2)),
        (
            by("the multiple, times std_cfg", R.factor * cfg),
            by("its standard deviation, where that is positive", R.std),
        ),
        (by("its mean", after.mean), by("the same multiple", R.mean)),
        (
            by("nothing", Integer(0)),
            by(
                "the root taken is the positive one",
                R.std.subs(LOUDER, simultaneous=True),
                more=(pos + r * (pos + gap)) / (1 + r),
            ),
        ),
        (
            by("nothing", Integer(0)),
            by(
                "the guided output is the louder one, and share < 1",
                R.where(LOUDER),
                more=(pos + r * (pos + gap)) / ((1 + r) * (pos + gap)),
            ),
        ),
        (
            by("the guided output is the louder one", R.where(LOUDER)),
            by("share (1 - std_pos/std_cfg) more", Integer(1), more=gap / ((1 + r) * (pos + gap))),
        ),
        (
            by("no change", Integer(1)),
            by(
                "the guided output is no louder: share (std_pos/std_cfg - 1) more",
                R.where(QUIETER),
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
    sources=(LIN._replace(equations="(13)-(16)", convention="share = its phi, 0.7"),),
)

CLAIMS = (not_diffusion, rescale)
