r"""Steps of second order in the prediction of x: the first-order step, and then a multiple of a difference,

.. math::
    z_s = a z_t + b\, \hat x_t + w\, (\hat x' - \hat x'').

A difference of two predictions is exact where they are close (Sterbenz), and large multiples of them do not cancel.
"""

import torch

from udm.process import Step
from udm.sample.step import ddim_coefficients
from udm.shapes import Event, PerExample, PerExample64, combine, events, per_example, records, working
from udm.stable import expm1, to_float64


def heun(z_t: Event, x_t: Event, x_s: Event, step: Step) -> Event:
    r"""Return Heun's step of the flow in rho. With z' the Euler step and x_s the prediction of the data there,

    .. math::
        y_s = y_t + (\rho_s - \rho_t) \frac{d_t + d_s}{2}, \quad d = \frac{y - \hat x}{\rho}
        \quad\Longleftrightarrow\quad
        z_s = z' + \frac{\alpha_s}{2} (e^{h} - 1)\, (\hat x_s - \hat x_t), \quad h = \frac{\gamma_t - \gamma_s}{2}.

    If sigma_s = 0 or alpha_t = 0 this step does not exist, because h is infinite: take the Euler step.

    Args:
        z_t: the latent at t, ``(batch, *event)``, floating.
        x_t: the prediction of x at t, ``(batch, *event)``, of the dtype and device of z_t.
        x_s: the prediction of x at s, made at the Euler step z', ``(batch, *event)``, of the dtype and device of z_t.
        step: the step from s to t, each field ``(batch,)`` float64.

    Returns:
        z_s, ``(batch, *event)``, in the dtype of z_t.

    Raises:
        ValueError: if z_t, x_t and x_s differ in shape, dtype or device or are not floating, or ``step`` is not a Step
            of their batch.

    Source: Karras et al., arXiv 2206.00364v2, algorithm 1.

    Claim: edm.heun, edm.heun.forms
    """
    events("udm.sample.heun", z_t=z_t, x_t=x_t, x_s=x_s)
    records("udm.sample.heun", len(z_t), Step, step=step)
    a, b, _ = ddim_coefficients(step)
    return combine((a, z_t), (b, x_t), (heun_weight(step), _difference(x_s, x_t)))


def heun_weight(step: Step) -> PerExample64:
    r"""Return :math:`\alpha_s (e^{h} - 1)/2`, the factor of Heun's correction.

    Args:
        step: the step from s to t, each field ``(batch,)`` float64.

    Returns:
        The factor, ``(batch,)`` float64.

    Claim: edm.heun.forms
    """
    return step.alpha_s * expm1(torch.where(step.gap > 0, step.gap, torch.nan) / 2) / 2


def dpmpp_2m(z_t: Event, x_t: Event, x_before: Event, step: Step, gap_before: PerExample) -> Event:
    r"""Return the step of DPM-Solver++(2M): first order, with x extrapolated in lambda to the middle of the step,

    .. math::
        z_s = \frac{\sigma_s}{\sigma_t} z_t - \alpha_s (e^{-h} - 1) D, \quad
        D = \Bigl(1 + \frac{1}{2r}\Bigr) \hat x_t - \frac{1}{2r} \hat x_{before}, \quad
        r = \frac{h_{before}}{h}, \quad h = \frac{\gamma_t - \gamma_s}{2}.

    Args:
        z_t: the latent at t, ``(batch, *event)``, floating.
        x_t: the prediction of x at t, ``(batch, *event)``, of the dtype and device of z_t.
        x_before: the prediction of x at the time before t, ``(batch, *event)``, of the dtype and device of z_t.
        step: the step from s to t, each field ``(batch,)`` float64.
        gap_before: the gap of the step before, ``(batch,)``, floating.

    Returns:
        z_s, ``(batch, *event)``, in the dtype of z_t.

    Raises:
        ValueError: if z_t, x_t and x_before differ in shape, dtype or device or are not floating, ``step`` is not a
            Step of their batch, or gap_before is not floating of shape (batch,).

    Source: Lu et al., arXiv 2211.01095v2, algorithm 2.

    Claim: dpmpp.2m, dpm.phi, dpm.exact
    """
    where = "udm.sample.dpmpp_2m"
    events(where, z_t=z_t, x_t=x_t, x_before=x_before)
    records(where, len(z_t), Step, step=step)
    per_example(where, len(z_t), gap_before=gap_before)
    a, b, _ = ddim_coefficients(step)
    beyond = b * extrapolation(step, gap_before)
    return combine((a, z_t), (b, x_t), (beyond, _difference(x_t, x_before)))


def extrapolation(step: Step, gap_before: PerExample) -> PerExample64:
    r"""Return :math:`1/(2r) = h / (2 h_{before})`.

    Args:
        step: the step from s to t, each field ``(batch,)`` float64.
        gap_before: the gap of the step before, ``(batch,)``, floating.

    Returns:
        The weight, ``(batch,)`` float64.

    Raises:
        ValueError: if gap_before is not floating of shape (batch,).

    Claim: dpmpp.2m
    """
    per_example("udm.sample.second.extrapolation", step.gap.shape[0], gap_before=gap_before)
    return step.gap / (2 * to_float64(gap_before))


def _difference(a: Event, b: Event) -> Event:
    wide = working(a.dtype)  # half types would round it
    return a.to(wide) - b.to(wide)
