"""A formula of steps t + 1 and t, or t - 1 and t - 2, is renamed as a whole; what may mean another is left alone."""

import pytest

from derivations.query.ask import ask
from derivations.query.meant import noted
from derivations.query.reading import Unread
from derivations.query.told import quoted
from derivations.query.writing.shifted import shifted

RENAMED = {
    r"q(x_{t+1}|x_t) = \mathcal{N}(x_{t+1}; \sqrt{1-\beta_{t+1}} x_t, \beta_{t+1} I)": (
        r"q(x_{t}|x_{t-1}) = \mathcal{N}(x_{t}; \sqrt{1-\beta_{t}} x_{t-1}, \beta_{t} I)",
        "t+1",
    ),
    r"\sqrt{\alpha_{t - 1}} x_{t-2}": (r"\sqrt{\alpha_{t}} x_{t-1}", "t-1"),
    r"\mathrm{SNR}(t+1)": (r"\mathrm{SNR}(t)", "t+1"),
    r"\alpha_{t+1|t}": (r"\alpha_{t|t-1}", "t+1"),
    r"\epsilon_\theta(x_{t+1}, t+1)": (r"\epsilon_\theta(x_{t}, t)", "t+1"),
}
KEPT = {
    "a formula of t and t - 1": r"\sqrt{\alpha_t} x_{t-1}",
    "three steps": r"\alpha_{t+1}\beta_t x_{t-1}",
    "two steps at once": r"x_{t+2} + x_t",
    "a sum": r"\sum_{t=1}^{T} \beta_{t+1}",
    "a product": r"\prod_{i=1}^{t}\alpha_{i}\alpha_{t+1}",
    "another time, which may be t - 1": r"x_{t+1} - \alpha_{t|s} x_s",
    "a derivative": r"\frac{dx}{dt} = x_{t+1} - x_t",
    "a dot": r"\dot\sigma_{t+1}",
    "a prime": r"\gamma'_{t+1}",
    "a time as a factor": r"\beta_{t+1} + t(\beta_{t+1} - \beta_{t})",
    "a time in a sum": r"2t+1 + \beta_{t+1}",
    "another multiple of t": r"x_{2t+1}",
    "words": r"\text{at } \beta_{t+1}",
    "no time": r"\frac{\beta}{2}",
    "no LaTeX": "alphas_cumprod[t+1]",
}


@pytest.mark.parametrize("formula", RENAMED)
def test_renamed(formula: str) -> None:
    assert shifted(formula) == RENAMED[formula]


@pytest.mark.parametrize("formula", KEPT.values(), ids=KEPT)
def test_kept(formula: str) -> None:
    assert shifted(formula) == (formula, "")


def test_the_step_is_told() -> None:
    answer = ask(r"q(x_{t+1}|x_t) = \mathcal{N}(x_{t+1}; \sqrt{1-\beta_{t+1}} x_t, \beta_{t+1} I)")
    assert answer.is_equal and answer.formula.startswith("q(x_{t+1}|")
    assert all(next(noted(r)).startswith("it is read with t for t+1") for r in answer.read)
    assert "with t for t+1" in quoted(answer)


WRONG = {
    "variance squared": r"q(x_{t+1}|x_t) = \mathcal{N}(x_{t+1}; \sqrt{1-\beta_{t+1}} x_t, \beta_{t+1}^2 I)",
    "the step before": r"q(x_{t+1}|x_t) = \mathcal{N}(x_{t+1}; \sqrt{1-\beta_{t+1}} x_t, \beta_{t} I)",
    "alpha for beta": r"q(x_{t-1}|x_{t-2}) = \mathcal{N}(x_{t-1}; \sqrt{\alpha_{t-1}} x_{t-2}, \alpha_{t-1} I)",
    "all of the step before": r"\bar\alpha_{t+1} = \alpha_t\bar\alpha_{t}",
    "another state": r"q(x_{t+1}|x_0) = \mathcal{N}(x_{t+1}; \sqrt{\bar\alpha_t} x_0, (1-\bar\alpha_t) I)",
    "a state on the left alone": r"x_{t+1} = \sqrt{\bar\alpha_t}x_0 + \sqrt{1-\bar\alpha_t}\epsilon",
}


@pytest.mark.parametrize("formula", WRONG.values(), ids=WRONG)
def test_no_slip_is_equal(formula: str) -> None:
    assert not ask(formula).is_equal


def test_names_of_ones_own_are_not_renamed() -> None:
    with pytest.raises(Unread):
        ask(r"\beta_{t+1} w", where={"w": r"\beta_t"})
