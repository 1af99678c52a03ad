"""Modules of claims use only what is watched and what their digest covers."""

from collections.abc import Iterator
from importlib import import_module
from inspect import isfunction
from pathlib import Path
from pkgutil import walk_packages
from types import ModuleType

import pytest
import sympy
from sympy import Expr

import derivations.form.claim  # noqa: F401  from here on it is watched
from derivations.catalogue import file_of, modules
from derivations.own.language import ROOT, amiss, defined
from derivations.own.vocabulary import NAMES, UNWATCHED, WATCHED


@pytest.mark.parametrize("module", modules())
def test_claims_are_written_with_what_is_watched(module: str) -> None:
    assert amiss(file_of(module).read_text()) == []


@pytest.mark.parametrize("file", sorted((ROOT / "calculus").glob("*.py")), ids=lambda file: file.stem)
def test_shared_modules_are_written_with_what_is_watched(file: Path) -> None:
    assert amiss(file.read_text()) == []


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
    "an attribute by a pattern": "match by:\n    case Callable(__globals__=g):\n        z = g",
}  # fmt: skip
TAKEN = {  # imported from a module that only re-exports it, or that claims may not use
    "a file": "from derivations.form.known import Path",
    "what is left": "from derivations.form.known import LEFT",
    "the watch": "from derivations.form.claim import watching",
    "points": "from derivations.form.claim import once",
    "what is kept": "from derivations.form.known import _entries",
    "lemmas": "from derivations.form.known import register",
    "all of SymPy": "from derivations.form.definition import sympy",
    "cancel": "from derivations.form.law import cancel",
    "what is dropped": "from derivations.notation.times import plain",
    "the print": "from derivations.notation.names import GREEK",
    "another's": "from derivations.claims.decoder.cells import Phi",
    "all": "from derivations.symbols import *",
    "a module's": "from derivations.calculus import step\nz = step.sqrt(2)",
    "its own": "from derivations.calculus import step\nz = step._x",
    "a module": "from derivations.calculus import step\nz = step",
    "by another name": "from derivations.calculus import step as s\nz = [s]",
}
CHANGED = {
    "an entry": "from derivations.calculus.step import EXAMPLE\nEXAMPLE['x'] = 2",
    "all": "EXAMPLE.clear()",
    "more": "EXAMPLE |= {1: 2}",
    "one less": "del EXAMPLE['x']",
    "a list": "made.append(1)",
    "by name": "f = EXAMPLE.update",
    "a frame": "z = (x for x in ()).gi_frame.f_globals",
    "a text": "z = '{0.f_globals}'.format(x)",
    "a class": "z = A.mro()",
}


@pytest.mark.parametrize("source", [source for kind in (PAST, UNSEEN, TAKEN, CHANGED) for source in kind.values()])
def test_a_module_that_bypasses_the_watch_is_reported(source: str) -> None:
    assert amiss(source)


HARMLESS = (
    "from sympy import S, diff, sqrt\nfrom derivations.symbols import x\nz = diff(sqrt(x) + S.One, x).subs(x, 2)\n",
    "from derivations.calculus import step\nfrom typing import NamedTuple\nclass A(NamedTuple):\n    y: int\n",
    "from derivations.form.claim import Claim\nq = tuple(A(1)._replace(y=2).y for n in range(3))\n",
)


@pytest.mark.parametrize("source", HARMLESS)
def test_harmless_modules_are_accepted(source: str) -> None:
    assert amiss(source) == []


def test_a_claim_reads_no_text_as_code() -> None:
    """SymPy would run it: Tuple("...") and e.subs(x, "...") are as good as `eval`."""
    for code in (
        "sympy.S('x + 1')",
        "sympy.Symbol('x').subs('x', '2 * y')",
        "sympy.Tuple('x*2')",
    ):
        with pytest.raises(ValueError, match="expected an expression, got the text"):
            eval(code, {"__name__": "derivations.claims.forged", "sympy": sympy})
        eval(code, {"__name__": "notebook", "sympy": sympy})


PACKAGES = ("arithmetic", "engines", "form", "judge", "obligations", "own", "points", "probability")


@pytest.mark.parametrize("package", PACKAGES)
def test_the_tables_of_judges_are_immutable(package: str) -> None:
    """Code that gets hold of a table can only read it."""
    found = list(modules_of(f"derivations.{package}"))
    own = [(m.__name__, n, v) for m in found for n, v in vars(m).items() if n in defined(m.__name__)]
    assert own and [(m, n) for m, n, v in own if isinstance(v, dict | list | set)] == []


def modules_of(package: str) -> Iterator[ModuleType]:
    yield from (import_module(m.name) for m in walk_packages(import_module(package).__path__, f"{package}."))
