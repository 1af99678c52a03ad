"""A table that pairs each number computed by udm with the expression of a claim that it must equal.

`exact` is read from the claim's answer; `of` calls udm. Both are of a variance-preserving step from gamma_s = gamma_t -
gap to gamma_t, whose symbols `at` evaluates to 512 bits.
"""

from collections.abc import Callable
from functools import cache
from typing import NamedTuple

import torch
from flint import arb
from sympy import Expr, Symbol

from derivations import symbols as y
from derivations.arithmetic.ball import precision
from derivations.catalogue import claims
from property_tests.exact import BITS, variance_preserving
from udm import Marginal, Step, discrete_weight
from udm.denoiser import Parameterization, coefficients, posterior_coefficients
from udm.sample.encode import inverse_coefficients


class Case(NamedTuple):
    claim: str
    exact: Callable[[], Expr]
    of: Callable[[Step], torch.Tensor]


def field(claim: str, name: str) -> Callable[[], Expr]:
    return lambda: getattr(claims()[claim].answer, name)


def coefficient(claim: str, of: Symbol, name: str = "") -> Callable[[], Expr]:
    """Return what multiplies `of` in an answer that is linear in it."""

    def read() -> Expr:
        filled = claims()[claim].answer
        return (getattr(filled, name) if name else filled).expand().coeff(of)

    return read


def square(claim: str, difference: Expr) -> Callable[[], Expr]:
    """Return what multiplies a squared difference in an answer."""
    return lambda: claims()[claim].answer / difference**2


@cache  # so that cases of one number share its function, and compiled code makes it once
def part(source: Parameterization, which: int) -> Callable[[Step], torch.Tensor]:
    return lambda q: posterior_coefficients(q, source)[which]


@cache
def inverse(which: int) -> Callable[[Step], torch.Tensor]:
    return lambda q: inverse_coefficients(q)[which]


@cache
def weight(target: Parameterization) -> Callable[[Step], torch.Tensor]:
    return lambda q: discrete_weight(q, target)


def conversion(source: Parameterization, target: Parameterization, which: int) -> Callable[[Step], torch.Tensor]:
    return lambda q: coefficients(Marginal(q.alpha_t, q.sigma_t, q.gap), source, target)[which]


CASES: dict[str, Case] = {
    "alpha_ts": Case("vdm.forward.transition", field("vdm.forward.transition", "alpha_ts"), lambda q: q.alpha_ts),
    "var_ts": Case("vdm.forward.transition", field("vdm.forward.transition", "sigma2_ts"), lambda q: q.var_ts),
    "var_ts, expm1 form": Case(
        "vdm.forward.sigma2_ts.expm1", lambda: claims()["vdm.forward.sigma2_ts.expm1"].answer, lambda q: q.var_ts
    ),
    "SNR": Case(
        "vdm.forward.snr",
        lambda: claims()["vdm.forward.snr"].answer,
        lambda q: Marginal(q.alpha_t, q.sigma_t, q.gap).snr,
    ),
    "posterior variance": Case("vdm.posterior", field("vdm.posterior", "var"), lambda q: q.posterior_var),
    "weight of z_t": Case("vdm.posterior.mean", field("vdm.posterior.mean", "z"), lambda q: q.weight_z),
    "weight of x": Case("vdm.posterior.mean", field("vdm.posterior.mean", "x"), lambda q: q.weight_x),
    "variance": Case(
        "vdm.posterior.variance", lambda: claims()["vdm.posterior.variance"].answer, lambda q: q.posterior_var
    ),
    "variance, log-SNR form": Case("vdm.posterior.snr", field("vdm.posterior.snr", "var"), lambda q: q.posterior_var),
    "DDPM variance": Case("ddpm.posterior", field("ddpm.posterior", "var"), lambda q: q.posterior_var),
    "DDPM weight of x_t": Case("ddpm.posterior", coefficient("ddpm.posterior", y.x_t, "mean"), lambda q: q.weight_z),
    "DDPM weight of x_0": Case("ddpm.posterior", coefficient("ddpm.posterior", y.x_0, "mean"), lambda q: q.weight_x),
    "eps form, z": Case("vdm.posterior.mean.eps", field("vdm.posterior.mean.eps", "z"), part("eps", 0)),
    "eps form, eps": Case("vdm.posterior.mean.eps", field("vdm.posterior.mean.eps", "eps"), part("eps", 1)),
    "DDPM eps form, x_t": Case("ddpm.mu.eps", coefficient("ddpm.mu.eps", y.x_t), part("eps", 0)),
    "DDPM eps form, eps": Case("ddpm.mu.eps", coefficient("ddpm.mu.eps", y.eps), part("eps", 1)),
    "v form, z": Case("vdm.posterior.mean.v", field("vdm.posterior.mean.v", "z"), part("v", 0)),
    "v form, v": Case("vdm.posterior.mean.v", field("vdm.posterior.mean.v", "v"), part("v", 1)),
    "score form, z": Case("vdm.posterior.mean.score", coefficient("vdm.posterior.mean.score", y.z_t), part("score", 0)),
    "score form, score": Case(
        "vdm.posterior.mean.score", coefficient("vdm.posterior.mean.score", y.score), part("score", 1)
    ),
    "DDIM inverse, z_s": Case("ddim.inverse", coefficient("ddim.inverse", y.z_s, "up"), inverse(0)),
    "DDIM inverse, eps": Case("ddim.inverse", coefficient("ddim.inverse", y.eps_hat, "up"), inverse(1)),
    "VLB weight, x form": Case("vdm.kl.single", square("vdm.kl.single", y.x - y.x_hat), weight("x")),
    "VLB weight, eps form": Case("vdm.kl.expm1", square("vdm.kl.expm1", y.eps - y.eps_hat), weight("eps")),
    "VLB weight, by SNR": Case(
        "vdm.loss.discrete.snr",
        lambda: claims()["vdm.loss.discrete.snr"].answer.term / (y.x - y.x_hat) ** 2,
        weight("x"),
    ),
    "DDPM VLB weight of eps": Case("ddpm.loss.eps", field("ddpm.loss.eps", "at_beta_tilde"), weight("eps")),
    "DDPM VLB weight": Case("ddpm.snr.weight", lambda: claims()["ddpm.snr.weight"].answer, weight("x")),
}


def at(gamma_t: float, gap: float) -> dict[Symbol, arb]:
    """Return every symbol of a variance-preserving step, from gamma_t and the gap, to BITS bits."""
    with precision(BITS):
        end, start = arb(gamma_t), arb(gamma_t) - arb(gap)
        return step_at(*variance_preserving(start), *variance_preserving(end)) | {
            y.gamma_t: end, y.gamma_s: start, y.gap: arb(gap),
        }  # fmt: skip


def step_at(a_s: arb, s_s: arb, a_t: arb, s_t: arb) -> dict[Symbol, arb]:
    """Return the symbols of a step between two marginals: VDM's, and DDPM's too where the path preserves variance."""
    kept = a_t / a_s
    return {
        y.alpha_s: a_s, y.sigma_s: s_s, y.alpha_t: a_t, y.sigma_t: s_t, y.alpha_ts: kept,
        y.sigma_ts: (s_t**2 - kept**2 * s_s**2).sqrt(), y.abar: a_t**2, y.abar_s: a_s**2, y.alpha: kept**2,
        y.beta: 1 - kept**2, y.x: arb(1), y.x_hat: arb(3), y.eps: arb(2), y.eps_hat: arb(5),
    }  # fmt: skip
