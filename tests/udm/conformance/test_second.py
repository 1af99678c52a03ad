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
LOADED = "; import sys; assert not {'udm', 'derivations'} & set(sys.modules), 'loaded'; print('alone')"


def test_every_fault_shows_without_udm() -> None:
    pytest.importorskip("diffusers")
    run = f"import runpy; ran = runpy.run_path({str(SCRIPT)!r}); assert ran['main']() == 0{LOADED}"
    done = subprocess.run([sys.executable, "-c", run], capture_output=True, text=True, check=False)
    lines = done.stdout.splitlines()
    assert done.returncode == 0, done.stdout + done.stderr
    assert lines[-1] == "alone" and len(lines) > 20 and all(line.startswith("wrong") for line in lines[:-1])


def test_a_number_that_is_right_is_no_fault() -> None:
    pytest.importorskip("diffusers")
    source = re.sub(
        r"FAULTS: .*?\n}\n", "FAULTS = {'none': lambda: (1.0, 1.0 + 1e-7)}\n", SCRIPT.read_text(), flags=re.DOTALL
    )
    done = subprocess.run([sys.executable, "-c", source], capture_output=True, text=True, check=False)
    assert done.returncode == 1 and done.stdout.startswith("RIGHT"), done.stdout + done.stderr


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
