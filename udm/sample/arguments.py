"""What a caller of the loop may write for a sampler, a shape or a dtype, checked before anything is drawn."""

from collections.abc import Sequence
from numbers import Integral

import torch

from udm.sample.sampler import SAMPLERS, DPMpp2M, Sampler


def chosen(where: str, sampler: Sampler | str | None) -> Sampler:
    """Return the sampler, or the one of that name in SAMPLERS with its defaults; DPM-Solver++(2M) for None.

    Raises:
        ValueError: if it is neither a Sampler nor a name of one.
    """
    if isinstance(sampler, Sampler):
        return sampler
    if sampler is None:
        return DPMpp2M()
    if isinstance(sampler, str) and sampler in SAMPLERS:  # pyright: ignore[reportUnnecessaryIsInstance]
        return SAMPLERS[sampler]()
    got = f"the class {sampler.__name__}, not an instance" if isinstance(sampler, type) else repr(sampler)
    names = ", ".join(f'"{name}"' for name in SAMPLERS)
    raise ValueError(f"{where}: expected sampler to be a Sampler, as DDIM(), or one of {names}, got {got}")


def sizes(where: str, shape: Sequence[int]) -> tuple[int, list[int]]:
    """Return the count of samples and the shape of each.

    Raises:
        ValueError: if ``shape`` is not a count and at least one positive size.
    """
    if not isinstance(shape, Sequence) or not all(isinstance(n, Integral) for n in shape):  # pyright: ignore[reportUnnecessaryIsInstance]
        raise ValueError(f"{where}: expected shape (count, *event) of integers, got {shape!r}")
    if len(shape) < 2 or shape[0] < 0 or min(shape[1:]) < 1:
        got = tuple(shape)
        raise ValueError(f"{where}: expected shape (count, *event) with at least one axis of the event, got {got}")
    count, *event = map(int, shape)
    return count, event


def floating(where: str, dtype: torch.dtype) -> None:
    """Require ``dtype`` to be a floating dtype of torch.

    Raises:
        ValueError: if it is not, as the name of one is not.
    """
    if not isinstance(dtype, torch.dtype) or not dtype.is_floating_point:  # pyright: ignore[reportUnnecessaryIsInstance]
        raise ValueError(f"{where}: expected dtype to be a floating torch.dtype, as torch.float64, got {dtype!r}")
