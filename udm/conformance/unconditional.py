"""The ancestral sampler of a GaussianDiffusion that holds its network, as denoising-diffusion-pytorch's does."""

from typing import Any

from torch import Tensor, nn

from udm.conformance.exact import Levels

PREDICTS = {"pred_noise": "eps", "pred_x0": "x0", "pred_v": "v"}


class Fixed(nn.Module):
    """A network whose prediction is given."""

    def __init__(self, prediction: Tensor) -> None:
        super().__init__()
        self.prediction = prediction

    def forward(self, *_: Any, **__: Any) -> Tensor:
        """Return the prediction."""
        return self.prediction


def holds_its_network(one: Any) -> bool:
    """Return whether an object is of this kind, by what it has."""
    return isinstance(getattr(one, "model", None), nn.Module) and getattr(one, "objective", None) in PREDICTS


class Holding:
    """Its sampler, at all of its entries."""

    space, by_table, noise = "vp", True, "posterior"

    def __init__(self, one: Any, levels: Levels) -> None:
        self.one, self.ts = one, list(range(len(levels)))[::-1]
        self.levels = [levels.alpha_bar(t) for t in (*self.ts, -1)]
        self.names = [f"t = {t}" for t in self.ts]
        self.predicts = PREDICTS[one.objective]

    def see(self, z: Tensor, i: int) -> Tensor:
        """Return the state, which is what the network is shown."""
        return z

    def step(self, prediction: Tensor, i: int, z: Tensor) -> tuple[Tensor, Tensor | None]:
        """Return the sample of p_sample, and its prediction of x_0."""
        self.one.model = Fixed(prediction)
        made, x0 = self.one.p_sample(z, self.ts[i])
        return made.clone(), x0.clone()
