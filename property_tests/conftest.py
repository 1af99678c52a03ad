"""Hypothesis profiles, and the record of measured errors that becomes each claim's evidence of `implement`."""

import os
from collections import defaultdict
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import torch
from hypothesis import settings

from derivations.catalogue import claims
from derivations.judge import store

settings.register_profile("desk", deadline=None, max_examples=6, derandomize=True, database=None)
settings.register_profile("wide", deadline=None, max_examples=400, print_blob=True)
settings.load_profile(os.environ.get("UDM_PROFILE", "desk"))

Record = Callable[..., None]


@pytest.fixture(scope="session")
def _measured() -> Iterator[dict[str, dict[str, dict[str, Any]]]]:
    """Return the largest error seen, by claim, function and dtype; the record is written when the session ends."""
    found: dict[str, dict[str, dict[str, Any]]] = defaultdict(dict)
    yield found
    for name, rows in found.items():
        store.save_implementation(claims()[name], rows, os.environ.get("PYTEST_XDIST_WORKER", "main"))


@pytest.fixture(scope="session")
def measure(_measured: dict[str, dict[str, dict[str, Any]]]) -> Record:
    """Check an error against its bound, and keep the largest one for the claim's evidence."""

    def check(names: str, function: str, dtype: torch.dtype, error: float, bound: float, points: int) -> None:
        assert error <= bound, f"{function} in {dtype}: expected at most {bound:.3g} ulp of {names}, got {error:.4g}"
        for name in names.split():
            row = _measured[name].setdefault(
                f"{function} {str(dtype)[6:]}", {"max_ulp": 0.0, "bound": bound, "points": 0}
            )
            row["max_ulp"] = max(row["max_ulp"], round(error, 3))
            row["points"] += points

    return check
