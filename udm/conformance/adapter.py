"""What a target offers: named optional functions, and where its exact numbers are.

An object offers a formula if it has an attribute of its name (`udm.conformance.formulas`), which is a table or is
called as the formula says. `betas` or `alpha_bars` are its exact numbers. It samples if it has `timesteps(steps)`,
entries from noise to data, and `step(prediction, t, z)`, with `predicts`, one of "eps", "x0" and "v". `prepare` for
objects of known families stands in modules of their own.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Protocol

import torch
from flint import arb
from torch import Tensor

from udm.conformance.distance import FORMATS
from udm.conformance.exact import Levels
from udm.conformance.formulas import FORMULAS, Formula
from udm.conformance.guard import FAULTS, Theirs, offered, raised, theirs


class Sampler(Protocol):
    """A sampler that has been given its number of steps.

    Attributes:
        space: "vp" for a state of scale alpha and sigma, "ve" for one divided by alpha.
        predicts: "eps", "x0" or "v".
        levels: the exact alpha-bar at which the network is asked in each step, and at last that of what is returned.
        names: of the steps, for a reader.
        by_table: whether its levels are those of the table, which its own numbers round, or exactly its own.
        noise: "posterior", "forward", a number for DDIM's eta, or None where only the marginal is known.
    """

    space: str
    predicts: str
    levels: Sequence[arb]
    names: Sequence[str]
    by_table: bool
    noise: float | str | None

    def see(self, z: Tensor, i: int) -> Tensor:
        """Return what the network is shown in step i, in the scale of the state "vp"."""
        ...

    def step(self, prediction: Tensor, i: int, z: Tensor) -> tuple[Tensor, Tensor | None]:
        """Return the next state, and the prediction of x_0 if the target tells it."""
        ...


@dataclass
class Adapter:
    """A target with what it offers.

    Attributes:
        name: of its kind.
        levels: its exact levels, or None if it has no table.
        functions: what it offers, by the names of formulas; tables are tensors.
        table_dtype: of its table.
        sampler: makes its `Sampler` for a number of steps, or None.
        steps: the numbers of steps that it is asked for.
        grid: returns its timesteps and sigmas for a number of steps, or None.
        public: returns its public tables, by name, now.
        excused: why checks are not run, by their names.
        space: "ve" where `add_noise` makes x_0 + (sigma/alpha) eps.
        config: its settings.
        entries: the only ones at which a formula is offered, by its name.
        live: makes the adapter of one object whose functions and steps share their state, if that is not this one.
        code: how a script calls each formula on the object `one`, by its name.
        flow: the states in which it asks a denoiser of Gaussian data, for a number of steps, if it runs as a whole.
        batch_step: the step of a prediction, a batch of t and a state, without noise or with the same in each example.
    """

    name: str
    levels: Levels | None
    functions: dict[str, Any]
    table_dtype: torch.dtype = torch.float64
    sampler: Callable[[int], Any] | None = None
    steps: Sequence[int] = ()
    grid: Callable[[int], "Grid"] | None = None
    public: Callable[[], Mapping[str, Tensor]] | None = None
    excused: Mapping[str, str] = field(default_factory=dict)
    space: str = "vp"
    config: dict[str, Any] = field(default_factory=dict)
    entries: Mapping[str, Sequence[int]] = field(default_factory=dict)
    live: Callable[[], "Adapter"] | None = None
    batch_step: Callable[[Tensor, Tensor, Tensor], Tensor] | None = None
    code: Mapping[str, str] = field(default_factory=dict)
    flow: Callable[[int], Sequence[tuple[arb, Tensor]]] | None = None

    def __setattr__(self, name: str, value: Any) -> None:
        """Mark what the target's code raises, in whatever runs it, as the target's."""
        if value is not None and name in ("sampler", "grid", "public", "live", "batch_step", "flow"):
            made, value = value, theirs(value)
            if name == "sampler":
                value = theirs(lambda steps: Watched(made(steps)))
        super().__setattr__(name, value)

    @cached_property
    def T(self) -> int:
        """The number of entries of its table."""
        return 0 if self.levels is None else len(self.levels)


class Watched:
    """A target's sampler: what its code raises, and what it returns that is no state, is a fault of the target."""

    def __init__(self, sampler: Any) -> None:
        self.sampler = sampler

    def __getattr__(self, name: str) -> Any:
        return getattr(self.__dict__["sampler"], name)

    def see(self, z: Tensor, i: int) -> Tensor:
        """Return what the network is shown."""
        return _state(theirs(self.sampler.see)(z, i), z)

    def step(self, prediction: Tensor, i: int, z: Tensor) -> tuple[Tensor, Tensor | None]:
        """Return the next state, and the prediction of x_0 if it is told."""
        made, told = theirs(self.sampler.step)(prediction, i, z)
        return _state(made, z), None if told is None else _state(told, z)


def _state(made: Any, like: Tensor) -> Tensor:
    """Return a state that a target made.

    Raises:
        Theirs: it is none.
    """
    if isinstance(made, Tensor) and made.shape == like.shape and made.is_floating_point():
        return made
    got = f"{made.dtype} of shape {tuple(made.shape)}" if isinstance(made, Tensor) else type(made).__name__
    raise Theirs(ValueError(f"expected floating numbers of the shape {tuple(like.shape)}, got {got}"))


@dataclass(frozen=True)
class Grid:
    """Where a sampler asks its network: the timesteps, and the noise levels sigma/alpha if it tells them."""

    timesteps: tuple[float, ...]
    sigmas: tuple[float, ...] | None = None
    repeats: bool = False  # whether steps of several stages repeat a timestep


def numbers(table: Any) -> list[float]:
    """Return a table as exact numbers.

    Raises:
        ValueError: it is no list of numbers.
    """
    try:
        found = table.detach().cpu().double().tolist() if isinstance(table, Tensor) else list(table)
        if any(getattr(one, "ndim", 0) for one in found):
            raise TypeError("rows")
        return [float(one) for one in found]
    except (TypeError, ValueError):
        shape = f" of shape {tuple(table.shape)}" if hasattr(table, "shape") else ""
        raise ValueError(f"expected a table of one number for each entry, got {type(table).__name__}{shape}") from None


def dtype_of(table: Any) -> torch.dtype:
    """Return the dtype of a table: of a tensor or an array its own, of Python's numbers float64."""
    found = torch.as_tensor(table).dtype if hasattr(table, "dtype") else torch.float64
    return found if found in FORMATS else torch.float64


def prepare(thing: Any) -> Adapter:
    """Return the adapter of an object of the reader's own, by the names of what it has.

    Raises:
        ValueError: it has none of the names.
    """
    functions = {f.name: found for f in FORMULAS if (found := offered(thing, f.name)) is not None}
    samples = all(offered(thing, name) is not None for name in ("timesteps", "step"))
    betas, bars = _table(thing, "betas"), _table(thing, "alpha_bars")
    if betas is None and bars is None and functions.keys() - {"guide"}:
        raise ValueError("expected an object with the table betas or alpha_bars, got one without")
    if not functions and not samples:
        some = ", ".join(f.name for f in FORMULAS[:4])
        raise ValueError(f"expected an object with functions such as {some}, got {type(thing).__name__} with none")
    levels = None if betas is None and bars is None else levels_of(betas, bars)
    table = betas if betas is not None else bars
    made = Adapter(type(thing).__name__, levels, functions, dtype_of(table) if table is not None else torch.float64)
    made.code = {f.name: _call(f, functions[f.name]) for f in FORMULAS if f.name in functions}
    if hasattr(thing, "__dict__"):
        made.public = lambda: {k: v for k, v in vars(thing).items() if isinstance(v, Tensor) and v.is_floating_point()}
    if samples and levels is not None:
        made.sampler = lambda steps: Own(thing, levels, steps)
        made.steps = spread(made.T)
        made.grid = lambda steps: Grid(tuple(float(t) for t in thing.timesteps(steps)))
    return made


def _call(formula: Formula, offered: Any) -> str:
    if formula.kind == "table":
        return f"one.{formula.name}()" if callable(offered) else f"one.{formula.name}"
    given = [*formula.inputs, *{"function": ["t"], "between": ["t", "s"], "setting": ["t"], "free": []}[formula.kind]]
    return f"one.{formula.name}({', '.join(given + ['setting'] * bool(formula.settings))})"


def _table(thing: Any, name: str) -> Any:
    try:
        return getattr(thing, name, None)
    except FAULTS as fault:
        raise ValueError(f"expected a table {name}, got {raised(fault)}") from None


def levels_of(betas: Any, bars: Any) -> Levels:
    """Return the exact levels of a table of betas, or if there is none of a table of alpha-bars."""
    return Levels(betas=numbers(betas)) if betas is not None else Levels(alpha_bars=numbers(bars))


def spread(T: int) -> tuple[int, ...]:
    """Return numbers of steps for a table of T: the smallest, some that divide T and some that do not, the largest."""
    return tuple(dict.fromkeys(n for n in (1, 2, 3, 10, 16, T - 1, T) if 1 <= n <= T))


class Own:
    """The sampler of an object of the reader's own, whose state has the scale of its process."""

    space, by_table = "vp", True

    def __init__(self, thing: Any, levels: Levels, steps: int) -> None:
        self.thing, self.ts = thing, [int(t) for t in thing.timesteps(steps)]
        self.levels = [*(levels.alpha_bar(t) for t in self.ts), levels.alpha_bar(-1)]
        self.names = [f"t = {t}" for t in self.ts]
        self.predicts = getattr(thing, "predicts", "eps")
        self.noise = getattr(thing, "noise", None)

    def see(self, z: Tensor, i: int) -> Tensor:
        """Return the state, which is what the network is shown."""
        return z

    def step(self, prediction: Tensor, i: int, z: Tensor) -> tuple[Tensor, Tensor | None]:
        """Return the state after step i."""
        return self.thing.step(prediction, self.ts[i], z), None
