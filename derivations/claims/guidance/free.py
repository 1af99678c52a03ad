"""Guidance without a classifier: the two scores of one model, and the conventions in which papers weigh them.

grad log p(c | z) is the conditional score less the unconditional one. With w times more of it the score is that of
p(z | c) p(c | z)^w, and with scale = 1 + w that of p(z) p(c | z)^scale. Its weights sum to 1, so that it is the same in
x, eps, v and score.
"""

from typing import NamedTuple

from sympy import Expr, Function, Integer, diff, log

from derivations.form.claim import Claim, Source, Wrong, by
from derivations.form.statement import Equal
from derivations.symbols import (
    alpha_t,
    eps_c,
    eps_u,
    q_x,
    scale,
    score_c,
    score_u,
    sigma_t,
    u,
    v_c,
    v_u,
    w,
    x_c,
    x_u,
    z_t,
)

HO = Source("ho2022classifier", "arXiv:2207.12598", "(6)", "w as here")
GLIDE = Source("nichol2022glide", "arXiv:2112.10741", "(8), numbering unconfirmed", "scale = s = 1 + w")
IMAGEN = Source("saharia2022imagen", "arXiv:2205.11487", "(2), numbering unconfirmed", "scale = w of Imagen = 1 + w")
LIN = Source("lin2024common", "arXiv:2305.08891", "(12)", "scale = its w; on v")
LUO = Source("luo2022understanding", "arXiv:2208.11970v1", "(167)-(170)", "gamma = scale")

C, U = Function("p_c", positive=True)(z_t), Function("p_u", positive=True)(z_t)  # q(z | c) and q(z)


def named(e: Expr) -> Expr:
    """Two densities and their slopes by name: at a point they may be any numbers."""
    return e.subs({diff(C, z_t): score_c * C, diff(U, z_t): score_u * U}).subs({C: q_x, U: u})


by_w = named(diff(log(C * (C / U) ** w), z_t))
by_scale = named(diff(log(U * (C / U) ** scale), z_t))


class Guided(NamedTuple):
    """The guided score by w and by scale, and the scale that is w's."""

    by_w: Expr
    by_scale: Expr
    scale: Expr


G = Guided(by_w=(1 + w) * score_c - w * score_u, by_scale=score_u + scale * (score_c - score_u), scale=1 + w)

guided = Claim(
    name="cfg.eps",
    title="(1 + w) cond - w uncond is the score of p(z|c) p(c|z)^w, and uncond + scale (cond - uncond), scale = 1 + w",
    kind="equality",
    needs=("guidance.bayes",),
    says=lambda a: (
        Equal(by_w, a.by_w),
        Equal(by_scale, a.by_scale),
        Equal(by_w, a.by_scale.subs(scale, a.scale)),
        Equal(score_u + a.scale * (score_c - score_u), score_c + w * (score_c - score_u)),
        Equal(score_c * scale + (1 - scale) * score_u, a.by_scale),
    ),
    answer=G,
    example={q_x: 1, u: 2, score_c: 1, score_u: 2, w: 1, scale: 2},
    convenience={
        "0 < w": "at w = 0 it is the conditional score; below, between the two",
        "0 < q_x": "where a density is 0 it has no score; as a common factor it cancels",
        "0 < u": "where a density is 0 it has no score; as a common factor it cancels",
    },
    proof=(
        (by("the slope of log p(z|c) p(c|z)^w", by_w), by("slopes of logarithms", G.by_w, eq="Ho-Salimans (6)")),
        (
            by("the slope of log p(z) p(c|z)^scale", by_scale),
            by("slopes of logarithms", G.by_scale, eq="Luo (168); GLIDE (8), numbering unconfirmed"),
        ),
        (
            by("the slope of log p(z|c) p(c|z)^w", by_w),
            by("p(z|c) is p(z) p(c|z), up to a constant", G.by_scale.subs(scale, G.scale)),
        ),
        (
            by("a classifier of weight 1 + w on the unconditional model", score_u + G.scale * (score_c - score_u)),
            by("weight w on the conditional one", score_c + w * (score_c - score_u)),
        ),
        (
            by("the weights scale and 1 - scale", score_c * scale + (1 - scale) * score_u, eq="Luo (170)"),
            by("collect scale", G.by_scale, eq="Luo (168)"),
        ),
    ),
    wrong={
        "scale - 1 with the wrong sign": Wrong(
            G._replace(by_scale=scale * score_c + (scale - 1) * score_u),
            "both scores pushed the same way; weights sum to 2 scale - 1",
            ("labml's annotated implementations #177",),
        ),
        "scale taken for w": Wrong(
            Guided(w * score_c + (1 - w) * score_u, score_c + scale * (score_c - score_u), w),
            "one unit of guidance too little, or too much: scale = 1 and w = 0 are none",
            ("diffusers #5882",),
        ),
        "uncond and cond swapped": Wrong(
            Guided((1 + w) * score_u - w * score_c, score_c + scale * (score_u - score_c), 1 + w), "away from the label"
        ),
        "densities mixed": Wrong(
            G._replace(
                by_w=((1 + w) * q_x * score_c - w * u * score_u) / ((1 + w) * q_x - w * u),
                by_scale=(scale * q_x * score_c + (1 - scale) * u * score_u) / (scale * q_x + (1 - scale) * u),
            ),
            "scale p(z|c) + (1 - scale) p(z) may be negative beyond scale = 1: guidance is a tilt, no mixture",
            ("a public study note",),
        ),
        "weight w on the unconditional score added": Wrong(
            G._replace(by_w=(1 + w) * score_c + w * score_u), "weights that don't sum to 1: the step grows with w"
        ),
    },
    means="pointwise certificate for any two densities",
    sources=(HO, GLIDE, IMAGEN, LIN, LUO),
)


class Same(NamedTuple):
    """Guidance in x, in v (variance preserving) and in the score."""

    x: Expr
    v: Expr
    score: Expr


def told_x(e: Expr) -> Expr:
    return (z_t - sigma_t * e) / alpha_t


def told_v(e: Expr) -> Expr:
    return alpha_t * e - sigma_t * told_x(e)


mixed = (1 + w) * eps_c - w * eps_u
told = {x_c: told_x(eps_c), x_u: told_x(eps_u), v_c: told_v(eps_c), v_u: told_v(eps_u)}
told |= {score_c: -eps_c / sigma_t, score_u: -eps_u / sigma_t}
L = Same(x=(1 + w) * x_c - w * x_u, v=(1 + w) * v_c - w * v_u, score=(1 + w) * score_c - w * score_u)

linear = Claim(
    name="cfg.linear",
    title="Guidance is the same in x, eps, v and score: each is affine in the others, and the weights sum to 1",
    kind="equality",
    needs=("cfg.eps", "vdm.param.eps", "vdm.param.score", "vdm.param.v"),
    says=lambda a: (
        Equal(told_x(mixed), a.x.subs(told)),
        Equal(told_v(mixed), a.v.subs(told)),
        Equal(-mixed / sigma_t, a.score.subs(told)),
    ),
    answer=L,
    example=dict.fromkeys((alpha_t, sigma_t, z_t, eps_c, eps_u, w), Integer(1)),
    convenience={"0 < w": "an identity of polynomials in it"},
    proof=(
        (by("x by the guided eps", told_x(mixed)), by("1 + w - w = 1: z_t is kept once", L.x.subs(told))),
        (by("v by the guided eps", told_v(mixed)), by("1 + w - w = 1: z_t is kept once", L.v.subs(told))),
        (by("the score by the guided eps", -mixed / sigma_t), by("linear", L.score.subs(told))),
    ),
    wrong={
        "weights that sum to 1 + 2w": Wrong(
            Same((1 + w) * x_c + w * x_u, (1 + w) * v_c + w * v_u, (1 + w) * score_c + w * score_u),
            "z_t is counted more than once",
        ),
        "scale for 1 + w": Wrong(
            Same(w * x_c + (1 - w) * x_u, w * v_c + (1 - w) * v_u, w * score_c + (1 - w) * score_u),
            "the convention changed with the parameterisation",
            ("diffusers #5882",),
        ),
        "x guided the other way": Wrong(
            L._replace(x=(1 + w) * x_u - w * x_c), "x falls as eps rises: its weights don't"
        ),
    },
    sources=(HO, LIN),
)

CLAIMS = (guided, linear)
