"""Pieces of a formula side by side in a line of text: spaces, brackets of quotients, and scripts."""

import re
from typing import NamedTuple

_SHORT = re.compile(r"[A-Za-z]+|[0-9.]+|\*")  # needs no braces
_SIDE = re.compile(r"\d*[A-Za-z]*")
_PRODUCT = re.compile(r"\w\([^()]* [+-] ")  # N(N - 1), which is no function
_NORM = re.compile(r"\|\|.*?\|\|")
_TIGHT = re.compile(r" ([+\-|·=<]) |(, )")
FACTORS = frozenset(("atom", "number", "close", "quotient"))


class Piece(NamedTuple):
    """A part of a line, and how it stands beside others: "atom", "number", "quotient", "function", "open" and so on."""

    text: str
    kind: str


def script(pieces: list[Piece]) -> str:
    """What stands below or above, without spaces where it is an index; letters side by side are a word."""
    merged = list[Piece]()
    for one in pieces:
        if merged and _SIDE.fullmatch(merged[-1].text) and one.kind == "atom" and len(one.text) == 1:
            merged[-1] = Piece(merged[-1].text + one.text, "atom")
        else:
            merged.append(one)
    text = line(merged)
    if _SHORT.fullmatch(text):
        return text
    return "{" + (text if "(" in text or "~" in text else _TIGHT.sub(lambda m: m[1] or ",", text)) + "}"


def quotient(above: str, below: str) -> Piece:
    """A quotient, with brackets where a reader would need them; short ones close together."""
    above = f"({above})" if is_sum(above) or "/" in _outside(above) else above
    below = f"({below})" if set(" /") & set(_outside(below)) or _PRODUCT.search(below) else below
    tight = not any(" " in _outside(part) for part in (above, below))
    return Piece(f"{above}{'/' if tight else ' / '}{below}", "quotient")


def is_sum(text: str) -> bool:
    return any(f" {sign} " in _outside(text) for sign in "+-=")


def _outside(text: str) -> str:
    """What stands outside of all brackets."""
    depth, found = 0, ""
    for c in text:
        depth -= c in ")]}"
        found += c if depth == 0 and c not in ")]}" else ""
        depth += c in "([{"
    return _NORM.sub("", found)


def line(pieces: list[Piece]) -> str:
    """Pieces side by side."""
    text, last = "", ""
    for one in pieces:
        unary = one.kind == "operator" and one.text in "+-" and last in ("", "open", "operator", "relation", "mark",
                                                                            "function", "big")  # fmt: skip
        kind = "sign" if unary else one.kind
        argument = f"({one.text})" if last == "function" and kind == "quotient" else ""
        apart = " " if kind == "open" and last == "atom" and text.endswith(")") else _between(last, kind)
        text += argument or apart + one.text
        last = "close" if argument else kind
    return text


def _between(last: str, kind: str) -> str:
    """What stands between two kinds of pieces."""
    if not last or last in ("open", "sign", "tight") or kind in ("close", "mark", "tight"):
        return ""
    if "quotient" in (last, kind) and last in FACTORS and kind in FACTORS | {"open", "function", "big"}:
        return " · "
    if kind == "open" and last in ("atom", "function"):
        return ""
    return " "
