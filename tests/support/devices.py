"""A table of calls of every function of udm that computes on a device, and comparisons of two devices' results.

``Given(device)`` holds the same numbers on each; ``tests/support/simulated`` and ``tests/udm/test_gpu.py`` call them.
"""

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor
from torch.utils._pytree import tree_leaves

import udm
from udm import decoder, guidance, likelihood, schedule, weight
from udm.cells import cell_reconstruction
from udm.likelihood import flow, invariance
from udm.model import Model
from udm.sample import sampler
from udm.sample.run import sample
from udm.stable import float64_device

CPU = torch.device("cpu")
KINDS = ("x", "eps", "v", "score")
BATCH = 4
Call = Callable[[], Any]


def schedules() -> list[udm.Schedule]:
    torch.manual_seed(0)
    cut = schedule.Truncated(schedule.Cosine(), -9.0, 5.0)
    plain = [getattr(schedule, name)() for name in ("LinearGamma", "Cosine", "CosineOffset", "BetaLinear", "SubVP")]
    more = [getattr(schedule, name)() for name in ("Sigmoid", "EDM", "RectifiedFlow")]
    return [*plain, *more, cut, schedule.Betas.linear(8), schedule.Learned(hidden=4).requires_grad_(False)]


class Given:
    """The arguments of all calls on a device, the same numbers on each."""

    def __init__(self, device: torch.device) -> None:
        g = torch.Generator().manual_seed(1)
        where = float64_device(device)
        self.device = device
        self.x, self.eps, self.z = (torch.randn(BATCH, 3, generator=g).to(device) for _ in range(3))
        self.s = torch.tensor([1, 2, 3, 4], dtype=torch.float64).to(where) / 8
        self.t = self.s + 0.5
        self.levels = torch.linspace(-1, 1, 8).to(device)
        self.index = torch.tensor([[0, 3, 7]] * BATCH).to(device)
        self.schedules = [a.to(device) for a in schedules()]
        self.schedule = self.schedules[0]
        self.at, self.step = self.schedule.at(self.t), self.schedule.between(self.s, self.t)
        self.dgamma = self.schedule.dgamma(self.t)
        self.model = Model(lambda z, gamma: z * gamma[:, None] / 9, self.schedule, "v")


def coefficients(g: Given) -> dict[str, Call]:
    """Return the calls that give numbers for each example."""
    calls: dict[str, Call] = {}
    for a in g.schedules:
        name = type(a).__name__
        calls |= {f"{name}.at": lambda a=a: a.at(g.t), f"{name}.between": lambda a=a: a.between(g.s, g.t)}
        calls |= {f"{name}.at float32": lambda a=a: a.at(g.t.float().to(g.device))}
        if name != "Betas":
            calls[f"{name}.dgamma"] = lambda a=a: a.dgamma(g.t)
    for kind in KINDS:
        calls[f"discrete_weight {kind}"] = lambda k=kind: udm.discrete_weight(g.step, k)
        calls[f"continuous_weight {kind}"] = lambda k=kind: udm.continuous_weight(g.dgamma, g.at, k)
        calls[f"simple {kind}"] = lambda k=kind: weight.simple(g.at, k)
        calls[f"min_snr {kind}"] = lambda k=kind: weight.min_snr(g.at, k)
        calls[f"weighted {kind}"] = lambda k=kind: weight.weighted(weight.sigmoid(1.0), g.dgamma, g.at, k)
    return calls


def of_events(g: Given) -> dict[str, Call]:
    """Return the calls that give events, and sums over them."""
    x, eps, z, at, step, model, index, levels = g.x, g.eps, g.z, g.at, g.step, g.model, g.index, g.levels
    gamma = at.gamma.float().to(g.device)
    calls: dict[str, Call] = {
        "diffuse": lambda: udm.diffuse(x, eps, at),
        "diffuse, half": lambda: udm.diffuse(x.half(), eps.half(), at),
        "transition": lambda: udm.transition(x, step),
        "posterior": lambda: udm.posterior(z, x, step),
        "prior": lambda: udm.prior(x, at),
        "kl": lambda: udm.kl(udm.marginal(x, at), udm.marginal(z, at)),
        "diffusion": lambda: udm.diffusion(x, eps),
        "diffusion, weighted": lambda: udm.diffusion(x, eps, at.alpha),
        "reconstruction": lambda: udm.reconstruction(index, x, at, levels),
        "reconstruction, window": lambda: udm.reconstruction(index, x, g.schedule.at(0 * g.t), levels, window=2),
        "draw": lambda: decoder.draw(x, at, levels, torch.sigmoid(eps)),
        "mode": lambda: decoder.mode(x, at, levels),
        "cell_reconstruction": lambda: cell_reconstruction(index, udm.marginal(x, at), levels),
        "classifier-free": lambda: guidance.classifier_free(model[0], model[0], 2.0, convention="scale")(z, gamma),
        "classifier": lambda: guidance.classifier(model[0], _log_prob, 2.0, parameterization="v")(z, gamma),
        "divergence": lambda: _divergence(z),
        "log_prior": lambda: flow.log_prior(x, at),
    }
    for kind in KINDS:
        calls[f"target {kind}"] = lambda k=kind: udm.target(x, eps, at, k)
        calls[f"posterior_from {kind}"] = lambda k=kind: udm.posterior_from(x, z, step, k)
        for other in KINDS:
            calls[f"convert {kind} {other}"] = lambda k=kind, o=other: udm.convert(x, z, at, k, o)
    move = sampler.Move(at, g.schedule.at(g.s), step, first=False, last=False, infinite=False)
    memory = sampler.Memory(x, step.gap)
    for each in SAMPLERS:
        kept = memory if isinstance(each, sampler.DPMpp2M) else None
        calls[f"{each}"] = lambda e=each, k=kept: e.move(model, z, move, lambda: eps, k)
    return calls


SAMPLERS: tuple[sampler.Sampler, ...] = (
    sampler.Ancestral(),
    sampler.DDIM(),
    sampler.DDIM(0.5),
    sampler.Euler(),
    sampler.Heun(),
    sampler.DPMpp2M(),
    sampler.Corrected(sampler.Ancestral(), snr=0.1),
    sampler.Corrected(sampler.Ancestral(), tau=0.1),
    sampler.Annealed(1),
)


def _log_prob(z: Tensor, gamma: Tensor) -> Tensor:
    return -torch.square(z).sum(dim=1) / 2


def _divergence(z: Tensor) -> Tensor:
    with torch.enable_grad():
        leaf = z.clone().requires_grad_()
        return flow.divergence(leaf**3, leaf, None)


def same(results: Any, wanted: Any, *, on: torch.device | None, rtol: float = 0.0) -> None:
    """Return whether the numbers are equal and all on the device ``on`` (any device for None)."""
    pairs = list(zip(tree_leaves(results), tree_leaves(wanted), strict=True))
    assert pairs
    for got, want in pairs:
        if isinstance(want, Tensor):
            assert on is None or got.device == on, f"on {got.device}, not {on}"
            got, want = got.detach().cpu().double(), want.detach().double()
            torch.testing.assert_close(got, want, rtol=rtol, atol=rtol, equal_nan=True)


def beside(
    device: torch.device, calls: Callable[[Given], dict[str, Call]], *, on: torch.device | None, rtol: float = 0.0
) -> None:
    """Check that all calls on a device give the CPU's numbers."""
    theirs, ours = calls(Given(device)), calls(Given(CPU))
    for name, call in theirs.items():
        try:
            same(call(), ours[name](), on=on, rtol=rtol)
        except Exception as fault:
            raise AssertionError(f"{name}: {fault}") from fault


LOOSE: dict[str, Any] = {"rtol": 1e-2, "atol": 1e-2, "repeats": 2}


def estimates(device: torch.device) -> dict[str, Any]:
    """Return likelihood, invariance and samples of a small model, with the CPU's random numbers."""
    g = Given(device)
    model, learned, ddpm = (g.model._replace(schedule=g.schedules[i]) for i in (0, -1, -2))
    batches, ends = [g.index, g.index], learned.schedule.span()
    paths = {"learned": learned.schedule, "linear": schedule.LinearGamma(*ends)}
    return {
        "evaluate": likelihood.evaluate(learned, batches, g.levels),
        "evaluate, T": likelihood.evaluate(ddpm, batches, g.levels, T=8),
        "flow": likelihood.evaluate_flow(model, batches, g.levels, exact=True, **LOOSE),
        "flow, decoder": likelihood.evaluate_flow(model, batches, g.levels, dequantisation="decoder", **LOOSE),
        "invariance": invariance.invariance(learned, paths, batches, g.levels, repeats=2),
        **{f"{a}": sample(model, (3, 3), sampler=a, grid=4, device=device) for a in SAMPLERS},
    }


def alike(theirs: dict[str, Any], ours: dict[str, Any], on: torch.device) -> None:
    """Return whether results agree up to the rounding of reordered sums, with tensors ``on`` a device."""
    for name in ours:
        for got, want in zip(tree_leaves(theirs[name]), tree_leaves(ours[name]), strict=True):
            if isinstance(want, Tensor):
                assert got.device == on, name
            if isinstance(want, Tensor | float):
                got, want = (torch.as_tensor(a).cpu().double() for a in (got, want))
                torch.testing.assert_close(got, want, rtol=1e-5, atol=1e-5, msg=lambda m, n=name: f"{n}: {m}")
