r"""A denoiser, what it predicts, and the path it was trained on: what likelihood, samplers and checkpoints take.

.. math::
    \mathrm{denoiser}(z_t, \gamma_t) = \hat x,\ \hat\epsilon,\ \hat v \text{ or } \hat s, \qquad
    z_t = \alpha_t x + \sigma_t \epsilon.
"""

from collections.abc import Callable
from typing import NamedTuple, TypeAlias

from torch import Tensor

from udm.denoiser import Parameterization, convert
from udm.process import Marginal
from udm.schedule.base import Schedule
from udm.shapes import Event, events, working

Denoiser: TypeAlias = Callable[[Tensor, Tensor], Tensor]


class Model(NamedTuple):
    """``denoiser`` maps z (batch, *event) and gamma (batch,) to the ``parameterization`` of x, in the dtype of z.

    gamma comes in the dtype of z (float32 for half types), on its device.
    """

    denoiser: Denoiser
    schedule: Schedule
    parameterization: Parameterization = "eps"

    def predict(self, z: Event, at: Marginal, kind: Parameterization) -> Event:
        r"""The denoiser's belief at z, told as ``kind``.

        Raises:
            ValueError: z not floating; a marginal of another batch; a prediction of another shape or dtype than z.

        Claim: vdm.param.eps, vdm.param.score, vdm.param.v
        """
        events("Model.predict", z=z)
        prediction = self.denoiser(z, at.gamma.to(working(z.dtype)).to(z.device))
        return convert(prediction, z, at, self.parameterization, kind)
