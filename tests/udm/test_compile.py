"""One compiled graph agrees with eager code. Batches of 8 and more compile to vectorised code, smaller ones do not."""

import importlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor

from udm import (
    Bound,
    Gaussian,
    Schedule,
    Step,
    continuous_weight,
    diffuse,
    diffusion,
    discrete_weight,
    kl,
    posterior,
    prior,
    transition,
    variational_bound,
)
from udm.denoiser import posterior_from
from udm.model import Model
from udm.schedule import (
    EDM,
    BetaLinear,
    Betas,
    Cosine,
    CosineOffset,
    Learned,
    LinearGamma,
    RectifiedFlow,
    Sigmoid,
    SubVP,
    Truncated,
)
from udm.stable import expm1, one_minus_exp_neg

pytestmark = pytest.mark.xdist_group("compiled")  # one worker loads the compiler, once

ALL = (
    LinearGamma(),
    Cosine(),
    CosineOffset(),
    BetaLinear(),
    SubVP(),
    Betas.linear(),
    Sigmoid(),
    EDM(),
    RectifiedFlow(),
    Learned(hidden=4).requires_grad_(False),
    Truncated(Cosine(), -9.0, 6.0),
)
LINEAR, COSINE = LinearGamma(), Cosine()


def tour(s: Tensor, t: Tensor, z: Tensor, x: Tensor) -> list[Tensor]:
    """Compute the coefficients of two schedules, and then functions of events."""
    step, at = LINEAR.between(s, t), COSINE.at(t)
    q, p = posterior(z, x, step), posterior_from(x, z, step, "v")
    divergence = kl(Gaussian(x, q.var), Gaussian(z, p.var))  # float64, of squares in float32
    scalars = [expm1(t - s), one_minus_exp_neg(t - s), *step, *at, discrete_weight(step, "v")]
    return [*scalars, divergence.float(), *q, *p, diffuse(x, z, at)]


@pytest.mark.filterwarnings("ignore:.*torch.jit:DeprecationWarning")  # importing torch._inductor
def test_compiled_equals_eager() -> None:
    """One graph serves any batch: within 8 u of eager in float64, an ulp of the largest term for float32 events."""
    compiled = torch.compile(tour, fullgraph=True, dynamic=True)
    for batch in (8, 65):
        i = torch.arange(1, batch + 1, dtype=torch.float64) * (900 // batch)
        z, x = torch.linspace(-1, 1, 5 * batch).reshape(batch, 5), torch.linspace(0.1, 1, 5 * batch).reshape(batch, 5)
        args = (i / 1000, i / 1000 + 1e-6, z, x)
        for got, want in zip(compiled(*args), tour(*args), strict=True):
            rtol, atol = (2.0**-50, 0.0) if want.dtype == torch.float64 else (2.0**-22, 2.0**-24)
            torch.testing.assert_close(got, want, rtol=rtol, atol=atol)


@pytest.mark.parametrize("schedule", ALL, ids=lambda schedule: type(schedule).__name__)
@pytest.mark.parametrize(("batch", "backend"), [(1, "eager"), (8, "aot_eager")])
def test_no_schedule_breaks_the_graph(schedule: Schedule, batch: int, backend: str) -> None:
    """With fullgraph, code is traced and run without code generation: nothing synchronises or branches on data.

    A batch of one is traced separately, and lowered as any other is.
    """

    def scalars(s: Tensor, t: Tensor) -> list[Tensor]:
        return [schedule.gamma(s), *schedule.between(s, t)]  # computed by `at` at both times

    torch._dynamo.reset()
    s = torch.arange(1, batch + 1, dtype=torch.float64) / 10
    compiled = torch.compile(scalars, fullgraph=True, backend=backend)
    for got, want in zip(compiled(s, s + 0.1), scalars(s, s + 0.1), strict=True):
        torch.testing.assert_close(got, want, rtol=2.0**-50, atol=0)


@pytest.fixture(scope="module")
def compile_time() -> Iterator[Any]:
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(Path(__file__).parents[2] / "benchmarks"))
        yield importlib.import_module("compile_time")


@pytest.mark.parametrize("of", ["gap", "at", "dgamma", "discrete", "bound", "min-snr"])
def test_no_graph_is_too_large_to_compile(compile_time: Any, of: str) -> None:
    """Of schedules with derivatives in time, which had 2400 operations and took a minute, and of losses."""
    sizes = {
        name: max(compile_time.operations(job))
        for name, job in compile_time.jobs()
        if name.endswith(f", {of}") and (of in ("gap", "at") or "Truncated" not in name)
    }
    assert len(sizes) >= 9 and min(sizes.values()) > 0
    assert not {name: size for name, size in sizes.items() if size > compile_time.LARGEST}


def test_a_graph_that_is_too_large_is_seen(compile_time: Any) -> None:
    def long(s: Tensor) -> Tensor:
        for _ in range(compile_time.LARGEST):
            s = torch.sin(s)
        return s

    forward, backward = compile_time.operations(compile_time.Job(long, (torch.zeros(8, requires_grad=True),)))
    assert forward >= compile_time.LARGEST and backward >= compile_time.LARGEST


def test_the_bound_does_not_break_the_graph() -> None:
    levels, index = torch.linspace(-1, 1, 8), torch.full((8, 3), 5)

    def bound(index: Tensor) -> Bound:
        return variational_bound(Model(lambda z, _: z, LINEAR, "v"), index, levels, window=2)

    assert all(term.isfinite().all() for term in torch.compile(bound, fullgraph=True, backend="aot_eager")(index))


def test_gradients_through_compiled_coefficients_agree() -> None:
    """From (gamma, gap) on both sides of every branch: gamma = 0, gap = 1, and gaps of 1e-6 and 800.

    By differences over h = 1e-7: what is good to 16 u has slopes to 16 u/h < 2^-25 of itself, and h^2 is far less. It
    is below 1, but for the weight, which grows as its slope does.
    """
    gamma = torch.tensor([-9.0, 0.0, 0.3, 7.0, 40.0], dtype=torch.float64, requires_grad=True)
    gap = torch.tensor([1e-3, 0.5, 1.5, 3.0, 25.0], dtype=torch.float64, requires_grad=True)

    def coefficients(gamma: Tensor, gap: Tensor) -> tuple[Tensor, ...]:
        step = Step.from_gamma(gamma, gap)
        return step.alpha_ts, step.var_ts, step.weight_z, step.weight_x, step.posterior_var, discrete_weight(step, "v")

    assert torch.autograd.gradcheck(coefficients, (gamma, gap), eps=1e-7, atol=2.0**-25, rtol=2.0**-25)
    extreme = torch.tensor([1e-6, 1.0, 800.0], dtype=torch.float64, requires_grad=True)
    z = torch.ones(3, 2)
    sum(part.sum() for part in transition(z, Step.from_gamma(gamma[:3], extreme))).backward()
    assert extreme.grad is not None
    assert extreme.grad.isfinite().all()


def test_a_loss_is_one_graph_for_any_size() -> None:
    """The size of an image is symbolic there: what looks at it as a number breaks the graph, or makes another one."""
    graphs: list[torch.fx.GraphModule] = []

    def backend(graph: torch.fx.GraphModule, _: list[Tensor]) -> Callable[..., Any]:
        graphs.append(graph)
        return graph.forward

    def loss(x: Tensor, eps: Tensor, t: Tensor) -> Tensor:
        at = LINEAR.at(t)
        return diffusion(eps, diffuse(x, eps, at), continuous_weight(LINEAR.dgamma(t), at, "eps")) + prior(x, at)

    compiled, t = torch.compile(loss, fullgraph=True, dynamic=True, backend=backend), torch.rand(4)
    rounding = (128 + 2) * 2.0**-24  # of positive float32 terms in runs of at most 128, each a square of a difference
    for size in (8, 16, 12):
        x, eps = torch.randn(2, 4, 3, size, size)
        torch.testing.assert_close(compiled(x, eps, t), loss(x, eps, t), rtol=rounding, atol=0)
    assert len(graphs) == 1
