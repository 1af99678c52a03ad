"""Names and signatures that have changed still work for one version, with a warning that gives the new one."""

import pytest
import torch

import udm.sample.sampler
import udm.train.randomness
from udm import Model
from udm.bound import bound_of
from udm.schedule import LinearGamma


def test_old_names_of_types_still_work() -> None:
    with pytest.warns(DeprecationWarning, match="is NoiseSource now"):
        assert udm.sample.sampler.Draw is udm.sample.sampler.NoiseSource
    with pytest.warns(DeprecationWarning, match="is StepNoise now"):
        assert udm.train.randomness.Draw is udm.train.randomness.StepNoise
    for module in (udm.sample.sampler, udm.train.randomness):
        with pytest.raises(AttributeError, match="has no attribute 'Nobody'"):
            module.Nobody  # noqa: B018


def test_a_decoder_of_the_latent_alone_still_works() -> None:
    model, x, t = Model(lambda z, gamma: 0.1 * z, LinearGamma()), torch.zeros(2, 3), torch.tensor([0.3, 0.8])
    made = [torch.Generator().manual_seed(0) for _ in range(2)]
    now = bound_of(model, x, lambda x, z_0, at_0: z_0[:, 0], t=t, generator=made[0])
    with pytest.warns(DeprecationWarning, match=r"of \(z_0, at_0\) is deprecated: give one of \(x, z_0, at_0\)"):
        then = bound_of(model, x, lambda z_0, at_0: z_0[:, 0], t=t, generator=made[1])  # type: ignore[arg-type, misc]
    assert torch.equal(now.total, then.total)
