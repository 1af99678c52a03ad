r"""Guidance: a new denoiser from a conditional one and an unconditional one, or a classifier.

.. math::
    \tilde\epsilon = (1 + w)\, \epsilon_c - w\, \epsilon_u = s\, \epsilon_c + (1 - s)\, \epsilon_u, \quad s = 1 + w;
    \qquad \tilde s(z) = s(z) + w \nabla_z \log p(c \mid z).

The weights of the first sum to 1, so it is the same in x, eps, v and the score (until something is clipped or
rescaled). w = 0 and s = 1 mean no guidance: the same number under the other convention is another sampler.
"""

from collections.abc import Callable
from typing import Literal, TypeAlias, get_args

import torch
from torch import Tensor

from udm.denoiser import Parameterization, coefficients
from udm.model import Denoiser
from udm.process import Marginal
from udm.shapes import Event, PerExample, combine, events, working
from udm.stable import float64_device, to_float64

Convention: TypeAlias = Literal["ho_salimans", "scale"]


def scale(weight: float, convention: Convention) -> float:
    """s, from w ("ho_salimans": s = 1 + w) or from s itself ("scale").

    Raises:
        ValueError: an unknown convention.

    Source: Ho and Salimans, arXiv 2207.12598v1, eq. (6).

    Claim: cfg.eps
    """
    if convention not in get_args(Convention):
        raise ValueError(f'guidance: expected convention "ho_salimans" (w) or "scale" (1 + w), got {convention!r}')
    return weight + 1 if convention == "ho_salimans" else weight


def combination(conditional: Event, unconditional: Event, s: float) -> Event:
    r""":math:`s\, \epsilon_c + (1 - s)\, \epsilon_u`, in the dtype of the predictions; exactly eps_c at s = 1.

    Raises:
        ValueError: predictions of different shape or dtype, or not floating.

    Source: Ho and Salimans, arXiv 2207.12598v1, eq. (6).

    Claim: cfg.eps, cfg.linear
    """
    events("combination", conditional=conditional, unconditional=unconditional)
    ones = torch.ones(conditional.shape[0], dtype=torch.float64, device=float64_device(conditional.device))
    return combine((s * ones, conditional), ((1 - s) * ones, unconditional))


def classifier_free(
    conditional: Denoiser, unconditional: Denoiser, weight: float, *, convention: Convention, rescale: float = 0.0
) -> Denoiser:
    r"""The guided denoiser (z, gamma) -> prediction; both networks predict the same thing (x, eps, v or the score).

    Args:
        conditional: the network given the condition.
        unconditional: the network without it (or with a negative one).
        weight: w or s, as ``convention`` says: no default, for the two are confused.
        convention: "ho_salimans" (w, 0 for no guidance) or "scale" (s = 1 + w, 1 for no guidance).
        rescale: Lin et al.'s phi in [0, 1]: how far the spread of each example goes back to the conditional one's.

    Raises:
        ValueError: an unknown convention; rescale outside [0, 1]; at each call, predictions of different shape.

    Source: Ho and Salimans, arXiv 2207.12598v1, eq. (6); Lin et al., arXiv 2305.08891v4, eq. (15)-(16).

    Claim: cfg.eps, cfg.linear, cfg.rescale
    """
    s = scale(weight, convention)
    if not 0 <= rescale <= 1:
        raise ValueError(f"classifier_free: expected rescale in [0, 1], got {rescale}")

    def denoiser(z: Tensor, gamma: Tensor) -> Tensor:
        positive = conditional(z, gamma)
        guided = combination(positive, unconditional(z, gamma), s)
        return rescaled(guided, positive, rescale) if rescale else guided

    return denoiser


def rescaled(guided: Event, positive: Event, phi: float) -> Event:
    r""":math:`\bigl(\phi\, \mathrm{std}(x_{pos})/\mathrm{std}(x_{cfg}) + 1 - \phi\bigr) x_{cfg}`, std over each event.

    The factor is 1 where the guided prediction is constant over the event (0/0 otherwise).

    Raises:
        ValueError: predictions of different shape or dtype, or not floating; phi outside [0, 1].

    Source: Lin et al., arXiv 2305.08891v4, eq. (15)-(16).

    Claim: cfg.rescale
    """
    events("rescaled", guided=guided, positive=positive)
    if not 0 <= phi <= 1:
        raise ValueError(f"rescaled: expected phi in [0, 1], got {phi}")
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
    r"""The denoiser whose score is shifted by :math:`w \nabla_z \log p(c \mid z_t)`, told as the denoiser tells it.

    .. math::
        \tilde\epsilon = \epsilon - w \sigma \nabla, \quad \tilde x = x + w \frac{\sigma^2}{\alpha} \nabla, \quad
        \tilde v = v - w \frac{\sigma d}{\alpha} \nabla.

    In the ancestral step this moves the mean by :math:`w\, \sigma_{t|s}^2/\alpha_{t|s} \nabla`, not, as Dhariwal and
    Nichol's algorithm 1 has it, by w times the step's variance.

    The gradient is taken at z_t, of the sum over the batch: log_prob may not mix examples. Where alpha = 0 the gradient
    is 0, its factor in x and v infinite, and the prediction NaN: let the grid start where alpha > 0.

    Args:
        unconditional: (z, gamma) -> prediction.
        log_prob: (z, gamma) -> log p(c | z), (batch,), nats, differentiable in z.
        weight: w; 1 samples the posterior p(x | c), if both are exact.
        parameterization: what the denoiser predicts.
        at: the marginal at a gamma: needed on a path that does not preserve variance.

    Raises:
        ValueError: an unknown parameterization; at each call, a log_prob not of shape (batch,).

    Source: Dhariwal and Nichol, arXiv 2105.05233v4, eq. (13)-(14); Ho and Salimans, arXiv 2207.12598v1, eq. (5).

    Claim: guidance.bayes, guidance.eps, guidance.ancestral
    """

    def denoiser(z: Tensor, gamma: Tensor) -> Tensor:
        _, b = coefficients(at(gamma), "score", parameterization)
        return combine((torch.ones_like(b), unconditional(z, gamma)), (weight * b, _gradient(log_prob, z, gamma)))

    return denoiser


def _gradient(log_prob: Callable[[Tensor, Tensor], Tensor], z: Tensor, gamma: Tensor) -> Tensor:
    with torch.inference_mode(False), torch.enable_grad():
        leaf = z.detach().clone().requires_grad_()  # a clone: tensors of inference mode take no gradient
        value = log_prob(leaf, gamma.clone())
        if value.shape != z.shape[:1]:
            raise ValueError(
                f"classifier: expected log_prob of shape ({z.shape[0]},), one per example, got {tuple(value.shape)}"
            )
        return torch.autograd.grad(value.sum(), leaf)[0]


def _std(z: Event) -> Tensor:
    """The standard deviation over each event, (batch,), float64: which denominator does not matter to a ratio."""
    wide = to_float64(z.to(working(z.dtype))).reshape(z.shape[0], -1)
    std = torch.stack([row.std(correction=0) for row in wide])
    return torch.where(wide.amax(dim=1) == wide.amin(dim=1), 0.0, std)  # a constant's mean, rounded, is another number
