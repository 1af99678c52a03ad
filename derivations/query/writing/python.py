"""Python and SymPy syntax to a tree, by a list of what is allowed: arithmetic of names, and calls of known functions.

The text is parsed and never run. `sqrt` may have the prefix of a module, or be a method: torch.sqrt(x), x.sqrt().
A subscript, a call and an attribute of other names are a key: alphas_cumprod[t - 1], self.betas[t], gamma(t).
"""

import ast
import re
from warnings import catch_warnings, simplefilter

from derivations.query.writing.calls import CALLS, CLAMPS, EXTREMES, MODULES, OWNERS, POOLED, SHAPED, TAKEN
from derivations.syntax.keys import normal, word
from derivations.syntax.limits import bounded, bounded_text, number
from derivations.syntax.tree import (
    Beside,
    Extreme,
    Function,
    Name,
    Negative,
    Node,
    Power,
    Product,
    Quotient,
    Span,
    Sum,
    walk,
)
from derivations.syntax.unread import Unread

_ALLOWED = re.compile(r"[\x20-\x7e\t\n]*")
_LEAD = re.compile(r"\s*(?:return\b\s*)?")
_WHOLE = re.compile(r"int|long|bool|short")  # types without fractions
_RATIONALS = frozenset({"Rational", "Fraction"})
_WORKS = "+ - * / ** of names, numbers and calls of " + ", ".join(sorted(CALLS))


def parsed(text: str, within: Span | None = None) -> Node:
    """Return the tree of one expression, which may be only a part of the text.

    Raises:
        Unread: it is not Python, or more than arithmetic.
    """
    at, end = within or Span(0, len(text))
    bounded_text(text)
    if (good := _ALLOWED.match(text, at, end)) and good.end() < end:
        raise Unread("characters of ASCII", text, good.end(), good.end() + 1)
    try:
        return bounded(_Reader(text, at, end).read(), text)
    except RecursionError:
        raise Unread("operations less deep in one another", text, at, end) from None


class _Reader:
    def __init__(self, text: str, at: int, end: int) -> None:
        self.text, piece = text, text[at:end].replace("\n", " ").replace("\t", " ")
        lead = _LEAD.match(piece)
        assert lead is not None  # it may be empty
        self.body = piece[lead.end() :].rstrip()
        self.shift, self.end = at + lead.end(), end

    def read(self) -> Node:
        try:
            with catch_warnings():  # of 1if, which Python still takes
                simplefilter("error")
                tree = ast.parse(self.body, mode="eval")
            return self.node(tree.body)
        except SyntaxError as fault:
            at = min(self.shift + max(0, (fault.offset or 1) - 1), self.end)
            raise Unread("an expression in Python", self.text, at, min(at + 1, self.end)) from None
        except (ValueError, MemoryError) as fault:
            if isinstance(fault, Unread):
                raise
            raise Unread("an expression in Python", self.text, self.shift, self.end) from None

    def span(self, e: ast.expr) -> Span:
        """Return where it stands: the text is one line of ASCII, so that columns are characters."""
        return Span(self.shift + e.col_offset, self.shift + (e.end_col_offset or e.col_offset))

    def unread(self, expected: str, e: ast.expr) -> Unread:
        return Unread(expected, self.text, *self.span(e))

    def source(self, e: ast.expr) -> str:
        at, end = self.span(e)
        return self.text[at:end]

    def node(self, e: ast.expr) -> Node:
        match e:
            case ast.Constant(value=int() | float()) if not isinstance(e.value, bool):
                return number(self.source(e), self.text, self.span(e))
            case ast.Name():
                return Name(word(e.id), self.span(e))
            case ast.UnaryOp(op=ast.USub(), operand=of):
                return Negative(self.node(of), self.span(e))
            case ast.UnaryOp(op=ast.UAdd(), operand=of):
                return self.node(of)
            case ast.BinOp(op=ast.BitXor()):
                raise self.unread("** for a power (^ is 'exclusive or' in Python)", e)
            case ast.BinOp():
                return self.operation(e)
            case ast.Call():
                return self.call(e)
            case ast.IfExp():
                raise self.unread("no choice between formulas", e)
            case ast.Subscript(value=of, slice=ast.Tuple(elts=axes)) if _is_spread(axes):
                return self.node(of)
            case ast.Subscript() | ast.Attribute():
                return Name(self.key(e), self.span(e))
        raise self.unread(_WORKS, e)

    def operation(self, e: ast.BinOp) -> Node:
        """Return a sum or product flat, since a long one is deep on its left."""
        kinds = (ast.Add, ast.Sub) if isinstance(e.op, ast.Add | ast.Sub) else (ast.Mult,)
        if isinstance(e.op, ast.Div):
            return Quotient(self.node(e.left), self.node(e.right), self.span(e))
        if isinstance(e.op, ast.Pow):
            return Power(self.node(e.left), self.node(e.right), self.span(e))
        if not isinstance(e.op, kinds):
            raise self.unread(_WORKS, e)
        parts: list[Node] = []
        left: ast.expr = e
        while isinstance(left, ast.BinOp) and isinstance(left.op, kinds):
            part = self.node(left.right)
            parts.append(Negative(part, part.span) if isinstance(left.op, ast.Sub) else part)
            left = left.left
        parts.append(self.node(left))
        return (Product if kinds == (ast.Mult,) else Sum)(tuple(reversed(parts)), self.span(e))

    def call(self, e: ast.Call) -> Node:
        """Return a known function of one argument, also as a method, or a name that is applied."""
        if isinstance(e.func, ast.Attribute) and e.func.attr in SHAPED and not self.is_module(e.func.value):
            if _WHOLE.search(self.source(e)[len(self.source(e.func)) :]):
                raise self.unread("no conversion to whole numbers", e)
            return self.node(e.func.value)
        if isinstance(e.func, ast.Attribute) and e.func.attr in CLAMPS and not self.is_module(e.func.value):
            return self.clamped(e, e.func.value)
        if isinstance(e.func, ast.Attribute) and e.func.attr == "cumprod":
            return self.cumulated(e, e.func.value)
        if isinstance(e.func, ast.Attribute) and e.func.attr in POOLED:
            raise self.unread(POOLED[e.func.attr], e)
        if e.keywords or any(isinstance(a, ast.Starred) for a in e.args):
            raise self.unread("a call without keywords", e)
        match e.func:
            case ast.Attribute(value=module, attr=name) if self.is_module(module):
                return self.known(e, name, e.args)
            case ast.Attribute(value=of, attr="pow") if len(e.args) == 1:
                return self.known(e, "pow", [of, *e.args])
            case ast.Attribute(value=of, attr=name) if name in CALLS and not e.args:
                return self.known(e, name, [of])
            case ast.Name(id=name) if name in CALLS or name in ("min", "max") or name in _RATIONALS or name == "pow":
                return self.known(e, name, e.args)
            case ast.Name(id=name) if name.strip("_") in TAKEN and len(e.args) >= 2:
                return Name(f"{self.key(e.args[0])}[{normal(self.source(e.args[1]))}]", self.span(e))
        name = Name(self.key(e.func), self.span(e.func))
        return Beside(name, tuple(map(self.node, e.args)), self.span(e), called=True)

    def clamped(self, e: ast.Call, of: ast.expr) -> Node:
        """Return x.clamp(max=a), and x.clamp(min=a), as the least and the greatest of two."""
        if e.args or len(e.keywords) != 1 or e.keywords[0].arg not in ("min", "max"):
            raise self.unread("one end by its name, as in .clamp(max=5)", e)
        name = "min" if e.keywords[0].arg == "max" else "max"
        return Extreme(name, (self.node(of), self.node(e.keywords[0].value)), self.span(e))

    def cumulated(self, e: ast.Call, owner: ast.expr) -> Node:
        """Return torch.cumprod(x, dim=0), and x.cumprod(0), as the product of x over the steps up to its own."""
        one, *others = e.args if self.is_module(owner) else (owner, *e.args)
        axes = [*others, *(k.value for k in e.keywords if k.arg in ("dim", "axis"))]
        is_whole = len(axes) <= 1 and len(axes) == len(others) + len(e.keywords)
        if not is_whole or any(self.source(axis) not in ("0", "-1") for axis in axes):
            raise self.unread("cumprod along the steps, and nothing else", e)
        of = self.node(one)
        if any("[" in n.key or n.key.endswith("_{t}") for n in walk(of) if isinstance(n, Name)):
            raise self.unread("cumprod of a whole table, not of what it has at t", e)
        return Function("cumprod", of, self.span(e))

    def is_module(self, e: ast.expr) -> bool:
        """Return whether it is a module, as torch, or one in it, as jax.nn and torch.nn.functional."""
        return self.source(e).partition(".")[0] in MODULES and isinstance(e, ast.Name | ast.Attribute)

    def known(self, e: ast.Call, name: str, of: list[ast.expr]) -> Node:
        parts = [self.node(a) for a in of]
        if name in EXTREMES and len(parts) > 1:
            return Extreme(EXTREMES[name], tuple(parts), self.span(e))
        if name in _RATIONALS and len(parts) == 2:
            return Quotient(parts[0], parts[1], self.span(e))
        if name in ("pow", "power") and len(parts) == 2:
            return Power(parts[0], parts[1], self.span(e))
        if name not in CALLS or len(parts) != 1:
            raise self.unread(f"a function of one argument, one of {', '.join(sorted(CALLS))}", e)
        return Function(CALLS[name], parts[0], self.span(e))

    def key(self, e: ast.expr) -> str:
        """Return a name with attributes and subscripts as one key, `self.` left away."""
        match e:
            case ast.Name(id=name):
                return word(name)
            case ast.Attribute(value=ast.Name(id=owner), attr=name) if owner in OWNERS or (
                owner in MODULES and name == "pi"
            ):
                return word(name)
            case ast.Attribute(value=ast.Attribute(value=ast.Name(id="self"), attr=owner), attr=name) if (
                owner in OWNERS
            ):
                return word(name)
            case ast.Subscript(value=of, slice=at):
                return f"{self.key(of)}[{normal(self.source(at))}]"
            case ast.Attribute(value=of, attr=name):
                return f"{self.key(of)}.{name}"
        raise self.unread("a name", e)


def _is_spread(axes: list[ast.expr]) -> bool:
    """Return whether a subscript only adds axes: [:, None, None], or [..., None]."""
    kept = [ast.unparse(axis) for axis in axes]
    return kept[:1] in ([":"], ["..."]) and all(axis in (":", "None") for axis in kept[1:])
