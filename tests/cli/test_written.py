"""The mathematics of every claim is available as data and in LaTeX, without running an engine."""

import json
import re
from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest
from sympy import Basic, Function, Rational, Symbol, diff, log, sqrt

from derivations.catalogue import claims, tags
from derivations.notation.printing import latex
from derivations.probability.density import Density, Positive, Real
from derivations.probability.mean import Excess, Mean
from derivations.probability.smooth import smooth
from derivations.symbols import t
from udm.cli.show import in_latex, written

pytestmark = pytest.mark.xdist_group("every claim")  # one worker builds all claims

CAPITALS = {"Cov", "KL", "SNR", "Var"}  # operators in the notation of the field
OPERATOR = re.compile(r"\\operatorname\{([^{}]*)\}")
x, y, u = Symbol("x"), Symbol("y"), Symbol("u", positive=True)


def below(kind: type) -> Iterator[type]:
    """Return all subclasses of a class, at any depth."""
    for one in kind.__subclasses__():
        yield one
        yield from below(one)


@cache
def ours() -> set[str]:
    """Return the names of the project's classes of expressions."""
    assert all(claims().values()), "which imports them"
    return {c.__name__ for c in below(Basic) if str(c.__module__).startswith("derivations.")}


def leaked(formula: str) -> set[str]:
    """Return the names of classes in a formula, and capitalised operators that the field does not have."""
    return {n for n in OPERATOR.findall(formula) if n not in CAPITALS and (n in ours() or n[:1].isupper())}


def formulas(document: Any) -> Iterator[str]:
    """Return everything in a document that is LaTeX."""
    if isinstance(document, dict):
        yield from (document["latex"],) if "latex" in document else ()
    for part in document.values() if isinstance(document, dict) else document if isinstance(document, list) else ():
        yield from formulas(part)


@pytest.mark.parametrize("name", list(claims()))
def test_a_claim_is_written_as_json_and_its_latex_names_no_class(name: str) -> None:
    claim = claims()[name]
    document = written(claim, tags()[name])
    found = [in_latex(claim), *formulas(json.loads(json.dumps(document)))]
    assert len(found) > 2 and not set().union(*map(leaked, found))
    assert not [f for f in found if re.search(r"\\(alpha|sigma|gamma|beta)(_\{\w+\})?\{\\left\(t ", f)]


def test_a_class_without_latex_is_detected() -> None:
    class Unwritten(Basic):
        pass

    assert leaked(latex(Excess(u))) == {"Excess"} and leaked(latex(Unwritten(x))) == {"Unwritten"}
    assert leaked("\\operatorname{Var}(x) + \\operatorname{erf}(x)") == set()


def test_a_right_side_of_zero_is_written() -> None:
    document = written(claims()["kl.gauss.nonnegative"], tags()["kl.gauss.nonnegative"])
    assert any(s["right"] == {"latex": "0", "text": "0"} for s in document["statement"])


def test_densities_and_functions_are_written_as_papers_write_them() -> None:
    q, p = Density("q", x), Density("p", x, y)
    mean = Mean(log(p) + Real("D", x, y), (x, q))
    assert latex(mean) == "\\mathbb{E}_{x \\sim q(x)}\\left[\\log p(x \\mid y) + D(x, y)\\right]"
    assert latex(Positive("l", x)) == "l(x)"
    alpha = Function("alpha")(t)
    assert [*map(latex, (alpha, alpha**2, sqrt(alpha)))] == ["\\alpha(t)", "\\alpha(t)^{2}", "\\sqrt{\\alpha(t)}"]
    assert latex(diff(smooth("dgamma_1")(t), t)) == "\\gamma''_{1}(t)" and latex(smooth("SNR")(t)) == "\\mathrm{SNR}(t)"
    assert latex(smooth("f")(Rational(1, 2))) == "f\\left(\\frac{1}{2}\\right)"
