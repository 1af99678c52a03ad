"""The sampling loop: batches, seeds, ends, counts of calls, refused arguments, and one compiled graph."""

import subprocess
import sys
from typing import Any

import pytest
import torch
from torch import Tensor

import udm.sample.corrector
import udm.sample.run
import udm.sample.sampler
from udm.guidance import classifier
from udm.model import Model
from udm.process import Step
from udm.sample import (
    DDIM,
    Ancestral,
    Annealed,
    Corrected,
    DPMpp2M,
    Euler,
    Heun,
    Sampler,
    ancestral,
    ddim,
    dpmpp_2m,
    heun,
    langevin,
    langevin_size,
    leading,
    reverse,
    sample,
    to_data,
    trailing,
    uniform,
)
from udm.sample.path import Path
from udm.schedule import EDM, Betas, Cosine, LinearGamma
from udm.shapes import combine

ALL: list[Sampler] = [
    Ancestral(),
    DDIM(),
    DDIM(0.5),
    Euler(),
    Heun(),
    DPMpp2M(),
    Corrected(DPMpp2M(), snr=0.16),
    Corrected(Heun(), steps=2, tau=0.1),
    Annealed(2, 0.1),
]
SEEDS = [7, 0, 2**63, 5, 3, -2, 11]


def rational(z: Tensor, gamma: Tensor) -> Tensor:
    """Return products and quotients only: each is correctly rounded, whatever else the batch holds."""
    g = gamma.reshape(-1, *(1,) * (z.ndim - 1)).to(z.dtype)
    return z / (1 + z * z) + g * z / 64


MODEL = Model(rational, LinearGamma(-6, 3), "v")


def run(sampler: Sampler, dtype: torch.dtype = torch.float32, **of: Any) -> Tensor:
    return sample(MODEL, (len(of["seeds"]), 3, 5), sampler=sampler, grid=4, dtype=dtype, **of)


@pytest.mark.parametrize("dtype", [torch.float64, torch.float32, torch.bfloat16], ids=str)
@pytest.mark.parametrize("sampler", ALL, ids=repr)
def test_samples_do_not_depend_on_splits_or_permutations_of_the_batch(sampler: Sampler, dtype: torch.dtype) -> None:
    whole = run(sampler, dtype, seeds=SEEDS)
    assert whole.dtype == dtype and whole.shape == (7, 3, 5) and bool(whole.isfinite().all())
    assert all(torch.equal(run(sampler, dtype, seeds=SEEDS, batch=b), whole) for b in (1, 2, 5))
    order = [3, 6, 0, 2, 1, 5, 4]
    assert torch.equal(run(sampler, dtype, seeds=[SEEDS[i] for i in order]), whole[order])
    assert torch.unique(whole.flatten(1), dim=0).shape[0] == 7


def moved(model: Model, z: Tensor, grid: Tensor, sampler: Sampler) -> Tensor:
    """Return the last latent by the sampler's moves, with no plan."""
    path, memory = Path("here", model, grid, z.device), None
    for i in range(path.count):
        z, memory = sampler.move(model, z, path.move(i, len(z)), lambda like=z: torch.full_like(like, 0.5), memory)
    return z


PLANNED = [s for s in ALL if not isinstance(s, Annealed | Corrected)]
WAYS = [(LinearGamma(-6, 3), k) for k in ("x", "eps", "v", "score")] + [(Cosine(), "x"), (Cosine(), "v"), (EDM(), "v")]


@pytest.mark.parametrize("sampler", [*PLANNED, DPMpp2M(lower_order_final=False)], ids=repr)
def test_a_plan_of_numbers_is_the_moves(sampler: Sampler) -> None:
    """Both are rounded some ten times a step, of terms of at most 1/alpha_1 = 6 times the latent: 2 * 6 * 10 * 6 u."""
    rounding = 2 * 6 * 10 * 6 * 2.0**-53
    z = torch.linspace(-2, 2, 15, dtype=torch.float64).reshape(3, 5)
    for schedule, kind in WAYS:
        model = Model(lambda z, g: rational(z, g.clamp(-9, 9)), schedule, kind)  # type: ignore[arg-type]
        for grid in (uniform(6), torch.tensor([1.0, 0.93, 0.4, 0.0], dtype=torch.float64)):
            got = reverse(model, z, grid, sampler, lambda: torch.full_like(z, 0.5))
            want = moved(model, z, grid, sampler)
            assert bool(got.isfinite().all())
            torch.testing.assert_close(got, want, rtol=rounding, atol=rounding)
            assert not torch.allclose(got, moved(model, z, grid**2, sampler), rtol=1e-4)


def test_a_plan_refuses_what_moves_refuse() -> None:
    """A prediction or noise of another shape or dtype is named; the right one passes."""
    z, grid = torch.ones(2, 3), uniform(2)
    for wrong in (lambda: z[:1], lambda: z.double(), lambda: z[:, :1]):
        with pytest.raises(ValueError, match="expected noise of"):
            reverse(MODEL, z, grid, Ancestral(), wrong)
        with pytest.raises(ValueError, match=r"udm\.Model\.denoiser: expected prediction of"):
            reverse(Model(lambda z, _, w=wrong: w(), LinearGamma(), "x"), z, grid, DDIM(), lambda: z)
    assert reverse(MODEL, z, grid, Ancestral(), lambda: z).shape == z.shape


def test_what_a_denoiser_returns_and_keeps_is_left_alone() -> None:
    """A denoiser that returns its input, or one buffer again and again, gets the samples of one that copies."""
    for sampler in PLANNED:
        kept: list[tuple[Tensor, Tensor]] = []

        def same(z: Tensor, _: Tensor, kept: list[tuple[Tensor, Tensor]] = kept) -> Tensor:
            kept.append((z, z.clone()))
            return z

        one, other = (Model(d, LinearGamma(), "v") for d in (same, lambda z, _: z.clone()))
        run = [reverse(m, torch.ones(2, 3), uniform(4), sampler, lambda: torch.ones(2, 3)) for m in (one, other)]
        assert torch.equal(*run) and all(torch.equal(*pair) for pair in kept)


def test_an_ensemble_of_networks_is_sampled_under_vmap() -> None:
    z = torch.ones(2, 3)

    def end(scale: Tensor) -> Tensor:
        return reverse(Model(lambda z, _: scale * z, LinearGamma(), "v"), z, uniform(3), DPMpp2M(), lambda: z)

    scales = torch.tensor([0.1, 0.7])
    torch.testing.assert_close(torch.vmap(end)(scales), torch.stack([end(s) for s in scales]))


def test_norms_over_the_batch_are_detected(monkeypatch: pytest.MonkeyPatch) -> None:
    """In Score SDE's code norms are over the batch, so that a sample depends on its neighbours."""
    batch_mean = lambda z: torch.square(z.double()).flatten(1).sum(1).mean().expand(z.shape[0])  # noqa: E731
    monkeypatch.setattr(udm.sample.corrector, "_squares", batch_mean)
    sampler = Corrected(DDIM(), snr=0.16)
    assert not torch.equal(run(sampler, seeds=SEEDS, batch=2), run(sampler, seeds=SEEDS))


def test_default_seeds_follow_the_index() -> None:
    few, many = (sample(MODEL, (n, 2), grid=3, seed=4, batch=2) for n in (3, 5))
    assert torch.equal(few, many[:3])
    assert not torch.equal(few, sample(MODEL, (3, 2), grid=3, seed=5))


class Counted:
    def __init__(self) -> None:
        self.calls = 0

    def __call__(self, z: Tensor, gamma: Tensor) -> Tensor:
        self.calls += 1
        return torch.zeros_like(z)


@pytest.mark.parametrize("sampler", ALL, ids=repr)
def test_the_network_is_called_as_often_as_declared(sampler: Sampler) -> None:
    """With two infinite steps (alpha_1 = 0, sigma_0 = 0), and with none and a call at the end."""
    for schedule, infinite, last in ((Cosine(), 2, 0), (LinearGamma(), 0, 1)):
        counted = Counted()
        got = sample(Model(counted, schedule, "v"), (2, 3), sampler=sampler, grid=6)
        assert counted.calls == sampler.evaluations(6, infinite) + last
        assert got.shape == (2, 3)


@pytest.mark.parametrize("sampler", PLANNED, ids=repr)
def test_samples_run_from_zero_snr_to_sigma_zero(sampler: Sampler) -> None:
    """The data are one point, so x is known from the first step. The last gives it exactly, despite infinite gaps."""
    model = Model(lambda z, _: torch.full_like(z, 0.75), Cosine(), "x")
    assert torch.equal(sample(model, (3, 4), sampler=sampler, grid=5), torch.full((3, 4), 0.75))


def test_progress_is_reported() -> None:
    seen: list[tuple[int, int]] = []
    sample(MODEL, (5, 2), grid=3, batch=2, progress=lambda done, total: seen.append((done, total)))
    assert seen == [(i, 9) for i in range(1, 10)]


@pytest.mark.parametrize("grid", [trailing(1000, 7), leading(1000, 9), trailing(1000, 1000)[-30:], leading(1000, 3)])
@pytest.mark.parametrize("sampler", [DDIM(), Euler(), Heun(), DPMpp2M()], ids=repr)
def test_dirac_data_land_on_every_marginal(sampler: Sampler, grid: Tensor) -> None:
    """sqrt(ab_t) x0 + sqrt(1 - ab_t) eps goes to the same at ab_s.

    The steps do not divide T; the tolerance is 40 u of 3 a step.
    """
    schedule, x0, eps = Betas.linear(1000), 0.6, -1.7
    model = Model(lambda z, _: torch.full_like(z, x0), schedule, "x")
    at = schedule.at(grid)
    for end in range(2, grid.shape[0]):
        z = (at.alpha[0] * x0 + at.sigma[0] * eps).reshape(1, 1)
        got = reverse(model, z, grid[:end], sampler, lambda z=z: torch.zeros_like(z)).item()
        assert abs(got - float(at.alpha[end - 1] * x0 + at.sigma[end - 1] * eps)) <= end * 40 * 3 * 2.0**-53


def test_a_step_that_ignores_the_list_of_times_is_detected() -> None:
    """It takes t - T//n instead of the next entry, as in diffusers issue 12633."""
    schedule, x0, eps, grid = Betas.linear(1000), 0.6, -1.7, trailing(1000, 9)
    at = schedule.at(grid)
    z = (at.alpha[4] * x0 + at.sigma[4] * eps).reshape(1, 1)  # at 556, whose next entry is 444
    apart = schedule.between(grid[4:5] - (1000 // 9) / 1000, grid[4:5])
    got = ddim(z, torch.full_like(z, x0), apart).item()
    assert abs(got - float(at.alpha[5] * x0 + at.sigma[5] * eps)) > 1e-4


def test_each_way_to_finish_gives_its_sample() -> None:
    z, at = torch.tensor([[0.3, -0.2]]), LinearGamma().at(torch.zeros(1))
    model = Model(lambda z, _: 2 * z, LinearGamma(), "x")
    assert torch.equal(to_data(model, z, at), 2 * z)
    assert torch.equal(to_data(model, z, at, "rescale"), combine((1 / at.alpha, z)))
    assert torch.equal(to_data(model, z, at, "latent"), z)
    assert torch.equal(to_data(model, z, Cosine().at(torch.zeros(1))), z)
    with pytest.raises(
        ValueError, match=r'to_data: expected finish one of "denoise", "rescale", "latent", got \'data\''
    ):
        to_data(model, z, at, "data")  # type: ignore[arg-type]


def test_arguments_that_cannot_be_are_refused() -> None:
    ones = torch.ones(2, 1)
    with pytest.raises(ValueError, match=r"DDIM: expected eta in \[0, 1\], got 1.5"):
        DDIM(1.5)
    with pytest.raises(ValueError, match=r"Corrected: expected steps >= 1 and exactly one of snr and tau"):
        Corrected(DDIM(), snr=0.1, tau=0.1)
    with pytest.raises(ValueError, match=r"sample: expected 3 seeds and batch >= 1, got 2 and 3"):
        sample(MODEL, (3, 2), seeds=[1, 2])
    with pytest.raises(ValueError, match=r"sample: expected a model that predicts x or v where alpha = 0"):
        sample(Model(rational, Cosine(), "eps"), (3, 2), grid=3)
    with pytest.raises(ValueError, match=r"expected grid of multiples of 1/10, as udm.sample.trailing\(10, 7\)"):
        sample(Model(rational, Betas.linear(10), "x"), (3, 2), grid=7)
    with pytest.raises(ValueError, match=r"ddim: expected noise for eta = 0.5, got None"):
        ddim(ones, ones, Step.from_gamma(torch.ones(2), torch.ones(2)), 0.5)
    with pytest.raises(ValueError, match=r"ancestral: expected noise of shape \(2, 1\), as z_t, got \(2, 2\)"):
        ancestral(ones, ones, Step.from_gamma(torch.ones(2), torch.ones(2)), torch.ones(2, 2))
    with pytest.raises(ValueError, match=r"langevin_size: expected r > 0, got 0"):
        langevin_size(ones, ones, 0)


def test_a_sample_that_is_not_finite_is_refused() -> None:
    """One of three is not finite; or a classifier guides v where alpha = 0."""
    bad = Model(lambda z, gamma: torch.where(z >= z.max(), torch.nan, 0.1 * z), Cosine(), "v")
    with pytest.raises(FloatingPointError, match=r"finite samples, got 1 others, the first of them sample [0-2]: a pr"):
        sample(bad, (3, 1), grid=2)
    guided = classifier(MODEL.denoiser, lambda z, gamma: -z.square().sum(dim=1), 1.0, parameterization="v")
    with pytest.raises(FloatingPointError, match="classifier's guidance of x or v is NaN where alpha = 0"):
        sample(Model(guided, Cosine(), "v"), (3, 2), grid=3)


def test_a_step_backwards_is_nan() -> None:
    backwards = Step.from_gamma(torch.zeros(2), torch.tensor([-1.0, 0.0]))
    z = torch.ones(2, 3)
    for got in (ddim(z, z, backwards), heun(z, z, z, backwards), ancestral(z, z, backwards, z)):
        assert bool(got.isnan().all())


def test_the_langevin_step_size_is_that_of_score_sde() -> None:
    score, noise = torch.tensor([[3.0, 4.0], [0.0, 2.0]]), torch.tensor([[1.0, 0.0], [6.0, 8.0]])
    got = langevin_size(score, noise, 0.5, torch.tensor([0.5, 1.0]))
    assert got.tolist() == [0.01, 12.5]


@pytest.mark.filterwarnings("ignore:.*torch.jit:DeprecationWarning")
def test_steps_do_not_break_the_graph() -> None:
    def tour(gamma: Tensor, gap: Tensor, z: Tensor, x: Tensor) -> list[Tensor]:
        step = Step.from_gamma(gamma, gap)
        size = langevin_size(x, z, 0.1, torch.square(step.alpha_ts))
        return [
            ancestral(z, x, step, x),
            ddim(z, x, step),
            ddim(z, x, step, 0.5, x),
            heun(z, x, z, step),
            dpmpp_2m(z, x, z, step, 2 * gap),
            langevin(z, x, size, z),
        ]

    torch._dynamo.reset()
    batch = 8
    gamma = torch.linspace(-8, 4, batch, dtype=torch.float64)
    z, x = torch.linspace(-1, 1, 3 * batch).reshape(batch, 3), torch.linspace(0.1, 1, 3 * batch).reshape(batch, 3)
    compiled = torch.compile(tour, fullgraph=True, backend="aot_eager")
    for got, want in zip(compiled(gamma, 0.1 + 0 * gamma, z, x), tour(gamma, 0.1 + 0 * gamma, z, x), strict=True):
        torch.testing.assert_close(got, want, rtol=2.0**-22, atol=2.0**-24)


def test_the_grid_is_used_as_given() -> None:
    seen: list[float] = []

    def denoiser(z: Tensor, gamma: Tensor) -> Tensor:
        seen.append(float(gamma[0]))
        return z

    grid = torch.tensor([1.0, 0.9, 0.3, 0.0], dtype=torch.float64)
    sample(Model(denoiser, LinearGamma(-4, 4), "x"), (1, 1), grid=grid, dtype=torch.float64, sampler=Euler())
    assert seen == LinearGamma(-4, 4).gamma(grid).tolist()
    assert uniform(4).tolist() == [1.0, 0.75, 0.5, 0.25, 0.0]


def test_annotations_are_executed() -> None:
    """Every function of the package once, under jaxtyping's import hook: shapes and dtypes as declared."""
    code = """
from jaxtyping import install_import_hook
with install_import_hook("udm", "beartype.beartype"):
    import torch, udm.sample as S, udm.guidance as G
    from udm.model import Model
    from udm.process import Step
    from udm.schedule import Cosine, LinearGamma
model, gamma, z = Model(lambda z, g: z / 2, LinearGamma(), "v"), torch.zeros(2), torch.ones(2, 3)
for sampler in (S.Ancestral(), S.DDIM(0.5), S.Euler(), S.Heun(), S.DPMpp2M(), S.Corrected(S.DDIM(), snr=0.1)):
    S.sample(model, (3, 2), sampler=sampler, grid=3, batch=2)
for grid in (S.karras(LinearGamma(), 4), S.uniform_gamma(LinearGamma(), 3), S.trailing(10, 3), S.leading(10, 3)):
    S.reverse(model, z, grid, S.DDIM(), lambda: z)
for guided in (G.classifier_free(model.denoiser, model.denoiser, 1.0, convention="scale", rescale=0.5),
               G.classifier(model.denoiser, lambda z, g: z.sum(1), 1.0, parameterization="v")):
    assert guided(z, gamma).shape == z.shape
try:
    S.step.ancestral_coefficients(Step(*(torch.ones(2, 1),) * 5))
except Exception as error:
    print(type(error).__name__)
"""
    got = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip()
    assert got == "TypeCheckError"


def test_sampling_warns_of_a_network_in_training_mode() -> None:
    class Net(torch.nn.Module):
        def forward(self, z: Tensor, gamma: Tensor) -> Tensor:
            return 0.5 * z

    network = Net()
    with pytest.warns(UserWarning, match=r"udm\.sample\.sample: expected a network in evaluation mode, got Net"):
        sample(Model(network, LinearGamma(-6, 3), "x"), (1, 2), grid=1)
    sample(Model(network.eval(), LinearGamma(-6, 3), "x"), (1, 2), grid=1)  # a warning would be an error here
