"""CONTRIBUTING.md is true: its files, targets and options exist, and its claim is green."""

import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from derivations.own import loaded
from udm.cli.app import app

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "CONTRIBUTING.md").read_text()
PATH = re.compile(r"[`(]((?:\.ci|derivations|docs|property_tests|tests|udm)/[\w./-]*\w)[`)]")


def lacking(text: str) -> list[str]:
    return [path for path in PATH.findall(text) if not (ROOT / path).exists()]


def test_the_files_it_names_exist() -> None:
    assert len(PATH.findall(TEXT)) > 12 and lacking(TEXT) == []
    assert lacking("`docs/how-to/nothing.md`") == ["docs/how-to/nothing.md"]


def test_the_make_targets_it_names_exist() -> None:
    targets = set(re.findall(r"^(\w+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    named = set(re.findall(r"make ([a-z]\w*)(?=`|  )", TEXT))
    assert named == {"test", "lint", "verify"} and named <= targets
    assert [line for line in (ROOT / ".ci/run").read_text().splitlines() if line.startswith("make")] == [
        "make lint", "make verify", "make test",
    ]  # fmt: skip


def test_its_claim_is_green(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("UDM_CACHE", str(tmp_path / "cache"))
    (snippet,) = re.findall(r"```python\n(.*?)```", TEXT, re.DOTALL)
    Path("my_claims.py").write_text(snippet)
    run = CliRunner().invoke(app, ["verify", "my_claims.py"])
    loaded.forget()
    assert run.exit_code == 0 and "1 of 1 claims green" in run.output
