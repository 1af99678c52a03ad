"""Pages as a newcomer reads them: what is claimed comes first, and each letter is explained."""

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from typing import Any

import pytest
from sympy import Symbol

from derivations.catalogue import claims, tags
from derivations.form.claim import Claim
from derivations.form.reading import Reading, grouped, needed, readings, unprinted
from derivations.form.statement import Equal
from derivations.notation.printing import text
from derivations.papers.ledger import row as row_of_ledger
from derivations.papers.paper import papers
from derivations.papers.references import NOT_CONFIRMED
from udm.cli.broken import broken
from udm.cli.checked import assumptions
from udm.cli.formulas import formulas, stands
from udm.cli.head import cited, head, statement
from udm.cli.layout import clipped, few, line, packed, wheres
from udm.cli.ledger import _lines
from udm.cli.legend import NAME, ROW, defined, explained, legend, lines_of, names, stem, undefined
from udm.cli.page import symbols
from udm.cli.show import in_latex
from udm.cli.witness import EQUAL, off, point

pytestmark = pytest.mark.xdist_group("every claim")  # one worker builds all claims

FIRST_LINES = 12  # of a page, among which the equation begins
OPERATORS = ("Cov", "E", "E_P", "E_Q", "E_p", "E_q", "H", "I", "KL", "N", "P", "SNR", "U", "Var", "d", "p", "q")
FUNCTIONS = ("cos", "cosh", "det", "div", "dw", "erf", "erfc", "exp", "integral", "lap", "lim", "log", "max", "min",
             "mod", "pi", "prod", "sin", "sqrt", "sum", "tan", "tanh", "tr")  # fmt: skip
WORDS = ("all", "and", "any", "as", "assumed", "at", "by", "else", "equality", "equally", "every", "for", "from",
         "function", "functions", "given", "if", "in", "induction", "likely", "odds", "of", "on", "only", "or",
         "positive", "prior", "smooth", "states", "to", "two", "under", "weight", "with")  # fmt: skip
PLAIN = {*OPERATORS, *FUNCTIONS, *WORDS}
PHRASE = re.compile(r"^(?:the index .*|.*? (?:the|any|equally) .*)$")  # it says in words what its first letters are
SLOPE = re.compile(r"(?:d|grad_|argmax_)(?=\w)")
TRANSPOSED = re.compile(r"\^T\b")
NOTED = re.compile(r"\bwith (\w+) = .*?, (\w+)\^2 = ")  # the f and g of an equation of Ito's


def unexplained(groups: Sequence[Sequence[Reading]]) -> set[str]:
    """Return the names in statements, and in what stands after "where", that nothing explains."""
    known = {name for letters, _ in legend(groups) for each in letters for name in NAME.findall(each)}
    return {name for group in groups for name in _unexplained(group, known)}


def _unexplained(group: Sequence[Reading], known: set[str]) -> Iterator[str]:
    told = known | defined(group) | _products(group) | PLAIN
    rows = {stem(name) for name in told if ROW.search(name)}
    for one in lines_of(group):
        if PHRASE.match(one):  # its letters are those that it explains, and those of the lines
            continue
        bound = {name for found in NOTED.findall(one) for name in found}
        for name in names([TRANSPOSED.sub("", one)]):
            plain = SLOPE.sub("", name, count=1) if name not in told else name
            if (
                not {name, plain, name.rstrip("'")} & (told | bound)
                and stem(name) not in rows
                and not _index(plain, one)
            ):
                yield name


def _products(group: Sequence[Reading]) -> set[str]:
    """Return the letters of products that are defined as a whole, as the A of v^T A v."""
    lefts = (text(left) for left, right in needed(*group) if right is not None)
    return {name for left in lefts if "(" not in left for name in names([TRANSPOSED.sub("", left)])}


def _index(name: str, one: str) -> bool:
    """Whether a letter is what a slope, a sum or an integral of the line is in."""
    return f"d{name}" in one or f"sum_({name} =" in one


@pytest.mark.parametrize("name", list(claims()))
def test_every_letter_of_a_page_is_explained(name: str) -> None:
    claim = claims()[name]
    false = [] if claim.printed is None else [list(readings(claim.shown["printed"]))]
    groups = [*false, *grouped(claim.written())]
    left = {stem(NAME.findall(line(one))[0]) for group in groups for one in group} if claim.is_definition else set()
    assert unexplained(groups) - left == set()


@pytest.mark.parametrize("name", list(claims()))
def test_a_citation_prints_no_letter_that_its_statement_has_not(name: str) -> None:
    found = formulas(claims()[name])
    known = {n for groups in [grouped(claims()[name].written())] for group in groups for n in names(lines_of(group))}
    assert {n for _, e in found["answer"]["text"] for n in names([e])} - known - PLAIN == set()


def test_a_letter_that_nothing_explains_is_found() -> None:
    strange = Symbol("strange_q")
    sides = claims()["ddim.step"].written()[0]
    assert isinstance(sides, Equal)
    for added, missing in ((strange, {"strange_q"}), (Symbol("n_3"), set())):
        group = list(readings(Equal(sides.lhs, sides.rhs + added)))
        assert unexplained([group]) == missing
    assert "n_3" in undefined(list(readings(sides))), "it is drawn by no line of the statement"
    letters = {n: meaning for each, meaning in explained(claims()["ddim.step"]) for n in each}
    assert letters["n_3"].startswith("a standard normal number")


def test_a_field_that_the_statement_has_in_another_form_is_not_cited() -> None:
    """In DDIM (12) the step without noise is written by z_t; as the answer has it, it stands in no line."""
    step, loss = claims()["ddim.step"], claims()["ddpm.loss.eps"]
    assert not stands(step, "still", step.shown["answer"].still) and formulas(step)["answer"]["text"] == []
    assert [n for n, _ in formulas(loss)["answer"]["text"]] == ["any_variance", "at_beta_tilde", "by_score"]


# -- the head comes first --------------------------------------------------------------------------


def row(claim: Claim, **more: Any) -> Any:
    """A row of a claim that is not judged: as much of it as a head reads."""
    no = {"printed_in": [], "sentence": "", "instead": "", "instead_is": "proved"}
    fails = {"witness": {}, "off": "off by 1", "refuted_by": ["enclose"]}
    false = {} if claim.printed is None else {"refuted": no, "printed": fails}
    return {"tag": tags()[claim.name], "green": True, "verdict": "proved", "engines": [], "lemmas": [],
            "printed": None, "refuted": None, **false, **more}  # fmt: skip


@cache
def top(name: str) -> list[str]:
    return list(head(claims()[name], row(claims()[name]), 100))


@pytest.mark.parametrize("name", list(claims()))
def test_the_equation_stands_at_the_top_of_the_page(name: str) -> None:
    """It is the second line; of a refuted claim, the false one follows the words for what is false."""
    claim, lines = claims()[name], top(name)
    first = readings(claim.shown["printed"]) if claim.printed is not None else iter(statement(claim, [])[0][0])
    begins = broken(line(next(iter(first))), 100, 0)[0][:30].strip()
    at = lines.index("") + 1 if claim.printed is not None else 1
    assert lines[at].strip().startswith(begins) and at < FIRST_LINES
    assert max(map(len, lines)) <= 100


@pytest.mark.parametrize("name", list(claims()))
def test_the_title_and_the_papers_stand_below_the_equation(name: str) -> None:
    """Of a refuted claim they stand above the false equation, and what is true instead has the title."""
    claim, lines = claims()[name], top(name)
    titles = [n for n, one in enumerate(lines) if broken(claim.title, 100, 0)[0][:40] in one]
    if claim.printed is not None:
        assert lines[1].startswith("Refuted: ") and any("True instead: " in one for one in lines)
    else:
        assert claim.is_definition or any(lines[n - 1] == "" for n in titles)
    papers = broken(cited(name), 100, 2, 2)[0] if cited(name) else None
    assert papers is None or papers in lines[lines.index("") if claim.printed is None else 2 :]


@pytest.mark.parametrize("name", list(claims()))
def test_no_line_of_a_statement_stands_twice_and_each_name_after_where_is_printed(name: str) -> None:
    groups = grouped(claims()[name].written())
    lines = [[line(one) for one in group] for group in groups]
    assert [one for group in lines for one in group if group.count(one) > 1] == []
    told = [wheres(group) for group in groups]
    assert [one for group in told for one in group if group.count(one) > 1] == []
    silent = [text(left) for group in groups for left, _ in unprinted(*group)]
    printed = [found for group in groups for found in names([*map(line, group), *wheres(group)])]
    assert set(silent) & set(printed) == set()


def test_a_statement_of_two_fields_stands_once_and_what_only_slopes_have_is_no_where() -> None:
    a, b = Symbol("a"), Symbol("b")
    assert len(grouped([Equal(a, b), Equal(a, b), Equal(b, a)])[0]) == 2
    flow = claims()["sde.pfode"]
    (group,) = grouped(flow.written())
    assert [text(left) for left, _ in unprinted(*group)] == ["d2p", "dp", "q_x"]
    assert wheres(group) == ["score = grad_z_t log p(z_t)"], "the score is printed, and stays"
    assert "q_x: short for p(z_t)" in symbols(flow) and not any("score: short" in one for one in symbols(flow))


def test_the_loss_of_a_step_says_what_it_is_a_mean_of() -> None:
    """DDPM (12) is an expectation, of which the integrand is checked."""
    (group,) = grouped(claims()["ddpm.loss.eps"].written())
    assert line(group[0]).startswith("L_{t-1}(x_t, eps) = ")
    assert "L_{t-1} the mean of L_{t-1}(x_t, eps) over q, plus a constant" in wheres(group)
    assert "L_{t-1}\\text{ the mean of }L_{t-1}(x_{t}, \\epsilon)" in in_latex(claims()["ddpm.loss.eps"])


def test_the_bound_of_ddpm_begins_with_the_bound() -> None:
    """DDPM (5): the induction is the claim, and the identities that it rests on stand below it."""
    lines = list(head(claims()["vdm.vlb.decomposition"], row(claims()["vdm.vlb.decomposition"]), 100))
    assert lines[1].startswith("bound_T = prior_T + reconstruction + steps_T, for every T, by induction")
    below = lines[lines.index("") + 1 :]
    assert below[0].startswith("Minus the ELBO is the prior loss KL(q(x_T | x_0) || p(x_T))")
    assert below[2].startswith("  stated in DDPM v2 (5)")


# -- what is left out, and words ---------------------------------------------------------------------


def test_long_points_formulas_and_lists_are_left_out_of_a_short_page_alone() -> None:
    at = {f"p_{n}": str(n) for n in range(12)}
    assert point(at, ["p_7"], full=False) == "p_7 = 7, [...]" and point(at).endswith("p_11 = 11")
    assert point({"a": "1"}, full=False) == "a = 1"
    rows = [str(n) for n in range(20)]
    assert few(rows, full=False)[-1] == "[...] and 14 more" and few(rows, full=True) == rows == [
        *few(rows[:7], full=False),
        *rows[7:],
    ]
    long = " + ".join(["alpha"] * 100)
    assert clipped(long, full=False).endswith("alpha + [...]") and clipped(long, full=True) == long
    assert clipped("alpha", full=False) == "alpha"


def assumed(text: str, **why: Any) -> Any:
    return {"text": text, "stated": False, "necessary": None, **why}


def test_a_strict_inequality_fails_where_its_sides_are_equal() -> None:
    equal = {"kind": "false", "at": {"eta": "0"}, "fault": EQUAL}
    differ = {"kind": "false", "at": {"eta": "-1"}, "fault": "off by 2"}
    lines = assumptions([assumed("0 < eta", necessary=equal), assumed("0 < a", necessary=differ)], full=False)
    assert lines[0] == "0 < eta: without it the strict inequality fails: both sides are equal at eta = 0"
    assert lines[1:] == ["0 < a: false without it: off by 2 at eta = -1",
                         "(false without it: the sides differ at a point where it alone fails)"]  # fmt: skip
    wrong = {"name": "", "breaks": "", "seen_in": [], "killed_by": ["enclose"], "witness": {"a": "1"}, "off": EQUAL}
    assert off(wrong) == "the strict inequality fails: both sides are equal at a = 1"  # pyright: ignore[reportArgumentType]


def test_the_words_of_assumptions_are_explained_once_and_reasons_that_are_alike_are_one() -> None:
    lines = assumptions([assumed(f"0 < {v}", convenience="true for any") for v in "ab"], full=False)
    assert lines == ["0 < a, 0 < b: convenience: true for any",
                     "(convenience: it excludes places where the claim holds, too)"]  # fmt: skip
    assert assumptions([assumed("0 < a")], full=False) == ["0 < a: NOT SHOWN NECESSARY"]


def joined(lines: Iterable[str]) -> str:
    return " ".join(one.strip() for one in lines)


@pytest.mark.parametrize(("formula", "lines"), [
    ("a + b", ["a + b"]),
    ("y = alpha_t (one + another + third) + b", ["y = alpha_t (one + another + third)", "    + b"]),
    ("DSM_t - ESM_t = [integral of a (b - c) dz]", ["DSM_t - ESM_t", "    = [integral of a (b - c) dz]"]),
    ("KL(q || p) = a b + c d e + f, n_1 ~ N(0, 1)", ["KL(q || p) = a b + c d e + f,", "    n_1 ~ N(0, 1)"]),
    ("y_1 + y_2 + z_1 if and only if alpha = y_1", ["y_1 + y_2 + z_1 if and only if", "    alpha = y_1"]),
    ("log p(x_0 | x_1) and log q(x_0 | x_1)", ["log p(x_0 | x_1) and", "    log q(x_0 | x_1)"]),
    ("x" * 60, ["x" * 60]),
])  # fmt: skip
def test_formulas_are_broken_before_an_operator_and_outside_of_brackets(formula: str, lines: list[str]) -> None:
    assert broken(formula, 36, 0) == lines and joined(broken(formula, 36, 0)) == formula


def test_no_word_is_lost_in_breaking_and_definitions_begin_lines() -> None:
    for name in ("ddpm.posterior", "vdm.immse", "bayes.gaussian.step"):
        for group in grouped(claims()[name].written()):
            for one in lines_of(group):
                parts = broken(one, 80, 0)
                assert joined(parts).split() == one.split() and max(map(len, parts)) <= 80
    assert packed("where  ", ["a = 1", "b = 2", "c = " + "d + " * 12 + "e", "f = 3"], 40) == [
        "where  a = 1, b = 2,",
        "       c = d + d + d + d + d + d + d + d",
        "           + d + d + d + d + e,",
        "       f = 3",
    ]  # fmt: skip


def test_ledgers_mark_the_rows_that_are_not_confirmed() -> None:
    """In text and in data, those and no others, with a line that says what the mark means."""
    paper = papers()["iddpm2021"]
    rows = {e.number: row_of_ledger(paper, e, {}) for e in paper.equations}
    told = {n: " ".join(" ".join(part if isinstance(part, str) else part[0] for part in _lines(e, r, 9)).split())
            for e, (n, r) in zip(paper.equations, rows.items(), strict=True)}  # fmt: skip
    unsure = {e.number for e in paper.equations if not e.confirmed}
    assert {n for n, one in told.items() if f"[{NOT_CONFIRMED}]" in one} == unsure < set(told) or unsure == set(told)
    assert {n for n, r in rows.items() if not r["confirmed"]} == unsure != set()
    assert all(f"[{NOT_CONFIRMED}]" not in " ".join(map(str, _lines(e, row_of_ledger(p, e, {}), 9)))
               for p in papers().values() for e in p.equations if e.confirmed)  # fmt: skip
