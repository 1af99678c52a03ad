"""Modules keep their old names for one version, with a warning."""

import subprocess
import sys
from importlib import import_module

import pytest

from derivations.moving import TABLE

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


def test_no_module_of_ours_uses_an_old_name() -> None:
    """The whole catalogue imports with the warning turned into an error."""
    script = (
        "import warnings; warnings.simplefilter('error')\n"
        "from derivations.catalogue import claims\n"
        "import derivations.judge.verify, udm.cli.show\n"
        "print(len(list(claims().values())))"
    )
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert int(run.stdout) > 100
