r"""Guidance: a new denoiser made of a conditional and an unconditional one, or of one denoiser and a classifier.

.. math::
    \tilde\epsilon = (1 + w)\, \epsilon_c - w\, \epsilon_u = s\, \epsilon_c + (1 - s)\, \epsilon_u, \quad s = 1 + w;
    \qquad \tilde s(z) = s(z) + w \nabla_z \log p(c \mid z).

The weights of the first sum to 1, so it has the same form in x, eps, v and the score (unless something is clipped or
rescaled). Without guidance, w = 0 and s = 1; the same number under the other convention gives another sampler.
"""

from collections.abc import Callable
from typing import Literal, TypeAlias, get_args

import torch
from torch import Tensor

from udm.arguments import functions, numbers
from udm.denoiser import Parameterization, coefficients, known
from udm.model import Denoiser
from udm.process import Marginal
from udm.shapes import Event, PerExample, combine, events, working
from udm.stable import float64_device, to_float64

Convention: TypeAlias = Literal["ho_salimans", "scale"]


def scale(weight: float, convention: Convention) -> float:
    """Return s, from w (convention "ho_salimans": s = 1 + w) or from s itself (convention "scale").

    Args:
        weight: w or s, as the convention has it.
        convention: "ho_salimans" (w, 0 for no guidance) or "scale" (s = 1 + w, 1 for no guidance).

    Returns:
        s, a number.

    Raises:
        ValueError: if the convention is neither of the two.

    Source: Ho and Salimans, arXiv 2207.12598v1, eq. (6).

    Claim: cfg.eps, cfg.linear
    """
    return _scale("udm.guidance.scale", weight, convention)


def _scale(where: str, weight: float, convention: Convention) -> float:
    numbers(where, weight=weight)
    if convention not in get_args(Convention):
        raise ValueError(f'{where}: expected convention "ho_salimans" (w) or "scale" (1 + w), got {convention!r}')
    return weight + 1 if convention == "ho_salimans" else weight


def combination(conditional: Event, unconditional: Event, s: float) -> Event:
    r"""Return :math:`s\, \epsilon_c + (1 - s)\, \epsilon_u`, exactly eps_c at s = 1 and eps_u at s = 0.

    It is computed as :math:`\epsilon_c + (s - 1) (\epsilon_c - \epsilon_u)`, for s < 1/2 from the other end, which is
    rounded about once where the two are close, as they mostly are; the sum of two large terms would cancel. The error
    is at most two units of :math:`|\epsilon_c| + |(s - 1)(\epsilon_c - \epsilon_u)|`.

    Args:
        conditional: the prediction given the condition, ``(batch, *event)``, floating.
        unconditional: the prediction without it, ``(batch, *event)``, of the dtype and device of the other.
        s: 1 + w.

    Returns:
        The guided prediction, ``(batch, *event)``, in the dtype of the predictions.

    Raises:
        ValueError: if the predictions differ in shape, dtype or device or are not floating.

    Source: Ho and Salimans, arXiv 2207.12598v1, eq. (6).

    Claim: cfg.eps, cfg.linear
    """
    numbers("udm.guidance.combination", s=s)
    return _combined("udm.guidance.combination", conditional, unconditional, s)


def _combined(where: str, conditional: Event, unconditional: Event, s: float) -> Event:
    events(where, conditional=conditional, unconditional=unconditional)
    near, far = (conditional, unconditional) if s >= 0.5 else (unconditional, conditional)
    beyond = s - 1 if s >= 0.5 else -s
    ones = torch.ones(near.shape[0], dtype=torch.float64, device=float64_device(near.device))
    near, far = (a.to(working(a.dtype)) for a in (near, far))
    return combine((ones, near), (beyond * ones, near - far)).to(conditional.dtype)


def classifier_free(
    conditional: Denoiser, unconditional: Denoiser, weight: float, *, convention: Convention, rescale: float = 0.0
) -> Denoiser:
    r"""Return the guided denoiser (z, gamma) -> prediction; both networks must predict the same of x, eps, v or score.

    Args:
        conditional: the network given the condition, from z, ``(batch, *event)``, and gamma, ``(batch,)``, to a
            prediction like z.
        unconditional: the network without it, or with a negative one.
        weight: w or s, according to ``convention``.
        convention: "ho_salimans" (w, 0 for no guidance) or "scale" (s = 1 + w, 1 for no guidance). There is no default,
            because the two are often confused.
        rescale: Lin et al.'s phi in [0, 1]: how far the standard deviation of each example is moved back to that of its
            conditional prediction.

    Returns:
        A denoiser, from z, ``(batch, *event)``, and gamma, ``(batch,)``, to a prediction of the shape and dtype of z.

    Raises:
        ValueError: if the convention is unknown or rescale is outside [0, 1]; and at each call, if the predictions
            differ in shape, dtype or device or are not floating.

    Source: Ho and Salimans, arXiv 2207.12598v1, eq. (6); Lin et al., arXiv 2305.08891v4, eq. (15)-(16).

    Claim: cfg.eps, cfg.linear, cfg.rescale
    """
    where = "udm.guidance.classifier_free"
    functions(where, conditional=conditional, unconditional=unconditional)
    s = _scale(where, weight, convention)
    numbers(where, rescale=rescale)
    if not 0 <= rescale <= 1:
        raise ValueError(f"{where}: expected rescale in [0, 1], got {rescale}")

    def denoiser(z: Tensor, gamma: Tensor) -> Tensor:
        positive = conditional(z, gamma)
        guided = _combined(where, positive, unconditional(z, gamma), s)
        return rescaled(guided, positive, rescale) if rescale else guided

    return denoiser


def rescaled(guided: Event, positive: Event, phi: float) -> Event:
    r"""Return :math:`\bigl(\phi\, \mathrm{std}(x_{pos})/\mathrm{std}(x_{cfg}) + 1 - \phi\bigr) x_{cfg}`.

    The standard deviations are over each event. The factor is 1 if the guided prediction is constant over its event,
    where the ratio would be undefined.

    Args:
        guided: the guided prediction, ``(batch, *event)``, floating.
        positive: the conditional prediction, ``(batch, *event)``, of the dtype and device of the other.
        phi: how far the standard deviation is moved back, in [0, 1].

    Returns:
        The rescaled prediction, ``(batch, *event)``, in the dtype of the predictions.

    Raises:
        ValueError: if the predictions differ in shape, dtype or device or are not floating, or phi is outside [0, 1].

    Source: Lin et al., arXiv 2305.08891v4, eq. (15)-(16).

    Claim: cfg.rescale
    """
    events("udm.guidance.rescaled", guided=guided, positive=positive)
    numbers("udm.guidance.rescaled", phi=phi)
    if not 0 <= phi <= 1:
        raise ValueError(f"udm.guidance.rescaled: expected phi in [0, 1], got {phi}")
    spread, wanted = _std(guided), _std(positive)
    ratio = torch.where(spread > 0, wanted / torch.where(spread > 0, spread, 1.0), 1.0)
    return combine((phi * ratio + (1 - phi), guided))


def classifier(
    unconditional: Denoiser,
    log_prob: Callable[[Tensor, Tensor], Tensor],
    weight: float,
    *,
    parameterization: Parameterization,
    at: Callable[[PerExample], Marginal] = Marginal.from_gamma,
) -> Denoiser:
    r"""Return the denoiser whose score is shifted by :math:`w \nabla_z \log p(c \mid z_t)`.

    It predicts what ``unconditional`` predicts:

    .. math::
        \tilde\epsilon = \epsilon - w \sigma \nabla, \quad \tilde x = x + w \frac{\sigma^2}{\alpha} \nabla, \quad
        \tilde v = v - w \frac{\sigma d}{\alpha} \nabla.

    In the ancestral step this moves the mean by :math:`w\, \sigma_{t|s}^2/\alpha_{t|s} \nabla`, and not by w times the
    step's variance, as Dhariwal and Nichol's algorithm 1 does.

    The gradient is that of the sum over the batch, taken at z_t, so log_prob must not mix examples. Where alpha = 0 the
    gradient is 0, its factor in x and v infinite, and the prediction NaN: start the grid where alpha > 0.

    Args:
        unconditional: from z, ``(batch, *event)``, and gamma, ``(batch,)``, to a prediction like z.
        log_prob: from z, ``(batch, *event)``, and gamma, ``(batch,)``, to log p(c | z), ``(batch,)``, floating, nats,
            differentiable in z.
        weight: w; with w = 1, and if both are exact, samples follow the posterior p(x | c).
        parameterization: what the denoiser predicts, "x", "eps", "v" or "score".
        at: the marginal at a gamma, ``(batch,)``; needed on a path that does not preserve variance.

    Returns:
        A denoiser, from z, ``(batch, *event)``, and gamma, ``(batch,)``, to a prediction of the shape and dtype of z.

    Raises:
        ValueError: if the parameterization is not "x", "eps", "v" or "score"; and at each call, if log_prob does not
            return shape (batch,).

    Source: Dhariwal and Nichol, arXiv 2105.05233v4, eq. (13)-(14); Ho and Salimans, arXiv 2207.12598v1, eq. (5).

    Claim: guidance.bayes, guidance.eps, guidance.ancestral
    """
    where = "udm.guidance.classifier"
    functions(where, unconditional=unconditional, log_prob=log_prob, at=at)
    numbers(where, weight=weight)
    known(where, parameterization=parameterization)

    def denoiser(z: Tensor, gamma: Tensor) -> Tensor:
        _, b = coefficients(at(gamma), "score", parameterization)
        return combine((torch.ones_like(b), unconditional(z, gamma)), (weight * b, _gradient(log_prob, z, gamma)))

    return denoiser


def _gradient(log_prob: Callable[[Tensor, Tensor], Tensor], z: Tensor, gamma: Tensor) -> Tensor:
    with torch.inference_mode(False), torch.enable_grad():
        leaf = z.detach().clone().requires_grad_()  # cloned, because tensors of inference mode take no gradient
        value = log_prob(leaf, gamma.clone())
        if value.shape != z.shape[:1]:
            got = tuple(value.shape)
            raise ValueError(
                f"udm.guidance.classifier: expected log_prob of shape ({z.shape[0]},), one per example, got {got}"
            )
        return torch.autograd.grad(value.sum(), leaf)[0]


def _std(z: Event) -> Tensor:
    """Return the standard deviation over each event, (batch,), float64; its denominator cancels in a ratio."""
    wide = to_float64(z.to(working(z.dtype))).reshape(z.shape[0], -1)
    std = torch.stack([row.std(correction=0) for row in wide])
    return torch.where(wide.amax(dim=1) == wide.amin(dim=1), 0.0, std)  # the rounded mean may differ from a constant
