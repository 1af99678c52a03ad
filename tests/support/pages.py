"""Running the pages of the documentation: every fenced block of a page, in order, in a folder of the page's own.

A `python` block is executed, all blocks of a page in one namespace; a `text` block below it is what it prints. A
`console` block has commands after "$ " and, below each, what it prints on standard output. A `code-block` with a
caption is written to the file of that name, for the commands below it. In what is shown, "..." stands for any text.
"""

import contextlib
import io
import re
import sys
from collections.abc import Iterator
from doctest import ELLIPSIS, OutputChecker
from itertools import zip_longest
from pathlib import Path
from typing import Any, NamedTuple

from markdown_it import MarkdownIt

from tests.support.shell import ROOT, Failed, output

DOCS = ROOT / "docs"
CAPTION = re.compile(r":caption: (\S+)\n+")


class Block(NamedTuple):
    """A fenced block: its language or directive, its text, the line it begins at, and the file it is written to."""

    language: str
    text: str
    line: int
    file: str


class Wrong(Failed):
    """A block fails, prints something else than the page shows, or is of a kind that no test runs."""


def pages() -> list[Path]:
    """Return all pages, the start page first."""
    found = sorted(DOCS.rglob("*.md"), key=lambda p: (p.parent != DOCS, p))
    return [p for p in found if not {"_build", "site"} & set(p.relative_to(DOCS).parts)]


def blocks(text: str) -> list[Block]:
    """Return the fenced blocks of a page."""
    return [
        _block(token.info.strip(), token.content, token.map[0] + 1)
        for token in MarkdownIt().parse(text)
        if token.type == "fence" and token.map
    ]


def _block(info: str, text: str, line: int) -> Block:
    caption = CAPTION.match(text) if info.startswith("{code-block}") else None
    if caption:
        return Block(info, text[caption.end() :], line, caption[1])
    return Block(info, text, line, "")


def run(text: str, page: str, folder: Path) -> None:
    """Run the blocks of a page in a folder.

    Raises:
        Wrong: at the first block that fails; the message begins with page and line.
    """
    namespace: dict[str, Any] = {"__name__": "page"}
    found = blocks(text)
    with _importing(folder):
        for block, after in zip_longest(found, found[1:]):
            try:
                _run(block, after, namespace, folder)
            except Failed as fault:
                raise Wrong(f"{page}, line {block.line}: {fault}") from fault.__cause__


@contextlib.contextmanager
def _importing(folder: Path) -> Iterator[None]:
    """Let blocks import the files that the page writes, and forget these modules afterwards."""
    sys.path.insert(0, str(folder))
    try:
        yield
    finally:
        sys.path.remove(str(folder))
        for name in [n for n, m in sys.modules.items() if str(folder) in str(getattr(m, "__file__", ""))]:
            del sys.modules[name]


def _run(block: Block, after: Block | None, namespace: dict[str, Any], folder: Path) -> None:
    if block.file:
        (folder / block.file).write_text(block.text)
    elif block.language == "python":
        printed = _executed(block, namespace, folder)
        if after is not None and after.language == "text":
            compare(after.text, printed)
    elif block.language == "console":
        for command, shown in commands(block.text):
            compare(shown, output(command, folder))
    elif not block.language.startswith("{") and block.language != "text":
        raise Wrong(f"expected a block of python, console or text, got {block.language or 'none'!r}")


def _executed(block: Block, namespace: dict[str, Any], folder: Path) -> str:
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed), contextlib.chdir(folder):
        try:
            exec(compile(block.text, f"page, line {block.line}", "exec"), namespace)
        except Exception as fault:
            raise Wrong(f"{type(fault).__name__}: {fault}") from fault
    return printed.getvalue()


def commands(text: str) -> Iterator[tuple[str, str]]:
    """Yield each command of a console block, with the output shown below it."""
    command, shown = "", list[str]()
    for line in text.splitlines():
        if line.startswith("$ "):
            if command:
                yield command, "\n".join(shown)
            command, shown = line[2:], []
        elif command.endswith("\\") and not shown:
            command += f"\n{line}"
        elif command:
            shown.append(line)
        else:
            raise Wrong(f"expected a command after '$ ', got {line!r}")
    if not command:
        raise Wrong("expected a command after '$ ', got none")
    yield command, "\n".join(shown)


def compare(shown: str, printed: str) -> None:
    """Require what is shown, if anything, to be what was printed.

    Raises:
        Wrong: if it is not, or if it shows nothing but an ellipsis.
    """
    want, got = (_stripped(text) for text in (shown, printed))
    if not want.strip():
        return
    if not want.replace("...", "").strip():
        raise Wrong("expected some output to be shown, got an ellipsis alone")
    if not OutputChecker().check_output(want, got, ELLIPSIS):
        raise Wrong(f"expected as shown\n{want}got\n{got}")


def _stripped(text: str) -> str:
    return "".join(f"{line.rstrip()}\n" for line in text.strip("\n").splitlines())
