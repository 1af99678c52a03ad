"""The words of claims in one import: all that `derivations.authoring` names is there, and may be used."""

from derivations import authoring
from derivations.own.language import amiss


def test_every_name_is_there_and_allowed() -> None:
    names = authoring.__all__
    assert names == ["TO_FILL", *sorted(set(names) - {"TO_FILL"})] and all(hasattr(authoring, name) for name in names)
    assert amiss(f"from derivations.authoring import {', '.join(names)}") == []


def test_what_it_imports_besides_is_no_part_of_it() -> None:
    assert amiss("from derivations.authoring import annotations") != []
    assert amiss("from derivations import authoring\nz = authoring.Claim") != []


def test_lines_of_what_is_amiss() -> None:
    assert [(one.line, one.what) for one in amiss("z = 1\nimport os\n\nprint(z)")] == [
        (2, "import os"),
        (4, "the built-in print"),
    ]
