"""What is said of the parts of SymPy that the prover enters: simplifiers are named, and what is avoided is seen."""

import subprocess
import sys

import pytest
import sympy

from derivations.catalogue import claims
from derivations.judge import trace

NAMED = {"fraction", "logcombine", "signsimp"}  # as README says


TRACED = """
from derivations.catalogue import claims
from derivations.judge import trace
modules, avoided = trace.traced(claims()["vdm.immse"])
print([m for m in modules if m.startswith("sympy.simplify")], avoided)
"""


def test_the_simplifiers_that_the_prover_enters_are_those_that_readme_names() -> None:
    """In a process of its own: what SymPy has in its cache, it does not enter again."""
    run = subprocess.run([sys.executable, "-c", TRACED], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == f"['sympy.simplify ({', '.join(sorted(NAMED))})'] set()"


def test_a_simplifier_that_is_called_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    x = sympy.Symbol("x")
    monkeypatch.setattr(trace, "prove", lambda claim: sympy.simplify(sympy.sin(x) ** 2 + sympy.cos(x) ** 2))
    modules, avoided = trace.traced(claims()["path.subvp"])
    assert "simplify" in avoided and any(m.startswith("sympy.simplify (") and "simplify" in m for m in modules)
