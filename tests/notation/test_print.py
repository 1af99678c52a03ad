"""Statements are printed as papers write them, from the objects that the engines open."""

import re

import pytest
from sympy import Integer, Mod, Rational, Symbol, sqrt

from derivations.catalogue import Entry, claims, tags
from derivations.engines.agree import false_at
from derivations.form.induction import induction
from derivations.form.reading import Reading, needed, readings
from derivations.form.statement import AtMost, Below
from derivations.form.verdict import reasons
from derivations.judge.necessity.plain import counterexample
from derivations.notation.brackets import closed
from derivations.notation.names import latex_of
from derivations.notation.phrases import Words
from derivations.notation.printing import latex, text
from derivations.symbols import alpha_t, beta, c, h, n, real, sigma_t, t, x, z_t
from tests.support.forged import stated
from udm.cli.checked import said
from udm.cli.layout import line
from udm.cli.one import row_of
from udm.cli.page import page
from udm.cli.proof import derivation

a, b, total = real("a b S")


def lines(name: str) -> list[str]:
    return [line(r) for said in claims()[name].written() for r in readings(said)]


def told(name: str) -> list[str]:
    """Return what stands after "where"."""
    found = needed(*(r for said in claims()[name].written() for r in readings(said)))
    return [text(left) if right is None else f"{text(left)} = {text(right)}" for left, right in found]


@pytest.mark.parametrize(
    ("e", "written"),
    [
        (z_t / alpha_t, "z_t / alpha_t"),
        (-x / 2, "-x / 2"),
        (a / 2 - b / 2, "1/2 (a - b)"),
        (c * (a / 2 - b / 2), "1/2 c (a - b)"),
        (-a / 2 - b / 2, "-1/2 (a + b)"),
        ((1 - beta) * c / (-c - 1), "-c (1 - beta) / (c + 1)"),
        (sqrt(2) * sqrt(h), "sqrt(2 h)"),
        (sqrt(2) / 2 * x, "x / sqrt(2)"),
        ((a - b) ** 2 / 3, "1/3 (a - b)^2"),
        (alpha_t * c / sigma_t**2 * z_t, "alpha_t c / sigma_t^2 · z_t"),
        (n * total, "S n"),
        (2 * x * Mod(n + 1, 3), "2 ((n + 1) mod 3) x"),
    ],
)
def test_products_and_sums_are_written_as_on_paper(e: object, written: str) -> None:
    assert text(e) == written  # type: ignore[arg-type]


@pytest.mark.parametrize("written", ["x", "E[z_s | z_t, x]", "E_q(x, y)[log p(z)]", "N'(t)", "(a + b)", "SNR(t - 1)"])
def test_a_single_term_needs_no_brackets(written: str) -> None:
    assert closed(written)


AT = "Var(z)|_{h = 2 c}", "E[x]|_{a = f(b)}", "x|_{a=1}", "f|_{a = g(b)}"  # what stands beside it could be at it, too


@pytest.mark.parametrize("written", ["a + b", "f(x) + g(y)", "(a) (b)", "d/dt f(t)", "log q(z)", "f(x)^2", *AT])
def test_several_terms_need_brackets(written: str) -> None:
    assert not closed(written)


def test_equality_cases_are_joined_by_and() -> None:
    assert lines("kl.gauss.nonnegative")[1] == (
        "KL(N(mu_1, Sigma_1) || N(mu_2, Sigma_2)) >= 0, with equality if and only if mu_1 = mu_2 and Sigma_1 = Sigma_2"
    )
    assert lines("cfg.rescale")[6].endswith(" >= 1, with equality if and only if apart = 0, all else as assumed")
    (read,) = readings(AtMost(a, b, {a: Rational(1), b: Rational(1)}))
    assert line(read) == "a <= b, with equality at a = 1 and b = 1"


def test_an_induction_reads_from_one_index_to_the_next() -> None:
    assert lines("ddpm.marginal")[:6] == [
        "E[x_t | x_0] = sqrt(abar_t) x_0, for every t, by induction",
        "E[x_1 | x_0] = sqrt(1 - beta_1) x_0",
        "E[x_{t+1} | x_0] = sqrt(1 - beta_{t+1}) E[x_t | x_0]",
        "Var(x_t | x_0) = 1 - abar_t, for every t, by induction",
        "Var(x_1 | x_0) = beta_1",
        "Var(x_{t+1} | x_0) = beta_{t+1} + (1 - beta_{t+1}) Var(x_t | x_0)",
    ]
    assert {"abar_1 = 1 - beta_1", "abar_{t+1} = abar_t (1 - beta_{t+1})"} < set(told("ddpm.marginal"))
    assert "x_t = sqrt(beta_t) eps + sqrt(1 - beta_t) x_{t-1}" in told("ddpm.marginal")


def test_a_sum_has_a_first_term_and_one_more() -> None:
    counted = induction(value=c * n, held=total, base=c, step=total + c, first={n: Rational(1)}, next={n: n + 1})
    assert [line(r) for r in readings(counted)] == [
        "S_n = c n, for every n, by induction",
        "S_1 = c",
        "S_{n+1} = S_n + c",
    ]
    assert [latex(r.left) for r in readings(counted)] == ["S_{n}", "S_{1}", "S_{n+1}"]


def test_an_index_keeps_its_own_name_where_it_is_shown() -> None:
    """Printing at an index leaves the symbols of the expression, and of other prints, as they are."""
    one_more = next(r for r in readings(claims()["ddpm.marginal"].written()[0]) if "t+1" in line(r))
    assert one_more.left.atoms(Symbol) and "x_{t+1}" in text(one_more.left) and text(t) == "t"
    assert line(Reading(beta, "=", beta)) == "beta = beta"
    assert lines("edm.ideal_denoiser")[2].startswith("grad_z_t log q_{n+1}(z_t) = ")


def test_bayes_rule_reads_as_a_law() -> None:
    assert lines("ddpm.posterior") == [
        "q(x_s | x_t, x_0) = N(x_s; (sqrt(abar_s) beta x_0 + sqrt(alpha) (1 - abar_s) x_t) / (1 - abar),"
        " beta (1 - abar_s) / (1 - abar))"
    ]
    rule = "q(x_s | x_t, x_0) = q(x_s | x_0) q(x_t | x_s) / q(x_t | x_0)"
    assert told("ddpm.posterior")[:2] == [rule, "q(x_s | x_0) = N(x_s; sqrt(abar_s) x_0, 1 - abar_s)"]
    assert "p(z_s | z_t, y) ∝ p(z_s | z_t) exp(grad scale z_s)" in told("guidance.ancestral")


def test_a_law_shows_the_data_that_it_is_conditioned_on() -> None:
    assert lines("vdm.forward.transition")[:3] == [
        "q(z_t | x) = N(z_t; alpha_t x, sigma_t^2)",
        "q(z_s | x) = N(z_s; alpha_s x, sigma_s^2)",
        "q(z_t | z_s) = N(z_t; alpha_t / alpha_s · z_s, sigma_t^2 - alpha_t^2 sigma_s^2 / alpha_s^2)",
    ]


@pytest.mark.parametrize("name", claims())
def test_nothing_is_defined_twice_after_where(name: str) -> None:
    found = told(name)
    assert len(found) == len(set(found)) and sum(f.endswith("~ N(0, 1)") for f in found) <= 1


PAGE = ["ddpm.posterior", "vdm.loss.discrete.snr", "ddpm.marginal.limit", "grid.trailing", "vdm.forward.snr"]


@pytest.mark.parametrize("name", PAGE)
def test_a_page_is_in_words_and_has_no_python(name: str) -> None:
    """It has no programming language, and no detail of an engine by its key."""
    printed = "\n".join(part for part, _ in page(claims()[name], row_of(Entry(tags()[name], name))))
    assert not re.search(r"\*|\bsmallest_p\b|\broots \d|\bdegree \d|statements \[", printed)


def test_a_wrong_form_is_the_statement_with_it_in_place_of_the_answer() -> None:
    assert said(claims()["ddpm.posterior"], "beta_t for beta-tilde_t") == (
        "q(x_s | x_t, x_0) = N(x_s; (sqrt(abar_s) beta x_0 + sqrt(alpha) (1 - abar_s) x_t) / (1 - abar), beta)"
    )
    assert said(claims()["vdm.loss.discrete.snr"], "factor dropped") == "L_n = mean_n, for every n, by induction"


def test_in_an_induction_what_becomes_a_name_is_that_name_at_the_index_before() -> None:
    assert said(claims()["ddpm.marginal"], "product one factor short") == (
        "E[x_t | x_0] = sqrt(abar_{t-1}) x_0, for every t, by induction"
    )
    assert said(claims()["ddpm.marginal"], "1 - beta for its root") == (
        "E[x_t | x_0] = abar_t x_0, for every t, by induction"
    )


def test_a_counterexample_is_at_small_numbers_and_counts_are_whole() -> None:
    """The engines' own points are of every decade; a reader is shown one that can be worked out by hand."""
    claim = claims()["vdm.loss.discrete.snr"]
    found = counterexample(claim, claim.wrong["one term too few"].answer, "one term too few")
    assert found is not None and found.at[n].is_Integer and all(q.q <= 10 for q in found.at.values())  # type: ignore[attr-defined]
    assert false_at(claim.statements(claim.wrong["one term too few"].answer)[found.statement - 1], found.at)
    assert counterexample(claim, claim.answer, "the answer itself") is None


def test_a_wrong_strict_inequality_is_not_shown_as_off_by_0() -> None:
    """Where the sides are equal the page says so; where they differ elsewhere, it shows that place instead."""
    strict = stated(lambda q: Below(b, q), b + c, "inequality")
    equal = counterexample(strict, b, "nothing more")
    assert equal is not None and (equal.off, equal.by) == ("both sides are equal", 0)
    apart = counterexample(strict, b + (c - 1) ** 2 - Rational(1, 2), "equal at a point, below elsewhere")
    assert apart is not None and (apart.off, apart.by) == ("off by 0.5", -0.5)
    assert false_at(Below(b, b), {b: Integer(2)}) == "both sides are equal"


@pytest.mark.parametrize("name", ["ddpm.decoder", "vdm.vlb.decomposition", "vdm.score.pathwise"])
def test_the_place_where_a_wrong_form_was_seen_is_printed_once(name: str) -> None:
    """This holds however many statements the claim has."""
    row = row_of(Entry(tags()[name], name))
    printed = " ".join(" ".join(part for part, _ in page(claims()[name], row)).split())
    assert len(claims()[name].statements()) > 3
    assert printed.count("; seen in ") == sum(bool(w["seen_in"]) for w in row["wrong"]) > 0


def test_lines_that_read_alike_are_merged_and_repeated_chains_are_named() -> None:
    sections = list(derivation(claims()["vdm.loss.discrete.snr"]))
    assert sections[1].lines[0].startswith("as derivation 1: the first divergence")
    assert [line for line in sections[2].lines if line.startswith("= ")] == [
        "= mean n + 1/2 (x - x_hat)^2 (SNR(s) - SNR(t))"
    ]


def test_what_an_engine_did_not_look_at_is_grouped_by_reason() -> None:
    told = reasons(4, {1: "a limit", 3: "a limit", 4: "a root"})
    assert told == "statements 1, 3: a limit; statement 4: a root" and reasons(1, {1: "a limit"}) == "a limit"


def test_names_in_phrases_and_squares_are_valid_latex() -> None:
    """No name has two subscripts, which TeX refuses, and none is set as running text."""
    assert latex(Words("x_a, x_b equally likely")) == "x_{a}\\text{, }x_{b}\\text{ equally likely}"
    assert latex_of("sigma_Q^2") == "\\sigma_{Q}^2" and latex_of("x_{t+1}") == "x_{t+1}"
