r"""The times at which a loss is evaluated. Systematic times spread a whole batch evenly over (0, 1] by one number,

.. math::
    t_i = 1 - (u_0 + i/k) \bmod 1, \qquad u_0 \sim U(0, 1), \quad i = 0 .. k - 1.

Each t_i is uniform, so any mean over the batch is unbiased. Together they are one point in each of k cells, so the mean
of a smooth integrand varies less than with independent times; that of an integrand of period 1/k varies more.

The steps of a process in discrete time end at i/T: a time t in (0, 1] lies in step i = ceil(t T).
"""

import torch
from torch import Tensor

from udm.arguments import a_device, generators, integers, numbers
from udm.shapes import PerExample64
from udm.stable import float64_device, to_float64, widest


def step_number(t: PerExample64, T: int) -> PerExample64:
    """Return the number i = 1 .. T of the step ((i - 1)/T, i/T] in which each time t in (0, 1] lies.

    Args:
        t: times in (0, 1], ``(batch,)`` float64.
        T: the number of steps.

    Returns:
        i, ``(batch,)`` float64.
    """
    return torch.ceil(t * T)


def systematic_times(
    batch: int,
    u_0: Tensor | float | None = None,
    *,
    offset: int = 0,
    total: int | None = None,
    generator: torch.Generator | None = None,
    device: torch.device | None = None,
) -> PerExample64:
    r"""Return the times of examples offset .. offset + batch - 1 of a global batch of ``total``.

    Ranks that hold the same u_0 (or a generator in the same state) hold slices of one draw.

    Args:
        batch: how many times to return.
        u_0: the uniform number in [0, 1), a float or a floating tensor of shape ``()``; drawn from ``generator`` if
            absent.
        offset: the place of the first of these examples in the global batch.
        total: k, the size of the global batch; offset + batch if absent.
        generator: the source of u_0, on ``device``.
        device: the device of the times; the CPU if absent.

    Returns:
        Times in (0, 1], ``(batch,)`` float64, on ``device`` (on the CPU if that has no float64).

    Raises:
        ValueError: unless 1 <= batch, 0 <= offset and offset + batch <= total, and u_0 is a number or a tensor of
            shape ().

    Source: VDM, arXiv 2107.00630v6, appendix I.1.

    Claim: vdm.time.lowdisc, vdm.time.lowdisc.variance
    """
    where = "udm.time.systematic_times"
    integers(where, batch=batch, offset=offset)
    total = offset + batch if total is None else total
    integers(where, total=total)
    generators(where, generator=generator)
    device = torch.device("cpu") if device is None else a_device(where, device)
    if batch < 1 or offset < 0 or offset + batch > total:
        raise ValueError(
            "udm.time.systematic_times: expected batch >= 1, offset >= 0 and offset + batch <= total,"
            f" got batch {batch}, offset {offset}, total {total}"
        )
    device = float64_device(device)
    i = torch.arange(offset, offset + batch, dtype=torch.float64, device=device)
    return 1 - torch.remainder(_uniform(u_0, device, generator) + i / total, 1)


def _uniform(u_0: Tensor | float | None, device: torch.device, generator: torch.Generator | None) -> Tensor:
    if u_0 is None:
        here = device if generator is None else generator.device
        u_0 = torch.rand((), dtype=widest(here), device=here, generator=generator)
    if not isinstance(u_0, Tensor):
        numbers("udm.time.systematic_times", u_0=u_0)
        return torch.full((), u_0, dtype=torch.float64, device=device)
    if u_0.ndim != 0:
        raise ValueError(f"udm.time.systematic_times: expected u_0 of shape (), got {tuple(u_0.shape)}")
    return to_float64(u_0).to(device)
