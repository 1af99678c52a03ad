"""The built wheel works where only the packages that it requires are installed."""

import os
import subprocess
from collections.abc import Callable
from pathlib import Path
from zipfile import ZipFile

import pytest

from tests.support.own import GREEN
from tests.support.wheel import PACKAGES, built, copied, environment

pytestmark = pytest.mark.xdist_group("wheel")  # one worker builds it, once

FORMULA = """
import torch, udm
from udm.schedule import Cosine
x, t = torch.ones(1, 3), torch.tensor([0.5])
z = udm.diffuse(x, 0 * x, Cosine().at(t))
assert abs(float(z[0, 0]) - 0.5 ** 0.5) < 1e-6
print(udm.__file__, udm.__version__)
"""


def run(*command: str | Path, cwd: Path) -> subprocess.CompletedProcess[str]:
    clean = {k: v for k, v in os.environ.items() if not k.startswith("PYTHON")} | {"UDM_CACHE": str(cwd / "cache")}
    return subprocess.run([str(c) for c in command], capture_output=True, text=True, cwd=cwd, env=clean)


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return built(copied(tmp_path_factory.mktemp("tree")), tmp_path_factory.mktemp("wheel"))


@pytest.fixture(scope="module")
def bare(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return environment(tmp_path_factory.mktemp("bare"), wheel)


@pytest.fixture(scope="module")
def verifying(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return environment(tmp_path_factory.mktemp("verifying"), wheel, "verify")


def lacking(tree: Path, wheel: Path) -> set[str]:
    """Return the source files that a wheel leaves out."""
    files = (p.relative_to(tree).as_posix() for name in PACKAGES for p in (tree / name).rglob("*") if p.is_file())
    return {name for name in files if "__pycache__" not in name} - set(ZipFile(wheel).namelist())


def test_claims_are_found_without_extras(bare: Path, tmp_path: Path) -> None:
    """They are found by words and by symbol, from the index in the wheel, without SymPy."""
    for words in (["posterior", "variance"], ["--symbol", "beta_tilde"], ["vdm13"]):
        done = run(bare / "udm", "find", *words, cwd=tmp_path)
        assert done.returncode == 0 and not done.stderr and "vdm." in done.stdout, done.stderr


def test_every_file_is_in_the_wheel(wheel: Path, tmp_path: Path) -> None:
    assert lacking(copied(tmp_path), wheel) == set()


def test_formulas_work_without_extras(bare: Path, tmp_path: Path) -> None:
    done = run(bare / "python", "-c", FORMULA, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    file, version = done.stdout.split()
    assert Path(file).is_relative_to(bare.parent)
    assert run(bare / "udm", "--version", cwd=tmp_path).stdout.split() == ["udm", version]
    everything = run(bare / "python", "-c", "from udm import *; evaluate", cwd=tmp_path)
    assert everything.returncode == 0, everything.stderr


@pytest.mark.parametrize(
    ("command", "extra"),
    [
        (lambda bin: (bin / "udm", "show", "999C"), ".[verify]"),
        (lambda bin: (bin / "udm", "train"), ".[train]"),
        (lambda bin: (bin / "python", "-c", "import udm; udm.fit"), "udm.fit: expected the module .*.[train]"),
        (lambda bin: (bin / "python", "-c", "import udm; udm.train"), "udm.train: expected the module .*.[train]"),
    ],
)
def test_a_missing_extra_is_named(
    command: Callable[[Path], tuple[Path | str, ...]], extra: str, bare: Path, tmp_path: Path
) -> None:
    done = run(*command(bare), cwd=tmp_path)
    assert done.returncode != 0
    assert all(part in done.stderr for part in extra.split(".*")), done.stderr
    assert "pip install '.[" in done.stderr and "udm[" not in done.stderr, "PyPI has another project under that name"


def test_a_claim_is_shown_with_the_extra(verifying: Path, tmp_path: Path) -> None:
    done = run(verifying / "udm", "show", "999C", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "999C" in done.stdout and "vdm.posterior.mean" in done.stdout


@pytest.fixture(scope="module")
def testing(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return environment(tmp_path_factory.mktemp("testing"), wheel, "verify", "test")


def test_own_claims_are_judged_and_tested_where_udm_is_installed(testing: Path, tmp_path: Path) -> None:
    """pytest finds the plugin by itself, and collects the claims asked for."""
    (tmp_path / "my_claims.py").write_text(GREEN)
    (tmp_path / "test_of_the_user.py").write_text("def test_of_theirs():\n    pass\n")
    done = run(testing / "udm", "verify", "my_claims.py", cwd=tmp_path)
    assert done.returncode == 0 and "1 of 1 claims green" in done.stdout, done.stdout + done.stderr
    for args, passed in (([], 1), (["--claim", "999C"], 6), (["my_claims.py"], 3)):
        done = run(testing / "python", "-m", "pytest", "-W", "error", *args, cwd=tmp_path)
        assert f" {passed} passed" in done.stdout and done.returncode == 0, done.stdout + done.stderr


def test_a_new_claim_of_the_catalogue_needs_a_clone(verifying: Path, tmp_path: Path) -> None:
    done = run(verifying / "udm", "new", "claim", "ddim.variance.limit", cwd=tmp_path)
    assert done.returncode == 2 and "expected a clone of udm" in done.stderr
    assert run(verifying / "udm", "new", "claims", "mine.py", cwd=tmp_path).returncode == 0
    assert "not filled" in run(verifying / "udm", "verify", "mine.py", cwd=tmp_path).stdout


def test_a_file_left_out_of_the_wheel_is_detected(tmp_path: Path) -> None:
    """The list of files shows it, and so does the command that needs it."""
    tree = copied(tmp_path / "tree")
    settings = (tree / "pyproject.toml").read_text()
    (tree / "pyproject.toml").write_text(settings.replace('"tags", ', ""))
    poor = built(tree, tmp_path / "wheel")
    assert lacking(tree, poor) == {"derivations/tags"}
    done = run(environment(tmp_path / "poor", poor, "verify") / "udm", "show", "999C", cwd=tmp_path)
    assert done.returncode != 0
