"""Predictions of x that are cut: the range, what is left as it is, and diffusers' steps with the same options."""

from collections.abc import Callable, Iterator

import pytest
import torch
from torch import Tensor

import udm
from udm import Model
from udm.clipping import clipped, thresholded
from udm.sample import Ancestral, reverse, trailing
from udm.schedule import Betas

TABLE = Betas.linear(1000)
Z = torch.randn(3, 1, 4, 4, generator=torch.Generator().manual_seed(0))
MODEL = Model(lambda z, gamma: torch.tanh(z) / 2, TABLE, "eps")
MAKE: dict[str, Callable[[Model], Model]] = {"clipped": clipped, "thresholded": thresholded}


@pytest.mark.parametrize("name", MAKE)
def test_a_prediction_outside_is_cut_and_one_inside_is_left(name: str) -> None:
    made = MAKE[name](MODEL)
    for t, inside in ((0.001, True), (0.9, False)):
        at, z = TABLE.at(0.0 + t), (Z[:1] * 0.1 if inside else Z[:1] * 9)
        x, cut = MODEL.predict(z, at, "x"), made.predict(z, at, "x")
        assert bool((x.abs() <= 1).all()) == inside and bool((cut.abs() <= 1).all())
        assert torch.equal(x, cut) == inside
    assert made.parameterization == "x" and made.schedule is TABLE


def test_thresholding_is_by_the_quantile_of_each_example() -> None:
    x = torch.tensor([[0.5, -0.2, 4.0, 2.0], [0.5, -0.2, 0.4, 0.1]], dtype=torch.float64)
    model = thresholded(Model(lambda z, gamma: x, TABLE, "x"), 2 / 3)  # the third of four absolute values
    got = model.predict(x, TABLE.at(torch.full((2,), 0.5)), "x")
    torch.testing.assert_close(got, torch.stack([torch.tensor([0.25, -0.1, 1.0, 1.0]).double(), x[1]]))
    assert not torch.allclose(got, x.clamp(-1, 1))


@pytest.mark.parametrize("name", MAKE)
def test_steps_are_those_of_diffusers(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    diffusers = pytest.importorskip("diffusers")

    def noise() -> Iterator[Tensor]:
        generator = torch.Generator().manual_seed(1)
        while True:
            yield torch.randn(Z.shape, generator=generator)

    draws = noise()
    monkeypatch.setattr("diffusers.schedulers.scheduling_ddpm.randn_tensor", lambda *_, **__: next(draws))
    option = {"clip_sample": True} if name == "clipped" else {"thresholding": True, "sample_max_value": 1e9}
    scheduler = diffusers.DDPMScheduler(timestep_spacing="trailing", **({"clip_sample": False} | option))
    scheduler.set_timesteps(10)
    z = Z
    for t in scheduler.timesteps:
        z = scheduler.step(torch.tanh(z) / 2, t, z).prev_sample
    draws = noise()
    ours = reverse(MAKE[name](MODEL), Z, trailing(1000, 10), Ancestral(), lambda: next(draws))
    plain = reverse(MODEL, Z, trailing(1000, 10), Ancestral(), lambda: next(draws))
    assert float((ours - z).abs().max()) < 1e-4 < float((plain - z).abs().max())
    assert name[:4] in udm.from_diffusers(scheduler).differences[0]


WRONG: dict[str, Callable[[], object]] = {
    "clipped": lambda: clipped(MODEL, 0.0),
    "thresholded": lambda: thresholded(MODEL, 1.5),
}


@pytest.mark.parametrize("name", WRONG)
def test_wrong_settings_are_refused(name: str) -> None:
    with pytest.raises(ValueError, match=rf"^udm\.clipping\.{name}: expected (limit > 0|quantile in)"):
        WRONG[name]()
    with pytest.raises(ValueError, match=rf"^udm\.clipping\.{name}: expected model to be a Model"):
        MAKE[name](3)  # type: ignore[arg-type]
