"""Two ranks equal one process with the same global batch, to rounding; wrong divisions are detected."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.command import PATIENCE, udm
from tests.support.group import together
from tests.support.ranks import CASES, FAULTS, ROUNDING, by_losses, right, right_and_wrong
from tests.support.tiny import newest
from udm.train.journal import losses

pytestmark = [pytest.mark.usefixtures("one_thread"), pytest.mark.xdist_group("ranks")]

ROOT = Path(__file__).parents[3]


def under_torchrun(module: str, *args: str) -> str:
    """What two ranks of a module print."""
    command = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2", "-m", module]
    env = os.environ | {"OMP_NUM_THREADS": "1"}
    run = subprocess.run([*command, *args], capture_output=True, text=True, env=env, cwd=ROOT, timeout=PATIENCE)
    assert run.returncode == 0, run.stderr[-3000:]
    return run.stdout


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """The folders of a run by one process and of one by two ranks."""
    one, two = (tmp_path_factory.mktemp(name) for name in ("one", "two"))
    right(one)
    together(2, right_and_wrong, two, folder=two)
    return one, two


def by_moments(a: Path, b: Path) -> float:
    """Return the same of the optimiser's first moments, linear in the gradients, of network and schedule."""
    mine, theirs = (newest(p).tensors["optimizer"] for p in (a, b))
    found = []
    for dtype in {v.dtype for v in theirs.values()}:
        names = [n for n, v in theirs.items() if n.endswith("exp_avg") and v.dtype == dtype]
        whole = sum(float(theirs[n].square().sum()) for n in names) ** 0.5
        found += [float((mine[n] - theirs[n]).norm()) / whole for n in names]
    return max(found)


@pytest.mark.claim("vdm.time.lowdisc")
@pytest.mark.parametrize("case", CASES)
def test_two_ranks_train_as_one_process(case: str, both: tuple[Path, Path]) -> None:
    one, two = (out / case for out in both)
    assert by_losses(two, one) < ROUNDING
    assert by_moments(two, one) < 10 * ROUNDING  # since the parts of a gradient cancel


def test_the_command_under_torchrun_is_one_run(tmp_path: Path) -> None:
    """It prints one page and one line of losses a step, the same as one process."""
    train = ["train", "--steps", "3", "--batch", "16", "--channels", "8", "--blocks", "1", "--hidden", "8"]
    train += ["--dropout", "0", "--save-every", "1", "--samples", "0", "--out"]
    one = udm(*train, str(tmp_path / "one"))
    assert one.exit_code == 0, one.output
    two = under_torchrun("udm", *train, str(tmp_path / "two"))
    assert [one.stdout.count("3 steps in"), two.count("3 steps in")] == [1, 1]
    mine, theirs = (losses(tmp_path / name) for name in ("two", "one"))
    assert len(mine) == len(theirs) == 3
    assert max(abs(a - b) / b for a, b in zip(mine, theirs, strict=True)) < ROUNDING


@pytest.mark.parametrize("fault", FAULTS)
def test_ranks_that_divide_the_work_wrongly_are_detected(fault: str, both: tuple[Path, Path]) -> None:
    one, two = both
    assert by_losses(two / fault, one / "whole") > 1000 * ROUNDING
    assert by_moments(two / fault, one / "whole") > 1000 * ROUNDING
