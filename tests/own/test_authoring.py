"""`derivations.authoring` gives all that claims are written with in one import, and all of it may be used."""

from derivations import authoring
from derivations.own.language import amiss


def test_every_name_is_there_and_allowed() -> None:
    names = authoring.__all__
    assert names == ["TO_FILL", *sorted(set(names) - {"TO_FILL"})] and all(hasattr(authoring, name) for name in names)
    assert amiss(f"from derivations.authoring import {', '.join(names)}") == []


def test_its_own_imports_are_not_exported() -> None:
    assert amiss("from derivations.authoring import annotations") != []
    assert amiss("from derivations import authoring\nz = authoring.Claim") != []


def test_forbidden_code_is_reported_with_its_lines() -> None:
    assert [(one.line, one.what) for one in amiss("z = 1\nimport os\n\nprint(z)")] == [
        (2, "import os"),
        (4, "the built-in print"),
    ]
