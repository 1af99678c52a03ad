"""The settings of a run: one flat record, checked, and kept as JSON beside the checkpoints."""

import dataclasses
import math
from dataclasses import dataclass
from typing import Any, get_args

from udm.denoiser import Parameterization
from udm.network.build import defaults
from udm.schedule.named import SCHEDULES, TABLES

LOSSES = ("vlb", "mse", "hybrid", "simple", "min-snr", "sigmoid", "weighted")
WHERE = "udm.train.fit"  # the public name in messages about a run
CONFIG = "udm.train.Config"
FREE = {"steps", "save_every", "workers", "keep"}  # what may differ between a run and its continuation

GIVEN = "given"  # the schedule that fit is given
UNIT_NOISE = 0.01  # sigma_0 beside alpha_0 of continuous data, as in DDPM's first step
DECODERS = ("gaussian", "none")
OF_LEARNED = ("hidden", "schedule_lr")  # settings that no other schedule uses
HIGHEST = 1e6  # the largest learning rate for which float32 does not overflow

OF_NETWORK = {"channels": int, "blocks": int, "dropout": float, "dense": int, "fading": bool}
OPTIONAL: dict[str, type] = {"levels": int, "T": int, "decay_steps": int, "gamma_min": float, "parameterization": str}
OPTIONAL |= {"decoder": str}
OPTIONAL |= OF_NETWORK


@dataclass(frozen=True)
class Config:
    """The settings of a run. Equal settings on one device give equal losses, bit for bit.

    Attributes:
        data: a name for :func:`udm.data.source.load`.
        levels: K of an array that is not 8-bit.
        decoder: of continuous data, such as latents, which have no levels: "gaussian", a normal law about z_0/alpha_0
            that is as wide as the noise, so that the bound is one on the density, or "none", with which it is one on
            KL(q(z_0|x) || p(z_0)) and says nothing of x itself. None for data with levels.
        network: "level" or "unet".
        channels: the width of the network; the network's own if None, as the next four.
        blocks: its depth.
        dropout: the share of features dropped.
        dense: the width of the layers of the network "level" that see the whole event; 0 for attention in their place.
        fading: whether what they add fades where there is little noise.
        conditional: whether the network gets the class, which is dropped in a tenth of the examples.
        parameterization: what the network predicts, "x", "eps", "v" or "score"; what the named network predicts if
            None.
        schedule: "learned", "linear", "cosine", "beta" or "sigmoid", between gamma_min and gamma_max; "ddpm" or
            "iddpm", the tables of 1000 betas of these papers; or "given", the one that ``fit`` is given.
        gamma_min: gamma(0); if None, such that neighbouring levels are 8 standard deviations apart, and for continuous
            data that the noise is a hundredth of the signal.
        gamma_max: gamma(1).
        hidden: how many sigmoids a learned schedule has.
        learn_ends: whether a learned schedule learns its end points.
        loss: "vlb", the bound; "mse", the squared error of what the network predicts; "simple", that of eps, whatever
            it predicts; "hybrid", which teaches a network of twice the channels its variance too; "min-snr", "sigmoid"
            or "weighted".
        T: the number of steps of the discrete bound; continuous time if None.
        bias: of the sigmoid weight, in units of log SNR.
        steps: how many updates.
        decay_steps: the updates over which the learning rate falls to a twentieth, where it stays; ``steps`` if None. A
            run may go on to more or fewer steps only if these are the same.
        batch: examples per update, over all ranks and accumulated parts.
        accumulate: parts of a batch, one after the other.
        lr: the learning rate of the network.
        schedule_lr: the learning rate of the schedule.
        weight_decay: of AdamW.
        warmup: updates over which the learning rate rises.
        clip: the largest norm of the gradient.
        average: the decay of the averaged weights.
        precision: "no" or "bf16".
        compile: whether the network is compiled by torch.compile.
        seed: of all randomness.
        workers: processes that read ahead.
        save_every: steps between checkpoints.
        keep: how many checkpoints are kept.

    Raises:
        ValueError: if a value has another type or is out of its range, or two exclude each other; the message names
            the setting.
    """

    data: str = "digits"
    levels: int | None = None
    decoder: str | None = None
    network: str = "level"
    channels: int | None = None  # None, here and in the next four: the named network's own
    blocks: int | None = None
    dropout: float | None = None
    dense: int | None = None
    fading: bool | None = None
    conditional: bool = False  # give the network the class, dropped in a tenth of the examples
    parameterization: Parameterization | None = None  # None: what the named network predicts
    schedule: str = "learned"
    gamma_min: float | None = None  # None: neighbouring levels 8 standard deviations apart, see `resolved`
    gamma_max: float = 6.0
    hidden: int = 128  # of a learned schedule
    learn_ends: bool = False
    loss: str = "vlb"
    T: int | None = None
    bias: float = 2.0  # of the sigmoid weight
    steps: int = 3200
    decay_steps: int | None = None
    batch: int = 128  # over all ranks and accumulated parts
    accumulate: int = 1
    lr: float = 2e-3
    schedule_lr: float = 0.1
    weight_decay: float = 0.05
    warmup: int = 100
    clip: float = 1.0
    average: float = 0.995
    precision: str = "no"
    compile: bool = False  # the network, by torch.compile
    seed: int = 0
    workers: int = 0
    save_every: int = 250
    keep: int = 3

    def __post_init__(self) -> None:
        for f in dataclasses.fields(self):
            self._typed(f.name, OPTIONAL.get(f.name, type(f.default)))
        self._one_of("loss", LOSSES)
        self._one_of("schedule", (*SCHEDULES, *TABLES, GIVEN))
        if self.decoder is not None:
            self._one_of("decoder", DECODERS)
        self._one_of("precision", ("no", "bf16"))
        if self.parameterization is not None:
            self._one_of("parameterization", get_args(Parameterization))
        for name in ("steps", "batch", "accumulate", "save_every", "keep", "hidden"):
            self._require(name, getattr(self, name) >= 1, "at least 1")
        for name in ("lr", "schedule_lr", "clip"):
            self._require(name, 0 < getattr(self, name) < math.inf, "finite and > 0")
            self._require(name, name == "clip" or getattr(self, name) <= HIGHEST, f"at most {HIGHEST:g}")
        self._require("decay_steps", self.decay_steps is None or self.decay_steps >= 1, "at least 1, or none for steps")
        self._require("levels", self.levels is None or self.levels >= 2, "at least 2, or none for 8-bit data")
        self._require("workers", self.workers <= 128, "at most 128")
        for name in ("dense", "fading"):
            only = getattr(self, name) is None or self.network == "level"
            self._require(name, only, "none but for the network level")
        for name in ("weight_decay", "warmup", "workers"):
            self._require(name, 0 <= getattr(self, name) < math.inf, "finite and >= 0")
        self._require("average", 0 <= self.average < 1, "in [0, 1)")
        self._require("T", self.T is None or self.T >= 1, "at least 1, or none for continuous time")
        of_steps = self.loss in ("vlb", "hybrid")
        self._require("T", self.T is None or of_steps, f"none for the loss {self.loss}, which is no bound")
        self._require("T", self.T is not None or self.loss != "hybrid", "a number of steps for the loss hybrid")
        low = -math.inf if self.gamma_min is None else self.gamma_min
        for name in ("bias", "gamma_max") if self.gamma_min is None else ("bias", "gamma_min", "gamma_max"):
            self._require(name, math.isfinite(getattr(self, name)), "finite")
        self._require("gamma_min", low < self.gamma_max, f"below gamma_max = {self.gamma_max}")
        self._require("batch", self.batch % self.accumulate == 0, f"a multiple of accumulate = {self.accumulate}")
        for name in ("gamma_min", "gamma_max"):
            default = type(self).__dataclass_fields__[name].default
            of_table = self.schedule in TABLES and getattr(self, name) != default
            self._require(name, not of_table, f"{default} for a table of betas, which has ends of its own")
        self._require("levels", self.levels is None or self.decoder is None, "none for continuous data")
        self._require(
            "learn_ends", not (self.learn_ends and self.decoder == "none"), "false where no decoder holds an end"
        )
        learned = self.schedule == "learned"
        self._require("learn_ends", learned or not self.learn_ends, "false unless the schedule is learned")
        for name in OF_LEARNED:
            default = type(self).__dataclass_fields__[name].default
            self._require(name, learned or getattr(self, name) == default, f"{default} unless the schedule is learned")
        self._require(
            "T", not learned or self.T is None, "none for a learned schedule (its theorem is of continuous time)"
        )
        self._require("loss", not learned or self.loss == "vlb", "vlb for a learned schedule")

    def resolved(self, K: int) -> "Config":
        r"""Return these settings with the options of the network, gamma_min and the decoder set.

        If gamma_min is absent, neighbouring levels are 8 standard deviations apart: for levels 2/K apart,
        :math:`\alpha_0 (2/K) = 8 \sigma_0` gives -8.4 for 17 levels and -13.9 for 256. There the reconstruction term is
        about 1e-4 bits per dimension. For continuous data :math:`\alpha_0 = 100 \sigma_0`. A table, or a schedule that
        is given, has ends of its own.

        Args:
            K: how many levels a coordinate has, 0 for continuous data.

        Returns:
            The settings.

        Raises:
            ValueError: if there is a decoder for data with levels.
        """
        self._require("decoder", self.decoder is None or K == 0, "none for data with levels: theirs is a softmax")
        made: dict[str, Any] = {"decoder": "gaussian"} if K == 0 and self.decoder is None else {}
        if self.gamma_min is None and self.schedule in SCHEDULES:
            made["gamma_min"] = 2 * math.log(2 / K / 8 if K else UNIT_NOISE)
        return dataclasses.replace(self, **made, **(defaults(self.network) | self.options))

    @property
    def options(self) -> dict[str, Any]:
        """The options of the named network that are set, by name."""
        return {name: value for name in OF_NETWORK if (value := getattr(self, name)) is not None}

    @property
    def built(self) -> dict[str, Any]:
        """The options that the named network is built with, and twice the channels if it is to say its variance."""
        return self.options | ({"ranged": True} if self.loss == "hybrid" else {})

    def to_json(self) -> dict[str, Any]:
        """Return the settings by name.

        Returns:
            The settings by name.
        """
        return dataclasses.asdict(self)

    @classmethod
    def from_json(cls, stored: Any) -> "Config":
        """Make settings from the result of ``to_json``; one that an earlier version did not have gets its default.

        Args:
            stored: the result of ``to_json``.

        Returns:
            The settings.

        Raises:
            ValueError: if ``stored`` does not hold the settings of a run, or one of them is unknown or invalid.
        """
        if not isinstance(stored, dict):
            raise ValueError(f"{CONFIG}: expected settings by name, got {type(stored).__name__}")
        unknown = sorted(set(stored) - {f.name for f in dataclasses.fields(cls)})
        if unknown:
            raise ValueError(f"{CONFIG}: expected the settings of this version, got also {', '.join(unknown)}")
        if "data" not in stored:
            raise ValueError(f"{CONFIG}: expected the settings of a run, got {', '.join(stored) or 'none'}")
        if stored.get("schedule", "learned") != "learned":  # an earlier version accepted them without effect
            stored = {k: v for k, v in stored.items() if k not in OF_LEARNED}
        if stored.get("network") == "level":  # an earlier version had attention only, and nothing that fades
            stored = {"dense": 0, "fading": False} | stored
        return cls(**stored)

    def differences(self, other: "Config") -> list[str]:
        """Return the settings that determine the numbers and differ, such as "lr: 0.001, not 0.002".

        Args:
            other: other settings.

        Returns:
            A text for each difference.
        """
        mine, theirs = (of.to_json() | {"decay_steps": of.decay} for of in (self, other))
        return [f"{k}: {mine[k]}, not {theirs[k]}" for k in mine if k not in FREE and mine[k] != theirs[k]]

    @property
    def decay(self) -> int:
        """The updates over which the learning rate falls."""
        return self.steps if self.decay_steps is None else self.decay_steps

    def _typed(self, name: str, kind: type) -> None:
        value = getattr(self, name)
        known = type(value) in ((float, int) if kind is float else (kind,))
        self._require(name, known or (value is None and name in OPTIONAL), f"of type {kind.__name__}")

    def _one_of(self, name: str, known: tuple[str, ...]) -> None:
        self._require(name, getattr(self, name) in known, "one of " + ", ".join(known))

    def _require(self, name: str, holds: bool, expected: str) -> None:
        if not holds:
            raise ValueError(f"{CONFIG}: expected {name} {expected}, got {getattr(self, name)!r}")
