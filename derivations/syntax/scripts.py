"""Numbers, exponents and indices in tokens: what stands above and below a name."""

from abc import ABC, abstractmethod

from derivations.syntax.cursor import Cursor
from derivations.syntax.keys import indexed, key
from derivations.syntax.limits import number
from derivations.syntax.tokens import Token
from derivations.syntax.tree import Name, Negative, Node, Number, Quotient, Span
from derivations.syntax.unread import Unread

INDEXED = frozenset({
    "letter", "number", "sign", "bar", "between", "prime", "open", "close", "sub", "sup", "begin", "end", "font",
    "function",
})  # fmt: skip


class Scripts(Cursor, ABC):
    """A reader of numbers, exponents and indices."""

    @abstractmethod
    def expression(self) -> Node: ...

    @abstractmethod
    def fraction(self) -> Node: ...

    def number(self) -> Number:
        token = self.take()
        return number(token.text, self.text, token.span)

    def digit(self) -> Number:
        """Return the first digit of a number, as TeX takes it: \\frac12 is one half."""
        token = self.take()
        first, rest = token.text[0], token.text[1:]
        if rest:
            if not token.text.isdigit():
                raise self.unread_at("braces around the number", self.here - 1)
            at = token.span.at
            self.tokens[self.here - 1 : self.here] = [
                Token("number", first, Span(at, at + 1)),
                Token("number", rest, Span(at + 1, token.span.end)),
            ]
        return number(first, self.text, Span(token.span.at, token.span.at + 1))

    def group(self) -> Node:
        """Return the expression in braces."""
        opened = self.take()
        inside = self.over(self.expression())
        self.close(opened)
        return inside

    def over(self, above: Node) -> Node:
        """Return the fraction, where \\over follows what stands in braces."""
        if not self.is_kind("other", "\\over"):
            return above
        self.take()
        return Quotient(above, self.expression(), self.from_(above))

    def exponent(self, of_number: bool = False) -> Node:
        """Return the exponent after its sign: in TeX, what stands in braces, one digit or one letter."""
        start = self.here
        self.take()
        node = self.raised_to()
        if isinstance(node, Name) and node.key == "T" and not of_number:
            raise self.unread_at("an exponent that cannot be a transpose", start)
        return node

    def raised_to(self) -> Node:
        if self.is_kind("begin"):
            return self.group()
        if self.is_kind("number"):
            if self.tex and self.now is not None and len(self.now.text) > 1:
                raise self.unread("braces around an exponent of several digits")
            return self.number()
        if self.tex and self.is_kind("letter"):
            return self.lone_letter()
        if self.is_kind("frac"):
            return self.fraction()
        if not self.tex and self.is_kind("name"):
            return self.plain_name()
        if not self.tex and (self.is_kind("open", "(") or self.is_sign("-")):
            return self.text_exponent()
        raise self.unread("an exponent, in braces")

    def text_exponent(self) -> Node:
        """Return an exponent in a line of text: x^(1/2), x^-1."""
        opened = self.take()
        if opened.kind == "open":
            inside = self.expression()
            self.close(opened)
            return inside
        if not self.is_kind("number"):
            raise self.unread("brackets around the exponent")
        of = self.number()
        return Negative(of, Span(opened.span.at, of.span.end))

    def index(self) -> str:
        """Return what stands in an index, in one spelling."""
        self.take()
        while self.is_kind("font"):
            self.take()
        if not self.is_kind("begin"):
            token = self.take()
            if token.kind not in ("letter", "number") or (token.kind == "number" and len(token.text) > 1):
                raise self.unread_at("one letter or digit as the index, or braces", self.here - 1)
            return indexed([token.text])
        start, (_, end) = self.here, self.starts_of_arguments()
        inside = self.tokens[self.here + 1 : end - 1]
        self.here = end
        if not inside or self.tokens[end - 1].kind != "end":
            raise self.unread_at("an index in braces", start)
        for token in inside:
            if token.kind not in INDEXED and token.text not in ("\\min", "\\max"):
                raise Unread("letters, digits and signs in the index", self.text, *token.span)
        return indexed([t.text for t in inside if t.kind != "font"])

    def from_one(self) -> str:
        """Return the index of a product that runs from 1: s of _{s=1}."""
        start = self.here
        self.take()
        kinds = [t.kind for t in self.tokens[self.here : self.here + 5]]
        inside = [t.text for t in self.tokens[self.here + 1 : self.here + 4]]
        if kinds != ["begin", "letter", "relation", "number", "end"] or inside[1:] != ["=", "1"]:
            raise self.unread_at("a letter that runs from 1, as in \\prod_{s=1}", start)
        self.here += 5
        return inside[0]

    def lone_letter(self) -> Name:
        token = self.take()
        return Name(key(token.text), token.span, token.font)

    def plain_name(self) -> Name:
        token = self.take()
        return Name(token.text, token.span)
