"""The macros that a LaTeX document defines for itself, and their expansion: text for text, within limits."""

import re
from collections.abc import Mapping
from itertools import islice
from typing import NamedTuple

ROUNDS, GROWTH = 12, 20_000  # how deep macros may stand in one another, and how long a formula may become
MOST = 1000  # definitions in a document
LONGEST = 4000  # characters of a macro's body, or of an argument
_DEFINED = re.compile(
    r"\\(?:new|renew|provide)command\*?\s*\{?\s*\\([A-Za-z]+)\s*\}?\s*(?:\[(\d)\])?\s*(?:\[([^][\n]{0,200})\])?\s*(?=\{)"
    r"|\\def\s*\\([A-Za-z]+)\s*((?:#\d)*)\s*(?=\{)"
)
_OPERATOR = re.compile(r"\\DeclareMathOperator\*?\s*\{?\s*\\([A-Za-z]+)\s*\}?\s*\{([A-Za-z0-9]+)\}")
_GIVEN = re.compile(r"\s*\[([^][\n]{0,200})\]")
_BRACE = re.compile(r"(?<!\\)[{}]")
_COMMAND = re.compile(r"\\([A-Za-z]+)")


class Macro(NamedTuple):
    """How many arguments a macro has, what it is put in place of, and its first argument where none is in brackets."""

    arguments: int
    body: str
    default: str | None = None


def macros(document: str) -> dict[str, Macro]:
    """Return the macros by name; the last definition of a name counts."""
    found = {m[1]: Macro(0, f"\\operatorname{{{m[2]}}}") for m in _OPERATOR.finditer(document)}
    for m in islice(_DEFINED.finditer(document), MOST):
        body, _ = argument(document, m.end())
        if body is not None:
            count = int(m[2] or 0) if m[1] else (m[5] or "").count("#")
            found[m[1] or m[4]] = Macro(count, body, m[3] if count else None)
    return found


def argument(text: str, at: int) -> tuple[str | None, int]:
    """Return what stands in the braces that begin there, or the one token, and the place after it."""
    while at < len(text) and text[at].isspace():
        at += 1
    if at >= len(text):
        return None, at
    if text[at] != "{":
        command = _COMMAND.match(text, at)
        return (command[0], command.end()) if command else (text[at], at + 1)
    depth, start = 1, at + 1
    for brace in _BRACE.finditer(text, start, start + LONGEST):
        depth += 1 if brace[0] == "{" else -1
        if depth == 0:
            return text[start : brace.start()], brace.end()
    return None, len(text)


def expanded(text: str, known: Mapping[str, Macro]) -> str:
    """Return the text with its macros expanded; one that is too deep, or lacks an argument, is left as it stands."""
    for _ in range(ROUNDS):
        changed = _once(text, known)
        if changed == text or len(changed) > GROWTH:
            break
        text = changed
    return text


def _once(text: str, known: Mapping[str, Macro]) -> str:
    out, at, length = [], 0, 0
    while found := _COMMAND.search(text, at):
        out.append(text[at : found.start()])
        put, at = _put(text, found, known)
        out.append(put)
        length += len(put)
        if length > GROWTH + len(text):
            return text
    return "".join((*out, text[at:]))


def _put(text: str, found: re.Match[str], known: Mapping[str, Macro]) -> tuple[str, int]:
    """Return what stands in place of a command, and the place after it."""
    macro, at = known.get(found[1]), found.end()
    if macro is None:
        return found[0], at
    body = macro.body
    for n in range(1, macro.arguments + 1):
        given, at = _optional(text, at, macro.default) if n == 1 and macro.default is not None else argument(text, at)
        if given is None:
            return found[0], found.end()
        body = body.replace(f"#{n}", given)
    joined = " " if text[at : at + 1].isalpha() and re.search(r"\\[A-Za-z]+$", body) else ""
    return body + joined, at


def _optional(text: str, at: int, default: str) -> tuple[str, int]:
    """Return the argument in square brackets that begins there, or the one that stands for it, and the place after."""
    given = _GIVEN.match(text, at)
    return (given[1], given.end()) if given else (default, at)
