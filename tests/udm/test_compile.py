"""One compiled graph agrees with eager code. Batches of 8 and more compile to vectorised code, smaller ones do not."""

import importlib
import math
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor

from udm import (
    Bound,
    Gaussian,
    Marginal,
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
def test_a_batch_of_one_does_not_break_the_graph(schedule: Schedule) -> None:
    """With fullgraph, code is traced and its graph is run: nothing synchronises or branches on data.

    A batch of one is traced separately, and lowered as any other is, which a test below does. This one has no
    derivatives.
    """

    def scalars(s: Tensor, t: Tensor) -> list[Tensor]:
        return [schedule.gamma(s), *schedule.between(s, t)]  # computed by `at` at both times

    torch._dynamo.reset()
    s = torch.tensor([0.1], dtype=torch.float64)
    compiled = torch.compile(scalars, fullgraph=True, backend="eager")
    for got, want in zip(compiled(s, s + 0.1), scalars(s, s + 0.1), strict=True):
        torch.testing.assert_close(got, want, rtol=2.0**-50, atol=0)


@pytest.fixture(scope="module")
def compile_time() -> Iterator[Any]:
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(Path(__file__).parents[2] / "benchmarks"))
        yield importlib.import_module("compile_time")


@pytest.fixture(scope="module")
def traced(compile_time: Any) -> Callable[[str], tuple[tuple[int, int], Any]]:
    """How many operations the compiler is given of a function with its derivative, and what they make: each once."""
    jobs = dict(compile_time.jobs())
    return cache(lambda name: compile_time.traced(jobs[name]))


NAMES = (
    *(type(schedule).__name__ for schedule in ALL[:-1]),
    *(f"Truncated({inner})" for inner in ("Cosine", "CosineOffset", "Sigmoid", "BetaLinear", "Learned")),
)


@pytest.mark.parametrize("name", NAMES)
def test_no_schedule_breaks_the_graph(compile_time: Any, traced: Any, name: str) -> None:
    """The graph of a step that is differentiated in its times, whose size is looked at below."""
    assert set(NAMES) == compile_time.SCHEDULES.keys()
    job = dict(compile_time.jobs())[f"{name}, between"]
    _, made = traced(f"{name}, between")
    for got, want in zip(made, job.function(*job.inputs), strict=True):
        torch.testing.assert_close(got, want, rtol=2.0**-50, atol=0)


OF = ("gap", "at", "between", "dgamma", "discrete", "simple", "min-snr", "ends", "bound", "sigmoid")


@pytest.fixture(scope="module")
def dispatched(compile_time: Any) -> dict[str, int]:
    """How many operations eager code runs of each function with its derivative, a hundredth of the compiler's time."""
    return {name: compile_time.dispatched(job) for name, job in compile_time.jobs()}


def doubtful(compile_time: Any, dispatched: dict[str, int]) -> set[str]:
    """Return what may be too large to compile, the largest of each kind, and a step of each schedule."""
    may = {name for name, n in dispatched.items() if compile_time.REPEATED * n > compile_time.LARGEST}
    may |= {max((name for name in dispatched if name.endswith(f", {of}")), key=dispatched.__getitem__) for of in OF}
    return may | {f"{schedule}, between" for schedule in compile_time.SCHEDULES}


@pytest.mark.parametrize("of", OF)
def test_no_graph_is_too_large_to_compile(compile_time: Any, dispatched: Any, traced: Any, of: str) -> None:
    """Forward and backward together: a step of CosineOffset that is differentiated in its times had 1345 operations.

    `benchmarks/compile_time.py --check` counts all that the compiler is given, also where what is dispatched is few.
    """
    names = {name for name in dispatched if name.endswith(f", {of}")}
    assert len(names) >= 8 and min(map(dispatched.__getitem__, names)) > 0
    sizes = {name: sum(traced(name)[0]) for name in names & doubtful(compile_time, dispatched)}
    assert sizes and min(sizes.values()) > 0
    assert not {name: size for name, size in sizes.items() if size > compile_time.LARGEST}
    assert not {name: size for name, size in sizes.items() if size > compile_time.REPEATED * dispatched[name]}


def test_the_sizes_of_graphs_are_those_of_all_that_is_measured(compile_time: Any) -> None:
    assert {name.rpartition(", ")[2] for name, _ in compile_time.jobs()} == set(OF)


def test_the_benchmark_refuses_what_is_too_large_or_takes_too_long(compile_time: Any) -> None:
    def row(what: str, forward: int, backward: int, seconds: float) -> dict[str, Any]:
        return {"what": what, "forward": forward, "backward": backward, "seconds": seconds}

    most = compile_time.LARGEST
    assert list(compile_time.too_much(row("Cosine, at", most - 9, 9, 15.0))) == []
    assert list(compile_time.too_much(row("Cosine, at", most, 9, 1.0))) == ["more than 600 operations: Cosine, at, 609"]
    assert list(compile_time.too_much(row("Cosine, at", 9, 9, 15.5))) == ["more than 15 s: Cosine, at"]


def test_a_graph_that_is_too_large_is_seen(compile_time: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """The derivative of a step by what computes its values to the last digit, in place of by plain formulas."""
    job = next(job for name, job in compile_time.jobs() if name == "CosineOffset, between")
    monkeypatch.setattr(CosineOffset, "_plain", Schedule._plain)
    assert compile_time.REPEATED * compile_time.dispatched(job) > compile_time.LARGEST  # so that it is counted
    assert sum(compile_time.operations(job)) > compile_time.LARGEST


@pytest.mark.parametrize("schedule", [s for s in ALL if s._has_plain], ids=lambda schedule: type(schedule).__name__)
def test_derivatives_by_plain_formulas_are_those_of_the_values(
    schedule: Schedule, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By autograd of what computes the values: both are good to 64 u of the largest term, here of at most 2^7."""
    found = slopes(schedule)
    for cls in (type(schedule), *(type(inner) for inner in schedule.children())):
        monkeypatch.setattr(cls, "_plain", Schedule._plain)
    assert schedule._has_plain is False
    for a, b in zip(found, slopes(schedule), strict=True):
        torch.testing.assert_close(a, b, rtol=2 * 64 * 2.0**-53, atol=2 * 64 * 2.0**-53 * 2**7)


def slopes(schedule: Schedule) -> list[Tensor]:
    """Return first and second derivatives, by reverse mode, and what torch.func says of a batch of one under vmap."""
    s = torch.tensor([0.1, 0.3, 0.6], dtype=torch.float64, requires_grad=True)
    t = torch.tensor([0.2, 0.7, 0.9], dtype=torch.float64, requires_grad=True)
    step = schedule.between(s, t)
    first = [
        g for field in step for g in torch.autograd.grad(field.sum() + 0 * (s + t).sum(), (s, t), create_graph=True)
    ]
    second = [torch.autograd.grad(g.sum() + 0 * (s + t).sum(), t, retain_graph=True)[0] for g in first]
    mapped = torch.func.grad(lambda u: torch.vmap(lambda a: schedule.alpha(a[None])[0])(u).sum())(t.detach())
    return [*(g.detach() for g in first), *second, mapped]


def test_a_path_of_ones_own_has_its_own_derivatives() -> None:
    """A subclass that changes the path does not keep the formulas of another one's derivatives."""

    class Slower(Cosine):
        def _marginal(self, t: Tensor) -> Marginal:
            return super()._marginal(t / 2)

        def _gap(self, s: Tensor, t: Tensor) -> Tensor:
            return super()._gap(s / 2, t / 2)

    t = torch.tensor([0.5], dtype=torch.float64, requires_grad=True)
    (slope,) = torch.autograd.grad(Slower().sigma(t).sum(), t)
    torch.testing.assert_close(slope, math.pi / 4 * torch.cos(math.pi / 4 * t.detach()), rtol=2.0**-47, atol=0.0)


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
