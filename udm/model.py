r"""A denoiser, what it predicts, and the path it was trained on: what likelihoods, samplers and checkpoints take.

.. math::
    \mathrm{denoiser}(z_t, \gamma_t) = \hat x,\ \hat\epsilon,\ \hat v \text{ or } \hat s, \qquad
    z_t = \alpha_t x + \sigma_t \epsilon.
"""

import warnings
from collections.abc import Callable
from typing import NamedTuple, TypeAlias, cast

from torch import Tensor, nn

from udm.calling import Ranged, Timestepped, takes_step_numbers, tensor_of
from udm.denoiser import Parameterization, convert, known
from udm.process import Marginal
from udm.schedule.base import Schedule
from udm.schedule.betas import Betas, StepsFrom, counted_from
from udm.shapes import Event, events, instance, records, working

Denoiser: TypeAlias = Callable[[Tensor, Tensor], Tensor]


class _Fields(NamedTuple):
    denoiser: Denoiser
    schedule: Schedule
    parameterization: Parameterization = "eps"


class Model(_Fields):
    """A denoiser with the schedule that it was trained on, and the name of what it predicts.

    Args:
        denoiser: a map of z, ``(batch, *event)``, and gamma, ``(batch,)``, to a prediction of the shape and dtype of z,
            or to a tuple that begins with it, or to what has it as ``sample`` (as networks of diffusers do). It is
            called with gamma on the device of z and in its dtype (in float32 for half types).
        schedule: the schedule it was trained on.
        parameterization: what it predicts, "x", "eps", "v" or "score".
        steps_from: for a network that takes the number of a step of a table of betas in place of gamma (as a
            UNet2DModel of diffusers does), the number of the first step: 0 in diffusers and most code, 1 in DDPM's
            paper. The denoiser is then a :class:`udm.calling.Timestepped`.

    Raises:
        ValueError: if ``denoiser`` cannot be called or is a Schedule, ``schedule`` is no Schedule, ``parameterization``
            is not "x", "eps", "v" or "score", ``steps_from`` is none of 0, 1 and None, or is None although the schedule
            is a table and the denoiser calls its second argument ``timestep``.
    """

    __slots__ = ()

    def __new__(
        cls,
        denoiser: Denoiser,
        schedule: Schedule,
        parameterization: Parameterization = "eps",
        *,
        steps_from: StepsFrom | None = None,
    ) -> "Model":
        if isinstance(denoiser, Schedule) or not callable(denoiser):
            got = type(denoiser).__name__
            raise ValueError(f"udm.Model: expected denoiser to be a function of (z, gamma), got {got}")
        instance("udm.Model", Schedule, schedule=schedule)
        known("udm.Model", parameterization=parameterization)
        if steps_from is not None:
            counted_from("udm.Model", steps_from)
            instance("udm.Model", Betas, schedule=schedule)
            denoiser = Timestepped(denoiser, cast(Betas, schedule), steps_from=steps_from)
        elif isinstance(schedule, Betas) and takes_step_numbers(denoiser):
            got = type(denoiser).__name__
            raise ValueError(
                f"udm.Model: expected steps_from = 0 or 1, the number of the first step of the table, for {got}, which"
                " takes timesteps, got None; if it was trained on gamma, give lambda z, gamma: network(z, gamma)"
            )
        return super().__new__(cls, denoiser, schedule, parameterization)

    def prediction(self, z: Event, at: Marginal) -> Event:
        """Return what the denoiser predicts at z, as it is.

        Args:
            z: the latent, ``(batch, *event)``, floating.
            at: the marginal at t, each field ``(batch,)`` float64.

        Returns:
            The prediction, ``(batch, *event)``, in the dtype of z.

        Raises:
            ValueError: if z is not floating or has no batch axis, ``at`` is not a Marginal of its batch, or the
                prediction differs from z in shape, dtype or device.
        """
        events("udm.Model.prediction", z=z)
        records("udm.Model.prediction", len(z), Marginal, at=at)
        prediction = tensor_of(self.denoiser(z, at.gamma.to(working(z.dtype)).to(z.device)))
        events("udm.Model.denoiser", z=z, prediction=prediction)
        return prediction

    def predict(self, z: Event, at: Marginal, kind: Parameterization) -> Event:
        r"""Return what the denoiser's prediction at z amounts to as a prediction of ``kind``.

        Args:
            z: the latent, ``(batch, *event)``, floating.
            at: the marginal at t, each field ``(batch,)`` float64.
            kind: what the result predicts, "x", "eps", "v" or "score".

        Returns:
            The prediction, ``(batch, *event)``, in the dtype of z.

        Raises:
            ValueError: if z is not floating or has no batch axis, ``at`` is not a Marginal of its batch, ``kind`` or
                the model's parameterization is not "x", "eps", "v" or "score", or the prediction differs from z in
                shape, dtype or device.

        Claim: vdm.param.eps, vdm.param.score, vdm.param.v
        """
        events("udm.Model.predict", z=z)
        records("udm.Model.predict", len(z), Marginal, at=at)
        known("udm.Model.predict", kind=kind)
        known("udm.Model", parameterization=self.parameterization)
        prediction = self.prediction(z, at)
        return prediction if kind == self.parameterization else convert(prediction, z, at, self.parameterization, kind)


def evaluating(where: str, model: Model) -> None:
    """Warn if the denoiser is a network in training mode, whose numbers are those of its dropout and its batches."""
    network = model.denoiser
    while isinstance(network, Timestepped | Ranged):
        network = network.network
    if isinstance(network, nn.Module) and network.training:
        got = type(network).__name__
        message = f"{where}: expected a network in evaluation mode, got {got} in training mode: call its eval() first"
        warnings.warn(message, UserWarning, stacklevel=4)


def check_model(where: str, model: Model) -> None:
    """Require a Model of a schedule that predicts "x", "eps", "v" or "score".

    Raises:
        ValueError: if it is not; the message gives ``where``, or the field of the model.
    """
    instance(where, Model, model=model)
    instance("udm.Model", Schedule, schedule=model.schedule)
    known("udm.Model", parameterization=model.parameterization)


def shared(where: str, model: Model, z: Event, at: Marginal) -> tuple[Event, Event]:
    """Return what the denoiser predicts at z, and its share v of a learned variance, each (batch, *event).

    Raises:
        ValueError: if the denoiser says no variance; the message gives ``where``.
    """
    if not isinstance(model.denoiser, Ranged):
        got = type(model.denoiser).__name__
        raise ValueError(
            f"{where}: expected a network of twice the channels, a udm.calling.Ranged, for the variance"
            f' "learned", got {got}'
        )
    prediction, share = model.denoiser.both(z, at.gamma.to(working(z.dtype)).to(z.device))
    events("udm.Model.denoiser", z=z, prediction=prediction, share=share)
    return prediction, share
