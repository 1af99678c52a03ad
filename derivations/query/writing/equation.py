"""An equation as it is pasted: its delimiters are left away, its syntax is found, and it is split into sides.

LaTeX has a backslash, a dollar or braces that are no index; Python has **, a subscript in square brackets or an
attribute; what has neither is a line of text, as `udm show` prints it.
"""

import re
from functools import cached_property
from typing import NamedTuple

from derivations.query.writing import python
from derivations.query.writing.norms import normed
from derivations.syntax import text, tokens
from derivations.syntax.grammar import Grammar
from derivations.syntax.limits import bounded, bounded_text
from derivations.syntax.tokens import Token
from derivations.syntax.tree import Name, Node, Span, walk
from derivations.syntax.unread import Unread

ENVIRONMENTS = "equation|align|aligned|gather|gathered|multline|split|displaymath|eqnarray|flalign|alignat"
_OPENING = re.compile(rf"\s*(?:\$\$?|\\\[|\\\(|\\begin\s*\{{(?:{ENVIRONMENTS})\*?\}}(?:\{{\d+\}})?)")
_CLOSING = re.compile(rf"(?:\$\$?|\\\]|\\\)|\\end\s*\{{(?:{ENVIRONMENTS})\*?\}})\s*$")
_BOXED = re.compile(r"\s*\\(?:boxed|fbox)\s*\{")
_PYTHON = re.compile(r"\*\*|[A-Za-z_0-9)\]]\[|[A-Za-z_)\]]\w*\.[A-Za-z_]|\bRational\(|\bpow\(")
_TEX = re.compile(r"\\|\$|(?<!_)\{")
_SIZE = re.compile(r"\\(?:left|(?:big|Big)g?l?)\s*$")
_SIDES = 20
_LEADS = frozenset({"\\therefore", "\\Rightarrow", "\\implies", "\\mathrm{and}", "\\mathrm{where}", "\\mathrm{with}"})
_OTHERWISE = frozenset({"!", "\\not", "\\neg", "\\lnot"})  # before a relation, which they make another


class Side(NamedTuple):
    """One side of an equation: its place in the text, and its tree."""

    written: str
    span: Span
    node: Node


class Equation:
    """What was pasted, split at its equality signs; each side is parsed when it is asked for.

    Raises:
        Unread: it is too long, or there is a second equation in it.
    """

    def __init__(self, formula: str) -> None:
        self.text = bounded_text(formula)
        self.tex = _TEX.search(formula) is not None
        self.python = not self.tex and _PYTHON.search(formula) is not None
        self.relations: list[Token] = []
        self.spans = _python_sides(formula) if self.python else self._spans()

    @cached_property
    def _tokens(self) -> list[Token]:
        if not self.tex:
            return text.tokens(self.text)
        at, end = _stripped(self.text)
        return [t for t in tokens.tokens(self.text[:end]) if t.span.at >= at]

    def _spans(self) -> list[Span]:
        """Return where the sides stand."""
        self.parts, self.relations = _parts(self._tokens, self.text)
        return [Span(_sized(self.text, p[0].span.at), p[-1].span.end) if p else Span(0, 0) for p in self.parts]

    def __len__(self) -> int:
        return len(self.spans)

    def written(self, n: int) -> str:
        """Return the text of a side, counted from 0."""
        at, end = self.spans[n]
        return self.text[at:end].strip()

    def about(self) -> int:
        """Return the side that equalities are about: the first, or the second after one relation that is none."""
        equal = [r.text == "=" for r in self.relations]
        return 1 if len(equal) > 1 and not equal[0] and all(equal[1:]) else 0

    def side(self, n: int) -> Side:
        """Return a side, counted from 0.

        Raises:
            Unread: it is not understood, or another relation than an equality stands before it.
        """
        span = self.spans[n]
        if n and n <= len(self.relations) and self.relations[n - 1].text != "=":
            raise Unread("an equality, as no other relation is read", self.text, *self.relations[n - 1].span)
        if self.python:
            node = python.parsed(self.text, span)
        else:
            end = span.end or len(self.text)
            node = bounded(Grammar(self.parts[n], self.text, end, self.tex).safely(), self.text)
        normed(node, self.text)
        return Side(self.written(n), span, _one_font(node, self.text))


def _stripped(formula: str) -> tuple[int, int]:
    """Return where a formula in LaTeX begins and ends within its delimiters."""
    at, end = 0, len(formula.rstrip())
    while (opening := _OPENING.match(formula, at)) and (closing := _CLOSING.search(formula[at:end])):
        at, end = opening.end(), at + closing.start()
    if (box := _BOXED.match(formula, at)) and _last_brace(formula, box.end(), end) == end - 1:
        return box.end(), end - 1
    return at, end


def _sized(text: str, at: int) -> int:
    """Return where a bracket begins with what says its size, as \\left, which is no token."""
    found = _SIZE.search(text, 0, at)
    return at if found is None else found.start()


def _last_brace(formula: str, at: int, end: int) -> int:
    """Return where the brace stands that closes the one before `at`, or -1."""
    depth = 1
    for n in range(at, end):
        depth += (formula[n] == "{") - (formula[n] == "}")
        if depth == 0:
            return n
    return -1


def _parts(found: list[Token], formula: str) -> tuple[list[list[Token]], list[Token]]:
    """Return the tokens of each side, without the punctuation at the end, and the relations between the sides."""
    while found and (found[-1].kind in ("between", "line") or found[-1].text == "."):
        found = found[:-1]
    if not found:
        raise Unread("a formula", formula, 0, len(formula))
    sides: list[list[Token]] = [[]]
    relations: list[Token] = []
    depth = 0
    for n, token in enumerate(found):
        depth += (token.kind in ("open", "begin")) - (token.kind in ("close", "end"))
        if token.kind == "line":
            _continued(found, n, formula)
        elif token.kind == "relation" and depth == 0:
            _related(token, sides, relations)
        else:
            sides[-1].append(token)
    if len(sides) > _SIDES:
        raise Unread(f"at most {_SIDES} sides", formula, 0, len(formula))
    while relations and len(sides[0]) > 1 and sides[0][0].text in _LEADS:  # "and", before an equation
        sides[0].pop(0)
    return sides, relations


def _related(token: Token, sides: list[list[Token]], relations: list[Token]) -> None:
    """Add a relation, as one with what stands close before it and makes it another: \\not=, !=, <=, +=."""
    side = sides[-1]
    while _is_of_relation(side):
        token = _merged(side.pop(), token)
    if side or not relations:
        relations.append(token)
        sides.append([])
    else:  # nothing stands between two relations; = at the end of a line and of the next beginning is one
        relations[-1] = token if relations[-1].text == token.text == "=" else _merged(relations[-1], token)


def _is_of_relation(side: list[Token]) -> bool:
    """Return whether the side ends with what belongs to the relation after it: a star in x^* does not."""
    if not side or side[-1].text in _OTHERWISE:
        return bool(side)
    scripted = len(side) > 1 and side[-2].kind in ("sup", "sub")
    return side[-1].kind == "sign" and not scripted


def _merged(one: Token, other: Token) -> Token:
    return Token("relation", one.text + other.text, Span(one.span.at, other.span.end))


def _continued(found: list[Token], n: int, formula: str) -> None:
    """Refuse the end of a line that a second formula follows."""
    near = [found[k] for k in (n - 1, n + 1) if 0 <= k < len(found)]
    if not any(t.kind in ("relation", "sign") for t in near):
        raise Unread("one equation, whose lines begin or end with a relation or a sign", formula, *found[n].span)


def _python_sides(formula: str) -> list[Span]:
    """Return where the sides of an assignment in Python stand."""
    spans, start, depth = [], 0, 0
    for at, c in enumerate(formula):
        depth += (c in "([{") - (c in ")]}")
        if c == "=" and depth == 0:
            if formula[at : at + 2] == "==" or formula[max(0, at - 1) : at] in set("=<>!+-*/"):
                raise Unread("one = between the sides", formula, at, at + 1)
            spans.append(Span(start, at))
            start = at + 1
    return [*spans, Span(start, len(formula))]


def _one_font(node: Node, formula: str) -> Node:
    """Return the tree, unless one letter stands in two fonts in it, which may be two symbols."""
    fonts: dict[str, str] = {}
    for name in (n for n in walk(node) if isinstance(n, Name)):
        if fonts.setdefault(name.key, name.font) != name.font:
            raise Unread(f"one font for {name.key}, not two", formula, *name.span)
    return node
