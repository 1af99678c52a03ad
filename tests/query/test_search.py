"""The search by value and what follows it: neither coincidence nor forgery is called equal."""

import os
import signal
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from sympy import Eq, Expr, Symbol, exp, sqrt

from derivations.catalogue import claims
from derivations.query import ask as asking
from derivations.query.ask import ask
from derivations.query.candidates.asked import Asked
from derivations.query.candidates.nearest import nearest
from derivations.query.candidates.search import agreeing
from derivations.query.child import Broken, TimedOut, within
from derivations.query.index.described import Described, described
from derivations.query.match import matched
from derivations.query.reading import readings
from derivations.query.standing import Stands, of_row
from derivations.symbols import abar, alpha_s, alpha_ts, sigma_s, sigma_t, sigma_ts, x, z_t

NAMES = ("vdm.posterior.variance", "vdm.posterior.mean", "vdm.param.eps")
VARIANCE = sigma_s**2 * sigma_ts**2 / sigma_t**2
MEAN = alpha_ts * sigma_s**2 / sigma_t**2 * z_t + alpha_s * sigma_ts**2 / sigma_t**2 * x


@pytest.fixture
def small() -> dict[str, Described]:
    """An index of a few claims, which tests may change."""
    return {name: described(claims()[name]) for name in NAMES}


def proved(name: str) -> Stands:
    return Stands("proved", ("prove", "enclose"))


def test_an_equal_formula_is_found_in_any_symbols(small: dict[str, Described]) -> None:
    for e in (VARIANCE, 1 / (alpha_ts**2 / sigma_ts**2 + sigma_s**-2)):
        found = agreeing(Asked(e), small)
        assert (found[0].claim, found[0].entry["where"]) == ("vdm.posterior.variance", "answer")
        assert matched(Asked(e), small, "", proved).kind == "equal"
    assert agreeing(Asked(2 * VARIANCE), small) == []


def test_a_forged_collision_is_not_called_equal(small: dict[str, Described]) -> None:
    """All values of an entry are those of another formula, but the engines distinguish the two."""
    other = VARIANCE * (1 + exp(-alpha_s))
    for entry in small["vdm.posterior.variance"]["entries"]:
        entry["values"] = [None if v is None else v.str(60, radius=False) for v in Asked(other).values]
    assert agreeing(Asked(other), small), "the forgery is looked at"
    verdict = matched(Asked(other), small, "", proved)
    assert verdict.kind == "different" and verdict.claim == "vdm.posterior.variance" and verdict.at


def test_nothing_is_equal_to_a_claim_that_is_not_green(small: dict[str, Described]) -> None:
    verdict = matched(Asked(VARIANCE), small, "", lambda name: Stands("", reason=f"{name} is not green"))
    assert verdict.kind == "unknown" and "not green" in verdict.reason
    row = {"name": "a", "kind": "equality", "verdict": "proved", "green": False, "engines": [], "obligations": {}}
    assert of_row(row).standing == ""
    proof = {"engine": "prove", "verdict": "proved"}
    row |= {"green": True, "engines": [proof], "obligations": {"left": []}}
    assert of_row(row) == Stands("proved", ("prove",))
    assert of_row(row | {"obligations": {"left": ["a sign"]}}).standing == "consistent"
    assert of_row(row | {"kind": "definition", "verdict": "definition"}).standing == "by definition"


def test_a_right_answer_comes_before_a_wrong_form(small: dict[str, Described]) -> None:
    verdict = matched(Asked(alpha_ts * (z_t - sigma_s) / (z_t - sigma_s)), small, "vdm.posterior.mean", proved)
    assert verdict.kind == "wrong_form" and verdict.wrong == "sigma_t^2 for sigma_s^2" and verdict.at
    weight = alpha_ts * sigma_s**2 / sigma_t**2
    assert matched(Asked(weight), small, "", proved).kind == "equal", "also the other weight, when they are swapped"


def test_a_different_formula_is_compared_with_the_nearest(small: dict[str, Described]) -> None:
    near = nearest(Asked(-3 * VARIANCE), small)[0]
    assert near.candidate.claim == "vdm.posterior.variance" and near.ratio == -3
    for claim, kind in (("vdm.posterior.mean", "different"), ("", "unknown")):
        verdict = matched(Asked(MEAN + sigma_s), small, claim, proved)
        assert (verdict.kind, verdict.near[0].claim) == (kind, "vdm.posterior.mean")
        assert verdict.near[0].off and verdict.near[0].at


@pytest.mark.parametrize("small_piece", [x, sigma_s**2, 2 * x, sqrt(sigma_s), x - z_t, 1 / sigma_s])
def test_small_pieces_match_nothing(small_piece: Expr, small: dict[str, Described]) -> None:
    verdict = matched(Asked(small_piece), small, "", proved)
    assert verdict.kind == "unknown" and "operations" in verdict.reason


@pytest.mark.parametrize(
    "number", ["sigma_s*(x - z_t)/(sigma_s*(x - z_t))", "sigma_s*(x - x) + 2", "x*sigma_s**2*(z_t - z_t)"]
)
def test_numbers_match_nothing(number: str, small: dict[str, Described]) -> None:
    """What is 0 or 1, however it is written, is a side of many claims, and says of none."""
    verdict = matched(Asked(readings(number)[0].expr), small, "", proved)
    assert verdict.kind == "unknown" and "it is a number" in verdict.reason


def test_a_bare_name_matches_nothing(monkeypatch: pytest.MonkeyPatch, small: dict[str, Described]) -> None:
    """A name by which a convention means a formula is a name as it is written."""
    monkeypatch.setattr(asking, "index", lambda watch: small)
    monkeypatch.setattr(asking._Job, "stands", lambda self, name: proved(name))
    (bare,) = ask("posterior_mean_coef1[t]", seconds=120).read
    assert bare.verdict.kind == "unknown" and "operations" in bare.verdict.reason
    assert ask("betas*alphas_cumprod_prev**0.5/(1 - alphas_cumprod)", seconds=120).is_equal


def test_a_question_may_be_limited_to_one_claim(small: dict[str, Described]) -> None:
    assert matched(Asked(VARIANCE), small, "vdm.posterior.mean", proved).kind == "different"
    assert matched(Asked(x), small, "vdm.posterior.mean", proved).kind != "equal"


def test_a_forgotten_alpha_is_wrong_where_no_convention_leaves_it_out() -> None:
    """The variance of a step is sigma_t^2 - sigma_s^2 where data are not scaled, which EDM's symbols say."""
    index = {"vdm.posterior.variance": described(claims()["vdm.posterior.variance"])}
    unscaled = sigma_s**2 * (sigma_t**2 - sigma_s**2) / sigma_t**2
    for convention, kind in (("EDM", "equal"), ("Score SDE", "equal"), ("VDM", "different"), ("ours", "different")):
        assert matched(Asked(unscaled, convention), index, "vdm.posterior.variance", proved).kind == kind


def test_a_short_answer_in_the_symbols_of_a_view_is_equal_to_its_claim() -> None:
    snr = {"vdm.forward.snr": described(claims()["vdm.forward.snr"])}
    assert matched(Asked(abar / (1 - abar), "DDPM"), snr, "vdm.forward.snr", proved).kind == "equal"
    assert matched(Asked((1 - abar) / abar, "DDPM"), snr, "vdm.forward.snr", proved).kind == "different"
    assert matched(Asked(abar / (1 - abar), "DDPM"), snr, "", proved).kind == "equal", "it is a whole answer"
    assert matched(Asked((1 - abar) / abar, "DDPM"), snr, "", proved).kind == "unknown"
    assert matched(Asked(1 - abar, "DDPM"), snr, "", proved).kind == "unknown"


@pytest.mark.parametrize(
    ("formula", "fault"),
    [
        (Symbol("sigma_ts") ** 2 * sigma_s, "expected symbols of derivations.symbols, .*: sigma_ts"),
        (0.5 * sigma_s**2, "expected exact numbers, .* 0.5"),
        (Eq(x, 1), "expected a formula"),
    ],
)
def test_expressions_are_in_our_symbols_and_exact(formula: Expr, fault: str) -> None:
    with pytest.raises(ValueError, match=fault):
        ask(formula)


# -- time ----------------------------------------------------------------------------------------


def _hang() -> None:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    while True:
        time.sleep(1)


def _work(seconds: float) -> float:
    """Use so much of the processor's time."""
    start = time.process_time()
    while (used := time.process_time() - start) < seconds:
        sum(range(1000))
    return used


def test_a_job_that_does_not_end_is_stopped() -> None:
    with pytest.raises(TimedOut, match=r"not done in 0.02 s, nor in .* by the clock"):
        within(0.02, _hang)
    with pytest.raises(TimedOut, match=r"not done in 0.2 s of processor time"):
        within(0.2, lambda: _work(1000))


def test_only_the_time_of_the_processor_counts() -> None:
    """A machine that is busy with others gives a job its time late: here it sleeps longer than it may work."""
    assert within(0.4, lambda: (time.sleep(0.6), _work(0.01))[1]) >= 0.01
    assert within(2.0, lambda: _work(0.2)) >= 0.2


@pytest.mark.parametrize(("job", "fault"), [(lambda: 1 // 0, ZeroDivisionError), (lambda: os._exit(3), Broken)])
def test_a_failed_job_reports_its_error(job: Callable[[], int], fault: type[Exception]) -> None:
    with pytest.raises(fault):
        within(20, job)
    assert within(20, lambda: 7) == 7


def test_a_formula_that_takes_too_long_is_unknown(monkeypatch: pytest.MonkeyPatch, small: dict[str, Described]) -> None:
    monkeypatch.setattr(asking, "index", lambda watch: small)
    monkeypatch.setattr(asking, "matched", lambda *_: _hang())
    (read,) = ask(VARIANCE, seconds=0.2).read
    assert read.verdict.kind == "unknown" and "0.2 s" in read.verdict.reason


def test_a_formula_whose_values_take_too_long_is_unknown(small: dict[str, Described]) -> None:
    """SymPy looks for the sign of exp(exp(10^20)) - 1 digit by digit, before any reading is judged."""
    for formula in (r"\left|\exp(\exp(10^{20}))-1\right| x_0 x_t", r"q = \sqrt{(\exp(\exp(10^{20}))-1)^2} x_0"):
        start = sum(os.times()[:4])  # of this process and its children, as the clock runs on while others compute
        with pytest.MonkeyPatch.context() as patched:
            patched.setattr(asking, "index", lambda watch: small)
            answer = ask(formula, seconds=0.3)
        assert sum(os.times()[:4]) - start < 30
        assert {r.verdict.kind for r in answer.read} == {"unknown"} and not answer.is_equal
        assert all("not done in 0.3 s" in r.verdict.reason and r.conventions for r in answer.read)


def test_names_beside_an_expression_are_refused(small: dict[str, Described]) -> None:
    with pytest.raises(ValueError, match="expected names in `where` beside text only"):
        ask(VARIANCE, where={"q": "x"})


def test_an_unverified_claim_is_verified_first(
    monkeypatch: pytest.MonkeyPatch, small: dict[str, Described], tmp_path: Path
) -> None:
    monkeypatch.setenv("UDM_CACHE", str(tmp_path))
    monkeypatch.setattr(asking, "index", lambda watch: small)
    heard: list[str] = []
    answer = ask(VARIANCE, seconds=120, verifying=heard.append)
    assert answer.is_equal and heard == ["vdm.posterior.variance"]
    assert answer.read[0].verdict.proved_by[:3] == ("prove", "field", "enclose")
    assert ask(VARIANCE, seconds=120, verifying=heard.append).is_equal and len(heard) == 1, "its evidence is kept"
    monkeypatch.setattr(asking, "VERIFYING", 0.01)
    monkeypatch.setenv("UDM_CACHE", str(tmp_path / "empty"))
    late = ask(VARIANCE, seconds=120)
    assert not late.is_equal and "not verified" in late.read[0].verdict.reason
