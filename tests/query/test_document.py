"""The displayed equations of a document are cut, joined, labelled, numbered by line, and their macros expanded."""

import time

import pytest
from sympy import Rational

from derivations.query.reading import Unread, readings
from derivations.query.writing.document import SIZE, displayed, steps
from derivations.query.writing.echo import echoed
from derivations.query.writing.equation import Equation
from derivations.symbols import abar, abar_s, alpha, beta, eps, x_0, x_t
from derivations.syntax.build import evaluated

DOCUMENT = r"""\documentclass{article}
\newcommand{\abar}{\bar\alpha}
\newcommand{\N}[2]{\mathcal{N}(#1; #2)}
\newcommand*\half[1]{\frac{#1}{2}}
\def\noise{\boldsymbol{\epsilon}}
\DeclareMathOperator{\SNR}{SNR}
\begin{document}
Text with $x_t$ inline. % \[ hidden \]
\[ x_t = \sqrt{\abar_t} x_0
   + \sqrt{1-\abar_t} \noise. \]
\begin{verbatim}
\[ not an equation \]
\end{verbatim}
\begin{align}
  \tilde\beta_t &= \frac{1-\abar_{t-1}}{1-\abar_t} \beta_t \label{eq:var} \\
  \mu &= \frac{1}{\sqrt{\alpha_t}} \Bigl( x_t \nonumber \\
      &\quad - \frac{\beta_t}{\sqrt{1-\abar_t}} \noise \Bigr) \label{eq:mean} \\
  q &= \N{x_t}{0} \\[2pt]
  v &= \half{\beta_t} \\
    &= \beta_t / 2
\end{align}
$$ \SNR(t) $$
\begin{equation*}
  \begin{aligned}
    a &= \alpha_t^2 \\
    b &= \begin{cases} 1 & t = 0 \\ 2 \end{cases}
  \end{aligned}
\end{equation*}
\begin{equation}
\end{equation}
\end{document}
\[ unclosed
"""
half = Rational(1, 2)


def test_the_displays_are_found() -> None:
    found = displayed(DOCUMENT)
    assert [(d.line, d.label) for d in found] == [
        (9, ""), (15, "eq:var"), (16, "eq:mean"), (18, ""), (19, ""), (19, ""), (22, ""), (25, ""), (26, ""), (32, ""),
    ]  # fmt: skip


def test_displays_are_read_with_macros() -> None:
    found = displayed(DOCUMENT)

    def read(n: int) -> list[object]:
        return [evaluated(r.expr) for r in readings(found[n].formula) if "DDPM" in r.convention.split(", ")]

    assert read(0) == [abar**half * x_0 + (1 - abar) ** half * eps]
    assert read(1) == [(1 - abar_s) / (1 - abar) * beta]
    assert read(2) == [(x_t - beta / (1 - abar) ** half * eps) / alpha**half]
    assert read(4) == read(5) == [beta / 2]
    assert read(7) == [alpha**2]
    with pytest.raises(Unread):  # an environment that does not end
        readings(found[9].formula)
    assert r"\operatorname{SNR}" in found[6].formula and r"\mathcal{N}(x_t; 0)" in found[3].formula


APART = r"""\[ x_t = \alpha_t x_0 + \beta_t \epsilon, \quad \epsilon \sim \mathcal{N}(0, I) \]
\[ a = f(x, \ y) + \beta_t \qquad b = \alpha_t ,\; t > 0 \]
\[ x_t = \alpha_t x_0 \quad + \beta_t \epsilon \]
\[ x_t = \alpha_t x_0, \text{ where } \alpha_t = 1 - \beta_t \]
\begin{align} x_t &= \alpha_t x_0 \\ &\quad = x_0 - \beta_t x_0 \end{align}
"""


def test_formulas_in_one_line_are_separate() -> None:
    """A remark beside a formula counts as a formula of its own, which may be unreadable."""
    assert [d.formula for d in displayed(APART)] == [
        r"x_t = \alpha_t x_0 + \beta_t \epsilon,", r"\quad \epsilon \sim \mathcal{N}(0, I)",
        r"a = f(x, \ y) + \beta_t \qquad", r"b = \alpha_t ,", r"\; t > 0",
        r"x_t = \alpha_t x_0 \quad + \beta_t \epsilon",
        r"x_t = \alpha_t x_0,", r"\text{ where } \alpha_t = 1 - \beta_t",
        r"x_t = \alpha_t x_0", r"x_t = x_0 - \beta_t x_0",
    ]  # fmt: skip
    assert [d.line for d in displayed(APART)] == [1, 1, 2, 2, 2, 3, 4, 4, 5, 5]


CHAINS = {
    r"a = \frac{f(t)}{f(0)}, f(t) = c": (r"a = \frac{f(t)}{f(0)}, f(t) = c",),
    r"\mu = x_0 \approx x_t = \beta_t": (r"\mu = x_0", r"\mu \approx x_t", r"x_t = \beta_t"),
    r"x_0 = x_t": (r"x_0 = x_t",),
    r"x_0 \le x_t < \beta_t": (r"x_0 \le x_t", r"x_t < \beta_t"),
    r"x_0 &= x_t \\ &= \frac{1}{2}": ("$x_0 = x_t$", r"x_0 = \frac{1}{2}"),
    r"x_0 \\ x_t": (r"x_0 \\ x_t",),
}


@pytest.mark.parametrize("chain", CHAINS)
def test_a_chain_is_a_formula_for_each_of_its_relations(chain: str) -> None:
    assert steps(chain) == CHAINS[chain]


LOOPS = (
    r"\newcommand{\a}{\a\a}\[ \a \]",
    r"\newcommand{\a}{\b\b}\newcommand{\b}{\a\a}\[ \a \]",
    r"\def\a#1{\a{#1#1}}\[ \a{x} \]",
    r"\newcommand{\a}[9]{#9}\[ \a \]",
    r"\newcommand{\a}{" + "{" * 3000 + r"\[ \a \]",
    r"\begin{align}" * 3000,
    r"\[ " + r"\begin{aligned} x \\ " * 2000 + r"\]",
    r"\[ x \\ y " * 3000,
    "$$" * 10001,
    r"\newcommand{\a}{" * 100_000,
    r"\newcommand{\a}[1]{" + "#1" * 1900 + r"}\[" + r"\a{" * 500 + "x" * 1000 + "}" * 500 + r"\]",
    "$$x$$\n" * 5_000,
    "%" * 100_000 + r"\[ x \]",
    "\\" * 100_001,
    r"\iffalse" * 100_000,
    r"\verb|" * 100_001,
    "".join(rf"\verb{chr(n)}" for n in range(0x4000, 0x9000)),
)


@pytest.mark.parametrize("document", LOOPS, ids=[text[:24] for text in LOOPS])
def test_a_hostile_document_takes_no_time(document: str) -> None:
    start = time.process_time()
    displayed(document)
    assert time.process_time() - start < 2


def test_a_document_that_is_too_long_is_refused() -> None:
    with pytest.raises(ValueError, match="at most"):
        displayed("x" * (SIZE + 1))


ASIDE = r"""\verb|\begin{equation}| and \verb+$$+
\iffalse \[ \beta_t = 7 \] \fi
\iffalse
\[ \beta_t = 8 \] \else \[ x_t = x_0 \]
\fi
\iffalsehood \[ x_0 = x_t \]
\begin{multline}
\hat x_0 = \frac{1}{\alpha_t} \\[1pt]
(x_t - \beta_t \epsilon)
\end{multline}
"""


def test_what_is_not_set_is_left_away_and_the_lines_of_a_multline_are_one_formula() -> None:
    found = [(d.line, d.formula) for d in displayed(ASIDE)]
    multline = "\\hat x_0 = \\frac{1}{\\alpha_t}  \n(x_t - \\beta_t \\epsilon)"
    assert found == [(4, "x_t = x_0"), (6, "x_0 = x_t"), (8, multline)]


RELATED = {  # an equation, and the relations that it is split at
    r"\beta_t = \\ &= \alpha_t": ["="],
    r"\theta^* = \alpha_t": ["="],
    r"\sigma_+ = \alpha_t": ["="],
    r"\beta_t \not\leq \alpha_t = x_t": [r"\not\leq", "="],
    r"\beta_t = ! = \alpha_t": ["=!="],
}


@pytest.mark.parametrize("formula", RELATED)
def test_a_relation_is_one_with_what_makes_it_another(formula: str) -> None:
    equation = Equation(formula)
    assert ([r.text for r in equation.relations], len(equation)) == (RELATED[formula], len(RELATED[formula]) + 1)


OPTIONAL = r"""\newcommand{\abar}[1][t]{\bar\alpha_{#1}}
\newcommand{\mix}[2][x_0]{\sqrt{#2} #1}
\[ \abar[t-1] - \abar + \abar x \] \[ \mix{2} + \mix[x_t]{3} \]
"""


def test_a_macro_takes_its_first_argument_in_brackets_or_has_one() -> None:
    found = [d.formula for d in displayed(OPTIONAL)]
    assert found == [r"\bar\alpha_{t-1} - \bar\alpha_{t} + \bar\alpha_{t} x", r"\sqrt{2} x_0 + \sqrt{3} x_t"]


@pytest.mark.parametrize("word", ["and", "where"])
def test_a_word_may_stand_before_an_equation(word: str) -> None:
    read = readings(rf"\text{{{word}}}\quad \bar\alpha_t := \bar\alpha_{{t-1}} \alpha_t")
    assert {evaluated(r.expr) for r in read if r.convention == "DDPM"} == {abar_s * alpha}


BESIDE = {  # what stands in one line, and its formulas
    r"\alpha_t = 1-\beta_t \text{ and } x = \beta_t": [r"\alpha_t = 1-\beta_t", r"\text{ and } x = \beta_t"],
    r"a = b \quad \text{where} \quad c = d": [r"a = b \quad", r"\text{where} \quad c = d"],
    r"a = b \text{ if } t = 1": [r"a = b \text{ if } t = 1"],
    r"a = \left( b \right) = \Bigl[ c \Bigr]": [r"a = \left( b \right)", r"a = \Bigl[ c \Bigr]"],
    r"\sigma_{\text{max}} = b = c": [r"\sigma_{\text{max}} = b", r"\sigma_{\text{max}} = c"],
}


@pytest.mark.parametrize("line", BESIDE)
def test_words_part_equations_and_make_no_chain(line: str) -> None:
    assert [d.formula for d in displayed(rf"\[ {line} \]")] == BESIDE[line]


ECHOED = {  # a formula as it stands in a document, and as it is shown
    "x_t &= x_0 \\\\\n": "x_t = x_0",
    r"\tilde\beta_t &:= \beta_t \\[2pt] &\quad + x_0 \nonumber": r"\tilde\beta_t := \beta_t \quad + x_0",
    r"x \& y": r"x \& y",
    r"\begin{cases} 1 & t = 0 \\ 2 & t > 0 \end{cases}": r"\begin{cases} 1 & t = 0 \\ 2 & t > 0 \end{cases}",
    r"\nonumbered": r"\nonumbered",
}


@pytest.mark.parametrize("formula", ECHOED)
def test_what_is_shown_has_no_marks_of_alignment(formula: str) -> None:
    assert echoed(formula) == ECHOED[formula]
