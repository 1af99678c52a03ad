"""The tokens of one side of a formula, and where its reader is: what is next, what was taken, what is refused."""

from collections.abc import Sequence

from derivations.syntax.tokens import Token
from derivations.syntax.tree import Node, Span
from derivations.syntax.unread import Unread


class Cursor:
    """The tokens of one side of a formula, and where the reader is."""

    def __init__(self, tokens: Sequence[Token], text: str, end: int, tex: bool) -> None:
        self.tokens, self.text, self.end, self.tex = list(tokens), text, end, tex
        self.here = 0
        self.in_norm = self.in_bars = False
        self.unbracketed = False  # whether the last factor is a function of what has no brackets

    @property
    def now(self) -> Token | None:
        return self.tokens[self.here] if self.here < len(self.tokens) else None

    def is_kind(self, kind: str, text: str = "") -> bool:
        return self.now is not None and self.now.kind == kind and text in ("", self.now.text)

    def is_sign(self, signs: str) -> bool:
        return self.now is not None and self.now.kind == "sign" and self.now.text in signs

    def take(self) -> Token:
        token = self.now
        if token is None:
            raise self.unread("more")
        self.here += 1
        return token

    def since(self, start: int) -> Span:
        return Span(self.tokens[start].span.at, self.tokens[self.here - 1].span.end)

    def from_(self, node: Node) -> Span:
        return Span(node.span.at, self.tokens[self.here - 1].span.end)

    def unread(self, expected: str) -> Unread:
        """Return the refusal of what stands here."""
        at, end = self.now.span if self.now is not None else (self.end, self.end)
        return Unread(expected, self.text, at, end)

    def unread_at(self, expected: str, start: int) -> Unread:
        """Return the refusal of all tokens from `start` up to here."""
        at = self.tokens[start].span.at
        return Unread(expected, self.text, at, max(at + 1, self.tokens[max(start, self.here - 1)].span.end))

    def close(self, opened: Token) -> None:
        close = {"(": ")", "[": "]", "\\{": "\\}", "{": "}", "|": "|"}[opened.text]
        if not (self.now is not None and self.now.kind in ("close", "end", "bar") and self.now.text == close):
            raise self.unread(f"an operation, or {close} for the {opened.text} at character {opened.span.at + 1}")
        self.take()
        self.unbracketed = False

    def starts_of_arguments(self) -> tuple[int, int]:
        """Return where the two arguments of a command begin."""
        return self.here, self.after(self.here)

    def after(self, start: int) -> int:
        """Return the place after the token, or after the group in braces, that begins there."""
        end, depth = start + 1, 1
        if start < len(self.tokens) and self.tokens[start].kind == "begin":
            while depth and end < len(self.tokens):
                depth += (self.tokens[end].kind == "begin") - (self.tokens[end].kind == "end")
                end += 1
        return end

    def has_second_bar(self) -> bool:
        """Return whether another bar follows the one here inside the same brackets, so that both enclose a factor."""
        depth = 0
        for token in self.tokens[self.here + 1 :]:
            depth += (token.kind in ("open", "begin")) - (token.kind in ("close", "end"))
            if depth < 0 or token.kind == "between":
                return False
            if token.kind == "bar" and depth == 0:
                return True
        return False

    def is_bracketed_group(self) -> bool:
        """Return whether braces hold one pair of brackets, as SymPy writes the argument of a function."""
        last = self.starts_of_arguments()[1] - 1
        depth, at = 0, self.here + 1
        while at < last:
            depth += (self.tokens[at].kind == "open") - (self.tokens[at].kind == "close")
            if depth == 0:
                break
            at += 1
        return at == last - 1 and self.tokens[at].kind == "close"
