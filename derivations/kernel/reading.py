"""Terms and theorems of Coq read back as expressions, so that what a file states can be compared with the claim.

This reader shares nothing with the printer but the identifiers of the symbols.
"""

import re
from collections.abc import Mapping, Sequence

from sympy import Abs, Add, Expr, Integer, Integral, Max, Min, Mul, Pow, S, Symbol, pi, sqrt

from sympy import atan, cos, cosh, erf, erfc, exp, log, sin, sinh, tan, tanh  # isort: skip

TOKEN = re.compile(r"\s*([A-Za-z][A-Za-z0-9_']*|\d+|=>|->|<=|[-+*/^()<=,:.])")
ONE = {
    "exp": exp, "ln": log, "sin": sin, "cos": cos, "tan": tan, "sinh": sinh, "cosh": cosh, "tanh": tanh, "atan": atan,
    "Rabs": Abs, "sqrt": sqrt, "erf": erf, "erfc": erfc,
}  # fmt: skip
TWO = {"Rmax": Max, "Rmin": Min, "Rpower": Pow}
Relation = tuple[Expr, str, Expr]


class Unread(ValueError):
    """The text is none that this reader knows."""


def theorem(text: str, symbols: Mapping[str, Symbol]) -> tuple[tuple[Symbol, ...], tuple[Relation, ...]]:
    """Return the variables of a theorem, and its relations, the premises and then the conclusion."""
    reader = Reader(text, symbols)
    if (kind := reader.take()) not in ("Theorem", "Lemma"):
        raise Unread(f"expected a theorem, got {kind!r}")
    reader.words(None, ":")
    variables: list[Symbol] = []
    if reader.next == "forall":
        reader.words("forall", "(")
        while reader.next != ":":
            variables.append(symbols[reader.take()])
        reader.words(":", "R", ")", ",")
    relations = [reader.relation()]
    while reader.next == "->":
        reader.words("->")
        relations.append(reader.relation())
    reader.words(".")
    if reader.next:
        raise Unread(f"expected the end of a theorem, got {reader.next!r}")
    return tuple(variables), tuple(relations)


class Reader:
    """A reader of a text, token by token."""

    def __init__(self, text: str, symbols: Mapping[str, Symbol]) -> None:
        self.tokens, self.at, self.symbols = _tokens(text), 0, dict(symbols)

    @property
    def next(self) -> str:
        return self.tokens[self.at] if self.at < len(self.tokens) else ""

    def take(self) -> str:
        self.at += 1
        return self.tokens[self.at - 1]

    def words(self, *expected: str | None) -> None:
        for word in expected:
            if (got := self.take()) != word and word is not None:
                raise Unread(f"expected {word!r}, got {got!r}")

    def relation(self) -> Relation:
        left = self.sum()
        sign = self.take()
        if sign not in ("=", "<", "<="):
            raise Unread(f"expected a relation, got {sign!r}")
        return left, sign, self.sum()

    def sum(self) -> Expr:
        terms = [Mul(*self.product())]
        while self.next in ("+", "-"):
            sign = [S.NegativeOne] if self.take() == "-" else []
            terms.append(Mul(*sign, *self.product()))
        return Add(*terms)

    def product(self) -> list[Expr]:
        """Return the factors, all at once: SymPy multiplies out a number and a sum that meet alone."""
        factors = []
        if self.next == "-":
            self.take()
            factors.append(S.NegativeOne)
        factors.append(self.power())
        while self.next in ("*", "/"):
            if self.take() == "*":
                factors.append(self.power())
            else:
                factors += [Pow(f, -1) for f in self.divisor()]
        return factors

    def divisor(self) -> list[Expr]:
        """Return the factors of what stands below: of a bracket that is a product, each."""
        start = self.at
        if self.next == "(":
            self.take()
            factors = self.product()
            if self.next == ")":
                self.take()
                if self.next != "^":
                    return factors
            self.at = start
        return [self.power()]

    def power(self) -> Expr:
        base = self.applied()
        if self.next == "^":
            self.take()
            return Pow(base, Integer(self.take()))
        return base

    def applied(self) -> Expr:
        head = self.next
        if head in self.symbols or head == "PI" or head == "(" or head.isdigit():
            return self.atom()
        self.take()
        if head in ONE:
            return ONE[head](self.atom())
        if head in TWO:
            return TWO[head](self.atom(), self.atom())
        if head == "RInt":
            return self.integral()
        raise Unread(f"expected a term, got {head!r}")

    def integral(self) -> Expr:
        self.words("(", "fun")
        var = self.symbols[self.take()]
        self.words("=>")
        body = self.sum()
        self.words(")")
        return Integral(body, (var, self.atom(), self.atom()))

    def atom(self) -> Expr:
        token = self.take()
        if token == "(":
            inside = self.sum()
            self.words(")")
            return inside
        if token.isdigit():
            return Integer(token)
        return pi if token == "PI" else self.symbols[token]


def _tokens(text: str) -> Sequence[str]:
    found, at = [], 0
    text = text.rstrip()
    while at < len(text):
        match = TOKEN.match(text, at)
        if match is None:
            raise Unread(f"expected a term, got {text[at : at + 20]!r}")
        found.append(match[1])
        at = match.end()
    return found
