"""What has parts of its own: brackets, braces, fractions, roots and norms, each raised if an exponent follows."""

from derivations.syntax.keys import GREEK
from derivations.syntax.naming import Names
from derivations.syntax.tokens import Token
from derivations.syntax.tree import (
    Function,
    Name,
    Negative,
    Node,
    Norm,
    Number,
    Power,
    Product,
    Quotient,
    Root,
    Sum,
    walk,
)
from derivations.syntax.unread import Unread

SLOPES = frozenset({"d", "\\partial", "\\mathrm{d}"})


class Enclosed(Names):
    """A reader of what is enclosed."""

    def raised(self, base: Node) -> Node:
        """Return the base, raised if an exponent follows."""
        if not self.is_kind("sup"):
            return base
        power = Power(base, self.exponent(of_number=isinstance(base, Number)), self.from_(base))
        if self.is_kind("sup"):
            raise self.unread("one exponent, or brackets")
        return power

    def bracketed(self) -> Node:
        """Return what stands in visible brackets."""
        opened, outer = self.take(), self.in_bars
        self.in_bars = opened.text == "|"
        start, inside = self.here - 1, self.expression()
        self.close(opened)
        self.in_bars = outer
        if opened.text == "|" and any(isinstance(n, Name) and n.key.startswith("\\Sigma") for n in walk(inside)):
            raise self.unread_at("no determinant", start)
        return Function("abs", inside, self.since(start)) if opened.text == "|" else inside

    def bars(self) -> Node:
        """Return what stands between single bars, raised if an exponent follows: its square may be that of a norm."""
        inside = self.bracketed()
        raised = self.raised(inside)
        is_square = isinstance(raised, Power) and isinstance(raised.exponent, Number) and raised.exponent.value == 2
        return Norm(inside.of, raised.span) if is_square and isinstance(inside, Function) else raised

    def norm(self) -> Node:
        """Return the square of a norm, which may be marked by a 2 below."""
        start = self.here
        self.take()
        self.in_norm = True
        inside = self.expression()
        if not self.is_kind("norm"):
            raise self.unread("an operation, or the end of the norm")
        self.take()
        self.in_norm = self.unbracketed = False
        index, power = "2", None
        while self.is_kind("sub") or (power is None and self.is_kind("sup")):
            if self.is_kind("sub"):
                index = self.index()
            else:
                power = self.exponent()
        if not (isinstance(power, Number) and power.value == 2 and index == "2"):
            raise self.unread_at("the square of a norm", start)
        return Norm(inside, self.since(start))

    def braced(self) -> Node:
        """Return what stands in braces, which TeX does not show: one factor that needs no brackets."""
        start, opened = self.here, self.take()
        signed, inside = self.is_sign("+-"), self.expression()
        group = self.over(inside)
        unbracketed = self.unbracketed
        self.close(opened)
        if group is not inside:
            return self.unraised(group)
        if isinstance(group, Name) and not signed:
            return self.named_group(group)
        stroke = isinstance(group, Quotient) and group.stroke
        joined = isinstance(group, Sum | Negative) or signed
        if (joined or stroke or unbracketed or isinstance(group, Product)) and not self.stands_alone(start, joined):
            raise self.unread_at("brackets that show, not braces", start)
        if self.is_kind("sup") and not isinstance(group, Number | Root):
            raise self.unread_at("brackets that show, around what is raised", start)
        return self.raised(group)

    def stands_alone(self, start: int, joined: bool) -> bool:
        """Return whether braces from `start` to here are a whole term; of a sum, the first one."""
        before = self.tokens[start - 1] if start else None
        first = before is None or before.kind in ("open", "begin", "between")
        term = first or (before is not None and before.kind == "sign" and before.text in "+-" and not joined)
        return term and (self.now is None or self.is_sign("+-") or self.now.kind in ("close", "end", "between"))

    def annotated(self) -> Node:
        """Return what a brace below or above is drawn at, without the words beside the brace.

        A relation, a number or a symbol there says what it is equal to, which is another equation.
        """
        if self.tokens[self.here + 1 : self.here + 2] and self.tokens[self.here + 1].kind != "begin":
            raise self.unread("braces after it")
        del self.tokens[self.here]
        at = self.after(self.here)
        if at < len(self.tokens) and self.tokens[at].kind in ("sub", "sup"):
            end = self.after(at + 1)
            if end < len(self.tokens) and self.tokens[end - 1].kind in ("other", "font"):  # \\text{its mean}
                end = self.after(end)
            self.is_label(self.tokens[at + 1 : end])
            del self.tokens[at:end]
        return self.braced()

    def is_label(self, inside: list[Token]) -> None:
        """Refuse beside a brace what says more than words and the names of losses: a relation, a number, a symbol."""
        words = [t for t in inside if t.kind not in ("begin", "end")]
        is_named = any(t.text == "L" or t.text.startswith(("\\text", "\\mathrm{")) for t in words)
        for token in words:
            is_symbol = not is_named and (token.kind in ("sub", "sup", "accent") or token.text[1:] in GREEK)
            if token.kind == "relation" or is_symbol or all(t.kind in ("number", "sign", "frac") for t in words):
                raise Unread("words beside the brace, and the equation apart", self.text, *token.span)

    def fraction(self) -> Node:
        start = self.here
        self.take()
        slopes = all(self.is_slope(n) for n in self.starts_of_arguments())
        if slopes:
            raise self.unread_at("no derivative: a symbol for it", start)
        above = self.argument()
        if self.now is None or self.now.kind in ("close", "end", "relation"):
            raise self.unread("braces, a digit or a letter: another argument of \\frac")
        return self.unraised(Quotient(above, self.argument(), self.since(start)))

    def unraised(self, fraction: Node) -> Node:
        """Return the fraction, unless an exponent follows that may be that of its numerator."""
        if self.is_kind("sup"):
            raise self.unread("brackets around the fraction that is raised, before this")
        return fraction

    def is_slope(self, at: int) -> bool:
        """Return whether a differential begins at that token: a letter d."""
        while at < len(self.tokens) and self.tokens[at].kind == "begin":
            at += 1
        return at < len(self.tokens) and self.tokens[at].text in SLOPES

    def argument(self) -> Node:
        """Return an argument of a command: what stands in braces, one digit or one letter."""
        if self.is_kind("begin"):
            return self.group()
        if self.is_kind("number"):
            return self.digit()
        if self.is_kind("letter"):
            return self.lone_letter()
        if self.is_kind("frac"):
            return self.fraction()
        raise self.unread("braces, a digit or a letter")

    def root(self) -> Node:
        start = self.here
        self.take()
        degree = self.degree() if self.is_kind("open", "[") else 2
        of = self.under_root() if self.is_kind("letter") else self.argument()
        return Root(degree, of, self.since(start))

    def degree(self) -> int:
        opened = self.take()
        number = self.number() if self.is_kind("number") else None
        if number is None or number.value.denominator != 1 or not 2 <= number.value <= 64:
            raise self.unread("a whole number as the degree of a root")
        self.close(opened)
        return number.value.numerator
