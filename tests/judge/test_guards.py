"""The guards fire: corrupt a proof line, an answer, an assumption, a wrong answer, an
experiment or an engine, and something named goes red.

Each row is a claim, a corruption of it, and what the certificate must then complain of.
"""

from collections.abc import Callable
from typing import Any

import pytest
from sympy import Integer, Rational, sqrt

from derivations.catalogue import claims, module_of
from derivations.form.claim import Below, Claim, Line, Wrong, leaves, with_leaf
from derivations.form.experiment import Experiment, Residual
from derivations.form.statement import AtMost, Equal, Tends, sides
from derivations.judge.certificate import Certificate, certify
from derivations.judge.digest import digest
from tests.support.forged import replace
from tests.support.judged import red
from tests.support.reach import written

Corruption = Callable[[Claim], Claim]


def line(chain: int, index: int, change: Callable[[Any], Any]) -> Corruption:
    """Return a corruption that alters one proof line."""

    def corrupt(claim: Claim) -> Claim:
        lines = list(claim.proof[chain])
        lines[index] = lines[index]._replace(expr=change(lines[index].expr))
        return replace(claim, proof=(*claim.proof[:chain], tuple(lines), *claim.proof[chain + 1 :]))

    return corrupt


def untitled(claim: Claim) -> Claim:
    """Return the claim with a title that says nothing of it, so that the engines are asked, not the title."""
    return replace(claim, title="A corrupted claim")


def answer(field: int, change: Callable[[Any], Any]) -> Corruption:
    """Return a corruption that alters one field of the answer; the proof and the experiment stay."""

    def corrupt(claim: Claim) -> Claim:
        name, leaf = list(leaves(claim.answer))[field]
        return untitled(replace(claim, answer=with_leaf(claim.answer, name, change(leaf))))

    return corrupt


def field(**changes: Any) -> Corruption:
    return lambda claim: replace(claim, **changes)


def experiment(**changes: Any) -> Corruption:
    def corrupt(claim: Claim) -> Claim:
        assert claim.experiment is not None
        return replace(claim, experiment=replace(claim.experiment, **changes))

    return corrupt


def noisier(claim: Claim) -> Claim:
    """Double the first noise of the process: a wrong simulation of a right answer."""
    assert isinstance(claim.experiment, Experiment)
    n = claim.experiment.normals[0]
    process = tuple((v, made.subs(n, 2 * n)) for v, made in claim.experiment.process)
    return replace(claim, experiment=replace(claim.experiment, process=process))


def tautology(claim: Claim) -> Claim:
    """Replace the statement by a tautology."""
    left, _ = sides(claim.statements()[0])
    return replace(claim, says=lambda _: Equal(left, left), proof=((Line("so it is", left), Line("it is", left)),))


def harmless_wrong(claim: Claim) -> Claim:
    return replace(claim, wrong=dict(claim.wrong) | {"not wrong at all": Wrong(claim.answer, "nothing")})


def slack(claim: Claim) -> Claim:
    """Drop the equality case of an inequality, which then can't be distinguished from a slack bound."""

    def says(answer: Any) -> Any:
        (statement,) = replace(claim, answer=answer).statements()
        assert isinstance(statement, AtMost)
        return statement._replace(equal_at={})

    return replace(claim, says=says)


def moved_equality(claim: Claim) -> Claim:
    """Move the equality case of each inequality to another place."""

    def says(answer: Any) -> Any:
        statements = replace(claim, answer=answer).statements()
        return tuple(
            s._replace(equal_at={v: 2 * q + 1 for v, q in s.equal_at.items()}) if isinstance(s, AtMost) else s
            for s in statements
        )

    return replace(claim, says=says)


POSTERIOR = "vdm.posterior"


def bounded(claim: Claim) -> bool:
    """Return whether a claim is one inequality that may be an equality."""
    return claim.kind == "inequality" and isinstance(claim.statements()[0], AtMost) and len(claim.statements()) == 1


# Written out: to look for them would build half of the claims in each worker, before its first test.
FIRST_LINES = (
    "ddpm.marginal.variance", "vdm.forward.sigma2_ts.expm1", "vdm.schedule.vp", "vdm.forward.transition",
    "vdm.forward.sigma2_ts.positive", "iddpm.cosine.beta", "vdm.gamma.monotone", "vdm.posterior", "vdm.posterior.mean",
    "vdm.posterior.variance", "ddpm.variance.optimal", "ddpm.posterior",
)  # fmt: skip
ANSWERS = list(written())[::6]
SIMULATED = (
    "ddpm.marginal", "ddpm.marginal.variance", "ddpm.marginal.limit", "ddpm.marginal.jump", "path.ve", "path.rectified",
    "vdm.forward.transition", "vdm.forward.semigroup",
)  # fmt: skip
NECESSARY = ("ddpm.forward", "ddpm.marginal", "ddpm.marginal.jump", "ddpm.vdm.map", "path.rectified")
BOUNDS = ("log.tangent", "time.importance")
REFUTED = ("ddpm.marginal.variance", "ddpm.marginal.limit", "vdm.posterior.needs_x")

ANOTHER_ANSWER = "refutes the answer|not proved"
NOT_FALSE = "printed statement to fail|a false sentence about what is printed"
CORRUPTIONS: list[tuple[str, str, Corruption, str]] = [
    *(("a proof line", n, line(0, 1, lambda e: e + 1), "derivation is not proved") for n in FIRST_LINES),
    *(("an answer", n, answer(0, lambda e: 2 * e + 1), ANOTHER_ANSWER) for n in ANSWERS),
    *(("the noise of the process", n, noisier, "simulate refutes") for n in SIMULATED),
    *(
        (
            "an assumption dropped",
            n,
            field(given=()),
            "refutes|not proved|no such assumption|survived|has a value everywhere",
        )
        for n in NECESSARY
    ),
    *(("an equality case dropped", n, slack, "got a bound without one") for n in BOUNDS),
    *(
        (
            "a printed falsehood made true",
            n,
            field(printed=Equal(Integer(1), Integer(1))),
            NOT_FALSE,
        )
        for n in REFUTED
    ),
    ("a step without an error", "solver.heun", answer(2, lambda e: 0 * e), "refutes|not proved"),
    ("a step that loses no variance", "ddim.gaussian", answer(1, lambda e: 0 * e), "enclose refutes|simulate refutes"),
    ("a proof line", "dpmpp.2m", line(1, 1, lambda e: e + 1), "derivation is not proved"),
    ("a proof line", "ddim.forward", line(5, 0, lambda e: 2 * e), "a proof that starts with"),
    ("a variance halved", "sde.hutchinson", answer(2, lambda e: e / 2), "enclose refutes"),
    ("an answer", "guidance.eps", answer(2, lambda e: -e), "enclose refutes"),
    ("the noise of the process", "bayes.gaussian", noisier, "simulate refutes"),
    (
        "an assumption dropped",
        "langevin.gaussian",
        field(given=(), title="A corrupted claim"),
        "neither shown necessary|no such assumption|refutes",
    ),
    (
        "an equality case moved",
        "vdm.gamma.optimal",
        moved_equality,
        "expected equality|enclose refutes|says 'least'",
    ),
    (
        "a printed falsehood made true",
        "ddim.theorem1",
        field(printed=Equal(Integer(1), Integer(1))),
        NOT_FALSE,
    ),
    ("the first line", POSTERIOR, line(0, 0, lambda e: e + 1), "a proof that starts with"),
    ("the last line", POSTERIOR, line(0, 2, lambda e: e + 1), "a proof that ends with"),
    ("the proof left out", POSTERIOR, field(proof=()), "expected a chain"),
    ("the proof cut to a line", POSTERIOR, lambda c: replace(c, proof=(c.proof[0][:1],)), "at least 2 lines"),
    ("the statement made a tautology", POSTERIOR, tautology, "both sides are the same|got no statement"),
    ("a square dropped", POSTERIOR, answer(1, sqrt), "enclose refutes"),
    ("a wrong answer that is right", POSTERIOR, harmless_wrong, "wrong answer not rejected: not wrong at all"),
    ("no wrong answers", POSTERIOR, field(wrong={}), "at least 2 wrong answers"),
    (
        "a false stored point",
        POSTERIOR,
        lambda c: replace(c, example=dict(c.example) | dict.fromkeys(c.example, -1)),
        "stored point violates",
    ),
    ("an incomplete stored point", POSTERIOR, field(example={}), "stored point lacks"),
    (
        "a needless assumption",
        POSTERIOR,
        lambda c: replace(c, given=(Below(Integer(-99), c.symbols()[0]),)),
        "neither shown necessary",
    ),
    ("an unsatisfiable assumption", POSTERIOR, field(given=(Below(Integer(1), Integer(0)),)), "found none"),
    ("a convenience of nothing", POSTERIOR, field(convenience={"0 < nothing": "none"}), "no such assumption"),
    ("an experiment that looks at nothing", POSTERIOR, experiment(checks=()), "simulate|rejects no wrong answer"),
    (
        "a twin that is right",
        POSTERIOR,
        lambda c: experiment(twins=("not wrong at all",))(harmless_wrong(c)),
        "does not reject its twin",
    ),
    (
        "an experiment of another law",
        POSTERIOR,
        lambda c: experiment(checks=(Residual(c.experiment.process[1][0], lambda q: q),))(c),
        "simulate refutes|the experiment shows nothing",
    ),  # type: ignore[union-attr]
]


def _by_its_module(name: str) -> pytest.MarkDecorator:
    """Return the mark of a test whose claim one worker builds."""
    return pytest.mark.xdist_group(module_of(name))


def test_the_claims_have_what_is_corrupted() -> None:
    has: list[tuple[tuple[str, ...], Callable[[Claim], Any]]] = [
        (FIRST_LINES, lambda c: c.proof and len(c.proof[0]) > 2),
        (SIMULATED, lambda c: c.experiment and c.experiment.normals),
        (NECESSARY, lambda c: {g.text for g in c.given} - c.convenience.keys()),
        (BOUNDS, bounded),
        (REFUTED, lambda c: c.kind == "refuted"),
    ]
    assert [name for names, fit in has for name in names if not fit(claims()[name])] == []


@pytest.mark.parametrize(
    ("name", "corrupt", "expected"),
    [pytest.param(n, f, e, id=f"{what}-{n}", marks=_by_its_module(n)) for what, n, f, e in CORRUPTIONS],
)
def test_a_corruption_goes_red(name: str, corrupt: Corruption, expected: str) -> None:
    red(corrupt(claims()[name]), expected, digest(name))


def test_there_are_at_least_forty_corruptions() -> None:
    assert len(CORRUPTIONS) >= 40
    kinds = {what for what, *_ in CORRUPTIONS}
    assert len(kinds) >= 15


def posterior() -> Certificate:
    return certify(claims()[POSTERIOR], digest(POSTERIOR))


@pytest.mark.parametrize("engine", ["enclose", "finite_field"])
def test_an_engine_that_accepts_everything_is_detected(engine: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """An engine that calls everything consistent rejects no wrong answer, so the claim goes red."""
    from derivations.form.verdict import Evidence

    monkeypatch.setattr(
        f"derivations.judge.certificate.{engine}", lambda *_, **__: Evidence("enclose", "consistent", points=1)
    )
    certificate = posterior()
    assert certificate.green == (engine == "finite_field")  # the wrong answers of this claim carry logarithms
    if engine == "enclose":
        assert any("mutant survived" in c for c in certificate.complaints)


def test_a_mutant_that_is_the_answer_is_equivalent_and_one_that_is_slack_survives(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    claim = claims()[POSTERIOR]
    same = claim.answer._replace(var=claim.answer.var * (1 + 0 * claim.answer.var))
    monkeypatch.setattr("derivations.judge.certificate.mutants", lambda _: {f"m{i}": same for i in range(8)})
    assert posterior().mutants["equivalent"] == [f"m{i}" for i in range(8)]


@pytest.mark.xdist_group("every claim")
def test_a_limit_that_is_wrong_is_refuted() -> None:
    limits = [c for c in claims().values() if any(isinstance(s, Tends) for s in c.statements())]
    assert limits
    for claim in limits:
        for field in range(len(list(leaves(claim.answer)))):
            red(answer(field, lambda e: e + Rational(1, 7))(claim), digest=digest(claim.name))
