r"""The bound of a variational autoencoder, and of a chain of latents, by draws from the encoder:

.. math::
    -\log p(x) \le \mathrm{KL}(q(z|x) \Vert p(z)) - \frac1L \sum_l \log p(x | z^{(l)}), \qquad
    -\log p(x) \le \frac1L \sum_l \log \frac{\prod_t q(z_t^{(l)} | z_{t-1}^{(l)})}
        {p(x | z_1^{(l)}) \prod_{t \ge 2} p(z_{t-1}^{(l)} | z_t^{(l)})\, p(z_T^{(l)})},

with z_0 = x in the encoder of a chain. Both are averages over L draws, whose mean is the bound for any L. Where the
encoder is the model's own posterior, each draw of a chain's bound is -log p(x), and none varies.
"""

import math
from collections.abc import Callable, Sequence
from typing import NamedTuple, TypeAlias

import torch

from udm.arguments import functions, generators, integers
from udm.density import neg_log_density
from udm.gaussian import Gaussian, check_gaussian, kl
from udm.gaussian import sample as drawn
from udm.shapes import Event, PerExample, PerExample64, events, instance, per_example
from udm.stable import to_float64

Likelihood: TypeAlias = Callable[[Event], PerExample]  # z to log p(x | z), for the x of this batch
Conditional: TypeAlias = Callable[[Event], Gaussian]  # a latent to the law of the next


class Estimate(NamedTuple):
    """An estimate of a bound on -log p(x).

    Attributes:
        value: its mean over the draws, nats per example, ``(batch,)`` float64.
        standard_error: of that mean, by the spread of the draws, ``(batch,)`` float64; NaN for one draw.
    """

    value: PerExample64
    standard_error: PerExample64


def vae_bound(
    q: Gaussian,
    log_likelihood: Likelihood,
    *,
    prior: Gaussian | None = None,
    draws: int = 1,
    generator: torch.Generator | None = None,
) -> Estimate:
    """Estimate the bound of a variational autoencoder, whose prior term is exact.

    It has gradients in the mean and the variance of q, through the draws, and in what the likelihood depends on.

    Args:
        q: the encoder's law of z for each x, with mean ``(batch, *event)``, floating.
        log_likelihood: z to log p(x | z), ``(batch,)``, floating, nats.
        prior: p(z), with mean ``(batch, *event)``, of the dtype and device of that of q; N(0, I) if absent.
        draws: L, how many draws are averaged.
        generator: the source of noise, on the device of q.

    Returns:
        The estimate of the bound on -log p(x), and its standard error.

    Raises:
        ValueError: if q or the prior is no Gaussian whose variance fits its mean, draws < 1, or the likelihood is not
            floating of shape (batch,).

    Source: Kingma and Welling, arXiv 1312.6114v11; Luo, arXiv 2208.11970v1, eq. (19)-(22).

    Claim: vae.samples, kl.gauss
    """
    where = "udm.elbo.vae_bound"
    check_gaussian(where, "q", q)
    functions(where, log_likelihood=log_likelihood)
    _drawing(where, draws, generator)
    if prior is None:
        prior = Gaussian(torch.zeros_like(q.mean), torch.ones_like(q.mean))
    check_gaussian(where, "prior", prior)
    events(where, **{"q.mean": q.mean, "prior.mean": prior.mean})
    first = kl(q, prior)

    def once() -> PerExample:
        found = log_likelihood(drawn(q, _noise(q.mean, generator)))
        per_example(where, len(q.mean), **{"log_likelihood(z)": found})
        return first - to_float64(found).to(first.device)

    return _average([once() for _ in range(draws)])


def chain_bound(
    x: Event,
    encoders: Sequence[Conditional],
    decoders: Sequence[Conditional],
    log_likelihood: Likelihood,
    *,
    draws: int = 1,
    generator: torch.Generator | None = None,
) -> Estimate:
    """Estimate the bound of a Markov chain of latents z_1 .. z_T, from whole paths of the encoder.

    Args:
        x: the data, ``(batch, *event)``, floating.
        encoders: T maps of z_0 = x, z_1, .. z_{T-1} to the law of the next latent.
        decoders: T - 1 maps of z_2, .. z_T to the law of the latent before, in this order; p(z_T) is N(0, I).
        log_likelihood: z_1 to log p(x | z_1), ``(batch,)``, floating, nats.
        draws: how many paths are averaged.
        generator: the source of noise, on the device of x.

    Returns:
        The estimate of the bound on -log p(x), and its standard error.

    Raises:
        ValueError: if there is no encoder, or not one decoder fewer; x is not floating; draws < 1; a map gives no
            Gaussian of its latent; or the likelihood is not floating of shape (batch,).

    Source: Luo, arXiv 2208.11970v1, eq. (25)-(29).

    Claim: vdm.vlb.jensen
    """
    where = "udm.elbo.chain_bound"
    events(where, x=x)
    instance(where, Sequence, encoders=encoders, decoders=decoders)
    if not encoders or len(decoders) != len(encoders) - 1:
        got = f"{len(encoders)} and {len(decoders)}"
        raise ValueError(f"{where}: expected encoders, and one decoder fewer, got {got}")
    each = [("encoders", encoders), ("decoders", decoders)]
    maps = {f"{name}[{k}]": one for name, given in each for k, one in enumerate(given)}
    functions(where, log_likelihood=log_likelihood, **maps)
    _drawing(where, draws, generator)
    return _average([_path(where, x, encoders, decoders, log_likelihood, generator) for _ in range(draws)])


def _path(
    where: str,
    x: Event,
    encoders: Sequence[Conditional],
    decoders: Sequence[Conditional],
    log_likelihood: Likelihood,
    generator: torch.Generator | None,
) -> PerExample:
    """Return log q of a path less log p of it and of x."""
    spent, z, before = torch.zeros(len(x), dtype=torch.float64), x, x
    for t, encoder in enumerate(encoders, 1):
        q = encoder(z)
        check_gaussian(where, f"encoders[{t - 1}](z)", q)
        before, z = z, drawn(q, _noise(q.mean, generator))
        spent = spent.to(z.device) - neg_log_density(z, q)
        if t == 1:
            found = log_likelihood(z)
            per_example(where, len(x), **{"log_likelihood(z_1)": found})
            spent = spent - found
        else:
            p = decoders[t - 2](z)
            check_gaussian(where, f"decoders[{t - 2}](z)", p)
            events(where, **{f"z_{t - 1}": before, f"decoders[{t - 2}](z).mean": p.mean})
            spent = spent + neg_log_density(before, p)
    return spent + neg_log_density(z, Gaussian(torch.zeros_like(z), torch.ones_like(z)))


def _average(runs: Sequence[PerExample]) -> Estimate:
    every = torch.stack([to_float64(run) for run in runs])
    spread = every.std(dim=0) if len(runs) > 1 else torch.full_like(every[0], torch.nan)
    return Estimate(every.mean(dim=0), spread / math.sqrt(len(runs)))


def _drawing(where: str, draws: int, generator: torch.Generator | None) -> None:
    integers(where, draws=draws)
    generators(where, generator=generator)
    if draws < 1:
        raise ValueError(f"{where}: expected draws >= 1, got {draws}")


def _noise(like: Event, generator: torch.Generator | None) -> Event:
    return torch.randn(like.shape, dtype=like.dtype, device=like.device, generator=generator)
