"""Arguments that are no tensors of a batch: integers, numbers, functions, devices and shapes, each refused by name.

Each check takes the public name of the function that the caller wrote, as those of :mod:`udm.shapes` do, and its
message begins with that name. Ranges are left to the functions themselves.
"""

import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import SupportsFloat, SupportsIndex

import torch

SEEDS = -(1 << 63), 1 << 64  # what a generator of torch takes


def _each(where: str, expected: str, fine: Callable[[object], bool], given: Mapping[str, object]) -> None:
    for name, value in given.items():
        if not fine(value):
            raise ValueError(f"{where}: expected {name} to be {expected}, got {value!r}")


def integers(where: str, /, **given: object) -> None:
    """Require integers, of Python or of another library.

    Raises:
        ValueError: if one is none; the message gives ``where``, its name and what it is.
    """
    _each(where, "an integer", lambda value: isinstance(value, SupportsIndex), given)


def numbers(where: str, /, **given: object) -> None:
    """Require numbers: what ``float`` takes, but for text.

    Raises:
        ValueError: if one is none; the message gives ``where``, its name and what it is.
    """
    _each(where, "a number", lambda value: isinstance(value, SupportsFloat), given)


def functions(where: str, /, **given: object) -> None:
    """Require what can be called.

    Raises:
        ValueError: if one cannot; the message gives ``where``, its name and what it is.
    """
    _each(where, "a function", callable, given)


def several(where: str, /, **given: object) -> None:
    """Require what can be gone through, without going through it: a loader starts its workers then.

    Raises:
        ValueError: if one cannot; the message gives ``where``, its name and what it is.
    """

    def fine(value: object) -> bool:
        return isinstance(value, Iterable) or hasattr(type(value), "__getitem__")

    _each(where, "a sequence or an iterable", fine, given)


def paths(where: str, /, **given: object) -> None:
    """Require names of files or folders.

    Raises:
        ValueError: if one is none; the message gives ``where``, its name and what it is.
    """
    _each(where, "a path", lambda value: isinstance(value, str | os.PathLike), given)


def generators(where: str, /, **given: object) -> None:
    """Require generators of torch, or None.

    Raises:
        ValueError: if one is neither; the message gives ``where``, its name and what it is.
    """
    _each(where, "a torch.Generator", lambda value: value is None or isinstance(value, torch.Generator), given)


def seed(where: str, name: str, value: object) -> int:
    """Return a seed of 64 bits.

    Raises:
        ValueError: if it is no integer in [-2^63, 2^64).
    """
    if isinstance(value, bool) or not isinstance(value, int) or not SEEDS[0] <= value < SEEDS[1]:
        raise ValueError(f"{where}: expected {name} an integer in [-2^63, 2^64), got {value!r}")
    return value


def sizes(where: str, name: str, value: object) -> tuple[int, ...]:
    """Return a shape without a batch.

    Raises:
        ValueError: if it is no sequence of positive integers.
    """
    if isinstance(value, Sequence) and not isinstance(value, str | bytes):
        shape: list[object] = list(value)  # pyright: ignore[reportUnknownArgumentType]
        found = [n.__index__() for n in shape if isinstance(n, SupportsIndex)]
        if len(found) == len(shape) and all(n > 0 for n in found):
            return tuple(found)
    raise ValueError(f"{where}: expected {name} of positive integers, as (3, 8, 8), got {value!r}")


def a_device(where: str, value: object) -> torch.device:
    """Return a device that this machine has.

    Raises:
        ValueError: if ``value`` names none.
    """
    if isinstance(value, torch.device | str | int):
        try:
            chosen = torch.device(value)
            torch.empty(0, device=chosen)
        except (RuntimeError, AssertionError):  # the latter from a build without CUDA
            pass
        else:
            if chosen.type != "meta":  # whose tensors hold no numbers
                return chosen
    raise ValueError(f'{where}: expected device to be one of this machine, as "cpu", got {value!r}')
