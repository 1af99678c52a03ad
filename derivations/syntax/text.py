"""A formula in a line of text as tokens: names of several letters, products by a space, ^ for powers.

This is how `udm show` prints, and how formulas are written in mails and comments: sqrt(abar_t) x_0 + ... . Characters
of the Greek alphabet, small digits (σ², x₀) and marks (ᾱ) are read as what they stand for.
"""

import re
import unicodedata
from collections.abc import Iterator
from types import MappingProxyType

from derivations.syntax.keys import word
from derivations.syntax.spellings import FUNCTIONS, SIGNS, UNICODE
from derivations.syntax.tokens import Token, relation
from derivations.syntax.tree import Span
from derivations.syntax.unread import Unread

_LETTER = "A-Za-zᾱ" + "".join(UNICODE)
_COMBINED = MappingProxyType({"\u0304": "bar", "\u0305": "bar", "\u0303": "tilde", "\u0302": "hat", "\u0307": "dot"})
_UP = MappingProxyType(dict(zip("⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻", "0123456789+-", strict=True)))
_DOWN = MappingProxyType(dict(zip("₀₁₂₃₄₅₆₇₈₉₊₋ₐₑₒₓₕₖₗₘₙₚₛₜᵢⱼ", "0123456789+-aeoxhklmnpstij", strict=True)))
_ONE = re.compile(
    rf"(?P<number>(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+(?![A-Za-z0-9_.]))?)|(?P<root>√)|(?P<up>[{''.join(_UP)}]+)"
    rf"|(?P<name>[{_LETTER}][{''.join(_COMBINED)}]*[{_LETTER}0-9_]*[{''.join(_DOWN)}]*(?:(?<=_)(?:\{{[^{{}}]*\}}|\([^()]*\)))?(?:'+(?:_\{{[^{{}}]*\}}|_[A-Za-z0-9]+)?)?)"
    r"|(?P<equal>:=|==?)|(?P<space>\s+)|(?P<other>\|\||.)",
    re.DOTALL,
)
_INDEXED_STEP = re.compile("(?:_[a-z]|.[ₜₛᵢⱼₙₖ])[-+\N{MINUS SIGN}][0-9]")  # x_t-1, where x_{t-1} may be meant
_TIMES = re.compile(r"t[xXz](_[A-Za-z0-9]+|[₀₁ₜ])")
_VULGAR = MappingProxyType({"½": "1/2", "¼": "1/4", "¾": "3/4", "⅓": "1/3", "⅔": "2/3", "⅛": "1/8"})
_BRACKETS = MappingProxyType({"(": "open", "[": "open", ")": "close", "]": "close", ",": "between", ";": "between"})


def tokens(text: str) -> list[Token]:
    """Return the tokens of a line of text.

    Raises:
        Unread: a character that has no meaning in a formula.
    """
    return list(_fractions([token for token in _scan(text) if token.kind != "space"], text))


def _fractions(found: list[Token], text: str) -> Iterator[Token]:
    """Yield the tokens, with 1/2 as one number where it is a coefficient, with a space after it alone."""
    before: Token | None = None
    at = 0
    while at < len(found):
        token, width = found[at], 3
        digits = [t.text.isdigit() for t in found[at : at + 3]]
        span = Span(token.span.at, found[min(at + 2, len(found) - 1)].span.end)
        leading = before is None or before.kind in ("open", "between", "relation") or before.text in ("+", "-")
        close = (
            span.end - span.at == sum(len(t.text) for t in found[at : at + 3]) and text[span.end : span.end + 1] == " "
        )
        if digits == [True, False, True] and found[at + 1].text == "/" and leading and close:
            token = Token("number", text[span.at : span.end], span)
        else:
            width = 1
        yield token
        before, at = token, at + width


def _scan(text: str) -> Iterator[Token]:
    at = 0
    while at < len(text):
        found = _ONE.match(text, at)
        assert found is not None and found.lastgroup is not None
        if found.lastgroup == "name" and _INDEXED_STEP.fullmatch(text[found.end() - 2 : found.end() + 2]):
            raise Unread("spaces around the sign, or braces around the index", text, at, found.end() + 2)
        yield from _tokens(found.lastgroup, found[0], Span(at, found.end()), text)
        at = found.end()


def _tokens(kind: str, piece: str, span: Span, text: str) -> Iterator[Token]:
    match kind:
        case "number" | "space":
            yield Token(kind, piece, span)
        case "equal":
            yield Token("relation", "=", span)
        case "root":
            yield Token("function", "sqrt", span, "root")
        case "up":
            yield from _raised(piece, span)
        case "name":
            yield from (_named(*part) for part in _factors(piece, span))
        case _:
            yield _other(piece, span, text)


def _raised(piece: str, span: Span) -> Iterator[Token]:
    """Yield the exponent that small digits are."""
    digits = "".join(_UP[c] for c in piece)
    yield Token("sup", "^", span)
    if digits[0] in "+-":
        yield Token("sign", digits[0], span)
    yield Token("number", digits.lstrip("+-"), span)


def _factors(piece: str, span: Span) -> list[tuple[str, Span]]:
    """Return a name, or the time and the state that stand in it without a space: tx_1 is t x_1."""
    if not _TIMES.fullmatch(piece):
        return [(piece, span)]
    return [(piece[:1], Span(span.at, span.at + 1)), (piece[1:], Span(span.at + 1, span.end))]


def _named(piece: str, span: Span) -> Token:
    if piece in ("min", "max"):
        return Token("other", f"\\{piece}", span)
    if piece in FUNCTIONS:
        return Token("function", FUNCTIONS[piece], span, "call")
    return Token("name", word(spelled(piece)), span)


def spelled(name: str) -> str:
    """Return a name in ASCII: ᾱ_t is alphabar_t, x₀ is x_0."""
    name = name.replace("\N{MINUS SIGN}", "-")
    below = "".join(_DOWN.get(c, "") for c in name)
    plain = unicodedata.normalize("NFD", "".join(c for c in name if c not in _DOWN))
    for c, letter in UNICODE.items():
        plain = plain.replace(c, letter[1:])
    for c, mark in _COMBINED.items():
        plain = plain.replace(c, mark)
    joined = f"{plain}_{{{below}}}" if below else plain
    return re.sub(r"_\{([A-Za-z0-9]+)\}", r"_\1", re.sub(r"_\((.*)\)", r"_{\1}", joined))


def _other(piece: str, span: Span, text: str) -> Token:
    if piece in SIGNS:
        return Token("sign", SIGNS[piece], span)
    if piece in _VULGAR:
        return Token("number", _VULGAR[piece], span)
    if piece == "^":
        return Token("sup", "^", span)
    if piece in ("|", "||"):
        return Token("bar" if piece == "|" else "norm", piece, span)
    if piece in _BRACKETS:
        return Token(_BRACKETS[piece], piece, span)
    if (found := relation(piece)) is not None:
        return Token("relation", found, span)
    if not piece.isprintable():
        raise Unread("a formula", text, *span)
    return Token("other", piece, span)
