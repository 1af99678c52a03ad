# pyright: strict, reportUnnecessaryTypeIgnoreComment=true
"""A user's script, which runs, and which pyright reads with ``make lint``: each comment below must excuse an error."""

from importlib import import_module

import torch
from torch import Tensor

import udm
from udm import Model, sample
from udm.sample import DDIM, called
from udm.schedule import LinearGamma


def zero(z: Tensor, gamma: Tensor) -> Tensor:
    return 0 * z


MODEL = Model(zero, LinearGamma(), "eps")


def drawn(sampler: udm.sample.Sampler) -> Tensor:
    return udm.sample(MODEL, (2, 3), sampler=sampler, grid=udm.sample.trailing(10, 2), seed=1)


def test_the_package_is_called_by_a_script_that_type_checks() -> None:
    first: Tensor = drawn(DDIM())
    assert first.equal(udm.sample.sample(MODEL, (2, 3), sampler="ddim", grid=udm.sample.grid.trailing(10, 2), seed=1))
    assert sample(MODEL, (2, 3), grid=2, dtype=torch.float64).dtype == torch.float64


def misuse() -> None:
    """Misuses that a type checker must refuse; this function is never run."""
    udm.sample(MODEL)  # pyright: ignore[reportCallIssue]
    udm.sample(MODEL, (2, 3), steps=2)  # pyright: ignore[reportCallIssue]
    udm.sample(MODEL, (2, 3), grid="uniform")  # pyright: ignore[reportArgumentType]
    udm.sample.nothing  # pyright: ignore  # noqa: B018
    number: int = udm.sample(MODEL, (2, 3))  # pyright: ignore[reportAssignmentType]
    udm.sample.trailing(10)  # pyright: ignore[reportCallIssue]
    del number


def test_a_checker_sees_the_names_of_the_package() -> None:
    package = import_module("udm.sample")
    seen = {name for name in vars(called.sample) if not name.startswith("__")}
    assert set(package.__all__) <= seen and all(getattr(package, n) is getattr(called.sample, n) for n in seen)
    assert called.sample(MODEL, (2, 3), grid=2).equal(package.sample(MODEL, (2, 3), grid=2))
