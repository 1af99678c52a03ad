"""The state of a run: network, its average, schedule and optimiser, and how it becomes tensors and back."""

import inspect
from collections.abc import Callable
from typing import Any, cast

import torch
from accelerate import Accelerator
from accelerate.state import AcceleratorState
from accelerate.utils.operations import broadcast
from torch import Tensor, nn
from torch.optim import AdamW
from torch.optim.swa_utils import AveragedModel

from udm.data import Data
from udm.data.levels import values_of
from udm.denoiser import Parameterization
from udm.network.build import KINDS, build
from udm.schedule import Schedule
from udm.shapes import PerExample64
from udm.stable import widest
from udm.train.config import WHERE, Config
from udm.train.objective import Loss
from udm.train.path import checked, no_signal
from udm.train.plain import misfit, plain, storable
from udm.train.randomness import derived
from udm.train.terminal import check_finite
from udm.weight import sigmoid


class Run:
    """The state of training, on this process's device.

    Args:
        config: the settings.
        data: the training part.
        network: the module to train, compiled or not; ``config.network`` names it if absent.
        schedule: ``config.schedule`` names it if absent.
        weight: w(log SNR), from ``(batch,)`` float64 to ``(batch,)``, if ``config.loss`` is "weighted".
        cpu: whether to train on the CPU where there is an accelerator.

    Raises:
        ValueError: if data, network, schedule or weight do not fit the settings.
    """

    def __init__(
        self,
        config: Config,
        data: Data,
        network: nn.Module | None = None,
        schedule: Schedule | None = None,
        weight: Callable[[PerExample64], PerExample64] | None = None,
        *,
        cpu: bool = False,
    ) -> None:
        config = config.resolved(data.K)
        torch.manual_seed(derived(config.seed, 0, "initial weights"))
        self.config, self.data = config, data
        if len(data) == 0:
            raise ValueError(f"{WHERE}: expected data of at least one event, got {data.name} of none")
        if config.conditional and not data.labels:
            raise ValueError(f"{WHERE}: expected data with classes for a conditional network, got {data.name} without")
        AcceleratorState._reset_state()  # else the first run of a process would set the precision of all
        self.accelerator = Accelerator(
            cpu=cpu or not _accelerated(),  # else ranks on CPUs would not form a group
            mixed_precision=config.precision,
            gradient_accumulation_steps=config.accumulate,
            step_scheduler_with_optimizer=False,
        )
        self.device = self.accelerator.device
        self.kind: Parameterization = _kind(config, network)
        self.loss = _loss(config, weight)
        self.schedule = checked(config, schedule, self.kind)
        self.noiseless = config.T is not None and self.schedule.sigma_0() == 0  # then the bound is DDPM's
        self.schedule.to(self.device)
        bare = _trainable(plain(_named(config, data) if network is None else _called(network, config)).to(self.device))
        if no_signal(self.schedule):
            check_finite(bare, config, data.shape, self.device)
        self.average = _averaged(bare, config.average)
        self.optimizer = AdamW(_groups(config, bare, self.schedule))
        self.network: nn.Module
        self.network, self.optimizer = self.accelerator.prepare(bare, self.optimizer)
        for a in (*self.schedule.parameters(), *self.schedule.buffers()):  # Accelerate does not wrap the schedule
            broadcast(a.data)
        self.forward = _forward(self.network, network, config)
        values = values_of(data.K)
        self.levels = None if values is None else values.to(self.device)

    @property
    def bare(self) -> nn.Module:
        """The network without Accelerate's wrapper."""
        return self.accelerator.unwrap_model(self.network)

    def any(self, flag: bool) -> bool:
        """Return whether the flag is true on any rank.

        Args:
            flag: of this rank.

        Returns:
            Whether it is true on one of them.
        """
        one = torch.tensor([flag], dtype=torch.float32, device=self.device)
        return bool(self.gathered(one).sum() > 0)

    def gathered(self, a: Tensor) -> Tensor:
        """Return the values of all ranks, concatenated.

        Args:
            a: of this rank, ``(n, ...)``, of any dtype.

        Returns:
            The values, ``(ranks n, ...)``, of the same dtype.
        """
        return cast(Tensor, self.accelerator.gather(a))

    def averaged(self, a: Tensor) -> Tensor:
        """Return the mean over ranks.

        Args:
            a: of this rank, ``(...)``, floating.

        Returns:
            The mean, ``(...)``, of the same dtype.
        """
        return cast(Tensor, self.accelerator.reduce(a, "mean"))

    def tensors(self) -> dict[str, dict[str, Tensor]]:
        """Return all state by file, as safetensors keep it.

        Returns:
            By file and name, tensors of the shapes ``(...)`` and dtypes of the state.
        """
        slots = self.optimizer.state_dict()["state"]
        return {
            "model": dict(self.bare.state_dict()),
            "average": dict(self.average.module.state_dict()),
            "schedule": dict(self.schedule.state_dict()),
            "optimizer": {f"{i}.{key}": torch.as_tensor(v) for i, slot in slots.items() for key, v in slot.items()},
        }

    def restore(self, tensors: dict[str, dict[str, Tensor]], step: int) -> None:
        """Set the state from the result of ``tensors``.

        Args:
            tensors: the result of ``tensors``, of the same shapes ``(...)`` and dtypes.
            step: how many steps it was trained.

        Raises:
            ValueError: if it was saved from another network or schedule.
        """
        try:
            self.bare.load_state_dict(tensors["model"])
            self.average.module.load_state_dict(tensors["average"])
            self.schedule.load_state_dict(tensors["schedule"])
        except (RuntimeError, KeyError) as fault:
            why = misfit(self.bare, tensors.get("model", {})) or str(fault).splitlines()[0]
            raise ValueError(f"{WHERE}: expected a checkpoint of this network and schedule: {why}") from None
        self.average.n_averaged.fill_(step)
        state = self.optimizer.state_dict()
        slots: dict[int, dict[str, Tensor]] = {}
        for name, value in tensors["optimizer"].items():
            i, key = name.split(".", 1)
            slots.setdefault(int(i), {})[key] = value
        self.optimizer.load_state_dict({**state, "state": slots})


def _accelerated() -> bool:
    """Return whether there is an accelerator with float64, which schedules and levels need (mps has none)."""
    device = torch.accelerator.current_accelerator() if torch.accelerator.is_available() else None
    return device is not None and widest(device) == torch.float64


def _kind(config: Config, network: nn.Module | None) -> Parameterization:
    if network is None and config.network == "level" and config.loss == "hybrid":
        expected = "expected the network unet, or a given one of twice the channels, for the loss hybrid"
        raise ValueError(f"{WHERE}: {expected}, got level, which says no variance")
    if network is None and config.network == "level" and config.parameterization not in (None, "x"):
        raise ValueError(f"{WHERE}: expected parameterization x of the network level, got {config.parameterization}")
    if config.parameterization is not None:
        return config.parameterization
    if network is not None:
        raise ValueError(f"{WHERE}: expected config.parameterization, what the given network predicts, got None")
    return KINDS.get(config.network, "eps")


def _loss(config: Config, weight: Callable[[PerExample64], PerExample64] | None) -> Loss:
    if (weight is None) == (config.loss == "weighted"):
        raise ValueError(f'{WHERE}: expected a weight if and only if config.loss is "weighted", got {config.loss!r}')
    return weight or (sigmoid(config.bias) if config.loss == "sigmoid" else config.loss)


def _called(network: nn.Module, config: Config) -> nn.Module:
    """Return the given network, if it can be called with z and gamma, and with classes if it is conditional."""
    given = ("z", "gamma", *(["label"] if config.conditional else []))
    try:
        signature = inspect.signature(plain(network).forward)
        signature.bind(*given)
    except ValueError:  # a builtin
        pass
    except TypeError:
        got = f"{type(plain(network)).__name__}.forward{signature}"
        raise ValueError(f"{WHERE}: expected a network of ({', '.join(given)}), got {got}") from None
    return network


def _trainable(network: nn.Module) -> nn.Module:
    """Return the network in training mode, whatever its mode was."""
    if not any(p.requires_grad for p in network.parameters()):
        raise ValueError(
            f"{WHERE}: expected a network with parameters that require gradients, got none (a loaded one?)"
        )
    return storable(network).train()


def _averaged(network: nn.Module, decay: float) -> AveragedModel:
    """Return the average of the weights; buffers are copied, since a blend of unit vectors or counts is neither."""
    try:
        return AveragedModel(network, multi_avg_fn=_average(decay))
    except (RuntimeError, TypeError) as fault:  # as of weights that are computed, by the old weight_norm
        raise ValueError(
            f"{WHERE}: expected a network that can be copied (weight_norm is so in torch.nn.utils.parametrizations),"
            f" got {type(network).__name__}: {str(fault).splitlines()[0]}"
        ) from None


def _forward(prepared: nn.Module, given: nn.Module | None, config: Config) -> Callable[..., Tensor]:
    """Return what is called in training: the given compiled network, with its options, where nothing wraps it."""
    if given is not None and plain(given) is not given:
        return given if prepared is plain(given) else torch.compile(prepared)
    return torch.compile(prepared) if config.compile else prepared


def _named(config: Config, data: Data) -> nn.Module:
    labels = data.labels if config.conditional else 0
    return build(config.network, data.shape, data.K, labels, **config.built)


def _groups(config: Config, network: nn.Module, schedule: Schedule) -> list[dict[str, Any]]:
    groups = [{"params": list(network.parameters()), "lr": config.lr, "weight_decay": config.weight_decay}]
    learned = [p for p in schedule.parameters() if p.requires_grad]
    if learned:
        groups.append({"params": learned, "lr": config.schedule_lr, "weight_decay": 0.0})
    return [{**g, "base": g["lr"], "betas": (0.9, 0.99)} for g in groups]


def _average(decay: float) -> Any:
    """Return the update of an exponential average whose decay grows from 2/11 to ``decay``, to forget the start."""

    def update(averaged: list[Tensor], current: list[Tensor], count: Tensor | int) -> None:
        n = int(count)
        share = 1 - min(decay, (1 + n) / (10 + n))
        for a, c in zip(averaged, current, strict=True):
            if a.is_floating_point() or a.is_complex():
                a.lerp_(c.to(a), share)
            else:
                a.copy_(c)

    return torch.no_grad()(update)
