"""The page of a sweep says the worst first, and how much was tried in a sentence."""

import pytest

from benchmarks.conformance_page import share, worst


@pytest.mark.parametrize(
    ("verdicts", "said"),
    [
        (["undefined", "wrong", "wrong", "exact"], "**wrong** (2 of 4), **undefined** (1)"),
        (["undefined", "weak"], "**undefined** (1 of 2)"),
        (["wrong", "exact"], "**wrong** (1 of 2)"),
        (["exact", "weak"], "weak"),
    ],
)
def test_wrong_comes_before_undefined_and_both_are_counted(verdicts: list[str], said: str) -> None:
    assert worst(verdicts) == said


def test_how_much_was_tried_is_a_sentence() -> None:
    said = "570 of 1202 configurations of its schedulers were tried; 540 of them could be made and were run"
    assert share(570, 1202, 540) == f"{said}, and 30 were refused."
    assert share(3, 3, 3).startswith("All 3 configurations")
