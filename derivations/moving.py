"""Modules under the names that they had before 0.2: an import by one warns, and gives the module as it is now.

To be removed in 0.3.
"""

import sys
import warnings
from collections.abc import Sequence
from importlib import import_module
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from importlib.util import spec_from_loader
from pathlib import Path
from types import ModuleType

ROOT = __package__
TABLE = Path(__file__).with_name("moved")


class Moved(MetaPathFinder, Loader):
    """Finds modules by the names in the table."""

    def __init__(self) -> None:
        rows = (line.split() for line in TABLE.read_text().splitlines() if line and line[0] != "#")
        self.now = {f"{ROOT}.{old}": f"{ROOT}.{new}" for old, new in rows}
        self.specs: dict[str, ModuleSpec | None] = {}

    def find_spec(self, name: str, path: Sequence[str] | None, target: ModuleType | None = None) -> ModuleSpec | None:
        return spec_from_loader(name, self) if name in self.now else None

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        now = self.now[spec.name]
        warnings.warn(f"{spec.name} is {now} now", DeprecationWarning, stacklevel=2)
        module = import_module(now)
        self.specs[now] = module.__spec__
        return module

    def exec_module(self, module: ModuleType) -> None:
        module.__spec__ = self.specs.pop(module.__name__)  # import has put the old name there


def install() -> None:
    """Look for modules by their old names after all others."""
    if not any(isinstance(finder, Moved) for finder in sys.meta_path):
        sys.meta_path.append(Moved())
