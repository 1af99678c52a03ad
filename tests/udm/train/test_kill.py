"""Three of the thirty kills of `make kill-test`, and signals that ask a run to stop."""

import os
import signal
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

import udm.train.loop
from tests.support.command import PATIENCE, handling, started, wait_for
from tests.support.kill import Lost, check, killed
from tests.support.tiny import DIGITS, TINY, config, different
from udm.cli import app
from udm.train import Interrupted, checkpoint, fit
from udm.train.journal import losses
from udm.train.loop import Seen
from udm.train.run import Run

pytestmark = pytest.mark.usefixtures("one_thread")


def test_killed_runs_resume_bit_for_bit(tmp_path: Path) -> None:
    found = check(tmp_path, kills=3)
    print(found)
    assert found.kills == 3 and found.lost == found.different == 0


def test_a_run_that_cannot_resume_is_reported_as_lost(tmp_path: Path) -> None:
    (tmp_path / "run").mkdir()
    (tmp_path / "run/other").write_text("in the way")
    with pytest.raises(Lost):
        killed(tmp_path / "run", PATIENCE)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_the_step_and_saves(number: signal.Signals, tmp_path: Path, interruptible: None) -> None:
    def strike(seen: Seen) -> None:
        if seen.step in at:
            at.remove(seen.step)
            os.kill(os.getpid(), number)

    before, at = signal.getsignal(number), [2, 6]
    for step in (2, 6):  # at the last step too, so that no request to stop is ignored
        with pytest.raises(Interrupted, match="run the same command again to go on") as stopped:
            fit(config(save_every=100), tmp_path / "run", data=DIGITS(), watch=strike)
        assert stopped.value.number == number and signal.getsignal(number) is before
        assert [p.name for p in checkpoint.checkpoints(tmp_path / "run/checkpoints")][-1] == f"{step:08d}"
    fit(config(save_every=100), tmp_path / "run", data=DIGITS())
    fit(config(save_every=100), tmp_path / "straight", data=DIGITS())
    assert different(tmp_path / "run", tmp_path / "straight") == []


def options(out: Path, **changes: int) -> list[str]:
    names = ("channels", "blocks", "hidden", "batch", "steps", "save_every", "gamma_min")
    settings = {n: TINY[n] for n in names} | changes
    return ["train", "--out", str(out)] + [a for n, v in settings.items() for a in (f"--{n.replace('_', '-')}", str(v))]


@pytest.mark.parametrize("checkpoint_every", [1, 9])
def test_a_signal_is_announced_and_a_second_one_stops_at_once(
    checkpoint_every: int,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
    interruptible: None,
) -> None:
    right = udm.train.loop.step

    def step(run: Run, k: int, *rest: Any) -> float:
        if k == 2:
            os.kill(os.getpid(), signal.SIGINT)
            assert "udm: finishing step 3, then saving; again to stop now" in capfd.readouterr().err
            os.kill(os.getpid(), signal.SIGINT)
        return right(run, k, *rest)

    monkeypatch.setattr(udm.train.loop, "step", step)
    result = CliRunner().invoke(app, options(tmp_path / "run", save_every=checkpoint_every))
    last = f"last checkpoint {tmp_path / 'run/checkpoints/00000002'}: run the same command again"
    assert result.exit_code == 130 and f"stopped; {last if checkpoint_every == 1 else 'no check'}" in result.stderr


@pytest.mark.parametrize(("number", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_the_exit_status_is_that_of_the_signal(
    number: signal.Signals, status: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, interruptible: None
) -> None:
    right = udm.train.loop.step

    def step(run: Run, k: int, *rest: Any) -> float:
        if k == 2:
            os.kill(os.getpid(), number)
        return right(run, k, *rest)

    monkeypatch.setattr(udm.train.loop, "step", step)
    result = CliRunner().invoke(app, options(tmp_path / "run"))
    assert result.exit_code == status, result.output
    assert len(losses(tmp_path / "run")) == 3


def test_an_interrupted_process_says_where_it_saved(tmp_path: Path, interruptible: None) -> None:
    out = tmp_path / "run"
    with started(*options(out, steps=100_000, save_every=100_000)) as process:
        wait_for(lambda: (out / "losses.jsonl").exists() and losses(out), process)
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=PATIENCE)
    assert process.returncode == 130, err
    saved = out / f"checkpoints/{len(losses(out)):08d}"
    assert f"interrupted; saved as {saved}" in err.replace("\n", "")
    assert checkpoint.load(saved).state["step"] == len(losses(out))


def test_a_run_started_with_interrupts_ignored_ignores_them(tmp_path: Path) -> None:
    def strike(seen: Seen) -> None:
        os.kill(os.getpid(), signal.SIGINT if seen.step < 4 else signal.SIGTERM)

    with handling(signal.SIGINT, signal.SIG_IGN), pytest.raises(Interrupted) as stopped:
        fit(config(save_every=100), tmp_path / "run", data=DIGITS(), watch=strike)
    assert stopped.value.number == signal.SIGTERM and len(losses(tmp_path / "run")) == 4
