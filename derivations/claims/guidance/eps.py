"""Guidance by a classifier of noisy z, in terms of eps, x and v, and in DDIM's step.

eps is -sigma times the score, so that sigma times what is added to the score is subtracted from eps. x-hat and
v-hat = alpha eps-hat - sigma x-hat follow from the guided eps.
"""

from typing import NamedTuple

from sympy import Expr

from derivations.claims.guidance.classifier import CLASSIFIER, MARGINAL, tilted_score
from derivations.form.claim import Claim, Wrong, by
from derivations.form.statement import Equal
from derivations.notation.quantities import Quantity
from derivations.notation.samplers import Update
from derivations.symbols import (
    alpha_s,
    alpha_t,
    eps_hat,
    grad,
    q_x,
    q_y,
    scale,
    sigma_s,
    sigma_t,
    z_s,
    z_t,
)


class Moved(NamedTuple):
    """The guided noise, score, data and velocity, and DDIM's step at eta = 0."""

    eps: Expr
    score: Expr
    x: Expr
    v: Expr
    step: Expr


shown = (z_t - sigma_t * eps_hat) / alpha_t
shown_v = alpha_t * eps_hat - sigma_t * shown
E = Moved(
    eps=eps_hat - scale * sigma_t * grad,
    score=-eps_hat / sigma_t + scale * grad,
    x=shown + scale * sigma_t**2 / alpha_t * grad,
    v=shown_v - scale * sigma_t * (alpha_t**2 + sigma_t**2) / alpha_t * grad,
    step=alpha_s * shown + sigma_s * eps_hat + scale * sigma_t * (alpha_s * sigma_t / alpha_t - sigma_s) * grad,
)
slope_of = tilted_score(MARGINAL * CLASSIFIER**scale, -eps_hat / sigma_t)
pushed = Quantity("eps_tilde", (), -sigma_t * slope_of)  # eps is -sigma times the score
pushed_x = Quantity("x_tilde", (), (z_t - sigma_t * pushed) / alpha_t)
pushed_v = Quantity("v_tilde", (), alpha_t * pushed - sigma_t * pushed_x)
pushed_z = Update(z_s, "DDIM", alpha_s * pushed_x + sigma_s * pushed)

moved = Claim(
    name="guidance.eps",
    title="Classifier guidance subtracts scale sigma_t grad from eps-hat, and so shifts x-hat, v-hat and DDIM's step",
    kind="equality",
    needs=("guidance.bayes", "ddim.forms", "vdm.param.score", "vdm.param.v"),
    says=lambda a: (
        Equal(slope_of, a.score),
        Equal(pushed, a.eps),
        Equal(pushed_x, a.x),
        Equal(pushed_v, a.v),
        Equal(pushed_z, a.step),
    ),
    answer=E,
    example={alpha_s: 4, sigma_s: 3, alpha_t: 1, sigma_t: 2, eps_hat: 1, z_t: 1, scale: 1, grad: 1, q_x: 1, q_y: 1},
    convenience={
        "0 < alpha_s": "only products with it occur",
        "0 < sigma_s": "sigma_s = 0 is the last step",
        "0 < q_x": "where the density is 0 it has no score; as a common factor it cancels",
        "0 < q_y": "where the classifier gives 0 its logarithm has no slope; its power is a common factor and cancels",
    },
    proof=(
        (by("the slope of log q(z) q(y | z)^scale", slope_of), by("the score is -eps-hat/sigma_t", E.score)),
        (
            by("-sigma_t times the score", -sigma_t * slope_of),
            by("multiply out", E.eps, eq="dhariwal2021 (14)"),
        ),
        (by("x-hat from the guided eps", pushed_x.meaning()), by("multiply out", E.x)),
        (
            by("v-hat from the guided eps and x-hat", pushed_v.meaning()),
            by("collect grad: alpha + sigma^2/alpha times sigma", E.v),
        ),
        (
            by(
                "DDIM's step with the guided eps in both terms",
                pushed_z.meaning(),
                eq="dhariwal2021 Algorithm 2",
            ),
            by("collect grad", E.step),
        ),
    ),
    wrong={
        "sign": Wrong(
            Moved(
                eps_hat + scale * sigma_t * grad,
                -eps_hat / sigma_t - scale * grad,
                shown - scale * sigma_t**2 / alpha_t * grad,
                2 * shown_v - E.v,
                2 * (alpha_s * shown + sigma_s * eps_hat) - E.step,
            ),
            "eps points away from the data and the score towards it, so the shift has to be subtracted",
        ),
        "variance for standard deviation": Wrong(
            E._replace(eps=eps_hat - scale * sigma_t**2 * grad), "the shift of the mean is taken for that of eps"
        ),
        "score added as it is": Wrong(
            E._replace(eps=eps_hat + scale * grad),
            "noise is read as a score: the sign and sqrt(1 - alpha-bar) are both lost",
            ("web a public study note",),
        ),
        "not scaled": Wrong(E._replace(eps=eps_hat - scale * grad), "sqrt(1 - alpha-bar) is left out"),
        "v moved as eps": Wrong(
            E._replace(v=shown_v - scale * sigma_t * grad),
            "x-hat shifts as well, and v with it",
        ),
        "v moved as eps over alpha": Wrong(
            E._replace(v=shown_v - scale * sigma_t / alpha_t * grad),
            "right only where alpha^2 + sigma^2 = 1",
        ),
        "guided in x-hat only": Wrong(
            E._replace(step=alpha_s * E.x + sigma_s * eps_hat),
            "the noise is left unguided, and the two predictions no longer add up to z_t",
        ),
    },
    means="pointwise, for any density and classifier",
)

CLAIMS = (moved,)
