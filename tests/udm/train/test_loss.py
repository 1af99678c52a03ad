r"""The trained loss: every loss under every parameterization, and the two gradients of a learned schedule.

The reference takes the formulas apart: :math:`\hat x` from the network's belief, then
:math:`\lVert\epsilon - \hat\epsilon\rVert^2 = \mathrm{SNR} \lVert x - \hat x\rVert^2` in float64, by autograd alone.
"""

import dataclasses
import math
from collections.abc import Callable
from itertools import product
from pathlib import Path
from typing import Any, get_args

import pytest
import torch
from torch import Tensor, nn

from tests.support.tiny import DIGITS, config
from udm.data import values
from udm.ddpm import first_step, later_step
from udm.decoder import level
from udm.denoiser import Parameterization, convert
from udm.likelihood import evaluate
from udm.model import Model
from udm.process import Marginal
from udm.schedule import Betas, Learned, LinearGamma
from udm.train import fit, load
from udm.train.journal import losses
from udm.train.objective import Cut, bound_loss, cut, ddpm_loss, end_terms, schedule_gradients
from udm.train.randomness import draw, order

pytestmark = pytest.mark.usefixtures("one_thread")

KINDS: tuple[Parameterization, ...] = get_args(Parameterization)
SETTINGS: dict[str, dict[str, Any]] = {
    "vlb": {},
    "vlb, 10 steps": {"T": 10},
    "simple": {"loss": "simple"},
    "min-snr": {"loss": "min-snr"},
    "sigmoid": {"loss": "sigmoid"},
    "weighted": {"loss": "weighted"},
}


def halved(log_snr: Tensor) -> Tensor:
    return torch.full_like(log_snr, 0.5)


class Belief(nn.Module):
    """A user's module that predicts x_hat = w tanh z, converted to ``kind``."""

    def __init__(self, kind: Parameterization) -> None:
        super().__init__()
        self.kind, self.w = kind, nn.Parameter(torch.tensor(0.5))

    def forward(self, z: Tensor, gamma: Tensor) -> Tensor:
        return convert(self.w * torch.tanh(z), z, Marginal.from_gamma(gamma.double()), "x", self.kind)


def first_loss(name: str, kind: Parameterization, out: Path, told: Parameterization | None = None) -> float:
    settings = config(steps=1, schedule="linear", parameterization=told or kind, **SETTINGS[name])
    weight = halved if name == "weighted" else None
    fit(settings, out, data=DIGITS(), network=Belief(kind), weight=weight)
    return losses(out)[0]


def reference(name: str) -> float:
    """Return the mean loss of the first batch, from the formulas."""
    index, _ = DIGITS().read(order(0, len(DIGITS()), 0, 32))
    noise = draw(0, 0, range(32), 32, DIGITS().shape, torch.device("cpu"))
    t, gap = noise.t, torch.zeros_like(noise.t)
    if "10 steps" in name:
        t, gap = torch.ceil(10 * t) / 10, torch.full_like(t, 1.5)
    at = LinearGamma(-9.0, 6.0).at(t)
    x, eps = values(17, torch.float64)[index.long()], noise.eps.double()
    z = at.alpha[:, None, None, None] * x + at.sigma[:, None, None, None] * eps
    square = (x - 0.5 * torch.tanh(z)).square().sum(dim=(1, 2, 3)) / 64
    snr = torch.exp(-at.gamma)
    weight = {
        "vlb": 7.5 * snr / math.log(2),
        "vlb, 10 steps": 5 * (torch.exp(gap) - 1) * snr / math.log(2),
        "simple": snr,
        "min-snr": snr.clamp(max=5),
        "sigmoid": 7.5 / (1 + torch.exp(-at.gamma - 2)) * snr,
        "weighted": 7.5 * 0.5 * snr,
    }[name]
    return float((weight * square).mean())


@pytest.mark.parametrize("name", SETTINGS)
def test_every_loss_is_the_same_in_every_parameterization(name: str, tmp_path: Path) -> None:
    """In float32, z and the prediction err by some 8 units of 2^-24 of their size, at most 3/sigma.

    The difference is (x - x_hat)/sigma, whose root mean square is over 0.3. Squared, the relative error is 2 * 8 *
    3 / 0.3 * 2^-24 = 1e-5.
    """
    for kind in KINDS:
        assert first_loss(name, kind, tmp_path / kind) == pytest.approx(reference(name), rel=1e-5), kind


def test_a_wrong_parameterization_is_detected(tmp_path: Path) -> None:
    for kind, told in product(KINDS, KINDS):
        if kind != told:
            got = first_loss("vlb", kind, tmp_path / f"{kind}-{told}", told)
            assert got != pytest.approx(reference("vlb"), rel=1e-3), (kind, told)


def test_a_users_module_is_read_back(tmp_path: Path) -> None:
    run = fit(config(parameterization="v"), tmp_path / "run", data=DIGITS(), network=Belief("v"))
    back = load(tmp_path / "run", network=Belief("v"))
    assert back.model.parameterization == "v" and back.step == 6
    assert torch.equal(back.network.w, run.average.module.w) and float(back.network.w) != 0.5


def test_tied_weights_are_kept(tmp_path: Path) -> None:
    class Tied(Belief):
        def __init__(self) -> None:
            super().__init__("x")
            self.same = self.w

    fit(config(steps=1, parameterization="x"), tmp_path / "run", data=DIGITS(), network=Tied())
    assert load(tmp_path / "run", network=Tied()).step == 1


@pytest.mark.parametrize("kind", KINDS)
def test_on_a_table_of_betas_the_loss_is_the_bound(kind: Parameterization) -> None:
    """In one dtype and with the same noise, each step is that of the bound to rounding; the gradient is finite."""
    index = DIGITS().read(range(20))[0]
    levels, i = values(17, torch.float64), torch.arange(20, dtype=torch.float64) + 1
    eps = torch.randn(index.shape, dtype=torch.float64, generator=torch.Generator().manual_seed(2))
    net, table = Belief(kind), Betas.linear(20)
    model = Model(net, table, kind)
    found = ddpm_loss(model, index, levels, (i - 0.5) / 20, 20, eps)
    first = first_step(model, index[:1], levels, 20, eps[:1])
    later = later_step(model, level(levels, index[1:]), i[1:], 20, eps[1:])
    expected = 20 * torch.cat([first, later]) / (64 * math.log(2))
    assert torch.allclose(found, expected, rtol=1e-12, atol=0)
    found.mean().backward()
    assert math.isfinite(float(net.w.grad)) and float(net.w.grad) != 0


TABLES: dict[str, dict[str, Any]] = {
    "vlb": {"T": 20},
    "vlb of every other beta": {"T": 10},
    "simple": {"loss": "simple"},
    "min-snr": {"loss": "min-snr"},
}


@pytest.mark.parametrize("name", TABLES)
def test_a_table_of_betas_is_trained_on_and_read_back(name: str, tmp_path: Path) -> None:
    settings = config(steps=2, decay_steps=3, schedule="linear", parameterization="eps", **TABLES[name])
    fit(settings, tmp_path, data=DIGITS(), network=Belief("eps"), schedule=Betas.linear(20))
    more = dataclasses.replace(settings, steps=3)
    fit(more, tmp_path, data=DIGITS(), network=Belief("eps"), schedule=Betas.linear(20))
    assert len(losses(tmp_path)) == 3 and all(map(math.isfinite, losses(tmp_path)))
    back = load(tmp_path, network=Belief("eps"), schedule=Betas.linear(20))
    found = evaluate(back.model, [DIGITS().read(range(8))[0]], values(17), T=20, repeats=2)
    assert math.isfinite(found.total.value)
    other = Betas.linear(20, beta_T=0.03)
    with pytest.raises(ValueError, match="expected the schedule of this run"):
        fit(more, tmp_path, data=DIGITS(), network=Belief("eps"), schedule=other)


Gradients = dict[str, Tensor]
LEVELS = values(17, torch.float64)


def batch() -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """Return (index, t, eps, eps_0) of 16 examples, in float64."""
    generator = torch.Generator().manual_seed(5)
    index = DIGITS().read(range(16))[0]
    t = 1 - torch.rand(16, dtype=torch.float64, generator=generator)
    eps, eps_0 = (torch.randn(index.shape, dtype=torch.float64, generator=generator) for _ in range(2))
    return index, t, eps, eps_0


def schedule() -> Learned:
    torch.manual_seed(3)
    return Learned(-7.0, 4.0, 8, learn_ends=True)


def belief(kind: Parameterization) -> Callable[[Tensor, Tensor], Tensor]:
    """Return a prediction that depends on gamma too."""

    def predict(z: Tensor, gamma: Tensor) -> Tensor:
        x_hat = 0.5 * torch.tanh(z + 0.1 * gamma[:, None, None, None])
        return convert(x_hat, z, Marginal.from_gamma(gamma), "x", kind)

    return predict


def trained(kind: Parameterization, gradients: Callable[[Learned, Cut, Tensor], None]) -> Gradients:
    """Return the gradients that a step of the trainer computes."""
    (index, t, eps, eps_0), path = batch(), schedule()
    part = cut(path, t)
    found = bound_loss(Model(belief(kind), path, kind), LEVELS[index.long()], part, eps)
    (found.mean() + end_terms(path, index, LEVELS, eps_0).mean()).backward()
    gradients(path, part, found)
    return {name: p.grad for name, p in path.named_parameters() if p.grad is not None}


def direct() -> Gradients:
    """Return gradients by autograd through the whole of E l for the end points, and of E l^2 for all else."""
    (index, t, eps, eps_0), path = batch(), schedule()
    x = LEVELS[index.long()]
    gamma = path.gamma(t)
    alpha, sigma = torch.sigmoid(-gamma).sqrt(), torch.sigmoid(gamma).sqrt()
    z = alpha[:, None, None, None] * x + sigma[:, None, None, None] * eps
    x_hat = 0.5 * torch.tanh(z + 0.1 * gamma[:, None, None, None])
    each = path.dgamma(t) * torch.exp(-gamma) / 2 * (x - x_hat).square().sum(dim=(1, 2, 3)) / (64 * math.log(2))
    gamma_0, gamma_1 = path.ends
    z_0 = x + torch.exp(gamma_0 / 2) * eps_0
    logits = -torch.exp(-gamma_0) / 2 * (z_0[..., None] - LEVELS).square()
    wrong = nn.functional.cross_entropy(logits.flatten(0, -2), index.flatten().long()) * 64
    var = torch.sigmoid(gamma_1)
    prior = ((1 - var) * x.square() + var - 1 - torch.log(var)).sum(dim=(1, 2, 3)).mean() / 2
    bound = each.mean() + (wrong + prior) / (64 * math.log(2))
    interior = {n: p for n, p in path.named_parameters() if n != "ends"}
    of_square = torch.autograd.grad(each.square().mean(), list(interior.values()), retain_graph=True)
    return dict(zip(interior, of_square, strict=True)) | {"ends": torch.autograd.grad(bound, path.ends)[0]}


def apart(kind: Parameterization, gradients: Callable[[Learned, Cut, Tensor], None]) -> dict[str, float]:
    """Return the relative distance of each parameter's gradient from the direct one."""
    got, exact = trained(kind, gradients), direct()
    assert got.keys() == exact.keys()
    return {n: float((got[n] - g).norm() / g.norm()) for n, g in exact.items()}


@pytest.mark.claim("vdm.gamma.grad", "vdm.gamma.chain")
@pytest.mark.parametrize("kind", KINDS)
def test_end_points_follow_the_bound_and_the_interior_its_variance(kind: Parameterization) -> None:
    """In float64 the error is 2^-53 times some thousand terms, none of which cancels more than three digits."""
    assert max(apart(kind, schedule_gradients).values()) < 1e-9


def with_factor(factor: Callable[[Tensor], Tensor]) -> Callable[[Learned, Cut, Tensor], None]:
    """Corrupt the interior: multiply the cotangents by factor(losses)."""

    def gradients(path: Learned, part: Cut, found: Tensor) -> None:
        cotangents = [leaf.grad for leaf in part.leaves]
        torch.autograd.backward(part.whole, cotangents, retain_graph=True, inputs=[path.ends])
        interior = [p for p in path.parameters() if p is not path.ends]
        torch.autograd.backward(part.whole, [factor(found.detach()) * c for c in cotangents], inputs=interior)

    return gradients


def all_by_variance(path: Learned, part: Cut, found: Tensor) -> None:
    cotangents = [2 * found.detach() * leaf.grad for leaf in part.leaves]
    torch.autograd.backward(part.whole, cotangents, inputs=list(path.parameters()))


WRONG = {
    "not doubled": (with_factor(lambda found: found), "raw_2"),
    "the bound's own": (with_factor(torch.ones_like), "raw_2"),
    "detached mean": (with_factor(lambda found: 2 * found.mean().expand_as(found)), "raw_2"),
    "ends by the variance too": (all_by_variance, "ends"),
}


@pytest.mark.claim("vdm.gamma.grad")
@pytest.mark.parametrize("wrong", WRONG)
def test_a_wrong_gradient_is_detected(wrong: str) -> None:
    gradients, name = WRONG[wrong]
    assert apart("x", gradients)[name] > 1e-2


def test_parts_of_a_batch_give_its_gradients(tmp_path: Path) -> None:
    """The optimiser's first moment is linear in the gradients.

    So they agree to float32's rounding, 2^-24 over 2048 terms.
    """
    slots = []
    for parts in (1, 4):
        settings = config(accumulate=parts, steps=1, dropout=0.0, learn_ends=True)
        run = fit(settings, tmp_path / str(parts), data=DIGITS())
        slots.append({k: v for k, v in run.tensors()["optimizer"].items() if k.endswith("exp_avg")})
    assert slots[0].keys() == slots[1].keys() and len(slots[0]) > 20
    for name, whole in slots[0].items():
        assert float((whole - slots[1][name]).norm()) <= 1e-4 * float(whole.norm()) + 1e-9, name
