"""Every block of every page runs, and prints what the page shows."""

import re
from pathlib import Path

import pytest

from tests.support.pages import DOCS, Wrong, blocks, pages, run
from tests.support.shell import ALONE, ROOT

pytestmark = pytest.mark.xdist_group("docs")  # one worker loads the claims, and keeps their evidence
PAGES = {page.relative_to(DOCS).as_posix(): page for page in pages()}


@pytest.mark.parametrize("name", PAGES)
def test_the_blocks_of_a_page_run(name: str, tmp_path: Path) -> None:
    run(PAGES[name].read_text(), name, tmp_path)


PATH = re.compile(r"`((?:derivations|docs|property_tests|tests|udm)/[\w./-]*\w)`")
WITHIN = re.compile(r"`(\w+)` (?:of|in)\s+`([\w/]+\.py)`")
NEW = {"udm/schedule/circle.py"}  # what a reader is told to write


def lacking(text: str) -> list[str]:
    """Return the paths of the repository that a page names and that are not there, and the names not in their files."""
    paths = [path for path in PATH.findall(text) if path not in NEW and not (ROOT / path).exists()]
    inside = [(name, path) for name, path in WITHIN.findall(text) if (ROOT / path).exists()]
    return paths + [f"{name} of {path}" for name, path in inside if name not in (ROOT / path).read_text()]


def test_files_and_names_in_them_that_pages_name_exist() -> None:
    texts = {name: page.read_text() for name, page in PAGES.items()}
    assert {name: lacking(text) for name, text in texts.items() if lacking(text)} == {}
    assert sum(len(PATH.findall(text)) for text in texts.values()) > 20
    assert sum(len(WITHIN.findall(text)) for text in texts.values()) > 3
    assert lacking("`udm/nothing.py`, `EDM` in `udm/schedule/edm.py`") == ["udm/nothing.py"]
    assert lacking("`NOTHING` of `udm/schedule/edm.py`") == ["NOTHING of udm/schedule/edm.py"]


def test_the_how_to_of_claims_begins_with_the_claim_of_contributing() -> None:
    (snippet,) = (block.text for block in blocks((ROOT / "CONTRIBUTING.md").read_text()) if block.language == "python")
    first = next(block for block in blocks(PAGES["how-to/claim.md"].read_text()) if block.file)
    assert (first.file, first.text.strip()) == ("my_claims.py", snippet.strip())


WRONG = {
    "a false output of Python": ("```python\nprint(1 + 1)\n```\n\n```text\n3\n```\n", "expected as shown\n3\ngot\n2"),
    "a false output of a command": ("```console\n$ echo a b\na c\n```\n", "expected as shown\na c\ngot\na b"),
    "a second command's": ("```console\n$ echo a\na\n$ echo b\nc\n```\n", "expected as shown\nc"),
    "less than is printed": ("```console\n$ printf 'a\\nb\\n'\na\n```\n", "expected as shown\na\ngot\na\nb"),
    "an ellipsis that fits nothing": ("```console\n$ echo abc\na...d\n```\n", "expected as shown"),
    "nothing but an ellipsis": ("```console\n$ echo a\n...\n```\n", "an ellipsis alone"),
    "a failing block": ("```python\nassert 1 == 2\n```\n", "AssertionError"),
    "a failing command": ("```console\n$ false\n```\n", "exit status 1"),
    "a command that udm has not": ("```console\n$ udm nothing\n```\n", "exit status 2"),
    "another exit status": (
        '```console\n$ udm nothing || echo "exit status $?"\nexit status 1\n```\n',
        "exit status 2",
    ),
    "a block of another language": ("```sh\nexit 0\n```\n", "got 'sh'"),
    "an output without a command": ("```console\na\n```\n", "expected a command"),
    "an extra that is none": ("```console\n$ pip install '.[nothing]'\n```\n", "got nothing"),
    "a target that is none": ("```console\n$ make nothing\n```\n", "make nothing"),
    "within a note": (":::{note}\n```python\nassert False\n```\n:::\n", "AssertionError"),
}


@pytest.mark.parametrize("case", WRONG)
def test_a_fault_on_a_page_is_detected(case: str, tmp_path: Path) -> None:
    text, message = WRONG[case]
    with pytest.raises(Wrong) as seen:
        run(f"# Title\n\n{text}", "page.md", tmp_path)
    assert str(seen.value).startswith("page.md, line "), seen.value
    assert message in str(seen.value)


ALONE_OR_NOT = {
    r"udm ask '\\frac{a}{b} | c' --json": True,
    'udm find "luo 84"': True,
    "udm verify 5P6N | head -1": False,
    "udm verify 5P6N; echo done": False,
    "udm verify my_claims.py > table": False,
    'udm show "$TAG"': False,
    "udmx verify": False,
}


@pytest.mark.parametrize("command", ALONE_OR_NOT)
def test_only_a_command_that_needs_no_shell_is_run_without_one(command: str) -> None:
    assert (ALONE.fullmatch(command) is not None) == ALONE_OR_NOT[command]


def test_what_a_command_writes_is_in_the_file(tmp_path: Path) -> None:
    text = (
        "```console\n$ udm show 5P6N --json > found.json\n$ head -c 1 found.json\n{\n"
        '$ udm nothing > empty.txt || echo "exit status $?"\nexit status 2\n$ cat empty.txt\n```\n'
    )
    run(text, "page.md", tmp_path)
    assert '"tag": "5P6N"' in (tmp_path / "found.json").read_text() and (tmp_path / "empty.txt").read_text() == ""
    with pytest.raises(Wrong, match="exit status 2"):
        run("```console\n$ udm nothing > empty.txt\n```\n", "page.md", tmp_path)


def test_an_exit_status_that_a_page_shows_is_that_of_the_command(tmp_path: Path) -> None:
    run('```console\n$ udm nothing || echo "exit status $?"\nexit status 2\n```\n', "page.md", tmp_path)


def test_a_right_page_passes(tmp_path: Path) -> None:
    text = (
        "```{code-block} python\n:caption: mine.py\n\nprint(6 * 7)\n```\n"
        "```console\n$ python mine.py\n42\n$ echo one \\\n  two\none two\n```\n"
        "```python\nimport math\nprint(math.pi)\n```\n```text\n3.14...\n```\n"
    )
    run(text, "page.md", tmp_path)
    assert [block.language for block in blocks(text)] == ["{code-block} python", "console", "python", "text"]
