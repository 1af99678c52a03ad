"""`udm new`: a stub is found at once, is red for its own reason until it is filled, and never takes a used tag."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from derivations.catalogue import tags
from derivations.own import loaded
from derivations.own.language import amiss
from tests.support.own import GREEN
from tests.support.wheel import copied
from udm.cli.app import app
from udm.cli.stub import OF_CATALOGUE, kin, next_tag, stub

NAME = "ddim.variance.limit"


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    return copied(tmp_path / "clone")


def udm(*args: str, code: Path, status: int = 0) -> str:
    """Run the command of a copy of the tree, which it may write to."""
    env = os.environ | {"PYTHONPATH": str(code), "UDM_CACHE": str(code / "cache"), "COLUMNS": "120"}
    command = [sys.executable, "-m", "udm", *args]
    run = subprocess.run(command, capture_output=True, text=True, env=env, cwd=code)
    assert run.returncode == status, run.stdout + run.stderr
    return run.stdout + run.stderr


def test_a_stub_has_a_tag_and_is_red_until_it_is_filled(clone: Path) -> None:
    page = udm("new", "claim", NAME, code=clone)
    tag, name = (clone / "derivations/tags").read_text().splitlines()[-1].split()
    assert name == NAME and re.fullmatch("[0-9][0-9A-Z]{3}", tag) and tag not in tags().values()
    assert page.startswith(f"{tag}  {NAME}: a stub in derivations/claims/sampling/ddim_variance_limit.py")
    verdict = udm("verify", tag, code=clone, status=1)
    assert f"{tag} {NAME}: not filled: title, statement, answer, proof, wrong" in verdict and "0 of 1" in verdict
    file = clone / "derivations/claims/sampling/ddim_variance_limit.py"
    filled = GREEN.replace("mine.square", NAME)
    file.write_text(f"{filled}\nCLAIMS = (square,)\n")
    assert "1 of 1 claims green" in udm("verify", tag, code=clone)
    assert f"expected a new name, got {NAME}, which has the tag {tag}" in udm(
        "new", "claim", NAME, code=clone, status=2
    )


REFUSED = {
    "a claim there is": (["vdm.posterior"], "expected a new name, got vdm.posterior, which has the tag 0C7K"),
    "a withdrawn one": (["old.claim"], "expected a new name, got old.claim, whose claim was withdrawn: false"),
    "no name": (["Posterior"], "expected lower-case words joined by dots"),
    "kin of several families": (["vdm.new"], "--family"),
    "no family": (["vdm.new", "--family", "nope"], "expected a family, forward, schedules, .* got 'nope'"),
    "a file there is": (["ddim.new", "--module", "ddim"], "sampling/ddim.py, which there is"),
    "a module's old name": (["cfg.new", "--module", "guidance"], "the old name of one"),
    "no module": (["ddim.new", "--module", "a.b"], "expected a module's name"),
}


def test_a_refused_command_leaves_nothing_behind(clone: Path) -> None:
    rows = clone / "derivations/tags"
    rows.write_text(rows.read_text() + "0ZZZ old.claim withdrawn: false at s = t\n")
    moved = clone / "derivations/moved"
    moved.write_text(moved.read_text() + "claims.guidance.guidance claims.guidance.free\n")
    before = {file: file.read_bytes() for file in clone.rglob("*") if file.suffix in (".py", "") and file.is_file()}
    for args, message in REFUSED.values():
        assert re.search(message, udm("new", "claim", *args, code=clone, status=2)), args
    after = {file: file.read_bytes() for file in clone.rglob("*") if file.suffix in (".py", "") and file.is_file()}
    assert after == before


def test_an_installed_package_says_that_it_needs_a_clone(clone: Path) -> None:
    (clone / "pyproject.toml").unlink()
    message = udm("new", "claim", NAME, code=clone, status=2)
    assert "expected a clone of udm" in message and "udm new claims my_claims.py" in message


def test_a_tag_follows_from_the_name_and_is_never_used_again() -> None:
    first = next_tag(NAME, [])
    second = next_tag(NAME, [first])
    assert first == next_tag(NAME, tags().values()) and second != first
    assert all(re.fullmatch("[0-9][0-9A-HJ-NP-Z]{3}", tag) for tag in (first, second))
    assert next_tag("another.name", []) != first


def test_claims_of_similar_name_give_the_family() -> None:
    assert (kin("ddim.new"), kin("cfg.new"), kin("guidance.new")) == ("sampling", "guidance", "guidance")
    assert kin("vdm.new") is None and kin("nobody.new") is None


@pytest.mark.parametrize("name", ["a.b", "a.lambda", "a.by", "a.1st"])
def test_a_stub_is_written_as_modules_of_claims_must_be(name: str) -> None:
    assert amiss(stub(OF_CATALOGUE, name)) == []


def test_a_file_of_own_claims_is_red_until_it_is_filled(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("UDM_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("COLUMNS", "120")

    def run(*args: str, status: int) -> str:
        done = CliRunner().invoke(app, list(args))
        assert done.exit_code == status, done.output
        return done.output

    assert "my_claims.first: a stub in my_claims.py" in run("new", "claims", "my_claims.py", status=0)
    assert "own my_claims.first: not filled: title, statement" in run("verify", "my_claims.py", status=1)
    loaded.forget()
    assert "expected a new file" in run("new", "claims", "my_claims.py", status=2)
    assert "expected the name of a Python module" in run("new", "claims", "my-claims.txt", status=2)
    assert "a claim of the catalogue (tag 0C7K)" in run("new", "claims", "x.py", "--name", "vdm.posterior", status=2)
    assert "expected a folder" in run("new", "claims", "no/x.py", status=2)
