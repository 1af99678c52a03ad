r"""Data of classes: the divergence of two laws, a latent that is the datum or any class, and DDIM's step for it,

.. math::
    q(z_t \mid x) = \bar\alpha_t\, x + \frac{1 - \bar\alpha_t}{K}, \qquad
    q(z_s \mid z_t, x) = k\, z_t + (\bar\alpha_s - k \bar\alpha_t)\, x
        + \frac{(1 - \bar\alpha_s) - (1 - \bar\alpha_t) k}{K}.

Laws are arrays of probabilities with the classes along the last axis. Weights are computed as sums of positive terms.
"""

from typing import NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor

from udm.arguments import numbers
from udm.gaussian import total
from udm.shapes import Event, Indices, PerExample, PerExample64, events, indices, over, per_example
from udm.stable import excess, to_float64, to_widest


class Weights(NamedTuple):
    """The chances that a step takes z_t, the datum, or any class alike; their sum is 1.

    Attributes:
        kept: of z_t, ``(batch,)`` float64.
        datum: of the datum, ``(batch,)`` float64.
        fresh: of any class, ``(batch,)`` float64.
    """

    kept: PerExample64
    datum: PerExample64
    fresh: PerExample64


def kl(q: Event, p: Event) -> PerExample:
    r"""Return KL(q || p) of independent classes, summed over the event.

    A class counts :math:`q (y - \log(1 + y))`, y = p/q - 1, which is never negative and keeps its digits where q and p
    are close; these sum to :math:`\sum_k q_k \log(q_k/p_k)`, as both laws sum to 1. A class with q = 0 counts p.
    The claim is of two classes; of more, the sum is the definition.

    Args:
        q: the probabilities of the first law, ``(batch, *event)``, floating, the last axis the classes.
        p: those of the second, ``(batch, *event)``, of the dtype and device of q.

    Returns:
        The divergence in nats per example, ``(batch,)`` float64 (float32 on a device without float64); inf where p is 0
        and q is not.

    Raises:
        ValueError: if q and p differ in shape, dtype or device, are not floating, or have no axis of classes.

    Source: Kullback and Leibler, 1951; for discrete diffusion Sohl-Dickstein et al., arXiv 1503.03585v8.

    Claim: kl.categorical
    """
    where = "udm.categorical.kl"
    events(where, q=q, p=p)
    _classes(where, q=q)
    first, second = to_float64(q), to_float64(p)
    some = first > 0
    safe = torch.where(some, first, 1.0)
    gap = torch.where(some, (second - first) / safe, 0.0)
    each = torch.where(some, first * excess(gap, second / safe), second)
    return to_widest(total(each), q.device)


def latent(x: Event, abar: PerExample) -> Event:
    r"""Return the probabilities of z_t, :math:`\bar\alpha x + (1 - \bar\alpha)/K`.

    Args:
        x: the probabilities of the datum, ``(batch, *event)``, floating, the last axis the classes.
        abar: the chance that z_t is the datum, ``(batch,)``, floating.

    Returns:
        The probabilities, ``(batch, *event)``, in the dtype of x.

    Raises:
        ValueError: if x is not floating or has no axis of classes, or ``abar`` is not floating of shape (batch,).

    Source: Song et al., arXiv 2010.02502v4, eq. (17).

    Claim: ddim.categorical
    """
    where = "udm.categorical.latent"
    events(where, x=x)
    _classes(where, x=x)
    per_example(where, len(x), abar=abar)
    (kept,) = over(x, to_float64(abar))
    return (kept * to_float64(x) + (1 - kept) / x.shape[-1]).to(x.dtype).to(x.device)


def weights(abar_t: PerExample, abar_s: PerExample, share: float = 1.0) -> Weights:
    r"""Return the chances of a step that keeps z_t with ``share`` of the greatest chance, :math:`(1 - \bar\alpha_s)/(1
    - \bar\alpha_t)`:

    .. math::
        k = r \frac{1 - \bar\alpha_s}{1 - \bar\alpha_t}, \qquad
        \bar\alpha_s - k \bar\alpha_t
            = \frac{(\bar\alpha_s - \bar\alpha_t) + (1 - r)(1 - \bar\alpha_s) \bar\alpha_t}{1 - \bar\alpha_t}, \qquad
        (1 - r)(1 - \bar\alpha_s).

    Args:
        abar_t: the chance that z_t is the datum, below 1, ``(batch,)``, floating.
        abar_s: that of z_s, at least as great, ``(batch,)``, floating.
        share: r, in [0, 1]; 1 takes no fresh class, and 0 does not look at z_t.

    Returns:
        The chances, each ``(batch,)`` float64.

    Raises:
        ValueError: if abar_t or abar_s is not floating of shape (batch,), or the share is outside [0, 1].

    Source: Song et al., arXiv 2010.02502v4, eq. (18)-(19).

    Claim: ddim.categorical
    """
    return _weights("udm.categorical.weights", abar_t, abar_s, share)


def _weights(where: str, abar_t: PerExample, abar_s: PerExample, share: float) -> Weights:
    per_example(where, abar_t=abar_t)
    per_example(where, len(abar_t), abar_s=abar_s)
    numbers(where, share=share)
    if not 0 <= share <= 1:
        raise ValueError(f"{where}: expected share in [0, 1], got {share}")
    t, s = to_float64(abar_t), to_float64(abar_s)
    fresh = (1 - share) * (1 - s)
    return Weights(share * ((1 - s) / (1 - t)), ((s - t) + fresh * t) / (1 - t), fresh)


def step(
    z_t: Indices,
    x_hat: Float[Tensor, "batch *event K"],
    abar_t: PerExample,
    abar_s: PerExample,
    share: float = 1.0,
) -> Float[Tensor, "batch *event K"]:
    r"""Return the probabilities of z_s given z_t and a prediction of the datum.

    Args:
        z_t: the classes of the latent, integers in [0, K), ``(batch, *event)``.
        x_hat: the predicted probabilities of the datum, floating, with K classes along one more axis,
            ``(batch, *event, K)``.
        abar_t: the chance that z_t is the datum, below 1, ``(batch,)``, floating.
        abar_s: that of z_s, at least as great, ``(batch,)``, floating.
        share: of the greatest chance to keep z_t, in [0, 1].

    Returns:
        The probabilities, ``(batch, *event, K)``, in the dtype of x_hat; of the sum 1 if those of x_hat have it.

    Raises:
        ValueError: if z_t is not integer, x_hat is not floating of its shape with one axis more, abar_t or abar_s is
            not floating of shape (batch,), or the share is outside [0, 1].

    Source: Song et al., arXiv 2010.02502v4, eq. (20).

    Claim: ddim.categorical
    """
    where = "udm.categorical.step"
    events(where, x_hat=x_hat)
    _classes(where, x_hat=x_hat)
    indices(where, x_hat.shape[:-1], z_t=z_t)
    per_example(where, len(x_hat), abar_t=abar_t, abar_s=abar_s)
    made = _weights(where, abar_t, abar_s, share)
    kept, datum, fresh = over(x_hat, *made)
    K = x_hat.shape[-1]
    here = (z_t[..., None] == torch.arange(K, device=z_t.device)).to(kept.device)
    law = torch.where(here, kept, 0.0) + datum * to_float64(x_hat) + fresh / K
    return law.to(x_hat.dtype).to(x_hat.device)


def _classes(where: str, **given: Float[Tensor, "batch *event"]) -> None:
    for name, a in given.items():
        if a.ndim < 2:
            raise ValueError(f"{where}: expected {name} of shape (batch, *event, K), got {tuple(a.shape)}")
