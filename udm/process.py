r"""The forward process, told in alpha, sigma and the gap of gamma = -log SNR.

.. math::
    z_t = \alpha_t x + \sigma_t \epsilon, \qquad
    \alpha_{t|s} = \alpha_t / \alpha_s, \qquad
    \sigma_{t|s}^2 = \sigma_t^2 c, \qquad
    c = 1 - e^{-(\gamma_t - \gamma_s)} = 1 - \mathrm{SNR}(t) / \mathrm{SNR}(s), \qquad s < t,

on any path (alpha, sigma), variance preserving or not. Every coefficient below is a product of these: nothing is
subtracted. The gap is never formed here: gamma_t - gamma_s has already lost its digits when s is near t, so the
schedule answers for it, from its own coordinate.
"""

from typing import NamedTuple

import torch

from udm.gaussian import Gaussian
from udm.shapes import Event, PerExample, PerExample64, cast, combine, events, per_example
from udm.stable import expm1, norm_squared, one_minus_exp_neg, sqrt_sigmoid, to_float64, two_sum

LONG = 4.0  # a step is long from this gap on: exp(gap) multiplies the relative error of the gap by the gap


class Marginal(NamedTuple):
    """q(z_t | x) at one time per example: alpha, sigma, gamma = -log(alpha^2 / sigma^2), each (batch,) float64."""

    alpha: PerExample64
    sigma: PerExample64
    gamma: PerExample64

    @classmethod
    def from_gamma(cls, gamma: PerExample) -> "Marginal":
        r"""The variance-preserving marginal: :math:`\sigma^2 = S(\gamma)`, :math:`\alpha^2 = S(-\gamma)`.

        Raises:
            ValueError: gamma not floating of shape (batch,).

        Claim: vdm.schedule.vp
        """
        per_example("Marginal.from_gamma", gamma=gamma)
        gamma = to_float64(gamma)
        return cls(sqrt_sigmoid(-gamma), sqrt_sigmoid(gamma), gamma)

    @property
    def snr(self) -> PerExample64:
        r""":math:`\mathrm{SNR}(t) = \alpha_t^2 / \sigma_t^2`.

        Claim: vdm.forward.snr
        """
        return torch.square(self.alpha / self.sigma)

    @property
    def prior_std(self) -> PerExample64:
        r"""The standard deviation of :math:`p(z_1)`, this being the marginal at t = 1.

        1 on a variance-preserving path; :math:`\sigma_1` on any other, whose noise may end far from N(0, I).

        Claim: vdm.vlb.prior, vdm.vlb.prior.scaled
        """
        return torch.where(norm_squared(self.alpha, self.sigma) == 1, 1.0, self.sigma)


class Step(NamedTuple):
    """Two times s < t per example: alpha and sigma at both, and gap = gamma(t) - gamma(s) > 0, each (batch,) float64.

    A gap that is not positive (s >= t) makes every coefficient NaN.
    """

    alpha_s: PerExample64
    sigma_s: PerExample64
    alpha_t: PerExample64
    sigma_t: PerExample64
    gap: PerExample64

    @classmethod
    def from_gamma(cls, gamma_t: PerExample, gap: PerExample) -> "Step":
        r"""The variance-preserving step that ends at gamma_t, with :math:`\gamma_s = \gamma_t - gap` in two words.

        Raises:
            ValueError: gamma_t or gap not floating of one shape (batch,).

        Claim: vdm.schedule.vp
        """
        per_example("Step.from_gamma", gamma_t=gamma_t, gap=gap)
        gamma_t, gap = to_float64(gamma_t), to_float64(gap)
        hi, lo = two_sum(gamma_t, -gap)
        return cls(sqrt_sigmoid(-hi, -lo), sqrt_sigmoid(hi, lo), sqrt_sigmoid(-gamma_t), sqrt_sigmoid(gamma_t), gap)

    @property
    def c(self) -> PerExample64:
        r""":math:`c = 1 - e^{-gap}`, in (0, 1]; NaN where the gap is not positive."""
        return one_minus_exp_neg(_positive(self.gap, self.gap))

    @property
    def alpha_ts(self) -> PerExample64:
        r""":math:`\alpha_{t|s} = \alpha_t / \alpha_s`.

        Claim: vdm.forward.transition
        """
        return _positive(self.gap, self.alpha_t / self.alpha_s)

    @property
    def var_ts(self) -> PerExample64:
        r""":math:`\sigma_{t|s}^2 = \sigma_t^2 - \alpha_{t|s}^2 \sigma_s^2 = \sigma_t^2 c`.

        Claim: vdm.forward.transition, vdm.forward.sigma2_ts.expm1
        """
        return torch.square(self.sigma_t) * self.c

    @property
    def weight_z(self) -> PerExample64:
        r"""The weight of z_t in the posterior mean: :math:`\alpha_{t|s} \sigma_s^2/\sigma_t^2 = e^{-gap}/\alpha_{t|s}`

        The second form, for short steps, has no sigma: the errors of sigma count four times in the first.
        """
        short = self.gap < 1
        by_gap = torch.exp(-torch.where(short, self.gap, 0.0)) * (self.alpha_s / torch.where(short, self.alpha_t, 1.0))
        by_sigma = self.alpha_ts * torch.square(self.sigma_s / self.sigma_t)
        return torch.where(short, _positive(self.gap, by_gap), by_sigma)

    @property
    def weight_x(self) -> PerExample64:
        r"""What multiplies x in the posterior mean: :math:`\alpha_s \sigma_{t|s}^2 / \sigma_t^2 = \alpha_s c`."""
        return self.alpha_s * self.c

    @property
    def posterior_var(self) -> PerExample64:
        r""":math:`\sigma_Q^2 = \sigma_{t|s}^2 \sigma_s^2 / \sigma_t^2 = \sigma_s^2 c`.

        Claim: vdm.posterior.variance
        """
        return torch.square(self.sigma_s) * self.c

    @property
    def snr_drop(self) -> PerExample64:
        r""":math:`\mathrm{SNR}(s) - \mathrm{SNR}(t) = \mathrm{SNR}(s)\, c`.

        Claim: vdm.kl.single
        """
        return (self.alpha_s / self.sigma_s) * (self.alpha_s * self.c / self.sigma_s)  # no rounding counted twice

    @property
    def snr_growth(self) -> PerExample64:
        r""":math:`\mathrm{SNR}(s) / \mathrm{SNR}(t) - 1 = e^{gap} - 1`, by the former for a long step."""
        short = self.gap < LONG
        ratio = self.alpha_s / self.alpha_t * (self.sigma_t / self.sigma_s)
        by_gap = expm1(torch.where(short, self.gap, 0.0))
        return _positive(self.gap, torch.where(short, by_gap, torch.square(ratio) - 1))


def diffuse(x: Event, eps: Event, at: Marginal) -> Event:
    r"""The latent :math:`z_t = \alpha_t x + \sigma_t \epsilon`, in the dtype of x.

    Raises:
        ValueError: x and eps of different shape or dtype, or not floating; a marginal of another batch.

    Source: VDM, arXiv 2107.00630v6, eq. (1).

    Claim: vdm.forward.marginal, ddpm.marginal
    """
    events("diffuse", x=x, eps=eps)
    return combine((at.alpha, x), (at.sigma, eps))


def marginal(x: Event, at: Marginal) -> Gaussian:
    r"""The law :math:`q(z_t \mid x) = \mathcal N(\alpha_t x, \sigma_t^2 I)`.

    Raises:
        ValueError: x not floating, or a marginal of another batch.

    Source: VDM, arXiv 2107.00630v6, eq. (1).

    Claim: vdm.forward.marginal, ddpm.marginal
    """
    events("marginal", x=x)
    return Gaussian(combine((at.alpha, x)), cast(x, torch.square(at.sigma)))


def transition(z_s: Event, step: Step) -> Gaussian:
    r"""The law :math:`q(z_t \mid z_s) = \mathcal N(\alpha_{t|s} z_s, \sigma_{t|s}^2 I)`.

    Raises:
        ValueError: z_s not floating, or a step of another batch.

    Source: VDM, arXiv 2107.00630v6, appendix A.1.

    Claim: vdm.forward.transition, vdm.forward.sigma2_ts.expm1
    """
    events("transition", z_s=z_s)
    return Gaussian(combine((step.alpha_ts, z_s)), cast(z_s, step.var_ts))


def posterior(z_t: Event, x: Event, step: Step) -> Gaussian:
    r"""The law :math:`q(z_s \mid z_t, x) = \mathcal N(\mu_Q, \sigma_Q^2 I)`.

    .. math::
        \mu_Q = \frac{\alpha_{t|s} \sigma_s^2}{\sigma_t^2} z_t + \frac{\alpha_s \sigma_{t|s}^2}{\sigma_t^2} x, \qquad
        \sigma_Q^2 = \frac{\sigma_{t|s}^2 \sigma_s^2}{\sigma_t^2}.

    Coefficients are made in float64 and rounded once. Where s = 0 and sigma_0 = 0 it is the point x.

    Raises:
        ValueError: z_t and x of different shape or dtype, or not floating; a step of another batch.

    Source: VDM, arXiv 2107.00630v6, appendix A.2; DDPM, arXiv 2006.11239v2, eq. (6)-(7).

    Claim: vdm.posterior, vdm.posterior.mean, vdm.posterior.variance, vdm.posterior.snr
    Claim: ddpm.posterior, ddpm.posterior.vdm
    """
    events("posterior", z_t=z_t, x=x)
    return Gaussian(combine((step.weight_z, z_t), (step.weight_x, x)), cast(z_t, step.posterior_var))


def _positive(gap: PerExample64, value: PerExample64) -> PerExample64:
    return torch.where(gap > 0, value, torch.nan)  # s >= t: NaN, never a plausible number
