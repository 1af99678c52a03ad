"""A formula is called different only from what is meant: by a left side, by name, or where one slip separates them."""

import pytest
from sympy import Expr, log, sqrt

from derivations.catalogue import claims
from derivations.query.candidates.asked import Asked
from derivations.query.candidates.related import is_related
from derivations.query.candidates.slips import slips
from derivations.query.index.described import Described, described
from derivations.query.index.relations import is_possible
from derivations.query.left.named import named
from derivations.query.left.side import NO_LEFT, Left
from derivations.query.match import matched
from derivations.query.standing import Stands
from derivations.symbols import abar, abar_s, alpha, alpha_s, beta, score, sigma_s, var, x_0, x_s, x_t

VARIANCE = (1 - abar_s) * beta / (1 - abar)
MEAN = sqrt(abar_s) * beta / (1 - abar) * x_0 + sqrt(alpha) * (1 - abar_s) / (1 - abar) * x_t
NAMES = ("ddpm.posterior", "ddpm.variance.optimal", "ddpm.mu.eps", "vdm.forward.snr", "ddim.marginal")


@pytest.fixture(scope="module")
def few() -> dict[str, Described]:
    return {name: described(claims()[name]) for name in NAMES}


def of(e: Expr, few: dict[str, Described], left: str = "", by: str = "DDPM") -> tuple[str, str]:
    found = matched(Asked(e, by), few, "", lambda _: Stands("proved"), named(left, (by,), few))
    return found.kind, found.claim


def test_a_left_side_names_the_claims_that_papers_write_after_it(few: dict[str, Described]) -> None:
    assert list(named(r"\tilde\beta_t", ("DDPM",), few).claims) == ["ddpm.posterior"]
    assert named(r"\tilde\beta_t", ("DDPM",), few).is_one
    assert named(r"\tilde\mu_t(x_t, x_0)", ("DDPM",), few).claims["ddpm.posterior"] == ("answer.mean",)
    assert list(named("posterior_variance[t]", ("code",), few).claims) == ["ddpm.posterior"], "by what it means"
    assert named("Q", ("DDPM",), few) == NO_LEFT._replace(typed="Q", letter="Q")
    assert not named("q", ("DDPM",), few).letter
    assert named("", ("DDPM",), few) == NO_LEFT


def test_the_root_of_a_variance_stands_for_it_only_where_no_variance_is_named(few: dict[str, Described]) -> None:
    assert of(sqrt(VARIANCE), few)[0] == of(sqrt(VARIANCE), few, r"\sigma_t")[0] == "equal"
    for left in (r"\sigma_t^2", r"\tilde\beta_t", r"\Sigma_\theta", "q"):
        assert of(sqrt(VARIANCE), few, left)[0] != "equal", left


def test_a_choice_and_a_state_say_nothing_of_what_stands_after_them(few: dict[str, Described]) -> None:
    for left in (r"\sigma_t^2", "x_{t-1}"):
        assert named(left, ("DDPM",), few).claims and not named(left, ("DDPM",), few).is_one, left


def test_after_a_left_side_a_formula_is_different_from_what_that_names(few: dict[str, Described]) -> None:
    other = abar_s * beta + beta**3
    assert of(other, few) == ("unknown", "")
    assert of(other, few, r"\tilde\beta_t") == ("different", "ddpm.posterior")
    assert of(other, few, r"\sigma_t^2") == ("unknown", ""), "which may be chosen"
    assert of(other * var, few, r"\tilde\beta_t") == ("unknown", ""), "in symbols that the claim does not have"
    assert of(VARIANCE, few, r"\tilde\beta_t") == ("equal", "ddpm.posterior")


def test_after_the_name_of_nothing_a_formula_is_unknown(few: dict[str, Described]) -> None:
    slipped = (1 - abar_s) * beta / (1 + abar)
    assert of(slipped, few)[0] == "different"
    assert of(slipped, few, r"\hat x_\theta") == ("unknown", "")
    assert of(slipped, few, "q")[0] == "different", "a letter of one's own"


def test_a_related_quantity_is_wrong_only_in_the_place_of_the_right_one(few: dict[str, Described]) -> None:
    for other, kind in ((sqrt(VARIANCE), "equal"), (1 / VARIANCE, "unknown")):
        assert of(other, few)[0] == kind
        assert of(other, few, r"\tilde\beta_t") == ("wrong_form", "ddpm.posterior")
    inverted = (1 - abar) * beta / (1 - abar_s)
    assert of(inverted, few) == ("wrong_form", "ddpm.posterior"), "which goes with nothing"
    assert of(inverted, few, r"\mu_\theta") == ("different", "ddpm.mu.eps"), "which is another thing"
    assert of(inverted, few, r"\hat x_\theta") == ("unknown", ""), "of which there is no claim"


@pytest.mark.parametrize(
    ("e", "related"),
    [
        (2 * MEAN, False), (MEAN**2, True), (MEAN.args[0], True), (1 / MEAN, True), (sqrt(abar_s) * x_0, False),
        (MEAN + x_t * abar, False), (MEAN.subs(x_0, x_t), False),
    ],
)  # fmt: skip
def test_what_goes_with_a_formula(e: Expr, related: bool) -> None:
    assert is_related(Asked(e), [MEAN]) is related


def test_slips_are_inside() -> None:
    e = sqrt(alpha) * x_0 - (1 - abar_s) * x_t / alpha
    found = {s.raw for s in slips(Asked(e))}
    assert {sqrt(abar) * x_0 - (1 - abar_s) * x_t / abar, sqrt(alpha) * x_0 + (1 - abar_s) * x_t / alpha} <= found
    assert not {-e, e**2, sqrt(e), 2 * e} & found, "the whole is another quantity"
    lost = [s for s in slips(Asked(alpha_s**2 - sigma_s**2)) if not s.raw.free_symbols]
    assert not lost


def test_a_multiple_of_a_logarithm_is_no_slip(few: dict[str, Described]) -> None:
    few = few | {name: described(claims()[name]) for name in ("vdm.forward.gamma",)}
    assert of(log(abar / (1 - abar)) / 2, few)[0] == "unknown"
    assert of(2 * VARIANCE, few) == ("different", "ddpm.posterior")


def test_the_claim_of_the_same_symbols_comes_first() -> None:
    both = {name: described(claims()[name]) for name in ("ddpm.marginal.jump", "ddpm.forward")}
    assert of(sqrt(1 - beta) * x_s, both) == ("equal", "ddpm.forward")


def test_a_bar_is_forgotten_and_not_added() -> None:
    e = (x_t + (1 - abar) * score) / sqrt(abar)  # the mean of the data, beside that of the step before
    assert e.subs(abar, alpha) not in {s.raw for s in slips(Asked(e))}
    assert e in {s.raw for s in slips(Asked(e.subs(abar, alpha)))}


def test_a_point_is_possible_where_symbols_agree_with_their_definitions() -> None:
    assert is_possible({"abar_s": "1/6", "alpha": "1/2", "abar": "1/12", "x": "3"})
    assert not is_possible({"abar_s": "1/6", "alpha": "1/2", "abar": "1/3"})
    assert not is_possible({"snr_s": "2", "snr_t": "1", "dsnr": "3"})


def test_a_left_side_of_no_claim_allows_no_wrong_form() -> None:
    assert Left().allows(None, {})  # type: ignore[arg-type]
    assert not Left(is_known=True).allows(None, {})  # type: ignore[arg-type]
