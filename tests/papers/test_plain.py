"""Papers' LaTeX as lines of text: every equation has one, and what a machine reads of it has the value of its LaTeX."""

import re
from collections.abc import Iterator, Mapping
from itertools import islice
from math import nan

import pytest
from sympy import Expr, N, Rational, Symbol, cos, exp, log, sin, sqrt
from sympy.parsing.sympy_parser import parse_expr

from derivations.papers import plain as module
from derivations.papers.latex import Unread, _read
from derivations.papers.paper import Part, papers
from derivations.papers.plain import plain
from derivations.papers.spaced import Piece

LINES = {
    "ddpm2020 7": "mu_tilde_t(x_t, x_0) := sqrt(alpha_bar_{t-1}) beta_t / (1 - alpha_bar_t) · x_0 "
    "+ sqrt(alpha_t) (1 - alpha_bar_{t-1}) / (1 - alpha_bar_t) · x_t "
    "and beta_tilde_t := (1 - alpha_bar_{t-1})/(1 - alpha_bar_t) · beta_t",
    "vdm2021 13": "L_T(x) = T/2 · E_{eps ~ N(0, I), i ~ U{1, T}}[(SNR(s) - SNR(t)) ||x - x_hat_theta(z_t; t)||_2^2]",
    "vdm2021 22": "sigma_{t|s}^2 = sigma_t^2 - alpha_{t|s}^2 sigma_s^2",
    "vdm2021 37": "f(t) = d log alpha_t / dt, g^2(t) = dsigma_t^2/dt - 2 · d log alpha_t / dt · sigma_t^2",
    "luo2022 15": "= E_{q_phi(z | x)}[log(p(x, z)/q_phi(z | x))] + D_KL(q_phi(z | x) || p(z | x))",
    "ddim2021 16": "sigma_{tau_i}(eta) = eta sqrt((1 - alpha_{tau_{i-1}})/(1 - alpha_{tau_i})) "
    "sqrt(1 - alpha_{tau_i}/alpha_{tau_{i-1}})",
    "sde2021 31": "p_{0t}(x(t) | x(0)) = N(x(t); x(0), sigma_min^2(sigma_max/sigma_min)^{2t} I), t in (0, 1]",
}
SMALL = 1e-12  # of values of a few operations with fifteen digits, none of which cancels to less than a thousandth


def formulas() -> Iterator[tuple[str, str]]:
    for p in papers().values():
        yield from ((f"{p.name} {e.cited}", e.latex) for e in p.equations if e.latex)


def test_every_equation_of_every_paper_has_a_line() -> None:
    odd = {}
    for where, latex in formulas():
        text = plain(latex)
        balanced = all(text.count(left) == text.count(right) for left, right in ("()", "[]", "{}"))
        if "\\" in text or "  " in text or not text or not (balanced or "(0, 1]" in text):
            odd[where] = text
    assert odd == {}


@pytest.mark.parametrize("place", LINES)
def test_a_line_reads_as_its_paper(place: str) -> None:
    work, _, number = place.partition(" ")
    equation = papers()[work].equation(number)
    assert equation is not None and plain(equation.latex) == LINES[place]


@pytest.mark.parametrize("latex", [r"\oint x", r"\frac{a}{b", r"a}"])
def test_what_has_no_line_is_refused(latex: str) -> None:
    with pytest.raises(ValueError, match="expected LaTeX"):
        plain(latex)


# -- values ------------------------------------------------------------------------------------


EACH = 3  # of so many parts that a machine reads one is looked at: reading takes long


def arithmetic() -> Iterator[tuple[str, Part, Mapping[str, str]]]:
    """The parts that a machine compares with claims, with the symbols of their papers."""
    for p in papers().values():
        for e in p.equations:
            for part in e.compared:
                yield f"{p.name} {e.cited}", part, {**p.conventions[part.under].symbols, **part.with_}


def value(text: str, names: tuple[str, ...]) -> Expr:
    """A line as Python has it: names by their numbers, signs for products that are not written."""
    lines = sorted(((plain(name), n) for n, name in enumerate(names)), key=lambda one: -len(one[0]))
    text = re.sub(r"\^\{(\d+)([a-z])\}", r"^{\1 \2}", text)
    for name, n in lines:
        text = re.sub(rf"(?<![A-Za-z0-9_}}]){re.escape(name)}(?![A-Za-z0-9_']|\^\{{\()", f"Y{n}", text)
    text = re.sub(r"\^\{([^{}]*)\}", r"**(\1)", text.replace("·", "*")).replace("^", "**")
    text = re.sub(r"\b(log|sin|cos) (Y\d+)", r"\1(\2)", text)
    text = re.sub(r"(?<=[\w)]) +(?=[\w(])", "*", text)
    text = re.sub(r"(\bY\d+|\b\d+|\))\(", r"\1*(", text)
    known = {"sqrt": sqrt, "exp": exp, "log": log, "sin": sin, "cos": cos, "pi": Symbol("pi")}
    return parse_expr(text, local_dict={**known, **{f"Y{n}": Symbol(f"Y{n}") for n in range(len(names))}})


def differing() -> dict[str, str]:
    """The parts whose line has another value than their LaTeX, at a point."""
    wrong, seen = {}, 0
    for where, part, symbols in islice(arithmetic(), 0, None, EACH):
        names = tuple(symbols)
        try:
            theirs = _read(part.latex, names)
        except Unread:
            continue
        seen += 1
        at = {Symbol(f"Y{n}"): Rational(3 + 7 * n % 11, 13 + n) for n in range(len(names))}
        try:
            gap = abs(complex(N((theirs - value(plain(part.latex), names)).xreplace(at), 15)))
        except (SyntaxError, TypeError):
            gap = nan
        if not gap < SMALL:
            wrong[f"{where}, {part.name}"] = plain(part.latex)
    assert seen > 100
    return wrong


def test_a_line_has_the_value_of_its_latex() -> None:
    assert differing() == {}


def test_a_quotient_without_its_brackets_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "quotient", lambda above, below: Piece(f"{above}/{below}", "quotient"))
    assert len(differing()) > 30
