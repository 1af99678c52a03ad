"""Names of several meanings, and of the user's own: a right formula is no wrong one, and a wrong one never equal."""

import pytest

from derivations.query import ask as asking
from derivations.query.ask import ask
from derivations.query.standing import Stands
from derivations.query.verdict import Answer

pytestmark = pytest.mark.xdist_group("query")  # which builds the index once
C, U = r"\epsilon_\theta(x_t,c)", r"\epsilon_\theta(x_t,\emptyset)"
GUIDED = (  # a right formula, and the same with a slip
    (rf"(1+w){C} - w{U}", rf"(1+w){U} - w{C}"),
    (rf"w{C} + (1-w){U}", rf"w{C} + (1+w){U}"),
    (rf"(1+s){C} - s{U}", rf"(1+s){C} - {U}"),
    (
        r"(1+w)\epsilon_\theta(z_\lambda,c) - w\epsilon_\theta(z_\lambda)",
        r"(1+w)\epsilon_\theta(z_\lambda,c) + w\epsilon_\theta(z_\lambda)",
    ),
)
NAMES = (r"\tilde\epsilon", r"\bar\epsilon", r"\hat\epsilon", r"\epsilon", r"\epsilon_{cfg}")
CODE = (
    ("eps = (1 + w) * eps_c - w * eps_u", "eps = (1 + w) * eps_c + w * eps_u"),
    (
        "velocity = sqrt_alpha_prod * noise - sqrt_one_minus_alpha_prod * sample",
        "velocity = sqrt_alpha_prod * sample - sqrt_one_minus_alpha_prod * noise",
    ),
    (
        "noisy_samples = sqrt_alpha_prod * sample + sqrt_one_minus_alpha_prod * noise",
        "noisy_samples = sqrt_alpha_prod * sample + (1 - alphas_cumprod) * noise",
    ),
    ("std_dev_t = eta * variance ** (0.5)", "std_dev_t = eta * variance"),
    ("sigma_t = sigma * alpha_t", "sigma_t = sigma / alpha_t"),
    ("alpha_t = 1 / ((sigma**2 + 1) ** 0.5)", "alpha_t = 1 / ((sigma**2 - 1) ** 0.5)"),
    ("current_beta_t = 1 - current_alpha_t", "current_beta_t = 1 + current_alpha_t"),
)
FALSE = r"\tilde\beta_t = \frac{1-\bar\alpha_{t-1}}{1-\bar\alpha_t}\beta_t = \beta_t"
CASES = [(f"{name} = {right}", f"{name} = {wrong}") for name in NAMES for right, wrong in GUIDED] + list(CODE)


@pytest.fixture(autouse=True)
def all_claims_stand(monkeypatch: pytest.MonkeyPatch) -> None:
    """Treat all claims as green, and judge in this process: only the formula is tested here."""
    monkeypatch.setattr(asking, "within", lambda _, job: job())
    monkeypatch.setattr(asking._Job, "stands", lambda self, name: Stands("proved", ("prove",)))


@pytest.mark.parametrize("right", [right for right, _ in CASES])
def test_a_right_formula_is_equal_first(right: str) -> None:
    answer = ask(right)
    assert answer.is_equal and answer.read[0].verdict.kind == "equal", str(answer)


@pytest.mark.parametrize("wrong", [wrong for _, wrong in CASES])
def test_with_a_slip_it_is_not(wrong: str) -> None:
    answer = ask(wrong)
    assert all(r.verdict.kind != "equal" for r in answer.read), str(answer)


def test_what_a_name_is_of_counts_as_it_stands_in_brackets() -> None:
    """Guided noise depends on what the guess is given: without it there is no such name."""
    right = r"(1+w)\epsilon_\theta(z_\lambda,c) - w\epsilon_\theta(z_\lambda)"
    assert ask(rf"\bar\epsilon_\theta(z_\lambda, c) = {right}").is_equal
    assert not ask(rf"\bar\epsilon_\theta(z_\lambda) = {right}").is_equal


def test_a_name_of_several_meanings_makes_no_equation_false() -> None:
    assert all(r.verdict.kind != "different" for r in ask("std_dev_t = eta * variance ** (0.5)").read)


def test_a_false_chain_is_said_to_be_false_first() -> None:
    answer = ask(FALSE)
    assert str(answer).startswith("the equation is false: ") and r"is not \beta_t" in str(answer).splitlines()[0]
    assert not ask(FALSE.rpartition(" = ")[0]).false and _is_equal_first(ask(FALSE.rpartition(" = ")[0]))


def _is_equal_first(answer: Answer) -> bool:
    return str(answer).startswith("equal ddpm.posterior")
