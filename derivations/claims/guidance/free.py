"""Classifier-free guidance: the two scores of one model, and the conventions in which papers weight them.

grad log p(y | z) is the conditional score minus the unconditional one. Adding w times this to the conditional score
gives the score of p(z | y) p(y | z)^w, and with scale = 1 + w that of p(z) p(y | z)^scale. The weights sum to 1, so
that guidance is the same in x, eps, v and score.
"""

from typing import NamedTuple

from sympy import Expr, Integer

from derivations.form.claim import Claim, Wrong, by
from derivations.form.statement import Equal
from derivations.notation.densities import AnyDensity
from derivations.notation.quantities import Quantity
from derivations.notation.scores import TiltedScore
from derivations.notation.values import At

# isort: off
from derivations.symbols import (
    alpha_t, eps_c, eps_u, q_x, q_y, scale, score_c, score_u, sigma_t, v_c, v_u, w, x_hat_c, x_hat_u, y, z_t,
)  # fmt: skip

COND, PLAIN = AnyDensity("q", z_t, y), AnyDensity("q", z_t)


def score_of(density: Expr) -> TiltedScore:
    """The score of a product of powers of the two: at a point they and their slopes may be any numbers."""
    return TiltedScore(density, z_t, (COND, q_y, score_c), (PLAIN, q_x, score_u))


by_w = score_of(COND * (COND / PLAIN) ** w)
by_scale = score_of(PLAIN * (COND / PLAIN) ** scale)
by_weights = score_of(COND**scale * PLAIN ** (1 - scale))


class Guided(NamedTuple):
    """The guided score by w and by scale, and the scale that is w's."""

    by_w: Expr
    by_scale: Expr
    scale: Expr


G = Guided(by_w=(1 + w) * score_c - w * score_u, by_scale=score_u + scale * (score_c - score_u), scale=1 + w)

guided = Claim(
    name="cfg.eps",
    title=(
        "(1 + w) score_c - w score_u = score_u + scale (score_c - score_u), scale = 1 + w, is the score of the "
        "labelled law times its classifier to the w"
    ),
    kind="equality",
    needs=("guidance.bayes",),
    says=lambda a: (
        Equal(by_w, a.by_w),
        Equal(by_scale, a.by_scale),
        Equal(by_w, a.by_scale.subs(scale, a.scale)),
        Equal(At(by_scale, (scale, a.scale)), score_c + w * (score_c - score_u)),
        Equal(by_weights, a.by_scale),
    ),
    answer=G,
    example={q_y: 1, q_x: 2, score_c: 1, score_u: 2, w: 1, scale: 2},
    convenience={
        "0 < w": "at w = 0 it is the conditional score, and for -1 < w < 0 it lies between the two",
        "0 < q_y": "where a density is 0 it has no score; as a common factor it cancels",
        "0 < q_x": "where a density is 0 it has no score; as a common factor it cancels",
    },
    proof=(
        (by("the slope of log p(z|y) p(y|z)^w", by_w), by("differentiate the logarithms", G.by_w, eq="cfg2022 (6)")),
        (
            by("the slope of log p(z) p(y|z)^scale", by_scale),
            by("differentiate the logarithms", G.by_scale, eq="luo2022 (168); glide2022 section 2.3"),
        ),
        (
            by("the slope of log p(z|y) p(y|z)^w", by_w),
            by("p(z|y) is p(z) p(y|z), up to a constant", G.by_scale.subs(scale, G.scale)),
        ),
        (
            by("a classifier of weight 1 + w, with the unconditional model", At(by_scale, (scale, G.scale))),
            by("a classifier of weight w, with the conditional model", score_c + w * (score_c - score_u)),
        ),
        (
            by("the slope of log p(z|y)^scale p(z)^(1 - scale)", by_weights),
            by("the weights scale and 1 - scale", score_c * scale + (1 - scale) * score_u, eq="luo2022 (170)"),
            by("collect scale", G.by_scale, eq="luo2022 (168)"),
        ),
    ),
    wrong={
        "scale - 1 with the wrong sign": Wrong(
            G._replace(by_scale=scale * score_c + (scale - 1) * score_u),
            "both scores push the same way, and the weights sum to 2 scale - 1",
            ("labml #177",),
        ),
        "scale taken for w": Wrong(
            Guided(w * score_c + (1 - w) * score_u, score_c + scale * (score_c - score_u), w),
            "there is one unit of guidance too little, or too much: scale = 1 and w = 0 mean none",
            ("diffusers #5882",),
        ),
        "uncond and cond swapped": Wrong(
            Guided((1 + w) * score_u - w * score_c, score_c + scale * (score_u - score_c), 1 + w),
            "it points away from the label",
        ),
        "densities mixed": Wrong(
            G._replace(
                by_w=((1 + w) * q_y * score_c - w * q_x * score_u) / ((1 + w) * q_y - w * q_x),
                by_scale=(scale * q_y * score_c + (1 - scale) * q_x * score_u) / (scale * q_y + (1 - scale) * q_x),
            ),
            "scale p(z|y) + (1 - scale) p(z) may be negative for scale > 1: guidance is a tilt, not a mixture",
            ("web a public study note",),
        ),
        "weight w on the unconditional score added": Wrong(
            G._replace(by_w=(1 + w) * score_c + w * score_u), "the weights do not sum to 1, and the step grows with w"
        ),
    },
    means="pointwise, for any two densities",
)


class Same(NamedTuple):
    """Guidance in x, in v (variance preserving), in the score, and in eps, by w and by scale = 1 + w."""

    x: Expr
    v: Expr
    score: Expr
    eps: Expr
    eps_by_scale: Expr


def shown_x(e: Expr, name: str) -> Quantity:
    """Return the data that this noise implies at z_t."""
    return Quantity(name, (), (z_t - sigma_t * e) / alpha_t)


def shown_v(e: Expr, x_shown: Expr, name: str) -> Quantity:
    """v by the noise and the data."""
    return Quantity(name, (), alpha_t * e - sigma_t * x_shown)


mixed = Quantity("eps_tilde", (), (1 + w) * eps_c - w * eps_u)
mixed_x = shown_x(mixed, "x_tilde")
mixed_v = shown_v(mixed, mixed_x, "v_tilde")
mixed_score = Quantity("score_tilde", (), -mixed / sigma_t)
x_by_c, x_by_u = shown_x(eps_c, "x_hat_c"), shown_x(eps_u, "x_hat_u")
shown = {x_hat_c: x_by_c, x_hat_u: x_by_u, v_c: shown_v(eps_c, x_by_c, "v_c"), v_u: shown_v(eps_u, x_by_u, "v_u")}
shown_scores = {score_c: Quantity("score_c", (), -eps_c / sigma_t), score_u: Quantity("score_u", (), -eps_u / sigma_t)}
shown = shown | shown_scores
mixed_eps = Quantity("eps", (), -sigma_t * At(by_w, (score_c, -eps_c / sigma_t), (score_u, -eps_u / sigma_t)))


def linearly(c: Expr, u: Expr) -> Same:
    """Return guidance by these weights of what is conditional and of what is not."""
    pairs = ((x_hat_c, x_hat_u), (v_c, v_u), (score_c, score_u), (eps_c, eps_u))
    mixed = (c * given + u * free for given, free in pairs)
    return Same(*mixed, eps_by_scale=((c * eps_c + u * eps_u).subs(w, scale - 1)))


L = linearly(1 + w, -w)._replace(eps_by_scale=eps_u + scale * (eps_c - eps_u))

linear = Claim(
    name="cfg.linear",
    title="Guidance is the same in x, eps, v and score, whose weights sum to 1",
    kind="equality",
    needs=("cfg.eps", "vdm.param.eps", "vdm.param.score", "vdm.param.v"),
    says=lambda a: (
        Equal(mixed_x, a.x.subs(shown)),
        Equal(mixed_v, a.v.subs(shown)),
        Equal(mixed_score, a.score.subs(shown)),
        Equal(mixed_eps, a.eps),
        Equal(mixed_eps, a.eps_by_scale.subs(scale, 1 + w)),
    ),
    answer=L,
    example=dict.fromkeys((alpha_t, sigma_t, z_t, eps_c, eps_u, w, q_x, q_y), Integer(1)),
    convenience={
        "0 < w": "both sides are polynomials in it",
        "0 < q_x": "where a density is 0 it has no score; as a common factor it cancels",
        "0 < q_y": "where a density is 0 it has no score; as a common factor it cancels",
    },
    proof=(
        (by("x from the guided eps", mixed_x.meaning()), by("1 + w - w = 1, so z_t occurs once", L.x.subs(shown))),
        (by("v from the guided eps", mixed_v.meaning()), by("1 + w - w = 1, so z_t occurs once", L.v.subs(shown))),
        (by("the score from the guided eps", mixed_score.meaning()), by("it is linear in eps", L.score.subs(shown))),
        (
            by("-sigma_t times the guided score, where the scores are -eps/sigma_t", mixed_eps),
            by("sigma_t cancels", L.eps, eq="cfg2022 (6)"),
        ),
        (
            by("-sigma_t times the guided score, where the scores are -eps/sigma_t", mixed_eps),
            by("scale = 1 + w", L.eps_by_scale.subs(scale, 1 + w)),
        ),
    ),
    wrong={
        "weights that sum to 1 + 2w": Wrong(linearly(1 + w, w), "z_t is counted more than once"),
        "scale for 1 + w": Wrong(
            linearly(w, 1 - w)._replace(eps_by_scale=eps_c + scale * (eps_c - eps_u)),
            "the convention changes with the parameterisation",
            ("diffusers #5882",),
        ),
        "x guided in reverse": Wrong(
            L._replace(x=(1 + w) * x_hat_u - w * x_hat_c), "x falls as eps rises, but has the same weights"
        ),
        "the direction reversed": Wrong(
            L._replace(eps=(1 + w) * eps_u - w * eps_c, eps_by_scale=eps_u + scale * (eps_u - eps_c)),
            "the step goes away from the label",
        ),
    },
)

CLAIMS = (guided, linear)
