r"""A table of betas whose last is 1: there :math:`\alpha = 0` and :math:`\gamma = \infty`, which a network is given."""

import torch
from torch import nn

from udm.calling import tensor_of
from udm.train.config import WHERE, Config


@torch.no_grad()
def check_finite(network: nn.Module, config: Config, shape: tuple[int, ...], device: torch.device) -> None:
    """Require a network whose prediction at gamma = inf is finite, before the training calls it there.

    The network is left in training mode.

    Raises:
        ValueError: if it is not.
    """
    z, gamma = torch.zeros(1, *shape, device=device), torch.full((1,), torch.inf, device=device)
    label = (torch.full((1,), -1, device=device),) if config.conditional else ()
    made = tensor_of(network.eval()(z, gamma, *label))
    network.train()
    if isinstance(made, torch.Tensor) and not bool(torch.isfinite(made).all()):
        raise ValueError(
            f"{WHERE}: expected a network that is finite at gamma = inf, where the last beta is 1, got"
            f" {type(network).__name__}: clamp gamma in it, or make it one of steps (udm.calling.Timestepped)"
        )
