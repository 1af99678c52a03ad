"""Modules keep their old names for one version, with a warning."""

import ast
import sys
from importlib import import_module
from pathlib import Path

import pytest

from derivations.moving import TABLE

ROOT = Path(__file__).parents[2]
OLD = [line.split() for line in TABLE.read_text().splitlines() if line[0] != "#"]


@pytest.mark.parametrize("old, new", OLD)
def test_an_old_name_warns_and_leads_to_the_new_module(old: str, new: str) -> None:
    now = import_module(f"derivations.{new}")
    sys.modules.pop(f"derivations.{old}", None)
    with pytest.warns(DeprecationWarning, match=f"derivations.{new} now"):
        assert import_module(f"derivations.{old}") is now
    assert now.__spec__ is not None and now.__spec__.name == now.__name__ == f"derivations.{new}"


def test_a_name_that_never_was_is_not_found() -> None:
    with pytest.raises(ModuleNotFoundError, match="nobody"):
        import_module("derivations.nobody")


def outdated(source: str) -> set[str]:
    """Return the old names of modules that a source imports, also inside functions."""
    names = set[str]()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            names |= {a.name for a in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= {node.module, *(f"{node.module}.{a.name}" for a in node.names)}
    return names & {f"derivations.{old}" for old, _ in OLD}


def test_no_module_of_ours_uses_an_old_name() -> None:
    files = [
        file
        for top in ("derivations", "udm", "docs", "tests", "property_tests")
        for file in ROOT.glob(f"{top}/**/*.py")
    ]
    assert len(files) > 500
    assert {str(file): found for file in files if (found := outdated(file.read_text()))} == {}


@pytest.mark.parametrize(
    "line",
    ["import derivations.claim", "from derivations.claim import Claim", "def f():\n    from derivations import claim"],
)
def test_a_use_of_an_old_name_is_reported(line: str) -> None:
    assert outdated(line) == {"derivations.claim"} and not outdated(line.replace("claim", "claims"))
