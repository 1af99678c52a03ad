"""What the package offers by name and loads only when it is asked for: `derivations.ask`."""

from importlib import import_module
from typing import Any

OFFERED = {"ask": "derivations.query.ask"}  # by the module that has it


def attribute(name: str) -> Any:
    """Return an attribute of the package that it has not loaded."""
    if name in OFFERED:
        return getattr(import_module(OFFERED[name]), name)
    raise AttributeError(f"module {__package__!r} has no attribute {name!r}")
