"""The sides of an equation are compared with each other, where both have a value of their own."""

import pytest

from derivations.query.candidates.sides import Compared, compared
from derivations.query.reading import readings
from derivations.query.verdict import Answer, Read, Verdict

VARIANCE = r"\frac{1-\bar\alpha_{t-1}}{1-\bar\alpha_t}\beta_t"
MEAN = (
    r"\frac{\sqrt{\bar\alpha_{t-1}}\beta_t}{1-\bar\alpha_t}x_0"
    r" + \frac{\sqrt{\alpha_t}(1-\bar\alpha_{t-1})}{1-\bar\alpha_t}x_t"
)
FALSE = {
    "a symbol of the right side": rf"\beta_t = {VARIANCE}",
    "a symbol that others define": rf"\tilde\beta_t = {MEAN}",
    "an expression": rf"1-\bar\alpha_t = {VARIANCE}",
    "two right sides": rf"q = {VARIANCE} = \sqrt{{\bar\alpha_t}}x_0+\sqrt{{1-\bar\alpha_t}}\epsilon",
    "a sum off by one": r"1 - \beta_t = \alpha_t + 1",
}
TRUE = {
    "a symbol that others define": rf"\tilde\beta_t = {VARIANCE}",
    "an expression": r"1-\bar\alpha_t = 1 - \bar\alpha_{t-1}\alpha_t",
    "two right sides": rf"q = {VARIANCE} = \beta_t \frac{{1-\bar\alpha_{{t-1}}}}{{1-\alpha_t\bar\alpha_{{t-1}}}}",
}
OPEN = {  # what the equation defines
    "a mean": rf"\tilde\mu_t = {MEAN}",
    "a choice": rf"\sigma_t^2 = {VARIANCE}",
    "a state": r"x_t = \sqrt{\bar\alpha_t}x_0 + \sqrt{1-\bar\alpha_t}\epsilon",
    "a letter": rf"q = {VARIANCE}",
}


def of(formula: str) -> Compared:
    return compared(formula, {}, readings(formula))


@pytest.mark.parametrize("name", FALSE)
def test_sides_that_differ_are_named(name: str) -> None:
    assert " is not " in of(FALSE[name]).differing["DDPM"]


@pytest.mark.parametrize("formula", [*TRUE.values(), *OPEN.values()])
def test_sides_that_agree_or_are_defined_there_do_not_differ(formula: str) -> None:
    assert "DDPM" not in of(formula).differing


def test_only_a_left_side_with_a_value_of_its_own_is_compared() -> None:
    assert "DDPM" in of(TRUE["an expression"]).left
    assert not any("DDPM" in of(formula).left for formula in OPEN.values())


def test_sides_in_other_ones_of_what_is_linked_are_not_compared() -> None:
    by_noise = r"\frac{1}{\alpha_t}z_t - \frac{\sigma_t}{\alpha_t}\hat\epsilon_\theta"
    assert not of(rf"q = {by_noise} = \hat x_\theta").differing.get("VDM")
    assert of(rf"q = {by_noise} = \frac{{1}}{{\alpha_t}}z_t - \sigma_t\hat\epsilon_\theta").differing.get("VDM")


def test_a_path_that_preserves_variance_is_enough() -> None:
    left = r"q = \frac{1-\exp(\gamma_s-\gamma_t)}{1+\exp(-\gamma_t)}"
    assert "VDM" not in of(rf"{left} = \sigma_t^2 (1-\exp(\gamma_s-\gamma_t))").differing
    assert "VDM" in of(rf"{left} = \sigma_s^2 (1-\exp(\gamma_s-\gamma_t))").differing
    assert "DDPM" not in of(r"\frac{\bar\alpha_t}{1-\bar\alpha_t} = \exp(-\omega_\eta(t))").differing


def test_a_formula_without_an_equality_has_no_sides() -> None:
    assert of(VARIANCE) == Compared({}, frozenset())


def test_an_answer_is_equal_only_where_all_sides_are_in_one_convention_that_does_not_differ() -> None:
    def read(convention: str, side: int, kind: str = "equal") -> Read:
        return Read((convention,), "", "", side, "", {}, Verdict(kind))  # type: ignore[arg-type]

    both = (read("DDPM", 1), read("DDPM", 2))
    assert Answer("", both).is_equal
    assert not Answer("", both, {"DDPM": "a is not b"}).is_equal
    assert Answer("", both, {"VDM": "a is not b"}).is_equal
    assert not Answer("", (read("DDPM", 1), read("VDM", 2))).is_equal
    assert not Answer("", (read("DDPM", 1), read("DDPM", 2, "unknown"))).is_equal
