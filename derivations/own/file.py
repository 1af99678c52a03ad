"""A file of claims outside the catalogue as it was read, known without SymPy."""

import ast
from collections.abc import Iterator, Mapping
from hashlib import sha256
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from derivations.form.claim import Claim


DECLARING = ("real", "positive", "label", "Symbol")


class Unreadable(ValueError):
    """A file that is no file of claims; the message says where in it and why."""


class File(NamedTuple):
    """A file of claims as it was read: its place, how the user calls it, its text and its claims, built or not."""

    path: Path
    shown: str
    text: str  # a digest
    source: str
    claims: tuple["Claim", ...]
    unbuilt: Mapping[str, str]  # claims that can't be built, and why

    def where(self, name: str) -> str:
        """Return the file and line at which a claim is named."""
        return f"{self.shown}:{line_of(self.source, name)}"

    def declared(self) -> frozenset[str]:
        """Return the names of the symbols that the file declares, whatever the catalogue means by them."""
        calls = (node for node in ast.walk(ast.parse(self.source)) if isinstance(node, ast.Call))
        texts = (a for c in calls if ast.unparse(c.func) in DECLARING for a in c.args if isinstance(a, ast.Constant))
        return frozenset(name for a in texts for name in str(a.value).replace(",", " ").split())


def digest(text: bytes) -> str:
    return sha256(text).hexdigest()


def place(fault: BaseException, path: Path, shown: str) -> str:
    """Return the last line of the file that an exception passed, `my_claims.py:12`."""
    lines = lines_of(fault, path)
    return f"{shown}:{lines[-1]}" if lines else shown


def lines_of(fault: BaseException, path: Path) -> list[int]:
    """Return the lines of the file that an exception passed, the first that of the module itself."""
    return [line for file, line in _passed(fault.__traceback__) if file == str(path)]


def _passed(at: TracebackType | None) -> Iterator[tuple[str, int]]:
    while at is not None:
        yield at.tb_frame.f_code.co_filename, at.tb_lineno
        at = at.tb_next


def line_of(source: str, name: str) -> int:
    """Return the last line on which `name="..."` is written with this name; 1 if it is computed."""
    calls = (node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call))
    values = (word.value for call in calls for word in call.keywords if word.arg == "name")
    return max((v.lineno for v in values if isinstance(v, ast.Constant) and v.value == name), default=1)
