"""The built wheel in an environment that has only what the wheel declares.

Installing torch anew would take minutes, so the environment is empty but for the wheel, and links to those installed
distributions that the wheel's metadata requires, directly or through others, for the extras asked for. The source tree,
the other extras and the tools of the tests are not to be seen from it.
"""

import subprocess
import sys
import sysconfig
from importlib.metadata import Distribution, distribution
from pathlib import Path
from shutil import copy, copytree, ignore_patterns

from packaging.requirements import Requirement

ROOT = Path(__file__).parents[2]
PACKAGES = ("udm", "derivations")


def copied(to: Path) -> Path:
    """Copy the source tree to build in, since a build leaves files behind."""
    for package in PACKAGES:
        copytree(ROOT / package, to / package, ignore=ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        copy(ROOT / name, to / name)
    return to


def built(tree: Path, to: Path) -> Path:
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-build-isolation", "--no-deps", "--no-index"]
    subprocess.run([*command, "--wheel-dir", str(to), str(tree)], check=True, capture_output=True)
    (wheel,) = to.glob("udm-*.whl")
    return wheel


def environment(to: Path, wheel: Path, *extras: str) -> Path:
    """Return the folder of commands of a new environment with the wheel and what it declares."""
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(to)], check=True)
    own = Path(sysconfig.get_path("purelib"), "pip")  # run by the new Python at once; `--python` starts it twice
    pip = [str(to / "bin/python"), str(own), "--quiet", "install"]
    options = ("--no-deps", "--no-index", "--no-compile")  # a command imports a tenth of the files
    subprocess.run([*pip, *options, str(wheel)], check=True, capture_output=True)
    (site,) = to.glob("lib/python*/site-packages")
    (declared,) = (Distribution.at(p) for p in site.glob("udm-*.dist-info"))
    linked = to / "declared"
    linked.mkdir()
    for name in required(declared, set(extras)):
        link(distribution(name), linked)
    (site / "declared.pth").write_text(f"{linked}\n")
    return to / "bin"


def required(of: Distribution, extras: set[str]) -> set[str]:
    """Return the names of all that a distribution requires, directly or through others."""
    names: set[str] = set()
    left = [(of, extras)]
    while left:
        this, wanted = left.pop()
        for need in map(Requirement, this.requires or []):
            if need.marker and not any(need.marker.evaluate({"extra": extra}) for extra in (wanted or {""})):
                continue
            if need.name.lower() not in names:
                names.add(need.name.lower())
                left.append((distribution(need.name), set(need.extras)))
    return names


def link(what: Distribution, into: Path) -> None:
    site = Path(sysconfig.get_path("purelib"))
    for top in {file.parts[0] for file in what.files or [] if file.parts[0] not in ("..", "__pycache__")}:
        if not (into / top).exists() and (site / top).exists():
            (into / top).symlink_to(site / top)
