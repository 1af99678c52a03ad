"""A bug report has a script that needs the target alone, and shows the discrepancy; a badge counts."""

import json
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.support.command import udm
from tests.support.diffusion import GaussianDiffusion, Process
from udm.conformance import check
from udm.conformance.again import command
from udm.conformance.exact import source
from udm.conformance.issue import badge, markdown, shown
from udm.conformance.target import keys
from udm.conformance.verdict import Report

SCRIPT = re.compile(r"```python\n(.*?)```", re.DOTALL)
OUTPUT = re.compile(r"```text\n(.*?)\n```", re.DOTALL)
SECTION = re.compile(r"^## `(.*?)`", re.MULTILINE)
ROOT = str(Path(__file__).parents[3])
PRINTED = re.compile(r"got (\S+), exact (\S+)")


class Table(Process):
    def sigma(self) -> Any:
        return 1 - self.bars


class Several(Table):
    """Five faults in one target, each of which is seen by the check of its name alone."""

    def add_noise(self, x0: Any, eps: Any, t: Any) -> Any:
        return super().add_noise(x0, -eps, t)

    def guide(self, conditional: Any, unconditional: Any, w: float) -> Any:
        return (1 - w) * conditional + w * unconditional

    def ddim_std(self, t: Any, s: Any, eta: float) -> Any:
        return eta**2 * self.variance_between(t, s).sqrt()

    def next(self, t: int) -> int:
        return max(t - 1, -1)


class OpenAI(GaussianDiffusion):
    def __init__(self) -> None:
        super().__init__()
        self.posterior_mean_coef2 = self.posterior_mean_coef2[::-1].copy()


EACH = """import contextlib, io, json, runpy, sys

printed = []
for file in sys.argv[1:]:
    with contextlib.redirect_stdout(io.StringIO()) as out:
        runpy.run_path(file, run_name="__main__")
    printed.append(out.getvalue())
print(json.dumps(printed))
"""


def ran_together(scripts: list[str], folder: Path, **settings: str) -> list[str]:
    """Return what each script prints in a namespace of its own, all in one process, which imports torch once."""
    files = [written(script, folder / f"reproduce_{i}.py") for i, script in enumerate(scripts)]
    done = python(folder, "-c", EACH, *files, **settings)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def written(script: str, file: Path) -> str:
    assert not re.search("^(from|import) (udm|derivations)", script, re.MULTILINE)
    file.write_text(script)
    return str(file)


def python(folder: Path, *args: str, **settings: str) -> "subprocess.CompletedProcess[str]":
    env = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"} | settings
    return subprocess.run([sys.executable, *args], capture_output=True, text=True, env=env, cwd=folder, check=False)


TARGETS: dict[type, list[str]] = {
    Several: ["sigma", "add_noise", "guide", "ddim_std", "sampler.marginal"],
    OpenAI: ["posterior_z"],
}
NAMES = [name for only in TARGETS.values() for name in only]


@pytest.fixture(scope="module")
def reports(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[Report, str, str]]:
    """For each check the report, its section there, and what the section's script prints when it is run again."""
    made: dict[str, tuple[Report, str]] = {}
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", ROOT)
        for target, only in TARGETS.items():
            report = check(target, steps=(3,), only=only)
            sections = SECTION.split(markdown(report))[1:]
            made |= {name: (report, text) for name, text in zip(sections[::2], sections[1::2], strict=True)}
    scripts = [script for _, text in made.values() for script in SCRIPT.findall(text)]
    assert len(scripts) == len(made) == len(NAMES)
    printed = ran_together(scripts, tmp_path_factory.mktemp("scripts"), PYTHONPATH=ROOT)
    return {name: (*one, shown) for (name, one), shown in zip(made.items(), printed, strict=True)}


@pytest.mark.xdist_group("scripts")  # one worker makes the reports and runs their scripts, once
@pytest.mark.parametrize("name", NAMES)
def test_a_script_shows_the_discrepancy(name: str, reports: dict[str, tuple[Report, str, str]]) -> None:
    report, text, printed = reports[name]
    row = next(row for row in report.alarms if row.check == name)
    assert f"Claim {row.tag} (`{row.claim}`)" in text and f"got {row.got}" in text
    assert len(SCRIPT.findall(text)) == 1
    found = PRINTED.search(printed)
    assert found is not None
    got, exact = map(float, found.groups())
    assert got == pytest.approx(float(row.got), rel=1e-5) and exact == pytest.approx(float(row.exact), rel=1e-12)
    assert got != pytest.approx(exact, rel=1e-6)


def test_a_script_of_a_scheduler_needs_diffusers_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The report's own run of it is from an empty folder, without a path to anything else."""
    pytest.importorskip("diffusers")
    settings = {"timestep_spacing": "linspace", "eta": 0.5}
    report = check("diffusers:DDIMScheduler", settings, steps=(10,), only=["sampler.marginal"])
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("PYTHONPATH", raising=False)
    text = markdown(report)
    (script,), (printed,) = SCRIPT.findall(text), OUTPUT.findall(text)
    written(script, tmp_path / "reproduce.py")
    found = PRINTED.search(printed)
    assert found is not None and float(found[1]) == pytest.approx(0.0166, abs=1e-4)
    assert float(found[2]) == pytest.approx(0.018322847, abs=1e-8)


def test_a_script_that_shows_nothing_is_not_shown() -> None:
    report = check(Process, only=["sigma"])
    row = next(row for row in report.rows if row.check == "sigma")
    assert shown(report, [row]) == [("", "")]
    assert "nothing is wrong" in markdown(report)


def test_the_command_writes_both(tmp_path: Path) -> None:
    (tmp_path / "mine.py").write_text(
        "from tests.support.diffusion import Process\n\n\n"
        "class Wrong(Process):\n    def snr(self):\n        return 1 / self.bars\n"
    )
    out, shield = tmp_path / "bug.md", tmp_path / "badge.json"
    done = udm(
        "check", f"{tmp_path / 'mine.py'}:Wrong", "T=12", "--steps", "2", "--report", str(out), "--badge", str(shield)
    )
    assert done.exit_code == 1 and "from mine import Wrong" in out.read_text() and "$$" in out.read_text()
    assert re.fullmatch(r"\d+ of \d+ right", json.loads(shield.read_text())["message"])
    nowhere = udm("check", "x:y", "--report", str(tmp_path / "none" / "bug.md"))
    assert nowhere.exit_code == 2 and "in a folder that exists" in " ".join(nowhere.output.split())


AGAIN = re.compile(r"To see it: `udm (.*)`\.")
GRID = """
from tests.support.diffusion import Process


class Back(Process):
    def timesteps(self, steps):
        return [1, *super().timesteps(steps)[1:]] if steps == 3 else super().timesteps(steps)
"""


def test_the_command_in_a_report_is_the_one_that_was_run(tmp_path: Path) -> None:
    file, numbers = tmp_path / "my code.py", tmp_path / "table.txt"
    file.write_text(GRID)
    numbers.write_text("0.5\n0.6\n0.7\n")
    for words in ([f"{file}:Back", "T=12", "--steps", "2,3"], [str(numbers), "beta_end=0.5", "--as", "5BUN"]):
        out = tmp_path / "bug.md"
        assert udm("check", *words, "--report", str(out)).exit_code == 1
        again = [shlex.split(told) for told in AGAIN.findall(out.read_text())]
        assert again and all(one == ["check", *words] for one in again)
        assert udm(*again[0]).exit_code == 1
    assert udm("check", f"{file}:Back", "T=12", "--steps", "2").exit_code == 0  # another command


def test_settings_are_written_as_they_are_read() -> None:
    given = {"a": True, "b": None, "c": "true", "d": [1, 2], "e": 1e-4, "f": "two words", "g": "plain"}
    target, *words = shlex.split(command("x:y", given))[2:]
    assert target == "x:y" and keys(words) == given
    assert command("Process", {"T": 3}, steps=(2,)) == "udm.conformance.check(Process, {'T': 3}, steps=[2])"


def test_a_source_states_the_claim_and_is_not_only_about_it() -> None:
    assert source("ddim.eta").startswith("DDIM v4 (16)") and source("ddpm.marginal").startswith("DDPM v2 (4)")
    assert source("vdm.forward.gamma") == "" and source("iddpm.variance") == "Improved DDPM v1 (15)"


def test_a_badge_is_not_green_for_nothing() -> None:
    assert badge(Report("x", "", {}, ()))["color"] == "lightgrey"
    assert badge(check(Process, only=["sigma"])) == {
        "schemaVersion": 1, "label": "formulas (udm)", "message": "1 of 1 right", "color": "brightgreen"
    }  # fmt: skip
    assert badge(check(Table, only=["sigma"]))["color"] == "red"
