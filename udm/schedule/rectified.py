r"""The straight path of rectified flow: :math:`\alpha_t = 1 - t,\ \sigma_t = t,\ \gamma = 2 \log\frac{t}{1 - t}`."""

import torch
from torch import Tensor

from udm.process import Marginal
from udm.schedule.base import Schedule
from udm.schedule.edges import Edges


class RectifiedFlow(Schedule):
    r"""alpha = 1 - t and sigma = t, where t = 0 is data; the papers' t is 1 - t.

    .. math:: \frac{t (1 - s)}{s (1 - t)} - 1 = \frac{t - s}{s (1 - t)}.

    Source: Liu et al., arXiv 2209.03003v1, eq. (1).

    Claim: path.rectified
    """

    preserving = False
    _ends = Edges(sigma=0.0, alpha=0.0)

    def _marginal(self, t: Tensor) -> Marginal:
        return Marginal(1 - t, t, 2 * torch.log(t / (1 - t)))

    def _plain(self, t: Tensor, rest: Tensor) -> Marginal:
        return Marginal(rest, t, 2 * torch.log(t / rest))

    def _dgamma(self, t: Tensor) -> Tensor:
        return 2 / (t * (1 - t))

    def _gap(self, s: Tensor, t: Tensor) -> Tensor:
        return 2 * torch.log1p((t - s) / (s * (1 - t)))
