"""Faults of releases are seen a second way, by a script without udm; the page of a sweep hides none that is new."""

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from benchmarks import conformance_page as page

ROOT = Path(__file__).parents[3]
SCRIPT = ROOT / "benchmarks" / "second" / "faults.py"
BOTH = """import runpy, sys

script, altered = sys.argv[1:]
assert runpy.run_path(script)["main"]() == 0
assert not {"udm", "derivations"} & set(sys.modules), "loaded"
print("alone")
runpy.run_path(altered, run_name="__main__")
"""


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> "subprocess.CompletedProcess[str]":
    """A process that runs all faults, and then as a program the script with one number in their place that is right."""
    pytest.importorskip("diffusers")
    altered = tmp_path_factory.mktemp("second") / "faults.py"
    right = "FAULTS = {'none': lambda: (1.0, 1.0 + 1e-7)}\n"
    altered.write_text(re.sub(r"FAULTS: .*?\n}\n", right, SCRIPT.read_text(), flags=re.DOTALL))
    assert right in altered.read_text()
    command = [sys.executable, "-c", BOTH, str(SCRIPT), str(altered)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_every_fault_shows_without_udm(both: "subprocess.CompletedProcess[str]") -> None:
    lines = both.stdout.partition("alone\n")[0].splitlines()
    assert "\nalone\n" in both.stdout, both.stdout + both.stderr
    assert len(lines) > 19 and all(line.startswith("wrong") for line in lines)


def test_a_number_that_is_right_is_no_fault(both: "subprocess.CompletedProcess[str]") -> None:
    after = both.stdout.partition("\nalone\n")[2]
    assert both.returncode == 1 and after.startswith("RIGHT"), both.stdout + both.stderr


def test_each_second_name_exists() -> None:
    names = set(re.findall(r'^    "(.+?)": ', SCRIPT.read_text(), re.MULTILINE))
    assert {fault.second for fault in page.FAULTS} - {""} <= names


def row(verdict: str, **more: Any) -> dict[str, Any]:
    return {"check": "sampler.marginal", "verdict": verdict, "case": "c", "got": "1.0", "exact": "2.0"} | more


def test_a_fault_that_nobody_has_gone_through_is_said_to_be_one() -> None:
    known = {"scheduler": "TCDScheduler", "config": {}, "checks": [row("wrong", explanation="lands")]}
    other = {"scheduler": "NewScheduler", "config": {"a": 1}, "checks": [row("undefined"), row("exact")]}
    text = "\n".join(page._faults([known, other]))
    assert "set_alpha_to_one" in text.partition("Not sorted")[0]
    assert "NewScheduler" in text.partition("Not sorted yet")[2] and "1×" in text
    assert "Not sorted" not in "\n".join(page._faults([known]))
    assert "**undefined** (1 of 2)" in "\n".join(page._table([other]))
