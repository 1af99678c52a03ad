"""The loss of T steps from one of them, drawn uniformly: T times its divergence, by the data or by the noise."""

from typing import NamedTuple

from sympy import Expr, Integer, exp

from derivations.claims.bound.step import DISTANCE, FALLS, IN_NOISE, POINT, RISES, snr_of_s, snr_of_t
from derivations.form.claim import Claim, Wrong, by
from derivations.form.statement import Equal
from derivations.notation.quantities import Quantity
from derivations.symbols import T, eps, eps_hat, gamma_s, gamma_t, x, x_hat

by_data = Quantity("ell", (x, x_hat), T * DISTANCE)
by_noise = Quantity("ell", (eps, eps_hat), T * IN_NOISE)


class Estimate(NamedTuple):
    """What one step estimates the loss of T steps by: in the data and the SNR, and in the noise and gamma."""

    by_x: Expr
    by_eps: Expr


A = Estimate(
    by_x=T / 2 * (snr_of_s - snr_of_t) * (x - x_hat) ** 2,
    by_eps=T / 2 * (exp(gamma_t - gamma_s) - 1) * (eps - eps_hat) ** 2,
)


def times(factor: Expr) -> Estimate:
    """Return the estimate with another factor."""
    return Estimate(*(e * factor / T for e in A))


estimate = Claim(
    name="vdm.loss.discrete.estimate",
    title="T times the divergence of one step is T/2 times the fall of the SNR in it times its squared error",
    kind="equality",
    needs=("vdm.loss.discrete.unbiased", "vdm.kl.single", "vdm.kl.expm1"),
    says=lambda a: (Equal(by_data, a.by_x), Equal(by_noise, a.by_eps)),
    answer=A,
    given=(FALLS, RISES),
    example=POINT | {T: 4, eps: 1, eps_hat: 3, gamma_s: -1, gamma_t: 2},
    convenience={
        "0 < T": "it is a factor of both sides",
        "0 < alpha_s": "alpha may have either sign",
        "0 < alpha_t": "alpha may have either sign",
        "0 < sigma_s": "only its square occurs",
        "0 < sigma_t": "only its square occurs",
        FALLS.text: "without it there is no step from s to t, but the identity holds",
        RISES.text: "without it there is no step from s to t, but the identity holds",
    },
    proof=(
        (by("T times the divergence of a step", by_data), by("vdm.kl.single", A.by_x, eq="vdm2021 (13)")),
        (
            by("T times the divergence of a step, in the noise, with sigma^2 = alpha^2 exp(gamma)", by_noise),
            by("x - x_hat = -sigma_t/alpha_t (eps - eps_hat)", A.by_eps, eq="vdm2021 (14)"),
        ),
    ),
    wrong={
        "the factor dropped": Wrong(times(Integer(1)), "it estimates the mean of the T terms, not their sum"),
        "no half": Wrong(times(2 * T), "twice the loss"),
        "T - 1 steps": Wrong(times(T - 1), "unbiased for the steps t = 2 ... T alone"),
        "time reversed": Wrong(times(-T), "SNR(t) - SNR(s) makes the loss negative"),
        "the weight of continuous time": Wrong(
            A._replace(by_eps=T / 2 * (gamma_t - gamma_s) * (eps - eps_hat) ** 2),
            "it is too small at any finite step",
        ),
    },
    means="one step of any schedule; one coordinate (gauss.isotropic.reduction)",
)

CLAIMS = (estimate,)
