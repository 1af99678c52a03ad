"""A run is a function of its settings: stopped anywhere and resumed, it gives the same results, bit for bit."""

import atexit
from collections.abc import Callable
from functools import cache
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
import torch

import udm.train.run
import udm.train.step
from tests.support.tiny import DIGITS, config, different, newest
from udm.train import fit
from udm.train.batches import Batches
from udm.train.journal import losses
from udm.train.loop import Seen
from udm.train.randomness import order
from udm.train.run import Run
from udm.train.step import learning_rate

pytestmark = pytest.mark.usefixtures("one_thread")

CASES: dict[str, dict[str, Any]] = {
    "learned schedule": {},
    "ends learned, with classes": {"learn_ends": True, "conditional": True},
    "in parts, read ahead": {"accumulate": 2, "workers": 1},
    "other loss, other average": {"loss": "min-snr", "schedule": "cosine", "average": 0.5},
    "bf16": {"precision": "bf16", "loss": "vlb", "T": 10, "schedule": "linear"},
}


class Stop(Exception):
    """An exception raised, as by a crash, after the step and before its checkpoint."""


def stopped_at(*places: int) -> Callable[[Seen], None]:
    left = set(places)

    def watch(seen: Seen) -> None:
        if seen.step in left:
            left.remove(seen.step)
            raise Stop

    return watch


def in_pieces(out: Path, *places: int, **settings: Any) -> None:
    """Run, stopping at each place; the last piece runs to the end."""
    watch = stopped_at(*places)
    for _ in places:
        with pytest.raises(Stop):
            fit(config(**settings), out, data=DIGITS(), watch=watch)
    fit(config(**settings), out, data=DIGITS(), watch=watch)


@cache
def run_straight() -> Path:
    """The folder of one uninterrupted run of the tiny settings, which many tests compare with."""
    folder = TemporaryDirectory()
    atexit.register(folder.cleanup)
    fit(config(), Path(folder.name, "run"), data=DIGITS())
    return Path(folder.name, "run")


@pytest.fixture
def straight(one_thread: None) -> Path:
    """That run, made by one thread as all others here, and before anything is corrupted."""
    return run_straight()


@pytest.mark.parametrize("case", CASES)
def test_a_resumed_run_equals_an_uninterrupted_one(case: str, tmp_path: Path) -> None:
    fit(config(**CASES[case]), tmp_path / "straight", data=DIGITS())
    in_pieces(tmp_path / "pieces", 1, 3, 4, 6, **CASES[case])
    assert len(losses(tmp_path / "straight")) == 6
    assert different(tmp_path / "straight", tmp_path / "pieces") == []


def forgets(*files: str) -> Callable[[pytest.MonkeyPatch], None]:
    """Corrupt resuming: leave some state as it is in a new run."""
    right = Run.restore

    def restore(run: Run, tensors: dict[str, dict[str, torch.Tensor]], step: int) -> None:
        fresh = {k: {n: v.clone() for n, v in group.items()} for k, group in run.tensors().items()}
        right(run, {k: fresh[k] if k in files else v for k, v in tensors.items()}, step)

    return lambda patch: patch.setattr(Run, "restore", restore)


def recounts(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(udm.train.run.Run, "restore", _without_count(Run.restore))


def _without_count(right: Callable[..., None]) -> Callable[..., None]:
    return lambda run, tensors, step: right(run, tensors, 0)


def starts_data_again(patch: pytest.MonkeyPatch) -> None:
    def take(self: Batches, k: int) -> Any:
        places = order(self.config.seed, len(self.data), k * self.config.batch, self.size)
        right = whole(self, k)
        return right._replace(**dict(zip(("index", "classes"), self.data.read(places), strict=True)))

    whole = Batches.__getitem__
    patch.setattr(Batches, "__getitem__", take)


WRONG: dict[str, Callable[[pytest.MonkeyPatch], None]] = {
    "optimiser forgotten": forgets("optimizer"),
    "average forgotten": forgets("average"),
    "schedule forgotten": forgets("schedule"),
    "average counts from 0": recounts,
    "dropout not seeded by step": lambda patch: patch.setattr(udm.train.step, "reseed", lambda *_: None),
    "data from the start": starts_data_again,
}


@pytest.mark.parametrize("wrong", WRONG)
def test_an_inexact_resumption_is_detected(
    wrong: str, straight: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    WRONG[wrong](monkeypatch)
    in_pieces(tmp_path / "pieces", 4)
    assert different(straight, tmp_path / "pieces")


def test_an_earlier_checkpoint_leads_to_the_same_end(straight: Path, tmp_path: Path) -> None:
    fit(config(), tmp_path / "again", data=DIGITS())
    early = tmp_path / "again/checkpoints/00000002"
    fit(config(), tmp_path / "again", data=DIGITS(), resume_from=early)
    assert different(straight, tmp_path / "again") == []


@pytest.mark.parametrize("decay", [4, 8])
def test_an_extended_run_equals_the_longer_one(decay: int, tmp_path: Path) -> None:
    fit(config(steps=8, decay_steps=decay), tmp_path / "whole", data=DIGITS())
    fit(config(steps=4, decay_steps=decay), tmp_path / "more", data=DIGITS())
    fit(config(steps=8, decay_steps=decay), tmp_path / "more", data=DIGITS())
    assert different(tmp_path / "whole", tmp_path / "more") == []


def test_a_run_whose_rate_would_jump_is_refused_with_the_way_to_go_on(tmp_path: Path) -> None:
    out = tmp_path / "run"
    fit(config(steps=4), out, data=DIGITS())
    with pytest.raises(ValueError, match=r"run: give decay_steps 4 to go on .* got decay_steps: 4, not 8"):
        fit(config(steps=8), out, data=DIGITS())
    with pytest.raises(ValueError, match=r"00000004: give decay_steps 4 to go on .*: expected the settings"):
        fit(config(steps=8), tmp_path / "new", data=DIGITS(), resume_from=out / "checkpoints/00000004")
    fit(config(steps=4), out, data=DIGITS())
    fit(config(steps=5, decay_steps=4), out, data=DIGITS())
    assert len(losses(out)) == 5


def test_the_rate_falls_and_then_stays() -> None:
    rates = [learning_rate(config(steps=40, decay_steps=20, warmup=1), k) for k in range(40)]
    assert rates[1] == max(rates) and rates[20:] == [pytest.approx(0.05)] * 20
    assert all(a >= b for a, b in pairwise(rates[1:]))
    assert rates[:20] == [learning_rate(config(steps=20, warmup=1), k) for k in range(20)]


def test_the_run_depends_on_its_seed(straight: Path, tmp_path: Path) -> None:
    for name, seed in (("b", 0), ("c", 1)):
        fit(config(seed=seed), tmp_path / name, data=DIGITS())
    assert different(straight, tmp_path / "b") == []
    assert {"losses", "state", "model.enter.weight", "schedule.raw_2"} <= set(different(straight, tmp_path / "c"))


def test_numbers_of_workers_and_checkpoints_do_not_change_the_run(straight: Path, tmp_path: Path) -> None:
    fit(config(workers=2, save_every=5, keep=1), tmp_path / "b", data=DIGITS())
    assert set(different(straight, tmp_path / "b")) == {"state"}  # the settings themselves
    assert [p.name for p in (tmp_path / "b/checkpoints").iterdir()] == ["00000006"]


def test_a_torn_line_of_losses_is_written_again(tmp_path: Path) -> None:
    """A kill may leave the last line incomplete, or the first."""
    for torn, places in (('{"step": 0, "lo', 1), ("", 1), ('{"step": 0, "loss": 4.0}\n{"st', 2)):
        out = tmp_path / f"{places}{len(torn)}"
        with pytest.raises(Stop):
            fit(config(), out, data=DIGITS(), watch=stopped_at(places))
        (out / "losses.jsonl").write_text(torn)
        fit(config(), out, data=DIGITS())
        assert len(losses(out)) == 6


def test_a_run_killed_while_making_its_folder_resumes(tmp_path: Path) -> None:
    (tmp_path / "run").mkdir()
    (tmp_path / "run/.config.json.partial").write_text('{"data": "di')
    fit(config(steps=1), tmp_path / "run", data=DIGITS())
    assert newest(tmp_path / "run").state["step"] == 1


def test_every_example_comes_once_an_epoch() -> None:
    places = [i for first in range(0, 40, 4) for i in order(3, 10, first, 4)]
    assert all(sorted(places[k : k + 10]) == list(range(10)) for k in (0, 10, 20, 30))
    assert places[:10] != places[10:20] and places != [i for f in range(0, 40, 4) for i in order(4, 10, f, 4)]
    assert places == order(3, 10, 0, 40)
