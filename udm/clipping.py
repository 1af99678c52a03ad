r"""Predictions of x that are cut to a range, as samplers of other libraries do: no longer those of the model.

.. math::
    \hat x \to \mathrm{clip}(\hat x, -l, l), \qquad
    \hat x \to \frac ls\, \mathrm{clip}(\hat x, -s, s), \quad s = \max(l, \text{quantile of } |\hat x|).

A sample then follows no reverse step of the model, a bound with it is one of another model, and orders of convergence
do not hold where it cuts. It leaves a prediction that is in the range as it is.
"""

from collections.abc import Callable

import torch
from torch import Tensor

from udm.arguments import functions, numbers
from udm.model import Model, check_model
from udm.process import Marginal
from udm.shapes import PerExample, working


def clipped(model: Model, limit: float = 1.0, *, at: Callable[[PerExample], Marginal] = Marginal.from_gamma) -> Model:
    """Return a model that predicts x as ``model`` does, cut to [-limit, limit].

    It is none of the formulas: see this module.

    Args:
        model: whose predictions are cut.
        limit: the largest number of the data.
        at: the path, a map of gamma, ``(batch,)``, to the marginal; variance preserving if absent.

    Returns:
        The model, which predicts x.

    Raises:
        ValueError: if ``model`` is no Model, limit is not positive, or ``at`` cannot be called.

    Source: the option clip_denoised of DDPM's code; no equation of the paper.
    """
    where = "udm.clipping.clipped"
    _check(where, model, limit, at)
    return _cut(model, at, lambda x: torch.clamp(x, -limit, limit))


def thresholded(
    model: Model,
    quantile: float = 0.995,
    limit: float = 1.0,
    *,
    at: Callable[[PerExample], Marginal] = Marginal.from_gamma,
) -> Model:
    """Return a model that predicts x as ``model`` does, cut at a quantile of its absolute values and scaled to limit.

    It is none of the formulas: see this module. The quantile is that of each example.

    Args:
        model: whose predictions are cut.
        quantile: of the absolute values of an event, in (0, 1].
        limit: the largest number of the data; a smaller quantile cuts nothing more than this.
        at: the path, a map of gamma, ``(batch,)``, to the marginal; variance preserving if absent.

    Returns:
        The model, which predicts x.

    Raises:
        ValueError: if ``model`` is no Model, limit is not positive, quantile is outside (0, 1], or ``at`` cannot be
            called.

    Source: Saharia et al., arXiv 2205.11487v1, section 2.3, dynamic thresholding.
    """
    where = "udm.clipping.thresholded"
    _check(where, model, limit, at)
    numbers(where, quantile=quantile)
    if not 0 < quantile <= 1:
        raise ValueError(f"{where}: expected quantile in (0, 1], got {quantile}")

    def cut(x: Tensor) -> Tensor:
        wide = x.to(working(x.dtype)).flatten(1)
        s = torch.quantile(wide.abs(), quantile, dim=1, keepdim=True).clamp(min=limit)
        return (torch.clamp(wide, -s, s) * (limit / s)).reshape(x.shape).to(x.dtype)

    return _cut(model, at, cut)


def _check(where: str, model: Model, limit: float, at: Callable[[PerExample], Marginal]) -> None:
    check_model(where, model)
    numbers(where, limit=limit)
    functions(where, at=at)
    if not limit > 0:
        raise ValueError(f"{where}: expected limit > 0, got {limit}")


def _cut(model: Model, at: Callable[[PerExample], Marginal], cut: Callable[[Tensor], Tensor]) -> Model:
    def denoiser(z: Tensor, gamma: Tensor) -> Tensor:
        return cut(model.predict(z, at(gamma), "x"))

    return Model(denoiser, model.schedule, "x")
