"""A run is a guest in its process, and leaves it as it was: the global random state, and what Accelerate keeps."""

from collections.abc import Iterator
from contextlib import contextmanager

import torch
from accelerate.state import AcceleratorState, DistributedType, GradientState, PartialState

_STATE = "_shared_state"  # of the process, in each of Accelerate's classes


@contextmanager
def guest() -> Iterator[None]:
    """Give the body global generators and settings of Accelerate of its own; those of the process come back after it.

    What Accelerate knows of a group of processes stays, because a group is formed once.
    """
    with torch.random.fork_rng(range(torch.cuda.device_count())), _own(AcceleratorState), _own(GradientState):
        if vars(PartialState)[_STATE]:
            yield
            return
        yield from _alone()


def _alone() -> Iterator[None]:
    before = vars(PartialState)[_STATE]
    setattr(PartialState, _STATE, type(before)())
    try:
        yield
    finally:
        formed = vars(PartialState)[_STATE] and PartialState().distributed_type != DistributedType.NO
        if not formed:
            setattr(PartialState, _STATE, before)


@contextmanager
def _own(kind: type) -> Iterator[None]:
    before = vars(kind)[_STATE]
    setattr(kind, _STATE, type(before)())
    try:
        yield
    finally:
        setattr(kind, _STATE, before)
