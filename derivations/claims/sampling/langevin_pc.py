"""Predictor and corrector on N(0, c) data with the best score: a Langevin step restores variance that DDIM lost.

At s the law should have the variance v = alpha_s^2 c + sigma_s^2. The predictor, a DDIM step at eta = 0, arrives with
v - d; a corrector of size h then scales this by (1 - h/v)^2 and adds 2h. So it has a bias of its own, h^2/v.
"""

from typing import NamedTuple

from sympy import Expr, S, sqrt

from derivations.claims.sampling.ddim_gaussian import DATA, goal, made_t, start, taken
from derivations.claims.sampling.ddim_gaussian import G as DDIM
from derivations.form.claim import Below, Claim, Wrong, by
from derivations.form.experiment import Experiment, Residual
from derivations.form.law import Law, Made
from derivations.form.statement import Equal
from derivations.notation.process import Process
from derivations.notation.quantities import Quantity
from derivations.notation.steps import Drawn
from derivations.notation.values import At
from derivations.probability.gaussian import Normal, law
from derivations.symbols import alpha_s, alpha_t, c, h, n_0, n_1, n_2, sigma_s, sigma_t, z_pred, z_s, z_t

NOISE = (n_0, n_1, n_2)
v, d = Quantity("v", (), goal), DDIM.lost


def corrected(z: Expr) -> Expr:
    """Return one Langevin step on q(z_s) = N(0, v)."""
    return z + h * (-z / v) + sqrt(2 * h) * n_2


TAKEN = Process(*DATA.steps, (z_pred, taken.meaning()), (z_s, corrected(z_pred)), noise=NOISE)
made_s = corrected(Drawn(TAKEN, z_pred))


def left(size: Expr) -> Expr:
    """The variance still missing after a corrector of this size."""
    return v - At(TAKEN.Var(z_s), (h, size))


class Left(NamedTuple):
    """The variance still missing after a corrector of size h; the size after which none is."""

    lost: Expr
    best: Expr


def best_size(a: Left) -> Quantity:
    """The size after which no variance is missing, by name."""
    return Quantity("h_best", (), a.best)


root_d = sqrt(c) * (alpha_s * sigma_t - alpha_t * sigma_s) / sqrt(start)  # positive where the SNR is larger at s
P = Left(lost=(1 - h / v) ** 2 * d - h**2 / v, best=v * root_d / (root_d + sqrt(v)))

pc = Claim(
    name="sde.pc",
    title=("On N(0, c) data, a corrector of size h leaves (1 - h/v)^2 of the variance that DDIM lost of v, less h^2/v"),
    kind="law",
    needs=("ddim.gaussian", "langevin.gaussian"),
    says=lambda a: (
        Law(z_s, Made(made_s, NOISE), Normal(S.Zero, goal - a.lost)),
        Equal(left(best_size(a)), S.Zero),
        Equal(best_size(a) / sqrt(v), (1 - best_size(a) / v) * root_d),  # roots of the bias h^2/v, and of what is left
    ),
    answer=P,
    given=(Below(alpha_t * sigma_s, alpha_s * sigma_t),),
    example={alpha_s: 4, sigma_s: 3, alpha_t: 3, sigma_t: 4, c: 1, h: 1},
    convenience={
        "alpha_t sigma_s < alpha_s sigma_t": "the SNR is larger at s; elsewhere the identities hold but at a pole",
        "0 < alpha_s": "both sides are polynomials in it",
        "0 < sigma_t": "it follows from a falling SNR",
        "0 < alpha_t": "at alpha_t = 0, z_t carries no information on x",
        "0 < sigma_s": "at sigma_s = 0, z_s is data",
        "0 < h": "at h = 0 all of d remains missing",
        "0 < c": "c is the variance of the data; its root occurs in pairs, as c",
    },
    proof=(
        (
            by("the variance after both steps", law(TAKEN.made(z_s), NOISE).var),
            by("(1 - h/v)^2 (v - d) + 2h", goal - P.lost),
        ),
        (
            by("at the size v sqrt(d)/(sqrt(d) + sqrt(v))", left(best_size(P))),
            by("(1 - h/v) sqrt(d) = h/sqrt(v)", S.Zero),
        ),
        (
            by("the root of the bias of the corrector", best_size(P) / sqrt(v)),
            by(
                "the root of the remaining loss, for the positive of two sizes",
                (1 - best_size(P) / v) * root_d,
            ),
        ),
    ),
    wrong={
        "all brought back": Wrong(
            P._replace(lost=S.Zero * h),
            "true only as h -> 0 and the number of steps grows; one step does not restore all",
        ),
        "no bias": Wrong(
            P._replace(lost=(1 - h / v) ** 2 * d), "unadjusted steps overshoot by h^2/v, however good the predictor"
        ),
        "shrunk once": Wrong(P._replace(lost=(1 - h / v) * d - h**2 / v), "a variance is scaled by the square"),
        "the noise alone": Wrong(P._replace(lost=d - 2 * h), "the score removes most of what the noise adds"),
        "the score of the data": Wrong(
            P._replace(lost=goal - (1 - h / c) ** 2 * (goal - d) - 2 * h),
            "it uses -z/c, of time 0, but the corrector at s needs the score of z_s",
        ),
        "a step of size d": Wrong(P._replace(best=d), "2 h is added as noise, and the score removes most of it"),
    },
    experiment=Experiment(
        process=((z_t, made_t), (z_s, corrected(taken))),
        at={alpha_s: 4, sigma_s: 3, alpha_t: 1, sigma_t: 20, c: 1, h: 5},
        normals=NOISE,
        checks=(Residual(of=z_s, law=lambda a: Normal(S.Zero, goal - a.lost)),),
        twins=("all brought back", "no bias", "shrunk once", "the noise alone"),
    ),
    means="Gaussian data of symbolic variance, the best denoiser; one corrector, for more see langevin.gaussian",
)

CLAIMS = (pc,)
