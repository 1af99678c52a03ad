"""The README's snippets run, and the commands and numbers in it are true."""

import re
from pathlib import Path

import pytest

from derivations.catalogue import find

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "README.md").read_text()
SNIPPETS = re.findall(r"```python\n(.*?)```", TEXT, re.DOTALL)


@pytest.mark.parametrize("snippet", SNIPPETS, ids=[f"snippet {i}" for i in range(len(SNIPPETS))])
def test_a_snippet_of_the_readme_runs(snippet: str) -> None:
    assert "assert" in snippet
    exec(compile(snippet, "README.md", "exec"), {})


def test_the_claims_it_names_exist() -> None:
    named = re.findall(r"udm (?:verify|show|cite|trust) ([a-zA-Z0-9_.]+)", TEXT) + re.findall(
        r"--claim ([0-9A-Z]{4})", TEXT
    )
    assert len(named) >= 5
    for name in (n for n in named if n != "TAG" and not n.endswith(".py")):
        assert find(name)


def test_the_make_targets_it_names_exist() -> None:
    targets = set(re.findall(r"^(\w+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    assert set(re.findall(r"^make (\w+)", TEXT, re.MULTILINE)) <= targets


def test_the_changelog_names_every_claim() -> None:
    log = (ROOT / "CHANGELOG.md").read_text()
    from derivations.catalogue import claims, tags

    assert [n for n in claims() if f"{tags()[n]} {n}" not in log] == []


def test_the_readme_counts_the_claims_with_something_left_over() -> None:
    from derivations.form.known import left

    assert re.findall(r"(\d+) claims (?:are:|leave over)", TEXT) == [str(len(left()))] * 2
