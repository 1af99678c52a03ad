"""The layout of the tests: shared helpers are in `tests/support` or beside the property tests, never in a test."""

import ast
from pathlib import Path

import pytest

TESTS = Path(__file__).parent
FOLDERS = (TESTS, TESTS.parent / "property_tests")


def imported(source: str) -> set[str]:
    """Return the last names of all modules that a source may import."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        if isinstance(node, ast.ImportFrom):
            names |= {node.module or ""} | {alias.name for alias in node.names}
    return {name.rpartition(".")[2] for name in names}


def borrowing(source: str) -> set[str]:
    return {name for name in imported(source) if name.startswith("test_")}


def test_no_test_imports_a_test() -> None:
    """The guards of the property tests are exempt, since they run tests on something wrong and see them fail."""
    files = [f for folder in FOLDERS for f in folder.rglob("*.py") if not f.name.endswith("guards.py")]
    assert {f.name: borrowing(f.read_text()) for f in files if borrowing(f.read_text())} == {}


BORROWED = (
    "from tests.claims.test_titles import a",
    "import tests.claims.test_titles",
    "from tests.claims import test_titles",
)


@pytest.mark.parametrize("source", BORROWED)
def test_an_imported_test_is_reported(source: str) -> None:
    assert borrowing(source) == {"test_titles"}
