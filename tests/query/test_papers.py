"""Two readers of LaTeX, ours and latex2sympy's, agree on formulas of the papers, whatever their symbols mean.

Of 592 formulas they agree on all that both read; a sample of one in STEP is compared here, as latex2sympy is slow.
"""

import pytest
from sympy import Expr, Symbol, nsimplify

from derivations import symbols
from derivations.papers import latex
from derivations.papers.paper import Paper, papers
from derivations.query.writing.conventions import Convention, listed
from derivations.query.writing.equation import Equation
from derivations.query.writing.resolve import resolved
from derivations.syntax.build import built, evaluated
from derivations.syntax.unread import Unread
from tests.support.equal import same

STEP = 24
NAMES = [name for name, v in vars(symbols).items() if isinstance(v, Symbol) and v.is_real and str(v) == name]
# Ambiguous without a paper's table of symbols: \sigma_d^t, x 2^n, \epsilon_t^*.
REFUSED = ("a letter may be an index", "an operation before the number", "an exponent, in braces")


def sample() -> list[tuple[str, dict[str, str]]]:
    """Return one formula in STEP, each with a symbol of ours for each of its paper's."""
    found = [(text, named(paper)) for paper in papers().values() for text in formulas(paper)]
    return found[::STEP]


def formulas(paper: Paper) -> list[str]:
    return sorted({part.latex for equation in paper.equations for part in equation.parts})


def named(paper: Paper) -> dict[str, str]:
    return dict(zip(paper.symbols, NAMES, strict=False))


def ours(text: str, names: dict[str, str]) -> Expr:
    tex = f"${text}$"
    known = {}
    for name, symbol in names.items():
        try:
            known[listed(f"${name}$")] = (getattr(symbols, symbol),)
        except Unread:  # it is not read as a name, so no formula with it can be read
            continue
    convention = Convention("the paper's", known)
    node = resolved(Equation(tex).side(0).node, convention, tex)
    return evaluated(built(node, lambda name: convention.meanings[name.key][0], tex))


def test_both_readers_agree() -> None:
    refused = 0
    compared = 0
    for text, names in sample():
        try:
            mine = ours(text, names)
        except Unread as fault:
            assert any(reason in fault.expected for reason in REFUSED), (text, fault)
            refused += 1
            continue
        try:
            theirs = nsimplify(latex.read(text, names), rational=True)  # which has floats
        except latex.Unread:
            continue
        assert same(mine, theirs), text
        compared += 1
    assert compared > 20 and refused < 3


def test_a_formula_read_differently_is_detected() -> None:
    names = {"x_0": "x_0", "x_t": "x_t"}
    assert not same(ours(r"\frac{x_0}{x_t}", names), latex.read(r"\frac{x_t}{x_0}", names))


@pytest.mark.parametrize("text", ["x_0 x'_0", "x_0!"])
def test_parts_that_latex2sympy_drops_are_refused(text: str) -> None:
    with pytest.raises(Unread):
        ours(text, {"x_0": "x_0"})
