"""Two and three ranks evaluate, compare schedules, sample and go on training with the results of one process."""

import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.support.divided import first_half, work
from tests.support.group import together
from tests.support.ranks import ROUNDING, by_losses
from udm.cli.status import USAGE

pytestmark = [pytest.mark.usefixtures("one_thread"), pytest.mark.xdist_group("ranks")]


@pytest.fixture(scope="module")
def places(tmp_path_factory: pytest.TempPathFactory, trained: Path) -> dict[int, Path]:
    """The folders of what one, two and three ranks did: with a trained run, and with one that two ranks began."""
    root = tmp_path_factory.mktemp("divided")
    together(2, first_half, root / "begun", folder=root)
    found = {ranks: root / f"{ranks}" for ranks in (1, 2, 3)}
    for ranks, out in found.items():
        shutil.copytree(root / "begun", out / "on")
        together(ranks, work, trained, out, folder=out)
    return found


def told(out: Path, name: str, rank: int = 0) -> Any:
    return json.loads((out / f"{name}-{rank}.json").read_text())


@pytest.mark.parametrize("ranks", [2, 3])
def test_every_rank_has_the_numbers_of_one_process(ranks: int, places: dict[int, Path]) -> None:
    """A batch is evaluated as it is in one process, and its terms are summed in the same order: not a bit differs."""
    alone = told(places[1], "found")
    assert "expected levels" in alone["fault"] or "from 0 to 16" in alone["fault"]
    for rank in range(ranks):
        assert told(places[ranks], "found", rank) == alone


@pytest.mark.parametrize("ranks", [2, 3])
def test_the_commands_print_once_what_one_process_prints(ranks: int, places: dict[int, Path]) -> None:
    for name in ("evaluate", "invariance", "sample"):
        first, alone = (told(places[n], name) for n in (ranks, 1))
        mine, theirs = (json.loads(found["out"]) for found in (first, alone))
        changes = {"seconds", "samples", "plot"}
        assert mine.keys() == theirs.keys() and first["status"] == alone["status"]
        assert {k: v for k, v in mine.items() if k not in changes} == {
            k: v for k, v in theirs.items() if k not in changes
        }
        others = [told(places[ranks], name, rank) for rank in range(1, ranks)]
        assert all(other["out"] == "" and other["status"] == alone["status"] for other in others)
    for rank in range(ranks):
        missing = told(places[ranks], "missing", rank)
        assert missing["status"] == USAGE and "expected a run or a checkpoint" in missing["err"]


def _array(file: Path) -> np.ndarray:
    with np.load(file) as stored:
        return stored["x"]


@pytest.mark.parametrize("ranks", [2, 3])
def test_samples_are_the_same_bit_for_bit(ranks: int, places: dict[int, Path]) -> None:
    mine, alone = (_array(places[n] / "s.npz") for n in (ranks, 1))
    assert alone.shape == (5, 1, 8, 8) and (mine == alone).all() and len(np.unique(alone)) > 2


@pytest.mark.parametrize("ranks", [2, 3])
def test_a_run_goes_on_with_another_number_of_ranks(ranks: int, places: dict[int, Path]) -> None:
    assert by_losses(places[ranks] / "on", places[1] / "on", steps=12) < ROUNDING
