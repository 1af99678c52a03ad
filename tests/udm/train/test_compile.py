"""A compiled network trains the same model up to rounding, and its checkpoints are those of a plain one."""

from pathlib import Path

import pytest
import torch

from tests.support.tiny import DIGITS, config
from udm.train import fit, load
from udm.train.journal import losses

pytestmark = pytest.mark.xdist_group("compiled")


@pytest.mark.filterwarnings(
    "ignore:The .grad attribute of a Tensor that is not a leaf"
)  # the compiler reads every .grad
def test_a_compiled_run_is_the_same_run_to_rounding(tmp_path: Path) -> None:
    for compile in (False, True):
        torch._dynamo.reset()
        # a batch of one vector: fewer kernels, each of which is a run of the C++ compiler
        settings = config(compile=compile, steps=2, dropout=0.0, batch=8)
        fit(settings, tmp_path / str(compile), data=DIGITS())
    plain, compiled = losses(tmp_path / "False"), losses(tmp_path / "True")
    assert compiled[0] == pytest.approx(plain[0], rel=1e-5) and compiled != []
    assert load(tmp_path / "True").network.state_dict().keys() == load(tmp_path / "False").network.state_dict().keys()
