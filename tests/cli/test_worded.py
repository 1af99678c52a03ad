"""Arguments that are options have their names as they are typed, and what is no argument keeps its own."""

import pytest

from udm.cli.worded import in_options


@pytest.mark.parametrize(
    ("message", "shown"),
    [
        ("udm.train.Config: expected T at least 1, got 0", "expected --T at least 1, got 0"),
        ("udm.train.Config: expected average in [0, 1), got 2", "expected --ema-decay in [0, 1), got 2"),
        ("sample: expected count >= 1, got 0", "sample: expected --count >= 1, got 0"),
        ("a: expected x, got lr: 1, not 2; seed: 0, not 1", "a: expected x, got --lr: 1, not 2; --seed: 0, not 1"),
    ],
)
def test_arguments_are_options(message: str, shown: str) -> None:
    assert in_options(message) == shown


@pytest.mark.parametrize(
    "message",
    [
        "digits.npy: expected levels in [0, 17), got 0 .. 29 in event 0",
        "udm.likelihood.invariance.invariance: expected levels from 0 to 16, got 0 to 255",
        "udm.train.load: expected weights to be text, got 3",
    ],
)
def test_what_is_no_option_is_left(message: str) -> None:
    assert in_options(message) == message
