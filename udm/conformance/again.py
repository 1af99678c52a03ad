"""The command, or in Python the call, that runs the checks of a report again."""

import json
import shlex
from collections.abc import Mapping, Sequence
from typing import Any


def command(target: str, settings: Mapping[str, Any], *, steps: Sequence[int] = (), claim: str = "") -> str:
    """Return what runs the checks again: of an object that has no name by which it is found, the call in Python."""
    if ":" not in target and not claim:
        given = [target, *([repr(dict(settings))] if settings else []), *([f"steps={list(steps)}"] if steps else [])]
        return f"udm.conformance.check({', '.join(given)})"
    words = [target, *(f"{key}={_written(value)}" for key, value in settings.items())]
    words += ["--steps", ",".join(map(str, steps))] if steps else []
    words += ["--as", claim] if claim else []
    return shlex.join(["udm", "check", *words])


def _written(value: Any) -> str:
    """Return a setting as it is typed: text as it is, unless it would be read as something else."""
    from udm.conformance.target import parsed

    return value if isinstance(value, str) and parsed(value) == value else _json(value)


def _json(value: Any) -> str:
    try:
        return json.dumps(value)
    except TypeError:  # such as a dtype, which only a call can give
        return repr(value)
