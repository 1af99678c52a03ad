"""Right formulas in the notation of their sources are equal; each with a slip is wrong, in what it was meant for."""

import tomllib
from pathlib import Path

import pytest

from derivations.query import ask as asking
from derivations.query.ask import ask
from derivations.query.joined import OTHERWISE
from derivations.query.standing import Stands
from derivations.query.told import lines

pytestmark = pytest.mark.xdist_group("query")  # which builds the index once
TWINS = tomllib.loads(Path(__file__).with_name("twins.toml").read_text())["twin"]
SEEN = [t for t in TWINS if "claim" in t]
UNDEFINED = [t for t in TWINS if "nearest" in t]
GUESS = "pred_original_sample = (sample - beta_prod_t ** 0.5 * model_output) / alpha_prod_t ** 0.5"
STEP = r"x_t = \sqrt{\alpha_t} x_{t-1} + \sqrt{1-\alpha_t}"
MARGINAL = r"x_t = \sqrt{\bar\alpha_t} x_0 + \sqrt{1-\bar\alpha_t}"


@pytest.fixture(autouse=True)
def all_claims_stand(monkeypatch: pytest.MonkeyPatch) -> None:
    """Treat all claims as green, and judge in this process: only the formula is tested here."""
    monkeypatch.setattr(asking, "within", lambda _, job: job())
    monkeypatch.setattr(asking._Job, "stands", lambda self, name: Stands("proved", ("prove",)))


def test_each_pair_says_what_is_expected() -> None:
    assert len(SEEN) + len(UNDEFINED) == len(TWINS) >= 30


@pytest.mark.parametrize("twin", TWINS, ids=lambda t: t["right"][:60])
def test_the_right_one_is_equal_first_and_no_reading_accuses_it(twin: dict[str, str]) -> None:
    answer = ask(twin["right"])
    assert answer.is_equal and answer.read[0].verdict.kind == "equal", str(answer)
    assert all(r.verdict.kind != "different" for r in answer.read), str(answer)


@pytest.mark.parametrize("twin", SEEN, ids=lambda t: t["wrong"][:60])
def test_the_slip_is_wrong_in_what_it_was_meant_for(twin: dict[str, str]) -> None:
    verdicts = [r.verdict for r in ask(twin["wrong"]).read]
    slips = [v for v in verdicts if v.kind in ("wrong_form", "different")]
    assert all(v.kind != "equal" for v in verdicts)
    assert any(v.claim == twin["claim"] and v.at and v.off.strip("-0.e") for v in slips), verdicts


@pytest.mark.parametrize("twin", UNDEFINED, ids=lambda t: t["wrong"][:60])
def test_a_slip_without_a_value_is_unknown_and_says_what_it_is_near(twin: dict[str, str]) -> None:
    verdicts = [r.verdict for r in ask(twin["wrong"]).read]
    assert {v.kind for v in verdicts} == {"unknown"}
    near = [v for v in verdicts if v.near and v.near[0].claim == twin["nearest"]]
    assert any("no value" in v.reason for v in near), verdicts


def test_a_reading_by_another_meaning_of_a_name_does_not_accuse_what_is_equal() -> None:
    others = [r.verdict for r in ask(GUESS).read if r.verdict.kind != "equal"]
    assert any(v.reason == OTHERWISE for v in others), "the output may be a guess of v"
    wrong = GUESS.replace("/ alpha", "/ beta")
    assert all(r.verdict.reason != OTHERWISE for r in ask(wrong).read)


@pytest.mark.parametrize("formula", [STEP, MARGINAL])
def test_the_noise_of_a_step_is_read_with_a_note(formula: str) -> None:
    for noise, has_note in ((r"\epsilon_{t-1}", True), (r"\epsilon", False)):
        answer = ask(f"{formula} {noise}")
        told = dict(lines(answer.read[0]))
        assert answer.is_equal and ("note" in told) is has_note
        assert not has_note or told["note"].startswith(r"\epsilon_{t-1} is read as")


def test_noise_for_the_score_of_the_marginal_law_is_told_apart_from_the_score_given_the_data() -> None:
    formula = r"-\frac{1}{\sqrt{1-\bar\alpha_t}}\epsilon_0"
    (read,) = ask(rf"\nabla\log p(x_t) = {formula}").read
    assert read.verdict.kind == "unknown" and r"\nabla\log q(x_t|x_0), and the score of the law" in read.verdict.reason
    assert ask(rf"\nabla\log q(x_t|x_0) = {formula}").is_equal


def test_the_mean_given_the_state_is_by_tweedie_and_says_what_the_score_is() -> None:
    (read,) = ask(r"\mathbb{E}[x_0|x_t] = (x_t + (1-\bar\alpha_t)\nabla\log q(x_t))/\sqrt{\bar\alpha_t}").read
    assert (read.verdict.kind, read.verdict.claim) == ("equal", "score.tweedie") and read.verdict.proved_by
    assert "the law of the state alone" in dict(lines(read))["note"]


def test_a_rate_has_no_datum_and_says_so() -> None:
    (read,) = ask(r"\frac{dx_t}{dt} = f(t) x_t - \frac12 g^2(t) \nabla_x\log q_t(x_t|x_0)").read
    assert (
        read.verdict.kind == "unknown" and "the rate in the flow of the law of the state alone" in read.verdict.reason
    )


def test_a_remark_in_a_part_ends_without_a_comma() -> None:
    head = dict(lines(ask(rf"{MARGINAL} \epsilon").read[0]))["equal"]
    assert "fresh noise (" in head and "noise, (" not in head
    wrong = dict(lines(ask(r"x_t = \sqrt{\bar\alpha_t} x_0 + (1-\bar\alpha_t)\epsilon").read[0]))
    assert not any(text.endswith(",") for text in wrong.values()), wrong
