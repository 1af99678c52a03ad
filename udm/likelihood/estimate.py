r"""The likelihood of data under the probability flow, as a sum of terms. With Delta the spacing of the levels and D
dimensions,

.. math::
    -\log P(x) &\le \mathbb E_u\bigl[-\log p(z_0)\bigr] - D \log(\alpha_0 \Delta),
        && z_0 = \alpha_0 (x + \Delta u),\ u \sim U(-\tfrac12, \tfrac12)^D && \text{uniform}, \\
    -\log P(x) &\le \mathbb E_{q(z_0 | x)}\bigl[-\log p(z_0) - \log p(x \mid z_0)\bigr]
        - \tfrac D2 \log(2 \pi e \sigma_0^2) && && \text{decoder}, \\
    -\log p(x) &= -\log p(z_0) - D \log \alpha_0, && z_0 = \alpha_0 x && \text{continuous data}.

Here p(z_0) is the density of the flow. The first bounds the probability that the flow ends in the cell of x, and the
third is the density of z_0 / alpha_0; neither is an approximation. The second is the bound of a model whose prior is
the flow and whose decoder is VDM's.
"""

import math
from collections.abc import Iterable, Sequence
from typing import Literal, TypeAlias

import torch
from torch import Tensor

from udm import decoder as softmax
from udm.arguments import numbers
from udm.arguments import seed as a_seed
from udm.likelihood.classes import given_classes
from udm.likelihood.flow import check_span, log_prior, signs, transport
from udm.likelihood.record import Error, Evaluation, Tally, Unit, of_batches, of_levels
from udm.model import Model, check_model, evaluating
from udm.process import diffuse
from udm.ranks import generator, in_turn
from udm.shapes import combine, events, over, per_example
from udm.stable import float64_device, to_float64, widest

Dequantisation: TypeAlias = Literal["uniform", "decoder"]
_WHERE = "udm.likelihood.evaluate_flow"
_WORDS = {
    None: "estimate of -log p(x) itself, density (no bound)",
    "uniform": "unbiased estimate of an upper bound on -log P(x), probability of levels; uniform dequantisation",
    "decoder": "unbiased estimate of an upper bound on -log P(x), probability of levels; dequantised by q(z_0|x)",
}


def evaluate_flow(
    model: Model,
    batches: Iterable[Tensor | Sequence[Tensor]],
    levels: Tensor | None = None,
    *,
    dequantisation: Dequantisation = "uniform",
    exact: bool = False,
    repeats: int = 4,
    seed: int = 0,
    error: Error = "data",
    unit: Unit = "bits/dim",
    span: tuple[float, float] = (0.0, 1.0),
    rtol: float = 1e-6,
    atol: float = 1e-8,
    divided: bool = False,
    conditional: bool = False,
) -> Evaluation:
    """Estimate the flow's likelihood: prior, flow (minus the log-determinant), dequantisation and total.

    The standard errors do not include the error of the ODE solver, which its tolerances set.

    Args:
        model: the denoiser and the forward process.
        batches: each ``(batch, *event)``, integer levels if ``levels`` is given, and floating data if not; or a tuple
            that begins with it, as loaders give; iterated over once.
        levels: ``(K,)``, floating, the value of each level; the denoiser is called in its dtype. None for other data.
        dequantisation: "uniform" noise as wide as the spacing, or the noise of the "decoder"; used for levels only.
        exact: whether to compute the divergence exactly, by D backward passes, instead of by Hutchinson's estimate with
            one probe.
        repeats: how often each batch is evaluated, with fresh noise and probes.
        seed: the seed of all randomness.
        error: what the standard errors cover: the noise and probes alone, over these "data" (needs 2 repeats), or also
            the draw of the data from their "law" (needs 2 batches).
        unit: "bits/dim" or "nats" per example.
        span: the times between which the flow is followed; z_0 above is the latent at the first.
        rtol: the relative tolerance of the solver.
        atol: the absolute tolerance of the solver.
        divided: whether the ranks of torch.distributed divide the batches, as in :func:`udm.likelihood.evaluate`.
        conditional: whether each batch is (events, classes), and the denoiser gets the classes, as there.

    Returns:
        The terms "prior", "flow", "dequantisation" and "total", each a mean over the data with its standard error.

    Raises:
        ValueError: if ``dequantisation``, ``error`` or ``unit`` is unknown; dequantisation is "uniform" and levels are
            not equally spaced; there are too few repeats or batches for a standard error; events differ in shape; a
            level is out of range; gamma is infinite at an end of span; or an argument has another shape or dtype than
            these.
        NotImplementedError: if the schedule has no derivative (Betas).

    Source: Song et al., arXiv 2011.13456v2, eq. (39)-(40).

    Claim: sde.likelihood, sde.hutchinson, likelihood.dequantised, likelihood.decoder, likelihood.bits
    """
    if dequantisation not in ("uniform", "decoder"):
        raise ValueError(f'{_WHERE}: expected dequantisation "uniform" or "decoder", got {dequantisation!r}')
    check_model(_WHERE, model)
    evaluating(_WHERE, model)
    of_batches(_WHERE, batches)
    numbers(_WHERE, rtol=rtol, atol=atol)
    seed = a_seed(_WHERE, "seed", seed)
    check_span(_WHERE, model.schedule, span)
    if levels is not None:
        per_example(_WHERE, levels=levels)
    tally = Tally(_WHERE, repeats, error, unit)
    kind = None if levels is None else dequantisation

    def terms(k: int, given: Tensor | Sequence[Tensor]) -> tuple[torch.Size, list[Tensor]]:
        batch = tally.shaped(given)
        if levels is not None:
            of_levels(_WHERE, batch, levels)
        else:
            events(_WHERE, batch=batch)
        random, of = generator(batch.device, seed, k), given_classes(_WHERE, model, given) if conditional else model
        rows: list[tuple[Tensor, Tensor, Tensor]] = []
        for _ in range(repeats):
            z_0, rest = _start(of, batch, levels, kind, span[0], random)
            probe = None if exact else signs(z_0, random)
            z_1, log_det = transport(of, z_0, probe=probe, span=span, rtol=rtol, atol=atol)
            at_1 = model.schedule.at(torch.full_like(log_det, span[1]))
            rows.append((-log_prior(z_1, at_1), -log_det, rest))
        return batch.shape, [torch.stack(column).cpu() for column in zip(*rows, strict=True)]

    for shape, (prior, flow, rest) in in_turn(batches, terms, divided=divided):
        tally.add(shape, prior=prior, flow=flow, dequantisation=rest)
    way = "exact divergence" if exact else "Hutchinson's divergence"
    words = _WORDS[kind].replace("(x)", "(x | class)") if conditional else _WORDS[kind]
    return tally.evaluation(f"{words}; probability flow by dopri5, rtol {rtol:g}, {way}")


@torch.no_grad()
def _start(
    model: Model,
    batch: Tensor,
    levels: Tensor | None,
    kind: Dequantisation | None,
    t_0: float,
    generator: torch.Generator,
) -> tuple[Tensor, Tensor]:
    """Return z_0, and what is added to -log p(z_0), (batch,)."""
    there, dims = float64_device(batch.device), batch.shape[1:].numel()
    first = torch.full((len(batch),), t_0, dtype=torch.float64, device=there)
    at_0 = model.schedule.at(first)
    if levels is None:
        return combine((at_0.alpha, batch)), -dims * torch.log(at_0.alpha)
    levels = levels.to(batch.device)
    x = softmax.level(levels, batch)
    if kind == "decoder":
        eps = torch.randn(x.shape, dtype=x.dtype, device=x.device, generator=generator)
        z_0 = diffuse(x, eps, at_0)
        entropy = dims / 2 * (torch.log(2 * math.pi * torch.square(at_0.sigma)) + 1)
        window = softmax.window(levels, float(at_0.gamma[0]))
        return z_0, to_float64(softmax.reconstruction(batch, z_0, at_0, levels, window=window)) - entropy
    spacing = _spacing(levels)
    u = torch.rand(x.shape, dtype=widest(x.device), device=x.device, generator=generator) - 0.5
    z_0 = over(x, at_0.alpha)[0] * (to_float64(x) + spacing * to_float64(u))
    return z_0.to(x.dtype).to(x.device), -dims * torch.log(at_0.alpha * spacing)


def _spacing(levels: Tensor) -> float:
    x = to_float64(levels)
    spacing = float((x[-1] - x[0]) / (len(x) - 1))
    if not (spacing > 0 and (abs(torch.diff(x) / spacing - 1) < 1e-3).all()):
        raise ValueError(f'{_WHERE}: expected increasing, equally spaced levels, or dequantisation="decoder"')
    return spacing
