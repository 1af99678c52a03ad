"""An experiment must have power: a cheat that rejects nothing goes red for its own reason; its twin stays green."""

from collections.abc import Callable
from typing import Any

import pytest
from sympy import Expr, Integer, Min, Piecewise, Rational, Symbol, exp, expand, log, sqrt, tanh

from derivations.catalogue import claims
from derivations.engines.simulate import ALPHA, simulate
from derivations.form.claim import Claim, Wrong, by
from derivations.form.experiment import Chance, Experiment, Mean, Residual, Size
from derivations.form.statement import Equal
from derivations.form.verdict import Evidence
from derivations.judge.certificate import certify
from derivations.probability.gaussian import Normal
from tests.support.forged import a, b, c, claim, law, n, v, w, x
from tests.support.judged import green, red

NINE = expand((a + b) ** 2)  # at a = 2, b = 1
AT = {a: 2, b: 1}
u, z, w_0 = v, w, Symbol("w_0", real=True)  # a uniform number, variables of the process
FAR = {"far": Wrong(10**12 * NINE, "all"), "other": Wrong(b, "all")}


def run(*checks: Any, process: Any = ((x, a + b + n),), wrong: Any = FAR, **changes: Any) -> Claim:
    """Return the claim (a + b)^2 = 9 with an experiment, in which x = a + b + n by default."""
    usual: dict[str, Any] = {"process": process, "checks": checks, "normals": (n,), "uniforms": (u,), "at": AT}
    return claim((a + b) ** 2, NINE, experiment=Experiment(**usual | changes), wrong=wrong)


def square(q: Expr) -> Expr:
    return q


SQUARE = x**2 - 1  # E (a + b + n)^2 = (a + b)^2 + 1, variance 4 (a + b)^2 + 2
MEAN = Mean(SQUARE, square)
SPREAD = Residual(x, lambda q: law(0, q))
WIDE = ((x, n * (a + b)),)
SEEN = Piecewise((1, u < (a + b) / 6), (-1, True))  # with chance 1/2

u_1 = Symbol("u_1", real=True)
EVENT = Chance(Min((a + b) / 6 - u, (a + b) / 5 - u_1), lambda q: q / 30)  # both happen with chance 1/2 times 3/5

CHEATS: dict[str, tuple[Claim, Claim, str]] = {
    "mean 77 for an answer of 9, and a twin of 10^12": (
        run(Mean(SQUARE + 68, square, sd=1e4)),
        run(MEAN),
        "answer off by 10 % would not be rejected",
    ),
    "a standard deviation overstated": (run(Mean(SQUARE, square, sd=1e4)), run(Mean(SQUARE, square, sd=7)), "off by"),
    "a standard deviation understated": (
        run(Mean(SQUARE, square, sd=6.1)),
        run(Mean(SQUARE, square, sd=6.2)),
        "a standard deviation of at least 6.164, which is proved, got 6.1",
    ),
    "a mean without a proved bound": (
        run(Mean(exp(n) * NINE / exp(Rational(1, 2)), square, sd=40)),
        run(Mean(exp(u) * (a + b) ** 2 / (exp(1) - 1), square)),
        "no rule bounds exp",
    ),
    "a check that does not know the answer": (
        run(Mean(n, lambda q: Integer(0))),
        run(Mean(n + (a + b) ** 2, square)),
        "no check depends on the answer",
    ),
    "a field that is looked at through a constant": (
        run(Residual(x, lambda q: law(0, 1 + q / 10**6)), process=((x, n * sqrt(1 + (a + b) ** 2 / 10**6)),)),
        run(Residual(x, lambda q: law(0, 1 + q)), process=((x, n * sqrt(1 + (a + b) ** 2)),)),
        "off by 10 % would not be rejected",
    ),
    "a certain event": (run(Chance(x**2 + 1, lambda q: q / 9)), run(EVENT, uniforms=(u, u_1)), "may happen or not"),
    "an impossible event": (
        run(Chance(-(x**2) - 1, lambda q: q - 9)),
        run(EVENT, uniforms=(u, u_1)),
        "may happen or not",
    ),
    "an event that what is given decides": (
        run(Chance(z, lambda q: (1 + z) / 2 * q / 9, given=(z,)), process=((z, SEEN),)),
        run(EVENT._replace(given=(z,)), process=((z, n),), uniforms=(u, u_1)),
        "may happen or not",
    ),
    "a small sample": (run(MEAN, size=500), run(MEAN, size=10_000), "off by 10 % would not be rejected"),
    "a sample of one": (run(MEAN, size=1), run(MEAN), "a sample of at least 2"),
    "no sample": (run(MEAN, size=0), run(MEAN), "a sample of at least 2"),
    "a size without a reason": (
        run(MEAN, size=2_000, detects={"answer": Size(Rational(1, 4), " ")}),
        run(MEAN, size=2_000, detects={"answer": Size(Rational(1, 4), "few samples")}),
        "expected a reason for the size",
    ),
    "a size of 100 %": (
        run(MEAN, size=100, detects={"answer": Size(1, "few samples")}),
        run(MEAN, size=600, detects={"answer": Size(Rational(1, 2), "few samples")}),
        "at most 1/2, got 1",
    ),
    "a size of no field": (
        run(MEAN, detects={"mean": Size(Rational(1, 5), "a slip")}),
        run(MEAN, detects={"answer": Size(Rational(1, 5), "no slip")}),
        "expected a size for a field of the answer, got one for mean",
    ),
    "a size to add to what has a scale": (
        run(MEAN, size=100, detects={"answer": Size(10**6, "large", added=True)}),
        run(MEAN),
        "which is not 0",
    ),
    "the closed form in the process": (
        run(SPREAD, process=((x, n * sqrt(NINE)),)),
        run(SPREAD, process=WIDE),
        "the process copies answer",
    ),
    "the closed form in the statistic": (
        run(Mean(2 * NINE + n, lambda q: 2 * q)),
        run(Mean(2 * (a + b) ** 2 + n, lambda q: 2 * q)),
        "the process copies answer",
    ),
    "the answer in other words, under a root": (
        run(SPREAD, process=((x, n * sqrt((a**3 - b**3) / (a - b) + a * b)),)),
        run(SPREAD, process=WIDE),
        "the process copies answer",
    ),
    "a multiple of the answer in other words, without the noise beside it": (
        run(Mean(3 * (a**3 - b**3) / (a - b) + 3 * a * b + n, lambda q: 3 * q)),
        run(Mean(2 * (a + b) ** 2 + n, lambda q: 2 * q)),
        "the process copies answer",
    ),
    "the closed form in two lines": (
        run(SPREAD, process=((z, a**2 + 2 * a * b), (x, n * sqrt(z + b**2)))),
        run(SPREAD, process=((z, a + b), (x, n * z))),
        "the process copies answer",
    ),
    "the closed form in three lines, under a root": (
        run(SPREAD, process=((z, a * b), (w_0, a**2 + 2 * z + b**2), (x, n * sqrt(w_0)))),
        run(SPREAD, process=((z, a), (w_0, z + b), (x, n * w_0))),
        "the process copies answer",
    ),
    "the closed form by a detour over noise": (
        run(SPREAD, process=((z, a + u), (w_0, z - u), (x, n * sqrt(w_0**2 + 2 * w_0 * b + b**2)))),
        run(SPREAD, process=((z, a + u), (w_0, z - u), (x, n * (w_0 + b)))),
        "the process copies answer",
    ),
    "the same, where SymPy does not see that the noise drops out": (
        run(SPREAD, process=((z, a * exp(u)), (w_0, log(z) - u), (x, n * sqrt(exp(2 * w_0) + 2 * a * b + b**2)))),
        run(SPREAD, process=((z, a * exp(u)), (w_0, log(z) - u), (x, n * (exp(w_0) + b)))),
        "the process copies answer",
    ),
    "a statistic that is no number": (
        run(Residual(log(n), lambda q: law(0, q))),
        run(Residual(x, lambda q: law(0, q)), process=WIDE),
        "not a number",
    ),
    "a mean of what is no number": (
        run(Mean(tanh(log(n)) + (a + b) ** 2, square)),
        run(Mean(tanh(n) + (a + b) ** 2, square)),
        "not a number",
    ),
    "a choice of samples by what is no number": (
        run(Residual(x, lambda q: law(0, q), where=log(u - Rational(1, 2)) + 9), process=WIDE),
        run(Residual(x, lambda q: law(0, q), where=log(u) + 2), process=WIDE),
        "not a number",
    ),
    "events of a chance that is no number": (
        run(Chance(EVENT.of, lambda q: q / 30 + log(z) / 10**9, given=(z,)), process=((z, n),), uniforms=(u, u_1)),
        run(Chance(EVENT.of, lambda q: q / 30 + z / 10**9, given=(z,)), process=((z, n),), uniforms=(u, u_1)),
        "not a number",
    ),
    "a point where the field has no weight": (
        run(Residual(x, lambda q: law((a - 2) * q, 1)), process=((x, (a - 2) * (a + b) ** 2 + n),)),
        run(Residual(x, lambda q: law((a - 1) * q, 1)), process=((x, (a - 1) * (a + b) ** 2 + n),)),
        "off by 10 % would not be rejected",
    ),
    "a law that speaks of what is not given": (
        run(Residual(x, lambda q: law(z, q)), process=((z, u), (x, z + n * (a + b)))),
        run(Residual(x, lambda q: law(z, q), given=(z,)), process=((z, u), (x, z + n * (a + b)))),
        "got one that uses z|got one that uses w",
    ),
    "noise made twice": (run(MEAN, process=((n, 0 * a), (x, a + b + n))), run(MEAN), "got n twice"),
    "nothing drawn": (
        run(Mean((a + b) ** 2, square)),
        run(Mean((a + b) ** 2 + n, square)),
        "does not vary",
    ),
    "none of the samples looked at": (
        run(Residual(x, lambda q: law(0, q), where=-(x**2) - 1), process=WIDE),
        run(Residual(x, lambda q: law(0, q), where=u - Rational(1, 2)), process=WIDE),
        "expected samples that meet the condition of a residual, got none",
    ),
    "a twin that is no number": (
        run(MEAN, twins=("none",), wrong={"none": Wrong(log(b - a), "all"), **FAR}),
        run(MEAN, twins=("far",)),
        "does not reject its twin: none",
    ),
    "an experiment without checks": (run(), run(MEAN), "expected an experiment with a check"),
}


@pytest.mark.parametrize("name", CHEATS)
def test_a_cheat_goes_red_and_its_twin_stays_green(name: str) -> None:
    cheat, harmless, expected = CHEATS[name]
    red(cheat, expected)
    green(harmless)


def test_a_mean_of_77_is_refuted_where_its_standard_deviation_is_proved() -> None:
    assert simulate(run(Mean(SQUARE + 68, square)), digest="digest").verdict == "refuted"


PLACED = {
    "a square for a sum": ((x, n * (a**2 - b)),),
    "a multiple for a sum": ((x, n * (2 * a - b)),),
    "a quotient for a sum": ((x, n * (6 * b / a)),),
}


@pytest.mark.parametrize("name", PLACED)
def test_a_process_that_agrees_at_one_place_alone_is_refuted(name: str) -> None:
    evidence = simulate(run(SPREAD, process=PLACED[name]), digest="digest")
    assert evidence.verdict == "refuted" and evidence.reason.startswith("rejected at a = ")
    assert simulate(run(SPREAD, process=WIDE), digest="digest").verdict == "consistent"


@pytest.mark.parametrize(("process", "fixed"), [(WIDE, ["c"]), (((z, n * (a + b)), (x, z * sqrt(c))), [])])
def test_a_symbol_that_the_process_does_not_use_is_named(process: Any, fixed: list[str]) -> None:
    answer = expand((a + b) ** 2 * c)
    experiment = Experiment(process=process, checks=(SPREAD,), normals=(n,), at={**AT, c: 1})
    evidence = simulate(claim((a + b) ** 2 * c, answer, experiment=experiment), digest="digest")
    assert evidence.verdict == "consistent" and evidence.detail["at one value of"] == fixed


IDLE = {
    "a symbol whose share is too small to be seen": ((x, 9 + n + a * v / 1000),),
    "a symbol that decides nothing": ((x, 9 + n + Piecewise((0, a < 100), (1, True))),),
}


@pytest.mark.parametrize("name", IDLE)
def test_a_symbol_that_moves_nothing_is_moved_where_another_has_one_value(name: str) -> None:
    evidence = simulate(run(Mean(x, square), process=IDLE[name]), digest="digest")
    assert evidence.verdict == "refuted" and evidence.detail["at one value of"] == ["b"]
    used = simulate(run(Mean(x, square), process=((x, 9 * (a + 1) ** 2 / 9 + n),)), digest="digest")
    assert used.verdict == "consistent" and used.detail["at one value of"] == ["b"]


SUM = Mean(x, square)
NUMBER: dict[str, tuple[Any, Any, dict[Any, Any]]] = {
    "a number for a sum": ((), ((x, 9 + n),), AT),
    "a number by another parameter": ((), ((x, 9 * c + n),), {**AT, c: 1}),
    "a sum by parameters": ((), ((x, (a + b) ** 2 + n),), AT),
    "a symbol made of a parameter": (((b, c - 1),), ((x, (a + c - 1) * (2 * a + b - a) + n),), {a: 2, c: 2}),
}


@pytest.mark.parametrize("name", NUMBER)
def test_a_process_that_uses_no_symbol_of_the_answer_is_refused(name: str) -> None:
    made, process, at = NUMBER[name]
    experiment = Experiment(process=(*made, *process), checks=(SUM,), normals=(n,), at=at)
    evidence = simulate(claim((a + b) ** 2, NINE, experiment=experiment), digest="digest")
    refused = name.startswith("a number")
    assert evidence.verdict == ("not_evaluated" if refused else "consistent"), evidence.reason
    assert (
        not refused or evidence.reason == "expected a process that uses a symbol of answer, which is tested as a number"
    )


def test_what_is_made_of_parameters_is_moved_with_them() -> None:
    """At one place b is c - 1 as well as 1/c: the second place tells them apart."""
    same, other = ((b, c - 1),), ((b, 2 / c - 1 + (c - 2) / 5),)
    for made, verdict in ((same, "consistent"), (other, "refuted")):
        process = (*made, (x, n * (a + c - 1)))
        experiment = Experiment(process=process, checks=(SPREAD,), normals=(n,), at={a: 2, c: Rational(2)})
        evidence = simulate(claim((a + b) ** 2, NINE, experiment=experiment), digest="digest")
        assert (evidence.verdict, evidence.detail.get("at one value of")) in ((verdict, []), (verdict, None))


def test_a_copy_in_what_is_made_of_parameters_is_seen() -> None:
    """The answer a^2 + 2 a b + b^2 with b made of c is run itself."""
    copy = ((b, c - 1), (x, n * sqrt(a**2 + 2 * a * (c - 1) + (c - 1) ** 2)))
    experiment = Experiment(process=copy, checks=(SPREAD,), normals=(n,), at={a: 2, c: 2})
    assert "copies" in simulate(claim((a + b) ** 2, NINE, experiment=experiment), digest="digest").reason


def test_an_answer_of_0_needs_a_size_to_add() -> None:
    check = Residual(x, lambda q: law(q, 1))

    def null(**detects: Any) -> Evidence:
        experiment = Experiment(process=((x, n),), checks=(check,), normals=(n,), at=AT, **detects)
        return simulate(claim(answer=Integer(0), experiment=experiment), digest="digest")

    size = Size(Rational(1, 10), "a tenth of the standard deviation", added=True)
    assert null().reason == "expected a size to add to answer, which is 0, got a share of it"
    assert null(detects={"answer": size}).detail["detects"] == {"answer": "1/20 (a tenth of the standard deviation)"}
    assert "no statistic varies by more" in null(detects={"answer": size._replace(by=2)}).reason


def test_the_evidence_lists_detected_fields_and_those_not_looked_at() -> None:
    evidence = simulate(claims()["vdm.vlb.prior"], digest="digest")
    assert evidence.detail["detects"] == {"answer": "5 %"}
    assert simulate(claims()["bayes.gaussian"], digest="digest").detail["blind to"] == ["eps", "score"]


@pytest.mark.parametrize("law_of", [lambda q: law(q.mean, q.var), lambda q: law(27, q.var)])
def test_an_experiment_looks_at_no_statement_and_is_no_second_engine(
    law_of: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    shrugs = lambda *_, **__: Evidence("enclose", "not_evaluated", "shrugs")  # noqa: E731
    monkeypatch.setattr("derivations.judge.certificate.enclose", shrugs)
    monkeypatch.setattr("derivations.judge.certificate.finite_field", shrugs)
    answer = Normal(expand((a + b) ** 3), NINE)
    run = Experiment(process=((x, (a + b) ** 3 + (a + b) * n),), checks=(Residual(x, law_of),), normals=(n,), at=AT)
    attack = claim(
        (a + b) ** 2, NINE, answer=answer, says=lambda q: (Equal((a + b) ** 3, q.mean), Equal((a + b) ** 2, q.var)),
        proof=((by("", (a + b) ** 3), by("", answer.mean)), (by("", (a + b) ** 2), by("", NINE))), experiment=run,
        wrong={"one": Wrong(Normal(a, NINE), ""), "other": Wrong(Normal(answer.mean, a), "")},
    )  # fmt: skip
    assert any("two engines" in c for c in certify(attack, "digest").complaints)


@pytest.mark.xdist_group("every claim")
def test_claims_with_a_larger_detectable_size_are_listed() -> None:
    """A claim with a larger detectable size is listed here, with its reason in the claim; the list only shrinks."""
    assert [name for name, c in claims().items() if c.experiment and c.experiment.detects] == []


@pytest.mark.xdist_group("every claim")
def test_a_run_raises_a_false_alarm_once_in_a_million() -> None:
    assert sum(ALPHA for c in claims().values() if c.experiment) <= 1e-6


def test_twins_share_one_sample_at_each_place(monkeypatch: pytest.MonkeyPatch) -> None:
    import derivations.engines.sample as sample

    drawn: list[int] = []
    made: Callable[..., None] = sample.Sample.__init__
    monkeypatch.setattr(sample.Sample, "__init__", lambda self, *args: (drawn.append(1), made(self, *args))[1])
    certify(run(MEAN), "another digest")
    assert len(drawn) == 2  # one for each place
