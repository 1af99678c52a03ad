"""The displayed equations of a LaTeX document: each as one formula, with its line and label, its macros expanded.

A display of several lines is cut at the ends of its lines, unless a line goes on with a relation, or with a sign in a
line without a relation. What is a comment, or stands in verbatim text, is left away.
"""

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from derivations.query.writing.equation import Equation
from derivations.query.writing.macros import expanded, macros
from derivations.syntax.tokens import Token
from derivations.syntax.unread import Unread

SIZE = 4_000_000  # characters of a document
SHOWN = 60  # characters of a display that does not end
_LINES = r"equation|align|gather|multline|displaymath|eqnarray|flalign|alignat|IEEEeqnarray|dmath|dgroup"
_DISPLAY = re.compile(
    rf"\\begin\s*\{{(?P<kind>{_LINES})(?P<star>\*?)\}}(?:\{{[^{{}}\n]*\}})?"
    r"|\\\[|(?<!\\)\$\$"
)
_QUIET = re.compile(r"(?<!\\)%[^\n]*")
_VERB = re.compile(r"\\verb\*?(?P<mark>[^A-Za-z\s*])[^\n]{0,200}?(?P=mark)")
_SKIPPED = re.compile(r"\\(?:fi|else)(?![A-Za-z])")  # ends what \iffalse begins
_BROKEN = re.compile(r"\\\\\*?(?:\[[^][\n]{0,9}\])?")
_VERBATIM = re.compile(r"\\begin\s*\{(verbatim|lstlisting|minted|comment|Verbatim)\*?\}|\\iffalse(?![A-Za-z])")
_LABEL = re.compile(r"\\label\s*\{([^{}]*)\}")
_INNER = re.compile(r"\\(begin|end)\s*\{([a-zA-Z]+)\*?\}|\\\\\*?(?:\[[^][\n]{0,9}\])?|\\.|[{}]", re.DOTALL)
_LAID = frozenset({"aligned", "split", "gathered", "alignedat"})  # environments that only lay lines out
_LAID_OUT = re.compile(r"\\(?:begin|end)\s*\{(?:aligned|split|gathered|alignedat)\*?\}(?:\[[a-z]\])?")
_GAP = r"(?:[\s&~]|\\(?:qquad|quad|[,;:! ]))*"
_CONTINUED = re.compile(_GAP + r"(?:=|:=|\\equiv|\\coloneqq|\\approx|\\propto|\\leq?\b|\\geq?\b|<|>)")
_SIGNED = re.compile(_GAP + r"(?:[+-]|\\cdot\b|\\times\b)")
_RELATION = re.compile(r"=|\\(?:approx|propto|equiv|leq?|geq?|sim)\b")


_SPACE = r"\\(?:qquad|quad|hspace\b|hskip\b|text\b|mbox\b|[;: ])|~"
_BETWEEN = re.compile(
    r"\\[{}]|\\(?:begin|end)\s*\{[a-zA-Z]+\*?\}|(?P<space>[,;.]\s*(?:\\,\s*)*(?=" + _SPACE + r")|\\q?quad\b)"
    r"|(?P<word>\\(?:text|mbox|mathrm)\s*\{\s*(?:and|where|with)\s*\})"
    r"|\\[a-zA-Z]+|\\.|[][{}()]",
    re.DOTALL,
)
_WORDS = frozenset({"\\text", "\\mbox", "\\textrm", "\\quad", "\\qquad"}) | {
    f"\\mathrm{{{word}}}" for word in ("and", "or", "where", "with", "for", "if", "when", "as", "so", "then", "since")
}
_OPEN, _CLOSE = frozenset("([{"), frozenset(")]}")


class Displayed(NamedTuple):
    """A displayed formula: as it stands with macros expanded, the line where it begins, counted from 1, its label."""

    formula: str
    line: int
    label: str = ""


def displayed(document: str) -> tuple[Displayed, ...]:
    """Return the displayed formulas in order.

    Raises:
        ValueError: the document is too long.
    """
    if len(document) > SIZE:
        raise ValueError(f"expected a document of at most {SIZE} characters, got {len(document)}")
    plain = _quiet(document)
    known = macros(plain)
    return tuple(one for line, body in _displays(plain) for one in formulas(expanded(body, known), line))


def _quiet(document: str) -> str:
    """Return the document with comments and verbatim text blank, every line in its place."""
    plain = _VERB.sub("", _QUIET.sub("", document))
    out, at = [], 0
    while found := _VERBATIM.search(plain, at):
        closing = _SKIPPED if found[1] is None else re.compile(rf"\\end\{{{found[1]}")
        closed = closing.search(plain, found.end())
        end = len(plain) if closed is None else closed.start()
        out += [plain[at : found.start()], "\n" * plain.count("\n", found.start(), end)]
        at = end
    return "".join((*out, plain[at:]))


def _displays(plain: str) -> Iterator[tuple[int, str]]:
    """Yield the line and the body of each display; one that does not end, as it begins, which no one can read."""
    at, line, counted = 0, 1, 0
    while found := _DISPLAY.search(plain, at):
        opening = found[0]
        close = "\\]" if opening == "\\[" else "$$" if opening == "$$" else f"\\end{{{found['kind']}{found['star']}}}"
        end = plain.find(close, found.end())
        body = found.end() if end >= 0 else found.start()
        line, counted = line + plain.count("\n", counted, body), body
        if end < 0:
            yield line, f"\\begin {plain[found.end() : found.end() + SHOWN]}"
            return
        inside = plain[body:end]
        yield line, _BROKEN.sub(" ", inside) if found["kind"] == "multline" else inside
        at = end + len(close)


def formulas(body: str, line: int = 1) -> Iterator[Displayed]:
    """Yield the formulas of one display, a chain of relations as one for each."""
    body = _LAID_OUT.sub(lambda found: "\n" * found[0].count("\n"), body)
    for piece in (part for row in _joined(_rows(body)) for part in _apart(row)):
        label = _LABEL.search(piece)
        formula = _LABEL.sub("", piece).strip()
        begins = line + piece[: len(piece) - len(piece.lstrip())].count("\n")
        if formula.strip("& \n\t.,;\\"):
            yield from (Displayed(step, begins, label[1] if label else "") for step in steps(formula))
        line += piece.count("\n")


def steps(formula: str) -> tuple[str, ...]:
    """Return a chain of relations as a formula for each of them: a = b = c as a = b and a = c.

    With words between them they are no chain, nor where a comma ends one, as in a = f(t), f(t) = c. After a relation
    that is no equality its right side is what the next ones are about: of a < b = c, a < b and b = c.
    """
    try:
        equation = Equation(formula)
        relations = equation.relations
    except Unread:
        return (formula,)
    if len(relations) < 2 or any(token.text in _WORDS for part in equation.parts for token in part):
        return (formula,)
    if any(map(_has_comma, equation.parts[:-1])):
        return (formula,)
    about, found = 0, []
    for n, relation in enumerate(relations):
        about = n if n and relations[n - 1].text != "=" else about
        sides = equation.written(about), formula[relation.span.at : relation.span.end], equation.written(n + 1)
        step = " ".join(sides)
        found.append(f"${step}$" if equation.tex and "\\" not in step else step)
    return tuple(found)


def _has_comma(part: Iterable[Token]) -> bool:
    """Whether a side has a comma outside of all brackets."""
    depth = 0
    for token in part:
        depth += (token.kind in ("open", "begin")) - (token.kind in ("close", "end"))
        if depth == 0 and token.kind == "between":
            return True
    return False


def _rows(body: str) -> list[str]:
    """Return the lines of a display, cut where TeX ends a line outside of braces and of environments with cells."""
    rows, start, depth = [], 0, 0
    for found in _INNER.finditer(body):
        piece = found[0]
        if piece.startswith("\\\\") and depth == 0:
            rows.append(body[start : found.end()])
            start = found.end()
        inner = found[1] is not None and found[2] not in _LAID
        depth += (piece == "{" or (inner and found[1] == "begin")) - (piece == "}" or (inner and found[1] == "end"))
    return [*rows, body[start:]]


def _apart(row: str) -> list[str]:
    """Return the formulas of a line: punctuation and a space, or \\quad or "and" before another relation, part two."""
    parts, start, depth = [], 0, 0
    for found in _BETWEEN.finditer(row):
        depth += found[0] in _OPEN
        depth -= found[0] in _CLOSE
        if depth or not (found["space"] or found["word"]):
            continue
        before, after = row[start : found.start()], row[found.end() :]
        related = _RELATION.search(before) and _RELATION.search(after) and not _CONTINUED.match(after)
        if related or found[0][0] in ",;.":
            cut = found.start() if found["word"] else found.end()
            parts.append(row[start:cut])
            start = cut
    return [*parts, row[start:]]


def _joined(rows: list[str]) -> Iterator[str]:
    """Yield the rows, each with those that go on with it."""
    whole = ""
    for row in rows:
        goes_on = _CONTINUED.match(row) or (_SIGNED.match(row) and not _RELATION.search(row))
        if whole and not goes_on:
            yield whole
            whole = ""
        whole += row
    yield whole
