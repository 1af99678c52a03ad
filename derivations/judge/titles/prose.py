"""The mathematics in a sentence: formulas between words, as "the variance is sigma_s^2 + Sigma, at most 1".

A name is mathematics where it is spelled as no word is (z_t, gamma', 2), or where an operation stands beside it. What
joins at least two numbers or names is a formula; a name alone names a subject. A sign of an operation or a relation
that stands in no formula that can be read is not passed over: `Formula.node` refuses it.
"""

import re
from collections.abc import Collection, Iterator, Sequence
from typing import NamedTuple
from unicodedata import category

from derivations.syntax.keys import GREEK
from derivations.syntax.spellings import FUNCTIONS

MARKS = "hat|bar|tilde"
LETTERS = "|".join(sorted((*GREEK, "eps", "lam", "[A-Za-z]"), key=len, reverse=True))
MARKED = re.compile(rf"(?<![A-Za-z0-9])({LETTERS})-({MARKS})(?![A-Za-z])")  # alpha-bar_t
OWNED = re.compile(r"(?<=[A-Za-z0-9])'s(?![A-Za-z])")  # Euler's
PIECE = re.compile(
    r"(?P<word>(?:[A-Za-z]+[0-9]*(?:-|\+\+)[A-Za-z0-9-]*[A-Za-z+][A-Za-z0-9+-]*(?:\([0-9]*M?S?\))?)"  # DPM-Solver++(2M)
    r"|[0-9]+-[A-Za-z][A-Za-z-]*|and/or|\.\.\."
    r"|(?<![\w')\]])\([0-9]+\)(?:-\([0-9]+\))?(?![\^_0-9A-Za-z(]))"  # (12), as papers number
    r"|(?P<name>[^\W\d_][A-Za-z0-9]*(?:_(?:[A-Za-z0-9]+|\{[^{}]*\}))*(?:'+(?:_[A-Za-z0-9]+)?)?)"
    r"|(?P<number>[0-9]+(?:\.[0-9]+)?)"
    r"|(?P<relation><=|>=|!=|->|[=<>≤≥≠→∝≈∼~])"
    r"|(?P<sign>\*\*|\+-|[-+*/^·√|_\\∑∫∏∂∞±])"
    r"|(?P<open>[([{])|(?P<close>[)\]}])"
    r"|(?P<stop>[,;:.!?]+)|(?P<space>\s+)|(?P<other>.)"
)
OBJECT = "OBJECT"  # with a number, a name of an object that prints with brackets or spaces
SPELLED = re.compile(r"[_0-9']|[^\x00-\x7f]")
JOINED = re.compile(rf"(?:{'|'.join(GREEK)}|eps)(?:{MARKS})")
LONE = frozenset("aAI")  # words of one letter


class Piece(NamedTuple):
    """A piece of a sentence, where it begins, and the space before it."""

    kind: str
    text: str
    at: int
    spaced: bool


class Formula(NamedTuple):
    """A formula, with the words before and after it in its clause."""

    text: str
    before: str
    after: str


def plainly(sentence: str) -> str:
    """Return the sentence with marks of letters joined to these, and without 's."""
    return OWNED.sub("", MARKED.sub(r"\1_\2", sentence))


def formulas(sentence: str, known: Collection[str]) -> Iterator[Formula]:
    """Yield the formulas of a sentence; `known` are words that may be names in one."""
    pieces = list(_pieces(plainly(sentence)))
    inside = _mathematical(pieces, known)
    n = 0
    while n < len(pieces):
        end = n + 1
        if inside[n]:
            while end < len(pieces) and inside[end]:
                end += 1
            for low, high in _balanced(pieces, n, end):
                if _joins(pieces[low:high]):
                    yield Formula(_text(pieces[low:high]), _text(pieces[:low]), _text(pieces[high:]))
        n = end


def _pieces(sentence: str) -> Iterator[Piece]:
    spaced = True
    for found in PIECE.finditer(sentence):
        kind = found.lastgroup or "other"
        if kind == "space":
            spaced = True
            continue
        yield Piece(kind, found[0], found.start(), spaced)
        spaced = False


def _mathematical(pieces: Sequence[Piece], known: Collection[str]) -> list[bool]:
    """Say of each piece whether it is mathematics: by itself, or as a word beside what is."""
    found = [_sure(p, known) or p.kind in ("open", "close") for p in pieces]
    for n in range(len(pieces) - 1):
        if pieces[n].text == "N" and pieces[n + 1].text == "(" and not pieces[n + 1].spaced:
            for m in range(n, _closing(pieces, n + 1, len(pieces)) + 1):  # a law, whatever letters it has
                found[m] = found[m] or pieces[m].kind in ("name", "stop")
    changed = True
    while changed:
        changed = False
        for n, p in enumerate(pieces):
            if not found[n] and p.kind == "name" and _beside(pieces, found, n, known):
                found[n] = changed = True
    return _without_prose(pieces, found)


def _sure(p: Piece, known: Collection[str]) -> bool:
    if p.kind == "name":
        spelled = p.text in FUNCTIONS or p.text in GREEK or SPELLED.search(p.text) or JOINED.fullmatch(p.text)
        return bool(spelled) or (len(p.text) == 1 and p.text in known and p.text not in LONE)
    return p.kind in ("number", "relation", "sign") or _foreign(p)


def _foreign(p: Piece) -> bool:
    """Whether it is a sign of mathematics that no formula here has, as of an equivalence: such a formula is refused."""
    return p.kind == "other" and category(p.text) == "Sm"


def _beside(pieces: Sequence[Piece], found: Sequence[bool], n: int, known: Collection[str]) -> bool:
    """Whether a word is a name: an operation or its bracket stands beside it; if it is known, a number or a name."""
    p, lone = pieces[n], pieces[n].text in LONE
    before = pieces[n - 1] if n and found[n - 1] else None
    after = pieces[n + 1] if n + 1 < len(pieces) and found[n + 1] else None
    if any(
        q is not None and q.kind in ("sign", "relation") for q in (before, after if _binary(pieces, n + 1) else None)
    ):
        return True
    if after is not None and after.kind == "open" and _holds(pieces, found, n + 1):
        return not after.spaced or p.text in known
    if p.text not in known and (lone or len(p.text) > 1):
        return False
    if before is not None and before.kind == "open" and after is not None and after.kind == "close":
        return n > 1 and not before.spaced and pieces[n - 2].text in FUNCTIONS  # an argument
    if lone and before is not None and before.kind == "open":
        return pieces[n + 1 : n + 2] == [] or pieces[n + 1].kind in ("stop", "close") or after is not None
    return any(q is not None and q.kind in ("name", "number") for q in (before, after)) or (
        before is not None and before.kind == "close"
    )


def _binary(pieces: Sequence[Piece], n: int) -> bool:
    """Whether an operation is of what stands before it, too: the sign of -2 is not."""
    after = pieces[n + 1 : n + 2]
    return n < len(pieces) and not (pieces[n].text == "-" and pieces[n].spaced and after and not after[0].spaced)


def _holds(pieces: Sequence[Piece], found: Sequence[bool], m: int) -> bool:
    """Whether what a bracket opens begins as mathematics."""
    return m + 1 < len(pieces) and (found[m + 1] or len(pieces[m + 1].text) == 1)


def _without_prose(pieces: Sequence[Piece], found: list[bool]) -> list[bool]:
    """Take brackets that hold words out of the mathematics; a comma inside other brackets is in it."""
    opened: list[int] = []
    for n, p in enumerate(pieces):
        if p.kind == "open":
            opened.append(n)
        elif p.kind == "close" and opened:
            start = opened.pop()
            inside = range(start + 1, n)
            whole = bool(inside) and all(found[m] or pieces[m].kind == "stop" for m in inside)
            found[start] = found[n] = whole
            for m in inside:
                found[m] = found[m] or (whole and pieces[m].text in (",", ";"))
        elif p.kind == "close":
            found[n] = False
    for n in opened:
        found[n] = False
    return found


def _balanced(pieces: Sequence[Piece], low: int, high: int) -> Iterator[tuple[int, int]]:
    """Yield the piece of a sentence as one formula, without brackets at its ends that hold all of it."""
    while high - low > 2 and pieces[low].kind == "open" and _closing(pieces, low, high) == high - 1:
        low, high = low + 1, high - 1
    yield low, high


def _closing(pieces: Sequence[Piece], low: int, high: int) -> int:
    depth = 0
    for n in range(low, high):
        depth += (pieces[n].kind == "open") - (pieces[n].kind == "close")
        if depth == 0:
            return n
    return -1


def _joins(pieces: Sequence[Piece]) -> bool:
    """Whether it is more than one number or name, or a sign that is of no formula."""
    return len(pieces) > 1 or pieces[0].kind in ("sign", "relation") or _foreign(pieces[0])


def _text(pieces: Sequence[Piece]) -> str:
    return "".join((" " if p.spaced and n else "") + p.text for n, p in enumerate(pieces))
