"""Modules of claims are written with what is watched, and with what their digest shows; nothing else gets in.

What a module may import, call and ask of an expression is listed here. Anything else goes past the watch of
`derivations.obligations.watch`, or reads what no digest follows: a file, the clock, the environment, a judge.
"""

import ast
import builtins
from collections.abc import Iterator
from inspect import isclass, isfunction

import pytest
import sympy
from sympy import Basic, Expr

import derivations.form.claim  # noqa: F401  from here on it is watched
from derivations.catalogue import file_of, modules

UNWATCHED = {
    "Rational",
    "Integer",
    "Symbol",
    "Dummy",
    "Tuple",
    "S",
    "pi",
    "Expr",
    "Function",
    "Matrix",
}  # which lose nothing
NAMES = UNWATCHED | {
    "Abs", "Derivative", "Integral", "Mod", "Mul", "Piecewise", "Subs", "ceiling", "cos", "cosh", "diff", "erf", "erfc",
    "exp", "factor", "log", "sin", "sinh", "sqrt", "tan", "tanh",
}  # fmt: skip
LIBRARIES = {
    "collections.abc": {"Callable", "Iterator", "Mapping", "Sequence"}, "functools": {"cache"},
    "itertools": {"product"}, "typing": {"NamedTuple"},
}  # fmt: skip
MATERIAL = ("calculus", "claims", "form", "notation", "probability", "symbols")  # what claims are made of
CALLED = {"all", "any", "dict", "enumerate", "int", "len", "map", "next", "property", "range", "sorted", "str", "sum"}
CALLED |= {"list", "tuple", "zip"}
OPERATORS = (ast.Add, ast.Sub, ast.Mult, ast.Div, ast.Pow, ast.FloorDiv, ast.Mod, ast.BitOr)
OF_MATRICES = {"T", "inv", "det", "trace", "dot"}  # whose entries owe nothing: see test_kept
WATCHED = {"subs", "xreplace", "replace", "coeff", "diff", "doit", "expand", "factor", "together", "cancel"}
ASKED = {
    "free_symbols",
    "is_positive",
    "is_Rational",
    "is_Integer",
    "atoms",
    "function",
    "expr",
}  # of an expression; parts of it, as they stand
FIELDS = {  # of answers, statements and our own objects, which have names that expressions have too
    "lhs", "rhs", "slope", "z", "x", "y", "unit", "step", "items", "left", "right", "values", "term", "integrand",
    "apart", "scale", "end", "one", "start", "open", "get",
}  # fmt: skip
KINDS = [kind for kind in vars(sympy).values() if isclass(kind) and issubclass(kind, Basic)]
OF_EXPRESSIONS = {name for kind in KINDS for name in dir(kind)}
FREE = WATCHED | ASKED | FIELDS | OF_MATRICES


def amiss(source: str) -> list[str]:
    """What a module of claims may not use, each in a phrase."""
    return [fault for node in ast.walk(ast.parse(source)) for fault in _amiss(node)]


def _amiss(node: ast.AST) -> Iterator[str]:
    match node:
        case ast.Import(names=names):
            yield from (f"import {name.name}" for name in names)
        case ast.ImportFrom(module=module, names=names, level=level):
            yield from (f"import of {n.name} from {module}" for n in names if level or not _material(module, n.name))
        case ast.Attribute(attr=name):
            if name.startswith("_") and name not in ("_replace", "_asdict", "_fields"):
                yield f".{name}"
            elif name in OF_EXPRESSIONS and name not in FREE:
                yield f".{name} of an expression"
            if isinstance(node.ctx, ast.Store | ast.Del):
                yield f"a new .{name}"
        case ast.BinOp(op=op) | ast.AugAssign(op=op):
            if not isinstance(op, OPERATORS):
                yield type(op).__name__
        case ast.Name(id=name, ctx=ast.Load()):
            if name.startswith("__") or (hasattr(builtins, name) and name not in CALLED):
                yield f"the built-in {name}"
        case ast.Global() | ast.Nonlocal() | ast.Await() | ast.Yield():
            yield type(node).__name__
        case ast.ClassDef(name=name, bases=bases, keywords=keywords):
            if [ast.unparse(base) for base in bases] != ["NamedTuple"] or keywords:
                yield f"the class {name}"


def _material(module: str | None, name: str) -> bool:
    """Whether a claim may be written with it."""
    first, *rest = (module or "").split(".")
    if first == "derivations":
        return bool({*rest[:1], name} & set(MATERIAL)) if not rest else rest[0] in MATERIAL
    return name in (NAMES if module == "sympy" else LIBRARIES.get(module or "", ()))


@pytest.mark.parametrize("module", modules())
def test_claims_are_written_with_what_is_watched(module: str) -> None:
    assert amiss(file_of(module).read_text()) == []


@pytest.mark.parametrize("name", sorted(NAMES - UNWATCHED))
def test_what_claims_are_written_with_is_watched(name: str) -> None:
    thing = getattr(sympy, name)
    assert hasattr(thing if isfunction(thing) else thing.__new__, "__wrapped__")


@pytest.mark.parametrize("name", sorted(WATCHED))
def test_the_methods_of_claims_are_watched(name: str) -> None:
    assert hasattr(getattr(Expr, name), "__wrapped__")


PAST = {  # the watch
    "a polynomial": "from sympy import Poly", "the whole": "import sympy as sp",
    "a part of it": "from sympy.polys import cancel", "its parts": "z = e.args[0]",
    "a function": "from sympy import lambdify", "a solution": "from sympy import solve",
    "a quotient": "n, d = e.as_numer_denom()", "a product of a list": "from sympy import prod",
    "a rational form": "z = e.ratsimp()", "partial fractions": "z = e.apart_()\nz = e.radsimp()",
    "an antiderivative": "z = e.integrate(x)", "a series": "z = e.series(x)", "its value": "z = e.evalf()",
    "a limit": "z = e.limit(x, 0)", "its class": "z = e.func(0)", "shifts": "z = e << 1", "a product": "z = e @ e",
    "a class of its own": "from sympy import Function\nclass tanh(Function):\n    pass", "a number": "z = float(e)",
}  # fmt: skip
UNSEEN = {  # by the digest
    "the environment": "import os\nvalue = int(os.environ.get('X', '1'))", "a file": "from pathlib import Path",
    "an open file": "value = open('number').read()", "the implementation": "from udm.schedule.edm import *",
    "random numbers": "import numpy as np", "the clock": "import time", "what is loaded": "import sys",
    "a computed name": "import builtins\nvalue = getattr(builtins, '__im' + 'port__')('derivations.claims.helped')",
    "the built-ins": "value = __builtins__['open']", "names": "value = globals()['x']", "code": "value = eval('1')",
    "relative": "from . import helped", "an engine": "import derivations.engines.enclose as E",
    "an engine's part": "from derivations.engines.prove import settle", "a judge": "from derivations import judge",
    "a change of another module": "from derivations.form import claim\nclaim.by = 1",
    "a change by name": "setattr(claim, 'by', 1)", "a change of what is held": "object.__setattr__(claim, 'proof', ())",
    "the watch": "from derivations.obligations.watch import watching", "an attribute by name": "z = getattr(e, 'args')",
    "the list of lemmas": "from derivations import catalogue", "its dictionary": "z = e.__dict__",
}  # fmt: skip


@pytest.mark.parametrize("source", [*PAST.values(), *UNSEEN.values()], ids=[*PAST, *UNSEEN])
def test_a_module_that_goes_past_it_is_seen(source: str) -> None:
    assert amiss(source)


HARMLESS = (
    "from sympy import S, diff, sqrt\nfrom derivations.symbols import x\nz = diff(sqrt(x) + S.One, x).subs(x, 2)\n",
    "from derivations.calculus import step\nfrom typing import NamedTuple\nclass A(NamedTuple):\n    y: int\n",
    "from derivations.form.claim import Claim\nq = tuple(A(1)._replace(y=2).y for n in range(3))\n",
)


@pytest.mark.parametrize("source", HARMLESS)
def test_what_is_harmless_is_not_refused(source: str) -> None:
    assert amiss(source) == []
