"""LaTeX as tokens with places: what only sets a formula out is left away, and nothing else is."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from derivations.syntax.keys import GREEK
from derivations.syntax.spellings import (
    ACCENTS,
    EQUAL,
    FONTS,
    FUNCTIONS,
    PLAIN,
    RELATION_SIGNS,
    RELATIONS,
    SET_OUT,
    SIGNS,
    SPACES,
    SPELLED,
    UNICODE,
    VARIANTS,
)
from derivations.syntax.tree import Span
from derivations.syntax.unread import Unread


class Token(NamedTuple):
    """A token: its kind, its text in one spelling, where it stands, and the font of a letter.

    Kinds: number, letter (one of a name), name (a whole one, its text the key), function, accent, font, frac, root,
    sign (+ - * /), sup, sub, prime, begin and end (braces), open and close (brackets), between (, ;), relation, bar,
    line (the end of one) and other.
    """

    kind: str
    text: str
    span: Span
    font: str = ""


_ONE = re.compile(
    r"\\[a-zA-Z]+|\|\||\\\\\*?(?:\[[^\[\]]{0,9}\])?|\\.|%[^\n]*|\d+(?:\.\d+)?|\.\d+|:=|SNR|\s+|.",
    re.DOTALL,
)
_ENDING = frozenset({"number", "letter", "prime", "close", "end", "gap"})
_BEGINNING = frozenset({"number", "letter", "accent", "font", "open", "frac", "root", "function", "begin", "gap"})
_JOINING = re.compile(r"\\mathrm\{[a-z]{2,}\}")
_WORD = re.compile(r"(\\(?:text|textrm|textnormal|mathrm|mathsf|mathit|operatorname))\*?\s*\{\s*([A-Za-z0-9]+)\s*\}")
_FULL_STOP = re.compile(r"\\text\s*\{\s*([.,;])\s*\}")
_DROPPED = re.compile(r"\\(?:tag\*?|label|hspace|vspace|color|textcolor)\s*\{[^{}]*\}")
_DEFINING = r"(?:\\(?:text|textrm|mathrm|rm|operatorname)\s*\{?\s*def\.?\s*\}?|def\.?|\\triangle|\\Delta)?"
_LABEL = r"\([a-z]{1,3}\)"  # of a remark below
_OVER_RELATION = re.compile(  # that it defines, or why it holds: all else makes another relation
    rf"\\(?:stackrel|overset)\s*\{{\s*(?:{_DEFINING}|{_LABEL})\s*\}}\s*\{{\s*(?:=|:=|\\equiv)\s*\}}"
)
_MACRO = re.compile(r"\\(v|rv|b)([a-zA-Z]|eps|epsilon|mu|alpha|beta|sigma|theta|phi)$")


def tokens(text: str) -> list[Token]:
    """Return the tokens of a formula in LaTeX.

    Raises:
        Unread: a character that has no meaning in a formula.
    """
    found = list(_scan(text))
    _paired(text, found)
    _together(text, found)
    return list(_without_empty([t for t in found if t.kind not in ("size", "gap")]))


def _together(text: str, found: list[Token]) -> None:
    """Refuse a wide space between two factors, which sets two formulas apart."""
    seen = [t for t in found if t.kind != "size"]
    for before, gap, after in zip(seen, seen[1:], seen[2:], strict=False):
        is_word = _JOINING.fullmatch(before.text) is not None  # \text{and}\quad x = ...
        if gap.kind == "gap" and before.kind in _ENDING and after.kind in _BEGINNING and not is_word:
            raise Unread(f"a sign or a relation beside {gap.text}, or a formula of its own", text, *gap.span)


def _without_empty(found: list[Token]) -> Iterator[Token]:
    """Yield the tokens without {} after a sign, relation or bracket, where it is no argument and only spaces."""
    before, at = "", 0
    while at < len(found):
        pair = [t.kind for t in found[at : at + 2]]
        if pair == ["begin", "end"] and before in ("", "relation", "sign", "line", "open"):
            at += 2
            continue
        before = found[at].kind
        yield found[at]
        at += 1


def _paired(text: str, found: list[Token]) -> None:
    """Refuse \\left and \\right that are no pair, or stand before no bracket."""
    opened: list[Token] = []
    for token, following in zip(found, [*found, None][1:], strict=True):
        if token.kind != "size":
            continue
        if following is None or following.kind not in ("open", "close", "bar", "norm"):
            raise Unread(f"a bracket after {token.text}", text, *token.span)
        if token.text == "\\left":
            opened.append(token)
        elif not opened:
            raise Unread("a \\left before \\right", text, *token.span)
        else:
            opened.pop()
    if opened:
        raise Unread("a \\right for the \\left", text, *opened[-1].span)


def _scan(text: str) -> Iterator[Token]:
    at = 0
    while at < len(text):
        if dropped := _DROPPED.match(text, at):
            at = dropped.end()
            continue
        if stop := _FULL_STOP.match(text, at):
            yield _token(stop[1], Span(at, stop.end()), text)
            at = stop.end()
            continue
        if word := _WORD.match(text, at):
            yield _worded(word[1], word[2], Span(at, word.end()))
            at = word.end()
            continue
        if over := _OVER_RELATION.match(text, at):
            yield Token("relation", "=", Span(at, over.end()))
            at = over.end()
            continue
        found = _ONE.match(text, at)
        assert found is not None  # the last choice is any character
        piece, span = found[0], Span(at, found.end())
        at = found.end()
        if piece[0] == "%" and at == len(text) and piece.strip("% "):
            raise Unread("no comment at the end of a formula", text, *span)
        if not _is_layout(piece):
            yield _token(piece, span, text)


def _is_layout(piece: str) -> bool:
    """Return whether it only sets the formula out."""
    return piece.isspace() or piece[0] == "%" or piece in SPACES or (piece[0] == "\\" and piece[1:] in SET_OUT)


def _worded(font: str, word: str, span: Span) -> Token:
    if word in FUNCTIONS:
        return Token("function", FUNCTIONS[word], span)
    if len(word) == 1:
        return Token("number" if word.isdigit() else "letter", word, span, font)
    return Token("letter", f"\\mathrm{{{word}}}", span)


def _token(piece: str, span: Span, text: str) -> Token:
    if piece.isascii() and (piece[0].isdecimal() or (piece[0] == "." and len(piece) > 1)):
        return Token("number", piece, span)
    if piece == "SNR":
        return Token("letter", "\\mathrm{SNR}", span)
    if piece in SIGNS:
        return Token("sign", SIGNS[piece], span)
    if (found := relation(piece)) is not None:
        return Token("relation", found, span)
    if piece.startswith("\\\\"):
        return Token("line", "\\\\", span)
    if piece in PLAIN:
        return Token(PLAIN[piece], SPELLED.get(piece, piece), span)
    if piece[0] == "\\":
        return _command(piece, span)
    if piece.isascii() and piece.isalpha():
        return Token("letter", piece, span)
    if piece in UNICODE:
        return Token("letter", UNICODE[piece], span)
    if not piece.isprintable() or piece in "#@":
        raise Unread("a formula", text, *span)
    return Token("other", piece, span)


def relation(piece: str) -> str | None:
    """Return "=" for an equality, the piece itself for another relation, and None for what is none."""
    if piece in EQUAL:
        return "="
    return piece if (piece[0] == "\\" and piece[1:] in RELATIONS) or piece in RELATION_SIGNS else None


def _command(piece: str, span: Span) -> Token:
    name = piece[1:]
    if name in ("underbrace", "overbrace"):
        return Token("brace", piece, span)
    if name in ("quad", "qquad"):
        return Token("gap", piece, span)
    if name in ("left", "right"):
        return Token("size", piece, span)
    if name in GREEK:
        return Token("letter", piece, span)
    if name in ("emptyset", "varnothing"):
        return Token("letter", "\\emptyset", span)
    if name in VARIANTS:
        return Token("letter", f"\\{VARIANTS[name]}", span, "var")
    if name in FUNCTIONS and name != "sqrt":
        return Token("function", FUNCTIONS[name], span)
    for kind, names in (("accent", ACCENTS), ("font", FONTS)):
        if name in names:
            return Token(kind, ACCENTS.get(name, piece), span)
    if name in ("frac", "dfrac", "tfrac", "cfrac"):
        return Token("frac", piece, span)
    if macro := _MACRO.match(piece):
        letter = macro[2] if len(macro[2]) == 1 else f"\\{macro[2].replace('epsilon', 'eps').replace('eps', 'epsilon')}"
        return Token("letter", letter, span, f"\\{macro[1]}")
    return Token("root", piece, span) if name == "sqrt" else Token("other", piece, span)
