r"""The forward process, written in alpha, sigma and the gap of gamma = -log SNR.

.. math::
    z_t = \alpha_t x + \sigma_t \epsilon, \qquad
    \alpha_{t|s} = \alpha_t / \alpha_s, \qquad
    \sigma_{t|s}^2 = \sigma_t^2 c, \qquad
    c = 1 - e^{-(\gamma_t - \gamma_s)} = 1 - \mathrm{SNR}(t) / \mathrm{SNR}(s), \qquad s < t,

on any path (alpha, sigma), variance preserving or not. Every coefficient below is a product of these, so nothing is
subtracted. The gap is never formed here, because gamma_t - gamma_s has already lost its digits when s is near t: the
schedule computes it from its own coordinate.
"""

from collections.abc import Callable
from typing import NamedTuple

import torch
from jaxtyping import Bool
from torch import Tensor

from udm.gaussian import Gaussian
from udm.shapes import Event, PerExample, PerExample64, cast, combine, events, per_example, records
from udm.stable import expm1, norm_squared, one_minus_exp_neg, sqrt_sigmoid, to_float64, two_sum

LONG = 4.0  # the gap from which a step is long: exp(gap) multiplies the relative error of the gap by the gap


class Marginal(NamedTuple):
    """The marginal q(z_t | x) at one time per example.

    Attributes:
        alpha: what x is multiplied by, ``(batch,)`` float64.
        sigma: the standard deviation of the noise, ``(batch,)`` float64.
        gamma: -log SNR, ``(batch,)`` float64.
    """

    alpha: PerExample64
    sigma: PerExample64
    gamma: PerExample64

    @classmethod
    def from_gamma(cls, gamma: PerExample) -> "Marginal":
        r"""Return the variance-preserving marginal: :math:`\sigma^2 = S(\gamma)`, :math:`\alpha^2 = S(-\gamma)`.

        S is the logistic sigmoid.

        Args:
            gamma: -log SNR, ``(batch,)``, floating.

        Returns:
            The marginal, each field ``(batch,)`` float64.

        Raises:
            ValueError: if gamma is not floating of shape (batch,).

        Claim: vdm.schedule.vp
        """
        per_example("udm.Marginal.from_gamma", gamma=gamma)
        gamma = to_float64(gamma)
        return PreservingMarginal(sqrt_sigmoid(-gamma), sqrt_sigmoid(gamma), gamma)

    @property
    def snr(self) -> PerExample64:
        r""":math:`\mathrm{SNR}(t) = \alpha_t^2 / \sigma_t^2`, ``(batch,)`` float64.

        Claim: vdm.forward.snr
        """
        return torch.square(self.alpha / self.sigma)

    @property
    def alpha_squared(self) -> PerExample64:
        r""":math:`\alpha_t^2`, ``(batch,)`` float64; its slope is finite where that of alpha is not."""
        return torch.square(self.alpha)

    @property
    def sigma_squared(self) -> PerExample64:
        r""":math:`\sigma_t^2`, ``(batch,)`` float64; its slope is finite where that of sigma is not."""
        return torch.square(self.sigma)

    @property
    def prior_std(self) -> PerExample64:
        r"""The standard deviation of :math:`p(z_1)`, ``(batch,)`` float64, where this is the marginal at t = 1.

        It is 1 on a variance-preserving path, and :math:`\sigma_1` on any other, whose noise may end far from N(0, I).

        Claim: vdm.vlb.prior, vdm.vlb.prior.scaled
        """
        return torch.where(self.preserving, 1.0, self.sigma)

    @property
    def norm(self) -> PerExample64:
        r""":math:`d = \alpha^2 + \sigma^2`, ``(batch,)`` float64."""
        return norm_squared(self.alpha, self.sigma)

    @property
    def signal_share(self) -> PerExample64:
        r""":math:`\alpha^2/d^2`, by which an error of v weighs as much as one of eps; ``(batch,)`` float64."""
        return torch.square(self.alpha / self.norm)

    @property
    def preserving(self) -> Bool[Tensor, "batch"]:
        """Whether the path preserves variance, ``(batch,)`` bool.

        A schedule says it of its marginals. Of numbers alone it is read from d = 1, which little noise beside alpha = 1
        has too.
        """
        return self.norm == 1

    def each(self, change: Callable[[Tensor], Tensor]) -> "Marginal":
        """Return the marginal of changed fields, on the same path.

        Args:
            change: a map of a field to a tensor, as one that selects times.

        Returns:
            The marginal, of the same class.
        """
        return type(self)(*map(change, self))


class Squares(NamedTuple):
    """Where alpha or sigma is 0, its slope may be infinite, and that of its square is not.

    Attributes:
        low: where sigma = 0.
        high: where alpha = 0.
        rise: 0 there, with the slope 1.
        fall: 0 there, with the slope -1.
        slopes: of sigma^2 where sigma = 0, and of -alpha^2 where alpha = 0.
        alpha: alpha, with the derivative 0 where it is a root.
        sigma: sigma, with the derivative 0 where it is a root.
        ratio: alpha and sigma, with the derivative 0 at either edge.
    """

    low: Tensor
    high: Tensor
    rise: Tensor
    fall: Tensor
    slopes: tuple[float, float]
    alpha: Tensor
    sigma: Tensor
    ratio: tuple[Tensor, Tensor]

    @property
    def of_alpha(self) -> Tensor:
        """alpha^2."""
        return torch.where(self.high, self.slopes[1] * self.fall, torch.square(self.alpha))

    @property
    def of_sigma(self) -> Tensor:
        """sigma^2."""
        return torch.where(self.low, self.slopes[0] * self.rise, torch.square(self.sigma))

    @property
    def snr(self) -> Tensor:
        """SNR, whose slope is infinite only where it is."""
        late = self.of_alpha / torch.where(self.low, 1.0, self.of_sigma)
        inside = torch.where(self.high, late, torch.square(self.ratio[0] / self.ratio[1]))
        return torch.where(self.low, 1 / torch.where(self.low, self.rise, 1.0), inside)

    def each(self, change: Callable[[Tensor], Tensor]) -> "Squares":
        """Return the same of changed fields."""
        masks = change(self.low), change(self.high), change(self.rise), change(self.fall)
        alpha, sigma = self.ratio
        return Squares(*masks, self.slopes, change(self.alpha), change(self.sigma), (change(alpha), change(sigma)))


class _Said(Marginal):
    """A marginal whose path says whether it preserves variance."""

    squares: Squares | None = None

    @property
    def snr(self) -> PerExample64:
        return torch.square(self.alpha / self.sigma) if self.squares is None else self.squares.snr

    @property
    def alpha_squared(self) -> PerExample64:
        return torch.square(self.alpha) if self.squares is None else self.squares.of_alpha

    @property
    def sigma_squared(self) -> PerExample64:
        return torch.square(self.sigma) if self.squares is None else self.squares.of_sigma

    def each(self, change: Callable[[Tensor], Tensor]) -> Marginal:
        made = type(self)(*map(change, self))
        made.squares = None if self.squares is None else self.squares.each(change)
        return made

    def _replace(self, **fields: Tensor) -> Marginal:  # pyright: ignore[reportIncompatibleMethodOverride]
        """Return three numbers, of which nothing is said."""
        return Marginal(**self._asdict() | fields)


class PreservingMarginal(_Said):
    """A marginal of a path that is said to preserve variance."""

    @property
    def norm(self) -> PerExample64:
        return torch.where(torch.isnan(self.alpha.detach()), torch.nan, torch.ones_like(self.alpha))

    @property
    def signal_share(self) -> PerExample64:
        return self.alpha_squared

    @property
    def preserving(self) -> Bool[Tensor, "batch"]:
        return torch.ones_like(self.alpha, dtype=torch.bool)


class OtherMarginal(_Said):
    """A marginal of a path that is said not to preserve variance."""

    @property
    def preserving(self) -> Bool[Tensor, "batch"]:
        return torch.zeros_like(self.alpha, dtype=torch.bool)


def said(at: Marginal, squares: Squares | None, of: bool | None) -> Marginal:
    """Return the marginal with what its path says of itself: whether it preserves variance; None says nothing."""
    if of is None:
        return at
    made = (PreservingMarginal if of else OtherMarginal)(*at)
    made.squares = squares
    return made


class Step(NamedTuple):
    """Two times s < t per example. If the gap is not positive (s >= t), every coefficient is NaN.

    Attributes:
        alpha_s: alpha at s, ``(batch,)`` float64.
        sigma_s: sigma at s, ``(batch,)`` float64.
        alpha_t: alpha at t, ``(batch,)`` float64.
        sigma_t: sigma at t, ``(batch,)`` float64.
        gap: gamma(t) - gamma(s) > 0, ``(batch,)`` float64.
    """

    alpha_s: PerExample64
    sigma_s: PerExample64
    alpha_t: PerExample64
    sigma_t: PerExample64
    gap: PerExample64

    @classmethod
    def from_gamma(cls, gamma_t: PerExample, gap: PerExample) -> "Step":
        r"""Return the variance-preserving step to gamma_t from :math:`\gamma_s = \gamma_t - gap`, kept in two words.

        Args:
            gamma_t: gamma at t, ``(batch,)``, floating.
            gap: gamma(t) - gamma(s) > 0, ``(batch,)``, floating.

        Returns:
            The step, each field ``(batch,)`` float64.

        Raises:
            ValueError: if gamma_t and gap are not floating of one shape (batch,).

        Claim: vdm.schedule.vp
        """
        per_example("udm.Step.from_gamma", gamma_t=gamma_t, gap=gap)
        gamma_t, gap = to_float64(gamma_t), to_float64(gap)
        hi, lo = two_sum(gamma_t, -gap)
        return cls(sqrt_sigmoid(-hi, -lo), sqrt_sigmoid(hi, lo), sqrt_sigmoid(-gamma_t), sqrt_sigmoid(gamma_t), gap)

    @property
    def kept(self) -> PerExample64:
        r""":math:`k^2 = \mathrm{SNR}(t)/\mathrm{SNR}(s) = e^{-gap}`, ``(batch,)`` float64 in [0, 1)."""
        return torch.square(self.root_kept)

    @property
    def root_kept(self) -> PerExample64:
        r""":math:`k = \sigma_s \alpha_t / (\alpha_s \sigma_t) = e^{-gap/2}`, ``(batch,)`` float64 in [0, 1)."""
        return torch.exp(-_positive(self.gap, self.gap) / 2)

    @property
    def norm_t(self) -> PerExample64:
        r""":math:`d_t = \alpha_t^2 + \sigma_t^2`, ``(batch,)`` float64."""
        return norm_squared(self.alpha_t, self.sigma_t)

    @property
    def c(self) -> PerExample64:
        r""":math:`c = 1 - e^{-gap}`, ``(batch,)`` float64 in (0, 1], or NaN where the gap is not positive."""
        return one_minus_exp_neg(_positive(self.gap, self.gap))

    @property
    def alpha_ts(self) -> PerExample64:
        r""":math:`\alpha_{t|s} = \alpha_t / \alpha_s`, ``(batch,)`` float64.

        Claim: vdm.forward.transition
        """
        return _positive(self.gap, self.alpha_t / self.alpha_s)

    @property
    def var_ts(self) -> PerExample64:
        r""":math:`\sigma_{t|s}^2 = \sigma_t^2 - \alpha_{t|s}^2 \sigma_s^2 = \sigma_t^2 c`, ``(batch,)`` float64.

        Claim: vdm.forward.transition, vdm.forward.sigma2_ts.expm1
        """
        return torch.square(self.sigma_t) * self.c

    @property
    def weight_z(self) -> PerExample64:
        r""":math:`\alpha_{t|s} \sigma_s^2/\sigma_t^2 = e^{-gap}/\alpha_{t|s}`, the weight of z_t in the posterior mean.

        It is ``(batch,)`` float64. Short steps use the second form, which has no sigma: the error of sigma counts four
        times in the first.
        """
        short = self.gap < 1
        by_gap = torch.exp(-torch.where(short, self.gap, 0.0)) * (self.alpha_s / torch.where(short, self.alpha_t, 1.0))
        by_sigma = self.alpha_ts * torch.square(self.sigma_s / self.sigma_t)
        return torch.where(short, _positive(self.gap, by_gap), by_sigma)

    @property
    def weight_x(self) -> PerExample64:
        r""":math:`\alpha_s \sigma_{t|s}^2 / \sigma_t^2 = \alpha_s c`, the weight of x in the posterior mean.

        It is ``(batch,)`` float64.
        """
        return self.alpha_s * self.c

    @property
    def posterior_var(self) -> PerExample64:
        r""":math:`\sigma_Q^2 = \sigma_{t|s}^2 \sigma_s^2 / \sigma_t^2 = \sigma_s^2 c`, ``(batch,)`` float64.

        Claim: vdm.posterior.variance
        """
        return torch.square(self.sigma_s) * self.c

    @property
    def snr_drop(self) -> PerExample64:
        r""":math:`\mathrm{SNR}(s) - \mathrm{SNR}(t) = \mathrm{SNR}(s)\, c`, ``(batch,)`` float64.

        Claim: vdm.kl.single
        """
        return (self.alpha_s / self.sigma_s) * (self.alpha_s * self.c / self.sigma_s)  # no rounding counted twice

    @property
    def snr_growth(self) -> PerExample64:
        r""":math:`\mathrm{SNR}(s) / \mathrm{SNR}(t) - 1 = e^{gap} - 1`, ``(batch,)`` float64.

        A long step uses the former.
        """
        short = self.gap < LONG
        ratio = self.alpha_s / self.alpha_t * (self.sigma_t / self.sigma_s)
        by_gap = expm1(torch.where(short, self.gap, 0.0))
        return _positive(self.gap, torch.where(short, by_gap, torch.square(ratio) - 1))

    @property
    def scaled_growth(self) -> PerExample64:
        r""":math:`\alpha_t^2 (e^{gap} - 1) = \sigma_t^2 (\mathrm{SNR}(s) - \mathrm{SNR}(t))`, ``(batch,)`` float64.

        In a long step exp(gap) and SNR(s) may overflow, and alpha_t vanish.
        """
        inner = self.gap < LONG
        by_gap = torch.square(self.alpha_t) * expm1(torch.where(inner, self.gap, 0.0))
        drop = self.alpha_s * (self.sigma_t / self.sigma_s)
        c = 1 - torch.exp(-self.gap)  # of a long step, which needs no series
        return torch.where(inner, by_gap, drop * (drop * c))


def diffuse(x: Event, eps: Event, at: Marginal) -> Event:
    r"""Return the latent :math:`z_t = \alpha_t x + \sigma_t \epsilon`.

    Args:
        x: the data, ``(batch, *event)``, floating.
        eps: standard normal noise, ``(batch, *event)``, of the dtype and device of x.
        at: the marginal at t, each field ``(batch,)`` float64.

    Returns:
        z_t, ``(batch, *event)``, in the dtype of x, in which it is rounded once.

    Raises:
        ValueError: if x and eps differ in shape, dtype or device or are not floating, or ``at`` is not a Marginal of
            their batch.

    Source: VDM, arXiv 2107.00630v6, eq. (1).

    Claim: vdm.forward.marginal, ddpm.marginal
    """
    events("udm.diffuse", x=x, eps=eps)
    records("udm.diffuse", len(x), Marginal, at=at)
    return combine((at.alpha, x), (at.sigma, eps))


def marginal(x: Event, at: Marginal) -> Gaussian:
    r"""Return :math:`q(z_t \mid x) = \mathcal N(\alpha_t x, \sigma_t^2 I)`.

    Args:
        x: the data, ``(batch, *event)``, floating.
        at: the marginal at t, each field ``(batch,)`` float64.

    Returns:
        The law, its mean ``(batch, *event)`` and its variance ``(batch, 1, ..., 1)``, both in the dtype of x.

    Raises:
        ValueError: if x is not floating or has no batch axis, or ``at`` is not a Marginal of its batch.

    Source: VDM, arXiv 2107.00630v6, eq. (1).

    Claim: vdm.forward.marginal, ddpm.marginal
    """
    events("udm.marginal", x=x)
    records("udm.marginal", len(x), Marginal, at=at)
    return Gaussian(combine((at.alpha, x)), cast(x, torch.square(at.sigma)))


def transition(z_s: Event, step: Step) -> Gaussian:
    r"""Return :math:`q(z_t \mid z_s) = \mathcal N(\alpha_{t|s} z_s, \sigma_{t|s}^2 I)`.

    Args:
        z_s: the latent at s, ``(batch, *event)``, floating.
        step: the step from s to t, each field ``(batch,)`` float64.

    Returns:
        The law, its mean ``(batch, *event)`` and its variance ``(batch, 1, ..., 1)``, both in the dtype of z_s.

    Raises:
        ValueError: if z_s is not floating or has no batch axis, or ``step`` is not a Step of its batch.

    Source: VDM, arXiv 2107.00630v6, appendix A.1.

    Claim: vdm.forward.transition, vdm.forward.sigma2_ts.expm1
    """
    events("udm.transition", z_s=z_s)
    records("udm.transition", len(z_s), Step, step=step)
    return Gaussian(combine((step.alpha_ts, z_s)), cast(z_s, step.var_ts))


def posterior(z_t: Event, x: Event, step: Step) -> Gaussian:
    r"""Return :math:`q(z_s \mid z_t, x) = \mathcal N(\mu_Q, \sigma_Q^2 I)`, in the dtype of z_t.

    .. math::
        \mu_Q = \frac{\alpha_{t|s} \sigma_s^2}{\sigma_t^2} z_t + \frac{\alpha_s \sigma_{t|s}^2}{\sigma_t^2} x, \qquad
        \sigma_Q^2 = \frac{\sigma_{t|s}^2 \sigma_s^2}{\sigma_t^2}.

    The coefficients are computed in float64 and rounded once. If s = 0 and sigma_0 = 0, the law is the point x.

    Args:
        z_t: the latent at t, ``(batch, *event)``, floating.
        x: the data, or a prediction of them, ``(batch, *event)``, of the dtype and device of z_t.
        step: the step from s to t, each field ``(batch,)`` float64.

    Returns:
        The law, its mean ``(batch, *event)`` and its variance ``(batch, 1, ..., 1)``, both in the dtype of z_t.

    Raises:
        ValueError: if z_t and x differ in shape, dtype or device or are not floating, or ``step`` is not a Step of
            their batch.

    Source: VDM, arXiv 2107.00630v6, appendix A.2; DDPM, arXiv 2006.11239v2, eq. (6)-(7).

    Claim: vdm.posterior, vdm.posterior.mean, vdm.posterior.variance, vdm.posterior.snr
    Claim: ddpm.posterior, ddpm.posterior.vdm
    """
    events("udm.posterior", z_t=z_t, x=x)
    records("udm.posterior", len(z_t), Step, step=step)
    return Gaussian(combine((step.weight_z, z_t), (step.weight_x, x)), cast(z_t, step.posterior_var))


def _positive(gap: PerExample64, value: PerExample64) -> PerExample64:
    return torch.where(gap > 0, value, torch.nan)  # s >= t must give NaN, never a plausible number
