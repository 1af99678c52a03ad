"""`udm check`: its table, its data and its exit statuses; numbers in a file."""

import json
from pathlib import Path

import pytest
import torch
from typer.testing import CliRunner

from udm.cli import app
from udm.conformance.target import keys

TARGET = "tests.support.diffusion:Process"
WRONG = (
    "from tests.support.diffusion import Process\n\n\n"
    "class Wrong(Process):\n    def sigma(self):\n        return 1 - self.bars\n"
)
KEYS = {"target", "version", "config", "checks", "ran", "exist", "totals"}
ROW = {"claim", "tag", "source", "check", "verdict", "dtype", "max_ulp", "case", "got", "exact", "explanation"}


def run(*words: str) -> tuple[int, str]:
    found = CliRunner().invoke(app, ["check", *words])
    return found.exit_code, found.output


def test_a_right_target_is_well() -> None:
    status, text = run(TARGET, "T=12", "--steps", "3")
    assert status == 0 and "checks ran" in text and "5BUN ddpm.posterior" in text and "wrong" not in text


def test_a_wrong_formula_in_a_file_is_shown_with_its_claim(tmp_path: Path) -> None:
    file = tmp_path / "mine.py"
    file.write_text(WRONG)
    status, text = run(f"{file}:Wrong", "T=12", "--steps", "3")
    assert status == 1 and "wrong: sigma, float64: t = 0" in text
    assert "it is 1 - alpha-bar for its root" in text and "udm show 90EU" in text


def test_its_data_are_one_document() -> None:
    status, text = run(TARGET, "T=12", "--steps", "3", "--json")
    found = json.loads(text)
    assert status == 0 and found.keys() == KEYS and all(row.keys() == ROW for row in found["checks"])
    assert found["exist"] == len(found["checks"]) == sum(found["totals"].values()) and found["config"] == {"T": 12}
    assert found["ran"] == found["exist"] - found["totals"]["not offered"] > 50


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("nowhere:x",), "expected a module that can be imported"),
        (("tests.support.diffusion:Proces",), "has, such as Process, got Proces, which it has not"),
        ((TARGET, "T"), "expected settings as key=value"),
        ((TARGET, "nothing=1"), "got nothing"),
        ((TARGET, "--steps", "0"), "expected --steps as numbers above 0"),
        (("none.csv", "--as", "5BUN"), "expected a file of numbers"),
    ],
)
def test_what_cannot_begin_has_status_2(words: tuple[str, ...], message: str) -> None:
    status, text = run(*words)
    assert status == 2 and message in " ".join(text.split())


def test_settings_are_parsed_and_never_evaluated() -> None:
    read = keys(["a=1", "b=1e-4", "c=True", "d=none", "e=[1, 2]", "f=__import__('os')", "g=null"])
    assert read == {"a": 1, "b": 1e-4, "c": True, "d": "none", "e": [1, 2], "f": "__import__('os')", "g": None}


def table(T: int = 100) -> list[float]:
    from math import prod

    betas = [1e-4 + (0.02 - 1e-4) * i / (T - 1) for i in range(T)]
    bars = [1.0, *(prod(1 - b for b in betas[: i + 1]) for i in range(T))]
    return [b * (1 - bars[i]) / (1 - bars[i + 1]) for i, b in enumerate(betas)]


@pytest.mark.parametrize("name", ["ddpm.posterior.variance", "5BUN", "posterior_variance"])
def test_right_numbers_in_a_file_are_exact_in_their_digits(name: str, tmp_path: Path) -> None:
    file = tmp_path / "table.csv"
    file.write_text("t,variance\n" + "\n".join(f"{i},{v:.8e}" for i, v in enumerate(table())))
    status, text = run(str(file), "--as", name, "schedule=ddpm_linear", "T=100")
    assert status == 0 and text.splitlines()[2].startswith("exact") and "1 of 1 checks ran: 1 exact" in text


def test_each_wrong_number_of_a_file_is_marked(tmp_path: Path) -> None:
    file, found = tmp_path / "table.txt", table()
    found[50] *= 1.0001
    file.write_text("\n".join(f"{v:.8e}" for v in found))
    status, text = run(str(file), "--as", "posterior_variance")
    assert status == 1 and "t = 50" in text and " digits are right" in text
    assert "t = 49" not in text and "1 of 1 checks ran: 1 wrong" in text


def test_many_wrong_numbers_of_a_file_are_one_line_with_a_count_and_the_worst(tmp_path: Path) -> None:
    file, found = tmp_path / "table.txt", table()
    bad = [*(v * (1 + 1e-3) for v in found[:60]), *(v * 1.05 for v in found[60:])]
    bad[70] *= 1.2
    file.write_text("\n".join(f"{v:.8e}" for v in bad))
    status, text = run(str(file), "--as", "posterior_variance")
    told = " ".join(text.split())
    assert status == 1 and len(text.splitlines()) < 25 and "1 of 1 checks ran: 1 wrong" in told
    assert "posterior_variance, 99 numbers, float64: t = 1 to t = 99, the worst at t = 70" in told
    assert "1 digit is right of 39" in told and "1 digits" not in told and "no digit is right of 1" in told
    rows = json.loads(run(str(file), "--as", "posterior_variance", "--json")[1])
    assert len(rows["checks"]) == 100 and rows["ran"] == rows["exist"] == 1 == rows["totals"]["wrong"]


def test_the_summary_says_why_rows_are_weak_and_what_is_offered() -> None:
    status, text = run("tests.cli.test_check:Narrow", "T=12", "--steps", "3")
    told = " ".join(text.split())
    assert status == 0 and "weak: the formula is right, but digits are lost: in float64 the error vanishes" in told
    assert "offered: tables 2 of 13, state 2 of 5" in told and "; not offered: functions of t, " in told


class Narrow:
    """Two tables in float32, the second of which loses digits."""

    def __init__(self, T: int = 12) -> None:
        self.betas = torch.linspace(1e-4, 0.02, T)
        self.bars = (1 - self.betas).cumprod(0)

    def alpha_bar(self) -> torch.Tensor:
        return self.bars

    def posterior_variance(self) -> torch.Tensor:
        before = torch.cat([torch.ones(1), self.bars[:-1]])
        return self.betas * (1 - before) / (1 - self.bars)


def test_a_wrong_table_in_a_file_is_named(tmp_path: Path) -> None:
    file = tmp_path / "table.txt"
    file.write_text("\n".join(f"{1e-4 + (0.02 - 1e-4) * i / 99:.12e}" for i in range(100)))
    status, text = run(str(file), "--as", "posterior_variance")
    assert status == 1 and "it is beta_t for beta-tilde_t" in text


@pytest.mark.parametrize(
    ("text", "words", "message"),
    [
        ("1\nx\n", (), "number 2: expected a number, got 'x'"),
        ("", (), "expected numbers, got none"),
        ("0.5\n0.6\n", ("T=3",), "expected T"),
        ("0.5\n0.6\n", ("schedule=none",), "with schedule one of"),
        ("__import__('os')\n1\n2e\n", (), "expected a number, got '2e'"),
    ],
)
def test_a_bad_file_is_refused(text: str, words: tuple[str, ...], message: str, tmp_path: Path) -> None:
    file = tmp_path / "table.txt"
    file.write_text(text)
    status, told = run(str(file), "--as", "posterior_variance", *words)
    assert status == 2 and message in " ".join(told.split())
