"""LaTeX of every claim: brackets stretch with what they hold, groups are balanced, and a parser of LaTeX reads it."""

import re

import pytest
from docutils.utils.math import MathError
from docutils.utils.math.latex2mathml import tex2mathml
from sympy import Integer, Rational, Symbol, sqrt

from derivations.catalogue import claims
from derivations.notation.printing import latex
from derivations.notation.samplers import SquaredNorm
from derivations.notation.stretched import HIGH, TOKEN, stretched
from udm.cli.show import in_latex

pytestmark = pytest.mark.xdist_group("every claim")  # one worker builds all claims
DISPLAY, INLINE = re.compile(r"\\\[\n(.*?)\n\\\]", re.DOTALL), re.compile(r"\$([^$]*)\$")
PAIRS = {")": "(", "]": "[", "}": "{", r"\}": r"\{"}


def formulas(name: str) -> list[str]:
    """Return the displays of a claim, and the formulas in what stands after "where"."""
    written = in_latex(claims()[name])
    return [*DISPLAY.findall(written), *INLINE.findall(DISPLAY.sub("", written))]


def faults(formula: str) -> list[str]:
    """Return what is wrong with a formula: a bracket without its mate, one that is too low, or what no parser reads."""
    found = [*_unbalanced(formula), *_low(formula)]
    try:
        tex2mathml(formula, as_block=True)
    except MathError as fault:
        found.append(str(fault))
    return found


def _unbalanced(formula: str) -> list[str]:
    opened = list[str]()
    for token in TOKEN.findall(formula):
        plain = re.sub(r"\\(?:left|right)(?![A-Za-z])\s*", "", token)
        if plain in PAIRS.values():
            opened.append(plain)
        elif plain in PAIRS and (not opened or opened.pop() != PAIRS[plain]):
            return [f"{plain} closes nothing"]
    return [f"{one} is not closed" for one in opened]


def _low(formula: str) -> list[str]:
    """Return pairs of plain brackets without brackets in them around something high."""
    inner = re.findall(r"(?<!\\left)(?<!\\sqrt)[(\[]((?:\\left.|\\right.|[^()\[\]])*)(?<!\\right)[)\]]", formula)
    return [one for one in inner if HIGH.search(one)]


def test_the_latex_of_every_claim_is_read_and_its_brackets_stretch() -> None:
    assert {name: found for name in claims() for one in formulas(name) if (found := faults(one))} == {}


@pytest.mark.parametrize(("formula", "fault"), [
    (r"E[\frac{1}{2} x]", r"\frac{1}{2} x"),
    (r"\left(\frac{1}{2}\right", "("),
    (r"(a + b]", "] closes nothing"),
    (r"\frac{a}{b", "{ is not closed"),
    (r"\nocommand{a}", "Unknown LaTeX command"),
])  # fmt: skip
def test_faults_of_a_formula_are_found(formula: str, fault: str) -> None:
    assert any(fault in found for found in faults(formula)), faults(formula)


@pytest.mark.parametrize(("formula", "high"), [
    (r"E[\frac{1}{2} x]", r"E\left[\frac{1}{2} x\right]"),
    (r"f(x) [a (b + \frac{c}{d})]", r"f(x) \left[a \left(b + \frac{c}{d}\right)\right]"),
    (r"\{\sum_{i} a_i\}", r"\left\{\sum_{i} a_i\right\}"),
    (r"x \rightarrow (y)", r"x \rightarrow (y)"),
    (r"\frac{a (b)}{c} \sqrt[3]{\frac{a}{b}}", r"\frac{a (b)}{c} \sqrt[3]{\frac{a}{b}}"),
    (r"[0, 1) (\frac{a}{b}", r"[0, 1) (\frac{a}{b}"),
])  # fmt: skip
def test_brackets_stretch_around_what_is_high_and_only_there(formula: str, high: str) -> None:
    assert stretched(formula) == high == stretched(high)


def test_a_power_of_a_square_has_brackets() -> None:
    """One power above another is no LaTeX, and a root has brackets of its own."""
    norm = SquaredNorm(Integer(1), "n", Symbol("n_1", real=True))
    assert latex(norm ** Rational(3, 2)) == r"\left(\left\|n\right\|^2\right)^{\frac{3}{2}}"
    assert latex(sqrt(norm)) == r"\sqrt{\left\|n\right\|^2}"
