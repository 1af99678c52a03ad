"""Docstrings as pages show them: the names after "Claim:" become links, and "Source:" a line of its own."""

import re
from typing import Any

from derivations.catalogue import claims

CLAIM = re.compile(r"^(\s*)Claim: (.+)$")
NO_PYTHON = re.compile(r"<(?:[^<>]|<[^<>]*>)*>")  # <factory>, <function <lambda>>
SOURCE = re.compile(r"^(\s*)Source: ")


def linked(app: Any, what: str, name: str, obj: Any, options: Any, lines: list[str]) -> None:
    """Rewrite a docstring in place, as the event autodoc-process-docstring wants it."""
    lines[:] = [line for old in lines for line in _line(old)]


def skipped(app: Any, what: str, name: str, obj: Any, skip: bool, options: Any) -> bool | None:
    """Leave out the fields of named tuples, which the docstring of the tuple describes."""
    return True if (getattr(obj, "__doc__", None) or "").startswith("Alias for field number") else None


def without_factories(
    app: Any, what: str, name: str, obj: Any, options: Any, signature: str | None, result: str | None
) -> tuple[str | None, str | None]:
    """Write "..." for a default that is made anew, or a function, whose own text is no Python."""
    return signature and NO_PYTHON.sub("...", signature), result


def _line(line: str) -> list[str]:
    if found := CLAIM.match(line):
        names = found[2].rstrip(".").split(", ")
        return [f"{found[1]}**Claim:** {', '.join(map(_role, names))}", ""]
    return [SOURCE.sub(r"\1**Source:** ", line)]


def _role(name: str) -> str:
    return f":claim:`{name}`" if name in claims() else f"``{name}``"
