"""Names in tokens: a letter with marks, fonts, primes and an index, its exponent, and brackets directly after it."""

import re

from derivations.syntax.keys import indexed, key
from derivations.syntax.scripts import INDEXED, Scripts
from derivations.syntax.tree import Beside, Function, Name, Node, Power
from derivations.syntax.unread import Unread

GUESSES = re.compile(r"(?:\\(?:hat|bar|tilde) ?)*(?:\\epsilon(?![a-z])|[xvsD]_\{\\(?:theta|phi))")


def is_guess(name: str) -> bool:
    """Return whether a name is that of a network's guess, in whose brackets a bar before a label is a comma."""
    return GUESSES.match(name) is not None


class Names(Scripts):
    """A reader of names."""

    def under_root(self) -> Name:
        """Return the letter that TeX has under a root without braces; an index after it is meant to be its own."""
        start, token = self.here, self.take()
        if not self.is_kind("sub"):
            return Name(key(token.text), token.span, token.font)
        index = self.index()
        if self.is_kind("sup"):
            raise self.unread_at("braces that say what is under the root", start)
        return Name(key(token.text, index=index), self.since(start), token.font, bare=key(token.text))

    def letter(self) -> tuple[tuple[str, ...], str, str, str]:
        """Return the marks, letter, index and font of a name without what follows it."""
        token = self.take()
        if token.text == "\\Delta" and self.is_kind("letter"):  # a step of t, which is one symbol
            return (), f"\\Delta {self.take().text}", "", token.font
        if token.kind == "letter":
            return (), token.text, "", token.font
        if token.kind == "begin":
            inside = self.letter()
            self.close(token)
            return inside
        if token.kind not in ("accent", "font"):
            raise self.unread_at("a letter", self.here - 1)
        if self.is_kind("begin"):
            opened = self.take()
            marks, letter, index, font = self.letter()
            if self.is_kind("sub") and not index:
                index = self.index()
            self.close(opened)
        else:
            marks, letter, index, font = self.letter()
        if token.kind == "accent":
            return (token.text, *marks), letter, index, font
        return marks, letter, index, token.text + font

    def named(self) -> Node:
        """Return a name with its exponent, and with the brackets directly after it."""
        start = self.here
        if self.is_kind("name"):
            return self.scripted(start, self.plain_name())
        self.is_no_word()
        marks, letter, index, font = self.letter()
        if letter == "e" and not (marks or index) and self.is_kind("sup"):
            return Function("exp", self.exponent(of_number=True), self.since(start))
        return self.scripts(start, marks, letter, index, font)

    def is_no_word(self) -> None:
        """Refuse three Latin letters without spaces, which TeX takes for a product and a person for a name."""
        letters = [t for t in self.tokens[self.here : self.here + 3] if t.kind == "letter" and len(t.text) == 1]
        if len(letters) == 3 and letters[2].span.end - letters[0].span.at == 3:
            expected = "spaces between symbols, or \\mathrm{...} around a name of several letters"
            raise Unread(expected, self.text, letters[0].span.at, letters[2].span.end)

    def named_group(self, name: Name) -> Node:
        """Return a name that stood in braces, with the index that follows them."""
        start = next(n for n, t in enumerate(self.tokens) if t.span.at == name.span.at)
        if self.is_kind("sub") and not name.key.endswith("}"):
            index = self.index()
            name = Name(f"{name.key}_{{{index}}}", self.from_(name), name.font)
        return self.scripted(start, name)

    def scripts(self, start: int, marks: tuple[str, ...], letter: str, index: str, font: str) -> Node:
        """Return the name once its primes, index and exponent are read, in any order."""
        primes, power, above, span = 0, None, "", self.since(start)
        while self.is_kind("sub") or self.is_kind("sup") or self.is_kind("prime"):
            if self.is_kind("prime") and power is None:
                self.take()
                primes += 1
            elif self.is_kind("sub") and not index:
                index = self.index()
            elif self.is_kind("sup") and (n := self.primes_above()):
                primes += n
            elif self.is_kind("sup") and not above and (above := self.index_above() or self.star_above()):
                pass
            elif self.is_kind("sup") and power is None:
                power = self.exponent()
                continue
            else:
                raise self.unread("one index and one exponent")
            span = self.since(start)
        return self.scripted(start, Name(key(letter, marks, index, primes) + above, span, font), power)

    def index_above(self) -> str:
        """Take and return an index in brackets in the place of an exponent, x^{(t)}; nothing for any other exponent."""
        end = self.after(self.here + 1)
        inside = self.tokens[self.here + 2 : end - 1]
        kinds = [t.kind for t in inside]
        alone = kinds[:1] == ["open"] and kinds[-1:] == ["close"] and kinds.count("open") == 1
        if not (alone and all(kind in INDEXED for kind in kinds)):
            return ""
        self.here = end
        return f"^{{{indexed([t.text for t in inside])}}}"

    def star_above(self) -> str:
        """Take and return an asterisk in the place of an exponent, which marks another symbol; nothing for others."""
        end = self.after(self.here + 1)
        inside = [t.text for t in self.tokens[self.here + 1 : end] if t.kind not in ("begin", "end")]
        if inside != ["*"]:
            return ""
        self.here = end
        return "^{*}"

    def primes_above(self) -> int:
        """Take ^{\\prime} or ^\\prime, and return how many primes it has; 0 for any other exponent."""
        at = self.here + 1
        braced = at < len(self.tokens) and self.tokens[at].kind == "begin"
        first = at = at + braced
        while at < len(self.tokens) and self.tokens[at].kind == "prime":
            at += 1
        if at == first or (braced and (at >= len(self.tokens) or self.tokens[at].kind != "end")):
            return 0
        self.here = at + braced
        return at - first

    def scripted(self, start: int, name: Name, power: Node | None = None) -> Node:
        """Return the name with its exponent, or with the brackets after it."""
        if power is None and self.is_kind("sup"):
            if name.key == "e":
                return Function("exp", self.exponent(of_number=True), self.since(start))
            power = self.exponent()
        if isinstance(power, Name) and len(power.key) == 1:
            raise Unread(
                "a number or brackets as the exponent of a symbol: a letter may be an index", self.text, *power.span
            )
        if self.is_kind("open") and self.now is not None and self.now.text in "([":
            return self.beside(name, power)
        return name if power is None else Power(name, power, self.since(start))

    def beside(self, name: Name, own: Node | None) -> Beside:
        opened = self.take()
        arguments = [self.expression()]
        while self.is_kind("between") or (self.is_kind("bar") and is_guess(name.key)):
            self.take()
            arguments.append(self.expression())
        self.close(opened)
        outer = self.exponent() if self.is_kind("sup") else None
        return Beside(name, tuple(arguments), self.from_(name), own, outer)
