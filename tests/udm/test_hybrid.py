"""A learned variance: its formula, the bound with it, the hybrid loss's gradients, and ancestral steps with it.

The reference takes Gaussians apart: `udm.kl` of N(mu-tilde, beta-tilde) and N(mu, Sigma), in float64.
"""

import dataclasses
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any, get_args

import pytest
import torch
from torch import Tensor, nn

from tests.support.tiny import DIGITS, config
from udm import Gaussian, kl, posterior, posterior_from, target
from udm.bound import bound_of, variational_bound
from udm.calling import Ranged, Timestepped
from udm.cells import cell_reconstruction
from udm.data import values
from udm.ddpm import first_step, later_step, step_of
from udm.decoder import level
from udm.denoiser import Parameterization
from udm.hybrid import hybrid_loss, learned_divergence
from udm.likelihood import evaluate
from udm.model import Model
from udm.process import diffuse
from udm.sample import DDIM, Ancestral, sample, trailing
from udm.schedule import Betas, LinearGamma
from udm.train import fit, load
from udm.train.journal import losses
from udm.variance import interpolated
from udm.weight import simple

pytestmark = pytest.mark.usefixtures("one_thread")

TABLE, T, LEVELS = Betas.linear(20), 20, values(17, torch.float64)
KINDS: tuple[Parameterization, ...] = get_args(Parameterization)
INDEX = torch.randint(0, 17, (20, 2, 4, 4), generator=torch.Generator().manual_seed(1))
STEPS = torch.arange(20, dtype=torch.float64) + 1
EPS = torch.randn(INDEX.shape, dtype=torch.float64, generator=torch.Generator().manual_seed(2))


class Net(nn.Module):
    """Twice the channels: a prediction by the first weight, a share of the variance by the second."""

    def __init__(self) -> None:
        super().__init__()
        self.mean, self.share = (nn.Parameter(torch.tensor(w, dtype=torch.float64)) for w in (0.4, 0.3))

    def forward(self, z: Tensor, gamma: Tensor) -> Tensor:
        return torch.cat([self.mean * torch.tanh(z), self.share * torch.sin(z)], dim=1)


class Half(Net):
    def forward(self, z: Tensor, gamma: Tensor) -> Tensor:
        return super().forward(z, gamma)[:, :1]


def fixed(v: float) -> Ranged:
    """Return a denoiser whose share of the variance is v everywhere."""
    return Ranged(lambda z, gamma: torch.cat([0.4 * torch.tanh(z), torch.full_like(z, 2 * v - 1)], dim=1))


@pytest.mark.claim("iddpm.variance", "iddpm.variance.bounds")
def test_the_variance_is_between_beta_tilde_and_beta_and_is_both_at_its_ends() -> None:
    _, step = step_of(TABLE, STEPS[1:], T)
    v = torch.rand(19, 3, dtype=torch.float64, generator=torch.Generator().manual_seed(0))
    low, high = (interpolated(torch.full_like(v, end), step) for end in (0.0, 1.0))
    assert torch.allclose(low, step.posterior_var[:, None].expand_as(v), rtol=1e-14)
    assert torch.allclose(high, step.var_ts[:, None].expand_as(v), rtol=1e-13)
    between = interpolated(v, step)
    assert bool(((low <= between) & (between <= high)).all())
    expected = torch.exp(v * high.log() + (1 - v) * low.log())
    assert torch.allclose(between, expected, rtol=1e-12)
    assert not torch.allclose(between, v * high + (1 - v) * low, rtol=1e-3)  # the wrong form of diffusers #2090
    assert bool(interpolated(v[:1], step_of(TABLE, STEPS[:1], T)[1]).isnan().all())


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.claim("iddpm.loss")
def test_a_step_costs_the_divergence_of_the_two_gaussians(kind: Parameterization) -> None:
    at, step = step_of(TABLE, STEPS[1:], T)
    x = level(LEVELS, INDEX[1:])
    z, goal = diffuse(x, EPS[1:], at), target(x, EPS[1:], at, kind)
    prediction, v = 0.4 * torch.tanh(z), torch.rand(z.shape, dtype=z.dtype)
    p = Gaussian(posterior_from(prediction, z, step, kind).mean, interpolated(v, step))
    expected = kl(posterior(z, x, step), p)
    found = learned_divergence(goal, prediction, v, step, kind)
    assert torch.allclose(found, expected, rtol=1e-9)
    wrong = kl(posterior(z, x, step), Gaussian(p.mean, interpolated(1 - v, step)))
    assert not torch.allclose(found, wrong, rtol=1e-3)


@pytest.mark.parametrize(("v", "name"), [(0.0, "beta-tilde"), (1.0, "beta")])
def test_at_the_ends_the_bound_is_that_of_the_named_variance(v: float, name: Any) -> None:
    model = Model(fixed(v), TABLE, "eps")
    rows = {"t": (STEPS - 0.5) / T, "T": T}
    found, expected = (
        variational_bound(model, INDEX, LEVELS, variance=which, generator=torch.Generator().manual_seed(3), **rows)
        for which in ("learned", name)
    )
    for mine, theirs in zip(found, expected, strict=True):
        assert torch.allclose(mine, theirs, rtol=1e-9)
    other = variational_bound(
        Model(fixed(0.5), TABLE, "eps"), INDEX, LEVELS, variance="learned", generator=torch.Generator().manual_seed(3),
        **rows,
    )  # fmt: skip
    assert not torch.allclose(other.diffusion, expected.diffusion, rtol=1e-3)


def test_the_first_step_is_decoded_with_the_variance_between_beta_1_and_beta_tilde_2() -> None:
    model, one = Model(fixed(0.3), TABLE, "x"), torch.ones(20, dtype=torch.float64)
    found = variational_bound(model, INDEX, LEVELS, T=T, variance="learned", generator=torch.Generator().manual_seed(4))
    draw = torch.Generator().manual_seed(4)
    torch.rand((), dtype=torch.float64, generator=draw)  # the times
    eps = torch.randn(INDEX.shape, dtype=torch.float64, generator=draw)
    at = TABLE.at(one / T)
    beta, tilde = TABLE.betas[0], TABLE.between(one[:1] / T, 2 * one[:1] / T).posterior_var
    var = torch.exp(0.3 * beta.log() + 0.7 * tilde.log()).reshape(1, 1, 1, 1).expand(20, 1, 1, 1)
    z = diffuse(level(LEVELS, INDEX), eps, at)
    expected = cell_reconstruction(INDEX, Gaussian(0.4 * torch.tanh(z), var), LEVELS)
    assert torch.allclose(found.reconstruction, expected, rtol=1e-10)


@pytest.mark.parametrize("kind", KINDS)
def test_the_hybrid_loss_is_the_simple_one_and_a_share_of_the_bound(kind: Parameterization) -> None:
    """Row by row, with the simple loss and the bound's terms apart; at v = 0 these are those of beta-tilde."""
    model, x = Model(fixed(0.0), TABLE, kind), level(LEVELS, INDEX)
    at = TABLE.at(STEPS / T)
    z, dims = diffuse(x, EPS, at), 32
    squares = (target(x, EPS, at, kind) - model.prediction(z, at)).square().flatten(1).sum(1) * simple(at, kind)
    bound = torch.cat([
        first_step(model, INDEX[:1], LEVELS, T, EPS[:1]), later_step(model, x[1:], STEPS[1:], T, EPS[1:])
    ])  # fmt: skip
    expected = squares / dims + 0.001 * T * bound / (dims * math.log(2))
    assert torch.allclose(hybrid_loss(model, INDEX, LEVELS, (STEPS - 0.5) / T, T, EPS), expected, rtol=1e-9)


def test_the_bound_teaches_the_variance_and_the_simple_loss_the_mean_alone() -> None:
    """The gradient of the mean is that of L_simple, whatever lambda; that of the share is lambda times the bound's."""

    def gradients(share: float) -> tuple[float, float]:
        net = Net()
        hybrid_loss(Model(Ranged(net), TABLE, "eps"), INDEX, LEVELS, (STEPS - 0.5) / T, T, EPS, share).mean().backward()
        return float(net.mean.grad or 0), float(net.share.grad or 0)

    none, little, much = gradients(0.0), gradients(0.001), gradients(1.0)
    assert none[0] == little[0] == much[0] != 0
    assert none[1] == 0 and math.isclose(little[1], 0.001 * much[1], rel_tol=1e-9) and much[1] != 0


@pytest.mark.claim("iddpm.loss")
def test_the_slope_in_v_is_the_claims() -> None:
    at, step = step_of(TABLE, STEPS[1:], T)
    x, z = torch.zeros(19, 1, dtype=torch.float64), torch.ones(19, 1, dtype=torch.float64)
    v = torch.full((19, 1), 0.4, dtype=torch.float64, requires_grad=True)
    goal, prediction = x, 0.5 * z
    learned_divergence(goal, prediction, v, step, "x").sum().backward()
    missed = (step.weight_x * 0.5) ** 2  # of the mean
    rise = torch.log(step.var_ts / step.posterior_var)
    ratio = torch.exp(-0.4 * rise)
    expected = rise / 2 * (1 - ratio * (1 + missed / step.posterior_var))
    assert v.grad is not None and torch.allclose(v.grad[:, 0], expected, rtol=1e-9)
    assert at.alpha.shape == (19,)


@pytest.mark.parametrize(("v", "name"), [(0.0, "beta-tilde"), (1.0, "beta")])
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_ancestral_samples_at_the_ends_are_those_of_the_named_variance(v: float, name: Any, dtype: torch.dtype) -> None:
    model, shape, grid = Model(fixed(v), TABLE, "v"), (3, 2, 4, 4), trailing(20, 10)
    mine, theirs, other = (
        sample(m, shape, sampler=Ancestral(which), grid=grid, seed=5, dtype=dtype)
        for m, which in ((model, "learned"), (model, name), (Model(fixed(0.5), TABLE, "v"), "learned"))
    )
    close = {torch.float32: 1e-4, torch.float64: 1e-12}[dtype]
    assert torch.allclose(mine, theirs, rtol=close, atol=close)
    assert not torch.allclose(mine, other, rtol=0.01, atol=0.01)
    assert mine.equal(sample(model, shape, sampler=Ancestral("learned"), grid=grid, seed=5, dtype=dtype, batch=2))


def test_samplers_without_a_variance_ignore_it_and_steps_of_other_numbers_are_known() -> None:
    ranged, plain = fixed(0.3), lambda z, gamma: 0.4 * torch.tanh(z)
    assert sample(Model(ranged, TABLE, "v"), (2, 2, 4, 4), sampler=DDIM(), grid=trailing(20, 5)).equal(
        sample(Model(plain, TABLE, "v"), (2, 2, 4, 4), sampler=DDIM(), grid=trailing(20, 5))
    )
    numbered = Ranged(Timestepped(lambda z, timestep: torch.cat([z, z], dim=1), TABLE, steps_from=0))
    z, gamma = torch.ones(1, 2, 4, 4), TABLE.gamma(torch.tensor([0.5], dtype=torch.float64)).float()
    assert numbered(z, gamma).equal(z) and bool(numbered(z, gamma + 0.1).isnan().all())


def test_bounds_of_latents_and_of_classes_take_it_too() -> None:
    path = LinearGamma(-6.0, 6.0)
    x = torch.randn(6, 2, 4, 4, dtype=torch.float64)
    t = (torch.arange(6, dtype=torch.float64) + 0.5) / 6
    found, expected = (
        bound_of(Model(fixed(0.0), path, "eps"), x, lambda x, z, at: x[:, 0, 0, 0], T=6, t=t, variance=variance,
                 generator=torch.Generator().manual_seed(0))
        for variance in ("learned", "beta-tilde")
    )  # fmt: skip
    assert torch.allclose(found.diffusion, expected.diffusion, rtol=1e-9)
    classes = torch.zeros(20, dtype=torch.int64)
    labelled = Model(Ranged(lambda z, gamma, label: torch.cat([0.4 * torch.tanh(z), -torch.ones_like(z)], 1)), TABLE)
    told = evaluate(labelled, [(INDEX, classes)], LEVELS, variance="learned", conditional=True, repeats=2)
    assert math.isfinite(told.total.value) and "variance learned" in told.meaning


SETTINGS: dict[str, Any] = {"steps": 2, "decay_steps": 3, "schedule": "linear", "parameterization": "eps", "T": 20}


def test_it_is_trained_read_back_evaluated_and_sampled(tmp_path: Path) -> None:
    told = config(**SETTINGS, loss="hybrid")
    fit(told, tmp_path, data=DIGITS(), network=Net().float(), schedule=TABLE)
    fit(dataclasses.replace(told, steps=3), tmp_path, data=DIGITS(), network=Net().float(), schedule=TABLE)
    assert len(losses(tmp_path)) == 3 and all(map(math.isfinite, losses(tmp_path)))
    back = load(tmp_path, network=Net().float(), schedule=TABLE)
    assert isinstance(back.model.denoiser, Ranged)
    assert float(back.network.share) != 0.3 and float(back.network.mean) != 0.4
    found = evaluate(back.model, [DIGITS().read(range(8))[0]], values(17), variance="learned", repeats=2)
    assert math.isfinite(found.total.value)
    assert bool(sample(back.model, (2, 1, 8, 8), sampler=Ancestral("learned"), grid=trailing(20, 5)).isfinite().all())


PLAIN = Model(lambda z, gamma: z, TABLE)
REFUSED: dict[str, tuple[Callable[[], object], str]] = {
    "no share in a bound": (
        lambda: variational_bound(PLAIN, INDEX, LEVELS, variance="learned"), "udm.variational_bound: expected a network"
        " of twice the channels.*got function",
    ),
    "no share in a step": (
        lambda: sample(PLAIN, (2, 2, 4, 4), sampler=Ancestral("learned"), grid=trailing(20, 5)), "twice the channels",
    ),
    "no share in the loss": (lambda: hybrid_loss(PLAIN, INDEX, LEVELS, STEPS / T, T, EPS), "twice the channels"),
    "one half": (
        lambda: Model(Ranged(lambda z, gamma: z), TABLE).prediction(EPS, TABLE.at(STEPS / T)),
        r"\(20, 4, 4, 4\), got \(20, 2",
    ),
    "continuous time": (
        lambda: bound_of(Model(fixed(0.5), LinearGamma(-6.0, 6.0)), EPS, lambda x, z, at: x[:, 0, 0, 0],
                         variance="learned"), "no variance in continuous time",
    ),
    "noise in the data": (
        lambda: hybrid_loss(Model(fixed(0.5), LinearGamma(-6.0, 6.0)), INDEX, LEVELS, STEPS / T, T, EPS),
        "sigma_0 = 0, as",
    ),
    "a negative share of the bound": (
        lambda: hybrid_loss(Model(fixed(0.5), TABLE), INDEX, LEVELS, STEPS / T, T, EPS, -1.0),
        "share_of_bound >= 0, got -1",
    ),
    "no network": (lambda: Ranged(3), "network"),  # type: ignore[arg-type]
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED)
def test_what_says_no_variance_is_refused(case: str) -> None:
    call, message = REFUSED[case]
    with pytest.raises(ValueError, match=message):
        call()


UNFIT: dict[str, tuple[dict[str, Any], dict[str, Any], str]] = {
    "the own network": (
        {},
        {"network": None},
        "expected the network unet, or a given one of twice the channels, for .* got level",
    ),
    "noise in the data": (
        {},
        {"schedule": LinearGamma(-9.0, 6.0)},
        "sigma_0 = 0, as of .* for the loss hybrid",
    ),
    "half the channels": ({}, {"network": Half().float()}, "expected a network of twice the channels"),
    "no gamma": ({}, {"network": nn.Conv2d(1, 2, 1)}, r"expected a network of \(z, gamma\), got Conv2d"),
}


@pytest.mark.parametrize("case", UNFIT)
def test_a_run_that_says_no_variance_is_refused(case: str, tmp_path: Path) -> None:
    settings, given, message = UNFIT[case]
    given = {"network": Net().float(), "schedule": TABLE} | given
    with pytest.raises(ValueError, match=message):
        fit(config(**SETTINGS, loss="hybrid", **settings), tmp_path / "run", data=DIGITS(), **given)


def test_the_hybrid_loss_wants_a_number_of_steps() -> None:
    with pytest.raises(ValueError, match="expected T a number of steps for the loss hybrid, got None"):
        config(**{**SETTINGS, "T": None}, loss="hybrid")
