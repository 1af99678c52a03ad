"""Tokens to a tree: sums, products, quotients, powers, roots and functions, with no silent choice.

What a reader could take in two ways is refused, with what to write instead: a/bc, \\log a b, \\log(a)^2, braces that
hide a sum. Names with marks, indices and brackets are read in `naming`; brackets, fractions and roots in `enclosed`.
"""

from dataclasses import replace

from derivations.syntax.limits import constant
from derivations.syntax.operators import EXTREMES, Operators
from derivations.syntax.spellings import FUNCTIONS
from derivations.syntax.tokens import Token
from derivations.syntax.tree import (
    Beside,
    Function,
    Name,
    Negative,
    Node,
    Number,
    Power,
    Product,
    Quotient,
    Sum,
)
from derivations.syntax.unread import Unread

STARTS = frozenset({"number", "letter", "name", "accent", "font", "begin", "open", "frac", "root", "function", "brace"})
TURNS = frozenset({"sin", "cos", "tan", "tanh", "sinh", "cosh", "sech"})
# \cos(x)^2 is (cos x)^2, since no one means \cos((x)^2); and so is \cos^2 x.
RAISED = TURNS | {"log"}


class Grammar(Operators):
    """A reader of one side of a formula."""

    def safely(self) -> Node:
        """Return the tree of all tokens, or refuse what is too deep to be one."""
        try:
            return self.whole()
        except RecursionError:
            raise Unread("operations less deep in one another", self.text, 0, len(self.text)) from None

    def whole(self) -> Node:
        """Return the tree of all tokens."""
        node = self.law() if self.is_law() else self.expression()
        if self.now is not None:
            raise self.unread("an operation or the end")
        return node

    def expression(self) -> Node:
        start, terms = self.here, [self.signed()]
        while self.is_sign("+-"):
            terms.append(self.signed())
        return terms[0] if len(terms) == 1 else Sum(tuple(terms), self.since(start))

    def signed(self) -> Node:
        start = self.here
        sign = self.take() if self.is_sign("+-") else None
        if self.is_sign("+-"):
            raise self.unread("a term after the sign, in brackets if it is negative")
        term = self.term()
        return Negative(term, self.since(start)) if sign is not None and sign.text == "-" else term

    def term(self) -> Node:
        """Return a product. Only one factor is below a stroke, and none may follow it without a sign."""
        start, factors, divided = self.here, [self.factor()], False
        while self.is_sign("*/") or self.begins_factor():
            if self.unbracketed:
                raise self.unread("brackets around the argument of the function before this")
            if not self.is_sign("*/"):
                if divided:
                    raise self.unread("brackets, or \\frac, that say what is below the stroke, before this")
                factors.append(self.after_factor(factors[-1]))
            elif self.take().text == "*":
                divided = False
                factors.append(self.factor())
            elif divided:
                raise self.unread_at("brackets that say what is below each stroke, before this", self.here - 1)
            else:
                divided = True
                above = self.joined(factors, start)
                factors = [Quotient(above, self.below_stroke(), self.since(start), stroke=True)]
        return self.joined(factors, start)

    def below_stroke(self) -> Node:
        """Return the factor below a stroke, which may be a function and no product: of a/b (c + d) only b is."""
        below = self.factor()
        return replace(below, lone=True) if isinstance(below, Beside) else below

    def begins_factor(self) -> bool:
        """Return whether a factor begins here; the bars of a norm begin one where they do not end one."""
        if self.now is None:
            return False
        is_norm = self.now.kind == "norm" and not self.in_norm
        is_bar = self.now.kind == "bar" and not self.in_bars and self.has_second_bar()
        return self.now.kind in STARTS or is_norm or is_bar or self.now.text in EXTREMES or self.now.text == "\\nabla"

    def after_factor(self, before: Node) -> Node:
        """Return the factor directly after another, unless it is a number: 2 3, x 2, and 2 1/2 with a fraction."""
        start, first = self.here, self.now
        factor = self.factor()
        number = factor.base if isinstance(factor, Power) else factor
        mixed = isinstance(before, Number) and isinstance(factor, Quotient) and constant(factor) is not None
        if mixed or (isinstance(number, Number) and first is not None and first.kind in ("number", "begin")):
            raise self.unread_at("an operation before the number", start)
        return factor

    def joined(self, factors: list[Node], start: int) -> Node:
        return factors[0] if len(factors) == 1 else Product(tuple(factors), self.since(start))

    def factor(self) -> Node:
        self.unbracketed = False
        token = self.now
        match token.kind if token is not None else "":
            case "number":
                return self.raised(self.number())
            case "letter" | "name" | "accent" | "font":
                return self.named()
            case "begin":
                return self.braced()
            case "open":
                return self.raised(self.bracketed())
            case "bar":
                return self.bars()
            case "brace":
                return self.annotated()
            case "norm":
                return self.norm()
            case "frac":
                return self.fraction()
            case "root":
                return self.raised(self.root())
            case "other" if token is not None and token.text == "\\prod":
                return self.running()
            case "other" if token is not None and token.text == "\\nabla":
                return self.raised(self.gradient())
            case "other" if token is not None and token.text in EXTREMES:
                return self.raised(self.extreme())
            case "function":
                return self.function()
        raise self.unread("a number, a symbol, a function or a bracket")

    def function(self) -> Node:
        """Return a function of what stands in brackets, or of the one factor that follows."""
        start, token = self.here, self.take()
        power = self.raising(token)
        called = token.font in ("call", "root")
        if self.is_kind("open"):
            of = self.bracketed()
            if not called and token.text not in TURNS and self.is_kind("sup"):
                raise self.unread("the exponent inside the brackets, or brackets around the function")
            if not called and token.text != "exp" and self.is_kind("open"):
                raise self.unread("\\cdot before a second bracket")
        elif self.is_kind("begin") and self.is_bracketed_group():
            of = self.group()
        else:
            of = self.lone_argument()
            if token.font == "root":
                self.under_sign(of)
        node = Function(FUNCTIONS[token.text], of, self.since(start))
        open_end = self.unbracketed
        node = self.raised(node) if power is None else Power(node, power, self.since(start))
        self.unbracketed = open_end
        return node

    def raising(self, token: Token) -> Node | None:
        """Return the exponent that stands before the argument of a function: \\cos^2 x."""
        if not self.is_kind("sup"):
            return None
        at = self.here
        power = self.exponent()
        number = constant(power)
        if token.text not in RAISED or number is None or number <= 0:
            raise self.unread_at("no exponent between a function and its argument", at)
        return power

    def under_sign(self, of: Node) -> None:
        """Refuse more than a symbol or number under a root sign in text, whose end a space or a product shows."""
        if not isinstance(of, Name | Number):
            raise Unread("brackets around what is under the root", self.text, *of.span)
        token = self.now
        self.unbracketed = token is not None and token.span.at == of.span.end and not self.is_sign("*")

    def lone_argument(self) -> Node:
        """Return the one factor that a function without brackets is of."""
        if self.is_kind("bar"):  # of \\log|x|
            of = self.bracketed()
            if self.is_kind("sup"):
                raise self.unread("brackets around the argument of the function, before this")
            return of
        if self.now is None or self.now.kind not in STARTS - {"open"}:
            raise self.unread("the argument of the function, in brackets if it has a sign")
        of = self.braced() if self.is_kind("begin") else self.factor()
        if isinstance(of, Product | Sum | Negative):
            raise self.unread("brackets around the argument of the function, before this")
        of = replace(of, lone=True) if isinstance(of, Beside) else of
        self.unbracketed = True
        return of
