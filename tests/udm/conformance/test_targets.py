"""Targets that misbehave stop no other check, conventions are told from errors, and bad names are refused in words."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor

from tests.support.command import started
from tests.support.diffusion import Process
from udm.conformance import check
from udm.conformance.formulas import FORMULAS, Formula

SHOWN = ["add_noise", "alpha_bar", "tables.kept"]


def of(**methods: Callable[..., Any]) -> type[Process]:
    return type("Target", (Process,), methods | {"__module__": __name__})


def raises(self: Any, *given: Any) -> Tensor:
    raise KeyError("nowhere")


def prints(self: Any, x0: Tensor, eps: Tensor, t: Tensor) -> Tensor:
    print("hello")
    return Process.add_noise(self, x0, eps, t)


def changes(self: Any, x0: Tensor, eps: Tensor, t: Tensor) -> Tensor:
    self.bars = self.bars.to(x0.dtype)
    return Process.add_noise(self, x0, eps, t)


MISBEHAVES: dict[str, tuple[Callable[..., Any], str, str, str]] = {
    "raises": (raises, "add_noise", "undefined", "KeyError: 'nowhere'"),
    "another shape": (lambda self, x, e, t: x[:1], "add_noise", "undefined", "expected a tensor of the shape"),
    "no tensor": (lambda self, x, e, t: None, "add_noise", "undefined", "got NoneType"),
    "changes its table": (changes, "tables.kept", "wrong", "a call changed it"),
    "needs a library": (lambda self, x, e, t: __import__("no_such_library"), "add_noise", "not offered", "no_such"),
}


@pytest.mark.parametrize("name", MISBEHAVES)
def test_a_target_that_misbehaves_is_reported_and_stops_nothing(name: str) -> None:
    body, where, verdict, words = MISBEHAVES[name]
    report = check(of(add_noise=body), only=SHOWN)
    rows = [row for row in report.rows if row.check == where]
    assert {row.verdict for row in rows} == {verdict} and all(words in row.explanation for row in rows)
    assert next(row for row in report.rows if row.check == "alpha_bar").verdict == "exact"


HANGS = """
import time
from tests.support.diffusion import Process
from udm.conformance import check

class Target(Process):
    def add_noise(self, *given):
        try:
            time.sleep(60)
        except Exception:
            pass

for row in check(Target, only=["add_noise", "alpha_bar"], seconds=3).rows:
    if row.check in ("add_noise", "alpha_bar"):
        print(row.check, row.verdict, row.explanation, sep=": ")
"""


def test_a_target_that_hangs_is_stopped_and_the_other_checks_run() -> None:
    made = subprocess.run([sys.executable, "-c", HANGS], capture_output=True, text=True, timeout=120, check=True)
    first, *rest = made.stdout.splitlines()
    assert first.startswith("alpha_bar: exact: within ")
    assert rest == ["add_noise: undefined: it did not end within 3 seconds"] * 4


PRINTING = """
import ctypes, os
from tests.support.diffusion import Process
os.system("echo at import")

class Loud(Process):
    def alpha_bar(self):
        os.write(1, b"below\\n")
        os.system("echo from a child")
        ctypes.CDLL(None).puts(b"from C")
        return self.bars
"""


def test_what_is_printed_below_python_spoils_no_document(tmp_path: Path) -> None:
    (tmp_path / "loud.py").write_text(PRINTING)
    with started("check", f"{tmp_path / 'loud.py'}:Loud", "T=4", "--steps", "2", "--json") as process:
        made, _ = process.communicate()
    assert json.loads(made)["totals"]["wrong"] == 0


def test_what_is_printed_below_python_is_kept() -> None:
    def alpha_bar(self: Any) -> Tensor:
        os.write(1, b"below")
        return self.bars

    assert "below" in check(of(alpha_bar=alpha_bar), only=["alpha_bar"]).said


def test_a_package_that_is_missing_is_named() -> None:
    class Lazy(type):
        def __getattribute__(cls, name: str) -> Any:
            if name.startswith("_"):
                return type.__getattribute__(cls, name)
            raise ImportError("\nNeeding requires torchsde")

    class Needing(metaclass=Lazy):
        pass

    with pytest.raises(ValueError, match=r"expected what it needs to be installed, got ImportError: Needing requires"):
        check(Needing)


OURS: list[tuple[str, str]] = [
    ("measure._cases", "alpha_bar"),
    ("walk.scales", "sampler.marginal"),
    ("laws._law", "law.gaussian"),
    ("order._steps", "sampler.order"),
    ("properties._range", "grid.range"),
    *((f"states.{name}", check) for name, check in (("_same", "state.loop"), ("_other", "state.set"))),
    ("states._alone", "batch.single"),
]


@pytest.mark.parametrize(("place", "name"), OURS)
def test_a_fault_of_our_own_is_no_verdict(place: str, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: Any, **__: Any) -> Any:
        raise KeyError("ours")

    monkeypatch.setattr(f"udm.conformance.{place}", broken)
    with pytest.raises(KeyError, match="ours"):
        check(Process, {"T": 12}, only=[name])


def test_what_a_target_prints_is_kept_apart(capsys: pytest.CaptureFixture[str]) -> None:
    report = check(of(add_noise=prints), only=SHOWN)
    assert report.well and "hello" in report.said and capsys.readouterr().out == ""


def test_a_table_of_another_length_is_undefined() -> None:
    report = check(of(alpha_bar=lambda self: self.bars[1:]), only=SHOWN)
    row = next(row for row in report.rows if row.check == "alpha_bar")
    assert row.verdict == "undefined" and "expected a table of 40 numbers, got 39" in row.explanation


def _from_one(formula: Formula) -> Callable[..., Any]:
    right = getattr(Process, formula.name)
    if formula.kind == "table":
        return lambda self: torch.cat([torch.ones(1, dtype=torch.float64), right(Process())])
    if formula.kind == "between":
        return lambda self, t, s, *more: right(Process(), t - 1, s - 1, *more)
    if formula.kind == "setting":
        return lambda self, t, *more: right(Process(), t - 1, *more)
    return lambda self, *given: right(Process(), *given[:-1], given[-1] - 1)


COUNTED = [f for f in FORMULAS if hasattr(Process, f.name) and f.kind != "free"]
FROM_ONE = {f.name: _from_one(f) for f in COUNTED}


def test_a_count_from_one_is_a_convention() -> None:
    report = check(of(**FROM_ONE), only=[f.name for f in COUNTED])
    assert report.well and report.totals["convention"] == report.ran > 50
    assert all(row.explanation.startswith("index+1: ") for row in report.rows if row.verdict == "convention")


def test_a_single_formula_that_counts_otherwise_is_wrong() -> None:
    report = check(of(add_noise=FROM_ONE["add_noise"]), only=["add_noise", "velocity", "alpha_bar"])
    assert {row.check for row in report.alarms} == {"add_noise"} and not report.totals["convention"]


def test_a_scale_of_guidance_is_a_convention() -> None:
    report = check(of(guide=lambda self, c, u, w: u + w * (c - u)), only=["guide"])
    assert report.totals["convention"] == report.ran == 4 and report.well
    assert check(of(guide=lambda self, c, u, w: c + w * (u - c)), only=["guide"]).totals["wrong"] == 4


BAD: dict[str, tuple[Any, str]] = {
    "no module": ("no_such_module:thing", "expected a module that can be imported, got ModuleNotFoundError"),
    "no name in it": (
        "torch:no_such_name",
        "such as .*, got no_such_name, which it has not",
    ),
    "no name": ("torch", "expected a target as module:name"),
    "no file": ("nowhere.py:thing", "no file nowhere.py"),
    "nothing that can be checked": (object, "expected an object with"),
    "made with an error": (of(__init__=raises), "expected an object, got KeyError"),
    "no table": (type("Bare", (), {"add_noise": lambda *_: None}), "expected an object with the table betas"),
}


@pytest.mark.parametrize("name", BAD)
def test_a_bad_target_is_refused(name: str) -> None:
    target, message = BAD[name]
    with pytest.raises(ValueError, match=message):
        check(target)


def test_bad_arguments_are_refused() -> None:
    with pytest.raises(ValueError, match=r"expected names of checks in only.*got nothing"):
        check(Process, only=["nothing"])
    with pytest.raises(ValueError, match="steps above 0, got steps"):
        check(Process, steps=[0])
