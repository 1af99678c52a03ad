"""Models on two paths with the same SNR are equivalent when they share the denoiser.

If x_tilde^A(z, v) = x_tilde^B((alpha^B_v / alpha^A_v) z, v), an ancestral step commutes with the rescaling of latents,
and the loss of each step is the same. Two networks, each trained on its own path, need not share a denoiser.
"""

from typing import NamedTuple

from sympy import Expr, Tuple

from derivations.claims.invariance.latents import EXAMPLE, NOISE, SIGNS, A, B, Path, S, snr_s
from derivations.form.base import plain
from derivations.form.claim import Claim, Wrong, by
from derivations.form.law import Given, Law
from derivations.form.statement import Equal
from derivations.notation.laws import Divergence
from derivations.notation.losses import LawOf
from derivations.notation.process import Process
from derivations.probability.gaussian import Normal
from derivations.probability.opening import opened
from derivations.symbols import (
    alpha_s,
    alpha_t,
    b_t,
    dsnr,
    n_1,
    snr_t,
    x,
    x_hat,
    z_s,
    z_t,
    zA_s,
    zA_t,
    zB_s,
    zB_t,
)


class Model(NamedTuple):
    """Path A's step from (alpha^A/alpha^B) z_t: its denoiser's output, its mean and variance; the step's loss."""

    denoiser: Expr
    mean: Expr
    var: Expr
    loss: Expr


M = Model(
    denoiser=x_hat,
    mean=alpha_s / snr_s * (snr_t / b_t * z_t + dsnr * x_hat),
    var=alpha_s**2 * dsnr / snr_s**2,
    loss=dsnr / 2 * (x - x_hat) ** 2,
)


LATENTS = {A: (zA_s, zA_t), B: (zB_s, zB_t)}


def step_loss(on: Path, latent: Expr, prediction: Expr) -> Divergence:
    """KL(q(z_s | z_t, x) || p(z_s | z_t)), where p(z_s | z_t) is q(z_s | z_t, x_hat); on path A, z_s is zA_s."""
    at_s, at_t = LATENTS[on]
    made = Process((at_s, on.at_s(x)), (at_t, on.step(at_s)), noise=NOISE, data=(x,))
    at = Tuple(at_t, latent)
    return Divergence(LawOf(made, at_s, at), LawOf(made, at_s, at, Tuple(x, prediction)), n_1)


def means_apart(on: Path, latent: Expr, prediction: Expr) -> Expr:
    """Return the divergence of two normals of equal variance."""
    q, p = on.back(latent, x), on.back(latent, prediction)
    return (q.mean - p.mean) ** 2 / (2 * p.var)


moved = S.at_t * z_t


def on_a(a: Model) -> Law:
    """The step from the rescaled latent on path A, with the denoiser's output for x."""
    made = A.at_s(a.denoiser)
    return Law(z_s, Given(made, ((A.step(made), moved),), NOISE), Normal(a.mean, a.var))


def on_b(a: Model) -> Law:
    """The step on path B, rescaled."""
    made = B.at_s(x_hat)
    return Law(z_s, Given(S.at_s * made, ((B.step(made), z_t),), NOISE), Normal(a.mean, a.var))


denoiser = Claim(
    name="vdm.equivalence.denoiser",
    title="If two paths share a denoiser of the rescaled latent, their ancestral steps are rescaled too, at equal loss",
    kind="law",
    needs=("vdm.equivalence.latent", "vdm.posterior", "vdm.kl.single"),
    says=lambda a: (
        on_a(a),
        on_b(a),
        Equal(step_loss(A, moved, a.denoiser), a.loss),
        Equal(step_loss(B, z_t, x_hat), a.loss),
    ),
    answer=M,
    example=EXAMPLE | {x_hat: 1, z_t: 1},
    convenience=SIGNS
    | {
        "0 < dsnr": "at dsnr = 0 there is no step, and below 0 a negative variance",
        "0 < snr_t": "the claim also holds at SNR(t) = 0, where z_t carries no information on z_s",
    },
    proof=(
        *(
            (by("path A's step, at the rescaled latent", e[0], eq="vdm2021 (9)"), by("in terms of SNRs", e[1]))
            for e in plain(on_a(M))
        ),
        *(
            (by("path B's step, rescaled", e[0], eq="vdm2021 (9)"), by("in terms of SNRs", e[1]))
            for e in plain(on_b(M))
        ),
        (
            by("the KL on path A", opened(step_loss(A, moved, x_hat))),
            by("two normals of equal variance", means_apart(A, moved, x_hat)),
            by("all alphas cancel", M.loss, eq="vdm2021 (13)"),
        ),
        (
            by("the KL on path B", opened(step_loss(B, z_t, x_hat))),
            by("two normals of equal variance", means_apart(B, z_t, x_hat)),
            by("all alphas cancel", M.loss, eq="vdm2021 (13)"),
        ),
    ),
    wrong={
        "x_hat rescaled too": Wrong(
            M._replace(denoiser=S.at_t * x_hat, mean=M.mean.subs(x_hat, S.at_t * x_hat)),
            "x has the same scale on both paths",
        ),
        "latent not rescaled": Wrong(
            M._replace(mean=M.mean.subs(b_t, alpha_t)), "the sampler of path A is given the latent of path B"
        ),
        "separately trained": Wrong(
            M._replace(denoiser=z_t / b_t),
            "two networks need not agree, even if their SNRs do at the ends",
            ("note004 line 170",),
        ),
        "the scale at t for that at s": Wrong(M._replace(mean=M.mean * alpha_t / alpha_s), "z_s has the scale of s"),
    },
    means="one coordinate (gauss.isotropic.reduction, gauss.isotropic.conditioning); any two paths, any step",
)

CLAIMS = (denoiser,)
