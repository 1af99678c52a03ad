"""Files of numbers: digits that are not there are not right, and what is no list of numbers is refused in words."""

from collections.abc import Sequence
from pathlib import Path

import pytest
import torch

from tests.support.diffusion import Process
from udm.conformance import Report
from udm.conformance.target import keys
from udm.conformance.written import check

T = 100


def right() -> list[float]:
    made = Process()
    made.betas = torch.tensor([1e-4 + (0.02 - 1e-4) * i / (T - 1) for i in range(T)], dtype=torch.float64)
    made.bars = (1 - made.betas).cumprod(0)
    made.before = torch.cat([torch.ones(1, dtype=torch.float64), made.bars[:-1]])
    return made.posterior_variance().tolist()


def of(folder: Path, lines: Sequence[str], encoding: str = "utf-8") -> Report:
    file = folder / "table.csv"
    file.write_text("\n".join(lines), encoding=encoding)
    return check(file, "ddpm.posterior.variance", {"T": T})


GREEN = {"as they are": "{!r}", "five digits": "{:.4e}", "one digit": "{:.0e}", "after commas": "1,2,{!r}"}


@pytest.mark.parametrize("form", GREEN.values(), ids=GREEN)
def test_right_numbers_are_not_accused(form: str, tmp_path: Path) -> None:
    assert of(tmp_path, [form.format(one) for one in right()]).well


def test_a_mark_of_spreadsheets_and_numbers_of_float32_are_read(tmp_path: Path) -> None:
    assert of(tmp_path, [repr(one) for one in right()], "utf-8-sig").well
    assert of(tmp_path, [repr(float(torch.tensor(one))) for one in right()]).well


RED = {
    "0": ["0"] * T,
    "no digit but zeros": ["0.0000"] * T,
    "below all numbers": ["1e-999"] * T,
    "one digit too many": ["1e-2"] * T,
    "turned": [repr(-one) for one in [1e-4] * T],
    "decimal commas": ["0,0001"] * T,
    "NaN": ["nan"] * T,
    "infinite": ["inf"] * T,
}


@pytest.mark.parametrize("lines", RED.values(), ids=RED)
def test_wrong_numbers_are_not_passed(lines: list[str], tmp_path: Path) -> None:
    report = of(tmp_path, lines)
    assert not report.well and report.totals["exact"] == 0


def test_one_number_that_is_off_is_shown(tmp_path: Path) -> None:
    lines = [repr(one * (1 + 1e-6 * (i == 50))) for i, one in enumerate(right())]
    report = of(tmp_path, lines)
    assert {row.case for row in report.alarms} == {"t = 50"}


REFUSED = {
    "a cell too long": (['"' + "1" * 200_000 + '"'], "which cannot be read"),
    "lines without end": (["1"] * 10_001, "expected at most 10000 lines, got 10001"),
    "too few": (["1"] * (T - 1), "the number of the file's numbers, which is 99, got 100"),
    "words": (["t", "one", "two"], "number 1: expected a number, got 'one'"),
    "nothing": ([], "expected numbers, got none"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_no_list_of_numbers_is_refused(name: str, tmp_path: Path) -> None:
    lines, message = REFUSED[name]
    with pytest.raises(ValueError, match=message):
        of(tmp_path, lines)


def test_a_file_of_bytes_is_refused(tmp_path: Path) -> None:
    (tmp_path / "table.csv").write_bytes(b"\x00\xff\xfe")
    with pytest.raises(ValueError, match=r"expected a file of numbers, got .*which cannot be read"):
        check(tmp_path / "table.csv", "sigma", {})


def test_a_setting_is_given_once() -> None:
    with pytest.raises(ValueError, match="each setting once, got T twice"):
        keys(["T=1", "T=2"])
