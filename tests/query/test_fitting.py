"""What stands on the left of an equation: what the right side has to be, and what it is by the symbols alone."""

from dataclasses import replace

import pytest

from derivations.catalogue import claims
from derivations.query.ask import ask
from derivations.query.index.described import Described, described
from derivations.query.index.lefts import _is_all, as_written
from derivations.query.left.named import letter_of
from derivations.query.meaning import same
from derivations.query.reading import readings
from derivations.query.told import lines, quoted
from derivations.query.verdict import Answer
from derivations.query.writing.equation import Equation

NAMES = ("ddpm.posterior", "ddpm.marginal", "ddpm.forward", "vdm.param.eps", "vdm.kl.single")
MARGINAL = r"\sqrt{\bar\alpha_t} x_0 + \sqrt{1-\bar\alpha_t}\epsilon"
VARIANCE = r"\frac{1-\bar\alpha_{t-1}}{1-\bar\alpha_t}\beta_t"
KL = r"\frac{1}{2}(\mathrm{SNR}(s)-\mathrm{SNR}(t))\|x-\hat x_\theta(z_t;t)\|_2^2"


@pytest.fixture(scope="module")
def few() -> dict[str, Described]:
    return {name: described(claims()[name]) for name in NAMES}


@pytest.fixture(autouse=True)
def judged_here(few: dict[str, Described], monkeypatch: pytest.MonkeyPatch) -> None:
    from derivations.query import ask as asking
    from derivations.query.standing import Stands

    monkeypatch.setattr(asking, "index", lambda *_: few)
    monkeypatch.setattr(asking, "within", lambda _, job: job())
    monkeypatch.setattr(asking._Job, "stands", lambda self, name: Stands("proved", ("prove",)))


@pytest.mark.parametrize(
    ("left", "others", "right"),
    [
        (
            "x_t",
            (
                "x_0",
                "x_{t-1}",
                "x_{t-2}",
                "x_{t+1}",
                r"\epsilon",
                r"\epsilon_\theta",
                r"\mu_q",
                r"\mu_t",
                "q(x_t|x_{t-1})",
            ),
            MARGINAL,
        ),
        ("Q", ("w", r"\hat x_0", r"\mu_q", r"\mu_t", r"\sigma_t", r"\epsilon_w", "q(x_t)", "E[x_t]"), VARIANCE),
        (r"\sigma_q^2(t)", (r"\sigma_w^2", r"\sigma_w", r"\alpha_w"), VARIANCE),
        (
            r"D_{\mathrm{KL}}\left(q(z_s \mid z_t, x) \,\|\, p(z_s \mid z_t)\right)",
            ("D_{KL}(q(z_t|z_s) || p(z_s|z_t))", "D_{KL}(p(z_s|z_t) || q(z_s|z_t,x))"),
            KL,
        ),
    ],
)
def test_a_formula_is_equal_after_its_own_left_side_alone(left: str, others: tuple[str, ...], right: str) -> None:
    assert ask(f"{left} = {right}").is_equal
    for other in others:
        answer = ask(f"{other} = {right}")
        assert not answer.is_equal, other
        assert "equal" not in {r.verdict.kind for r in answer.read}, other


@pytest.mark.parametrize(
    ("left", "others", "right"),
    [
        (
            r"\mathbb{E}[x_t | x_{t-1}]",
            (r"\mathbb{E}[x_t | x_0]", r"\mathbb{E}[x_{t-1} | x_{t-1}]", r"\mathrm{Var}[x_t | x_{t-1}]"),
            r"\sqrt{1-\beta_t} x_{t-1}",
        ),
        (r"\mathbb{E}_q[x_t \mid x_0]", (r"\mathbb{E}[x_t | x_{t-1}]", "E[x_0 | x_t]"), r"\sqrt{\bar\alpha_t} x_0"),
        (
            r"\operatorname{Var}\left[x_{t-1} \mid x_t, x_0\right]",
            (r"\mathrm{Var}[x_{t-1} | x_t]", r"\mathrm{Var}[x_t | x_0]", r"\mathbb{E}[x_{t-1} | x_t, x_0]"),
            VARIANCE,
        ),
    ],
)
def test_a_moment_is_that_of_the_law_given_the_same(left: str, others: tuple[str, ...], right: str) -> None:
    assert ask(f"{left} = {right}").is_equal
    assert not [other for other in others if ask(f"{other} = {right}").is_equal]


def test_a_right_formula_out_of_place_is_named(few: dict[str, Described]) -> None:
    read = ask(f"x_0 = {MARGINAL}").read[0]
    assert (read.verdict.kind, read.verdict.claim) == ("unknown", "ddpm.marginal")
    assert "what stands on the left, x_0, is another thing" in read.verdict.reason
    assert "not known to be that" in ask(rf"\mathbb{{E}}[x_t] = {VARIANCE}").read[0].verdict.reason


def test_what_is_equal_by_its_symbols_is_told_so_and_is_no_claim() -> None:
    answer = ask(r"\alpha_t = 1 - \beta_t")
    (ddpm,) = (r for r in answer.read if "DDPM" in r.conventions)
    assert answer.is_equal and answer.differing.keys() == {"DDIM"}
    assert (ddpm.verdict.kind, ddpm.verdict.claim, ddpm.verdict.record()["claim"]) == ("equal", "", None)
    assert ("with", "beta = 1 - alpha") in list(lines(ddpm)) and not ddpm.left
    assert "its sides are equal, by what the symbols mean" in quoted(Answer(answer.formula, (ddpm,)))


@pytest.mark.parametrize(
    ("equation", "false"),
    [
        (r"\alpha_t = 1 - \beta_t", r"\alpha_t = 1 + \beta_t"),
        (r"\bar\alpha_t = \bar\alpha_{t-1}\alpha_t", r"\bar\alpha_t = \bar\alpha_{t-1}\alpha_{t-1}"),
        (r"\sqrt{(1-\beta_t)^2} = \alpha_t", r"\sqrt{(\beta_t-\alpha_t)^2} = 1 - 2\beta_t"),
        (r"x_0 = (x_t - \sqrt{1-\bar\alpha_t}\epsilon)/\sqrt{\bar\alpha_t}", f"x_0 = {MARGINAL}"),
        (r"\mathrm{SNR}(t) = \exp(-\gamma_t)", r"\mathrm{SNR}(t) = \exp(\gamma_t)"),
        (r"\alpha_t^2 = 1 - \sigma_t^2", r"\alpha_t = 1 - \sigma_t"),
        (r"\alpha_{t-1} = 1 - \beta_{t-1}", r"\sigma_q^2 = \Sigma_\theta"),
    ],
)
def test_meaning_proves_what_is_true_and_nothing_else(equation: str, false: str) -> None:
    assert any(_by_meaning(equation)) and not any(_by_meaning(false))


def _by_meaning(equation: str) -> list[bool]:
    left = {r.convention.partition(",")[0]: r.expr for r in readings(equation, side=0)}
    return [
        same(left[name], r.expr, name) is not None
        for r in readings(equation) for name in r.convention.split(", ") if name in left
    ]  # fmt: skip


def test_a_straight_path_preserves_no_variance() -> None:
    (ours,) = (r for r in readings(r"\alpha_t^2 = 1 - \sigma_t^2") if "VDM" in r.convention)
    (left,) = (r.expr for r in readings(r"\alpha_t^2") if "VDM" in r.convention)
    assert same(left, ours.expr, "VDM") and not same(left, ours.expr, "flow matching (noise at t = 0)")


def test_a_formula_is_named_as_a_whole_where_nothing_else_stands_there() -> None:
    assert _is_all(r"\sqrt{a} \epsilon_\theta", r"\sqrt{a}\epsilon_\theta(x_t, t),")
    assert _is_all(r"a (x - y)^2", r"a \|x - y\|_2^2")
    assert not _is_all(r"\sqrt{a} x", r"\sqrt{a} x + b") and not _is_all("g", "g(t)^2")


def test_what_is_no_name_is_compared_as_it_is_written() -> None:
    one, other = r"D_{\mathrm{KL}}\left(q(z|x) \,\|\, p(z)\right)", "D_{KL}[q(z \\mid x) || p(z)]"
    assert as_written(one) == as_written(other) != as_written("D_{KL}[q(z) || p(z)]")
    assert letter_of(Equation(r"\tilde\mu_k(x)").side(0).node) == "\\mu"
    assert letter_of(Equation("E[x | y]").side(0).node) == letter_of(Equation("q(x)").side(0).node) == ""
    assert letter_of(Equation("w[t]").side(0).node) == "w" and letter_of(Equation("q").side(0).node) != ""


def test_a_factor_is_said_to_be_one_everywhere_where_it_is_proved() -> None:
    whole = KL.replace(r"\frac{1}{2}", "")
    (read,) = ask(f"Q = {whole}").read
    assert read.verdict.kind == "unknown" and read.verdict.near[0].everywhere
    assert "2 times the answer of vdm.kl.single everywhere" in read.verdict.reason
    (other,) = ask(f"Q = 3 {whole}", against="vdm.kl.single").read
    assert other.verdict.kind == "different" and "6 times that everywhere" in next(iter(lines(other)))[1]
    (shifted,) = ask(f"Q = \\mathrm{{SNR}}(s) {whole}", against="vdm.kl.single").read
    assert not any(near.everywhere for near in shifted.verdict.near)


@pytest.mark.parametrize(
    ("equation", "why"),
    [
        (r"\tilde\beta_t = %s \mathbf{I}", r"\tilde\beta_t, is a number, and not times I"),
        (r"\tilde\beta_t \mathbf{I} = %s", r"\tilde\beta_t \mathbf{I}, is a matrix, and the right side is a number"),
        (
            r"\hat x_0 = \frac{x_t - \sqrt{1-\bar\alpha_t}\epsilon}{\sqrt{\bar\alpha_t}}",
            r"\hat x_0, is a network's guess, which has no eps",
        ),
        (r"x_0 = \frac{x_t - \sqrt{1-\bar\alpha_t}\epsilon_\theta}{\sqrt{\bar\alpha_t}}", "x_0, is no guess"),
        (f"L_t = {KL}", "L_t, is a loss, which is an expectation of that"),
    ],
)
def test_a_reader_is_told_what_a_left_side_is(equation: str, why: str) -> None:
    (read, *_) = ask(equation.replace("%s", VARIANCE)).read
    assert read.verdict.kind == "unknown" and why in read.verdict.reason


def test_a_matrix_and_a_law_are_told_as_such() -> None:
    assert ask(rf"{VARIANCE} \mathbf{{I}}").read[0].read_as.endswith("times I, the identity matrix")
    told = ask(r"q(x_t|x_0) = \mathcal{N}(x_t; \sqrt{\bar\alpha_t}x_0, (1-\bar\alpha_t)\mathbf{I})").read[0].read_as
    assert told.startswith("a law, of which sqrt(abar) x_0 + ") and told.endswith("where n_1 is standard normal")


def test_where_a_formula_would_be_wrong_is_told_last_and_only_without_a_left_side() -> None:
    """The variance is a known wrong form of the forward step's, which says nothing of what has a name."""
    (bare,), (named,) = ask(VARIANCE).read, ask(rf"\tilde\beta_t = {VARIANCE}").read
    wrong = ("ddpm.forward, 'x'",)
    of = [
        list(lines(replace(read, left=left, verdict=replace(read.verdict, also_wrong=wrong))))
        for read, left in ((bare, ""), (named, r"\tilde\beta_t"))
    ]
    assert of[0][-1] == ("elsewhere", "in the answer of ddpm.forward this formula would be wrong: there it is 'x'")
    assert "elsewhere" not in dict(of[1]) and "known wrong form" not in str(of)
