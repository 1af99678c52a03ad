"""A real UNet2DModel of diffusers in a Model: called with its steps, evaluated, sampled, and given back."""

import pytest
import torch
from torch import Tensor

import udm
from udm.calling import Ranged, Timestepped
from udm.data import values
from udm.diffusers import StepNetwork
from udm.likelihood import evaluate
from udm.model import Model
from udm.sample import DDIM, Ancestral, reverse, sample, trailing
from udm.schedule import Betas

diffusers = pytest.importorskip("diffusers", reason="expected diffusers (pip install '.[images]'), got none")
pytestmark = pytest.mark.usefixtures("one_thread")

TABLE, SHAPE = Betas.linear(20), (2, 1, 8, 8)
CLOSE = 1e-4  # 5 steps of some 20 layers to 2^-24 each, 6e-6, and 16 times that for the steepness of the network
Z = torch.randn(SHAPE, generator=torch.Generator().manual_seed(0))


def unet(out_channels: int = 1) -> torch.nn.Module:
    torch.manual_seed(0)
    return diffusers.UNet2DModel(
        sample_size=8, in_channels=1, out_channels=out_channels, layers_per_block=1, block_out_channels=(8, 8),
        down_block_types=("DownBlock2D", "DownBlock2D"), up_block_types=("UpBlock2D", "UpBlock2D"), norm_num_groups=4,
    ).eval()  # fmt: skip


def test_it_is_given_the_numbers_of_steps_and_its_output_is_read() -> None:
    net = unet()
    model, i = Model(net, TABLE, "eps", steps_from=0), torch.tensor([3, 17])
    with torch.no_grad():
        got = model.prediction(Z, TABLE.at(TABLE.times(i, steps_from=0)))
        assert torch.equal(got, net(Z, i).sample)
        assert not torch.equal(got, net(Z, i + 1).sample)  # the guard: a shift by one is seen
    with pytest.raises(ValueError, match=r"expected steps_from = 0 or 1.*UNet2DModel, which takes timesteps"):
        Model(net, TABLE, "eps")


def test_it_is_evaluated_and_sampled() -> None:
    model = Model(unet(), TABLE, "eps", steps_from=0)
    found = evaluate(model, [torch.randint(0, 17, SHAPE)], values(17), repeats=2)
    assert found.total.value > 0
    for sampler in (DDIM(), Ancestral()):
        assert bool(sample(model, SHAPE, sampler=sampler, grid=trailing(20, 5)).isfinite().all())


@pytest.mark.parametrize("name", ["DDPMScheduler", "DDIMScheduler"])
def test_there_and_back_it_samples_the_same(name: str) -> None:
    net = unet()
    given = udm.to_diffusers(Model(net, TABLE, "eps", steps_from=0), name)
    assert given.unet is net  # the network itself, not a wrapper of it
    settings = udm.from_diffusers(given.scheduler)
    assert settings.schedule.T == 20 and settings.parameterization == "eps"
    assert torch.allclose(settings.schedule.betas, TABLE.betas, rtol=2.0**-23, atol=0)  # the scheduler's are float32
    back = settings.model(given.unet)
    ours, theirs = (
        sample(m, SHAPE, sampler=DDIM(), grid=trailing(20, 5)) for m in (Model(net, TABLE, steps_from=0), back)
    )
    assert torch.allclose(ours, theirs, rtol=CLOSE, atol=CLOSE)


@torch.no_grad()
def test_a_loop_of_diffusers_and_ours_take_the_same_steps() -> None:
    net = unet()
    given = udm.to_diffusers(Model(net, TABLE, "eps", steps_from=0), "DDIMScheduler")
    z: Tensor = Z.clone()
    given.scheduler.set_timesteps(5)
    for t in given.scheduler.timesteps:
        z = given.scheduler.step(given.unet(z, t).sample, t, z).prev_sample
    ours = reverse(Model(net, TABLE, "eps", steps_from=0), Z, trailing(20, 5), DDIM(), lambda: Z)
    assert torch.allclose(z, ours, rtol=CLOSE, atol=CLOSE)


def test_twice_the_channels_are_a_learned_variance() -> None:
    model = Model(Ranged(Timestepped(unet(2), TABLE, steps_from=0)), TABLE, "eps")
    assert bool(sample(model, SHAPE, sampler=Ancestral("learned"), grid=trailing(20, 5)).isfinite().all())
    wrapped = udm.to_diffusers(Model(lambda z, gamma: 0.1 * z, TABLE, "v")).unet
    assert isinstance(wrapped, StepNetwork)


def test_data_of_other_channels_are_refused_in_words() -> None:
    model = Model(unet(), TABLE, "eps", steps_from=0)
    with pytest.raises(ValueError, match=r"expected z of 1 channels, which UNet2DModel takes, got \(2, 3, 8, 8\)$"):
        sample(model, (2, 3, 8, 8), sampler=DDIM(), grid=trailing(20, 5))
    with pytest.raises(ValueError, match=r"expected prediction .*\(2, 2, 8, 8\)"):
        sample(Model(unet(2), TABLE, "eps", steps_from=0), SHAPE, sampler=DDIM(), grid=trailing(20, 5))
